//! A rule: its meaning, to whom it applies, its query, its evidence, its dated numbers, its cases.

use crate::error::Error;
use crate::folder::Folder;
use crate::text::{Citation, Text};
use serde::Deserialize;
use std::collections::BTreeMap;

/// An indicator and everything its folder says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// `R003`.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// The question it answers.
    pub question: Text,
    /// Why it matters.
    pub why: Text,
    /// The rule in words.
    pub rule: Text,
    /// Innocent explanations.
    pub not_proof: Vec<Text>,
    /// What it is about: `process`, `contract`, `award`, `buyer`, `project`, `group`.
    pub subject: String,
    /// Unit of its value.
    pub unit: Text,
    /// How sure the rule is: `published`, `ours`, `inferred`.
    pub status: String,
    /// Where it comes from.
    #[serde(default)]
    pub source: Vec<Citation>,
    /// What a changed row makes stale.
    pub reach: Reach,
    /// To whom it applies.
    pub population: Population,
    /// What it needs, in order.
    #[serde(default)]
    pub requires: Vec<Requirement>,
    /// Codes that explain an answer.
    #[serde(default)]
    pub notes: BTreeMap<String, Note>,
    /// What its parameters mean, for the page.
    #[serde(default)]
    pub parameters: BTreeMap<String, Text>,
    /// The folder in the packs, with a final `/`.
    #[serde(skip)]
    pub folder: String,
    /// `indicator.sql`.
    #[serde(skip)]
    pub sql: String,
    /// `evidence.sql`.
    #[serde(skip)]
    pub evidence_sql: String,
    /// The population's query, from the file or from its parts.
    #[serde(skip)]
    pub population_sql: String,
    /// `parameters.csv`.
    #[serde(skip)]
    pub parameter_rows: Vec<ParameterRow>,
    /// `cases/*.toml` by file name.
    #[serde(skip)]
    pub cases: BTreeMap<String, Case>,
}

/// What a changed row makes stale.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// `row`, `group`, `market` or `all`.
    pub kind: String,
    /// The key of a group.
    #[serde(default)]
    pub key: Vec<String>,
}

impl Reach {
    /// Whether answers about one source depend on the contracting and works rows of that source alone.
    pub fn within_source(&self) -> bool {
        match self.kind.as_str() {
            "row" => true,
            "group" => self.key.first().is_some_and(|key| key == "source"),
            _ => false,
        }
    }
}

/// To whom a rule applies: a table and conditions, or a query of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// `population.sql`, in place of the rest.
    #[serde(default)]
    pub query: Option<String>,
    /// The table.
    #[serde(default)]
    pub table: Option<String>,
    /// SQL condition.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// SQL: the subject's id.
    #[serde(default)]
    pub subject_id: Option<String>,
    /// SQL: what to call it.
    #[serde(default)]
    pub name: Option<String>,
    /// SQL: the amount at stake.
    #[serde(default)]
    pub amount: Option<String>,
    /// SQL: its currency.
    #[serde(default)]
    pub currency: Option<String>,
}

/// Something without which the rule cannot be computed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// A field of a standard table.
    #[serde(default)]
    pub field: Option<String>,
    /// A dated parameter.
    #[serde(default)]
    pub parameter: Option<String>,
    /// SQL over the population's row; false or null means that it is missing.
    pub when: String,
    /// What is missing, in words.
    pub missing: Text,
}

impl Requirement {
    /// What an answer says is missing: the field, or `parameter.NAME`.
    pub fn name(&self) -> String {
        match (&self.field, &self.parameter) {
            (Some(field), _) => field.clone(),
            (None, Some(parameter)) => format!("parameter.{parameter}"),
            (None, None) => "unnamed".to_string(),
        }
    }
}

/// An explanation carried by an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// In words.
    pub text: Text,
}

