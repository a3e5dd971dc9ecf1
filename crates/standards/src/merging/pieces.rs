//! Finds the processes of which more than one thing was published, and hands over all that was published of each.

use super::process::{Kind, Piece, pieces_of};
use crate::error::Error;
use documents::Value;
use futures::StreamExt;
use lake::arrow::array::{Array, AsArray, Int32Array, Int64Array, RecordBatch, StringArray};
use lake::arrow::datatypes::{DataType, Date32Type, Int32Type, Int64Type};
use lake::{Engine, TableName, system};
use packs::{Documents, Releases, Source, path_slug};
use std::collections::HashMap;
use std::sync::Arc;

/// Levels a piece may have; the reader of the file has refused deeper ones.
const DEPTH: usize = 512;

/// What stands around the records of a source, as far as it matters to their processes.
#[derive(Default)]
pub(crate) struct Around {
    /// File, part and position of a package → when it was published.
    published: HashMap<(i64, i32, String), String>,
    /// Pieces with releases beside the records: process, file, part, piece.
    beside: Vec<(String, i64, i32, i64)>,
    /// File, part and position of a package → the version of the standard it says.
    versions: HashMap<(i64, i32, String), String>,
    /// Addresses of the extensions that packages declare, in order of their first.
    pub extensions: Vec<String>,
    /// Who publishes the packages, each different one once.
    pub publishers: Vec<Value>,
    /// Their licences, each different one once.
    pub licenses: Vec<Value>,
}

/// Which processes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processes<'a> {
    /// Those of which more than one thing was published.
    Several,
    /// Those, and those whose records have no rows in this raw table, as older versions of the standard have none.
    SeveralOrOlder(Option<&'a str>),
    All,
}

/// Takes a process and its pieces.
pub(crate) type Sink<'s> = &'s mut dyn FnMut(&str, Vec<Piece>) -> Result<(), Error>;

/// A source being read for its processes.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub engine: &'a Engine,
    /// Who asks, for messages.
    pub step: &'a str,
    pub source: &'a Source,
    pub documents: &'a Documents,
    pub names: Option<&'a Releases>,
}

