//! What each office, government, institution and state bought and built, by year, with the rows behind each figure.
//!
//! Processes and works hand over their rows as they are read; at the end the rows are listed once, counted, and let go.
//! It refuses to know what a rule says: flags are only counted here.

mod buyers;
mod days;
mod places;
mod spool;
mod tally;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use crate::Error;
use crate::document::{Award, Contract, FlagBrief, Process, Record, SupplierRef, Work};
use crate::figures::{
    Choice, Choices, ContractRow, Figures, Level, SpendingRow, TileFigures, WorkRow,
};
use crate::read::{Row, string, text};
use crate::store::Writer;
use crate::text::Text;

use super::Tables;
use super::flags::Flags;
use super::records::of;
use buyers::Buyers;
use places::States;
use spool::{Place, Spool};
use tally::Tally;

pub(crate) use buyers::PAGE as BUYERS_PAGE;

/// Letters of a title in a list.
const TITLE: usize = 160;
/// Suppliers named in a list.
const SUPPLIERS: usize = 3;

/// Rows and names as they come, until they are counted.
pub(super) struct Gather {
    spool: Spool,
    buyers: Buyers,
    states: States,
    tax_basis: BTreeMap<String, String>,
}

/// A process as it was read: the rows of its contracts and awards stand beside those of its document.
pub(super) struct Bought<'a> {
    pub(super) process: &'a Process,
    pub(super) place: String,
    pub(super) contracts: &'a [Row],
    pub(super) awards: &'a [Row],
    pub(super) tenderers: u64,
}

impl Gather {
    /// Begins with no row, beside the documents.
    pub(super) async fn create(tables: &Tables<'_>, out: &Path) -> Result<Self, Error> {
        let infos = tables
            .rows(
                &["source_info"],
                "SELECT \"source\", tax_basis FROM source_info ORDER BY \"source\"",
            )
            .await?;
        Ok(Self {
            spool: Spool::create(out).await?,
            buyers: Buyers::default(),
            states: States::new(&tables.texts.tiles),
            tax_basis: infos
                .iter()
                .map(|row| (string(row, "source"), string(row, "tax_basis")))
                .collect(),
        })
    }

    /// Takes the contracts of a process, and its awards where no contract is published.
    pub(super) async fn process(&mut self, bought: &Bought<'_>) -> Result<(), Error> {
        let process = bought.process;
        let name = of(&process.tender, "buyer_name")
            .or_else(|| of(&process.tender, "procuring_entity_name"));
        let tenderers = of(&process.tender, "number_of_tenderers")
            .and_then(|number| number.parse().ok())
            .or(Some(bought.tenderers))
            .filter(|number: &u64| *number > 0);
        let days = days::between(
            of(&process.tender, "tender_period_start_date").as_deref(),
            of(&process.tender, "tender_period_end_date").as_deref(),
        );
        let method = of(&process.tender, "procurement_method");
        let mut ids: HashSet<(String, String)> = HashSet::new();
        let mut offices: HashSet<String> = HashSet::new();
        let contracts = bought
            .contracts
            .iter()
            .zip(&process.contracts)
            .map(|(row, contract)| {
                let date = of(&contract.record, "date_signed")
                    .or_else(|| of(&contract.record, "period_start_date"))
                    .or_else(|| award_date(&process.awards, &contract.record));
                (row, &contract.record, &contract.suppliers, date, false)
            });
        let awards = bought
            .awards
            .iter()
            .zip(&process.awards)
            .filter(|(_, award)| stands_alone(award, &process.contracts))
            .map(|(row, award)| {
                let date = of(&award.record, "date");
                (row, &award.record, &award.suppliers, date, true)
            });
        for (row, record, suppliers, date, is_award) in contracts.chain(awards) {
            let source = string(row, "source");
            let place = text(row, "place").unwrap_or_else(|| bought.place.clone());
            let id = of(record, "id").unwrap_or_default();
            let buyer = self.buyers.named(
                &place,
                &source,
                name.as_deref(),
                of(&process.tender, "buyer_id").as_deref(),
            );
            let one = ContractRow {
                title: short(of(record, "title").as_deref().unwrap_or(&process.title)),
                buyer: name.clone().unwrap_or_default(),
                buyer_id: buyer.clone(),
                method: method.clone(),
                amount: of(record, "value_amount"),
                currency: of(record, "value_currency"),
                tax_basis: of(record, "value_tax_basis"),
                suppliers: first(suppliers),
                tenderers,
                days,
                flags: flags_on(&process.flags, &process.ocid, record),
                ocid: process.ocid.clone(),
                source: source.clone(),
                date: date.clone(),
                is_award,
                id: id.clone(),
            };
            let stands = Place {
                year: year(date.as_deref()),
                part: method.clone().unwrap_or_default(),
                first: offices.insert(source.clone()),
                again: !ids.insert((place.clone(), format!("{is_award}/{id}"))),
                list: source,
                place,
                buyer,
            };
            let sort = format!("{}/{}/{id}", date.unwrap_or_default(), process.ocid);
            self.spool.add(stands, sort, &one).await?;
        }
        Ok(())
    }

