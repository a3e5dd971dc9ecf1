//! Cells about contracts.

use crate::chart;
use crate::document::Total;
use crate::figures::{ContractYear, Figures, MethodFigures};
use crate::format;
use crate::serve::frame::Frame;

use super::{Cell, Line, Year, at, empty, largest, rows_href};

/// Length of a year of an office, for the longest bar of a table.
type Longest<'a> = dyn Fn(&dyn Fn(&Figures, &str) -> f64) -> f64 + 'a;

fn of<'y>(office: &'y Figures, year: &str) -> Year<&'y ContractYear> {
    at(&office.contracts, |one| &one.year, year)
}

fn contracts(year: &ContractYear) -> u64 {
    year.methods.iter().map(|method| method.contracts).sum()
}

/// How many, and how many of them are awards alone.
pub(super) fn count(frame: &Frame<'_>, office: &Figures, year: &str, most: &Longest<'_>) -> Cell {
    let w = frame.w;
    let here = match of(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, true),
    };
    let length = |office: &Figures, year: &str| match of(office, year) {
        Year::Here(here) => contracts(here) as f64,
        _ => 0.0,
    };
    let number = contracts(here);
    Cell {
        lines: vec![Line {
            words: format::count(number),
            href: rows_href(w.contracts(&office.key), year, None),
            ..Line::default()
        }],
        bar: chart::bar(&[("brand", number as f64 / most(&length))]),
        notes: (here.awards_only > 0)
            .then(|| w.many("of_which_awards", &here.awards_only))
            .into_iter()
            .collect(),
        ..Cell::default()
    }
}

/// Sums of all procedures, one for each currency and tax basis.
fn sums(year: &ContractYear) -> Vec<Total> {
    let mut all: Vec<Total> = Vec::new();
    for total in year.methods.iter().flat_map(|method| &method.money) {
        let like = |one: &&mut Total| {
            (&one.currency, &one.tax_basis) == (&total.currency, &total.tax_basis)
        };
        match all.iter_mut().find(like) {
            Some(sum) => {
                let amount = format::micro(&sum.amount).unwrap_or(0)
                    + format::micro(&total.amount).unwrap_or(0);
                sum.amount = format::plain(amount);
                sum.contracts += total.contracts;
            }
            None => all.push(total.clone()),
        }
    }
    all.sort_by_key(|total| std::cmp::Reverse(total.contracts));
    all
}

pub(super) fn money(
    frame: &Frame<'_>,
    office: &Figures,
    year: &str,
    offices: &[Figures],
    years: &[String],
) -> Cell {
    let w = frame.w;
    let here = match of(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, false),
    };
    let own = sums(here);
    let without: u64 = here
        .methods
        .iter()
        .map(|method| method.without_amount)
        .sum();
    if own.is_empty() {
        return Cell::absent(w.t("not_published"));
    }
    let alike = |like: &Total| {
        let all: Vec<Total> = offices
            .iter()
            .flat_map(|office| years.iter().map(move |year| of(office, year)))
            .flat_map(|year| match year {
                Year::Here(here) => sums(here),
                _ => Vec::new(),
            })
            .collect();
        largest(all.iter(), like)
    };
    let href = rows_href(w.contracts(&office.key), year, None);
    let (lines, bar) = super::money(frame, &own, &href, &alike);
    Cell {
        lines,
        bar,
        notes: (without > 0)
            .then(|| w.many("without_amount", &without))
            .into_iter()
            .collect(),
        ..Cell::default()
    }
}

