//! The prepared documents: what each page says, in no language yet.
//!
//! A document holds what a page needs and nothing personal: identifiers of private persons are
//! already masked here, since the same document is also handed out as JSON and CSV.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::history::HistoryBrief;
use crate::search::{self, Entry};
use crate::text::{Text, Texts};

/// The fields of a standard's row that are filled: field to value as text.
pub type Record = Map<String, Value>;

/// A document that is stored under a kind.
pub trait Document: Serialize + for<'de> Deserialize<'de> {
    /// The kind under which it is stored.
    const KIND: &'static str;

    /// By what its page is found in the search; none for a page that is reached by links alone.
    fn entry(&self) -> Option<Entry> {
        None
    }
}

macro_rules! kinds {
    ($($document:ty => $kind:literal $(found by $entry:path)?),+ $(,)?) => {
        $(impl Document for $document {
            const KIND: &'static str = $kind;
            $(fn entry(&self) -> Option<Entry> {
                Some($entry(self))
            })?
        })+
    };
}

kinds! {
    Site => "site",
    Home => "home",
    Compare => "compare",
    Visible => "visible",
    Flag => "flag",
    Rule => "rule",
    FlagPage => "rule_flags",
    Process => "process" found by search::process,
    Work => "work" found by search::work,
    Supplier => "supplier" found by search::supplier,
    Source => "source",
}

/// What every page shares. One document, `site/site`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Site {
    /// True when the data are invented: every page says so.
    pub invented: bool,
    /// The newest date of the data, ISO.
    pub data_date: Option<String>,
    /// The run that made the documents.
    pub run: String,
    /// Version of the program.
    pub code_version: String,
    /// Where the code is, when it is published.
    #[serde(default)]
    pub code_url: String,
    /// Where a reader writes about an error.
    #[serde(default)]
    pub contact: String,
    /// Licence of what this site adds.
    #[serde(default)]
    pub license: String,
    /// Words of the packs.
    pub texts: Texts,
    /// The offices, in the order in which they are shown.
    pub sources: Vec<SourceBrief>,
    /// Standards that have a compare page, the one with most offices first.
    #[serde(default)]
    pub compared: Vec<String>,
    /// What the authorities are called.
    #[serde(default)]
    pub places: BTreeMap<String, Text>,
}

impl Site {
    /// An office by its code.
    pub fn source(&self, source: &str) -> Option<&SourceBrief> {
        self.sources.iter().find(|brief| brief.source == source)
    }
}

/// An office, in short.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SourceBrief {
    /// Its code.
    pub source: String,
    /// What it is called.
    pub title: Text,
    /// Its authority.
    pub place: String,
    /// What the authority is called.
    pub place_name: Text,
    /// Who publishes it.
    pub publisher: String,
    /// `all`, `sample`, `selection`.
    pub covers: String,
}

/// The first page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Home {
    /// How much there is.
    pub counts: Counts,
    /// The offices.
    pub sources: Vec<HomeSource>,
    /// The rules, with what they answered.
    pub rules: Vec<RuleCount>,
    /// The newest flags.
    pub latest: Vec<FlagBrief>,
}

/// How much there is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Files received.
    pub files: u64,
    /// Records an independent scan found in them.
    pub records_found: u64,
    /// Records read.
    pub rows_read: u64,
    /// Records set aside.
    pub rows_set_aside: u64,
    /// Problems of publication.
    pub problems: u64,
    /// Contracting processes.
    pub processes: u64,
    /// Contracts.
    pub contracts: u64,
    /// Works.
    pub works: u64,
    /// Suppliers.
    pub suppliers: u64,
    /// Flags that are open.
    pub flags: u64,
}

/// An office on the first page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HomeSource {
    /// Its code.
    pub source: String,
    /// Its files.
    pub files: u64,
    /// Records read.
    pub rows_read: u64,
    /// Newest edition, ISO.
    pub edition_date: Option<String>,
    /// Open flags; none where no rule applies, which is not zero.
    pub flags: Option<u64>,
}

/// What a rule answered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// How many of each answer.
    pub answers: Answers,
}

