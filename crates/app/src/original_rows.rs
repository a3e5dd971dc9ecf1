//! Records of original files, read back from the raw tables with the headers their publisher wrote.

use anyhow::Result;
use lake::{Engine, TableName, TableState};
use packs::{Packs, path_slug};
use std::collections::{BTreeMap, BTreeSet};

/// A record as its publisher wrote it.
#[derive(Debug, Clone, Default)]
pub struct OriginalRow {
    /// Path of the file as received.
    pub path: String,
    /// Part of the file, or empty.
    pub part: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Where a person finds it.
    pub position: String,
    /// Header as found and cell as found.
    pub columns: Vec<(String, String)>,
}

/// File, part and record.
pub type Key = (i64, i32, i64);

/// Cells shown of one record: a document can have thousands.
const CELLS: usize = 300;

/// Reads the records asked for. Columns that are about private persons are left out unless `with_personal`.
///
/// Out: by key; a record that cannot be found is not there.
pub async fn read(
    engine: &Engine,
    tables: &BTreeMap<TableName, TableState>,
    packs: &Packs,
    wanted: &BTreeSet<Key>,
    with_personal: bool,
) -> Result<BTreeMap<Key, OriginalRow>> {
    let mut rows = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(rows);
    }
    let files: BTreeSet<i64> = wanted.iter().map(|key| key.0).collect();
    let list = files
        .iter()
        .map(i64::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!(
        "SELECT file_id, part_id, path, part, sha256, source, layout FROM file WHERE file_id IN ({list})"
    );
    let mut parts: BTreeMap<(i64, i32), serde_json::Map<String, serde_json::Value>> =
        BTreeMap::new();
    for batch in engine.rows("original rows", &sql).await? {
        for object in crate::print::objects(&batch) {
            let id = (
                object["file_id"].as_i64().unwrap_or(0),
                object["part_id"].as_i64().unwrap_or(0) as i32,
            );
            parts.insert(id, object);
        }
    }
    let mut by_source: BTreeMap<String, BTreeSet<Key>> = BTreeMap::new();
    for key in wanted {
        if let Some(part) = parts.get(&(key.0, key.1)) {
            by_source
                .entry(text(part, "source"))
                .or_default()
                .insert(*key);
        }
    }
    for (source, keys) in by_source {
        let hidden = if with_personal {
            BTreeSet::new()
        } else {
            personal_columns(packs, &source)
        };
        let headers = headers(engine, &source).await?;
        let prefix = format!("{source}__");
        let of_source = tables.keys().filter(|table| {
            table.schema == "raw" && (table.name == source || table.name.starts_with(&prefix))
        });
        for table in of_source {
            let list = table.name.strip_prefix(&prefix).unwrap_or("").to_string();
            for chunk in keys.iter().collect::<Vec<_>>().chunks(500) {
                let mut conditions: BTreeMap<(i64, i32), Vec<String>> = BTreeMap::new();
                for (file, part, record) in chunk {
                    conditions
                        .entry((*file, *part))
                        .or_default()
                        .push(record.to_string());
                }
                let conditions: Vec<String> = conditions
                    .iter()
                    .map(|((file, part), records)| {
                        format!(
                            "(file_id = {file} AND part_id = {part} AND record IN ({}))",
                            records.join(", ")
                        )
                    })
                    .collect();
                let order = if list.is_empty() {
                    "record"
                } else {
                    "record, element"
                };
                let sql = format!(
                    "SELECT * FROM raw.\"{}\" WHERE {} ORDER BY file_id, part_id, {order}",
                    table.name,
                    conditions.join(" OR ")
                );
                for batch in engine.rows("original rows", &sql).await? {
                    for object in crate::print::objects(&batch) {
                        add(&mut rows, &parts, &headers, &hidden, &list, &object);
                    }
                }
            }
        }
    }
    Ok(rows)
}

