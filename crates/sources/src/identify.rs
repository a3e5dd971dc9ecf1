//! Which source a part is from: by its headers or its paths, never by the name of its file.

use crate::reading::{Part, Plan, Shape};
use packs::{DocumentPlan, Layout, Packs, Source, slug, unique_slugs};
use std::collections::{BTreeMap, BTreeSet};

/// What was recognised of a part.
#[derive(Debug, Clone)]
pub struct Recognised {
    /// Code of the source: of a pack, or `unmapped__…` for what no pack knows.
    pub source: String,
    /// Name of its layout, or empty.
    pub layout: String,
    /// The authority of its rows, or empty.
    pub place: String,
    /// Whether a pack knows it.
    pub known: bool,
    /// Slugs to rename.
    pub names: BTreeMap<String, String>,
    /// How to read it.
    pub plan: Plan,
}

/// Columns every raw table has before its own.
pub const RECORD_COLUMNS: [&str; 8] = [
    "file_id", "part_id", "record", "position", "element", "parent", "layout", "rest",
];

/// Identifies the source of `part`. `wanted` is the source a person named, or empty.
pub fn identify(packs: &Packs, part: &Part, wanted: &str, place: &str) -> Recognised {
    let mut found = match &part.shape {
        Shape::Table { header, .. } => table(packs, header, wanted),
        Shape::Document { sample, .. } => document(packs, sample, wanted),
    };
    if !wanted.is_empty() && !found.known {
        found.source = slug(wanted);
    }
    if !place.is_empty() {
        found.place = place.to_string();
    }
    found
}

fn sources<'a>(
    packs: &'a Packs,
    wanted: &'a str,
) -> impl Iterator<Item = (&'a Source, &'a Layout)> {
    let named = packs.sources.contains_key(wanted);
    let candidates = packs
        .sources
        .values()
        .filter(move |source| !named || source.code == wanted);
    candidates.flat_map(|source| source.layouts.iter().map(move |layout| (source, layout)))
}

fn table(packs: &Packs, header: &[String], wanted: &str) -> Recognised {
    let slugs = unique_slugs(header, &RECORD_COLUMNS);
    let there: BTreeSet<&str> = slugs.iter().map(String::as_str).collect();
    let fits = |layout: &Layout| {
        !layout.columns.is_empty()
            && layout
                .columns
                .iter()
                .all(|column| there.contains(slug(column).as_str()))
            && !layout
                .without
                .iter()
                .any(|column| there.contains(slug(column).as_str()))
    };
    // The layout that asks for most headers says most about the file.
    let best = sources(packs, wanted)
        .filter(|(_, layout)| fits(layout))
        .max_by_key(|(_, layout)| layout.columns.len() + layout.without.len());
    match best {
        Some((source, layout)) => known(source, layout, Plan::Table),
        None => unmapped(&slugs.join("\n"), Plan::Table),
    }
}

fn document(packs: &Packs, sample: &[(String, String)], wanted: &str) -> Recognised {
    let has = |path: &str| {
        sample.iter().any(|(known, _)| {
            known.strip_prefix(path).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('/') || rest.starts_with("[]")
            })
        })
    };
    let mut best: Option<(usize, Recognised)> = None;
    let mut consider = |weight: usize, found: Recognised| {
        if best.as_ref().is_none_or(|(known, _)| weight > *known) {
            best = Some((weight, found));
        }
    };
    for (source, layout) in sources(packs, wanted) {
        if !layout
            .conditions
            .iter()
            .all(|condition| condition.holds(sample))
        {
            continue;
        }
        if let Some(DocumentPlan { record_path, lists }) = &layout.document {
            if record_path.is_empty() || has(record_path) {
                let plan = Plan::Document {
                    record_path: record_path.clone(),
                    lists: lists.clone(),
                };
                consider(2 + layout.conditions.len(), known(source, layout, plan));
            }
        } else if let Some(standard) = layout
            .standard
            .as_ref()
            .and_then(|code| packs.standards.get(code))
        {
            let entry = standard.entries.iter().find_map(|entry| {
                // A document, an array of documents and JSON lines hold the same records.
                let tops = if entry.path.is_empty() {
                    vec!["", "[]"]
                } else {
                    vec![entry.path.as_str()]
                };
                tops.into_iter().find(|top| {
                    let below = |path: &String| has(&join(top, path));
                    entry.requires.iter().all(below) && !entry.without.iter().any(below)
                })
            });
            if let Some(record_path) = entry {
                let mut lists: BTreeSet<String> = standard
                    .tables
                    .values()
                    .filter_map(|table| table.path.clone())
                    .collect();
                if let Some(mapping) = packs.mappings.get(&source.code) {
                    lists.extend(mapping.tables.iter().map(|rule| rule.list.clone()));
                }
                lists.remove("");
                let plan = Plan::Document {
                    record_path: record_path.to_string(),
                    lists: lists.into_iter().collect(),
                };
                consider(1 + layout.conditions.len(), known(source, layout, plan));
            }
        }
    }
    match best {
        Some((_, found)) => found,
        None => {
            let paths: BTreeSet<&str> = sample.iter().map(|(path, _)| path.as_str()).collect();
            let plan = Plan::Document {
                record_path: likely_records(&paths),
                lists: Vec::new(),
            };
            unmapped(&paths.into_iter().collect::<Vec<_>>().join("\n"), plan)
        }
    }
}

/// The list of objects at the top of a document that nobody declared, or the document itself.
fn likely_records(paths: &BTreeSet<&str>) -> String {
    if paths.iter().any(|path| path.starts_with("[]")) {
        return "[]".to_string();
    }
    let mut lists: BTreeMap<&str, usize> = BTreeMap::new();
    for path in paths {
        if let Some(at) = path.find("[]/") {
            *lists.entry(&path[..at + 2]).or_default() += 1;
        }
    }
    let scalars = paths.iter().filter(|path| !path.contains("[]")).count();
    match lists.iter().max_by_key(|(_, count)| **count) {
        // A list with more fields than the document around it is what the document is about.
        Some((list, count)) if *count >= scalars => list.to_string(),
        _ => String::new(),
    }
}

fn join(top: &str, path: &str) -> String {
    if top.is_empty() {
        path.to_string()
    } else {
        format!("{top}/{path}")
    }
}

fn known(source: &Source, layout: &Layout, plan: Plan) -> Recognised {
    Recognised {
        source: source.code.clone(),
        layout: layout.name.clone(),
        place: source.place.clone(),
        known: true,
        names: layout.names.clone(),
        plan,
    }
}

/// Equal headers land in one table, whatever their files are called.
fn unmapped(signature: &str, plan: Plan) -> Recognised {
    let id = lake::functions::stable_id(signature);
    Recognised {
        source: format!("unmapped__{}", &id[..8]),
        layout: String::new(),
        place: String::new(),
        known: false,
        names: BTreeMap::new(),
        plan,
    }
}
