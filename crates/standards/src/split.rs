//! Splits what a compiled query answers: values for the table, problems for the publisher, counts for the coverage.

use crate::error::Error;
use crate::schema::{data_type, table_schema};
use lake::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, StringBuilder, new_null_array,
};
use lake::arrow::compute::{CastOptions, cast_with_options};
use lake::arrow::datatypes::{DataType, Int32Type, Int64Type};
use packs::{FieldType, Standard, Table};
use std::collections::{BTreeMap, HashSet};

/// How far a field is filled.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub filled: i64,
    pub valid: i64,
    pub in_codelist: i64,
}

/// Counts of one layout.
#[derive(Debug, Clone, Default)]
pub(crate) struct LayoutCount {
    pub place: String,
    pub rows: i64,
    pub fields: BTreeMap<String, Count>,
}

/// A parse that failed.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    pub file_id: i64,
    pub part_id: i32,
    pub record: i64,
    pub position: String,
    pub column: String,
    pub code: String,
    pub found: String,
    pub kept: bool,
}

/// What splitting gathers over all batches of a step.
pub(crate) struct Splitter<'a> {
    table: &'a Table,
    codes: BTreeMap<&'a str, HashSet<&'a str>>,
    pub counts: BTreeMap<String, LayoutCount>,
    pub problems: Vec<Failed>,
}

/// Problem rows of one field that are kept one by one; beyond, one row tells how many.
pub(crate) const PROBLEMS_KEPT: usize = 5_000;

