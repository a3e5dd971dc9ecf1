//! Checks the published documents of a standard; what is wrong with them are rows of `problem`.
//!
//! One step for each source, beside the ones that harmonise it: a document is checked as it was published, whatever
//! becomes of it in the tables.

use crate::error::Error;
use crate::merging::{Cell, Fixed};
use documents::check::{Finding, Severity};
use documents::{Review, Value};
use futures::StreamExt;
use lake::arrow::array::{Array, AsArray, RecordBatch};
use lake::arrow::datatypes::{Int32Type, Int64Type};
use lake::{Engine, Progress, Run, TableName, system};
use packs::{Packs, Source, Standard};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Changes whenever the same documents may be found otherwise.
const CHECKING_VERSION: u32 = 1;
/// Rows of one code and field that are kept one by one; beyond, one row tells how many.
const KEPT: u64 = 1_000;
/// The same for what is only good to know.
const NOTICES_KEPT: u64 = 20;
/// Levels a piece may have; the reader of the file has refused deeper ones.
const DEPTH: usize = 512;

/// Checks the documents of every source where something has changed.
pub(crate) async fn run_all(
    run: &mut Run,
    packs: &Packs,
    progress: &Progress,
) -> Result<(), Error> {
    let mut wanted = BTreeSet::new();
    let mut work = Vec::new();
    for source in packs.sources.values() {
        let Some(mapping) = packs.mappings.get(&source.code) else {
            continue;
        };
        let standard = &packs.standards[&mapping.standard];
        let raw = TableName::new("raw", &source.code);
        let owners: BTreeSet<String> = run
            .table(&raw)
            .into_iter()
            .flat_map(|state| &state.files)
            .map(|file| file.owner.clone())
            .collect();
        if standard.documents.is_none() || !mapping.paths || owners.is_empty() {
            continue;
        }
        let step = format!("check/{}/{}", standard.code, source.code);
        wanted.insert(step.clone());
        let mut hash = Sha256::new();
        hash.update(CHECKING_VERSION.to_le_bytes());
        hash.update(
            packs
                .folder
                .fingerprint(&format!("standards/{}/", standard.code)),
        );
        for owner in owners {
            hash.update(run.content(&system::own("document"), &owner));
        }
        let fingerprint = crate::step::hex(hash);
        if !run.is_current(&step, &fingerprint) {
            work.push((source, standard, step, fingerprint));
        }
    }
    let bar = progress.bar("checking", work.len() as u64, false);
    for (source, standard, step, fingerprint) in work {
        bar.set_message(step.clone());
        bar.inc(1);
        let engine = run.engine().await?;
        one_step(run, &engine, source, standard, &step, &fingerprint).await?;
    }
    bar.finish_and_clear();
    for step in run.steps_under("check/") {
        if !wanted.contains(&step) {
            run.remove_owner(&step);
            run.forget(&step);
        }
    }
    Ok(())
}

async fn one_step(
    run: &mut Run,
    engine: &Engine,
    source: &Source,
    standard: &Standard,
    step: &str,
    fingerprint: &str,
) -> Result<(), Error> {
    let mut told = Told {
        problem: Fixed::new(run, system::own("problem"), system::problem(), step),
        source,
        step,
        counts: BTreeMap::new(),
    };
    // What a package declares may stand after its records.
    let mut around: BTreeMap<(i64, i32), Vec<(String, Value)>> = BTreeMap::new();
    let sql = |what: &str, and: &str| {
        format!(
            "SELECT file_id, part_id, record, position, {what} FROM document WHERE source = '{}' AND text IS NOT NULL{and} ORDER BY file_id, part_id, piece",
            source.code
        )
    };
    let mut stream = engine
        .stream(step, &sql("text", " AND kind = 'around'"))
        .await?;
    while let Some(batch) = stream.next().await {
        let rows = Rows::of(batch.map_err(|error| broken(step, error))?);
        for row in 0..rows.batch.num_rows() {
            if let Ok(value) = Value::parse(rows.text("text", row), DEPTH)
                && value.get("extensions").is_some()
            {
                let pieces = around.entry(rows.part(row)).or_default();
                pieces.push((rows.text("position", row).to_string(), value));
            }
        }
    }
    let mut open: Option<Part> = None;
    let mut stream = engine.stream(step, &sql("text", "")).await?;
    while let Some(batch) = stream.next().await {
        let rows = Rows::of(batch.map_err(|error| broken(step, error))?);
        for row in 0..rows.batch.num_rows() {
            let part = rows.part(row);
            if open.as_ref().is_none_or(|open| open.part != part) {
                if let Some(done) = open.take() {
                    done.finish(&mut told)?;
                }
                open = Part::begin(standard, part);
            }
            let (Some(open), Ok(value)) = (&mut open, Value::parse(rows.text("text", row), DEPTH))
            else {
                continue;
            };
            let position = rows.text("position", row).to_string();
            let record = rows.record(row);
            let declared = around.get(&part).map(Vec::as_slice).unwrap_or_default();
            open.add(position, record, value, declared, standard, &mut told)?;
        }
    }
    if let Some(done) = open {
        done.finish(&mut told)?;
    }
    told.close()?;
    let (rows, output) = told.problem.finish(run, step)?;
    run.done(step, fingerprint, &output, rows);
    Ok(())
}

