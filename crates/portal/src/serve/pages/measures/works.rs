//! Cells about works.

use crate::chart;
use crate::document::Total;
use crate::figures::{Figures, Level, SpendingYear, WorkYear};
use crate::format;
use crate::serve::frame::Frame;

use super::{Cell, Line, Year, at, empty, largest, rows_href};

type Longest<'a> = dyn Fn(&dyn Fn(&Figures, &str) -> f64) -> f64 + 'a;

fn begun<'y>(office: &'y Figures, year: &str) -> Year<&'y WorkYear> {
    at(&office.works, |one| &one.year, year)
}

fn spent<'y>(office: &'y Figures, year: &str) -> Year<&'y SpendingYear> {
    at(&office.spending, |one| &one.year, year)
}

/// Address of the rows of spending of a year.
fn spending_href(frame: &Frame<'_>, office: &Figures, year: &str) -> String {
    format!(
        "{}&vista=gasto",
        rows_href(frame.w.works(&office.key), year, None)
    )
}

pub(super) fn count(frame: &Frame<'_>, office: &Figures, year: &str, most: &Longest<'_>) -> Cell {
    let here = match begun(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, true),
    };
    let length = |office: &Figures, year: &str| match begun(office, year) {
        Year::Here(here) => here.works as f64,
        _ => 0.0,
    };
    Cell {
        lines: vec![Line {
            words: format::count(here.works),
            href: rows_href(frame.w.works(&office.key), year, None),
            ..Line::default()
        }],
        bar: chart::bar(&[("brand", here.works as f64 / most(&length))]),
        ..Cell::default()
    }
}

pub(super) fn budget(
    frame: &Frame<'_>,
    office: &Figures,
    year: &str,
    offices: &[Figures],
    years: &[String],
) -> Cell {
    let w = frame.w;
    let here = match begun(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, false),
    };
    let shared = (here.shared > 0).then(|| w.many("shared_works", &here.shared));
    if here.budget.is_empty() {
        return Cell {
            notes: shared.into_iter().collect(),
            ..Cell::absent(w.t("not_published"))
        };
    }
    let alike = |like: &Total| {
        let all = offices.iter().flat_map(|office| {
            years
                .iter()
                .flat_map(move |year| match begun(office, year) {
                    Year::Here(here) => here.budget.as_slice(),
                    _ => &[],
                })
        });
        largest(all, like)
    };
    let href = rows_href(w.works(&office.key), year, None);
    let (lines, bar) = super::money(frame, &here.budget, &href, &alike);
    let without = (here.without_budget > 0).then(|| w.many("without_amount", &here.without_budget));
    Cell {
        lines,
        bar,
        notes: without.into_iter().chain(shared).collect(),
        ..Cell::default()
    }
}

pub(super) fn spending(
    frame: &Frame<'_>,
    office: &Figures,
    year: &str,
    offices: &[Figures],
    years: &[String],
) -> Cell {
    let w = frame.w;
    if office.level == Level::State {
        return Cell::none(w.t("not_by_state"));
    }
    let here = match spent(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, false),
    };
    if here.spent.is_empty() {
        return Cell::absent(w.t("not_published"));
    }
    let alike = |like: &Total| {
        let all = offices.iter().flat_map(|office| {
            years
                .iter()
                .flat_map(move |year| match spent(office, year) {
                    Year::Here(here) => here.spent.as_slice(),
                    _ => &[],
                })
        });
        largest(all, like)
    };
    let href = spending_href(frame, office, year);
    let (lines, bar) = super::money(frame, &here.spent, &href, &alike);
    let mut notes: Vec<String> = here
        .budget
        .iter()
        .map(|total| {
            let amount = format!(
                "{}\u{a0}{}",
                format::short_money(&total.amount),
                super::currency(frame, total)
            );
            w.with("of_a_budget_of", "amount", amount)
        })
        .collect();
    notes.extend((here.without_spent > 0).then(|| w.many("without_amount", &here.without_spent)));
    Cell {
        lines,
        bar,
        notes,
        ..Cell::default()
    }
}

pub(super) fn progress(frame: &Frame<'_>, office: &Figures, year: &str) -> Cell {
    let w = frame.w;
    if office.level == Level::State {
        return Cell::none(w.t("not_by_state"));
    }
    let here = match spent(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, false),
    };
    let mut notes = Vec::new();
    if here.progress_of_year > 0 {
        notes.push(w.many("progress_of_year", &here.progress_of_year));
    }
    if here.progress_without_basis > 0 {
        notes.push(w.many("progress_without_basis", &here.progress_without_basis));
    }
    let Some(median) = &here.progress_median else {
        return Cell {
            notes,
            ..Cell::absent(w.t("not_published"))
        };
    };
    notes.insert(0, w.many("progress_known", &here.progress_cumulative));
    let share = format::length(Some(median)).unwrap_or(0.0) / 100.0;
    Cell {
        lines: vec![Line {
            words: format!("{}\u{202f}%", format::decimal(median, 0, 1)),
            href: spending_href(frame, office, year),
            ..Line::default()
        }],
        bar: chart::bar(&[("clear", share.clamp(0.0, 1.0))]),
        notes,
        ..Cell::default()
    }
}