/// A dated number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterRow {
    /// The rule.
    pub indicator: String,
    /// The number.
    pub name: String,
    /// The authority; empty for everywhere.
    #[serde(default)]
    pub place: String,
    /// The procedure; empty for any.
    #[serde(default)]
    pub procedure: String,
    /// The category; empty for any.
    #[serde(default)]
    pub category: String,
    /// First day (ISO), or empty.
    #[serde(default)]
    pub valid_from: String,
    /// Last day (ISO), or empty.
    #[serde(default)]
    pub valid_to: String,
    /// The value, as a decimal.
    pub value: String,
    /// `published`, `inferred`, `from_memory`, `ours`.
    pub status: String,
    /// Where it comes from.
    #[serde(default)]
    pub source: String,
}

/// Rows in, answers out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows.
    pub title: String,
    /// Rows by table.
    #[serde(default)]
    pub rows: Vec<CaseRows>,
    /// Parameters in place of the pack's.
    #[serde(default)]
    pub parameters: Option<Vec<CaseParameter>>,
    /// Expected answers by subject.
    pub expect: BTreeMap<String, Expected>,
}

/// Rows of one table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRows {
    /// The table.
    pub table: String,
    /// The rows.
    pub values: Vec<toml::Table>,
}

/// A parameter of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseParameter {
    /// The number.
    pub name: String,
    /// The value.
    pub value: toml::Value,
    /// The authority.
    #[serde(default)]
    pub place: String,
    /// The procedure.
    #[serde(default)]
    pub procedure: String,
    /// The category.
    #[serde(default)]
    pub category: String,
    /// First day.
    #[serde(default)]
    pub valid_from: Option<toml::Value>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<toml::Value>,
}

/// An expected answer: `"flagged"`, or a table that also says the value, the note or what is missing.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Expected {
    /// Only the answer.
    Answer(String),
    /// The answer and more.
    Full {
        /// `flagged`, `clear`, `not_computable`.
        answer: String,
        /// Its value.
        #[serde(default)]
        value: Option<toml::Value>,
        /// Its threshold.
        #[serde(default)]
        threshold: Option<toml::Value>,
        /// Its note.
        #[serde(default)]
        note: Option<String>,
        /// What is missing.
        #[serde(default)]
        missing: Option<String>,
    },
}

impl Indicator {
    /// Reads the indicator in `folder` at `root` (with a final `/`).
    pub fn read(folder: &Folder, root: &str) -> Result<Indicator, Error> {
        let path = format!("{root}indicator.toml");
        let mut indicator: Indicator = folder.toml(&path)?;
        let name = root
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or(root);
        if !name.starts_with(&format!("{}_", indicator.code.to_lowercase())) {
            let message = format!(
                "code is `{}`, the folder is `{name}`: it should start with the code",
                indicator.code
            );
            return Err(Error::Wrong { path, message });
        }
        indicator.folder = root.to_string();
        indicator.sql = folder.need(&format!("{root}indicator.sql"))?.to_string();
        indicator.evidence_sql = folder.need(&format!("{root}evidence.sql"))?.to_string();
        indicator.parameter_rows = folder.csv(&format!("{root}parameters.csv"))?;
        for (path, _) in folder.iter() {
            let Some(case) = path
                .strip_prefix(&format!("{root}cases/"))
                .and_then(|rest| rest.strip_suffix(".toml"))
            else {
                continue;
            };
            indicator.cases.insert(case.to_string(), folder.toml(path)?);
        }
        let population = &indicator.population;
        indicator.population_sql = match (&population.query, &population.table) {
            (Some(query), None) => folder.need(&format!("{root}{query}"))?.to_string(),
            (None, Some(table)) => {
                let or_null =
                    |sql: &Option<String>| sql.clone().unwrap_or_else(|| "NULL".to_string());
                format!(
                    "SELECT {} AS subject_id, {} AS name, {} AS amount, {} AS currency, population.*\nFROM {table} AS population\nWHERE {}",
                    population.subject_id.as_deref().unwrap_or("id"),
                    or_null(&population.name),
                    or_null(&population.amount),
                    or_null(&population.currency),
                    population.condition.as_deref().unwrap_or("true"),
                )
            }
            _ => {
                let message = "[population] needs either `query` or `table`".to_string();
                return Err(Error::Wrong { path, message });
            }
        };
        Ok(indicator)
    }
}
