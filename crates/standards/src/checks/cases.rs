//! Runs the cases of a check: rows in, answers out, through the very query that runs on real data.

use super::{look_ups, tally::text};
use crate::error::Error;
use lake::Engine;
use lake::arrow::array::{Array, AsArray};
use lake::arrow::compute::cast;
use lake::arrow::datatypes::DataType;
use packs::{Check, CheckCase, Level};
use std::collections::BTreeMap;

/// A change to a number of a check: its cases must notice it.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// The parameter.
    pub name: String,
    /// How much is added, in units of the last digit it is written with.
    pub add: i64,
}

/// Runs one case in a session that holds its rows. Out: what differs from what it expects, one line each.
pub async fn run_case(
    engine: &Engine,
    check: &Check,
    name: &str,
    case: &CheckCase,
    mutation: Option<&Mutation>,
) -> Result<Vec<String>, Error> {
    let step = format!("packs/{}cases/{name}.toml", check.folder);
    let mut parameters = case.parameters.clone();
    if let Some(mutation) = mutation {
        let own = || check.parameters[&mutation.name].default.clone();
        let value = parameters.remove(&mutation.name).unwrap_or_else(own);
        parameters.insert(mutation.name.clone(), moved(&value, mutation.add));
    }
    let Some(query) = check.query(&parameters) else {
        return Ok(vec!["a check that cannot be computed has no cases".to_string()]);
    };
    let sources = BTreeMap::from([("case".to_string(), case.in_standard)]);
    look_ups(engine, check, &sources)?;
    let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut differences = Vec::new();
    for batch in engine.rows(&step, &query).await? {
        let column = |name: &str, kind: &DataType| {
            let array = batch.column_by_name(name);
            let array = array.unwrap_or_else(|| panic!("{step}: no column `{name}`"));
            cast(array, kind).map_err(|source| Error::Arrow { step: step.clone(), source })
        };
        for row in 0..batch.num_rows() {
            let cell = |name: &str| Ok(text(&column(name, &DataType::Utf8)?, row).unwrap_or_default());
            let source = cell("source")?;
            let (key, answer, value) = if check.counts {
                (format!("{source} {}", cell("path")?), "measured", format!("{} of {}", cell("passed")?, cell("applicable")?))
            } else {
                let passed = column("passed", &DataType::Boolean)?;
                let passed = passed.as_boolean();
                let answer = match passed.is_valid(row).then(|| passed.value(row)) {
                    Some(true) => "passes",
                    Some(false) => "fails",
                    None if check.level == Level::Dataset && cell("note")?.is_empty() => "measured",
                    None => "does_not_apply",
                };
                let key = match check.level {
                    Level::Dataset => source,
                    _ => format!("{} {}", cell("subject")?, cell("path")?),
                };
                (key, answer, cell("value")?)
            };
            if found.insert(key.clone(), (answer.to_string(), value)).is_some() {
                differences.push(format!("{key}: two answers"));
            }
        }
    }
    for (key, expected) in &case.expect {
        let (wanted, value) = expected.parts();
        // What does not apply may be left out altogether.
        let none = || ("does_not_apply".to_string(), String::new());
        let (answer, found) = found.remove(key).unwrap_or_else(none);
        if wanted != answer {
            differences.push(format!("{key}: it {answer} ({found}), expected: {wanted}"));
        }
        if value.is_some_and(|value| plain(value) != plain(&found)) {
            differences.push(format!("{key}: the value is {found}, expected {}", value.unwrap_or_default()));
        }
    }
    let more = found.iter().filter(|(_, (answer, _))| answer != "does_not_apply");
    differences.extend(more.map(|(key, (answer, _))| format!("{key}: it {answer}, and the case does not expect it")));
    Ok(differences)
}

/// Numbers are compared as numbers.
fn plain(value: &str) -> String {
    let number = lake::functions::parse_decimal(value);
    match number {
        (Some(number), None) => lake::functions::to_text(number),
        _ => value.to_string(),
    }
}

fn moved(value: &toml::Value, add: i64) -> toml::Value {
    match value {
        toml::Value::Integer(number) => toml::Value::Integer(number + add),
        toml::Value::Float(number) => {
            let written = number.to_string();
            let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let unit = 10f64.powi(-(decimals as i32));
            let text = format!("{:.decimals$}", number + add as f64 * unit);
            toml::Value::Float(text.parse().expect("a number written by this line"))
        }
        other => other.clone(),
    }
}
