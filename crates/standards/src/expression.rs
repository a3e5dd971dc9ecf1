//! SQL for one field: its value, the text it was read from, and what can be wrong with it.

use packs::{FieldRule, FieldType, ValueRow};
use std::collections::BTreeSet;

/// What a field compiles to.
#[derive(Debug, Clone)]
pub(crate) struct FieldSql {
    /// The value, or a struct of value and problem.
    pub value: String,
    /// The text it was read from, if it was read from text.
    pub found: Option<String>,
    /// Its columns, for problem rows.
    pub columns: String,
}

/// A quoted name.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A quoted text.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A cell as text: trimmed, and null when nothing is left.
fn cell(column: &str) -> String {
    format!("nullif(btrim({}), '')", quoted(column))
}

/// Compiles a rule for a field of type `kind`. `each` is the name of the element's column, if the table has one.
pub(crate) fn field(
    rule: &FieldRule,
    kind: FieldType,
    values: &[ValueRow],
    each: Option<&str>,
) -> Result<FieldSql, String> {
    if !rule.layout.is_empty() {
        return by_layout(rule, kind, values, each);
    }
    let source = match (
        &rule.constant,
        &rule.sql,
        rule.element,
        rule.from.as_slice(),
    ) {
        (Some(constant), None, false, []) => {
            return Ok(FieldSql {
                value: parsed(&literal(constant), rule.parser.as_deref(), kind)?,
                found: None,
                columns: String::new(),
            });
        }
        (None, Some(sql), false, []) => {
            return Ok(FieldSql {
                value: format!("({sql})"),
                found: None,
                columns: String::new(),
            });
        }
        (None, None, true, []) => vec![each.ok_or("`element` without `each`")?.to_string()],
        (None, None, false, columns) if !columns.is_empty() => columns.to_vec(),
        _ => {
            return Err(
                "needs exactly one of `from`, `sql`, `constant`, `element`, `layout`".to_string(),
            );
        }
    };
    let columns = if rule.element {
        String::new()
    } else {
        source.join(", ")
    };
    let cells: Vec<String> = source
        .iter()
        .map(|column| {
            if rule.element {
                quoted(column)
            } else {
                cell(column)
            }
        })
        .collect();
    let found = if cells.len() == 1 {
        cells[0].clone()
    } else {
        format!("coalesce({})", cells.join(", "))
    };
    if let Some(list) = &rule.values {
        let value = looked_up(&cells, list, values);
        return Ok(FieldSql {
            value,
            found: Some(found),
            columns,
        });
    }
    if rule.element && kind == FieldType::Date {
        // The list parser has read it already.
        return Ok(FieldSql {
            value: quoted(&source[0]),
            found: None,
            columns,
        });
    }
    Ok(FieldSql {
        value: parsed(&found, rule.parser.as_deref(), kind)?,
        found: Some(found),
        columns,
    })
}

fn by_layout(
    rule: &FieldRule,
    kind: FieldType,
    values: &[ValueRow],
    each: Option<&str>,
) -> Result<FieldSql, String> {
    let mut value = String::from("CASE layout");
    let mut found = String::from("CASE layout");
    let mut columns = BTreeSet::new();
    for (layout, rule) in &rule.layout {
        let one = field(rule, kind, values, each)?;
        value.push_str(&format!(" WHEN {} THEN {}", literal(layout), one.value));
        found.push_str(&format!(
            " WHEN {} THEN {}",
            literal(layout),
            one.found.unwrap_or_else(|| "NULL".to_string())
        ));
        columns.insert(one.columns);
    }
    let columns = columns
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    Ok(FieldSql {
        value: format!("{value} END"),
        found: Some(format!("{found} END")),
        columns,
    })
}

