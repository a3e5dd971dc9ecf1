//! The lake's own tables of one file: `file`, `problem`, `raw_column`, `raw_cell` and `profile`.

use crate::error::Error;
use crate::profile::ColumnProfile;
use crate::reading::{Account, Part, Problem, Severity};
use lake::arrow::array::{ArrayRef, Int32Builder, Int64Builder, RecordBatch, StringBuilder};
use lake::arrow::datatypes::{DataType, SchemaRef};
use lake::{RegisteredFile, system};
use std::sync::Arc;

/// Rows of the lake's own tables, small enough to keep until the file ends.
#[derive(Default)]
pub(super) struct Small {
    pub(super) files: Vec<FileRow>,
    pub(super) problems: Vec<(String, i32, Problem)>,
    pub(super) columns: Vec<ColumnRow>,
    pub(super) cells: Vec<CellRow>,
    pub(super) profiles: Vec<ProfileRow>,
}

pub(super) struct FileRow {
    pub(super) part: Part,
    pub(super) source: String,
    pub(super) place: String,
    pub(super) layout: String,
    pub(super) account: Account,
    pub(super) edition: Option<i32>,
    pub(super) status: &'static str,
}

pub(super) struct ColumnRow {
    pub(super) source: String,
    pub(super) layout: String,
    pub(super) list: String,
    pub(super) position: i32,
    pub(super) header: String,
    pub(super) slug: String,
}

pub(super) struct CellRow {
    pub(super) source: String,
    pub(super) part_id: i32,
    pub(super) record: i64,
    pub(super) column: String,
    pub(super) kind: &'static str,
    pub(super) value: String,
}

pub(super) struct ProfileRow {
    pub(super) source: String,
    pub(super) part_id: i32,
    pub(super) list: String,
    pub(super) column: String,
    pub(super) rows: u64,
    pub(super) profile: ColumnProfile,
}

impl Small {
    pub(super) fn batches(
        &self,
        file: &RegisteredFile,
    ) -> Result<Vec<(&'static str, SchemaRef, RecordBatch)>, Error> {
        Ok(vec![
            ("file", system::file(), self.file_batch(file)?),
            ("problem", system::problem(), self.problem_batch(file)?),
            ("raw_column", system::raw_column(), self.column_batch()?),
            ("raw_cell", system::raw_cell(), self.cell_batch(file)?),
            ("profile", system::profile(), self.profile_batch(file)?),
        ])
    }

    fn file_batch(&self, file: &RegisteredFile) -> Result<RecordBatch, Error> {
        let mut out = Rows::new(system::file());
        for row in &self.files {
            let other: serde_json::Map<String, serde_json::Value> = row
                .account
                .other_rows
                .iter()
                .filter(|(_, count)| *count > 0)
                .map(|(kind, count)| (kind.to_string(), (*count).into()))
                .collect();
            let other = if other.is_empty() {
                String::new()
            } else {
                serde_json::Value::Object(other).to_string()
            };
            out.int64(file.file_id)
                .text(&file.sha256)
                .text(&file.path)
                .int32(row.part.part_id as i32)
                .text(&row.part.name);
            out.text(&row.place)
                .text(&row.source)
                .text(&row.layout)
                .text(row.part.format)
                .text(&row.part.encoding)
                .text(&row.part.delimiter);
            out.int64(file.size_bytes)
                .int64(row.account.records_found as i64)
                .int64(row.account.rows_read as i64);
            out.int64(row.account.rows_set_aside as i64)
                .text(&other)
                .date(row.edition)
                .text(row.status)
                .text(&file.added_at);
        }
        out.batch()
    }

