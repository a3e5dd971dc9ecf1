//! Checks of the quality of a standard's rows, as packs say them.
//!
//! A check reads the tables of its standard and says of each thing whether it passes, fails, or whether the check
//! does not apply to it. What was published stays as it is: a failure is a row of `problem` and a count of
//! `check_result`.

pub mod cases;
mod step;
mod tally;

pub use step::run_all;

use crate::error::Error;
use lake::arrow::array::{BooleanArray, RecordBatch, StringArray};
use lake::{Engine, TableName, system};
use packs::{Check, Packs, Standard};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The columns each kind of check answers, in any order.
pub fn columns(check: &Check) -> &'static [&'static str] {
    match check.level {
        _ if check.counts => &["source", "path", "applicable", "passed"],
        packs::Level::Dataset => &["source", "value", "passed", "examples", "note"],
        _ => &[
            "source", "subject", "path", "value", "passed", "file_id", "part_id", "record",
            "element",
        ],
    }
}

/// The lake's own tables a check may read, beside those of its standard.
const OWN: [&str; 3] = ["coverage", "source_info", "place_info"];

/// Whether a check of `standard` may read `table`.
fn on_its_left(standard: &Standard, table: &TableName) -> bool {
    let schema = table.schema.as_str();
    schema == standard.code
        || schema.strip_suffix("_history") == Some(&standard.code)
        || (schema == "asked" && ["list", "source", "field"].contains(&table.name.as_str()))
        || (schema == "cotejo" && OWN.contains(&table.name.as_str()))
}

/// Makes what a check may look up beside the stored tables visible: its list, what is known of the sources, and the
/// fields that the published standard has.
fn look_ups(
    engine: &Engine,
    standard: &Standard,
    check: &Check,
    in_standard: &BTreeMap<String, bool>,
) -> Result<(), Error> {
    let arrow = |source| Error::Arrow {
        step: format!("packs/{}", check.folder),
        source,
    };
    let text = |of: fn(&packs::ListRow) -> &String| {
        let values = check.list.iter().map(|row| Some(of(row).as_str()));
        Arc::new(values.collect::<StringArray>()) as _
    };
    let schema = system::columns(&["value", "meant", "least", "most"].map(|name| (name, TEXT)));
    let columns = vec![
        text(|row| &row.value),
        text(|row| &row.meant),
        text(|row| &row.least),
        text(|row| &row.most),
    ];
    let list = RecordBatch::try_new(schema.clone(), columns).map_err(arrow)?;
    engine.add_batches(&TableName::new("asked", "list"), schema, vec![list])?;
    let schema = system::columns(&[
        ("source", TEXT),
        ("in_standard", lake::arrow::datatypes::DataType::Boolean),
    ]);
    let sources: StringArray = in_standard.keys().map(Some).collect();
    let whether: BooleanArray = in_standard.values().map(|is| Some(*is)).collect();
    let sources = RecordBatch::try_new(schema.clone(), vec![Arc::new(sources), Arc::new(whether)])
        .map_err(arrow)?;
    engine.add_batches(&TableName::new("asked", "source"), schema, vec![sources])?;
    let published = standard.tables.values().flat_map(|table| {
        let list = table.places().next().unwrap_or_default();
        let fields = table.fields.iter();
        fields.filter_map(move |field| {
            Some([table.name.clone(), field.name.clone(), field.path_in(list)?])
        })
    });
    let fields: Vec<[String; 3]> = published.collect();
    let text = |column: usize| {
        let values = fields.iter().map(|field| Some(field[column].as_str()));
        Arc::new(values.collect::<StringArray>()) as _
    };
    let schema = system::columns(&["table_name", "field", "path"].map(|name| (name, TEXT)));
    let fields =
        RecordBatch::try_new(schema.clone(), vec![text(0), text(1), text(2)]).map_err(arrow)?;
    engine.add_batches(&TableName::new("asked", "field"), schema, vec![fields])?;
    Ok(())
}

const TEXT: lake::arrow::datatypes::DataType = lake::arrow::datatypes::DataType::Utf8;

/// Plans every check of `standard` in a session in which every table exists. Out: what is wrong, one line each.
pub async fn check_packs(engine: &Engine, standard: &Standard) -> Result<Vec<String>, Error> {
    let mut broken = Vec::new();
    for check in standard.checks.values() {
        let place = format!("packs/{}", check.folder);
        let texts = [
            &check.title,
            &check.question,
            &check.applies,
            &check.why,
            &check.mend,
        ];
        let of_parameters = check
            .parameters
            .values()
            .map(|parameter| &parameter.meaning);
        let mut texts = texts
            .into_iter()
            .chain(of_parameters)
            .chain(&check.not_computable);
        if texts.any(|text| text.es.trim().is_empty() || text.en.trim().is_empty()) {
            broken.push(format!(
                "{place}check.toml: a text is missing in Spanish or English"
            ));
        }
        let Some(query) = check.query(&BTreeMap::new()) else {
            continue;
        };
        look_ups(engine, standard, check, &BTreeMap::new())?;
        let origin = format!("{place}check.sql");
        let frame = match engine.frame(&origin, &query).await {
            Ok(frame) => frame,
            Err(error) => {
                broken.push(error.to_string());
                continue;
            }
        };
        for name in columns(check) {
            if frame.schema().field_with_unqualified_name(name).is_err() {
                broken.push(format!("{origin}: no column `{name}` in what it answers"));
            }
        }
        for table in engine.tables_of(&origin, &query).await? {
            if !on_its_left(standard, &table) {
                broken.push(format!("{origin}: reads {table}, which is not on its left"));
            }
        }
    }
    Ok(broken)
}

/// The sources of the packs, and whether their files are documents of the standard itself.
fn in_standard(packs: &Packs, standard: &Standard) -> BTreeMap<String, bool> {
    let is = |source: &packs::Source| {
        let of = |layout: &packs::Layout| layout.standard.as_deref() == Some(&standard.code);
        source.layouts.iter().any(of)
    };
    let sources = packs.sources.values();
    sources
        .map(|source| (source.code.clone(), is(source)))
        .collect()
}
