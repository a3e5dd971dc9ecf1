//! What this crate asks of the app: rows of tables, and rows of original files.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::Error;

/// A row of a query: column to value. Decimals are strings, dates ISO strings, integers numbers.
pub type Row = Map<String, Value>;

/// Reads the tables of one published run.
#[async_trait]
pub trait TableReader: Send + Sync {
    /// The tables there are, as `schema.table`, or `table` alone for the system's own.
    async fn tables(&self) -> Result<BTreeSet<String>, Error>;
    /// The rows of a query, in the order it asks for.
    async fn rows(&self, sql: &str) -> Result<Vec<Row>, Error>;
}

/// A record of an original file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// The file.
    pub file_id: i64,
    /// The part of it: a sheet, a file of an archive.
    pub part_id: i32,
    /// Ordinal of the record, from 1.
    pub record: i64,
}

/// A record as its publisher wrote it.
#[derive(Debug, Clone, Default)]
pub struct RawRow {
    /// Path of the file as received.
    pub path: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Where a person finds the record: `row 12`, `line 24`.
    pub position: String,
    /// Header as found, and cell as found. Columns marked personal are already left out.
    pub columns: Vec<(String, String)>,
}

/// Reads records of original files, many at a time, since each file is opened once.
#[async_trait]
pub trait Originals: Send + Sync {
    /// The records asked for, in the same order; none where a record cannot be found.
    async fn raw_rows(&self, wanted: &[RowKey]) -> Result<Vec<Option<RawRow>>, Error>;
}

/// The text of a column, whatever its type; none when it is null or blank.
pub(crate) fn text(row: &Row, column: &str) -> Option<String> {
    match row.get(column)? {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The text of a column, blank when there is none.
pub(crate) fn string(row: &Row, column: &str) -> String {
    text(row, column).unwrap_or_default()
}

/// A whole number of a column; zero when there is none.
pub(crate) fn count(row: &Row, column: &str) -> u64 {
    match row.get(column) {
        Some(Value::Number(number)) => number
            .as_u64()
            .or_else(|| number.as_f64().map(|float| float as u64))
            .unwrap_or(0),
        Some(Value::String(text)) => text
            .split('.')
            .next()
            .and_then(|whole| whole.parse().ok())
            .unwrap_or(0),
        _ => 0,
    }
}

/// A signed whole number of a column; zero when there is none.
pub(crate) fn integer(row: &Row, column: &str) -> i64 {
    match row.get(column) {
        Some(Value::Number(number)) => number.as_i64().unwrap_or(0),
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        _ => 0,
    }
}

/// A claim of a column; false when there is none. A reader without booleans may answer 1 or `true`.
pub(crate) fn claim(row: &Row, column: &str) -> bool {
    match row.get(column) {
        Some(Value::Bool(claim)) => *claim,
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// A text as an SQL literal.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
