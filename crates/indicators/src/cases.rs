//! Runs the cases of a rule: rows in, answers out, through the very queries that run on real data.

use crate::error::Error;
use crate::query::queries;
use crate::step::{as_schema, parameter_batch};
use lake::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use lake::arrow::datatypes::{DataType, Decimal128Type, SchemaRef};
use lake::{Engine, Settings, TableName, system};
use packs::{Case, CaseParameter, CaseRows, Expected, Indicator, Packs, ParameterRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change to a parameter: the cases must notice it.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// The number.
    pub name: String,
    /// How much is added.
    pub add: i64,
}

/// A session in which every table exists and is empty. `schemas` gives the columns of the standards' tables.
pub async fn empty_engine(
    packs: &Packs,
    schemas: &dyn Fn(&packs::Table) -> SchemaRef,
) -> Result<Engine, Error> {
    let engine = Engine::new(
        &Settings {
            memory_mib: 512,
            threads: 1,
            ..Settings::default()
        },
        &std::env::temp_dir(),
    )?;
    let own = [
        ("file", system::file()),
        ("problem", system::problem()),
        ("document", system::document()),
        ("release", system::release()),
        ("change", system::change()),
        ("merged_record", system::merged_record()),
        ("coverage", system::coverage()),
        ("parameter", system::parameter()),
        ("source_info", system::source_info()),
        ("place_info", system::place_info()),
    ];
    for (name, schema) in own {
        engine.add_batches(&system::own(name), schema, vec![])?;
    }
    for (name, schema) in [("answer", system::answer()), ("flag", system::flag())] {
        engine.add_batches(&TableName::new("asked", name), schema, vec![])?;
    }
    let links = [
        ("mention", system::link_mention()),
        ("entity", system::link_entity()),
        ("member", system::link_member()),
        ("pair", system::link_pair()),
    ];
    for (name, schema) in links {
        engine.add_batches(&TableName::new("links", name), schema, vec![])?;
    }
    for standard in packs.standards.values() {
        for table in standard.tables.values() {
            for schema in [standard.code.clone(), format!("{}_history", standard.code)] {
                engine.add_batches(
                    &TableName::new(&schema, &table.name),
                    schemas(table),
                    vec![],
                )?;
            }
        }
    }
    Ok(engine)
}

/// A session in which every table exists, with the rows of a case. `path` names the case in errors.
pub async fn filled_engine(
    packs: &Packs,
    rows: &[CaseRows],
    path: &str,
    schemas: &dyn Fn(&packs::Table) -> SchemaRef,
) -> Result<Engine, Error> {
    let wrong = |message: String| Error::Case {
        case: path.to_string(),
        message,
    };
    let engine = empty_engine(packs, schemas).await?;
    let mut tables: BTreeMap<String, Vec<toml::Table>> = BTreeMap::new();
    for rows in rows {
        tables
            .entry(rows.table.clone())
            .or_default()
            .extend(rows.values.iter().cloned());
    }
    for (table, rows) in &tables {
        let (schema_name, table_name) = table.split_once('.').unwrap_or(("cotejo", table));
        let schema = match schema_name {
            "cotejo" => match table_name {
                "source_info" => system::source_info(),
                "file" => system::file(),
                "coverage" => system::coverage(),
                other => return Err(wrong(format!("cases do not know the table `{other}`"))),
            },
            standard => {
                let declared = packs
                    .standards
                    .get(standard.trim_end_matches("_history"))
                    .and_then(|standard| standard.tables.get(table_name));
                schemas(declared.ok_or_else(|| wrong(format!("no table `{table}`")))?)
            }
        };
        let batch = case_batch(&schema, rows).map_err(wrong)?;
        engine.add_batches(
            &TableName::new(schema_name, table_name),
            schema,
            vec![batch],
        )?;
    }
    Ok(engine)
}