/// How many of each answer, and what was missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answers {
    /// Flagged.
    pub flagged: u64,
    /// Looked at, and not flagged.
    pub clear: u64,
    /// Cannot be known here.
    pub not_computable: u64,
    /// For want of which field, the most frequent first.
    #[serde(default)]
    pub missing: Vec<Missing>,
}

impl Answers {
    /// Subjects to which the rule applies.
    pub fn total(&self) -> u64 {
        self.flagged + self.clear + self.not_computable
    }
}

/// A missing field, and how many answers it costs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Missing {
    /// The field.
    pub field: String,
    /// How many.
    pub count: u64,
}

/// Offices × fields of one standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Compare {
    /// The standard.
    pub standard: String,
    /// The columns: one for each layout of an office.
    pub offices: Vec<Office>,
    /// The tables with their fields.
    pub tables: Vec<CompareTable>,
}

/// A column of the compare page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// Source.
    pub source: String,
    /// Layout.
    pub layout: String,
    /// True when the source has more than one layout, so that the name must say which.
    pub several: bool,
}

impl Office {
    /// How the office is named in an address.
    pub fn key(&self) -> String {
        format!("{}:{}", self.source, self.layout)
    }
}

/// A table of the compare page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CompareTable {
    /// The table.
    pub table: String,
    /// Its fields.
    pub fields: Vec<CompareField>,
}

/// A field of the compare page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CompareField {
    /// The field.
    pub field: String,
    /// One cell for each office, in the order of `offices`.
    pub cells: Vec<Cell>,
}

/// How far an office fills a field.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cell {
    /// Which of the five states.
    pub state: Published,
    /// Rows of the table.
    pub rows: u64,
    /// Rows where the field is filled.
    pub filled: u64,
}

/// Five things that must never look alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Published {
    /// Every row is filled.
    Full,
    /// Some rows are filled.
    Partial,
    /// The column is there and no row is filled.
    Empty,
    /// There is no such column.
    #[default]
    Absent,
    /// There are no rows in which the field could stand.
    NotApplicable,
}

impl Published {
    /// The state of a field from its counts.
    pub fn of(mapped: bool, rows: u64, filled: u64) -> Self {
        match (mapped, rows, filled) {
            (false, _, _) => Self::Absent,
            (true, 0, _) => Self::NotApplicable,
            (true, _, 0) => Self::Empty,
            (true, rows, filled) if filled >= rows => Self::Full,
            _ => Self::Partial,
        }
    }

    /// The code, as in JSON and CSV.
    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::Empty => "empty",
            Self::Absent => "absent",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// Offices × rules: what can be seen where. One document, `visible/visible`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Visible {
    /// The sources, in order.
    pub sources: Vec<String>,
    /// The rules with one cell for each source.
    pub rules: Vec<VisibleRule>,
}

/// A rule over the offices.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VisibleRule {
    /// The rule.
    pub rule: String,
    /// One cell for each source, in order; a total of zero means that the rule does not apply there.
    pub cells: Vec<Answers>,
}

/// What a flag or an answer is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// `process`, `contract`, `award`, `buyer`, `project`, `group`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// A flag, in short.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FlagBrief {
    /// Its stable id.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// What it is about.
    pub subject: Subject,
    /// The office.
    pub source: String,
    /// `flagged`, or `clear` for an answer that is no flag but carries a note.
    pub answer: String,
    /// The value found.
    pub value: Option<String>,
    /// The threshold it was held against.
    pub threshold: Option<String>,
    /// Amount at stake.
    pub amount: Option<String>,
    /// Its currency.
    pub currency: Option<String>,
    /// Code of a note.
    pub note: Option<String>,
    /// First seen, ISO.
    pub first_seen: Option<String>,
    /// Last seen, ISO.
    pub last_seen: Option<String>,
    /// Closed on, ISO.
    pub closed_on: Option<String>,
}

/// A flag, whole.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Flag {
    /// The flag.
    pub flag: FlagBrief,
    /// Version of the rule.
    pub rule_version: String,
    /// Named facts of the rule.
    pub detail: Record,
    /// The rows of the original files, by role.
    pub evidence: Vec<Role>,
}

/// The evidence rows of one role.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Role {
    /// The role.
    pub role: String,
    /// How many rows there are.
    pub total: u64,
    /// The first of them, with their cells.
    pub rows: Vec<EvidenceRow>,
    /// Where the others are.
    #[serde(default)]
    pub more: Vec<Origin>,
}

