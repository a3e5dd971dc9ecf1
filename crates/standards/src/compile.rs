//! A mapping as plain SQL: one query for each block, over the raw tables of its source.

use crate::error::Error;
use crate::expression::{self, FieldSql, literal, quoted, words};
use packs::{Field, FieldRule, FieldType, Packs, Source, Table, TableRule, path_slug};
use std::collections::{BTreeMap, BTreeSet};

/// The columns each raw table of a source has now: list (`""` for the records) → columns.
pub type RawColumns = BTreeMap<String, BTreeSet<String>>;

/// One block of a mapping, compiled.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The standard.
    pub standard: String,
    /// The table of the standard.
    pub target: String,
    /// The query; columns: origin, then `field` and, where it was read from text, `field__found`.
    pub sql: String,
    /// Fields that have a rule here, and a column to read from.
    pub mapped: BTreeSet<String>,
    /// The layouts it reads; empty for all.
    pub layouts: Vec<String>,
    /// Columns each field is read from, for problem rows.
    pub columns: BTreeMap<String, String>,
    /// The key, if the block has its own.
    pub key: Option<Vec<String>>,
}

/// Compiles the mapping of `source`, for the raw tables it has.
///
/// Errors: a rule that names no parser, or more than one origin.
pub fn compile(packs: &Packs, source: &Source, raw: &RawColumns) -> Result<Vec<Compiled>, Error> {
    let Some(mapping) = packs.mappings.get(&source.code) else {
        return Ok(Vec::new());
    };
    let standard = &packs.standards[&mapping.standard];
    let mut blocks: Vec<(TableRule, bool)> = Vec::new();
    if mapping.paths {
        for table in standard.tables.values() {
            for list in table.places() {
                // A rule without a list overlays every place of the table.
                let is_mapped = |rule: &TableRule| {
                    rule.target == table.name
                        && mapping.standard_of(rule) == standard.code
                        && (table.paths.is_empty() || rule.list.is_empty() || rule.list == list)
                };
                if !mapping.tables.iter().any(is_mapped) {
                    let rule = TableRule {
                        target: table.name.clone(),
                        list: list.to_string(),
                        ..empty_rule()
                    };
                    blocks.push((rule, true));
                }
            }
        }
    }
    for rule in &mapping.tables {
        let table = packs.standards[mapping.standard_of(rule)]
            .tables
            .get(&rule.target);
        let by_path = mapping.paths && mapping.standard_of(rule) == standard.code;
        let places: Vec<&str> = match table {
            Some(table) if by_path => table.places().collect(),
            _ => Vec::new(),
        };
        if places.is_empty() || !rule.list.is_empty() {
            blocks.push((rule.clone(), !places.is_empty()));
            continue;
        }
        for list in places {
            let mut rule = rule.clone();
            rule.list = list.to_string();
            blocks.push((rule, true));
        }
    }
    let mut compiled = Vec::new();
    for (rule, by_path) in blocks {
        if !raw.contains_key(&rule.list) {
            continue; // No file of this source has had such a list.
        }
        let standard = &packs.standards[mapping.standard_of(&rule)];
        let table = &standard.tables[&rule.target];
        let mut block = block(source, mapping, table, &rule, by_path, raw)?;
        block.standard = standard.code.clone();
        compiled.push(block);
    }
    Ok(compiled)
}

fn empty_rule() -> TableRule {
    TableRule {
        standard: None,
        target: String::new(),
        list: String::new(),
        condition: None,
        layouts: Vec::new(),
        each: None,
        key: None,
        field: BTreeMap::new(),
    }
}

