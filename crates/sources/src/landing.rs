//! Lands what a reader finds in tables: `raw.*`, `raw_column`, `raw_cell`, `problem`, `profile` and `file`.
//!
//! Rows pass in batches, so a file of any size needs the memory of one batch.

use crate::error::Error;
use crate::identify::{RECORD_COLUMNS, Recognised, identify};
use crate::profile::ColumnProfile;
use crate::reading::{Account, Listener, Object, Part, Plan, Problem, Row, Severity, Shape};
use lake::arrow::array::{
    ArrayBuilder, ArrayRef, Int32Builder, Int64Builder, RecordBatch, StringBuilder,
};
use lake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use lake::{RegisteredFile, Run, TableName, TableWriter, Written, system};
use packs::{Packs, path_slug, unique_slugs};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Rows of a batch.
const BATCH_ROWS: usize = 16_384;
/// Bytes of text in a batch, so that wide cells do not make it huge.
const BATCH_BYTES: usize = 32 << 20;

/// Tables written from one file, with their columns.
pub type Landed = BTreeMap<TableName, (SchemaRef, Written)>;

/// A listener that writes tables.
pub struct Landing<'a> {
    run: &'a Run,
    packs: &'a Packs,
    file: RegisteredFile,
    owner: String,
    writers: BTreeMap<TableName, TableWriter>,
    small: Small,
    part: Option<Landings>,
    parts: u32,
    /// Called with the bytes of text landed.
    pub on_progress: Box<dyn Fn(u64) + 'a>,
}

/// The tables of one part: the records and each declared list.
struct Landings {
    part: Part,
    found: Recognised,
    tables: Vec<Gathering>,
    as_of_column: Option<usize>,
    edition: Option<i32>,
    worst: Option<&'static str>,
}

/// Rows of one raw table being gathered.
struct Gathering {
    table: TableName,
    list: String,
    is_list: bool,
    rows: usize,
    bytes: usize,
    all_rows: u64,
    part_id: Int32Builder,
    record: Int64Builder,
    position: StringBuilder,
    element: StringBuilder,
    parent: StringBuilder,
    rest: StringBuilder,
    cells: Vec<Column>,
    by_id: HashMap<u32, usize>,
    taken: HashSet<String>,
}

struct Column {
    slug: String,
    builder: StringBuilder,
    profile: ColumnProfile,
}

/// Rows of the lake's own tables, small enough to keep until the file ends.
#[derive(Default)]
struct Small {
    files: Vec<FileRow>,
    problems: Vec<(String, i32, Problem)>,
    columns: Vec<ColumnRow>,
    cells: Vec<CellRow>,
    profiles: Vec<ProfileRow>,
}

struct FileRow {
    part: Part,
    source: String,
    place: String,
    layout: String,
    account: Account,
    edition: Option<i32>,
    status: &'static str,
}

struct ColumnRow {
    source: String,
    layout: String,
    list: String,
    position: i32,
    header: String,
    slug: String,
}

struct CellRow {
    source: String,
    part_id: i32,
    record: i64,
    column: String,
    kind: &'static str,
    value: String,
}

struct ProfileRow {
    source: String,
    part_id: i32,
    list: String,
    column: String,
    rows: u64,
    profile: ColumnProfile,
}

impl<'a> Landing<'a> {
    /// A landing for `file`.
    pub fn new(run: &'a Run, packs: &'a Packs, file: &RegisteredFile) -> Landing<'a> {
        Landing {
            run,
            packs,
            file: file.clone(),
            owner: owner(file.file_id),
            writers: BTreeMap::new(),
            small: Small::default(),
            part: None,
            parts: 0,
            on_progress: Box::new(|_| {}),
        }
    }

    /// Closes every table. Out: what was written, and the number of rows.
    pub fn finish(mut self) -> Result<Landed, Error> {
        if self.parts == 0 {
            let part = Part {
                part_id: 0,
                name: String::new(),
                format: "",
                encoding: String::new(),
                delimiter: String::new(),
                shape: Shape::Table {
                    header: Vec::new(),
                    preamble: Vec::new(),
                    header_position: 0,
                },
            };
            let status = if self.file.size_bytes == 0 {
                "empty"
            } else {
                "unreadable"
            };
            let (source, place, layout) = (
                self.file.source.clone(),
                self.file.place.clone(),
                String::new(),
            );
            self.small.files.push(FileRow {
                part,
                source,
                place,
                layout,
                account: Account::default(),
                edition: None,
                status,
            });
        }
        let mut landed = Landed::new();
        for (name, schema, batch) in self.small.batches(&self.file)? {
            let table = system::own(name);
            let mut writer = self.run.writer(&table, &self.owner);
            writer.write(&batch)?;
            landed.insert(table, (schema, writer.finish()?));
        }
        for (table, writer) in self.writers {
            let written = writer.finish()?;
            let schema = written
                .schema
                .clone()
                .unwrap_or_else(|| Arc::new(Schema::empty()));
            landed.insert(table, (schema, written));
        }
        Ok(landed)
    }

    fn flush(&mut self, index: usize) -> Result<(), Error> {
        let Some(part) = &mut self.part else {
            return Ok(());
        };
        let gathering = &mut part.tables[index];
        if gathering.rows == 0 {
            return Ok(());
        }
        (self.on_progress)(gathering.bytes as u64);
        let batch = gathering.batch(self.file.file_id, &part.found.layout)?;
        let table = gathering.table.clone();
        let (run, owner) = (self.run, &self.owner);
        let writer = self
            .writers
            .entry(table.clone())
            .or_insert_with(|| run.writer(&table, owner));
        writer.write(&batch)?;
        Ok(())
    }

    fn current(&mut self) -> Result<&mut Landings, Error> {
        self.part
            .as_mut()
            .ok_or_else(|| Error::listener("a record came before its part"))
    }
}

