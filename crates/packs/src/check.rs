//! A check of the quality of data: what it asks, its query, its numbers, its cases.

use crate::error::Error;
use crate::folder::Folder;
use crate::indicator::CaseRows;
use crate::text::{Citation, Text};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A check and everything its folder says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What it looks at.
    pub level: Level,
    /// What it is called: what holds when it passes.
    pub title: Text,
    /// The question it answers.
    pub question: Text,
    /// When it has nothing to say.
    pub applies: Text,
    /// Why it matters.
    pub why: Text,
    /// How a publisher mends it.
    pub mend: Text,
    /// How bad a failure is: `error`, `warning`, `notice`.
    pub severity: String,
    /// Whether its query answers counts, not the things counted: nothing is told one by one.
    #[serde(default)]
    pub counts: bool,
    /// The share of things that is more than enough for the whole to pass; without it, all must.
    #[serde(default)]
    pub enough: Option<f64>,
    /// Why it cannot be known here; such a check has no query.
    #[serde(default)]
    pub not_computable: Option<Text>,
    /// Its numbers and words, by the name the query calls them with a `$` before it.
    #[serde(default)]
    pub parameters: BTreeMap<String, CheckParameter>,
    /// Where it comes from.
    pub source: Vec<Citation>,
    /// The name of its folder; the code of its problems.
    #[serde(skip)]
    pub name: String,
    /// The folder in the packs, with a final `/`.
    #[serde(skip)]
    pub folder: String,
    /// `check.sql`, with its parameters as `$name`.
    #[serde(skip)]
    pub sql: Option<String>,
    /// `list.csv`: the table `asked.list` of its query.
    #[serde(skip)]
    pub list: Vec<ListRow>,
    /// `cases/*.toml` by file name.
    #[serde(skip)]
    pub cases: BTreeMap<String, CheckCase>,
}

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A value by itself.
    Field,
    /// Values of one record beside each other.
    Release,
    /// All records of a source.
    Dataset,
    /// Two editions of a source.
    Time,
}

impl Level {
    /// As it is written in packs and tables.
    pub fn name(self) -> &'static str {
        match self {
            Level::Field => "field",
            Level::Release => "release",
            Level::Dataset => "dataset",
            Level::Time => "time",
        }
    }
}

/// A number, a word or several words that a query uses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckParameter {
    /// Its value.
    pub default: toml::Value,
    /// What it means.
    pub meaning: Text,
}

/// A value a query looks up, with what is known of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRow {
    /// The value.
    pub value: String,
    /// A second value, when the list pairs two.
    #[serde(default)]
    pub meant: String,
    /// The least of a range, as a decimal.
    #[serde(default)]
    pub least: String,
    /// The most of a range, as a decimal.
    #[serde(default)]
    pub most: String,
}

/// Rows in, answers out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckCase {
    /// What the case shows.
    pub title: String,
    /// Rows by table.
    #[serde(default)]
    pub rows: Vec<CaseRows>,
    /// Parameters in place of the pack's.
    #[serde(default)]
    pub parameters: BTreeMap<String, toml::Value>,
    /// Whether the rows come from documents of the standard, and not from a mapping.
    #[serde(default = "yes")]
    pub in_standard: bool,
    /// By subject and path (`ocid awards/date`), or by source for a dataset: `passes`, `fails`, `does_not_apply`.
    pub expect: BTreeMap<String, CheckExpected>,
}

fn yes() -> bool {
    true
}

/// An expected answer, alone or with the value it is given for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum CheckExpected {
    /// Only the answer.
    Answer(String),
    /// The answer and more.
    Full {
        /// `passes`, `fails`, `does_not_apply`, `measured`.
        answer: String,
        /// The value or measure.
        #[serde(default)]
        value: Option<String>,
        /// The examples of a data set.
        #[serde(default)]
        examples: Option<String>,
    },
}

impl CheckExpected {
    /// The answer, and the value and examples when the case says them.
    pub fn parts(&self) -> (&str, Option<&str>, Option<&str>) {
        match self {
            CheckExpected::Answer(answer) => (answer, None, None),
            CheckExpected::Full {
                answer,
                value,
                examples,
            } => (answer, value.as_deref(), examples.as_deref()),
        }
    }
}