fn block(
    source: &Source,
    mapping: &packs::Mapping,
    table: &Table,
    rule: &TableRule,
    by_path: bool,
    raw: &RawColumns,
) -> Result<Compiled, Error> {
    let rule_block = rule;
    let wrong = |field: &str, message: String| Error::Mapping {
        pack: format!("{}mapping.toml", source.folder),
        table: table.name.clone(),
        field: field.to_string(),
        message,
    };
    let lists: BTreeSet<&str> = raw.keys().map(String::as_str).collect();
    let above = lists_above(&rule.list, &lists);
    let mut rules: Vec<(&Field, FieldRule)> = Vec::new();
    for field in &table.fields {
        match rule.field.get(&field.name) {
            Some(own) => rules.push((field, own.clone())),
            None if by_path => {
                let told = field.told_by(&rule.list).map(|constant| FieldRule {
                    constant: Some(constant),
                    ..FieldRule::default()
                });
                let path_rule = told.or_else(|| {
                    let path = field.path_in(&rule.list)?;
                    by_its_path(&path, &rule.list, &above)
                });
                if let Some(path_rule) = path_rule {
                    rules.push((field, path_rule));
                }
            }
            None => {}
        }
    }
    let each = rule.each.as_ref().map(|_| "each__value");
    let mut outer = Vec::new();
    let mut mapped = BTreeSet::new();
    let mut columns = BTreeMap::new();
    let mut named: BTreeSet<String> = BTreeSet::new();
    let place = match rule.field.get("place") {
        Some(rule) => {
            note_words(rule, &mut named);
            let sql = expression::field(rule, FieldType::Text, &mapping.values, each)
                .map_err(|message| wrong("place", message))?;
            if rule.values.is_some() {
                format!("get_field({}, 'value')", sql.value)
            } else {
                sql.value
            }
        }
        None => "nullif(file_place, '')".to_string(),
    };
    for (field, rule) in &rules {
        note_words(rule, &mut named);
        let FieldSql {
            value,
            found,
            columns: from,
        } = expression::field(rule, field.kind, &mapping.values, each)
            .map_err(|message| wrong(&field.name, message))?;
        outer.push(format!("{value} AS {}", quoted(&field.name)));
        if let Some(found) = found {
            outer.push(format!(
                "{found} AS {}",
                quoted(&format!("{}__found", field.name))
            ));
        }
        if is_published(rule, &rule_block.list, &above, raw) {
            mapped.insert(field.name.clone());
        }
        columns.insert(field.name.clone(), from);
    }
    named.extend(rule.condition.as_deref().map(words).unwrap_or_default());
    named.extend(rule.each.as_ref().map(|each| each.from.clone()));
    let inner = raw_rows(source, &rule.list, &above, raw, &named);
    let mut condition = vec![];
    condition.extend(rule.condition.clone().map(|sql| format!("({sql})")));
    if !rule.layouts.is_empty() {
        let layouts: Vec<String> = rule.layouts.iter().map(|layout| literal(layout)).collect();
        condition.push(format!("layout IN ({})", layouts.join(", ")));
    }
    let condition = if condition.is_empty() {
        String::new()
    } else {
        format!("\nWHERE {}", condition.join(" AND "))
    };
    let rows = match &rule.each {
        None => format!("SELECT * FROM (\n{inner}\n) AS raw_row{condition}"),
        Some(each) => {
            let parser = match each.parser.as_str() {
                "dates" => "parse_dates",
                "codes" => "parse_codes",
                "names" => "parse_names",
                other => return Err(wrong("each", format!("no list parser `{other}`"))),
            };
            format!(
                "SELECT *, unnest({parser}({column})) AS each__value, unnest(range(cast(array_length({parser}({column})) AS BIGINT))) AS each__position \
                 FROM (\n{inner}\n) AS raw_row{condition}{and} array_length({parser}({column})) > 0",
                column = quoted(&each.from),
                and = if condition.is_empty() {
                    "\nWHERE"
                } else {
                    " AND"
                },
            )
        }
    };
    let element = if rule.each.is_some() {
        "concat(element, '#', CAST(each__position AS VARCHAR))"
    } else {
        "element"
    };
    let fields = if outer.is_empty() {
        String::new()
    } else {
        format!(",\n    {}", outer.join(",\n    "))
    };
    let sql = format!(
        "SELECT\n    {} AS source, coalesce({place}, {}) AS place, layout, file_id, part_id, record, {element} AS element, edition_date, position{fields}\nFROM (\n{rows}\n) AS raw_row\nORDER BY file_id, part_id, record, element",
        literal(&source.code),
        literal(&source.place),
    );
    Ok(Compiled {
        standard: String::new(),
        target: table.name.clone(),
        sql,
        mapped,
        layouts: rule.layouts.clone(),
        columns,
        key: rule.key.clone(),
    })
}

/// Whether any file has had a column the rule reads; constants and SQL count as published.
fn is_published(rule: &FieldRule, list: &str, above: &[&str], raw: &RawColumns) -> bool {
    let there = |name: &String| {
        let (list, column) = match (name.strip_prefix("record__"), up(name)) {
            (Some(column), _) => (Some(""), column),
            (None, (0, column)) => (Some(list), column),
            (None, (steps, column)) => (above.get(steps - 1).copied(), column),
        };
        list.and_then(|list| raw.get(list))
            .is_some_and(|columns| columns.contains(column))
    };
    rule.layout
        .values()
        .any(|rule| is_published(rule, list, above, raw))
        || (rule.layout.is_empty() && (rule.from.is_empty() || rule.from.iter().any(there)))
}

/// How many lists up a column stands, and its name there.
fn up(name: &str) -> (usize, &str) {
    match name.strip_prefix("parent__") {
        Some(rest) => {
            let (steps, column) = up(rest);
            (steps + 1, column)
        }
        None => (0, name),
    }
}

fn note_words(rule: &FieldRule, named: &mut BTreeSet<String>) {
    named.extend(rule.from.iter().cloned());
    named.extend(rule.sql.as_deref().map(words).unwrap_or_default());
    rule.layout
        .values()
        .for_each(|rule| note_words(rule, named));
}

/// The lists around `list` that have rows of their own, the nearest first.
fn lists_above<'a>(list: &str, lists: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let mut above: Vec<&str> = lists
        .iter()
        .copied()
        .filter(|other| !other.is_empty() && list.starts_with(&format!("{other}/")))
        .collect();
    above.sort_by_key(|other| std::cmp::Reverse(other.len()));
    above
}