/// The owner of a file's rows.
pub fn owner(file_id: i64) -> String {
    format!("f{file_id}")
}

impl Listener for Landing<'_> {
    fn begin(&mut self, part: &Part) -> Result<Plan, Error> {
        self.parts += 1;
        let found = identify(self.packs, part, &self.file.source, &self.file.place);
        let mut tables = vec![Gathering::new(&found.source, "", false)];
        let mut edition = None;
        let mut as_of_column = None;
        let as_of = self
            .packs
            .sources
            .get(&found.source)
            .and_then(|source| source.as_of.as_ref());
        match (&part.shape, &found.plan) {
            (
                Shape::Table {
                    header, preamble, ..
                },
                _,
            ) => {
                let slugs = unique_slugs(header, &RECORD_COLUMNS);
                let mut taken: HashSet<String> = HashSet::new();
                for (index, (header, slug)) in header.iter().zip(slugs).enumerate() {
                    let renamed = found
                        .names
                        .get(&slug)
                        .cloned()
                        .unwrap_or_else(|| slug.clone());
                    let slug = if taken.contains(&renamed) {
                        slug
                    } else {
                        renamed
                    };
                    taken.insert(slug.clone());
                    self.small.columns.push(ColumnRow {
                        source: found.source.clone(),
                        layout: found.layout.clone(),
                        list: String::new(),
                        position: index as i32 + 1,
                        header: header.clone(),
                        slug: slug.clone(),
                    });
                    tables[0].add_column(&slug);
                }
                if as_of.is_some_and(|as_of| as_of.preamble) {
                    edition = preamble.iter().find_map(|line| date_in(line));
                }
                let wanted = as_of.and_then(|as_of| as_of.column.as_deref());
                as_of_column = wanted.and_then(|wanted| {
                    tables[0]
                        .cells
                        .iter()
                        .position(|column| column.slug == wanted)
                });
            }
            (Shape::Document { .. }, Plan::Document { lists, .. }) => {
                tables.extend(
                    lists
                        .iter()
                        .map(|list| Gathering::new(&found.source, list, true)),
                );
            }
            (Shape::Document { .. }, _) => {}
        }
        let plan = found.plan.clone();
        self.part = Some(Landings {
            part: part.clone(),
            found,
            tables,
            as_of_column,
            edition,
            worst: None,
        });
        Ok(plan)
    }

    fn row(&mut self, row: &Row<'_>) -> Result<(), Error> {
        let part = self
            .part
            .as_mut()
            .ok_or_else(|| Error::listener("a row came before its part"))?;
        let unit = if part.part.format == "csv" {
            "line"
        } else {
            "row"
        };
        let gathering = &mut part.tables[0];
        let width = gathering.cells.len();
        for (index, column) in gathering.cells.iter_mut().enumerate() {
            match row.cell(index) {
                Some(cell) => {
                    column.builder.append_value(cell);
                    column.profile.add(cell);
                }
                None => column.builder.append_null(),
            }
        }
        if let Some(cell) = part.as_of_column.and_then(|index| row.cell(index)) {
            part.edition = part.edition.max(lake::functions::parse_date(cell).value);
        }
        let extra: Vec<&str> = (width..row.len())
            .filter_map(|index| row.cell(index))
            .collect();
        match extra.is_empty() {
            true => gathering.rest.append_null(),
            false => gathering
                .rest
                .append_value(serde_json::json!({ "extra_cells": extra }).to_string()),
        }
        use std::fmt::Write as _;
        gathering.part_id.append_value(part.part.part_id as i32);
        gathering.record.append_value(row.record as i64);
        // Writing to a builder of text cannot fail.
        let _ = write!(gathering.position, "{unit} {}", row.position);
        gathering.position.append_value("");
        gathering.rows += 1;
        gathering.all_rows += 1;
        gathering.bytes += row.text.len();
        if gathering.rows >= BATCH_ROWS || gathering.bytes >= BATCH_BYTES {
            self.flush(0)?;
        }
        Ok(())
    }

    fn column(&mut self, list: usize, id: u32, path: &str) -> Result<(), Error> {
        let part = self.current()?;
        let (source, layout) = (part.found.source.clone(), part.found.layout.clone());
        let names = part.found.names.clone();
        let gathering = part
            .tables
            .get_mut(list)
            .ok_or_else(|| Error::listener(format!("no list {list}")))?;
        let base = match path_slug(path) {
            empty if empty.is_empty() => "value".to_string(),
            found => names.get(&found).cloned().unwrap_or(found),
        };
        let mut name = base.clone();
        let mut count = 1;
        while gathering.taken.contains(&name) || RECORD_COLUMNS.contains(&name.as_str()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        gathering.add_column(&name);
        gathering.by_id.insert(id, gathering.cells.len() - 1);
        let position = gathering.cells.len() as i32;
        let list = gathering.list.clone();
        self.small.columns.push(ColumnRow {
            source,
            layout,
            list,
            position,
            header: path.to_string(),
            slug: name,
        });
        Ok(())
    }

    fn object(&mut self, object: &Object<'_>) -> Result<(), Error> {
        let part = self.current()?;
        let part_id = part.part.part_id as i32;
        let gathering = part
            .tables
            .get_mut(object.list)
            .ok_or_else(|| Error::listener(format!("no list {}", object.list)))?;
        for (id, text) in object.values {
            let Some(index) = gathering.by_id.get(id) else {
                continue;
            };
            let column = &mut gathering.cells[*index];
            while column.builder.len() < gathering.rows {
                column.builder.append_null();
            }
            if column.builder.len() == gathering.rows {
                column.builder.append_value(text);
                column.profile.add(text);
                gathering.bytes += text.len();
            }
        }
        gathering.part_id.append_value(part_id);
        gathering.record.append_value(object.record as i64);
        gathering.position.append_value(object.position);
        gathering.element.append_value(object.element);
        gathering.parent.append_value(object.parent);
        gathering.rest.append_option(object.rest);
        gathering.bytes += object.rest.map_or(0, str::len);
        gathering.rows += 1;
        gathering.all_rows += 1;
        if gathering.rows >= BATCH_ROWS || gathering.bytes >= BATCH_BYTES {
            self.flush(object.list)?;
        }
        Ok(())
    }

    fn cell(
        &mut self,
        record: u64,
        column: usize,
        kind: &'static str,
        value: &str,
    ) -> Result<(), Error> {
        let part = self.current()?;
        let column = part.tables[0].cells.get(column).map_or_else(
            || format!("column_{}", column + 1),
            |column| column.slug.clone(),
        );
        let row = CellRow {
            source: part.found.source.clone(),
            part_id: part.part.part_id as i32,
            record: record as i64,
            column,
            kind,
            value: value.to_string(),
        };
        self.small.cells.push(row);
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> Result<(), Error> {
        let (source, part_id) = match &mut self.part {
            Some(part) => {
                if problem.severity == Severity::Error && problem.record.is_none() {
                    part.worst = Some("damaged");
                }
                (part.found.source.clone(), part.part.part_id as i32)
            }
            None => (self.file.source.clone(), 0),
        };
        self.small.problems.push((source, part_id, problem));
        Ok(())
    }

    fn end(&mut self, account: Account) -> Result<(), Error> {
        let tables = self.current()?.tables.len();
        for index in 0..tables {
            self.flush(index)?;
        }
        let Some(mut part) = self.part.take() else {
            return Ok(());
        };
        for (index, gathering) in part.tables.iter_mut().enumerate() {
            // A table without rows still says which columns it has.
            let batch = gathering.batch(self.file.file_id, &part.found.layout)?;
            if gathering.all_rows == 0 && index > 0 {
                continue;
            }
            let (run, owner, table) = (self.run, &self.owner, gathering.table.clone());
            self.writers
                .entry(table.clone())
                .or_insert_with(|| run.writer(&table, owner))
                .write(&batch)?;
            for column in gathering.cells.drain(..) {
                self.small.profiles.push(ProfileRow {
                    source: part.found.source.clone(),
                    part_id: part.part.part_id as i32,
                    list: gathering.list.clone(),
                    column: column.slug,
                    rows: gathering.all_rows,
                    profile: column.profile,
                });
            }
        }
        self.expectations(&part, &account);
        let status = match (part.worst, part.found.known, account.records_found) {
            (_, _, 0) => "empty",
            (Some(worst), _, _) => worst,
            (None, false, _) => "unmapped",
            (None, true, _) => "read",
        };
        let Recognised {
            source,
            place,
            layout,
            ..
        } = part.found;
        self.small.files.push(FileRow {
            part: part.part,
            source,
            place,
            layout,
            account,
            edition: part.edition,
            status,
        });
        Ok(())
    }
}

impl Landing<'_> {
    /// A source says how many rows it expects, so that a silent break speaks.
    fn expectations(&mut self, part: &Landings, account: &Account) {
        let Some(rows) = self
            .packs
            .sources
            .get(&part.found.source)
            .and_then(|source| source.rows.as_ref())
        else {
            return;
        };
        let low = rows.min.is_some_and(|min| account.rows_read < min);
        let high = rows.max.is_some_and(|max| account.rows_read > max);
        if low || high {
            let problem = Problem {
                record: None,
                position: String::new(),
                column: String::new(),
                code: if low {
                    "rows_fewer_than_expected"
                } else {
                    "rows_more_than_expected"
                },
                severity: Severity::Warning,
                found: account.rows_read.to_string(),
                action: "kept".to_string(),
            };
            self.small.problems.push((
                part.found.source.clone(),
                part.part.part_id as i32,
                problem,
            ));
        }
    }
}