/// The parser of a field: the one named, or that of its type.
fn parsed(text: &str, parser: Option<&str>, kind: FieldType) -> Result<String, String> {
    let by_type = match kind {
        FieldType::Number | FieldType::Money => "number",
        FieldType::Latitude | FieldType::Longitude => "number",
        FieldType::Integer => "integer",
        FieldType::Date => "date",
        FieldType::Boolean => "boolean",
        FieldType::Text | FieldType::Code | FieldType::Identifier | FieldType::Url => "text",
    };
    Ok(match parser.unwrap_or(by_type) {
        "text" => text.to_string(),
        "digits" => format!("nullif(regexp_replace({text}, '[^0-9]', '', 'g'), '')"),
        name @ ("number" | "number_eu" | "integer" | "date" | "boolean" | "rfc") => {
            format!("parse_{name}({text})")
        }
        other => return Err(format!("no parser `{other}`")),
    })
}

/// A look-up: the first of the cells that is filled and known. Filled and unknown is a problem.
fn looked_up(cells: &[String], list: &str, values: &[ValueRow]) -> String {
    let known: Vec<String> = cells
        .iter()
        .map(|cell| one_look_up(cell, list, values))
        .collect();
    let known = if known.len() == 1 {
        known[0].clone()
    } else {
        format!("coalesce({})", known.join(", "))
    };
    let filled = if cells.len() == 1 {
        cells[0].clone()
    } else {
        format!("coalesce({})", cells.join(", "))
    };
    format!(
        "named_struct('value', nullif({known}, ''), 'problem', CASE WHEN {known} IS NULL AND {filled} IS NOT NULL THEN 'value_unknown' END)"
    )
}

/// `''` stands for a value known to mean nothing.
fn one_look_up(cell: &str, list: &str, values: &[ValueRow]) -> String {
    let mut sql = String::from("CASE");
    let mut any = false;
    let mut ordered: Vec<&ValueRow> = values.iter().filter(|row| row.list == list).collect();
    // An exact value says more than a prefix, and a prefix more than a part; longer says more than shorter.
    let rank = |row: &ValueRow| match row.matching.as_str() {
        "exact" => 0,
        "prefix" => 1,
        _ => 2,
    };
    ordered.sort_by_key(|row| {
        (
            rank(row),
            std::cmp::Reverse(row.found.len()),
            row.found.clone(),
        )
    });
    for row in ordered {
        let wanted = literal(&lake::functions::fold_text(&row.found));
        let test = match row.matching.as_str() {
            "exact" if row.found.trim().is_empty() => format!("{cell} IS NULL"),
            "exact" => format!("fold_text({cell}) = {wanted}"),
            "prefix" => format!("starts_with(fold_text({cell}), {wanted})"),
            _ => format!("strpos(fold_text({cell}), {wanted}) > 0"),
        };
        sql.push_str(&format!(" WHEN {test} THEN {}", literal(&row.meant)));
        any = true;
    }
    if any {
        format!("{sql} END")
    } else {
        "CAST(NULL AS VARCHAR)".to_string()
    }
}

/// Words of a piece of SQL that may be columns.
pub(crate) fn words(sql: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut chars = sql.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        match c {
            '\'' => while chars.next().is_some_and(|(_, c)| c != '\'') {},
            '"' => {
                let rest = &sql[start + 1..];
                let end = rest.find('"').unwrap_or(rest.len());
                found.insert(rest[..end].to_string());
                while chars.next().is_some_and(|(_, c)| c != '"') {}
            }
            c if c.is_alphabetic() || c == '_' => {
                let mut end = start + c.len_utf8();
                while let Some((at, c)) = chars.peek().copied() {
                    if !(c.is_alphanumeric() || c == '_') {
                        break;
                    }
                    end = at + c.len_utf8();
                    chars.next();
                }
                let is_function = sql[end..].trim_start().starts_with('(');
                if !is_function {
                    found.insert(sql[start..end].to_lowercase());
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_columns_and_not_functions() {
        let found = words("'x-' || trim(\"no\") || coalesce(rfc, 'it''s')");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["no", "rfc"]);
    }
}