impl Around {
    /// Reads what stands around the records of `source`.
    pub async fn read(reading: Reading<'_>) -> Result<Around, Error> {
        let Reading {
            engine,
            step,
            source,
            documents,
            names,
        } = reading;
        let mut around = Around::default();
        let sql = format!(
            "SELECT file_id, part_id, piece, position, text FROM document WHERE source = '{}' AND kind = 'around' ORDER BY file_id, part_id, piece",
            source.code
        );
        let mut stream = engine.stream(step, &sql).await?;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|error| broken(step, error))?;
            let columns = Columns::of(&batch);
            for row in 0..batch.num_rows() {
                let (file, part) = (columns.file(row), columns.part(row));
                let Ok(value) = Value::parse(columns.text("text", row), DEPTH) else {
                    continue;
                };
                let declared = value.get("extensions").and_then(Value::as_list);
                for address in declared
                    .unwrap_or_default()
                    .iter()
                    .filter_map(Value::as_text)
                {
                    if !around.extensions.iter().any(|known| known == address) {
                        around.extensions.push(address.to_string());
                    }
                }
                for (field, known) in [
                    ("publisher", &mut around.publishers),
                    ("license", &mut around.licenses),
                ] {
                    if let Some(value) = value.get(field).filter(|value| !known.contains(value)) {
                        known.push(value.clone());
                    }
                }
                let position = columns.text("position", row).to_string();
                let key = (file, part, position);
                if let Some(version) = value.get("version").and_then(Value::scalar) {
                    around.versions.insert(key.clone(), version.into_owned());
                }
                let Some(names) = names else { continue };
                if let Some(published) = value.get(&names.published).and_then(Value::scalar) {
                    around.published.insert(key, published.into_owned());
                }
                let subject = value.get(&documents.subject).and_then(Value::scalar);
                let holds = [&names.releases, &names.versioned, &names.compiled];
                let holds = holds.iter().any(|field| value.get(field).is_some());
                if let Some(subject) = subject.filter(|_| holds) {
                    let piece = columns.integer("piece", row);
                    let beside = (subject.trim().to_string(), file, part, piece);
                    around.beside.push(beside);
                }
            }
        }
        Ok(around)
    }

    /// What the package around this position says.
    fn said(
        told: &HashMap<(i64, i32, String), String>,
        file: i64,
        part: i32,
        position: &str,
    ) -> Option<String> {
        let mut at = position.to_string();
        loop {
            if let Some(found) = told.get(&(file, part, at.clone())) {
                return Some(found.clone());
            }
            // `line 3 /releases/0` stands in the package at `line 3`.
            match at.rfind('/') {
                Some(cut) => at.truncate(at[..cut].trim_end().len()),
                // A document of a line of its own stands in no package of another.
                None if at.is_empty() || at.starts_with("line ") => return None,
                None => at.clear(),
            }
        }
    }

    /// Hands over each process wanted, with its pieces in the order in which they were received.
    pub async fn each_process(
        &self,
        reading: Reading<'_>,
        wanted: Processes<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Error> {
        let Reading {
            engine,
            step,
            source,
            documents,
            names,
        } = reading;
        let beside = TableName::new("merging", "beside");
        let schema = system::columns(&[
            ("subject", DataType::Utf8),
            ("file_id", DataType::Int64),
            ("part_id", DataType::Int32),
            ("piece", DataType::Int64),
        ]);
        let batch = RecordBatch::try_new(
            schema.clone(),
            vec![
                Arc::new(StringArray::from_iter_values(
                    self.beside.iter().map(|b| &b.0),
                )),
                Arc::new(Int64Array::from_iter_values(
                    self.beside.iter().map(|b| b.1),
                )),
                Arc::new(Int32Array::from_iter_values(
                    self.beside.iter().map(|b| b.2),
                )),
                Arc::new(Int64Array::from_iter_values(
                    self.beside.iter().map(|b| b.3),
                )),
            ],
        );
        let batch = batch.map_err(|source| Error::Arrow {
            step: step.to_string(),
            source,
        })?;
        engine.add_batches(&beside, schema, vec![batch])?;
        // A layout may call another field the date by which releases follow each other.
        let date = names.map(|names| path_slug(&names.date));
        let date = match date {
            Some(date) if has_column(engine, source, &date).await => Some(date),
            _ => None,
        };
        let sql = query(
            source,
            &path_slug(&documents.subject),
            date.as_deref(),
            wanted,
        );
        let mut stream = engine.stream(step, &sql).await?;
        let mut subject = String::new();
        let mut pieces: Vec<Piece> = Vec::new();
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|error| broken(step, error))?;
            let columns = Columns::of(&batch);
            for row in 0..batch.num_rows() {
                let next = columns.text("subject", row);
                if next != subject {
                    if !pieces.is_empty() {
                        sink(&subject, std::mem::take(&mut pieces))?;
                    }
                    subject = next.to_string();
                }
                let Ok(value) = Value::parse(columns.text("text", row), DEPTH) else {
                    continue; // Its reader has told of it, and set it aside.
                };
                let (file_id, part_id) = (columns.file(row), columns.part(row));
                let position = columns.text("position", row).to_string();
                let whole = Piece {
                    file_id,
                    part_id,
                    record: columns.integer_or_null("record", row),
                    published: Around::said(&self.published, file_id, part_id, &position)
                        .unwrap_or_default(),
                    version: Around::said(&self.versions, file_id, part_id, &position),
                    position,
                    moment: columns.text("moment", row).to_string(),
                    layout: columns.text("layout", row).to_string(),
                    edition: columns.day("edition_date", row),
                    kind: Kind::Release,
                    value,
                    upgraded: false,
                };
                match names {
                    Some(names) => pieces.extend(pieces_of(names, whole)),
                    None => pieces.push(whole),
                }
            }
        }
        if !pieces.is_empty() {
            sink(&subject, pieces)?;
        }
        Ok(())
    }
}

