//! Runs the cases of a check: rows in, answers out, through the very query that runs on real data.

use super::look_ups;
use super::tally::text;
use crate::error::Error;
use lake::Engine;
use lake::arrow::array::{Array, AsArray, RecordBatch};
use lake::arrow::compute::cast;
use lake::arrow::datatypes::DataType;
use packs::{Check, CheckCase, Level, Standard};
use std::collections::BTreeMap;

/// A change to a number of a check: its cases must notice it.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// The parameter.
    pub name: String,
    /// How much is added, in units of the last digit it is written with.
    pub add: i64,
}

/// What a check says of one thing.
struct Answer {
    /// `ocid awards/date`; the source, for a data set.
    key: String,
    answer: &'static str,
    value: String,
    examples: String,
}

/// Runs one case in a session that holds its rows. Out: what differs from what it expects, one line each.
pub async fn run_case(
    engine: &Engine,
    standard: &Standard,
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
        let message = "a check that cannot be computed has no cases";
        return Ok(vec![message.to_string()]);
    };
    let sources = BTreeMap::from([("case".to_string(), case.in_standard)]);
    look_ups(engine, standard, check, &sources)?;
    let mut found: BTreeMap<String, Answer> = BTreeMap::new();
    let mut differences = Vec::new();
    for batch in engine.rows(&step, &query).await? {
        for answer in answers(check, &batch).map_err(|source| Error::Arrow {
            step: step.clone(),
            source,
        })? {
            let key = answer.key.clone();
            if found.insert(key.clone(), answer).is_some() {
                differences.push(format!("{key}: two answers"));
            }
        }
    }
    for (key, expected) in &case.expect {
        let (wanted, value, examples) = expected.parts();
        // What does not apply may be left out altogether.
        let answer = found.remove(key).unwrap_or_else(|| Answer {
            key: key.clone(),
            answer: "does_not_apply",
            value: String::new(),
            examples: String::new(),
        });
        let mut differs = |what: &str, wanted: &str, found: &str| {
            if wanted != found {
                differences.push(format!("{key}: {what} is `{found}`, expected `{wanted}`"));
            }
        };
        differs("the answer", wanted, answer.answer);
        if let Some(value) = value {
            differs("the value", &plain(value), &plain(&answer.value));
        }
        if let Some(examples) = examples {
            differs("the list of examples", examples, &answer.examples);
        }
    }
    let more = found
        .values()
        .filter(|found| found.answer != "does_not_apply");
    differences.extend(more.map(|found| {
        let Answer { key, answer, .. } = found;
        format!("{key}: {answer}, and the case does not expect it")
    }));
    Ok(differences)
}

fn answers(
    check: &Check,
    batch: &RecordBatch,
) -> Result<Vec<Answer>, lake::arrow::error::ArrowError> {
    let column = |name: &str| {
        let array = batch.column_by_name(name);
        array.map(|array| cast(array, &DataType::Utf8)).transpose()
    };
    let names = [
        "source",
        "subject",
        "path",
        "value",
        "examples",
        "note",
        "applicable",
    ];
    let mut columns = BTreeMap::new();
    for name in names {
        columns.insert(name, column(name)?);
    }
    let passed = column("passed")?;
    let judged = match check.counts {
        false => batch
            .column_by_name("passed")
            .map(|array| cast(array, &DataType::Boolean))
            .transpose()?,
        true => None,
    };
    let one = |row: usize| {
        let cell = |name: &str| {
            let array = columns[name].as_ref();
            array.and_then(|array| text(array, row)).unwrap_or_default()
        };
        let judged = judged.as_ref().map(|array| array.as_boolean());
        let answer = match judged.map(|array| array.is_valid(row).then(|| array.value(row))) {
            None => "measured",
            Some(Some(true)) => "passes",
            Some(Some(false)) => "fails",
            Some(None) if check.level == Level::Dataset && cell("note").is_empty() => "measured",
            Some(None) => "does_not_apply",
        };
        let (key, value) = match check.level {
            _ if check.counts => {
                let passed = passed.as_ref().and_then(|array| text(array, row));
                let value = format!("{} of {}", passed.unwrap_or_default(), cell("applicable"));
                (format!("{} {}", cell("source"), cell("path")), value)
            }
            Level::Dataset => (cell("source"), cell("value")),
            _ => (
                format!("{} {}", cell("subject"), cell("path")),
                cell("value"),
            ),
        };
        let examples = cell("examples");
        Answer {
            key,
            answer,
            value,
            examples,
        }
    };
    Ok((0..batch.num_rows()).map(one).collect())
}

/// Numbers are compared as numbers, with six decimals.
fn plain(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(number) => format!("{number:.6}"),
        Err(_) => value.to_string(),
    }
}

fn moved(value: &toml::Value, add: i64) -> toml::Value {
    match value {
        toml::Value::Integer(number) => toml::Value::Integer(number + add),
        toml::Value::Float(number) => {
            let written = number.to_string();
            let decimals = written
                .split_once('.')
                .map_or(0, |(_, decimals)| decimals.len());
            let unit = 10f64.powi(-(decimals as i32));
            let text = format!("{:.decimals$}", number + add as f64 * unit);
            toml::Value::Float(text.parse().expect("a number written by this line"))
        }
        other => other.clone(),
    }
}
