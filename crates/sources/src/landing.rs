//! Lands what a reader finds in tables: `raw.*`, `document`, `raw_column`, `raw_cell`, `problem`, `profile` and `file`.
//!
//! Rows pass in batches, so a file of any size needs the memory of one batch.

mod pieces;
mod small;

use crate::error::Error;
use crate::identify::{RECORD_COLUMNS, Recognised, column_slugs, entry_path, identify};
use crate::profile::ColumnProfile;
use crate::reading::{
    Account, BlockPlan, Listener, Object, Part, Piece, Plan, Problem, Row, Severity, Shape,
};
use lake::arrow::array::{
    ArrayBuilder, ArrayRef, Int32Builder, Int64Builder, RecordBatch, StringBuilder,
};
use lake::arrow::datatypes::{Field, Schema, SchemaRef};
use lake::{RegisteredFile, Run, TableName, TableWriter, Written, system};
use packs::{Packs, path_slug};
use pieces::Pieces;
use small::{CellRow, ColumnRow, FileRow, ProfileRow, Small};
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
    pieces: Pieces,
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
            pieces: Pieces::default(),
            part: None,
            parts: 0,
            on_progress: Box::new(|_| {}),
        }
    }

    /// Closes every table. Out: what was written, and the number of rows.
    pub fn finish(mut self) -> Result<Landed, Error> {
        self.flush_pieces()?;
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
                    sample: String::new(),
                    width: 0,
                    shapes: Vec::new(),
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

    fn flush_pieces(&mut self) -> Result<(), Error> {
        if self.pieces.rows() == 0 {
            return Ok(());
        }
        let batch = self.pieces.batch(self.file.file_id)?;
        let table = system::own("document");
        let (run, owner) = (self.run, &self.owner);
        self.writers
            .entry(table.clone())
            .or_insert_with(|| run.writer(&table, owner))
            .write(&batch)?;
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
                let slugs = column_slugs(header, &found);
                if let Plan::Blocks(plan) = &found.plan {
                    tables.extend(
                        plan.lists
                            .iter()
                            .map(|list| Gathering::new(&found.source, &list.name, true)),
                    );
                }
                for (index, (header, slug)) in header.iter().zip(&slugs).enumerate() {
                    let (table, list) = match &found.plan {
                        Plan::Blocks(plan) => list_of(plan, index),
                        _ => (0, ""),
                    };
                    self.small.columns.push(ColumnRow {
                        source: found.source.clone(),
                        layout: found.layout.clone(),
                        list: list.to_string(),
                        position: index as i32 + 1,
                        header: header.clone(),
                        slug: slug.clone(),
                    });
                    tables[table].add_column_with_id(slug, index as u32);
                }
                if let Plan::Blocks(plan) = &found.plan {
                    for (n, column) in plan.links.iter().enumerate() {
                        let table = list_of(plan, *column).0;
                        let id = (plan.width + n) as u32;
                        tables[table].add_column_with_id(&format!("{}_link", slugs[*column]), id);
                    }
                    if let Some(group) = &found.group {
                        let id = (plan.width + plan.links.len()) as u32;
                        tables[0].add_column_with_id(group, id);
                    }
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
        if let Some(wanted) = part.as_of_column.filter(|_| object.list == 0) {
            let by_id = &part.tables[0].by_id;
            let cell = object
                .values
                .iter()
                .find(|(id, _)| by_id.get(id) == Some(&wanted));
            if let Some((_, text)) = cell {
                part.edition = part.edition.max(lake::functions::parse_date(text).value);
            }
        }
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

    fn elsewhere(&mut self, sample: &[(String, String)]) -> Result<Option<String>, Error> {
        let part = self
            .part
            .as_ref()
            .ok_or_else(|| Error::listener("a line came before its part"))?;
        let standard = self.packs.standards.get(&part.found.standard);
        Ok(standard.and_then(|standard| entry_path(standard, sample)))
    }

    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), Error> {
        let part = self
            .part
            .as_ref()
            .ok_or_else(|| Error::listener("a piece came before its part"))?;
        let found = &part.found;
        self.pieces
            .add(&found.source, &found.standard, part.part.part_id, piece);
        if self.pieces.rows() >= BATCH_ROWS || self.pieces.bytes() >= BATCH_BYTES {
            self.flush_pieces()?;
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
        let landed = part.tables.iter().find_map(|table| {
            let index = table.by_id.get(&(column as u32))?;
            table.cells.get(*index)
        });
        let column = landed.map_or_else(
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

    fn add_column_with_id(&mut self, slug: &str, id: u32) {
        self.add_column(slug);
        self.by_id.insert(id, self.cells.len() - 1);
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

/// The table a column of a sheet lands in, 0 for the records, and the name of its list.
fn list_of(plan: &BlockPlan, column: usize) -> (usize, &str) {
    let of = |list: &crate::reading::BlockList| {
        list.groups
            .iter()
            .any(|group| group.columns.contains(&column))
    };
    match plan.lists.iter().position(of) {
        Some(index) => (index + 1, &plan.lists[index].name),
        None => (0, ""),
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