/// A row of an original file, with its cells.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EvidenceRow {
    /// Where it stands.
    pub origin: Origin,
    /// Header and cell, as found.
    pub cells: Vec<(String, String)>,
}

/// Where something was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Path of the file as received.
    pub path: String,
    /// Part of the file: a sheet, a file of an archive.
    #[serde(default)]
    pub part: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Ordinal of the record.
    pub record: i64,
    /// Where a person finds it, when the original was at hand.
    #[serde(default)]
    pub position: String,
    /// The place inside the record.
    #[serde(default)]
    pub element: String,
}

/// A rule over everything: the counts. Its flags are in `FlagPage`s.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Rule {
    /// The rule.
    pub rule: String,
    /// What it answered in all.
    pub answers: Answers,
    /// What it answered in each office.
    pub by_source: Vec<SourceAnswers>,
    /// How the values lie around the threshold.
    pub histogram: Option<Histogram>,
    /// Flags, and answers with a note that are not flags.
    pub flags: u64,
    /// Answers with a note that are not flags.
    pub noted: u64,
}

/// What a rule answered in one office.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SourceAnswers {
    /// The office.
    pub source: String,
    /// The answers.
    pub answers: Answers,
}

/// Values of a rule in equal steps; the last step holds everything above.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// The steps.
    pub steps: Vec<Step>,
    /// The one threshold, when there is only one.
    pub threshold: Option<f64>,
}

/// A step of a histogram.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Step {
    /// From, inclusive.
    pub from: f64,
    /// To, exclusive; none for the open last step.
    pub to: Option<f64>,
    /// Flagged.
    pub flagged: u64,
    /// Not flagged.
    pub clear: u64,
}

/// Twenty flags of a rule, or twenty noted answers. Id: `R003/flagged/00001`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FlagPage {
    /// The flags.
    pub flags: Vec<FlagBrief>,
}

/// A contracting process with its awards and contracts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Process {
    /// Its id.
    pub ocid: String,
    /// The office.
    pub source: String,
    /// Authority of its rows.
    #[serde(default)]
    pub place: String,
    /// What it is called.
    pub title: String,
    /// The filled fields of `ocds.tender`.
    pub tender: Record,
    /// Names of those who took part, when published.
    #[serde(default)]
    pub tenderers: Vec<String>,
    /// Awards.
    pub awards: Vec<Award>,
    /// Contracts.
    pub contracts: Vec<Contract>,
    /// Payments: how many, and the first of them.
    pub payments: u64,
    /// The first payments, the filled fields of `ocds.transaction`.
    #[serde(default)]
    pub transactions: Vec<Record>,
    /// Its releases in short, when there is more than one.
    #[serde(default)]
    pub history: Option<HistoryBrief>,
    /// Flags on the process, its awards and its contracts.
    pub flags: Vec<FlagBrief>,
    /// What else was asked, and what the answer was.
    pub answers: Vec<SubjectAnswer>,
    /// Where it was read.
    pub origins: Vec<Origin>,
}

/// An award.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Award {
    /// The filled fields of `ocds.award`.
    pub record: Record,
    /// Who won.
    pub suppliers: Vec<SupplierRef>,
}

/// A contract.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Contract {
    /// The filled fields of `ocds.contract`.
    pub record: Record,
    /// Who won its award.
    pub suppliers: Vec<SupplierRef>,
}

/// A supplier, as named in a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierRef {
    /// Id of the supplier's page.
    pub id: String,
    /// Name as written.
    pub name: String,
}

/// The answer of a rule about one subject.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SubjectAnswer {
    /// The rule.
    pub rule: String,
    /// About what.
    pub subject: Subject,
    /// `clear` or `not_computable`; flags are listed apart.
    pub answer: String,
    /// The missing field.
    pub missing: Option<String>,
    /// A note.
    pub note: Option<String>,
}