/// Runs one case. Out: what differs from what it expects, one line each; empty when it holds.
pub async fn run_case(
    packs: &Packs,
    indicator: &Indicator,
    name: &str,
    case: &Case,
    mutation: Option<&Mutation>,
    schemas: &dyn Fn(&packs::Table) -> SchemaRef,
) -> Result<Vec<String>, Error> {
    let engine = filled_engine(
        packs,
        &case.rows,
        &format!("packs/{}cases/{name}.toml", indicator.folder),
        schemas,
    )
    .await?;
    let mut parameters: Vec<ParameterRow> = match &case.parameters {
        Some(own) => own
            .iter()
            .map(|parameter| own_parameter(indicator, parameter))
            .collect(),
        None => packs
            .parameters
            .iter()
            .filter(|row| row.indicator == indicator.code)
            .cloned()
            .collect(),
    };
    if let Some(mutation) = mutation {
        for row in parameters
            .iter_mut()
            .filter(|row| row.name == mutation.name)
        {
            if let (Some(value), _) = lake::functions::parse_decimal(&row.value) {
                // One unit of the last digit it is written with.
                let decimals = row
                    .value
                    .split_once('.')
                    .map_or(0, |(_, decimals)| decimals.len() as u32);
                row.value = lake::functions::to_text(
                    value + i128::from(mutation.add) * 10i128.pow(6 - decimals.min(6)),
                );
            }
        }
    }
    engine.add_batches(
        &system::own("parameter"),
        system::parameter(),
        vec![parameter_batch(&parameters)?],
    )?;
    let queries = queries(indicator);
    let answers = engine
        .rows(
            &format!("packs/{}indicator.sql", indicator.folder),
            &queries.answers,
        )
        .await?;
    let answers = as_schema(&answers, &system::answer(), name)?;
    engine.add_batches(
        &TableName::new("asked", "answer"),
        system::answer(),
        answers.clone(),
    )?;
    let evidence = engine
        .rows(
            &format!("packs/{}evidence.sql", indicator.folder),
            &queries.evidence,
        )
        .await?;
    let proved: Vec<String> = as_schema(&evidence, &system::evidence(), name)?
        .iter()
        .flat_map(|batch| texts(batch, "subject_id"))
        .collect();
    Ok(compare(case, &answers, &proved))
}

fn own_parameter(indicator: &Indicator, parameter: &CaseParameter) -> ParameterRow {
    let written = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    ParameterRow {
        indicator: indicator.code.clone(),
        name: parameter.name.clone(),
        place: parameter.place.clone(),
        procedure: parameter.procedure.clone(),
        category: parameter.category.clone(),
        valid_from: parameter
            .valid_from
            .as_ref()
            .map(written)
            .unwrap_or_default(),
        valid_to: parameter.valid_to.as_ref().map(written).unwrap_or_default(),
        value: written(&parameter.value),
        status: "ours".to_string(),
        source: "the case".to_string(),
    }
}

