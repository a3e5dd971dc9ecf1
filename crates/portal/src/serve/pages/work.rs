//! A public work: cost, place, progress, and what was spent.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::chart;
use crate::csv::Csv;
use crate::document::{Record, Work};
use crate::format;
use crate::history::HistoryBrief;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

use super::{Fact, facts, field_of, other_facts};

const FIRST: [&str; 9] = [
    "public_authority_name",
    "status",
    "type",
    "sector",
    "period_start_date",
    "period_end_date",
    "budget_amount",
    "completion_end_date",
    "completion_final_value_amount",
];

#[derive(Template)]
#[template(path = "work.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    work: Work,
    description: String,
    facts: Vec<Fact>,
    others: Vec<Fact>,
    places: Vec<Place>,
    years: Vec<Year>,
    lines: Vec<Line>,
}

struct Place {
    words: String,
    coordinates: String,
}

/// Money and progress of one year.
struct Year {
    year: String,
    approved: Option<String>,
    modified: Option<String>,
    spent: Option<String>,
    spent_share: String,
    progress: Option<String>,
    basis: &'static str,
    dots: String,
}

struct Line {
    words: String,
    amount: Option<String>,
}

pub(crate) fn draw(frame: &mut Frame<'_>, work: Work) -> Result<Answer, Error> {
    let w = frame.w;
    let description = field_of(&work.project, "description").unwrap_or_default();
    frame.name(
        &work.title,
        &frame.source(&work.source),
        &[
            (w.t("sources_title"), w.sources()),
            (&frame.source(&work.source), w.source(&work.source)),
        ],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &work),
        Format::Csv => {
            let mut csv = Csv::new(&["id", "table", "row", "field", "value"]);
            let lists = [
                ("finance", &work.finance),
                ("location", &work.locations),
                ("budget_line", &work.budget),
                ("party", &work.parties),
            ];
            let mut add = |table: &str, number: usize, record: &Record| {
                for (field, value) in record {
                    csv.row(&[
                        &work.id,
                        table,
                        &number.to_string(),
                        field,
                        value.as_str().unwrap_or_default(),
                    ]);
                }
            };
            add("project", 1, &work.project);
            for (table, records) in lists {
                for (index, record) in records.iter().enumerate() {
                    add(table, index + 1, record);
                }
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => {
            let view = View {
                facts: facts(frame, "oc4ids", "project", &work.project, &FIRST),
                others: other_facts(
                    frame,
                    "oc4ids",
                    "project",
                    &work.project,
                    &[&FIRST[..], &["title", "description"]].concat(),
                ),
                places: work
                    .locations
                    .iter()
                    .take(40)
                    .map(|record| place(frame, record))
                    .collect(),
                years: work.finance.iter().map(year).collect(),
                lines: work
                    .budget
                    .iter()
                    .take(40)
                    .map(|record| Line {
                        words: field_of(record, "description")
                            .or_else(|| field_of(record, "id"))
                            .unwrap_or_default(),
                        amount: field_of(record, "amount").map(|amount| {
                            format::money(&amount, field_of(record, "currency").as_deref())
                        }),
                    })
                    .collect(),
                description: if description == work.title {
                    String::new()
                } else {
                    description
                },
                work,
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
}

fn place(frame: &Frame<'_>, record: &Record) -> Place {
    let state = field_of(record, "state_name").or_else(|| {
        field_of(record, "state_code").map(|code| {
            frame
                .site
                .texts
                .code("oc4ids.location.state_code", &code, frame.w.lang())
                .to_owned()
        })
    });
    let words: Vec<String> = [field_of(record, "locality"), state]
        .into_iter()
        .flatten()
        .collect();
    let coordinates = match (field_of(record, "latitude"), field_of(record, "longitude")) {
        (Some(latitude), Some(longitude)) => format!("{latitude}, {longitude}"),
        _ => String::new(),
    };
    Place {
        words: words.join(", "),
        coordinates,
    }
}

fn year(record: &Record) -> Year {
    let currency = field_of(record, "currency");
    let money = |name: &str| {
        field_of(record, name).map(|amount| format::money(&amount, currency.as_deref()))
    };
    let length = |name: &str| format::length(field_of(record, name).as_deref());
    // Spending is held against the budget as it stood, modified when that is published.
    let budget = length("modified_amount")
        .or_else(|| length("approved_amount"))
        .filter(|budget| *budget > 0.0);
    let spent = budget
        .zip(length("spent_amount"))
        .map(|(budget, spent)| spent / budget);
    let progress = length("physical_progress").map(|percent| percent / 100.0);
    let mut dots = Vec::new();
    if let Some(share) = progress {
        dots.push(chart::Dot {
            share,
            class: "clear",
        });
    }
    if let Some(share) = spent {
        dots.push(chart::Dot {
            share,
            class: "flag",
        });
    }
    Year {
        year: field_of(record, "year").unwrap_or_default(),
        approved: money("approved_amount"),
        modified: money("modified_amount"),
        spent: money("spent_amount"),
        spent_share: spent
            .map(|share| {
                format!(
                    "{}\u{a0}%",
                    format::decimal(&format!("{:.3}", share * 100.0), 0, 0)
                )
            })
            .unwrap_or_default(),
        progress: field_of(record, "physical_progress")
            .map(|percent| format!("{}\u{a0}%", format::decimal(&percent, 0, 1))),
        basis: match field_of(record, "physical_progress_basis").as_deref() {
            Some("cumulative") => "basis_cumulative",
            Some("year") => "basis_year",
            _ => "basis_unknown",
        },
        dots: if dots.is_empty() {
            String::new()
        } else {
            chart::dots(&dots)
        },
    }
}
