//! Which rows are current: equal keys count once, and of a snapshot only the latest edition counts.

use lake::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use lake::arrow::datatypes::{Date32Type, SchemaRef};
use lake::arrow::row::{RowConverter, SortField};
use packs::Publishes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

/// What is remembered of each row until all have passed: its key and its edition.
#[derive(Default)]
pub(crate) struct States {
    rows: Vec<([u8; 16], i32, Standing)>,
}

/// What a row is to the process it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It stands for itself.
    Own,
    /// Its record was merged with others into one that holds in its place.
    Replaced,
    /// It is of a record that others were merged into.
    Merged,
}

/// An edition without a date is older than any with one.
const UNDATED: i32 = i32::MIN;

impl States {
    /// Takes note of a batch. `key` are columns of the table; rows whose key is all null are each their own thing.
    pub fn add(
        &mut self,
        batch: &RecordBatch,
        key: &[String],
        standing: &dyn Fn(usize) -> Standing,
    ) -> Result<(), lake::arrow::error::ArrowError> {
        let arrays: Vec<ArrayRef> = key
            .iter()
            .filter_map(|name| batch.column_by_name(name).cloned())
            .collect();
        let converter = RowConverter::new(
            arrays
                .iter()
                .map(|array| SortField::new(array.data_type().clone()))
                .collect(),
        )?;
        let keys = converter.convert_columns(&arrays)?;
        let editions = batch
            .column_by_name("edition_date")
            .map(|array| array.as_primitive::<Date32Type>().clone());
        for row in 0..batch.num_rows() {
            let known = arrays.iter().any(|array| array.is_valid(row));
            let mut hash = Sha256::new();
            match known {
                true => hash.update(keys.row(row).as_ref()),
                false => hash.update((self.rows.len() as u64).to_le_bytes()),
            }
            let mut id = [0; 16];
            id.copy_from_slice(&hash.finalize()[..16]);
            let edition = editions
                .as_ref()
                .filter(|array| array.is_valid(row))
                .map_or(UNDATED, |array| array.value(row));
            self.rows.push((id, edition, standing(row)));
        }
        Ok(())
    }

    /// The state of every row, in the order they came.
    pub fn decide(&self, publishes: Publishes) -> Vec<&'static str> {
        let latest = self
            .rows
            .iter()
            .map(|(_, edition, _)| *edition)
            .max()
            .unwrap_or(UNDATED);
        let mut best: HashMap<[u8; 16], usize> = HashMap::new();
        for (index, (id, _, standing)) in self.rows.iter().enumerate() {
            if *standing == Standing::Replaced {
                continue;
            }
            let known = best.entry(*id).or_insert(index);
            // What releases were merged into comes before any of them.
            let rank = |(_, edition, standing): &([u8; 16], i32, Standing)| {
                (*standing == Standing::Merged, *edition)
            };
            if rank(&self.rows[index]) > rank(&self.rows[*known]) {
                *known = index;
            }
        }
        let state = |(index, (id, edition, standing)): (usize, &([u8; 16], i32, Standing))| {
            let Some(current) = best
                .get(id)
                .copied()
                .filter(|_| *standing != Standing::Replaced)
            else {
                return "superseded";
            };
            match () {
                () if publishes == Publishes::Snapshot && *edition < latest => "superseded",
                () if current == index && *standing == Standing::Merged => "merged",
                () if current == index => "current",
                () if self.rows[current].1 == *edition => "repeated",
                () => "superseded",
            }
        };
        self.rows.iter().enumerate().map(state).collect()
    }
}

/// `batch` with its `row_state` filled in.
pub(crate) fn with_state(
    batch: &RecordBatch,
    schema: &SchemaRef,
    states: &[&'static str],
) -> Result<RecordBatch, lake::arrow::error::ArrowError> {
    let mut columns = batch.columns().to_vec();
    let index = schema.index_of("row_state")?;
    columns[index] = Arc::new(
        states
            .iter()
            .map(|state| Some(*state))
            .collect::<StringArray>(),
    );
    RecordBatch::try_new(schema.clone(), columns)
}
