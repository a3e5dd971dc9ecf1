//! Rows of the table `document`: the pieces of a document of a standard, gathered until they are written.

use crate::error::Error;
use crate::reading::Piece;
use lake::arrow::array::{Int32Builder, Int64Array, Int64Builder, RecordBatch, StringBuilder};
use lake::system;
use std::sync::Arc;

/// Pieces not yet written.
#[derive(Default)]
pub(super) struct Pieces {
    rows: usize,
    bytes: usize,
    source: StringBuilder,
    standard: StringBuilder,
    part_id: Int32Builder,
    piece: Int64Builder,
    record: Int64Builder,
    kind: StringBuilder,
    position: StringBuilder,
    text: StringBuilder,
    gaps: StringBuilder,
}

impl Pieces {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of JSON gathered.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn add(&mut self, source: &str, standard: &str, part_id: u32, piece: &Piece<'_>) {
        self.source.append_value(source);
        self.standard.append_value(standard);
        self.part_id.append_value(part_id as i32);
        self.piece.append_value(piece.piece as i64);
        self.record
            .append_option(piece.record.map(|record| record as i64));
        self.kind.append_value(match piece.record {
            Some(_) => "record",
            None => "around",
        });
        self.position.append_value(piece.position);
        self.text.append_option(piece.text);
        self.gaps.append_value(piece.gaps);
        self.rows += 1;
        self.bytes += piece.text.map_or(0, str::len);
    }

    /// The rows gathered so far; leaves nothing behind.
    pub(super) fn batch(&mut self, file_id: i64) -> Result<RecordBatch, Error> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let batch = RecordBatch::try_new(
            system::document(),
            vec![
                Arc::new(self.source.finish()),
                Arc::new(self.standard.finish()),
                Arc::new(Int64Array::from_value(file_id, rows)),
                Arc::new(self.part_id.finish()),
                Arc::new(self.piece.finish()),
                Arc::new(self.record.finish()),
                Arc::new(self.kind.finish()),
                Arc::new(self.position.finish()),
                Arc::new(self.text.finish()),
                Arc::new(self.gaps.finish()),
            ],
        );
        Ok(batch.map_err(lake::Error::from)?)
    }
}