/// The share of each procedure, of contracts and of money.
pub(super) fn methods(frame: &Frame<'_>, office: &Figures, year: &str) -> Cell {
    let w = frame.w;
    let here = match of(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, false),
    };
    if here.methods.iter().all(|method| method.method.is_empty()) {
        return Cell::absent(w.t("not_published"));
    }
    let all = contracts(here);
    let money = sums(here);
    // Shares of money are of one currency and one basis; where there are more, no share is honest.
    let money = match money.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    let share = |method: &MethodFigures| {
        let whole = money?;
        let part = method.money.first()?;
        let (part, whole) = (format::micro(&part.amount)?, format::micro(&whole.amount)?);
        // In thousandths, rounded down, so that a float is never asked.
        (whole > 0 && part >= 0).then(|| format::percent((part * 1000 / whole) as u64, 1000))
    };
    let parts: Vec<(&str, u64)> = here
        .methods
        .iter()
        .map(|method| (class(&method.method), method.contracts))
        .collect();
    Cell {
        lines: here
            .methods
            .iter()
            .map(|method| Line {
                swatch: class(&method.method),
                label: label(frame, &method.method),
                words: format::percent(method.contracts, all),
                href: rows_href(w.contracts(&office.key), year, Some(&method.method)),
                small: share(method)
                    .map(|share| w.with("of_the_money", "share", share))
                    .unwrap_or_default(),
            })
            .collect(),
        bar: chart::stacked(&parts),
        notes: money
            .is_none()
            .then(|| w.t("money_not_shared").to_owned())
            .into_iter()
            .collect(),
        ..Cell::default()
    }
}

/// What a procedure is called, in short.
pub(in crate::serve::pages) fn label(frame: &Frame<'_>, method: &str) -> String {
    match method {
        "" => frame.w.t("method_not_published").to_owned(),
        "open" | "selective" | "limited" | "direct" => frame.w.code("method", method).to_owned(),
        other => frame
            .site
            .texts
            .code("ocds.tender.procurement_method", other, frame.w.lang())
            .to_owned(),
    }
}

fn class(method: &str) -> &'static str {
    match method {
        "open" => "open",
        "selective" | "limited" => "limited",
        "direct" => "direct",
        _ => "unknown",
    }
}

/// How many took part, and how often only one.
pub(super) fn competition(frame: &Frame<'_>, office: &Figures, year: &str) -> Cell {
    let w = frame.w;
    let here = match of(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, false),
    };
    if let Some(cell) = nothing_to_measure(frame, here) {
        return cell;
    }
    let Some(median) = &here.tenderers_median else {
        return Cell::absent(w.t("not_published"));
    };
    let href = rows_href(w.contracts(&office.key), year, None);
    Cell {
        lines: vec![
            Line {
                label: w.t("tenderers_median").to_owned(),
                words: w.decimal(median),
                href: href.clone(),
                ..Line::default()
            },
            Line {
                swatch: "direct",
                label: w.t("single_bid").to_owned(),
                words: format::percent(here.single, here.tenderers_known),
                href,
                small: w.of_rows(&here.single, &here.tenderers_known),
            },
        ],
        bar: chart::stacked(&[
            ("direct", here.single),
            ("open", here.tenderers_known - here.single),
            (
                "unknown",
                here.competitive.saturating_sub(here.tenderers_known),
            ),
        ]),
        notes: vec![known(frame, here.tenderers_known, here.competitive)],
        ..Cell::default()
    }
}

/// Days from publication to opening.
pub(super) fn days(frame: &Frame<'_>, office: &Figures, year: &str) -> Cell {
    let w = frame.w;
    let here = match of(office, year) {
        Year::Here(here) => here,
        other => return empty(frame, &other, false),
    };
    if let Some(cell) = nothing_to_measure(frame, here) {
        return cell;
    }
    let Some(median) = &here.days_median else {
        return Cell::absent(w.t("not_published"));
    };
    Cell {
        lines: vec![Line {
            words: w.with("days", "n", w.decimal(median)),
            href: rows_href(w.contracts(&office.key), year, None),
            ..Line::default()
        }],
        notes: vec![known(frame, here.days_known, here.competitive)],
        ..Cell::default()
    }
}

/// A year without a procedure with competition has none to measure; one that names no procedure says nothing.
fn nothing_to_measure(frame: &Frame<'_>, here: &ContractYear) -> Option<Cell> {
    if here.competitive > 0 {
        return None;
    }
    let unknown = here.methods.iter().any(|method| method.method.is_empty());
    Some(if unknown {
        Cell::absent(frame.w.t("method_not_published_long"))
    } else {
        Cell::none(frame.w.t("none_with_competition"))
    })
}

fn known(frame: &Frame<'_>, known: u64, of: u64) -> String {
    frame.w.with2(
        "known_of",
        "part",
        format::count(known),
        "whole",
        format::count(of),
    )
}
