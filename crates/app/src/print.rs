//! Rows on the terminal: a table for people, JSON and CSV for programs.

use anyhow::Result;
use lake::arrow::array::{Array, AsArray, RecordBatch};
use lake::arrow::datatypes::{DataType, Decimal128Type};
use serde_json::{Map, Value};
use std::io::Write;

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Aligned columns.
    Table,
    /// An array of objects.
    Json,
    /// One object for each line.
    Lines,
    /// Comma-separated, with a header.
    Csv,
    /// The same for a spreadsheet: a text that it would take for a formula begins with an apostrophe.
    SafeCsv,
}

/// One cell as JSON: decimals as text, so that no digit is lost; dates as ISO text.
pub fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Decimal128(_, 6) => Value::String(lake::functions::to_text(
            array.as_primitive::<Decimal128Type>().value(row),
        )),
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Utf8 => Value::String(array.as_string::<i32>().value(row).to_string()),
        kind => {
            let text =
                lake::arrow::util::display::array_value_to_string(array, row).unwrap_or_default();
            match kind {
                kind if kind.is_integer() => text
                    .parse::<i64>()
                    .map_or(Value::String(text.clone()), Value::from),
                kind if kind.is_floating() => text
                    .parse::<f64>()
                    .map_or(Value::String(text.clone()), Value::from),
                _ => Value::String(text),
            }
        }
    }
}

/// A batch as JSON objects.
pub fn objects(batch: &RecordBatch) -> Vec<Map<String, Value>> {
    let schema = batch.schema();
    let object = |row| {
        schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, column)| (field.name().clone(), value(column, row)))
            .collect()
    };
    (0..batch.num_rows()).map(object).collect()
}

/// Prints rows as they come.
pub struct Printer<W: Write> {
    out: W,
    form: Form,
    printed: u64,
    waiting: Vec<RecordBatch>,
}

/// Rows a table on the terminal measures before it prints.
const MEASURED: usize = 10_000;

impl<W: Write> Printer<W> {
    /// A printer into `out`.
    pub fn new(out: W, form: Form) -> Printer<W> {
        Printer {
            out,
            form,
            printed: 0,
            waiting: Vec::new(),
        }
    }

    /// Prints a batch.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        match self.form {
            Form::Table => {
                self.waiting.push(batch.clone());
                if self
                    .waiting
                    .iter()
                    .map(RecordBatch::num_rows)
                    .sum::<usize>()
                    > MEASURED
                {
                    self.table()?;
                }
            }
            Form::Json => {
                for object in objects(batch) {
                    self.out
                        .write_all(if self.printed == 0 { b"[\n" } else { b",\n" })?;
                    serde_json::to_writer(&mut self.out, &Value::Object(object))?;
                    self.printed += 1;
                }
            }
            Form::Lines => {
                for object in objects(batch) {
                    serde_json::to_writer(&mut self.out, &Value::Object(object))?;
                    writeln!(self.out)?;
                }
            }
            Form::Csv | Form::SafeCsv => {
                if self.printed == 0 {
                    let names: Vec<String> = batch
                        .schema()
                        .fields()
                        .iter()
                        .map(|field| quoted(field.name()))
                        .collect();
                    writeln!(self.out, "{}", names.join(","))?;
                    self.printed = 1;
                }
                for row in 0..batch.num_rows() {
                    let cells: Vec<String> = batch
                        .columns()
                        .iter()
                        .map(|column| {
                            let text = plain(&value(column, row));
                            let is_text = column.data_type() == &DataType::Utf8;
                            let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
                            match self.form == Form::SafeCsv && is_text && formula {
                                true => quoted(&format!("'{text}")),
                                false => quoted(&text),
                            }
                        })
                        .collect();
                    writeln!(self.out, "{}", cells.join(","))?;
                }
            }
        }
        Ok(())
    }

    /// Ends the output.
    pub fn finish(mut self) -> Result<()> {
        match self.form {
            Form::Table => self.table()?,
            Form::Json => self
                .out
                .write_all(if self.printed == 0 { b"[]\n" } else { b"\n]\n" })?,
            Form::Lines | Form::Csv | Form::SafeCsv => {}
        }
        self.out.flush()?;
        Ok(())
    }

    fn table(&mut self) -> Result<()> {
        let batches = std::mem::take(&mut self.waiting);
        let Some(first) = batches.first() else {
            return Ok(());
        };
        let names: Vec<String> = first
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let rows = batches.iter().flat_map(|batch| {
            (0..batch.num_rows()).map(move |row| {
                batch
                    .columns()
                    .iter()
                    .map(|column| shown(&value(column, row)))
                    .collect::<Vec<_>>()
            })
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let numeric: Vec<bool> = first
            .columns()
            .iter()
            .map(|column| column.data_type().is_numeric())
            .collect();
        table(&mut self.out, &names, &rows, &numeric)
    }
}

/// Prints aligned columns; numbers to the right.
pub fn table(
    out: &mut impl Write,
    names: &[String],
    rows: &[Vec<String>],
    right: &[bool],
) -> Result<()> {
    let width = |index: usize| {
        rows.iter()
            .map(|row| row[index].chars().count())
            .chain([names[index].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..names.len()).map(width).collect();
    let mut line = |cells: &[String]| -> Result<()> {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(index, (cell, width))| {
                let blanks = " ".repeat(width - cell.chars().count());
                if right.get(index).copied().unwrap_or(false) {
                    format!("{blanks}{cell}")
                } else {
                    format!("{cell}{blanks}")
                }
            })
            .collect();
        writeln!(out, "{}", padded.join("  ").trim_end())?;
        Ok(())
    };
    line(names)?;
    line(
        &widths
            .iter()
            .map(|width| "-".repeat(*width))
            .collect::<Vec<_>>(),
    )?;
    rows.iter().try_for_each(|row| line(row))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A cell on the terminal: one line, no control characters, at most 80 signs.
fn shown(value: &Value) -> String {
    let text: String = plain(value)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}