    /// Takes a work, its spending by year, and the states in which it stands.
    pub(super) async fn work(&mut self, work: &Work, row: &Row) -> Result<(), Error> {
        let source = work.source.clone();
        let place = string(row, "place");
        let name = of(&work.project, "public_authority_name");
        let buyer = self.buyers.named(
            &place,
            &source,
            name.as_deref(),
            of(&work.project, "public_authority_id").as_deref(),
        );
        let tax_basis = self
            .tax_basis
            .get(&source)
            .cloned()
            .filter(|basis| !basis.is_empty())
            .unwrap_or_else(|| "unknown".to_owned());
        let start = of(&work.project, "period_start_date");
        let states = self.states.of(&place, &work.locations);
        let stands = |list: String, year: String| Place {
            list,
            place: place.clone(),
            year,
            part: String::new(),
            buyer: buyer.clone(),
            first: true,
            again: false,
        };
        let one = WorkRow {
            id: work.id.clone(),
            title: short(&work.title),
            source: source.clone(),
            buyer: name.clone().unwrap_or_default(),
            buyer_id: buyer.clone(),
            start: start.clone(),
            end: of(&work.project, "period_end_date"),
            budget: of(&work.project, "budget_amount"),
            currency: of(&work.project, "budget_currency"),
            tax_basis: tax_basis.clone(),
            states: states.iter().cloned().collect(),
            flags: work.flags.iter().filter(|flag| is_open(flag)).count() as u64,
        };
        let begins = year(start.as_deref());
        let sort = format!("{}/{}", start.unwrap_or_default(), work.id);
        let lists = states.iter().map(|state| Level::State.key(state));
        for list in std::iter::once(source.clone()).chain(lists) {
            self.spool
                .add(stands(list, begins.clone()), sort.clone(), &one)
                .await?;
        }
        for record in &work.finance {
            let year = of(record, "year").unwrap_or_default();
            let spending = SpendingRow {
                id: work.id.clone(),
                title: one.title.clone(),
                source: source.clone(),
                buyer: one.buyer.clone(),
                buyer_id: buyer.clone(),
                year: year.clone(),
                approved: of(record, "approved_amount"),
                modified: of(record, "modified_amount"),
                spent: of(record, "spent_amount"),
                currency: of(record, "currency"),
                tax_basis: tax_basis.clone(),
                progress: of(record, "physical_progress"),
                basis: of(record, "physical_progress_basis"),
            };
            self.spool
                .add(stands(source.clone(), year), work.id.clone(), &spending)
                .await?;
        }
        Ok(())
    }

