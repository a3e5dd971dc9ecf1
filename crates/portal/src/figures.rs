//! The documents of figures: what an office, a government, an institution or a state bought and built, by year.
//!
//! A figure is kept beside the stretches of rows it was counted from, so that it always leads to them.

use serde::{Deserialize, Serialize};

use crate::document::{Document, FlagBrief, SupplierRef, Total};
use crate::text::Text;

/// Rows of one document of a list.
pub const CHUNK: u64 = 200;

/// Whose figures they are; the word in an address, `fuente:xx__contratos`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// A government: every row of its authority, from whichever office.
    #[serde(rename = "lugar")]
    Place,
    /// An office: one publication.
    #[default]
    #[serde(rename = "fuente")]
    Source,
    /// An institution of a government.
    #[serde(rename = "comprador")]
    Buyer,
    /// A state: the works that are located in it, whoever builds them.
    #[serde(rename = "estado")]
    State,
}

impl Level {
    /// The word in an address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Place => "lugar",
            Self::Source => "fuente",
            Self::Buyer => "comprador",
            Self::State => "estado",
        }
    }

    /// The key of one of this level.
    pub fn key(self, id: &str) -> String {
        format!("{}:{id}", self.code())
    }
}

/// The figures of one. Id: its key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Figures {
    /// `fuente:xx__contratos`.
    pub key: String,
    /// Whose figures they are.
    pub level: Level,
    /// What it is called.
    pub name: Text,
    /// Its authority; blank for a state.
    pub place: String,
    /// The offices whose rows are in it.
    pub sources: Vec<String>,
    /// Institutions in it.
    #[serde(default)]
    pub buyers: u64,
    /// Contracts that two offices publish, and which therefore stand here twice.
    #[serde(default)]
    pub repeated: u64,
    /// Contracts by year, the newest first.
    pub contracts: Vec<ContractYear>,
    /// Works by the year in which they start, the newest first.
    pub works: Vec<WorkYear>,
    /// Spending on works by year, the newest first.
    pub spending: Vec<SpendingYear>,
    /// Open flags on an institution and on its groups of contracts.
    #[serde(default)]
    pub flags: Vec<FlagBrief>,
}

/// A stretch of the rows of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Whose list.
    pub list: String,
    /// The first row, from 0.
    pub start: u64,
    /// How many.
    pub rows: u64,
}

/// Contracts of one year. The year is blank when no date is published.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ContractYear {
    /// The year of signing; of the start or of the award where no signing date is published.
    pub year: String,
    /// By procedure.
    pub methods: Vec<MethodFigures>,
    /// Of all rows, awards whose contract is not published.
    pub awards_only: u64,
    /// Procedures with competition: open, selective, by invitation.
    pub competitive: u64,
    /// Of these, how many say how many took part.
    pub tenderers_known: u64,
    /// Of those, how many had one tenderer.
    pub single: u64,
    /// Median of tenderers.
    pub tenderers_median: Option<String>,
    /// Procedures with competition that publish both dates.
    pub days_known: u64,
    /// Median of days from publication to opening.
    pub days_median: Option<String>,
}

/// Contracts of one year and one procedure.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MethodFigures {
    /// The procedure; blank when it is not published.
    pub method: String,
    /// Contracts.
    pub contracts: u64,
    /// Their amounts, one for each currency and tax basis.
    pub money: Vec<Total>,
    /// Contracts without an amount.
    pub without_amount: u64,
    /// The rows.
    pub rows: Vec<Segment>,
}

/// Works that start in one year. The year is blank when no date is published.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WorkYear {
    /// The year.
    pub year: String,
    /// Works.
    pub works: u64,
    /// Their budgets, one for each currency and tax basis.
    pub budget: Vec<Total>,
    /// Works without a budget.
    pub without_budget: u64,
    /// Works of a state that stand in several, whose budget is therefore not added.
    #[serde(default)]
    pub shared: u64,
    /// The rows.
    pub rows: Vec<Segment>,
}

/// Spending on works in one year. The year is blank when none is published.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SpendingYear {
    /// The year.
    pub year: String,
    /// Works with a figure of the year.
    pub works: u64,
    /// Budget as it stood, modified when that is published.
    pub budget: Vec<Total>,
    /// Spent.
    pub spent: Vec<Total>,
    /// Works that do not say what was spent.
    pub without_spent: u64,
    /// Works with physical progress counted from the start of the work.
    pub progress_cumulative: u64,
    /// Median of that progress, in percent.
    pub progress_median: Option<String>,
    /// Works with physical progress of the year alone.
    pub progress_of_year: u64,
    /// Works with physical progress of which the basis is not published.
    pub progress_without_basis: u64,
    /// The rows.
    pub rows: Vec<Segment>,
}

/// A contract, or an award without a published contract, in a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ContractRow {
    /// The process.
    pub ocid: String,
    /// The contract, or the award.
    pub id: String,
    /// True for an award without a contract.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_award: bool,
    /// What it is called.
    pub title: String,
    /// The office.
    pub source: String,
    /// The institution, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub buyer: String,
    /// Id of its page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub buyer_id: String,
    /// Signed, started or awarded on, ISO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Tax basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_basis: Option<String>,
    /// Who won.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppliers: Vec<SupplierRef>,
    /// How many took part in the procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenderers: Option<u64>,
    /// Days from publication to opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// Open flags on the process, the award and the contract.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub flags: u64,
}

