//! Counting rows into figures: sums in millionths, medians of what is known, nothing rounded before the end.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::document::Total;
use crate::figures::{
    ContractRow, ContractYear, Figures, Level, MethodFigures, Segment, SpendingRow, SpendingYear,
    WorkRow, WorkYear,
};
use crate::format::{micro, plain};

use super::spool::Place;

/// Procedures in which more than one can take part.
const COMPETITIVE: [&str; 3] = ["open", "selective", "limited"];
/// Procedures in the order in which they are shown; others after them, the unpublished last.
const METHODS: [&str; 4] = ["open", "selective", "limited", "direct"];

/// Sums by currency and tax basis, with how many amounts are in each.
#[derive(Default)]
struct Sums(BTreeMap<(String, String), (i128, u64)>);

impl Sums {
    /// Adds an amount; false when there is none.
    fn add(&mut self, amount: Option<&str>, currency: Option<&str>, basis: &str) -> bool {
        let Some(amount) = amount.and_then(micro) else {
            return false;
        };
        let key = (currency.unwrap_or_default().to_owned(), basis.to_owned());
        let sum = self.0.entry(key).or_default();
        *sum = (sum.0 + amount, sum.1 + 1);
        true
    }

    /// The sums, the one with most amounts first.
    fn totals(&self) -> Vec<Total> {
        let mut totals: Vec<Total> = self
            .0
            .iter()
            .map(|((currency, basis), (amount, contracts))| Total {
                currency: currency.clone(),
                tax_basis: basis.clone(),
                amount: plain(*amount),
                contracts: *contracts,
            })
            .collect();
        totals.sort_by_key(|total| Reverse(total.contracts));
        totals
    }
}

/// The stretches of rows of one figure.
#[derive(Default)]
struct Stretches(Vec<Segment>);

impl Stretches {
    fn add(&mut self, list: &str, number: u64) {
        if let Some(last) = self.0.last_mut()
            && last.list == list
            && last.start + last.rows == number
        {
            last.rows += 1;
            return;
        }
        self.0.push(Segment {
            list: list.to_owned(),
            start: number,
            rows: 1,
        });
    }
}

#[derive(Default)]
struct ContractTally {
    methods: BTreeMap<String, MethodTally>,
    awards_only: u64,
    competitive: u64,
    tenderers: Vec<i128>,
    days: Vec<i128>,
}

#[derive(Default)]
struct MethodTally {
    contracts: u64,
    without_amount: u64,
    money: Sums,
    rows: Stretches,
}

#[derive(Default)]
struct WorkTally {
    works: u64,
    without_budget: u64,
    shared: u64,
    budget: Sums,
    rows: Stretches,
}

#[derive(Default)]
struct SpendingTally {
    works: BTreeSet<String>,
    budget: Sums,
    spent: Sums,
    without_spent: u64,
    progress: Vec<i128>,
    of_year: u64,
    without_basis: u64,
    rows: Stretches,
}

/// The figures of one while its rows are seen. Years stand newest first, the unpublished one last.
#[derive(Default)]
pub(super) struct Tally {
    level: Level,
    id: String,
    place: String,
    sources: BTreeSet<String>,
    buyers: BTreeSet<String>,
    repeated: u64,
    contracts: BTreeMap<Reverse<String>, ContractTally>,
    works: BTreeMap<Reverse<String>, WorkTally>,
    spending: BTreeMap<Reverse<String>, SpendingTally>,
}

impl Tally {
    /// The figures of one, with no row yet. A state has no authority: its works may be anybody's.
    pub(super) fn new(level: Level, id: &str, place: &str) -> Self {
        Self {
            level,
            id: id.to_owned(),
            place: match level {
                Level::State => String::new(),
                _ => place.to_owned(),
            },
            ..Self::default()
        }
    }

    fn saw(&mut self, place: &Place, source: &str) {
        self.sources.insert(source.to_owned());
        if !place.buyer.is_empty() {
            self.buyers.insert(place.buyer.clone());
        }
    }

    pub(super) fn contract(&mut self, place: &Place, number: u64, row: &ContractRow) {
        self.saw(place, &row.source);
        self.repeated += u64::from(place.again);
        let year = self
            .contracts
            .entry(Reverse(place.year.clone()))
            .or_default();
        let method = year.methods.entry(place.part.clone()).or_default();
        method.contracts += 1;
        method.rows.add(&place.list, number);
        if !method.money.add(
            row.amount.as_deref(),
            row.currency.as_deref(),
            row.tax_basis.as_deref().unwrap_or("unknown"),
        ) {
            method.without_amount += 1;
        }
        year.awards_only += u64::from(row.is_award);
        // A procedure with several contracts is one procedure.
        if place.first && COMPETITIVE.contains(&place.part.as_str()) {
            year.competitive += 1;
            year.tenderers.extend(row.tenderers.map(i128::from));
            year.days.extend(row.days.map(i128::from));
        }
    }

    pub(super) fn work(&mut self, place: &Place, number: u64, row: &WorkRow) {
        self.saw(place, &row.source);
        let year = self.works.entry(Reverse(place.year.clone())).or_default();
        year.works += 1;
        year.rows.add(&place.list, number);
        // What a work in several states costs in each of them, nobody says.
        if self.level == Level::State && row.states.len() > 1 {
            year.shared += 1;
        } else if !year.budget.add(
            row.budget.as_deref(),
            row.currency.as_deref(),
            &row.tax_basis,
        ) {
            year.without_budget += 1;
        }
    }