/// A public work.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Work {
    /// Its id.
    pub id: String,
    /// The office.
    pub source: String,
    /// Authority of its rows.
    #[serde(default)]
    pub place: String,
    /// What it is called.
    pub title: String,
    /// The filled fields of `oc4ids.project`.
    pub project: Record,
    /// Money and progress by year: the filled fields of `oc4ids.finance`.
    pub finance: Vec<Record>,
    /// Places.
    pub locations: Vec<Record>,
    /// Budget lines.
    pub budget: Vec<Record>,
    /// Contracting processes: id, and whether there is a page for it.
    pub processes: Vec<ProcessRef>,
    /// Organisations, without contact data.
    pub parties: Vec<Record>,
    /// Its releases in short, when there is more than one.
    #[serde(default)]
    pub history: Option<HistoryBrief>,
    /// Flags.
    pub flags: Vec<FlagBrief>,
    /// What else was asked.
    pub answers: Vec<SubjectAnswer>,
    /// Where it was read.
    pub origins: Vec<Origin>,
}

/// A contracting process named by a work.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ProcessRef {
    /// Its id as written.
    pub ocid: String,
    /// True when the process itself is here.
    pub known: bool,
}

/// A supplier.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Supplier {
    /// Id of the page.
    pub id: String,
    /// The name most often written.
    pub name: String,
    /// Other ways in which it is written.
    pub names: Vec<String>,
    /// Identifiers, masked when they are of a private person.
    pub identifiers: Vec<Identifier>,
    /// True when contracts were put together by name alone.
    pub by_name_only: bool,
    /// Totals, one for each currency and tax basis, never added together.
    pub totals: Vec<Total>,
    /// Amounts by year.
    pub years: Vec<YearTotal>,
    /// Who bought.
    pub buyers: Vec<BuyerTotal>,
    /// Its contracts, the newest first.
    pub contracts: Vec<SupplierContract>,
    /// Entries of published lists.
    pub listings: Vec<Listing>,
    /// Whoever has the same name: possibly the same, or known to be another.
    pub same_name: Vec<SameName>,
    /// Where else it is named: bids, payments, works.
    #[serde(default)]
    pub linked: Vec<Linked>,
    /// What people decided about it.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// Codes of what a reader should be told.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Flags on its contracts.
    pub flags: Vec<FlagBrief>,
}

/// An identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// Its scheme.
    pub scheme: String,
    /// The identifier, masked when it is of a private person.
    pub id: String,
    /// True when it is masked.
    pub masked: bool,
}

/// A sum in one currency and on one tax basis.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Total {
    /// Currency.
    pub currency: String,
    /// `with_tax`, `without_tax`, `unknown`.
    pub tax_basis: String,
    /// The sum.
    pub amount: String,
    /// Contracts in it.
    pub contracts: u64,
}

/// A year's sum in one currency and on one tax basis.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct YearTotal {
    /// The year; blank when no date is published.
    pub year: String,
    /// The sum.
    pub total: Total,
}

/// A buyer's sum.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BuyerTotal {
    /// The buyer, as written.
    pub buyer: String,
    /// The office.
    pub source: String,
    /// Contracts.
    pub contracts: u64,
}

/// A contract on a supplier's page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SupplierContract {
    /// The process.
    pub ocid: String,
    /// The contract, or the award when no contract is published.
    pub id: String,
    /// True when this is an award without a contract.
    pub is_award: bool,
    /// What it is called.
    pub title: String,
    /// Its buyer.
    pub buyer: String,
    /// The office.
    pub source: String,
    /// Signed on, ISO.
    pub date: Option<String>,
    /// Method of procurement.
    pub method: Option<String>,
    /// Amount.
    pub amount: Option<String>,
    /// Currency.
    pub currency: Option<String>,
    /// Tax basis.
    pub tax_basis: Option<String>,
    /// True when another line is the same contract from another record: it is in no sum.
    #[serde(default)]
    pub repeated: bool,
}

/// The rows of one role that are linked with a supplier.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Linked {
    /// `tenderer`, `quoted`, `payee`, `work_supplier`, `work_tenderer`, `buyer`.
    pub role: String,
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<LinkedRow>,
}

/// A row that names a supplier, and how it was linked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LinkedRow {
    /// The rule that linked it.
    pub how: String,
    /// `certain` or `assumed`.
    pub strength: String,
    /// The office.
    pub source: String,
    /// The process or the work.
    pub subject: String,
    /// Name as written.
    pub name: String,
    /// Where it was read.
    pub origin: Option<Origin>,
}