impl<'a> Splitter<'a> {
    pub fn new(standard: &'a Standard, table: &'a Table) -> Splitter<'a> {
        let codes = table.fields.iter().filter_map(|field| {
            let list = standard.codelists.get(field.codelist.as_deref()?)?;
            Some((
                field.name.as_str(),
                list.iter().map(|row| row.code.as_str()).collect(),
            ))
        });
        Splitter {
            table,
            codes: codes.collect(),
            counts: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// A batch of the query becomes a batch of the table. `row_state` is filled in later.
    pub fn split(
        &mut self,
        step: &str,
        batch: &RecordBatch,
        columns: &BTreeMap<String, String>,
    ) -> Result<RecordBatch, Error> {
        let arrow = |source| Error::Arrow {
            step: step.to_string(),
            source,
        };
        let schema = table_schema(self.table);
        let rows = batch.num_rows();
        let text = |name: &str| {
            batch
                .column_by_name(name)
                .map(as_text)
                .transpose()
                .map_err(arrow)
        };
        let layouts = text("layout")?.unwrap_or_else(|| StringArray::from(vec![""; rows]));
        let places = text("place")?.unwrap_or_else(|| StringArray::from(vec![""; rows]));
        for row in 0..rows {
            let count = self
                .counts
                .entry(layouts.value(row).to_string())
                .or_default();
            count.rows += 1;
            if count.place.is_empty() {
                count.place = places.value(row).to_string();
            }
        }
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for field in schema.fields().iter().take(lake::system::origin().len()) {
            let array = match batch.column_by_name(field.name()) {
                Some(array) => cast(array, field.data_type()).map_err(arrow)?,
                None => new_null_array(field.data_type(), rows),
            };
            arrays.push(array);
        }
        for field in &self.table.fields {
            let wanted = data_type(field.kind);
            let Some(array) = batch.column_by_name(&field.name) else {
                arrays.push(new_null_array(&wanted, rows));
                if field.kind == FieldType::Date {
                    arrays.extend([
                        new_null_array(&DataType::Utf8, rows),
                        new_null_array(&DataType::Utf8, rows),
                    ]);
                }
                continue;
            };
            let parts = array.as_struct_opt();
            let part = |name: &str| parts.and_then(|parts| parts.column_by_name(name)).cloned();
            let raw_value = if parts.is_some() {
                part("value").unwrap_or_else(|| new_null_array(&wanted, rows))
            } else {
                array.clone()
            };
            let mut value = cast(&raw_value, &wanted).map_err(arrow)?;
            let found = text(&format!("{}__found", field.name))?;
            let mut problem = part("problem")
                .map(|array| as_text(&array))
                .transpose()
                .map_err(arrow)?;
            if matches!(field.kind, FieldType::Latitude | FieldType::Longitude) {
                (value, problem) = within_the_globe(field.kind, value, problem);
            }
            if let Some(problem) = &problem {
                let shown = columns
                    .get(&field.name)
                    .filter(|name| !name.is_empty())
                    .unwrap_or(&field.name);
                self.failed(batch, shown, problem, found.as_ref(), &value);
            }
            self.count(&field.name, &layouts, &value, found.as_ref());
            arrays.push(value.clone());
            if field.kind == FieldType::Date {
                let precision = match part("precision") {
                    Some(precision) => precision,
                    None => day_precision(&value),
                };
                arrays.push(precision);
                arrays.push(part("zone").unwrap_or_else(|| new_null_array(&DataType::Utf8, rows)));
            }
        }
        RecordBatch::try_new(schema, arrays).map_err(arrow)
    }

    fn failed(
        &mut self,
        batch: &RecordBatch,
        column: &str,
        problem: &StringArray,
        found: Option<&StringArray>,
        value: &ArrayRef,
    ) {
        let file_id = batch
            .column_by_name("file_id")
            .map(|array| array.as_primitive::<Int64Type>().clone());
        let part_id = batch
            .column_by_name("part_id")
            .map(|array| array.as_primitive::<Int32Type>().clone());
        let record = batch
            .column_by_name("record")
            .map(|array| array.as_primitive::<Int64Type>().clone());
        let position = batch
            .column_by_name("position")
            .and_then(|array| as_text(array).ok());
        for row in (0..problem.len()).filter(|row| problem.is_valid(*row)) {
            self.problems.push(Failed {
                file_id: file_id.as_ref().map_or(0, |array| array.value(row)),
                part_id: part_id.as_ref().map_or(0, |array| array.value(row)),
                record: record.as_ref().map_or(0, |array| array.value(row)),
                position: position
                    .as_ref()
                    .map_or(String::new(), |array| array.value(row).to_string()),
                column: column.to_string(),
                code: problem.value(row).to_string(),
                found: found
                    .filter(|array| array.is_valid(row))
                    .map_or(String::new(), |array| {
                        array.value(row).chars().take(200).collect()
                    }),
                kept: value.is_valid(row),
            });
        }
    }

    fn count(
        &mut self,
        field: &str,
        layouts: &StringArray,
        value: &ArrayRef,
        found: Option<&StringArray>,
    ) {
        let texts = value.as_string_opt::<i32>();
        let codes = self.codes.get(field);
        for row in 0..value.len() {
            let Some(layout) = self.counts.get_mut(layouts.value(row)) else {
                continue;
            };
            let count = match layout.fields.get_mut(field) {
                Some(count) => count,
                None => layout.fields.entry(field.to_string()).or_default(),
            };
            let valid = value.is_valid(row);
            let filled = valid || found.is_some_and(|found| found.is_valid(row));
            count.filled += i64::from(filled);
            count.valid += i64::from(valid);
            if let (Some(codes), Some(texts), true) = (codes, texts, valid) {
                count.in_codelist += i64::from(codes.contains(texts.value(row)));
            }
        }
    }

    /// Whether a field has a codelist.
    pub fn has_codes(&self, field: &str) -> bool {
        self.codes.contains_key(field)
    }
}

/// Degrees beyond the globe are null and a problem.
fn within_the_globe(
    kind: FieldType,
    value: ArrayRef,
    problem: Option<StringArray>,
) -> (ArrayRef, Option<StringArray>) {
    let most = if kind == FieldType::Latitude {
        90.0
    } else {
        180.0
    };
    let degrees = value.as_primitive::<lake::arrow::datatypes::Float64Type>();
    let mut problems = StringBuilder::new();
    let kept: lake::arrow::array::Float64Array = (0..degrees.len())
        .map(|row| {
            // Six decimals of a degree are a hand's width: more of them are no loss.
            let before = problem
                .as_ref()
                .filter(|array| array.is_valid(row))
                .map(|array| array.value(row).to_string())
                .filter(|code| code != "number_rounded");
            let degree = degrees.is_valid(row).then(|| degrees.value(row));
            let fits = degree.is_none_or(|degree| degree.abs() <= most);
            problems.append_option(if fits {
                before
            } else {
                Some("coordinate_out_of_range".to_string())
            });
            degree.filter(|_| fits)
        })
        .collect();
    (std::sync::Arc::new(kept), Some(problems.finish()))
}

fn day_precision(value: &ArrayRef) -> ArrayRef {
    std::sync::Arc::new(
        (0..value.len())
            .map(|row| value.is_valid(row).then_some("day"))
            .collect::<StringArray>(),
    )
}

/// Casts, with null for what does not fit.
fn cast(array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, lake::arrow::error::ArrowError> {
    if array.data_type() == wanted {
        return Ok(array.clone());
    }
    cast_with_options(
        array,
        wanted,
        &CastOptions {
            safe: true,
            ..Default::default()
        },
    )
}

fn as_text(array: &ArrayRef) -> Result<StringArray, lake::arrow::error::ArrowError> {
    Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone())
}

/// The ordinal columns of a problem batch, kept here so that its column order stands in one place.
pub(crate) fn problem_batch(
    source: &str,
    step: &str,
    problems: &[Failed],
) -> Result<RecordBatch, lake::arrow::error::ArrowError> {
    use std::sync::Arc;
    let text = |of: &dyn Fn(&Failed) -> String| {
        Arc::new(
            problems
                .iter()
                .map(|p| Some(of(p)))
                .collect::<StringArray>(),
        ) as ArrayRef
    };
    let severity = |p: &Failed| if p.kept { "notice" } else { "warning" }.to_string();
    let action = |p: &Failed| if p.kept { "kept as read" } else { "left empty" }.to_string();
    RecordBatch::try_new(
        lake::system::problem(),
        vec![
            text(&|_| source.to_string()),
            Arc::new(Int64Array::from_iter_values(
                problems.iter().map(|p| p.file_id),
            )),
            Arc::new(lake::arrow::array::Int32Array::from_iter_values(
                problems.iter().map(|p| p.part_id),
            )),
            Arc::new(Int64Array::from_iter_values(
                problems.iter().map(|p| p.record),
            )),
            text(&|p| p.position.clone()),
            text(&|p| p.column.clone()),
            text(&|p| p.code.clone()),
            text(&severity),
            text(&|p| p.found.clone()),
            text(&action),
            text(&|_| step.to_string()),
        ],
    )
}
