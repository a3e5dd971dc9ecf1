//! How the records of a source become rows of a standard.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A mapping file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The standard its tables belong to, unless one says otherwise.
    pub standard: String,
    /// Whether documents enter through the paths the standard declares.
    #[serde(default)]
    pub paths: bool,
    /// SQL that stands in several fields, by name: `{name}` in a field or a condition stands for it.
    #[serde(default, rename = "let")]
    pub names: BTreeMap<String, String>,
    /// Tables and their fields.
    #[serde(default, rename = "table")]
    pub tables: Vec<TableRule>,
    /// Look-ups, from `values.csv`.
    #[serde(skip)]
    pub values: Vec<ValueRow>,
}

impl Mapping {
    /// Puts the SQL of `let` where its names stand.
    pub(crate) fn with_names_expanded(mut self) -> Mapping {
        let names = std::mem::take(&mut self.names);
        let expand = |sql: &mut String| {
            for (name, meant) in &names {
                let mark = format!("{{{name}}}");
                if sql.contains(&mark) {
                    *sql = sql.replace(&mark, &format!("({meant})"));
                }
            }
        };
        fn each(rule: &mut FieldRule, expand: &dyn Fn(&mut String)) {
            rule.sql.iter_mut().for_each(expand);
            rule.layout.values_mut().for_each(|rule| each(rule, expand));
        }
        for table in &mut self.tables {
            table.condition.iter_mut().for_each(expand);
            table
                .field
                .values_mut()
                .for_each(|rule| each(rule, &expand));
        }
        self
    }
}

impl Mapping {
    /// The standard a table belongs to.
    pub fn standard_of<'a>(&'a self, rule: &'a TableRule) -> &'a str {
        rule.standard.as_deref().unwrap_or(&self.standard)
    }

    /// Every standard its tables belong to.
    pub fn standards(&self) -> BTreeSet<&str> {
        let of_rules = self.tables.iter().map(|rule| self.standard_of(rule));
        std::iter::once(self.standard.as_str())
            .chain(of_rules)
            .collect()
    }
}

/// Rows of one table from the records of a source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRule {
    /// Its standard, if not that of the mapping.
    #[serde(default)]
    pub standard: Option<String>,
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
