//! Which source a part is from: by its headers, its paths or the look of its values, never by the name of its file.

use crate::reading::{BlockGroup, BlockList, BlockPlan, Part, Plan, Shape};
use packs::{DocumentPlan, Form, Layout, Packs, Source, slug, unique_slugs};
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
    /// Slugs by column, for a form; empty where the header's own slug stays.
    pub columns: Vec<String>,
    /// Slug of the column that takes the text of group rows.
    pub group: Option<String>,
    /// The standard its documents follow, or empty.
    pub standard: String,
    /// How to read it.
    pub plan: Plan,
}

/// Levels of objects and lists around the records of a standard: more are a document about something else.
const WRAPPER_LEVELS: usize = 2;

/// Columns every raw table has before its own.
pub const RECORD_COLUMNS: [&str; 8] = [
    "file_id", "part_id", "record", "position", "element", "parent", "layout", "rest",
];

/// Identifies the source of `part`. `wanted` is the source a person named, or empty.
pub fn identify(packs: &Packs, part: &Part, wanted: &str, place: &str) -> Recognised {
    let mut found = match &part.shape {
        Shape::Table {
            header,
            sample,
            width,
            shapes,
            ..
        } => {
            // A form asks for more columns than any list of headers, and says more.
            let workbook = part.format != "csv";
            form(packs, header, sample, workbook, wanted)
                .unwrap_or_else(|| table(packs, header, *width, shapes, wanted))
        }
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

fn table(
    packs: &Packs,
    header: &[String],
    width: usize,
    shapes: &[String],
    wanted: &str,
) -> Recognised {
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
            && layout.width.is_none_or(|wanted| wanted == width)
            && layout.shapes.iter().all(|(column, wanted)| {
                let index = slugs.iter().position(|slug| slug == column);
                index.and_then(|index| shapes.get(index)) == Some(wanted)
            })
    };
    let asks = |layout: &Layout| {
        layout.columns.len()
            + layout.without.len()
            + layout.shapes.len()
            + usize::from(layout.width.is_some())
    };
    // The layout that asks for most says most about the file.
    let best = sources(packs, wanted)
        .filter(|(_, layout)| fits(layout))
        .max_by_key(|(_, layout)| asks(layout));
    match best {
        Some((source, layout)) => known(source, layout, Plan::Table),
        None => unmapped(&slugs.join("\n"), Plan::Table),
    }
}

/// The form a sheet follows and the publisher that filled it in, or `None`.
fn form(
    packs: &Packs,
    header: &[String],
    sample: &str,
    workbook: bool,
    wanted: &str,
) -> Option<Recognised> {
    let mut aligned: BTreeMap<&str, Option<Vec<Option<usize>>>> = BTreeMap::new();
    let mut folded: Option<String> = None;
    let mut best: Option<((usize, usize), &Source, &Layout, &Form)> = None;
    for (source, layout) in sources(packs, wanted) {
        let Some(form) = layout.form.as_ref().and_then(|code| packs.forms.get(code)) else {
            continue;
        };
        let found = aligned
            .entry(form.code.as_str())
            .or_insert_with(|| form.align(header));
        let Some(found) = found else { continue };
        let columns = found.iter().flatten().count();
        let said = if layout.says.is_empty() {
            0
        } else {
            let text = folded.get_or_insert_with(|| {
                sample
                    .lines()
                    .map(|line| format!("_{}_", packs::slug_all(line)))
                    .collect::<Vec<_>>()
                    .join("\n")
            });
            let count = |says: &String| text.matches(&format!("_{}_", slug(says))).count();
            layout.says.iter().map(count).sum()
        };
        // A layout that asks for a publisher's words is not one of files that never say them.
        if !layout.says.is_empty() && said == 0 {
            continue;
        }
        if best
            .as_ref()
            .is_none_or(|(known, ..)| (columns, said) > *known)
        {
            best = Some(((columns, said), source, layout, form));
        }
    }
    let (_, source, layout, form) = best?;
    let found = aligned.get(form.code.as_str())?.as_ref()?;
    let mut columns = vec![String::new(); header.len()];
    for (column, at) in form.columns.iter().zip(found) {
        if let Some(at) = at {
            columns[*at] = column.slug.clone();
        }
    }
    let plan = if workbook {
        Plan::Blocks(block_plan(form, found, header.len()))
    } else {
        Plan::Table
    };
    Some(Recognised {
        columns,
        group: form.group.clone(),
        ..known(source, layout, plan)
    })
}

fn block_plan(form: &Form, found: &[Option<usize>], width: usize) -> BlockPlan {
    let at = |wanted: &dyn Fn(&packs::FormColumn) -> bool| -> Vec<usize> {
        let columns = form.columns.iter().zip(found);
        columns
            .filter(|(column, _)| wanted(column))
            .filter_map(|(_, at)| *at)
            .collect()
    };
    let lists = form.lists().into_iter().map(|name| {
        let mut groups: Vec<&str> = Vec::new();
        for column in form
            .columns
            .iter()
            .filter(|c| c.list.as_deref() == Some(name))
        {
            if !groups.contains(&column.group.as_str()) {
                groups.push(&column.group);
            }
        }
        let groups = groups.into_iter().map(|group| {
            let of = |c: &packs::FormColumn| c.list.as_deref() == Some(name) && c.group == group;
            BlockGroup {
                columns: at(&of),
                starts: at(&|c| of(c) && c.starts),
            }
        });
        BlockList {
            name: name.to_string(),
            groups: groups.collect(),
        }
    });
    BlockPlan {
        width,
        lists: lists.collect(),
        starts: at(&|column| form.starts.contains(&column.slug)),
        links: at(&|column| column.link),
        group: form.group.is_some(),
    }
}

/// The column names of a part: the form's where it has one, the pack's new names, else slugs of the headers.
pub fn column_slugs(header: &[String], found: &Recognised) -> Vec<String> {
    let own = unique_slugs(header, &RECORD_COLUMNS);
    let mut taken: BTreeSet<String> = found.columns.iter().cloned().collect();
    taken.extend(found.group.clone());
    let of_form = |index: usize| found.columns.get(index).filter(|slug| !slug.is_empty());
    let mut slugs = Vec::with_capacity(own.len());
    for (index, slug) in own.into_iter().enumerate() {
        let name = match of_form(index) {
            Some(name) => name.clone(),
            None => {
                let renamed = found.names.get(&slug).unwrap_or(&slug);
                let mut name = if taken.contains(renamed) {
                    slug.clone()
                } else {
                    renamed.clone()
                };
                let mut count = 1;
                while taken.contains(&name) {
                    count += 1;
                    name = format!("{slug}_{count}");
                }
                name
            }
        };
        taken.insert(name.clone());
        slugs.push(name);
    }
    slugs
}

fn document(packs: &Packs, sample: &[(String, String)], wanted: &str) -> Recognised {
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
            if record_path.is_empty() || has(sample, record_path) {
                let plan = Plan::Document {
                    record_path: record_path.clone(),
                    lists: lists.clone(),
                    pieces: false,
                };
                consider(2 + layout.conditions.len(), known(source, layout, plan));
            }
        } else if let Some(standard) = layout
            .standard
            .as_ref()
            .and_then(|code| packs.standards.get(code))
        {
            let entry = entry_path(standard, sample);
            if let Some(record_path) = entry {
                let mut lists: BTreeSet<String> = standard
                    .tables
                    .values()
                    .flat_map(|table| table.places().map(str::to_string))
                    .collect();
                if let Some(mapping) = packs.mappings.get(&source.code) {
                    lists.extend(mapping.tables.iter().map(|rule| rule.list.clone()));
                }
                lists.remove("");
                let plan = Plan::Document {
                    record_path,
                    lists: lists.into_iter().collect(),
                    pieces: true,
                };
                let found = Recognised {
                    standard: standard.code.clone(),
                    ..known(source, layout, plan)
                };
                consider(1 + layout.conditions.len(), found);
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
                pieces: false,
            };
            unmapped(&paths.into_iter().collect::<Vec<_>>().join("\n"), plan)
        }
    }
}