    pub(super) fn spending(&mut self, place: &Place, number: u64, row: &SpendingRow) {
        self.saw(place, &row.source);
        let year = self
            .spending
            .entry(Reverse(place.year.clone()))
            .or_default();
        year.works.insert(row.id.clone());
        year.rows.add(&place.list, number);
        let currency = row.currency.as_deref();
        let budget = row.modified.as_deref().or(row.approved.as_deref());
        year.budget.add(budget, currency, &row.tax_basis);
        if !year
            .spent
            .add(row.spent.as_deref(), currency, &row.tax_basis)
        {
            year.without_spent += 1;
        }
        if let Some(progress) = row.progress.as_deref().and_then(micro) {
            match row.basis.as_deref() {
                Some("cumulative") => year.progress.push(progress),
                Some("year") => year.of_year += 1,
                _ => year.without_basis += 1,
            }
        }
    }

    /// How many contracts and works there are.
    pub(super) fn counts(&self) -> (u64, u64) {
        (
            self.contracts
                .values()
                .flat_map(|year| year.methods.values())
                .map(|method| method.contracts)
                .sum(),
            self.works.values().map(|year| year.works).sum(),
        )
    }

    /// The figures; name and flags are the caller's.
    pub(super) fn finish(self) -> Figures {
        Figures {
            key: self.level.key(&self.id),
            level: self.level,
            place: self.place,
            sources: self.sources.into_iter().collect(),
            buyers: self.buyers.len() as u64,
            repeated: self.repeated,
            contracts: self.contracts.into_iter().map(contract_year).collect(),
            works: self.works.into_iter().map(work_year).collect(),
            spending: self.spending.into_iter().map(spending_year).collect(),
            ..Figures::default()
        }
    }
}

fn contract_year((Reverse(year), tally): (Reverse<String>, ContractTally)) -> ContractYear {
    let rank = |method: &str| {
        METHODS
            .iter()
            .position(|known| *known == method)
            .unwrap_or(METHODS.len() + usize::from(method.is_empty()))
    };
    let mut methods: Vec<MethodFigures> = tally
        .methods
        .into_iter()
        .map(|(method, tally)| MethodFigures {
            method,
            contracts: tally.contracts,
            money: tally.money.totals(),
            without_amount: tally.without_amount,
            rows: tally.rows.0,
        })
        .collect();
    methods.sort_by_key(|method| rank(&method.method));
    ContractYear {
        year,
        methods,
        awards_only: tally.awards_only,
        competitive: tally.competitive,
        tenderers_known: tally.tenderers.len() as u64,
        single: tally.tenderers.iter().filter(|count| **count == 1).count() as u64,
        tenderers_median: median(tally.tenderers.iter().map(|count| count * 1_000_000)),
        days_known: tally.days.len() as u64,
        days_median: median(tally.days.iter().map(|days| days * 1_000_000)),
    }
}

fn work_year((Reverse(year), tally): (Reverse<String>, WorkTally)) -> WorkYear {
    WorkYear {
        year,
        works: tally.works,
        budget: tally.budget.totals(),
        without_budget: tally.without_budget,
        shared: tally.shared,
        rows: tally.rows.0,
    }
}

fn spending_year((Reverse(year), tally): (Reverse<String>, SpendingTally)) -> SpendingYear {
    SpendingYear {
        year,
        works: tally.works.len() as u64,
        budget: tally.budget.totals(),
        spent: tally.spent.totals(),
        without_spent: tally.without_spent,
        progress_cumulative: tally.progress.len() as u64,
        progress_median: median(tally.progress.into_iter()),
        progress_of_year: tally.of_year,
        progress_without_basis: tally.without_basis,
        rows: tally.rows.0,
    }
}

/// The middle of some millionths; of an even number, halfway between the two in the middle.
fn median(values: impl Iterator<Item = i128>) -> Option<String> {
    let mut values: Vec<i128> = values.collect();
    values.sort_unstable();
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        length if length % 2 == 1 => Some(plain(values[middle])),
        _ => Some(plain((values[middle - 1] + values[middle]) / 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_halfway() {
        assert_eq!(
            median([3, 1].map(|n| n * 1_000_000).into_iter()),
            Some("2".into())
        );
        assert_eq!(
            median([4, 1, 9].map(|n| n * 1_000_000).into_iter()),
            Some("4".into())
        );
        assert_eq!(
            median([1, 2].map(|n| n * 1_000_000).into_iter()),
            Some("1.5".into())
        );
        assert_eq!(median(std::iter::empty()), None);
    }

    #[test]
    fn neighbouring_rows_are_one_stretch_and_others_are_not() {
        let mut stretches = Stretches::default();
        for (list, number) in [("a", 0), ("a", 1), ("a", 5), ("b", 6)] {
            stretches.add(list, number);
        }
        let found: Vec<(u64, u64)> = stretches
            .0
            .iter()
            .map(|one| (one.start, one.rows))
            .collect();
        assert_eq!(found, [(0, 2), (5, 1), (6, 1)]);
    }

    #[test]
    fn amounts_of_two_bases_are_never_one_sum() {
        let mut sums = Sums::default();
        assert!(sums.add(Some("1.5"), Some("MXN"), "with_tax"));
        assert!(sums.add(Some("2"), Some("MXN"), "unknown"));
        assert!(!sums.add(None, Some("MXN"), "unknown"));
        let totals = sums.totals();
        assert_eq!(totals.len(), 2);
        assert!(totals.iter().all(|total| total.contracts == 1));
    }
}
