//! Contracts, and awards without one.

use crate::Error;
use crate::csv::Csv;
use crate::figures::{ContractRow, Figures, Level};
use crate::format;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;
use crate::store::Documents;

use super::super::measures;
use super::{
    Chosen, Filter, Line, List, Pick, amount, data, html, name, or_none, published, wanted,
    year_filter,
};

pub(crate) async fn contracts(
    frame: &mut Frame<'_>,
    documents: &Documents,
    figures: Figures,
) -> Result<Answer, Error> {
    let w = frame.w;
    let years: Vec<(String, u64)> = figures
        .contracts
        .iter()
        .map(|year| {
            let count = year.methods.iter().map(|method| method.contracts).sum();
            (year.year.clone(), count)
        })
        .collect();
    let year = wanted(frame.param("anio"), &years)?;
    let here = |own: &str| year.as_deref().is_none_or(|year| year == own);
    let mut methods: Vec<(String, u64)> = Vec::new();
    for method in figures
        .contracts
        .iter()
        .filter(|one| here(&one.year))
        .flat_map(|year| &year.methods)
    {
        match methods.iter_mut().find(|(code, _)| *code == method.method) {
            Some((_, count)) => *count += method.contracts,
            None => methods.push((method.method.clone(), method.contracts)),
        }
    }
    let method = frame.param("procedimiento").map(published);
    let chosen = Chosen::of(
        figures
            .contracts
            .iter()
            .filter(|one| here(&one.year))
            .flat_map(|year| &year.methods)
            .filter(|one| method.as_deref().is_none_or(|method| method == one.method))
            .flat_map(|method| &method.rows),
    );
    name(frame, &figures, "rows_contracts_title", "contratos");
    let mut filters = vec![year_filter(frame, &years, year.as_deref())];
    filters.push(Filter {
        title: w.t("filter_method").to_owned(),
        choices: std::iter::once((None, methods.iter().map(|(_, count)| count).sum()))
            .chain(methods.iter().map(|(code, count)| (Some(code), *count)))
            .map(|(code, count)| Pick {
                words: code.map_or_else(
                    || w.t("filter_all").to_owned(),
                    |code| measures::method_label(frame, code),
                ),
                count: format::count(count),
                href: frame.here_with("procedimiento", code.map_or("", |code| or_none(code))),
                here: code.map(String::as_str) == method.as_deref(),
            })
            .collect(),
    });
    let header = [
        "ocid",
        "id",
        "kind",
        "title",
        "buyer",
        "buyer_id",
        "source",
        "date",
        "method",
        "amount",
        "currency",
        "tax_basis",
        "suppliers",
        "tenderers",
        "submission_days",
        "open_flags",
        "page",
    ];
    let to_csv = |csv: &mut Csv, row: &ContractRow| {
        let or = |text: &Option<String>| text.clone().unwrap_or_default();
        let names: Vec<&str> = row
            .suppliers
            .iter()
            .map(|supplier| supplier.name.as_str())
            .collect();
        csv.row(&[
            row.ocid.clone(),
            row.id.clone(),
            if row.is_award { "award" } else { "contract" }.to_owned(),
            row.title.clone(),
            row.buyer.clone(),
            row.buyer_id.clone(),
            row.source.clone(),
            or(&row.date),
            or(&row.method),
            or(&row.amount),
            or(&row.currency),
            or(&row.tax_basis),
            names.join("; "),
            row.tenderers.map(|n| n.to_string()).unwrap_or_default(),
            row.days.map(|n| n.to_string()).unwrap_or_default(),
            row.flags.to_string(),
            contract_href(frame, row),
        ]);
    };
    if let Some(answer) = data(frame, documents, &chosen, &header, to_csv).await? {
        return Ok(answer);
    }
    let own_buyer = figures.level == Level::Buyer;
    let line = |row: &ContractRow| {
        let mut where_ = vec![
            row.date
                .as_deref()
                .map_or_else(|| w.t("date_not_published").to_owned(), |date| w.date(date)),
        ];
        where_.push(measures::method_label(
            frame,
            row.method.as_deref().unwrap_or_default(),
        ));
        if row.is_award {
            where_.push(w.t("award_only").to_owned());
        }
        where_.extend(row.tenderers.map(|n| w.many("tenderers", &n)));
        where_.extend(row.days.map(|n| w.with("days", "n", n.to_string())));
        if !own_buyer && !row.buyer.is_empty() {
            where_.push(row.buyer.clone());
        }
        Line {
            title: row.title.clone(),
            href: contract_href(frame, row),
            amount: amount(frame, &row.amount, &row.currency, row.tax_basis.as_deref()),
            where_,
            suppliers: row.suppliers.clone(),
            flags: row.flags,
        }
    };
    let count = w.many("contracts_count", &chosen.total);
    let list = List {
        figures: &figures,
        chosen,
        filters,
        count,
        note: "",
    };
    html(frame, documents, list, line).await
}

fn contract_href(frame: &Frame<'_>, row: &ContractRow) -> String {
    if row.id.is_empty() {
        frame.w.contract(&row.ocid)
    } else {
        frame.w.contract(&format!("{}/{}", row.ocid, row.id))
    }
}