fn broken(step: &str, error: lake::datafusion::error::DataFusionError) -> Error {
    Error::Lake(lake::Error::Query {
        origin: step.to_string(),
        message: error.strip_backtrace(),
    })
}

/// A part of a file being checked.
struct Part<'s> {
    part: (i64, i32),
    /// Known with the first record, whose position shows where records stand.
    review: Option<Review<'s>>,
    /// What came before it.
    before: Vec<(String, Value)>,
    /// Records since something was told, by their position.
    records: Vec<(String, i64)>,
}

impl<'s> Part<'s> {
    fn begin(standard: &'s Standard, part: (i64, i32)) -> Option<Part<'s>> {
        standard.documents.as_ref().map(|_| Part {
            part,
            review: None,
            before: Vec::new(),
            records: Vec::new(),
        })
    }

    fn add(
        &mut self,
        position: String,
        record: Option<i64>,
        value: Value,
        declared: &[(String, Value)],
        standard: &'s Standard,
        told: &mut Told<'_>,
    ) -> Result<(), Error> {
        if self.review.is_none() {
            if record.is_none() {
                self.before.push((position, value));
                return Ok(());
            }
            let mut review = Review::new(standard, &record_path(&position));
            if let Some(review) = &mut review {
                declared
                    .iter()
                    .for_each(|(position, around)| review.declare(position, around));
            }
            self.review = review;
            for (position, value) in std::mem::take(&mut self.before) {
                self.pass(&position, None, value, told)?;
            }
        }
        self.pass(&position, record, value, told)
    }

    fn pass(
        &mut self,
        position: &str,
        record: Option<i64>,
        value: Value,
        told: &mut Told<'_>,
    ) -> Result<(), Error> {
        let Some(review) = &mut self.review else {
            return Ok(());
        };
        let mut found = Vec::new();
        review.add(position, record.is_some(), value, &mut |unit, finding| {
            found.push((unit.to_string(), finding));
        });
        self.tell(found, told)?;
        if let Some(record) = record {
            // Enough for one element of a package, and few for records by themselves.
            if self.records.len() > 64 {
                self.records.drain(..32);
            }
            self.records.push((position.to_string(), record));
        }
        Ok(())
    }

    fn tell(&mut self, found: Vec<(String, Finding)>, told: &mut Told<'_>) -> Result<(), Error> {
        for (unit, finding) in found {
            let record = self.records.iter().find(|(position, _)| {
                position == &unit || (!unit.is_empty() && position.starts_with(&format!("{unit}/")))
            });
            told.row(self.part, record.map(|(_, record)| *record), &unit, finding)?;
        }
        Ok(())
    }

    fn finish(mut self, told: &mut Told<'_>) -> Result<(), Error> {
        let mut found = Vec::new();
        if let Some(review) = &mut self.review {
            review.finish(&mut |unit, finding| found.push((unit.to_string(), finding)));
        }
        self.tell(found, told)
    }
}

/// Where records stand, from where one of them does: `/records/3/compiledRelease` is `records[]/compiledRelease`.
fn record_path(position: &str) -> String {
    let pointer = match position.find('/') {
        Some(at) => &position[at + 1..],
        None => return String::new(),
    };
    let mut path = String::new();
    for step in pointer.split('/') {
        let is_index = !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
        match is_index {
            true => path.push_str("[]"),
            false => {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(step);
            }
        }
    }
    path
}

/// What was told of a source.
struct Told<'a> {
    problem: Fixed,
    source: &'a Source,
    step: &'a str,
    /// By code and field: how many, and the last of them that has no row yet.
    counts: BTreeMap<(&'static str, String), (u64, Option<Row>)>,
}

/// A row of `problem`.
struct Row {
    part: (i64, i32),
    record: Option<i64>,
    position: String,
    field: String,
    code: &'static str,
    severity: &'static str,
    found: String,
    action: String,
}

impl Told<'_> {
    fn row(
        &mut self,
        part: (i64, i32),
        record: Option<i64>,
        unit: &str,
        finding: Finding,
    ) -> Result<(), Error> {
        let severity = match finding.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        let kept = match severity {
            "notice" => NOTICES_KEPT,
            _ => KEPT,
        };
        // The path of a finding begins at its package, the unit at its document.
        let line = unit
            .split(" /")
            .next()
            .filter(|line| line.starts_with("line "));
        let mut action = match finding.expected.as_str() {
            "" => "kept as it is".to_string(),
            expected => format!("kept as it is; expected {expected}"),
        };
        if let Some(release) = &finding.release {
            action.push_str(&format!("; release {release}"));
        }
        let row = Row {
            part,
            record,
            position: match line {
                Some(line) => format!("{line} /{}", finding.path),
                None => format!("/{}", finding.path),
            },
            code: finding.code.as_str(),
            severity,
            found: finding.found,
            action,
            field: finding.field,
        };
        let entry = self
            .counts
            .entry((row.code, row.field.clone()))
            .or_default();
        entry.0 += 1;
        match entry.0 {
            count if count <= kept => write(&mut self.problem, self.source, self.step, &row),
            _ => {
                entry.1 = Some(row);
                Ok(())
            }
        }
    }

