//! Figures as cells of tables: a row for each year, a column for each office.
//!
//! Zero, not published and not applicable are three kinds of cell, and no cell is ever blank.

mod contracts;
mod csv;
mod works;

use std::collections::BTreeSet;

use crate::chart;
use crate::document::Total;
use crate::figures::{Figures, Level};
use crate::format;
use crate::serve::frame::Frame;

pub(super) use contracts::label as method_label;
pub(super) use csv::{add_csv, csv};

/// What stands in an address for a year or procedure that is not published.
pub(super) const UNPUBLISHED: &str = "sin";

/// A measure of contracts or works.
pub(super) const CONTRACTS: [&str; 5] = [
    "contratos",
    "monto",
    "procedimiento",
    "competencia",
    "plazo",
];
/// A measure of works.
pub(super) const WORKS: [&str; 5] = ["obras", "presupuesto", "gasto", "avance", "unidad"];

/// A measure, with its table.
pub(crate) struct Measure {
    /// Its word in an address.
    pub(crate) id: &'static str,
    /// What it is called.
    pub(crate) title: String,
    /// How it is counted.
    pub(crate) lead: String,
    /// A row for each year.
    pub(crate) rows: Vec<YearRow>,
}

/// A year of a measure.
pub(crate) struct YearRow {
    /// The year, or that none is published.
    pub(crate) year: String,
    /// A cell for each office.
    pub(crate) cells: Vec<Cell>,
}

/// What a cell says. A blank symbol is a value; otherwise `zero`, `absent` or `none`.
#[derive(Default)]
pub(crate) struct Cell {
    pub(crate) symbol: &'static str,
    pub(crate) lines: Vec<Line>,
    pub(crate) bar: String,
    pub(crate) notes: Vec<String>,
}

/// A figure of a cell, and where its rows are.
#[derive(Default)]
pub(crate) struct Line {
    /// Colour of its part of the bar; blank when the bar has one part.
    pub(crate) swatch: &'static str,
    pub(crate) label: String,
    pub(crate) words: String,
    pub(crate) href: String,
    pub(crate) small: String,
}

impl Cell {
    fn zero(words: impl Into<String>) -> Self {
        Self::plain("zero", words)
    }

    fn absent(words: impl Into<String>) -> Self {
        Self::plain("absent", words)
    }

    fn none(words: impl Into<String>) -> Self {
        Self::plain("none", words)
    }

    fn plain(symbol: &'static str, words: impl Into<String>) -> Self {
        Self {
            symbol,
            lines: vec![Line {
                words: words.into(),
                ..Line::default()
            }],
            ..Self::default()
        }
    }
}

/// What an office has to say about a year.
enum Year<T> {
    /// It has rows.
    Here(T),
    /// It has rows of years before and after, and none of this one.
    Zero,
    /// Nothing of that year is here.
    Outside,
    /// It publishes nothing of the kind.
    Nothing,
}

/// What an office has to say about a year, by its years.
fn at<'y, T>(years: &'y [T], name: impl Fn(&T) -> &str, year: &str) -> Year<&'y T> {
    if let Some(here) = years.iter().find(|one| name(one) == year) {
        return Year::Here(here);
    }
    let dated: BTreeSet<&str> = years
        .iter()
        .map(&name)
        .filter(|year| !year.is_empty())
        .collect();
    match (dated.first(), dated.last()) {
        _ if years.is_empty() => Year::Nothing,
        // Every row has a date, so none is without.
        _ if year.is_empty() => Year::Zero,
        (Some(first), Some(last)) if *first < year && year < *last => Year::Zero,
        _ => Year::Outside,
    }
}

