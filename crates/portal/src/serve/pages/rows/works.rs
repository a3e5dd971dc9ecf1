//! Works, and what was spent on them.

use crate::Error;
use crate::csv::Csv;
use crate::figures::{Figures, Level, SpendingRow, WorkRow};
use crate::format;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;
use crate::store::Documents;

use super::super::measures;
use super::{Chosen, Line, List, amount, data, html, name, wanted, year_filter};

pub(crate) async fn works(
    frame: &mut Frame<'_>,
    documents: &Documents,
    figures: Figures,
) -> Result<Answer, Error> {
    if frame.param("vista") == Some("gasto") {
        return spending(frame, documents, figures).await;
    }
    let w = frame.w;
    let years: Vec<(String, u64)> = figures
        .works
        .iter()
        .map(|year| (year.year.clone(), year.works))
        .collect();
    let year = wanted(frame.param("anio"), &years)?;
    let chosen = Chosen::of(
        figures
            .works
            .iter()
            .filter(|one| year.as_deref().is_none_or(|year| year == one.year))
            .flat_map(|year| &year.rows),
    );
    name(frame, &figures, "rows_works_title", "obras");
    let filters = vec![year_filter(frame, &years, year.as_deref())];
    let header = [
        "id",
        "title",
        "buyer",
        "buyer_id",
        "source",
        "start",
        "end",
        "budget",
        "currency",
        "tax_basis",
        "states",
        "open_flags",
        "page",
    ];
    let to_csv = |csv: &mut Csv, row: &WorkRow| {
        let or = |text: &Option<String>| text.clone().unwrap_or_default();
        csv.row(&[
            row.id.clone(),
            row.title.clone(),
            row.buyer.clone(),
            row.buyer_id.clone(),
            row.source.clone(),
            or(&row.start),
            or(&row.end),
            or(&row.budget),
            or(&row.currency),
            row.tax_basis.clone(),
            row.states.join(";"),
            row.flags.to_string(),
            w.work(&row.id),
        ]);
    };
    if let Some(answer) = data(frame, documents, &chosen, &header, to_csv).await? {
        return Ok(answer);
    }
    let is_state = figures.level == Level::State;
    let line = |row: &WorkRow| {
        let mut where_ = vec![row.start.as_deref().map_or_else(
            || w.t("date_not_published").to_owned(),
            |date| w.with("starts_on", "date", w.date(date)),
        )];
        if !row.buyer.is_empty() {
            where_.push(row.buyer.clone());
        }
        where_.push(frame.source(&row.source));
        if row.states.len() > 1 {
            where_.push(w.many("in_states", &(row.states.len() as u64)));
        }
        Line {
            title: row.title.clone(),
            href: w.work(&row.id),
            amount: amount(frame, &row.budget, &row.currency, Some(&row.tax_basis)),
            where_,
            suppliers: Vec::new(),
            flags: row.flags,
        }
    };
    let count = w.many("works_count", &chosen.total);
    let note = if is_state { "located_note" } else { "" };
    let list = List {
        figures: &figures,
        chosen,
        filters,
        count,
        note,
    };
    html(frame, documents, list, line).await
}

async fn spending(
    frame: &mut Frame<'_>,
    documents: &Documents,
    figures: Figures,
) -> Result<Answer, Error> {
    let w = frame.w;
    let years: Vec<(String, u64)> = figures
        .spending
        .iter()
        .map(|year| {
            let rows = year.rows.iter().map(|segment| segment.rows).sum();
            (year.year.clone(), rows)
        })
        .collect();
    let year = wanted(frame.param("anio"), &years)?;
    let chosen = Chosen::of(
        figures
            .spending
            .iter()
            .filter(|one| year.as_deref().is_none_or(|year| year == one.year))
            .flat_map(|year| &year.rows),
    );
    name(frame, &figures, "rows_spending_title", "obras");
    let filters = vec![year_filter(frame, &years, year.as_deref())];
    let header = [
        "id",
        "title",
        "buyer",
        "buyer_id",
        "source",
        "year",
        "approved",
        "modified",
        "spent",
        "currency",
        "tax_basis",
        "physical_progress",
        "progress_basis",
        "page",
    ];
    let to_csv = |csv: &mut Csv, row: &SpendingRow| {
        let or = |text: &Option<String>| text.clone().unwrap_or_default();
        csv.row(&[
            row.id.clone(),
            row.title.clone(),
            row.buyer.clone(),
            row.buyer_id.clone(),
            row.source.clone(),
            row.year.clone(),
            or(&row.approved),
            or(&row.modified),
            or(&row.spent),
            or(&row.currency),
            row.tax_basis.clone(),
            or(&row.progress),
            or(&row.basis),
            w.work(&row.id),
        ]);
    };
    if let Some(answer) = data(frame, documents, &chosen, &header, to_csv).await? {
        return Ok(answer);
    }
    let line = |row: &SpendingRow| {
        let mut where_ = vec![measures::year_name(frame, &row.year)];
        let budget = row.modified.as_deref().or(row.approved.as_deref());
        where_.extend(budget.map(|budget| {
            let budget = format::money(budget, row.currency.as_deref());
            w.with("of_a_budget_of", "amount", budget)
        }));
        if let Some(progress) = &row.progress {
            let basis = match row.basis.as_deref() {
                Some("cumulative") => "basis_cumulative",
                Some("year") => "basis_year",
                _ => "basis_unknown",
            };
            where_.push(format!(
                "{}: {}\u{202f}% ({})",
                w.t("work_progress"),
                format::decimal(progress, 0, 1),
                w.t(basis)
            ));
        }
        Line {
            title: row.title.clone(),
            href: w.work(&row.id),
            amount: amount(frame, &row.spent, &row.currency, Some(&row.tax_basis)),
            where_,
            suppliers: Vec::new(),
            flags: 0,
        }
    };
    let count = w.many("rows", &chosen.total);
    let list = List {
        figures: &figures,
        chosen,
        filters,
        count,
        note: "",
    };
    html(frame, documents, list, line).await
}
