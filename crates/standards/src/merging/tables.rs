//! Rows of merged processes, of their releases and of what each changed, as batches.

use crate::error::Error;
use lake::arrow::array::{
    ArrayRef, Date32Builder, Int32Builder, Int64Builder, RecordBatch, StringBuilder,
};
use lake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use lake::{Run, TableName, TableWriter};
use packs::path_slug;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;

/// A cell of a table of fixed columns.
pub(crate) enum Cell {
    Text(String),
    Null,
    Int(i64),
    Day(Option<i32>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_string())
    }
}

/// A table of fixed columns, written as it grows.
pub(crate) struct Fixed {
    table: TableName,
    schema: SchemaRef,
    writer: TableWriter,
    columns: Vec<Builder>,
    rows: usize,
}

enum Builder {
    Text(StringBuilder),
    Int64(Int64Builder),
    Int32(Int32Builder),
    Day(Date32Builder),
}

impl Fixed {
    pub fn new(run: &Run, table: TableName, schema: SchemaRef, owner: &str) -> Fixed {
        let columns = schema.fields().iter().map(|field| match field.data_type() {
            DataType::Int64 => Builder::Int64(Int64Builder::new()),
            DataType::Int32 => Builder::Int32(Int32Builder::new()),
            DataType::Date32 => Builder::Day(Date32Builder::new()),
            _ => Builder::Text(StringBuilder::new()),
        });
        Fixed {
            writer: run.writer(&table, owner),
            columns: columns.collect(),
            table,
            schema,
            rows: 0,
        }
    }

    /// Adds a row: one cell for each column, in order.
    pub fn push<const N: usize>(&mut self, cells: [Cell; N]) -> Result<(), Error> {
        debug_assert_eq!(N, self.columns.len(), "{}", self.table);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Builder::Text(column), Cell::Text(text)) => column.append_value(text),
                (Builder::Text(column), _) => column.append_null(),
                (Builder::Int64(column), Cell::Int(number)) => column.append_value(number),
                (Builder::Int64(column), _) => column.append_null(),
                (Builder::Int32(column), Cell::Int(number)) => column.append_value(number as i32),
                (Builder::Int32(column), _) => column.append_null(),
                (Builder::Day(column), Cell::Day(day)) => column.append_option(day),
                (Builder::Day(column), _) => column.append_null(),
            }
        }
        self.rows += 1;
        if self.rows >= BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let arrays = self.columns.iter_mut().map(|column| -> ArrayRef {
            match column {
                Builder::Text(column) => Arc::new(column.finish()),
                Builder::Int64(column) => Arc::new(column.finish()),
                Builder::Int32(column) => Arc::new(column.finish()),
                Builder::Day(column) => Arc::new(column.finish()),
            }
        });
        let batch = RecordBatch::try_new(self.schema.clone(), arrays.collect());
        let batch = batch.map_err(|source| Error::Arrow {
            step: self.table.to_string(),
            source,
        })?;
        self.rows = 0;
        Ok(self.writer.write(&batch)?)
    }

    /// Publishes the rows as those of `owner`. Out: how many, and their fingerprint.
    pub fn finish(mut self, run: &mut Run, owner: &str) -> Result<(u64, String), Error> {
        self.flush()?;
        let written = self.writer.finish()?;
        let told = (written.rows, written.fingerprint());
        run.replace(&self.table, owner, &self.schema, written);
        Ok(told)
    }
}

/// Columns of a merged row that are no cell of it.
const ORIGIN: [&str; 8] = [
    "record",
    "layout",
    "element",
    "parent",
    "origin_file_id",
    "origin_part_id",
    "origin_record",
    "origin_element",
];
/// Where a person finds it.
const POSITION: &str = "position";

/// Where a merged row comes from.
pub(crate) struct Origin<'a> {
    pub file_id: i64,
    pub part_id: i32,
    pub record: Option<i64>,
    pub element: &'a str,
    pub layout: &'a str,
    pub position: String,
}

/// One merged table: that of the records, or of one of their lists, with the columns its rows turn out to have.
pub(crate) struct Merged {
    table: TableName,
    writer: TableWriter,
    names: BTreeMap<String, String>,
    by_path: HashMap<String, usize>,
    columns: Vec<(String, StringBuilder)>,
    record: Int64Builder,
    texts: [StringBuilder; 3],
    file_id: Int64Builder,
    part_id: Int32Builder,
    origin_record: Int64Builder,
    origin_element: StringBuilder,
    position: StringBuilder,
    rows: usize,
}

