//! Counts what a check answers about each source, and keeps the first failures.

use crate::split::PROBLEMS_KEPT;
use lake::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use lake::arrow::compute::cast;
use lake::arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type};
use lake::arrow::error::ArrowError;
use packs::{Check, Level};
use std::collections::{BTreeMap, BinaryHeap};

/// What a check found in one source.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub applicable: i64,
    pub passed: i64,
    pub failed: i64,
    /// The measure of a data set, as it is stored.
    pub value: Option<i128>,
    pub examples: Option<String>,
    pub note: Option<String>,
    pub kept: BinaryHeap<Failure>,
}

/// Something that fails, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Failure {
    pub file_id: Option<i64>,
    pub part_id: Option<i32>,
    pub record: Option<i64>,
    pub element: String,
    pub path: String,
    pub value: String,
    pub subject: String,
}

impl Tally {
    /// `passed`, `failed`, `measured` or `not_applicable`.
    pub fn result(&self, check: &Check) -> &'static str {
        let share = self.passed as f64 / self.applicable.max(1) as f64;
        match self {
            Tally {
                applicable: 1.., ..
            } if check.counts => "measured",
            Tally { failed: 1.., .. } if check.enough.is_none_or(|enough| share <= enough) => {
                "failed"
            }
            Tally {
                applicable: 1.., ..
            } => "passed",
            Tally {
                value: Some(_),
                note: None,
                ..
            } => "measured",
            _ => "not_applicable",
        }
    }

    /// The measure of a data set, or the share of things that pass, with six decimals.
    pub fn measure(&self) -> Option<i128> {
        let applicable = i128::from(self.applicable);
        let share = |_| (i128::from(self.passed) * 1_000_000 + applicable / 2) / applicable;
        self.value
            .or_else(|| (applicable > 0).then_some(()).map(share))
    }

    /// The failures kept, in order.
    pub fn failures(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.kept).into_sorted_vec()
    }

    fn keep(&mut self, failure: Failure) {
        if self.kept.len() < PROBLEMS_KEPT {
            self.kept.push(failure);
        } else if self.kept.peek().is_some_and(|last| failure < *last) {
            self.kept.pop();
            self.kept.push(failure);
        }
    }
}

/// Adds a batch of what `check` answers.
///
/// Errors: a column that is missing, or of another kind than its name says.
pub(crate) fn add(
    tallies: &mut BTreeMap<String, Tally>,
    check: &Check,
    batch: &RecordBatch,
) -> Result<(), ArrowError> {
    let column = |name: &str, kind: DataType| -> Result<ArrayRef, ArrowError> {
        let array = batch.column_by_name(name).ok_or_else(|| {
            ArrowError::SchemaError(format!("no column `{name}` in what the query answers"))
        })?;
        cast(array, &kind)
    };
    let sources = column("source", DataType::Utf8)?;
    let sources = sources.as_string::<i32>();
    if check.counts {
        let applicable = column("applicable", DataType::Int64)?;
        let passed = column("passed", DataType::Int64)?;
        for row in 0..batch.num_rows() {
            let tally = tallies.entry(sources.value(row).to_string()).or_default();
            tally.applicable += applicable.as_primitive::<Int64Type>().value(row);
            tally.passed += passed.as_primitive::<Int64Type>().value(row);
            tally.failed = tally.applicable - tally.passed;
        }
        return Ok(());
    }
    let passed = column("passed", DataType::Boolean)?;
    let passed = passed.as_boolean();
    if check.level == Level::Dataset {
        let value = column("value", lake::system::DECIMAL)?;
        let value = value.as_primitive::<Decimal128Type>();
        let (examples, note) = (
            column("examples", DataType::Utf8)?,
            column("note", DataType::Utf8)?,
        );
        for row in 0..batch.num_rows() {
            let tally = tallies.entry(sources.value(row).to_string()).or_default();
            tally.value = value.is_valid(row).then(|| value.value(row));
            tally.examples = text(&examples, row);
            tally.note = text(&note, row);
            if passed.is_valid(row) {
                tally.applicable = 1;
                tally.passed = i64::from(passed.value(row));
                tally.failed = 1 - tally.passed;
            }
        }
        return Ok(());
    }
    let [subject, path, value, element] = [
        column("subject", DataType::Utf8)?,
        column("path", DataType::Utf8)?,
        column("value", DataType::Utf8)?,
        column("element", DataType::Utf8)?,
    ];
    let file_id = column("file_id", DataType::Int64)?;
    let part_id = column("part_id", DataType::Int32)?;
    let record = column("record", DataType::Int64)?;
    let file_id = file_id.as_primitive::<Int64Type>();
    let part_id = part_id.as_primitive::<Int32Type>();
    let record = record.as_primitive::<Int64Type>();
    for row in (0..batch.num_rows()).filter(|row| passed.is_valid(*row)) {
        let source = sources.value(row);
        if !tallies.contains_key(source) {
            tallies.insert(source.to_string(), Tally::default());
        }
        let tally = tallies.get_mut(source).expect("just put there");
        tally.applicable += 1;
        if passed.value(row) {
            tally.passed += 1;
            continue;
        }
        tally.failed += 1;
        tally.keep(Failure {
            file_id: file_id.is_valid(row).then(|| file_id.value(row)),
            part_id: part_id.is_valid(row).then(|| part_id.value(row)),
            record: record.is_valid(row).then(|| record.value(row)),
            element: text(&element, row).unwrap_or_default(),
            path: text(&path, row).unwrap_or_default(),
            value: text(&value, row).unwrap_or_default(),
            subject: text(&subject, row).unwrap_or_default(),
        });
    }
    Ok(())
}

/// A cell of text.
pub(crate) fn text(array: &ArrayRef, row: usize) -> Option<String> {
    let array = array.as_string::<i32>();
    array.is_valid(row).then(|| array.value(row).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failures_are_kept_in_whatever_order_they_come() {
        let failure = |record| Failure {
            file_id: Some(1),
            part_id: Some(0),
            record: Some(record),
            element: String::new(),
            path: "date".to_string(),
            value: String::new(),
            subject: String::new(),
        };
        let mut tally = Tally::default();
        let count = PROBLEMS_KEPT as i64 + 10;
        (0..count)
            .rev()
            .for_each(|record| tally.keep(failure(record)));
        let kept: Vec<Option<i64>> = tally
            .failures()
            .iter()
            .map(|failure| failure.record)
            .collect();
        let first: Vec<Option<i64>> = (0..PROBLEMS_KEPT as i64).map(Some).collect();
        assert_eq!(kept, first);
    }
}