/// The tables of some measures over some years.
pub(super) fn tables(
    frame: &Frame<'_>,
    offices: &[Figures],
    years: &[String],
    measures: &[&'static str],
) -> Vec<Measure> {
    let w = frame.w;
    measures
        .iter()
        .map(|id| Measure {
            id,
            title: w.code("measure", id).to_owned(),
            lead: w.code("measure_lead", id).to_owned(),
            rows: years
                .iter()
                .map(|year| YearRow {
                    year: year_name(frame, year),
                    cells: cells(frame, offices, years, year, id),
                })
                .collect(),
        })
        .collect()
}

fn cells(
    frame: &Frame<'_>,
    offices: &[Figures],
    years: &[String],
    year: &str,
    measure: &str,
) -> Vec<Cell> {
    let most = |of: &dyn Fn(&Figures, &str) -> f64| {
        offices
            .iter()
            .flat_map(|office| years.iter().map(move |year| of(office, year)))
            .fold(f64::EPSILON, f64::max)
    };
    offices
        .iter()
        .map(|office| {
            let mut cell = match measure {
                "contratos" => contracts::count(frame, office, year, &most),
                "monto" => contracts::money(frame, office, year, offices, years),
                "procedimiento" => contracts::methods(frame, office, year),
                "competencia" => contracts::competition(frame, office, year),
                "plazo" => contracts::days(frame, office, year),
                "obras" => works::count(frame, office, year, &most),
                "presupuesto" => works::budget(frame, office, year, offices, years),
                "gasto" => works::spending(frame, office, year, offices, years),
                "avance" => works::progress(frame, office, year),
                // No standard here has a field for what a work makes, so no office can publish it yet.
                _ => Cell::absent(frame.w.t("not_published")),
            };
            if matches!(cell.symbol, "" | "zero") {
                cell.notes.extend(covers(frame, &office.sources));
            }
            cell
        })
        .collect()
}

/// A year in words.
pub(super) fn year_name(frame: &Frame<'_>, year: &str) -> String {
    if year.is_empty() {
        frame.w.t("year_unknown").to_owned()
    } else {
        year.to_owned()
    }
}

/// The cell of a year without rows.
fn empty<T>(frame: &Frame<'_>, year: &Year<T>, is_count: bool) -> Cell {
    let w = frame.w;
    match year {
        Year::Zero if is_count => Cell::zero("0"),
        Year::Zero => Cell::none(w.t("none_that_year")),
        Year::Outside => Cell::absent(w.t("year_not_here")),
        _ => Cell::absent(w.t("not_published")),
    }
}

/// Sums in lines, each with its currency and basis; the bar compares the first only with its like.
fn money(
    frame: &Frame<'_>,
    totals: &[Total],
    href: &str,
    alike: &dyn Fn(&Total) -> f64,
) -> (Vec<Line>, String) {
    let lines = totals
        .iter()
        .map(|total| Line {
            words: format::short_money(&total.amount),
            href: href.to_owned(),
            small: format!(
                "{}, {}",
                currency(frame, total),
                frame.w.code("tax", &total.tax_basis)
            ),
            ..Line::default()
        })
        .collect();
    let bar = totals.first().map_or_else(String::new, |total| {
        let length = format::length(Some(&total.amount)).unwrap_or(0.0);
        chart::bar(&[("brand", (length / alike(total)).clamp(0.0, 1.0))])
    });
    (lines, bar)
}

/// The largest sum among those of the same currency and tax basis.
fn largest<'t>(totals: impl Iterator<Item = &'t Total>, like: &Total) -> f64 {
    totals
        .filter(|total| (&total.currency, &total.tax_basis) == (&like.currency, &like.tax_basis))
        .filter_map(|total| format::length(Some(&total.amount)))
        .fold(f64::EPSILON, f64::max)
}

/// The currency of a sum, or that none is published.
pub(super) fn currency(frame: &Frame<'_>, total: &Total) -> String {
    if total.currency.is_empty() {
        frame.w.t("currency_not_published").to_owned()
    } else {
        total.currency.clone()
    }
}

/// How the rows of some offices were chosen, when they are not all of them.
pub(super) fn covers(frame: &Frame<'_>, sources: &[String]) -> Option<String> {
    let mut covers: Vec<&str> = sources
        .iter()
        .filter_map(|source| frame.site.source(source))
        .map(|brief| brief.covers.as_str())
        .filter(|covers| matches!(*covers, "sample" | "selection"))
        .collect();
    covers.sort_unstable();
    covers.dedup();
    let words: Vec<&str> = covers
        .iter()
        .map(|covers| {
            frame.w.t(if *covers == "sample" {
                "covers_short_sample"
            } else {
                "covers_short_selection"
            })
        })
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Address of the rows of a year, and perhaps of one procedure.
fn rows_href(list: String, year: &str, method: Option<&str>) -> String {
    let or = |text: &str| {
        if text.is_empty() {
            UNPUBLISHED.to_owned()
        } else {
            crate::address::encode(text).replace('/', "%2F")
        }
    };
    let method = method.map_or_else(String::new, |method| {
        format!("&procedimiento={}", or(method))
    });
    format!("{list}?anio={}{method}", or(year))
}

/// The years of which any of the offices has rows, newest first, the unpublished one last.
pub(super) fn years(offices: &[Figures], works: bool) -> Vec<String> {
    let mut years: BTreeSet<&str> = BTreeSet::new();
    for office in offices {
        if works {
            years.extend(office.works.iter().map(|year| year.year.as_str()));
            years.extend(office.spending.iter().map(|year| year.year.as_str()));
        } else {
            years.extend(office.contracts.iter().map(|year| year.year.as_str()));
        }
    }
    years.into_iter().rev().map(str::to_owned).collect()
}

/// Where a reader finds more about one of the offices.
pub(super) fn own_page(frame: &Frame<'_>, figures: &Figures) -> String {
    let id = figures.key.split_once(':').map_or("", |(_, id)| id);
    match figures.level {
        Level::Source => frame.w.source(id),
        Level::Buyer => frame.w.buyer(id),
        Level::Place | Level::State => frame.w.place(id),
    }
}

/// What one of the offices is called, with its level where the name alone would not say.
pub(super) fn name(frame: &Frame<'_>, level: Level, name: &crate::text::Text) -> String {
    let words = frame.w.text(name);
    match level {
        Level::State => frame.w.with("located_in", "state", words),
        _ => words.to_owned(),
    }
}