impl Merged {
    /// `names` are what a layout calls columns, in place of their slugs.
    pub fn new(
        run: &Run,
        table: TableName,
        owner: &str,
        names: BTreeMap<String, String>,
    ) -> Merged {
        Merged {
            writer: run.writer(&table, owner),
            table,
            names,
            by_path: HashMap::new(),
            columns: Vec::new(),
            record: Int64Builder::new(),
            texts: std::array::from_fn(|_| StringBuilder::new()),
            file_id: Int64Builder::new(),
            part_id: Int32Builder::new(),
            origin_record: Int64Builder::new(),
            origin_element: StringBuilder::new(),
            position: StringBuilder::new(),
            rows: 0,
        }
    }

    /// Adds a row of the process with this ordinal.
    pub fn push(
        &mut self,
        process: i64,
        row: &documents::Row,
        origin: &Origin<'_>,
    ) -> Result<(), Error> {
        for (path, text) in &row.values {
            let at = self.column(path);
            let builder = &mut self.columns[at].1;
            // Of two paths with one slug the first counts.
            if lake::arrow::array::ArrayBuilder::len(builder) == self.rows {
                builder.append_value(text);
            }
        }
        for (_, builder) in &mut self.columns {
            if lake::arrow::array::ArrayBuilder::len(builder) == self.rows {
                builder.append_null();
            }
        }
        self.record.append_value(process);
        let texts = [origin.layout, &row.element, &row.parent];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_value(text);
        }
        self.file_id.append_value(origin.file_id);
        self.part_id.append_value(origin.part_id);
        self.origin_record.append_option(origin.record);
        self.origin_element.append_value(origin.element);
        self.position.append_value(&origin.position);
        self.rows += 1;
        if self.rows >= BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn column(&mut self, path: &str) -> usize {
        if let Some(at) = self.by_path.get(path) {
            return *at;
        }
        let slug = match path_slug(path) {
            empty if empty.is_empty() => "value".to_string(),
            slug => self.names.get(&slug).cloned().unwrap_or(slug),
        };
        let taken = ORIGIN.contains(&slug.as_str()) || slug == POSITION;
        let slug = if taken { format!("{slug}_2") } else { slug };
        let known = self.columns.iter().position(|(name, _)| *name == slug);
        let at = known.unwrap_or_else(|| {
            let mut builder = StringBuilder::new();
            (0..self.rows).for_each(|_| builder.append_null());
            self.columns.push((slug, builder));
            self.columns.len() - 1
        });
        self.by_path.insert(path.to_string(), at);
        at
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let [layout, element, parent] = &mut self.texts;
        let mut pairs: Vec<(&str, ArrayRef)> = vec![
            (ORIGIN[0], Arc::new(self.record.finish())),
            (ORIGIN[1], Arc::new(layout.finish())),
            (ORIGIN[2], Arc::new(element.finish())),
            (ORIGIN[3], Arc::new(parent.finish())),
            (ORIGIN[4], Arc::new(self.file_id.finish())),
            (ORIGIN[5], Arc::new(self.part_id.finish())),
            (ORIGIN[6], Arc::new(self.origin_record.finish())),
            (ORIGIN[7], Arc::new(self.origin_element.finish())),
            (POSITION, Arc::new(self.position.finish())),
        ];
        for (name, builder) in &mut self.columns {
            pairs.push((name, Arc::new(builder.finish())));
        }
        let fields: Vec<Field> = pairs
            .iter()
            .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
            .collect();
        let arrays = pairs.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays);
        let batch = batch.map_err(|source| Error::Arrow {
            step: self.table.to_string(),
            source,
        })?;
        self.rows = 0;
        Ok(self.writer.write(&batch)?)
    }

    /// Publishes the rows as those of `owner`. Out: their fingerprint.
    pub fn finish(mut self, run: &mut Run, owner: &str) -> Result<String, Error> {
        self.flush()?;
        let written = self.writer.finish()?;
        let told = written.fingerprint();
        let known = run.table(&self.table).map(|state| state.schema.clone());
        // A table nobody needs is not made; one that had rows of before gives them up.
        if let Some(schema) = written.schema.clone().or(known) {
            run.replace(&self.table, owner, &schema, written);
        }
        Ok(told)
    }
}
