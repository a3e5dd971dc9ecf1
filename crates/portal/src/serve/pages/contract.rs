//! A contracting process with its awards and contracts.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::document::{FlagBrief, Origin, Process, Record, SupplierRef};
use crate::history::HistoryBrief;
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};

use super::{Fact, facts, field_of, money_of, other_facts};

/// Contracts on one page.
const SIZE: usize = 20;

/// Rows of the original files named on a page.
const ORIGINS: usize = 30;
/// Flags, and names of those who took part, on a page: the rest is in the JSON.
const SHORT: usize = 30;

/// What is said first about a process; the rest is behind a click.
const FIRST: [&str; 9] = [
    "buyer_name",
    "procuring_entity_name",
    "procurement_method",
    "procurement_method_details",
    "procurement_law",
    "main_procurement_category",
    "status",
    "value_amount",
    "number_of_tenderers",
];

#[derive(Template)]
#[template(path = "contract.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    process: Process,
    facts: Vec<Fact>,
    others: Vec<Fact>,
    stages: Vec<Stage>,
    parts: Vec<Part>,
    are_awards: bool,
    total: u64,
    pages: Pages,
    payments: Vec<Payment>,
    has_codes: bool,
}

/// A stage of the process, with its date.
struct Stage {
    name: String,
    date: Option<String>,
    note: String,
}

/// A contract, or an award without one.
struct Part {
    id: String,
    title: String,
    here: bool,
    amount: Option<String>,
    basis: String,
    signed: Option<String>,
    period: String,
    suppliers: Vec<SupplierRef>,
    others: Vec<Fact>,
}

struct Payment {
    date: Option<String>,
    amount: Option<String>,
    payee: String,
}

