//! How the records of a source become rows of a standard.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A mapping file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The standard its tables belong to.
    pub standard: String,
    /// Whether documents enter through the paths the standard declares.
    #[serde(default)]
    pub paths: bool,
    /// Tables and their fields.
    #[serde(default, rename = "table")]
    pub tables: Vec<TableRule>,
    /// Look-ups, from `values.csv`.
    #[serde(skip)]
    pub values: Vec<ValueRow>,
}

/// Rows of one table from the records of a source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRule {
    /// The table of the standard.
    pub target: String,
    /// The list whose elements are the rows; `""` for the record.
    #[serde(default)]
    pub list: String,
    /// SQL condition over the raw row.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// Only rows of these layouts.
    #[serde(default)]
    pub layouts: Vec<String>,
    /// One row for each element of a cell.
    #[serde(default)]
    pub each: Option<Each>,
    /// What makes two rows the same thing here, if not the table's key; engine columns such as `layout` may be named.
    #[serde(default)]
    pub key: Option<Vec<String>>,
    /// Fields of the table.
    #[serde(default)]
    pub field: BTreeMap<String, FieldRule>,
}

/// A cell that holds several values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// The column.
    pub from: String,
    /// The list parser.
    #[serde(rename = "as")]
    pub parser: String,
}

/// Where a field's value comes from. Exactly one of `from`, `sql`, `constant`, `element`, `layout`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// One column, or several of which the first that is filled (and known to `values`) counts.
    #[serde(default, deserialize_with = "one_or_many")]
    pub from: Vec<String>,
    /// The parser.
    #[serde(default, rename = "as")]
    pub parser: Option<String>,
    /// The list of `values.csv`.
    #[serde(default)]
    pub values: Option<String>,
    /// SQL over the raw row.
    #[serde(default)]
    pub sql: Option<String>,
    /// The same for every row.
    #[serde(default)]
    pub constant: Option<String>,
    /// The element of `each`.
    #[serde(default)]
    pub element: bool,
    /// A rule for each layout.
    #[serde(default)]
    pub layout: BTreeMap<String, FieldRule>,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

/// A value as found and as meant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueRow {
    /// The list it belongs to.
    pub list: String,
    /// `exact`, `prefix`, `contains`.
    #[serde(rename = "match")]
    pub matching: String,
    /// As found.
    pub found: String,
    /// As meant; empty means null.
    pub meant: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_on: String,
    /// Why.
    #[serde(default)]
    pub note: String,
}