    /// One more row for each field of which not all are told.
    fn close(&mut self) -> Result<(), Error> {
        for (count, last) in std::mem::take(&mut self.counts).into_values() {
            let Some(mut row) = last else { continue };
            row.found = format!("{} ({count} of them in all)", row.found);
            write(&mut self.problem, self.source, self.step, &row)?;
        }
        Ok(())
    }
}

fn write(problem: &mut Fixed, source: &Source, step: &str, row: &Row) -> Result<(), Error> {
    problem.push([
        Cell::from(source.code.as_str()),
        Cell::Int(row.part.0),
        Cell::Int(row.part.1.into()),
        row.record.map_or(Cell::Null, Cell::Int),
        Cell::from(row.position.as_str()),
        Cell::from(row.field.as_str()),
        Cell::from(row.code),
        Cell::from(row.severity),
        Cell::from(row.found.as_str()),
        Cell::from(row.action.as_str()),
        Cell::from(step),
    ])
}

/// Rows of `document`.
struct Rows {
    batch: RecordBatch,
}

impl Rows {
    fn of(batch: RecordBatch) -> Rows {
        Rows { batch }
    }

    fn text(&self, name: &str, row: usize) -> &str {
        let array = self.batch.column_by_name(name);
        let array = array.and_then(|array| array.as_string_opt::<i32>());
        array.map_or("", |array| array.value(row))
    }

    fn part(&self, row: usize) -> (i64, i32) {
        let file = self.batch.column_by_name("file_id");
        let part = self.batch.column_by_name("part_id");
        (
            file.map_or(0, |array| array.as_primitive::<Int64Type>().value(row)),
            part.map_or(0, |array| array.as_primitive::<Int32Type>().value(row)),
        )
    }

    fn record(&self, row: usize) -> Option<i64> {
        let array = self.batch.column_by_name("record")?;
        let array = array.as_primitive_opt::<Int64Type>()?;
        array.is_valid(row).then(|| array.value(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_shows_where_records_stand() {
        let paths = [
            ("/records/3/compiledRelease", "records[]/compiledRelease"),
            ("line 7 /releases/0", "releases[]"),
            ("/0", "[]"),
            ("/0/releases/4", "[]/releases[]"),
            ("", ""),
            ("line 7", ""),
            ("/compiledRelease", "compiledRelease"),
        ];
        for (position, path) in paths {
            assert_eq!(record_path(position), path, "{position}");
        }
    }
}