/// The rule of a field that enters through its path: from the element, a list around it, or the record.
fn by_its_path(path: &str, list: &str, above: &[&str]) -> Option<FieldRule> {
    let (path, index) = match path.rsplit_once('[') {
        Some((head, tail)) if tail.trim_end_matches(']').parse::<usize>().is_ok() => {
            (head, tail.trim_end_matches(']').parse::<usize>().ok())
        }
        _ => (path, None),
    };
    let below = |list: &str| {
        if list.is_empty() {
            Some(path)
        } else {
            path.strip_prefix(list)
                .and_then(|rest| rest.strip_prefix('/'))
        }
    };
    let is_plain = |rest: &str| !rest.trim_end_matches("[]").contains("[]");
    let own = below(list).filter(|rest| is_plain(rest)).map(path_slug);
    let column = own
        .or_else(|| {
            above.iter().enumerate().find_map(|(index, list)| {
                below(list)
                    .filter(|rest| is_plain(rest))
                    .map(|rest| format!("{}{}", "parent__".repeat(index + 1), path_slug(rest)))
            })
        })
        .or_else(|| is_plain(path).then(|| format!("record__{}", path_slug(path))))?;
    Some(match index {
        None => FieldRule {
            from: vec![column],
            ..FieldRule::default()
        },
        Some(index) => FieldRule {
            sql: Some(format!(
                "split_part({}, ';', {})",
                quoted(&column),
                index + 1
            )),
            ..FieldRule::default()
        },
    })
}

/// The raw rows of a list with the columns of the lists around it and of its record, and a null for every named column that no file has had.
fn raw_rows(
    source: &Source,
    list: &str,
    above: &[&str],
    raw: &RawColumns,
    named: &BTreeSet<String>,
) -> String {
    let own = &raw[list];
    let mut select: Vec<String> = Vec::new();
    let mut there: BTreeSet<String> = [
        "file_id",
        "part_id",
        "record",
        "element",
        "position",
        "layout",
        "file_place",
        "edition_date",
    ]
    .map(str::to_string)
    .into();
    let add_all = |alias: &str,
                   prefix: &str,
                   columns: &BTreeSet<String>,
                   select: &mut Vec<String>,
                   there: &mut BTreeSet<String>| {
        for column in columns {
            let name = format!("{prefix}{column}");
            if named.contains(&name) && there.insert(name.clone()) {
                select.push(format!("{alias}.{} AS {}", quoted(column), quoted(&name)));
            }
        }
    };
    add_all("own", "", own, &mut select, &mut there);
    let table = |list: &str| {
        quoted(&if list.is_empty() {
            source.code.clone()
        } else {
            format!("{}__{}", source.code, path_slug(list))
        })
    };
    let mut from = format!("raw.{} AS own", table(list));
    let on = |alias: &str| {
        format!(
            "{alias}.file_id = own.file_id AND {alias}.part_id = own.part_id AND {alias}.record = own.record"
        )
    };
    let element = if list.is_empty() { "''" } else { "own.element" };
    let position = if list.is_empty() {
        "own.position".to_string()
    } else {
        "concat(record.position, '/', own.element)".to_string()
    };
    if !list.is_empty() {
        from.push_str(&format!(
            "\n    JOIN raw.{} AS record ON {}",
            table(""),
            on("record")
        ));
        add_all("record", "record__", &raw[""], &mut select, &mut there);
        let steps = named.iter().map(|name| up(name).0).max().unwrap_or(0);
        let mut below = "own".to_string();
        for (index, list) in above.iter().enumerate().take(steps.max(1)) {
            let alias = match index {
                0 => "parent".to_string(),
                _ => format!("parent_{}", index + 1),
            };
            from.push_str(&format!(
                "\n    JOIN raw.{} AS {alias} ON {} AND {alias}.element = {below}.parent",
                table(list),
                on(&alias)
            ));
            let prefix = "parent__".repeat(index + 1);
            add_all(&alias, &prefix, &raw[*list], &mut select, &mut there);
            below = alias;
        }
    }
    from.push_str("\n    JOIN file ON file.file_id = own.file_id AND file.part_id = own.part_id");
    for (name, text) in [
        ("source_code", &source.code),
        ("source_publisher", &source.publisher),
    ] {
        if named.contains(name) && there.insert(name.to_string()) {
            select.push(format!("{} AS {name}", literal(text)));
        }
    }
    for name in named.difference(&there.clone()) {
        select.push(format!("CAST(NULL AS VARCHAR) AS {}", quoted(name)));
    }
    // Of several releases of one process the latest counts; elsewhere the edition is the file's.
    let dated = source.publishes == packs::Publishes::Releases && raw[""].contains("date");
    let edition = match (dated, list.is_empty()) {
        (true, true) => "coalesce(date_value(own.\"date\"), file.edition_date)",
        (true, false) => "coalesce(date_value(record.\"date\"), file.edition_date)",
        (false, _) => "file.edition_date",
    };
    let more = if select.is_empty() {
        String::new()
    } else {
        format!(", {}", select.join(", "))
    };
    format!(
        "    SELECT own.file_id, own.part_id, own.record, {element} AS element, {position} AS position, own.layout, file.place AS file_place, {edition} AS edition_date{more}\n    FROM {from}"
    )
}