/// Where the records of a standard stand in a document with these paths.
pub fn entry_path(standard: &packs::Standard, sample: &[(String, String)]) -> Option<String> {
    standard.entries.iter().find_map(|entry| {
        tops(entry, sample).into_iter().find(|top| {
            let there = |path: &String| has(sample, &below(top, path));
            entry.requires.iter().all(there) && !entry.without.iter().any(there)
        })
    })
}

/// The places an entry may mean, in the order to try.
fn tops(entry: &packs::Entry, sample: &[(String, String)]) -> Vec<String> {
    if entry.path.is_empty() {
        // A document, an array of documents and JSON lines hold the same records.
        return vec![String::new(), "[]".to_string()];
    }
    let Some(inner) = entry.path.strip_prefix("**") else {
        return vec![entry.path.clone()];
    };
    // Inside a wrapper nobody declared, such as the answer of an API; the one with fewest levels.
    let Some(first) = entry.requires.first() else {
        return Vec::new();
    };
    let tail = format!("{inner}/{first}");
    let wrappers = sample
        .iter()
        .filter_map(|(path, _)| path.strip_suffix(&tail))
        .filter(|wrapper| wrapper.split('/').count() <= WRAPPER_LEVELS);
    let mut wrappers: Vec<&str> = wrappers.collect();
    wrappers.sort_by_key(|wrapper| wrapper.split('/').count());
    wrappers
        .into_iter()
        .map(|wrapper| format!("{wrapper}{inner}"))
        .collect()
}

fn has(sample: &[(String, String)], path: &str) -> bool {
    sample.iter().any(|(known, _)| {
        known
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with("[]"))
    })
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

/// A path from `top`; `../` is the object or list around it.
fn below(top: &str, path: &str) -> String {
    match path.strip_prefix("../") {
        Some(path) => below(top.rsplit_once('/').map_or("", |(outer, _)| outer), path),
        None if top.is_empty() => path.to_string(),
        None => format!("{top}/{path}"),
    }
}

fn known(source: &Source, layout: &Layout, plan: Plan) -> Recognised {
    Recognised {
        source: source.code.clone(),
        layout: layout.name.clone(),
        place: source.place.clone(),
        known: true,
        names: layout.names.clone(),
        columns: Vec::new(),
        group: None,
        standard: String::new(),
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
        columns: Vec::new(),
        group: None,
        standard: String::new(),
        plan,
    }
}