/// A link that a person confirmed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Decision {
    /// Why, in that person's words.
    pub why: String,
    /// When, ISO.
    pub date: String,
}

/// An entry of a published list that names this supplier, for certain or perhaps.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Listing {
    /// `sat_69b`, `sfp`.
    pub list: String,
    /// True when the identifier is the same; false when only the name is.
    pub certain: bool,
    /// The rule that says so.
    #[serde(default)]
    pub how: String,
    /// Different taxpayers of that name; one or none is no homonym.
    #[serde(default)]
    pub homonyms: u64,
    /// Name in the list.
    pub name: String,
    /// Identifier in the list, masked when it is of a private person.
    pub identifier: Option<String>,
    /// Who listed it.
    pub authority: Option<String>,
    /// Status.
    pub status: Option<String>,
    /// First and last day of the term, or the text as written.
    pub term: Option<String>,
    /// Dated steps.
    pub events: Vec<ListingEvent>,
    /// Where it was read.
    pub origin: Option<Origin>,
}

/// A dated step of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListingEvent {
    /// When, ISO.
    pub date: String,
    /// Status from then on.
    pub status: String,
    /// Where it was published.
    pub published_where: String,
}

/// Another supplier with the same name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SameName {
    /// Id of its page; blank when it has none.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The office.
    pub source: String,
    /// Its contracts.
    pub contracts: u64,
    /// The rule that names both.
    #[serde(default)]
    pub how: String,
    /// True when it is known to be another: by its tax number, or by a person's word.
    #[serde(default)]
    pub different: bool,
    /// Different taxpayers of that name; one or none is no homonym.
    #[serde(default)]
    pub homonyms: u64,
}

/// An office: what it publishes and how.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Source {
    /// Its code.
    pub source: String,
    /// Who publishes.
    pub publisher: String,
    /// Where.
    pub url: String,
    /// Under which licence.
    pub license: String,
    /// `snapshot`, `append`, `releases`.
    pub publishes: String,
    /// `all`, `sample`, `selection`.
    pub covers: String,
    /// How the rows were chosen.
    pub covers_note: Text,
    /// `with_tax`, `without_tax`, `unknown`.
    pub tax_basis: String,
    /// Contracts, and awards without one, that can be listed.
    #[serde(default)]
    pub contracts: u64,
    /// Works that can be listed.
    #[serde(default)]
    pub works: u64,
    /// Institutions named in them.
    #[serde(default)]
    pub buyers: u64,
    /// Its files.
    pub files: Vec<FilePart>,
    /// Fields by standard and layout: how many are full, partial, empty, absent.
    pub coverage: Vec<SourceCoverage>,
    /// Problems by code.
    pub problems: Vec<ProblemCount>,
    /// What each rule answered here.
    pub rules: Vec<RuleCount>,
    /// The first flags.
    pub flags: Vec<FlagBrief>,
}

/// A file, or a part of one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FilePart {
    /// Path as received.
    pub path: String,
    /// Part.
    pub part: String,
    /// SHA-256.
    pub sha256: String,
    /// Layout.
    pub layout: String,
    /// Format.
    pub format: String,
    /// Encoding.
    pub encoding: String,
    /// Size.
    pub size_bytes: u64,
    /// Records found by an independent scan.
    pub records_found: u64,
    /// Records read.
    pub rows_read: u64,
    /// Records set aside.
    pub rows_set_aside: u64,
    /// Date of the edition, ISO.
    pub edition_date: Option<String>,
    /// `read`, `empty`, `unreadable`, `unmapped`, `duplicate`.
    pub status: String,
}

/// How many fields of a standard an office fills.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SourceCoverage {
    /// The standard.
    pub standard: String,
    /// The layout.
    pub layout: String,
    /// Full.
    pub full: u64,
    /// Partial.
    pub partial: u64,
    /// Empty.
    pub empty: u64,
    /// Absent.
    pub absent: u64,
    /// Not applicable.
    pub not_applicable: u64,
}

/// A kind of problem of an office's files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ProblemCount {
    /// Code.
    pub code: String,
    /// Column.
    pub column: String,
    /// `error`, `warning`, `notice`.
    pub severity: String,
    /// How many.
    pub count: u64,
    /// A value as found.
    pub found: String,
    /// What was done.
    pub action: String,
}