impl Check {
    /// Reads the check in `folder` at `root` (with a final `/`).
    ///
    /// Errors: a file that is missing or not understood, a parameter that is not used or not declared.
    pub fn read(folder: &Folder, root: &str) -> Result<Check, Error> {
        let path = format!("{root}check.toml");
        let mut check: Check = folder.toml(&path)?;
        let name = root.trim_end_matches('/').rsplit('/').next();
        check.name = name.unwrap_or(root).to_string();
        check.folder = root.to_string();
        check.sql = folder.get(&format!("{root}check.sql")).map(str::to_string);
        check.list = folder.csv(&format!("{root}list.csv"))?;
        for (path, _) in folder.iter() {
            let Some(case) = path
                .strip_prefix(&format!("{root}cases/"))
                .and_then(|rest| rest.strip_suffix(".toml"))
            else {
                continue;
            };
            check.cases.insert(case.to_string(), folder.toml(path)?);
        }
        let wrong = |message: String| Error::Wrong {
            path: path.clone(),
            message,
        };
        if !["error", "warning", "notice"].contains(&check.severity.as_str()) {
            return Err(wrong(format!("no severity `{}`", check.severity)));
        }
        match (&check.sql, &check.not_computable) {
            (Some(_), None) => {}
            (None, Some(_)) => return Ok(check),
            _ => {
                let message = "either check.sql or `not_computable`, and not both".to_string();
                return Err(wrong(message));
            }
        }
        let mut used = BTreeSet::new();
        check
            .query_with(&BTreeMap::new(), &mut used)
            .map_err(wrong)?;
        if let Some(idle) = check.parameters.keys().find(|name| !used.contains(*name)) {
            return Err(wrong(format!("the query does not use `{idle}`")));
        }
        for (name, case) in &check.cases {
            let declared = |given: &&String| !check.parameters.contains_key(*given);
            if let Some(unknown) = case.parameters.keys().find(declared) {
                let path = format!("{root}cases/{name}.toml");
                let message = format!("no parameter `{unknown}`");
                return Err(Error::Wrong { path, message });
            }
        }
        Ok(check)
    }

    /// The names of its parameters that are numbers.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        let is_number = |value: &toml::Value| value.is_integer() || value.is_float();
        let numbers = self
            .parameters
            .iter()
            .filter(move |(_, one)| is_number(&one.default));
        numbers.map(|(name, _)| name.as_str())
    }

    /// Its query with its parameters written in, those of `instead` in place of its own; `None` when it has none.
    pub fn query(&self, instead: &BTreeMap<String, toml::Value>) -> Option<String> {
        self.sql.as_ref()?;
        let query = self.query_with(instead, &mut BTreeSet::new());
        Some(query.expect("parameters were checked when the check was read"))
    }

    fn query_with(
        &self,
        instead: &BTreeMap<String, toml::Value>,
        used: &mut BTreeSet<String>,
    ) -> Result<String, String> {
        let sql = self.sql.as_deref().unwrap_or_default();
        let mut query = String::with_capacity(sql.len());
        let mut quoted = false;
        for line in sql.lines() {
            let mut rest = line;
            // A comment ends its line, a text in quotes may not hold a parameter.
            while let Some(at) = rest.find(['\'', '$', '-']) {
                query.push_str(&rest[..at]);
                let sign = &rest[at..at + 1];
                rest = &rest[at + 1..];
                match sign {
                    "'" => quoted = !quoted,
                    "-" if !quoted && rest.starts_with('-') => {
                        rest = "";
                        continue;
                    }
                    "$" if !quoted => {
                        let end = rest
                            .find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_')
                            .unwrap_or(rest.len());
                        let name = &rest[..end];
                        let parameter = self
                            .parameters
                            .get(name)
                            .ok_or_else(|| format!("the query asks for `${name}`"))?;
                        let value = instead.get(name).unwrap_or(&parameter.default);
                        query.push_str(&literal(name, value)?);
                        used.insert(name.to_string());
                        rest = &rest[end..];
                        continue;
                    }
                    _ => {}
                }
                query.push_str(sign);
            }
            query.push_str(rest);
            query.push('\n');
        }
        // Its lines keep their numbers, for errors.
        let query = query.trim_end().trim_end_matches(';');
        Ok(query.trim_end().to_string())
    }
}

/// A value as SQL says it; several words are a list in brackets.
fn literal(name: &str, value: &toml::Value) -> Result<String, String> {
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    Ok(match value {
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => format!("CAST('{number}' AS DECIMAL(24, 6))"),
        toml::Value::String(word) => text(word),
        toml::Value::Datetime(day) => format!("CAST('{day}' AS DATE)"),
        toml::Value::Array(words) if !words.is_empty() => {
            let words: Option<Vec<String>> =
                words.iter().map(|word| word.as_str().map(text)).collect();
            let words = words.ok_or_else(|| format!("`{name}` lists something that is no text"))?;
            format!("({})", words.join(", "))
        }
        _ => return Err(format!("`{name}` is no number, text, day or list of texts")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str) -> Result<String, String> {
        let words = "{ es = 'x', en = 'x' }";
        let text = format!(
            "level = 'field'\nseverity = 'notice'\nsource = []\ntitle = {words}\nquestion = {words}\n\
             applies = {words}\nwhy = {words}\nmend = {words}\n\
             [parameters.most]\ndefault = 1.5\nmeaning = {words}\n\
             [parameters.codes]\ndefault = ['a', \"b's\"]\nmeaning = {words}\n"
        );
        let mut check: Check = toml::from_str(&text).unwrap();
        check.sql = Some(sql.to_string());
        check.query_with(&BTreeMap::new(), &mut BTreeSet::new())
    }

    #[test]
    fn parameters_are_written_in_and_nothing_else() {
        assert_eq!(
            check("-- at most $most\nSELECT '$most' - $most, x IN $codes -- $none\n;").unwrap(),
            "\nSELECT '$most' - CAST('1.5' AS DECIMAL(24, 6)), x IN ('a', 'b''s')"
        );
        assert_eq!(
            check("SELECT $least").unwrap_err(),
            "the query asks for `$least`"
        );
    }
}