impl Gathering {
    fn new(source: &str, list: &str, is_list: bool) -> Gathering {
        let name = if is_list {
            format!("{source}__{}", path_slug(list))
        } else {
            source.to_string()
        };
        Gathering {
            table: TableName::new("raw", &name),
            list: list.to_string(),
            is_list,
            rows: 0,
            bytes: 0,
            all_rows: 0,
            part_id: Int32Builder::new(),
            record: Int64Builder::new(),
            position: StringBuilder::new(),
            element: StringBuilder::new(),
            parent: StringBuilder::new(),
            rest: StringBuilder::new(),
            cells: Vec::new(),
            by_id: HashMap::new(),
            taken: HashSet::new(),
        }
    }

    fn add_column(&mut self, slug: &str) {
        self.taken.insert(slug.to_string());
        self.cells.push(Column {
            slug: slug.to_string(),
            builder: StringBuilder::new(),
            profile: ColumnProfile::default(),
        });
    }

    /// The rows gathered so far as a batch; leaves nothing behind.
    fn batch(&mut self, file_id: i64, layout: &str) -> Result<RecordBatch, Error> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        let mut push = |name: &str, array: ArrayRef| {
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        };
        push(
            "file_id",
            Arc::new(lake::arrow::array::Int64Array::from_value(file_id, rows)),
        );
        push("part_id", Arc::new(self.part_id.finish()));
        push("record", Arc::new(self.record.finish()));
        if self.is_list {
            self.position = StringBuilder::new();
            push("element", Arc::new(self.element.finish()));
            push("parent", Arc::new(self.parent.finish()));
        } else {
            (self.element, self.parent) = (StringBuilder::new(), StringBuilder::new());
            push("position", Arc::new(self.position.finish()));
        }
        push(
            "layout",
            Arc::new(
                std::iter::repeat_n(Some(layout), rows)
                    .collect::<lake::arrow::array::StringArray>(),
            ),
        );
        push("rest", Arc::new(self.rest.finish()));
        for column in &mut self.cells {
            while column.builder.len() < rows {
                column.builder.append_null();
            }
            push(&column.slug, Arc::new(column.builder.finish()));
        }
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(lake::Error::from)?)
    }
}

/// The first date in a line of text: `Información actualizada al 30 de noviembre de 2022`.
fn date_in(line: &str) -> Option<i32> {
    let starts = line.char_indices().filter(|(at, c)| {
        c.is_ascii_digit() && !line[..*at].ends_with(|p: char| p.is_ascii_digit())
    });
    starts.into_iter().find_map(|(at, _)| {
        let rest = line[at..].trim_end_matches(|c: char| !c.is_alphanumeric());
        // The line may go on after the date: words are dropped from its end until it reads.
        let words: Vec<&str> = rest.split(' ').collect();
        (1..=words.len()).rev().find_map(|count| {
            let found =
                lake::functions::parse_date(words[..count].join(" ").trim_end_matches([',', '.']));
            found.value.filter(|_| {
                found.precision != Some("year")
                    && !words[0].is_empty()
                    && (count > 1 || words[0].len() > 5)
            })
        })
    })
}

impl Small {
    fn batches(
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