fn compare(case: &Case, answers: &[RecordBatch], proved: &[String]) -> Vec<String> {
    let mut differences = Vec::new();
    /// Answer, value, threshold, note, what is missing.
    type Found = (
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for batch in answers {
        let text = |name: &str, row: usize| {
            let array = batch
                .column_by_name(name)
                .expect("a column of answers")
                .as_string::<i32>();
            array.is_valid(row).then(|| array.value(row).to_string())
        };
        let number = |name: &str, row: usize| {
            let array = batch
                .column_by_name(name)
                .expect("a column of answers")
                .as_primitive::<Decimal128Type>();
            array
                .is_valid(row)
                .then(|| lake::functions::to_text(array.value(row)))
        };
        for row in 0..batch.num_rows() {
            let subject = text("subject_id", row).unwrap_or_default();
            let answer = text("answer", row).unwrap_or_default();
            if answer == "flagged" && !proved.contains(&subject) {
                differences.push(format!("{subject}: flagged without evidence"));
            }
            if text("missing", row).as_deref() == Some("unexplained") {
                differences.push(format!(
                    "{subject}: not computable, and no requirement says why"
                ));
            }
            let full = (
                answer,
                number("value", row),
                number("threshold", row),
                text("note", row),
                text("missing", row),
            );
            if found.insert(subject.clone(), full).is_some() {
                differences.push(format!("{subject}: two answers"));
            }
        }
    }
    for (subject, expected) in &case.expect {
        let Some((answer, value, threshold, note, missing)) = found.remove(subject) else {
            differences.push(format!("{subject}: no answer; it is not in the population"));
            continue;
        };
        let mut differs = |what: &str, wanted: &str, found: &str| {
            if wanted != found {
                differences.push(format!("{subject}: {what} is {found}, expected {wanted}"));
            }
        };
        let (wanted_answer, wanted_value, wanted_threshold, wanted_note, wanted_missing) =
            match expected {
                Expected::Answer(answer) => (answer.as_str(), None, None, None, None),
                Expected::Full {
                    answer,
                    value,
                    threshold,
                    note,
                    missing,
                } => (
                    answer.as_str(),
                    value.as_ref(),
                    threshold.as_ref(),
                    Some(note.as_deref().unwrap_or("")),
                    missing.as_deref(),
                ),
            };
        differs("the answer", wanted_answer, &answer);
        if let Some(wanted) = wanted_value {
            differs(
                "the value",
                &plain(wanted),
                value.as_deref().unwrap_or("null"),
            );
        }
        if let Some(wanted) = wanted_threshold {
            differs(
                "the threshold",
                &plain(wanted),
                threshold.as_deref().unwrap_or("null"),
            );
        }
        // An answer written in full without a note has none.
        if let Some(wanted) = wanted_note {
            differs("the note", wanted, note.as_deref().unwrap_or(""));
        }
        if let Some(wanted) = wanted_missing {
            differs("what is missing", wanted, missing.as_deref().unwrap_or(""));
        }
    }
    for subject in found.keys() {
        differences.push(format!(
            "{subject}: answered, and the case does not expect it"
        ));
    }
    differences
}

fn plain(value: &toml::Value) -> String {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    lake::functions::parse_decimal(&text)
        .0
        .map_or(text, lake::functions::to_text)
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    let array = batch
        .column_by_name(name)
        .expect("a column")
        .as_string::<i32>();
    array.iter().flatten().map(str::to_string).collect()
}

/// Rows of a case as a batch: what a row leaves out is null, and its origin is made up.
fn case_batch(schema: &SchemaRef, rows: &[toml::Table]) -> Result<RecordBatch, String> {
    for row in rows {
        if let Some(unknown) = row
            .keys()
            .find(|key| schema.column_with_name(key).is_none())
        {
            let names: Vec<&str> = schema
                .fields()
                .iter()
                .map(|field| field.name().as_str())
                .collect();
            return Err(format!(
                "no column `{unknown}`. Columns there: {}",
                names.join(", ")
            ));
        }
    }
    let made_up = |name: &str, index: usize| match name {
        "source" => Some("case".to_string()),
        "file_id" => Some("1".to_string()),
        "part_id" => Some("0".to_string()),
        "record" => Some((index + 1).to_string()),
        "element" | "place" | "layout" => Some(String::new()),
        "row_state" => Some("current".to_string()),
        _ => None,
    };
    let mut columns: Vec<ArrayRef> = Vec::new();
    for field in schema.fields() {
        let text: StringArray = rows
            .iter()
            .enumerate()
            .map(|(index, row)| match row.get(field.name()) {
                Some(toml::Value::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
                None => made_up(field.name(), index),
            })
            .collect();
        let options = lake::arrow::compute::CastOptions {
            safe: false,
            ..Default::default()
        };
        let column: ArrayRef = Arc::new(text);
        let cast = match field.data_type() {
            DataType::Utf8 => column,
            other => lake::arrow::compute::cast_with_options(&column, other, &options)
                .map_err(|error| format!("{}: {error}", field.name()))?,
        };
        columns.push(cast);
    }
    RecordBatch::try_new(schema.clone(), columns).map_err(|error| error.to_string())
}