fn add(
    rows: &mut BTreeMap<Key, OriginalRow>,
    parts: &BTreeMap<(i64, i32), serde_json::Map<String, serde_json::Value>>,
    headers: &BTreeMap<(String, String, String), (i64, String)>,
    hidden: &BTreeSet<(String, String)>,
    list: &str,
    object: &serde_json::Map<String, serde_json::Value>,
) {
    let number = |name: &str| {
        object
            .get(name)
            .and_then(serde_json::Value::as_i64)
            .unwrap_or(0)
    };
    let key = (
        number("file_id"),
        number("part_id") as i32,
        number("record"),
    );
    let row = rows.entry(key).or_default();
    if let (true, Some(part)) = (row.sha256.is_empty(), parts.get(&(key.0, key.1))) {
        row.path = text(part, "path");
        row.part = text(part, "part");
        row.sha256 = text(part, "sha256");
    }
    if list.is_empty() {
        row.position = text(object, "position");
    }
    let layout = text(object, "layout");
    let element = text(object, "element");
    let mut cells: Vec<(i64, String, String)> = Vec::new();
    for (slug, value) in object {
        let fixed = matches!(
            slug.as_str(),
            "file_id"
                | "part_id"
                | "record"
                | "position"
                | "element"
                | "parent"
                | "layout"
                | "rest"
        );
        if fixed || value.is_null() || hidden.contains(&(list.to_string(), slug.clone())) {
            continue;
        }
        let (position, header) = headers
            .get(&(layout.clone(), list.to_string(), slug.clone()))
            .cloned()
            .unwrap_or_else(|| (i64::MAX, slug.clone()));
        let header = if element.is_empty() {
            header
        } else {
            format!("{element}/{header}")
        };
        cells.push((
            position,
            header,
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_string),
        ));
    }
    cells.sort();
    let room = CELLS.saturating_sub(row.columns.len());
    row.columns.extend(
        cells
            .into_iter()
            .take(room)
            .map(|(_, header, cell)| (header, cell)),
    );
}

/// Headers as found: (layout, list slug, slug) → position and header.
async fn headers(
    engine: &Engine,
    source: &str,
) -> Result<BTreeMap<(String, String, String), (i64, String)>> {
    let source = source.replace('\'', "''");
    let sql = format!(
        "SELECT layout, list, slug, min(position) AS position, min(header) AS header FROM raw_column WHERE source = '{source}' GROUP BY layout, list, slug"
    );
    let mut headers = BTreeMap::new();
    for batch in engine.rows("headers", &sql).await? {
        for object in crate::print::objects(&batch) {
            let key = (
                text(&object, "layout"),
                path_slug(&text(&object, "list")),
                text(&object, "slug"),
            );
            headers.insert(
                key,
                (
                    object["position"].as_i64().unwrap_or(0),
                    text(&object, "header"),
                ),
            );
        }
    }
    Ok(headers)
}

/// The raw columns from which a personal field is read: (list slug, slug).
pub fn personal_columns(packs: &Packs, source: &str) -> BTreeSet<(String, String)> {
    let mut hidden = BTreeSet::new();
    let Some(mapping) = packs.mappings.get(source) else {
        return hidden;
    };
    let standards = mapping.standards();
    let standards = standards
        .into_iter()
        .filter_map(|standard| packs.standards.get(standard));
    for (standard, table) in
        standards.flat_map(|standard| standard.tables.values().map(move |table| (standard, table)))
    {
        for field in table.fields.iter().filter(|field| field.personal) {
            for rule in mapping.tables.iter().filter(|rule| {
                rule.target == table.name && mapping.standard_of(rule) == standard.code
            }) {
                let list = path_slug(&rule.list);
                if let Some(field) = rule.field.get(&field.name) {
                    hidden.extend(
                        rule_columns(field)
                            .into_iter()
                            .map(|column| (list.clone(), column)),
                    );
                }
            }
            let by_path = mapping.paths && standard.code == mapping.standard;
            for list in table.places().filter(|_| by_path) {
                if let Some(path) = field.path_in(list) {
                    let below = path
                        .strip_prefix(list)
                        .map_or(path.as_str(), |rest| rest.trim_start_matches('/'));
                    hidden.insert((path_slug(list), path_slug(below)));
                }
            }
        }
    }
    hidden
}

fn rule_columns(rule: &packs::FieldRule) -> Vec<String> {
    let mut columns = rule.from.clone();
    if let Some(sql) = &rule.sql {
        let words = sql
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty());
        columns.extend(words.map(str::to_lowercase));
    }
    columns.extend(rule.layout.values().flat_map(rule_columns));
    columns
}

fn text(object: &serde_json::Map<String, serde_json::Value>, name: &str) -> String {
    object
        .get(name)
        .and_then(serde_json::Value::as_str)
        .unwrap_or("")
        .to_string()
}