    /// Lists and counts what was gathered, and writes the documents of figures, institutions and places.
    pub(super) async fn write(
        mut self,
        tables: &Tables<'_>,
        site: &crate::document::Site,
        flags: &Flags,
        writer: &mut Writer,
    ) -> Result<Choices, Error> {
        let mut tallies: BTreeMap<(Level, String), Tally> = BTreeMap::new();
        self.spool
            .list(writer, |place, number, row: &ContractRow| {
                each(&mut tallies, place, &row.source, |tally| {
                    tally.contract(place, number, row);
                });
            })
            .await?;
        self.spool
            .list(writer, |place, number, row: &WorkRow| {
                each(&mut tallies, place, &row.source, |tally| {
                    tally.work(place, number, row);
                });
            })
            .await?;
        self.spool
            .list(writer, |place, number, row: &SpendingRow| {
                each(&mut tallies, place, &row.source, |tally| {
                    tally.spending(place, number, row);
                });
            })
            .await?;
        self.spool.close().await?;

        let names = places::names(tables).await?;
        let mut flagged = self.buyers.flags(flags);
        let mut choices = Choices::default();
        let mut buyers: Vec<Choice> = Vec::new();
        let mut tiles: BTreeMap<(Level, String), TileFigures> = BTreeMap::new();
        for ((level, id), tally) in tallies {
            let name = match level {
                Level::Source => site
                    .source(&id)
                    .map_or_else(|| Text::same(&id), |brief| brief.title.clone()),
                Level::Place => names.get(&id).cloned().unwrap_or_else(|| Text::same(&id)),
                Level::Buyer => Text::same(self.buyers.name(&id)),
                Level::State => self.states.name(&id),
            };
            let (contracts, works) = tally.counts();
            let figures = Figures {
                name: name.clone(),
                flags: flagged
                    .remove(&id)
                    .filter(|_| level == Level::Buyer)
                    .unwrap_or_default(),
                ..tally.finish()
            };
            let choice = Choice {
                key: figures.key.clone(),
                level,
                name,
                place: figures.place.clone(),
                sources: figures.sources.clone(),
                contracts,
                works,
                flags: figures.flags.len() as u64,
            };
            match level {
                Level::Buyer => buyers.push(choice),
                Level::Source => {
                    choices.buyers_of.push((id.clone(), figures.buyers));
                    choices.choices.push(choice);
                }
                Level::Place | Level::State => {
                    tiles.insert((level, id), places::held(&figures));
                    choices.choices.push(choice);
                }
            }
            writer.put(&figures.key, &figures).await?;
        }
        choices.buyers = buyers.len() as u64;
        buyers::write(&choices, buyers, writer).await?;
        writer.put("choices", &choices).await?;
        places::write(tables, site, &names, &tiles, writer).await?;
        Ok(choices)
    }
}

/// Shows a row to every tally it counts in.
fn each(
    tallies: &mut BTreeMap<(Level, String), Tally>,
    place: &Place,
    source: &str,
    mut seen: impl FnMut(&mut Tally),
) {
    let state = place
        .list
        .strip_prefix(Level::State.code())
        .and_then(|rest| rest.strip_prefix(':'));
    let of: Vec<(Level, &str)> = match state {
        Some(state) => vec![(Level::State, state)],
        None => vec![
            (Level::Source, source),
            (Level::Place, &place.place),
            (Level::Buyer, &place.buyer),
        ],
    };
    for (level, id) in of.into_iter().filter(|(_, id)| !id.is_empty()) {
        let tally = tallies
            .entry((level, id.to_owned()))
            .or_insert_with(|| Tally::new(level, id, &place.place));
        seen(tally);
    }
}

/// True when no contract of the process can be that of the award, and the award still stands.
fn stands_alone(award: &Award, contracts: &[Contract]) -> bool {
    let id = of(&award.record, "id");
    let fell = matches!(
        of(&award.record, "status").as_deref(),
        Some("cancelled" | "unsuccessful" | "pending")
    );
    !fell
        && contracts
            .iter()
            .all(|contract| of(&contract.record, "award_id").is_some_and(|award| Some(award) != id))
}

/// The day of the award a contract names, when it names one.
fn award_date(awards: &[Award], contract: &Record) -> Option<String> {
    let wanted = of(contract, "award_id")?;
    awards
        .iter()
        .find(|award| of(&award.record, "id").as_deref() == Some(wanted.as_str()))
        .and_then(|award| of(&award.record, "date"))
}

/// Open flags that bear on one contract or award: its own, its award's, and those of the process.
fn flags_on(flags: &[FlagBrief], ocid: &str, record: &Record) -> u64 {
    let own: BTreeSet<String> = ["id", "award_id"]
        .iter()
        .filter_map(|field| of(record, field))
        .map(|id| format!("{ocid}/{id}"))
        .collect();
    flags
        .iter()
        .filter(|flag| {
            is_open(flag) && (flag.subject.kind == "process" || own.contains(&flag.subject.id))
        })
        .count() as u64
}

fn is_open(flag: &FlagBrief) -> bool {
    flag.answer == "flagged" && flag.closed_on.is_none()
}

/// The year of a date; blank when there is none.
fn year(date: Option<&str>) -> String {
    date.and_then(|date| date.get(..4))
        .unwrap_or_default()
        .to_owned()
}

fn short(title: &str) -> String {
    title.chars().take(TITLE).collect()
}

fn first(suppliers: &[SupplierRef]) -> Vec<SupplierRef> {
    suppliers.iter().take(SUPPLIERS).cloned().collect()
}
