//! A row of a standard table as a page may show it.

use serde_json::Value;

use crate::document::Record;
use crate::format::mask_rfcs;
use crate::read::{Row, string, text};
use crate::text::TableText;

/// The filled fields of a row, in the order of the standard: dates as precise as published, keys of
/// private persons masked, personal fields left out.
pub(super) fn record(table: &TableText, row: &Row) -> Record {
    let mut record = Record::new();
    for field in table.fields.iter().filter(|field| !field.personal) {
        let Some(mut value) = text(row, &field.name) else {
            continue;
        };
        match field.kind.as_str() {
            "date" => {
                value = as_published(&value, &string(row, &format!("{}_precision", field.name)))
            }
            "money" | "number" => {
                value = crate::format::micro(&value).map_or(value, crate::format::plain)
            }
            "integer" | "boolean" | "latitude" | "longitude" => {}
            _ => value = mask_rfcs(&value),
        }
        record.insert(field.name.clone(), Value::String(value));
    }
    record
}

/// An ISO date cut to the precision with which it was published.
pub(super) fn as_published(date: &str, precision: &str) -> String {
    let length = match precision {
        "year" => 4,
        "month" => 7,
        _ => 10,
    };
    date.get(..length).unwrap_or(date).to_owned()
}

/// A field of a record.
pub(super) fn of(record: &Record, field: &str) -> Option<String> {
    record.get(field).and_then(Value::as_str).map(str::to_owned)
}

/// The columns of a table that a record needs, as the list of a SELECT, with the engine's own first.
pub(super) fn columns(table: &TableText) -> String {
    let mut columns: Vec<String> = ["source", "place", "file_id", "part_id", "record", "element"]
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    for field in table.fields.iter().filter(|field| !field.personal) {
        columns.push(format!("\"{}\"", field.name));
        if field.kind == "date" {
            columns.push(format!("\"{}_precision\"", field.name));
        }
    }
    columns.join(", ")
}