/// A work in a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WorkRow {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The office.
    pub source: String,
    /// The institution, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub buyer: String,
    /// Id of its page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub buyer_id: String,
    /// First day planned, ISO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Last day planned, ISO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Budget in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<String>,
    /// Currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Tax basis.
    pub tax_basis: String,
    /// States in which it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
    /// Open flags.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub flags: u64,
}

/// Spending and progress of a work in one year, in a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SpendingRow {
    /// The work.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The office.
    pub source: String,
    /// The institution, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub buyer: String,
    /// Id of its page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub buyer_id: String,
    /// The year.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub year: String,
    /// Approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<String>,
    /// Modified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<String>,
    /// Currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Tax basis.
    pub tax_basis: String,
    /// Physical progress, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
    /// What the progress counts from: `cumulative`, `year`, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

fn is_false(claim: &bool) -> bool {
    !claim
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A row of a list.
pub trait ListRow: Serialize + for<'de> Deserialize<'de> + Send {
    /// The kind of the documents that hold such rows.
    const KIND: &'static str;
}

impl ListRow for ContractRow {
    const KIND: &'static str = "contract_rows";
}

impl ListRow for WorkRow {
    const KIND: &'static str = "work_rows";
}

impl ListRow for SpendingRow {
    const KIND: &'static str = "spending_rows";
}

/// Rows of a list, `CHUNK` of them. Id: `xx__contratos/00000`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
}

impl<T: ListRow> Document for Rows<T> {
    const KIND: &'static str = T::KIND;
}

/// The id of the document that holds a row of a list.
pub(crate) fn chunk_id(list: &str, chunk: u64) -> String {
    format!("{list}/{chunk:05}")
}

/// What can be compared. One document, `choices/choices`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Choices {
    /// Governments, offices and states, in order; institutions are found by name.
    pub choices: Vec<Choice>,
    /// Institutions in all.
    pub buyers: u64,
    /// Institutions of each office.
    pub buyers_of: Vec<(String, u64)>,
}

/// Something that can be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its key.
    pub key: String,
    /// Of which level.
    pub level: Level,
    /// What it is called.
    pub name: Text,
    /// Its authority; blank for a state.
    pub place: String,
    /// The offices whose rows are in it.
    pub sources: Vec<String>,
    /// Contracts; none where none is published.
    pub contracts: u64,
    /// Works.
    pub works: u64,
    /// Open flags on an institution.
    #[serde(default)]
    pub flags: u64,
}

/// Institutions of one office, or of all, the one with most contracts first. Id: `xx__contratos/00000`, `/00000`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BuyerPage {
    /// The institutions.
    pub buyers: Vec<Choice>,
}

/// An institution by the beginning of a word of its name, folded: its id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BuyerName {
    /// The institution.
    pub buyer: Choice,
}

/// The maps of tiles. One document, `tile_map/tile_map`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TileMap {
    /// A map for each country, the one with most offices first.
    pub countries: Vec<CountryMap>,
    /// Governments that are on no map: countries, agencies, authorities nobody stated.
    pub others: Vec<TileFigures>,
}

/// The map of one country.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CountryMap {
    /// `mx`.
    pub country: String,
    /// What the country's own government is called, when a pack says.
    pub name: Text,
    /// Its states.
    pub tiles: Vec<TileFigures>,
}

/// What is held of one state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TileFigures {
    /// `mx-19`.
    pub place: String,
    /// Three letters.
    pub abbreviation: String,
    /// What it is called.
    pub name: Text,
    /// Column, from 1.
    pub column: u32,
    /// Row, from 1.
    pub row: u32,
    /// Offices of its government of which files are here.
    pub sources: u64,
    /// Contracts of its government; none when no office of it publishes contracts.
    pub contracts: Option<u64>,
    /// Works of its government; none when no office of it publishes works.
    pub works: Option<u64>,
    /// Works located in it; none when no work here says so.
    pub located: Option<u64>,
    /// Of these, works that stand in other states too.
    pub shared: u64,
    /// What the works located in it alone cost, one for each currency and tax basis.
    pub budget: Vec<Total>,
}

/// A state or another government. Id: its code.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PlaceDocument {
    /// What is held of it.
    pub figures: TileFigures,
    /// Offices of its government of which files are here.
    pub sources: Vec<String>,
    /// Offices that the packs know and of which no file is here.
    pub waiting: Vec<WaitingSource>,
}

/// An office of which no file is here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WaitingSource {
    /// What it is called.
    pub title: Text,
    /// Where it publishes.
    pub url: String,
}

macro_rules! kinds {
    ($($document:ty => $kind:literal),+ $(,)?) => {
        $(impl Document for $document { const KIND: &'static str = $kind; })+
    };
}

kinds! {
    Figures => "figures",
    Choices => "choices",
    BuyerPage => "buyer_page",
    BuyerName => "buyer_name",
    TileMap => "tile_map",
    PlaceDocument => "place",
}
