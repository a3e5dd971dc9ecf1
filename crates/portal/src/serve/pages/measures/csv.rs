//! The figures of some offices as one long table, each with its state.

use crate::csv::Csv;
use crate::document::Total;
use crate::figures::{ContractYear, Figures, SpendingYear, WorkYear};
use crate::serve::frame::Frame;

/// Header of the table. `state`: `value`, `not_published`, `not_applicable`.
const HEADER: [&str; 13] = [
    "key",
    "level",
    "name",
    "place",
    "covers",
    "year",
    "measure",
    "procedure",
    "value",
    "currency",
    "tax_basis",
    "counted",
    "state",
];

/// One row for each figure.
pub(in crate::serve::pages) fn csv(
    frame: &Frame<'_>,
    offices: &[Figures],
    years: &[String],
    works: bool,
) -> Csv {
    let mut csv = Csv::new(&HEADER);
    add_csv(&mut csv, frame, offices, years, works);
    csv
}

/// Adds the figures of some more.
pub(in crate::serve::pages) fn add_csv(
    csv: &mut Csv,
    frame: &Frame<'_>,
    offices: &[Figures],
    years: &[String],
    works: bool,
) {
    for office in offices {
        let mut table = Table {
            csv,
            start: [
                office.key.clone(),
                office.level.code().to_owned(),
                frame.w.text(&office.name).to_owned(),
                office.place.clone(),
                covers(frame, office),
            ],
        };
        if works {
            for year in office.works.iter().filter(|one| years.contains(&one.year)) {
                table.works(year);
            }
            for year in office
                .spending
                .iter()
                .filter(|one| years.contains(&one.year))
            {
                table.spending(year);
            }
        } else {
            for year in office
                .contracts
                .iter()
                .filter(|one| years.contains(&one.year))
            {
                table.contracts(year);
            }
        }
    }
}

/// `all`, `sample`, `selection`; of several offices, each of them.
fn covers(frame: &Frame<'_>, office: &Figures) -> String {
    let mut covers: Vec<&str> = office
        .sources
        .iter()
        .filter_map(|source| frame.site.source(source))
        .map(|brief| brief.covers.as_str())
        .collect();
    covers.sort_unstable();
    covers.dedup();
    covers.join(";")
}

struct Table<'a> {
    csv: &'a mut Csv,
    start: [String; 5],
}

impl Table<'_> {
    fn row(&mut self, year: &str, measure: &str, procedure: &str, value: [&str; 4], state: &str) {
        let [value, currency, basis, counted] = value;
        let mut row: Vec<&str> = self.start.iter().map(String::as_str).collect();
        row.extend([
            year, measure, procedure, value, currency, basis, counted, state,
        ]);
        self.csv.row(&row);
    }

    fn number(&mut self, year: &str, measure: &str, procedure: &str, number: u64) {
        let number = number.to_string();
        self.row(year, measure, procedure, [&number, "", "", ""], "value");
    }

    fn money(&mut self, year: &str, measure: &str, procedure: &str, totals: &[Total]) {
        if totals.is_empty() {
            self.row(year, measure, procedure, [""; 4], "not_published");
        }
        for total in totals {
            let counted = total.contracts.to_string();
            let value = [
                total.amount.as_str(),
                &total.currency,
                &total.tax_basis,
                &counted,
            ];
            self.row(year, measure, procedure, value, "value");
        }
    }

    /// A median: not published when nothing is known, not applicable when there is nothing to know.
    fn median(&mut self, year: &str, measure: &str, median: Option<&str>, known: u64, of: u64) {
        let counted = known.to_string();
        match median {
            Some(median) => self.row(year, measure, "", [median, "", "", &counted], "value"),
            None if of == 0 => self.row(year, measure, "", [""; 4], "not_applicable"),
            None => self.row(year, measure, "", [""; 4], "not_published"),
        }
    }

    fn contracts(&mut self, year: &ContractYear) {
        let at = year.year.as_str();
        for method in &year.methods {
            self.number(at, "contracts", &method.method, method.contracts);
            self.money(at, "amount", &method.method, &method.money);
            self.number(at, "without_amount", &method.method, method.without_amount);
        }
        self.number(at, "awards_without_contract", "", year.awards_only);
        self.number(at, "competitive_procedures", "", year.competitive);
        let (known, of) = (year.tenderers_known, year.competitive);
        self.median(
            at,
            "tenderers_median",
            year.tenderers_median.as_deref(),
            known,
            of,
        );
        let single = year.single.to_string();
        self.median(
            at,
            "single_bid_procedures",
            (known > 0).then_some(single.as_str()),
            known,
            of,
        );
        self.median(
            at,
            "submission_days_median",
            year.days_median.as_deref(),
            year.days_known,
            of,
        );
    }

    fn works(&mut self, year: &WorkYear) {
        let at = year.year.as_str();
        self.number(at, "works", "", year.works);
        self.money(at, "budget", "", &year.budget);
        self.number(at, "without_budget", "", year.without_budget);
        self.number(at, "in_several_states", "", year.shared);
        self.row(at, "cost_per_unit", "", [""; 4], "not_published");
    }

    fn spending(&mut self, year: &SpendingYear) {
        let at = year.year.as_str();
        self.number(at, "works_with_spending", "", year.works);
        self.money(at, "budget_of_year", "", &year.budget);
        self.money(at, "spent", "", &year.spent);
        self.number(at, "without_spent", "", year.without_spent);
        self.median(
            at,
            "cumulative_progress_median",
            year.progress_median.as_deref(),
            year.progress_cumulative,
            year.works,
        );
        self.number(at, "progress_of_year", "", year.progress_of_year);
        self.number(
            at,
            "progress_without_basis",
            "",
            year.progress_without_basis,
        );
    }
}
