//! The search as JSON and CSV.

use serde_json::{Value, json};

use crate::csv::Csv;
use crate::search::{Asked, FACETS, How, Mode, Outcome, PAGE};
use crate::serve::frame::Frame;

use super::search::href;

fn how(how: How) -> &'static str {
    match how {
        How::SameNumber => "same_number",
        How::BareNumber => "same_number_without_separators",
        How::Written => "written",
        How::Accents => "without_accents",
        How::Enye => "n_for_enye",
        How::Form => "other_form",
        How::Begins => "begins_with",
        How::Similar => "similar",
        How::Absent => "absent",
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Written => "all_words",
        Mode::Similar => "all_words_or_similar",
        Mode::Most => "most_words",
    }
}

pub(super) fn document(frame: &Frame<'_>, asked: &Asked, found: &Outcome) -> Value {
    let filters: serde_json::Map<String, Value> = FACETS
        .iter()
        .zip(&asked.chosen)
        .filter_map(|(facet, chosen)| Some((facet.parameter.to_owned(), json!(chosen.as_ref()?))))
        .collect();
    let counts: serde_json::Map<String, Value> = FACETS
        .iter()
        .zip(&found.counts)
        .map(|(facet, counts)| (facet.parameter.to_owned(), json!(counts)))
        .collect();
    let results: Vec<Value> = found
        .hits
        .iter()
        .map(|hit| {
            let entry = &hit.entry;
            let why: Vec<Value> = hit
                .why
                .iter()
                .flat_map(|why| {
                    why.words.iter().map(|(means, asked, word)| {
                        json!({"in": why.place, "how": how(*means), "asked": asked, "found": word})
                    })
                })
                .collect();
            json!({
                "kind": entry.kind,
                "id": entry.id,
                "name": entry.name,
                "identifiers": entry.ids.iter().map(|(what, id)| json!({"field": what, "id": id})).collect::<Vec<_>>(),
                "source": entry.sources.first(),
                "sources": entry.sources,
                "places": entry.places,
                "years": entry.years,
                "methods": entry.methods,
                "date": entry.date,
                "amount": entry.amount,
                "currency": entry.currency,
                "tax_basis": entry.tax_basis,
                "contracts": entry.contracts,
                "flags": entry.flags,
                "page": href(frame, entry),
                "why": why,
            })
        })
        .collect();
    json!({
        "asked": asked.text,
        "is_cut": asked.is_cut,
        "filters": filters,
        "found_by": mode(found.mode),
        "is_partial": found.is_partial,
        "total_without_filters": found.matched,
        "total": found.total,
        "list_page": found.page,
        "list_page_size": PAGE,
        "counts": counts,
        "results": results,
    })
}

pub(super) fn csv(frame: &Frame<'_>, found: &Outcome) -> Csv {
    let mut csv = Csv::new(&[
        "kind",
        "id",
        "name",
        "source",
        "place",
        "date",
        "method",
        "amount",
        "currency",
        "tax_basis",
        "contracts",
        "flags",
        "matched",
        "page",
    ]);
    let or = |text: &Option<String>| text.clone().unwrap_or_default();
    for hit in &found.hits {
        let entry = &hit.entry;
        let matched: Vec<String> = hit
            .why
            .iter()
            .flat_map(|why| {
                why.words
                    .iter()
                    .map(|(means, _, _)| format!("{}:{}", why.place, how(*means)))
            })
            .collect();
        csv.row(&[
            entry.kind.clone(),
            entry.id.clone(),
            entry.name.clone(),
            entry.sources.join(";"),
            entry.places.join(";"),
            or(&entry.date),
            entry.methods.join(";"),
            or(&entry.amount),
            or(&entry.currency),
            or(&entry.tax_basis),
            entry.contracts.to_string(),
            entry.flags.to_string(),
            matched.join(";"),
            href(frame, entry),
        ]);
    }
    csv
}
