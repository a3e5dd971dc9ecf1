//! What a run publishes: for each table its version, its columns and its files.

use crate::error::Error;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A table: its schema (room or standard) and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableName {
    /// `raw`, `ocds`, `flags`; `cotejo` for the lake's own.
    pub schema: String,
    /// `contract`.
    pub name: String,
}

impl TableName {
    /// `schema.name`.
    pub fn new(schema: &str, name: &str) -> TableName {
        TableName {
            schema: schema.to_string(),
            name: name.to_string(),
        }
    }

    /// Its folder below `lake/`.
    pub fn folder(&self) -> String {
        format!("{}/{}", self.schema, self.name)
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// A Parquet file of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DataFile {
    /// Relative to the table's folder: `<owner>/<hash>.parquet`.
    pub path: String,
    /// The step and source whose rows it holds; nobody else may replace it.
    pub owner: String,
    /// Bytes.
    pub size_bytes: u64,
    /// Rows.
    pub rows: u64,
}

/// A table as published.
#[derive(Debug, Clone)]
pub struct TableState {
    /// Delta version, or `None` before its first commit.
    pub version: Option<u64>,
    /// Its columns.
    pub schema: SchemaRef,
    /// Its files, in order of path.
    pub files: Vec<DataFile>,
}

/// All tables as one run published them.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// The run; 0 before the first.
    pub run_id: i64,
    /// Tables by name.
    pub tables: BTreeMap<TableName, TableState>,
}

/// A schema as `name:type` pairs, for the catalogue.
pub(crate) fn schema_to_text(schema: &Schema) -> Result<String, Error> {
    let pairs = schema.fields().iter().map(|field| {
        Ok(format!(
            "{}:{}",
            field.name(),
            type_name(field.data_type())?
        ))
    });
    Ok(pairs.collect::<Result<Vec<_>, Error>>()?.join("\n"))
}

/// The reverse of [`schema_to_text`].
pub(crate) fn schema_from_text(text: &str) -> Result<SchemaRef, Error> {
    let damaged = |line: &str| Error::Damaged {
        path: "catalogue.db".to_string(),
        message: format!("column `{line}`"),
    };
    let fields = text.lines().map(|line| {
        let (name, kind) = line.rsplit_once(':').ok_or_else(|| damaged(line))?;
        let data_type = TYPES
            .iter()
            .find(|(known, _)| *known == kind)
            .map(|(_, data_type)| data_type.clone());
        Ok(Field::new(
            name,
            data_type.ok_or_else(|| damaged(line))?,
            true,
        ))
    });
    Ok(Arc::new(Schema::new(
        fields.collect::<Result<Vec<_>, Error>>()?,
    )))
}

/// The few types tables are made of.
const TYPES: [(&str, DataType); 7] = [
    ("text", DataType::Utf8),
    ("int64", DataType::Int64),
    ("int32", DataType::Int32),
    ("decimal", DataType::Decimal128(24, 6)),
    ("date", DataType::Date32),
    ("boolean", DataType::Boolean),
    ("double", DataType::Float64),
];

fn type_name(data_type: &DataType) -> Result<&'static str, Error> {
    let found = TYPES
        .iter()
        .find(|(_, known)| known == data_type)
        .map(|(name, _)| *name);
    found.ok_or_else(|| Error::Damaged {
        path: "schema".to_string(),
        message: format!("tables hold no {data_type}"),
    })
}
