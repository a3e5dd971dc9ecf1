//! One file for each page: what its template needs, and what its CSV holds.

pub(super) mod buyer;
pub(super) mod buyers;
pub(super) mod compare;
pub(super) mod contract;
pub(super) mod error;
pub(super) mod flag;
pub(super) mod history;
pub(super) mod home;
mod measures;
pub(super) mod method;
pub(super) mod place;
pub(super) mod places;
pub(super) mod rows;
pub(super) mod rule;
pub(super) mod rules;
pub(super) mod search;
mod search_data;
pub(super) mod side_by_side;
pub(super) mod source;
pub(super) mod sources;
pub(super) mod supplier;
pub(super) mod visible;
pub(super) mod work;

use crate::chart;
use crate::csv::Csv;
use crate::document::{Answers, FlagBrief, Record};
use crate::text::TableText;

use super::frame::Frame;

/// Header of every list of flags as CSV.
const FLAG_HEADER: [&str; 17] = [
    "flag_id",
    "indicator",
    "answer",
    "subject_kind",
    "subject_id",
    "name",
    "source",
    "value",
    "threshold",
    "unit",
    "amount",
    "currency",
    "note",
    "first_seen",
    "last_seen",
    "closed_on",
    "page",
];

/// A flag as a row of CSV.
fn flag_row(frame: &Frame<'_>, csv: &mut Csv, flag: &FlagBrief) {
    let or = |text: &Option<String>| text.clone().unwrap_or_default();
    let unit = frame
        .rule(&flag.rule)
        .map(|rule| frame.w.text(&rule.unit))
        .unwrap_or_default();
    csv.row(&[
        flag.id.clone(),
        flag.rule.clone(),
        flag.answer.clone(),
        flag.subject.kind.clone(),
        flag.subject.id.clone(),
        flag.subject.name.clone(),
        flag.source.clone(),
        or(&flag.value),
        or(&flag.threshold),
        unit.to_owned(),
        or(&flag.amount),
        or(&flag.currency),
        or(&flag.note),
        or(&flag.first_seen),
        or(&flag.last_seen),
        or(&flag.closed_on),
        frame.w.flag(&flag.id),
    ]);
}

/// The bar of a rule's answers.
fn answers_bar(answers: &Answers) -> String {
    chart::stacked(&[
        ("flag", answers.flagged),
        ("clear", answers.clear),
        ("unknown", answers.not_computable),
    ])
}

/// A field of a record, as a page lists it.
pub(crate) struct Fact {
    /// What the field is called.
    pub(crate) label: String,
    /// What it says; none when nobody published it.
    pub(crate) value: Option<String>,
    /// True for words of the data, which stay in their own language.
    pub(crate) is_words: bool,
    /// Address, when the value is one.
    pub(crate) href: String,
}

/// Chosen fields of a record, with their titles, codes and units.
fn facts(
    frame: &Frame<'_>,
    standard: &str,
    table: &str,
    record: &Record,
    fields: &[&str],
) -> Vec<Fact> {
    let Some(text) = frame
        .site
        .texts
        .standard(standard)
        .and_then(|standard| standard.table(table))
    else {
        return Vec::new();
    };
    fields
        .iter()
        .filter_map(|name| fact(frame, standard, text, record, name))
        .collect()
}

/// The fields of a record that are not in a list, filled ones only.
fn other_facts(
    frame: &Frame<'_>,
    standard: &str,
    table: &str,
    record: &Record,
    but: &[&str],
) -> Vec<Fact> {
    let Some(text) = frame
        .site
        .texts
        .standard(standard)
        .and_then(|standard| standard.table(table))
    else {
        return Vec::new();
    };
    text.fields
        .iter()
        .filter(|field| !but.contains(&field.name.as_str()) && record.contains_key(&field.name))
        .filter_map(|field| fact(frame, standard, text, record, &field.name))
        .collect()
}

fn fact(
    frame: &Frame<'_>,
    standard: &str,
    table: &TableText,
    record: &Record,
    name: &str,
) -> Option<Fact> {
    let field = table.field(name)?;
    let raw = field_of(record, name);
    let full = format!("{standard}.{}.{name}", table.name);
    let mut is_words = false;
    let value = raw.as_deref().map(|raw| match field.kind.as_str() {
        "date" => frame.w.date(raw),
        "money" => {
            let currency = field_of(record, &name.replace("_amount", "_currency"))
                .or_else(|| field_of(record, "currency"))
                .or_else(|| field_of(record, "value_currency"));
            crate::format::money(raw, currency.as_deref())
        }
        "number" => crate::format::decimal(raw, 0, 2),
        "integer" if name != "year" => crate::format::decimal(raw, 0, 0),
        "boolean" => frame
            .w
            .t(if raw == "true" { "yes" } else { "no" })
            .to_owned(),
        "code" => frame.site.texts.code(&full, raw, frame.w.lang()).to_owned(),
        _ => {
            is_words = true;
            raw.to_owned()
        }
    });
    let href = raw
        .filter(|raw| {
            field.kind == "url" && (raw.starts_with("https://") || raw.starts_with("http://"))
        })
        .unwrap_or_default();
    Some(Fact {
        label: frame.w.text(&field.title).to_owned(),
        value,
        is_words,
        href,
    })
}

/// A field of a record as text.
fn field_of(record: &Record, name: &str) -> Option<String> {
    record
        .get(name)
        .and_then(|value| value.as_str())
        .map(str::to_owned)
}

/// Amount and currency of a record as money, or none.
fn money_of(record: &Record) -> Option<String> {
    let amount = field_of(record, "value_amount")?;
    Some(crate::format::money(
        &amount,
        field_of(record, "value_currency").as_deref(),
    ))
}