pub(crate) fn draw(frame: &mut Frame<'_>, process: Process, asked: &str) -> Result<Answer, Error> {
    let w = frame.w;
    let lead =
        field_of(&process.tender, "buyer_name").unwrap_or_else(|| frame.source(&process.source));
    frame.name(
        &process.title,
        &lead,
        &[
            (w.t("sources_title"), w.sources()),
            (&frame.source(&process.source), w.source(&process.source)),
        ],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &process),
        Format::Csv => Ok(Answer::csv(csv(&process))),
        Format::Html => {
            let asked = asked
                .strip_prefix(&format!("{}/", process.ocid))
                .unwrap_or_default()
                .to_owned();
            let are_awards = process.contracts.is_empty();
            let mut parts: Vec<(&Record, &[SupplierRef])> = if are_awards {
                process
                    .awards
                    .iter()
                    .map(|award| (&award.record, award.suppliers.as_slice()))
                    .collect()
            } else {
                process
                    .contracts
                    .iter()
                    .map(|one| (&one.record, one.suppliers.as_slice()))
                    .collect()
            };
            // The contract that was asked for stands first.
            parts.sort_by_key(|(record, _)| {
                asked.is_empty() || field_of(record, "id").as_deref() != Some(&asked)
            });
            let total = parts.len() as u64;
            let pages = Pages::of(frame, parts.len(), SIZE);
            let parts = pages
                .slice(&parts, SIZE)
                .iter()
                .map(|(record, suppliers)| part(frame, record, suppliers, &asked, are_awards))
                .collect();
            let view = View {
                facts: facts(frame, "ocds", "tender", &process.tender, &FIRST),
                others: other_facts(
                    frame,
                    "ocds",
                    "tender",
                    &process.tender,
                    &[&FIRST[..], &["title", "description"]].concat(),
                ),
                stages: stages(frame, &process),
                parts,
                are_awards,
                total,
                pages,
                payments: process
                    .transactions
                    .iter()
                    .map(|record| Payment {
                        date: field_of(record, "date"),
                        amount: money_of(record),
                        payee: field_of(record, "payee_name").unwrap_or_default(),
                    })
                    .collect(),
                has_codes: !process.tender.is_empty(),
                process,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

impl View<'_> {
    fn history_line(&self, history: &HistoryBrief) -> String {
        super::history::line(self.p, history)
    }

    /// The first flags.
    fn flags(&self) -> &[FlagBrief] {
        &self.process.flags[..self.process.flags.len().min(SHORT)]
    }

    /// The first of those who took part.
    fn tenderers(&self) -> &[String] {
        &self.process.tenderers[..self.process.tenderers.len().min(SHORT)]
    }

    /// True when a list was cut short.
    fn is_short(&self) -> bool {
        self.process.flags.len().max(self.process.tenderers.len()) > SHORT
    }

    /// The first of the rows it was read from.
    fn origins(&self) -> &[Origin] {
        &self.process.origins[..self.process.origins.len().min(ORIGINS)]
    }
}

fn part(
    frame: &Frame<'_>,
    record: &Record,
    suppliers: &[SupplierRef],
    asked: &str,
    is_award: bool,
) -> Part {
    let w = frame.w;
    let id = field_of(record, "id").unwrap_or_default();
    let shown = [
        "id",
        "title",
        "award_id",
        "value_amount",
        "value_currency",
        "value_tax_basis",
        "date",
        "date_signed",
        "period_start_date",
        "period_end_date",
    ];
    let table = if is_award { "award" } else { "contract" };
    let period = match (
        field_of(record, "period_start_date"),
        field_of(record, "period_end_date"),
    ) {
        (None, None) => String::new(),
        (start, end) => {
            let or =
                |date: Option<String>| date.map_or_else(|| "…".to_owned(), |date| w.date(&date));
            format!("{} – {}", or(start), or(end))
        }
    };
    Part {
        title: field_of(record, "title").unwrap_or_default(),
        here: !asked.is_empty() && id == asked,
        amount: money_of(record),
        basis: w
            .code(
                "tax",
                &field_of(record, "value_tax_basis").unwrap_or_else(|| "unknown".to_owned()),
            )
            .to_owned(),
        signed: field_of(record, if is_award { "date" } else { "date_signed" }),
        period,
        suppliers: suppliers.to_vec(),
        others: other_facts(frame, "ocds", table, record, &shown),
        id,
    }
}

/// The stages every process should show, with the date of each or the fact that none is published.
fn stages(frame: &Frame<'_>, process: &Process) -> Vec<Stage> {
    let w = frame.w;
    let first = |dates: Vec<Option<String>>| dates.into_iter().flatten().min();
    let awards = process
        .awards
        .iter()
        .map(|award| field_of(&award.record, "date"))
        .collect();
    let signed = process
        .contracts
        .iter()
        .map(|contract| field_of(&contract.record, "date_signed"))
        .collect();
    let starts = process
        .contracts
        .iter()
        .map(|contract| field_of(&contract.record, "period_start_date"))
        .collect();
    let ends = process
        .contracts
        .iter()
        .map(|contract| field_of(&contract.record, "period_end_date"))
        .collect::<Vec<_>>();
    let open = field_of(&process.tender, "tender_period_start_date");
    let close = field_of(&process.tender, "tender_period_end_date");
    let stage = |key: &'static str, date: Option<String>| Stage {
        name: w.t(key).to_owned(),
        date,
        note: String::new(),
    };
    let mut payments = stage(
        "stage_payments",
        first(
            process
                .transactions
                .iter()
                .map(|record| field_of(record, "date"))
                .collect(),
        ),
    );
    if process.payments > 0 {
        payments.note = w.many("payments", &process.payments);
    }
    vec![
        stage("stage_published", open),
        stage("stage_closed", close),
        stage("stage_awarded", first(awards)),
        stage("stage_signed", first(signed)),
        stage("stage_starts", first(starts)),
        stage("stage_ends", ends.into_iter().flatten().max()),
        payments,
    ]
}

fn csv(process: &Process) -> Csv {
    let mut csv = Csv::new(&[
        "ocid",
        "kind",
        "id",
        "title",
        "supplier",
        "date",
        "amount",
        "currency",
        "tax_basis",
        "buyer",
        "method",
        "source",
    ]);
    let of = |record: &Record, name: &str| field_of(record, name).unwrap_or_default();
    let names = |suppliers: &[SupplierRef]| {
        suppliers
            .iter()
            .map(|supplier| supplier.name.as_str())
            .collect::<Vec<_>>()
            .join("; ")
    };
    let mut row = |kind: &str, record: &Record, date: &str, suppliers: String| {
        csv.row(&[
            process.ocid.clone(),
            kind.to_owned(),
            of(record, "id"),
            of(record, "title"),
            suppliers,
            of(record, date),
            of(record, "value_amount"),
            of(record, "value_currency"),
            of(record, "value_tax_basis"),
            of(&process.tender, "buyer_name"),
            of(&process.tender, "procurement_method"),
            process.source.clone(),
        ]);
    };
    row(
        "tender",
        &process.tender,
        "tender_period_start_date",
        String::new(),
    );
    for award in &process.awards {
        row("award", &award.record, "date", names(&award.suppliers));
    }
    for contract in &process.contracts {
        row(
            "contract",
            &contract.record,
            "date_signed",
            names(&contract.suppliers),
        );
    }
    csv
}