/// All pieces of the processes wanted, process by process.
fn query(source: &Source, subject: &str, date: Option<&str>, wanted: Processes<'_>) -> String {
    let code = &source.code;
    let date = match date {
        Some(date) => format!("\"{date}\""),
        None => "CAST(NULL AS VARCHAR)".to_string(),
    };
    let several = match wanted {
        Processes::Several | Processes::SeveralOrOlder(Some(_)) => " HAVING count(*) > 1",
        Processes::All | Processes::SeveralOrOlder(None) => "",
    };
    let older = match wanted {
        Processes::SeveralOrOlder(Some(table)) => format!(
            "\n    UNION\n    SELECT subject FROM named LEFT ANTI JOIN raw.\"{table}\" AS there ON there.file_id = named.file_id AND there.part_id = named.part_id AND there.record = named.record"
        ),
        _ => String::new(),
    };
    format!(
        "WITH named AS (
    SELECT btrim(\"{subject}\") AS subject, {date} AS moment, file_id, part_id, record FROM raw.\"{code}\" WHERE btrim(\"{subject}\") <> ''
), several AS (
    SELECT subject FROM named GROUP BY subject{several}
    UNION
    SELECT subject FROM merging.beside{older}
), pieces AS (
    SELECT named.subject, named.moment, document.file_id, document.part_id, document.piece, document.record, document.position, document.text
    FROM named
    JOIN several ON several.subject = named.subject
    JOIN document ON document.source = '{code}' AND document.kind = 'record' AND document.file_id = named.file_id
        AND document.part_id = named.part_id AND document.record = named.record
    UNION ALL
    SELECT beside.subject, CAST(NULL AS VARCHAR) AS moment, document.file_id, document.part_id, document.piece, document.record, document.position, document.text
    FROM merging.beside AS beside
    JOIN document ON document.source = '{code}' AND document.file_id = beside.file_id AND document.part_id = beside.part_id AND document.piece = beside.piece
)
SELECT pieces.*, file.layout, file.edition_date
FROM pieces
JOIN file ON file.file_id = pieces.file_id AND file.part_id = pieces.part_id
ORDER BY pieces.subject, pieces.file_id, pieces.part_id, pieces.piece"
    )
}

/// Whether the raw table of the source has this column.
pub(crate) async fn has_column(engine: &Engine, source: &Source, column: &str) -> bool {
    let sql = format!("SELECT \"{column}\" FROM raw.\"{}\" LIMIT 0", source.code);
    engine.frame("columns", &sql).await.is_ok()
}

fn broken(step: &str, error: lake::datafusion::error::DataFusionError) -> Error {
    Error::Lake(lake::Error::Query {
        origin: step.to_string(),
        message: error.strip_backtrace(),
    })
}

/// The columns of a batch by name.
struct Columns<'b> {
    batch: &'b RecordBatch,
}

impl<'b> Columns<'b> {
    fn of(batch: &'b RecordBatch) -> Columns<'b> {
        Columns { batch }
    }

    fn text(&self, name: &str, row: usize) -> &'b str {
        let array = self.batch.column_by_name(name);
        let array = array.and_then(|array| array.as_string_opt::<i32>());
        array
            .filter(|array| array.is_valid(row))
            .map_or("", |array| array.value(row))
    }

    fn integer_or_null(&self, name: &str, row: usize) -> Option<i64> {
        let array = self
            .batch
            .column_by_name(name)?
            .as_primitive_opt::<Int64Type>()?;
        array.is_valid(row).then(|| array.value(row))
    }

    fn integer(&self, name: &str, row: usize) -> i64 {
        self.integer_or_null(name, row).unwrap_or_default()
    }

    fn file(&self, row: usize) -> i64 {
        self.integer("file_id", row)
    }

    fn part(&self, row: usize) -> i32 {
        let array = self.batch.column_by_name("part_id");
        let array = array.and_then(|array| array.as_primitive_opt::<Int32Type>());
        array.map_or(0, |array| array.value(row))
    }

    fn day(&self, name: &str, row: usize) -> Option<i32> {
        let array = self
            .batch
            .column_by_name(name)?
            .as_primitive_opt::<Date32Type>()?;
        array.is_valid(row).then(|| array.value(row))
    }
}