    fn problem_batch(&self, file: &RegisteredFile) -> Result<RecordBatch, Error> {
        let mut out = Rows::new(system::problem());
        for (source, part_id, problem) in &self.problems {
            let severity = match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Notice => "notice",
            };
            out.text(source)
                .int64(file.file_id)
                .int32(*part_id)
                .int64_or_null(problem.record.map(|record| record as i64));
            out.text(&problem.position)
                .text(&problem.column)
                .text(problem.code)
                .text(severity)
                .text(&problem.found)
                .text(&problem.action);
            out.text("read");
        }
        out.batch()
    }

    fn column_batch(&self) -> Result<RecordBatch, Error> {
        let mut out = Rows::new(system::raw_column());
        for row in &self.columns {
            out.text(&row.source)
                .text(&row.layout)
                .text(&row.list)
                .int32(row.position)
                .text(&row.header)
                .text(&row.slug);
        }
        out.batch()
    }

    fn cell_batch(&self, file: &RegisteredFile) -> Result<RecordBatch, Error> {
        let mut out = Rows::new(system::raw_cell());
        for row in &self.cells {
            out.text(&row.source)
                .int64(file.file_id)
                .int32(row.part_id)
                .int64(row.record)
                .text(&row.column)
                .text(row.kind)
                .text(&row.value);
        }
        out.batch()
    }

    fn profile_batch(&self, file: &RegisteredFile) -> Result<RecordBatch, Error> {
        let mut out = Rows::new(system::profile());
        for row in &self.profiles {
            let shortest = if row.profile.filled == 0 {
                0
            } else {
                row.profile.min_length as i32
            };
            out.text(&row.source)
                .int64(file.file_id)
                .int32(row.part_id)
                .text(&row.list)
                .text(&row.column)
                .int64(row.rows as i64);
            out.int64(row.profile.filled as i64)
                .int64(row.profile.distinct_estimate() as i64)
                .int64(row.profile.numbers as i64);
            out.int64(row.profile.dates as i64)
                .int32(shortest)
                .int32(row.profile.max_length as i32)
                .text(&row.profile.example);
        }
        out.batch()
    }
}

/// Rows of a small table, cell by cell in the order of its columns.
struct Rows {
    schema: SchemaRef,
    columns: Vec<Builder>,
    next: usize,
}

enum Builder {
    Text(StringBuilder),
    Int64(Int64Builder),
    Int32(Int32Builder),
    Date(lake::arrow::array::Date32Builder),
}

impl Rows {
    fn new(schema: SchemaRef) -> Rows {
        let columns = schema.fields().iter().map(|field| match field.data_type() {
            DataType::Int64 => Builder::Int64(Int64Builder::new()),
            DataType::Int32 => Builder::Int32(Int32Builder::new()),
            DataType::Date32 => Builder::Date(lake::arrow::array::Date32Builder::new()),
            _ => Builder::Text(StringBuilder::new()),
        });
        Rows {
            columns: columns.collect(),
            schema,
            next: 0,
        }
    }

    fn column(&mut self) -> &mut Builder {
        let index = self.next % self.columns.len();
        self.next += 1;
        &mut self.columns[index]
    }

    fn text(&mut self, value: &str) -> &mut Rows {
        if let Builder::Text(builder) = self.column() {
            builder.append_value(value);
        }
        self
    }

    fn int64(&mut self, value: i64) -> &mut Rows {
        self.int64_or_null(Some(value))
    }

    fn int64_or_null(&mut self, value: Option<i64>) -> &mut Rows {
        if let Builder::Int64(builder) = self.column() {
            builder.append_option(value);
        }
        self
    }

    fn int32(&mut self, value: i32) -> &mut Rows {
        if let Builder::Int32(builder) = self.column() {
            builder.append_value(value);
        }
        self
    }

    fn date(&mut self, value: Option<i32>) -> &mut Rows {
        if let Builder::Date(builder) = self.column() {
            builder.append_option(value);
        }
        self
    }

    fn batch(self) -> Result<RecordBatch, Error> {
        let arrays = self.columns.into_iter().map(|column| -> ArrayRef {
            match column {
                Builder::Text(mut builder) => Arc::new(builder.finish()),
                Builder::Int64(mut builder) => Arc::new(builder.finish()),
                Builder::Int32(mut builder) => Arc::new(builder.finish()),
                Builder::Date(mut builder) => Arc::new(builder.finish()),
            }
        });
        Ok(RecordBatch::try_new(self.schema, arrays.collect()).map_err(lake::Error::from)?)
    }
}
