//! The query of a kind's mentions, put together from its folder: who or what each row of a standard names.

use crate::error::Error;
use crate::query::literal;
use lake::Engine;
use packs::{Link, Strength};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that mentions' queries answer under the very name of the table.
const AS_FOUND: [&str; 5] = ["role", "source", "place", "subject_id", "element"];
/// Columns that are read from what the queries answer, by the pack's `[columns]` or as they are.
const READ: [&str; 8] = [
    "rfc",
    "curp",
    "scheme",
    "identifier",
    "ocid",
    "number",
    "buyer_key",
    "supplier_key",
];
/// Columns that are no text.
const TYPED: [(&str, &str); 4] = [
    ("date", "DATE"),
    ("file_id", "BIGINT"),
    ("part_id", "INT"),
    ("record", "BIGINT"),
];
/// What every mention's query must answer.
const NEEDED: [&str; 8] = [
    "mention_key",
    "role",
    "source",
    "place",
    "file_id",
    "part_id",
    "record",
    "element",
];

/// The file of a kind's mentions in one table.
pub(crate) fn mention_path(link: &Link, table: &str) -> String {
    format!("packs/{}mentions/{table}.sql", link.folder)
}

/// The mentions of `tables` as rows of `links.mention`, in order.
///
/// Errors: a query does not plan, lacks a column, or `[columns]` names one the table does not have.
pub(crate) async fn mentions(
    engine: &Engine,
    link: &Link,
    tables: &BTreeSet<String>,
) -> Result<String, Error> {
    let mut answered: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut every: BTreeSet<String> = BTreeSet::new();
    for (table, sql) in link
        .mentions
        .iter()
        .filter(|(table, _)| tables.contains(*table))
    {
        let path = mention_path(link, table);
        let frame = engine.frame(&path, sql).await?;
        let names: BTreeSet<String> = frame
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        if let Some(missing) = NEEDED.iter().find(|name| !names.contains(**name)) {
            let message = format!("the query answers no column `{missing}`");
            return Err(Error::Pack { path, message });
        }
        every.extend(names.iter().cloned());
        answered.insert(table, names);
    }
    let unknown = link
        .columns
        .keys()
        .find(|name| !READ.contains(&name.as_str()));
    if let Some(name) = unknown {
        return Err(Error::Pack {
            path: format!("packs/{}link.toml", link.folder),
            message: format!(
                "[columns]: no column `{name}`; there are {}",
                READ.join(", ")
            ),
        });
    }
    let found: Vec<String> = answered
        .iter()
        .map(|(table, names)| {
            let columns: Vec<String> = every
                .iter()
                .map(|name| {
                    let kind = typed(name).unwrap_or("VARCHAR");
                    match names.contains(name) {
                        true => format!("CAST({name} AS {kind}) AS {name}"),
                        false => format!("CAST(NULL AS {kind}) AS {name}"),
                    }
                })
                .collect();
            format!(
                "    SELECT {} AS table_name, {}\n    FROM (\n{}\n    ) AS mention",
                literal(table),
                columns.join(", "),
                link.mentions[*table].trim().trim_end_matches(';')
            )
        })
        .collect();
    let asked = |name: &str| match every.contains(name) {
        true => name.to_string(),
        false => format!(
            "CAST(NULL AS {}) AS {name}",
            typed(name).unwrap_or("VARCHAR")
        ),
    };
    let cleaned: Vec<String> = every
        .iter()
        .map(|name| match name.as_str() {
            "name" | "identifier" | "other_id" | "number" | "ocid" => {
                format!("{} AS {name}", somebody(link, name))
            }
            _ => name.clone(),
        })
        .collect();
    let mut read: Vec<String> = vec!["table_name".into(), "mention_key".into()];
    read.extend(AS_FOUND.iter().map(|name| asked(name)));
    read.push(asked("name"));
    read.push(match every.contains("name") {
        true => "name_key(name) AS name_key".to_string(),
        false => "CAST(NULL AS VARCHAR) AS name_key".to_string(),
    });
    read.extend(READ.iter().map(|name| match link.columns.get(*name) {
        Some(sql) => format!("{} AS {name}", sql.trim()),
        None => asked(name),
    }));
    read.extend(TYPED.iter().map(|(name, _)| asked(name)));
    let columns: Vec<&str> = ["table_name", "mention_key"]
        .into_iter()
        .chain(AS_FOUND)
        .chain(["name", "name_key"])
        .chain(READ)
        .chain(TYPED.map(|(name, _)| name))
        .collect();
    let whole: Vec<String> = columns
        .iter()
        .map(|name| match READ.contains(name) {
            true => format!("{} AS {name}", somebody(link, name)),
            false => name.to_string(),
        })
        .collect();
    let mut ctes = vec![
        format!("found AS (\n{}\n)", found.join("\n    UNION ALL\n")),
        format!(
            "told AS (SELECT table_name, {} FROM found)",
            cleaned.join(", ")
        ),
        format!("read AS (SELECT {} FROM told)", read.join(", ")),
        format!(
            "mention_0 AS (SELECT {}, CAST(NULL AS VARCHAR) AS borrowed FROM read)",
            whole.join(", ")
        ),
    ];
    for (at, borrow) in link.borrows.iter().enumerate() {
        let column = &borrow.column;
        let same = borrow.same.join(", ");
        let filled: Vec<String> = borrow
            .same
            .iter()
            .map(|name| format!("{name} IS NOT NULL"))
            .collect();
        let equal: Vec<String> = borrow
            .same
            .iter()
            .map(|name| format!("known.{name} = mention.{name}"))
            .collect();
        ctes.push(format!(
            "known_{at} AS (SELECT {same}, min({column}) AS taken FROM mention_{at} WHERE {column} IS NOT NULL AND {} \
             GROUP BY {same} HAVING min({column}) = max({column}))",
            filled.join(" AND ")
        ));
        let kept: Vec<String> = columns
            .iter()
            .map(|name| match name == column {
                true => format!("coalesce(mention.{name}, known.taken) AS {name}"),
                false => format!("mention.{name}"),
            })
            .collect();
        ctes.push(format!(
            "mention_{} AS (SELECT {}, CASE WHEN mention.{column} IS NULL AND known.taken IS NOT NULL THEN {} \
             ELSE mention.borrowed END AS borrowed FROM mention_{at} AS mention LEFT JOIN known_{at} AS known ON {})",
            at + 1,
            kept.join(", "),
            literal(&borrow.code),
            equal.join(" AND ")
        ));
    }
    let keys: Vec<String> = link
        .rules
        .iter()
        .filter(|rule| rule.strength != Strength::Possible)
        .map(|rule| format!("({}) IS NOT NULL", rule.key.trim()))
        .collect();
    Ok(format!(
        "WITH {}\nSELECT\n    {kind} AS kind,\n    stable_id(concat({kind}, '/', table_name, '/', source, '/', mention_key)) AS mention_id,\n    \
         table_name, role, source, place, subject_id, name, name_key, CAST(NULL AS VARCHAR) AS words, \
         CAST(NULL AS BOOLEAN) AS is_person_name,\n    {}, date, borrowed, file_id, part_id, record, element\n\
         FROM mention_{} AS mention\nWHERE {}\nORDER BY subject_id, mention_id, file_id, part_id, record, element, name",
        ctes.join(",\n"),
        READ.join(", "),
        link.borrows.len(),
        keys.join(" OR "),
        kind = literal(&link.kind),
    ))
}

fn typed(name: &str) -> Option<&'static str> {
    TYPED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, kind)| *kind)
}

/// A column without the values that stand for nobody in particular.
fn somebody(link: &Link, column: &str) -> String {
    if link.nobody.is_empty() {
        return column.to_string();
    }
    let values: Vec<String> = link
        .nobody
        .iter()
        .map(|row| literal(&lake::functions::fold_text(&row.value)))
        .collect();
    format!(
        "CASE WHEN fold_text({column}) NOT IN ({}) THEN {column} END",
        values.join(", ")
    )
}
