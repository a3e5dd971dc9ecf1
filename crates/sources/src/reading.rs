//! What a reader and its listener owe each other.
//!
//! A reader takes the bytes of one file apart and tells a [`Listener`] what it finds: parts, records,
//! problems and, at the end of each part, an account that adds up. It knows nothing of packs, tables or
//! standards; the listener decides what a part is and where its rows go.

use crate::error::Error;

/// One readable thing inside a file: a CSV, a sheet, an entry of an archive, a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Ordinal within the file, from 0.
    pub part_id: u32,
    /// Where it is: `""` for the file itself, `sheet "Hoja1"`, `obras.zip/2015.csv`.
    pub name: String,
    /// `csv`, `xlsx`, `xls`, `ods`, `json`, `jsonl`.
    pub format: &'static str,
    /// `utf-8`, `utf-8-bom`, `windows-1252`, `cp850`, `utf-16le`, `utf-16be`, `mixed` (UTF-8 and Windows-1252 by
    /// line), or what the Encoding Standard calls it; empty for workbooks.
    pub encoding: String,
    /// The delimiter of a CSV as text; empty otherwise.
    pub delimiter: String,
    /// What the part looks like before its first record.
    pub shape: Shape,
}

/// The form of a part, known before its records are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Rows under a header.
    Table {
        /// Header cells as found, one for each column, two-row headers joined by ` / `.
        header: Vec<String>,
        /// Lines or rows before the header (titles, dates), as text, in order.
        preamble: Vec<String>,
        /// Line or row number of the (last) header row, from 1; 0 when it is missing and the names are made up.
        header_position: u64,
        /// Texts of the first rows of a sheet and addresses they link to, one for each line; empty for a CSV.
        sample: String,
        /// How many values most of the first rows have, or 0 when they do not agree; a sheet's is that of its header.
        width: usize,
        /// What most values of each column look like (`9/9` for `006410041/2013`), or empty; none for a sheet.
        shapes: Vec<String>,
    },
    /// A JSON document or a stream of them.
    Document {
        /// Scalar paths seen in the first record-like values, with an example each:
        /// `records[]/compiledRelease/ocid` → `ocds-…`. At most 2,000 paths.
        sample: Vec<(String, String)>,
        /// Whether the file is one document for each line, or several one after the other.
        many: bool,
    },
}

/// The listener's answer to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Read it as a table.
    Table,
    /// Read a sheet as records of one row or several, with lists beside them.
    Blocks(BlockPlan),
    /// Read a document: where its records are, and which lists inside a record become rows of their own.
    Document {
        /// Path of the records from the top of a document: `""`, `[]`, `releases[]`, `records[]/compiledRelease`.
        record_path: String,
        /// Paths of lists inside a record: `contracts[]`, `awards[]/suppliers[]`; a parent comes before its children.
        lists: Vec<String>,
        /// Whether the document is also handed over piece by piece ([`Listener::piece`]).
        pieces: bool,
    },
    /// Leave it alone (it is already known).
    Skip,
}

/// How the rows of a sheet make records; columns are counted from 0.
///
/// Records come as [`Object`]s whose ids are columns; the address a cell of the n-th of `links` leads to has the id
/// `width + n`, and the text of the group row above has `width + links.len()`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockPlan {
    /// Columns of the header.
    pub width: usize,
    /// A row with one of these filled starts a record; empty: every row is a record.
    pub starts: Vec<usize>,
    /// Lists beside the record, in the order of [`Object::list`].
    pub lists: Vec<BlockList>,
    /// Columns whose links are kept.
    pub links: Vec<usize>,
    /// Whether the text of a group row belongs to the records below it.
    pub group: bool,
}

/// A list beside a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockList {
    /// Its name.
    pub name: String,
    /// Groups of columns that share a row; the n-th element of each group belongs together.
    pub groups: Vec<BlockGroup>,
}

/// Columns of a list that share a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockGroup {
    /// All of them.
    pub columns: Vec<usize>,
    /// A row with one of these filled starts an element.
    pub starts: Vec<usize>,
}

/// One row of a table, cells as found.
#[derive(Debug)]
pub struct Row<'a> {
    /// Ordinal within the part, from 1.
    pub record: u64,
    /// Physical line where it starts, or spreadsheet row, from 1.
    pub position: u64,
    /// All cells one after the other.
    pub text: &'a str,
    /// Where each cell ends in `text`.
    pub ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// How many cells the row has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the row has no cells.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at `index` from 0, or `None` past the end.
    pub fn cell(&self, index: usize) -> Option<&'a str> {
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        Some(&self.text[start..end])
    }
}

/// One object of a document: the record itself or an element of a declared list.
#[derive(Debug)]
pub struct Object<'a> {
    /// 0 for the record, else 1 + the index in [`Plan::Document::lists`].
    pub list: usize,
    /// Ordinal of the record within the part, from 1.
    pub record: u64,
    /// Where the record is: a JSON pointer (`/records/0/compiledRelease`), with `line N` in front for JSON lines.
    pub position: &'a str,
    /// Where the element is inside the record: `contracts/0`, `awards/1/suppliers/0`; empty for the record.
    pub element: &'a str,
    /// The element of the declared list it hangs from, or empty.
    pub parent: &'a str,
    /// Scalars as found: (column id, text). Ids come from [`Listener::column`]. JSON strings are
    /// unescaped, numbers keep their digits, `true`/`false` as such, nulls are left out.
    /// A list of scalars is one value, joined by `;`.
    pub values: &'a [(u32, &'a str)],
    /// What nobody declared (lists of objects), as a JSON object, or `None`.
    pub rest: Option<&'a str>,
}

/// A piece of a document, as published: a record, or what stands around the records.
///
/// Every container on the record path is a piece, without the member that leads to the records: the document itself
/// and, in a package of records, each of them. Containers come before what they hold in the order of `piece`, so that
/// the pieces put into the gaps of their containers, in order, give the document back. A list on the path is a piece
/// only if it is the document, is empty, holds something that leads to no record, or stands under a key that came
/// before; what it holds beside records fills the places that no other piece has.
#[derive(Debug)]
pub struct Piece<'a> {
    /// Number within the part, from 1, in the order in which the pieces begin; some are skipped, and the pieces may be
    /// handed over in another order.
    pub piece: u64,
    /// The record it is; `None` for what stands around the records.
    pub record: Option<u64>,
    /// Where it is, as in [`Object::position`].
    pub position: &'a str,
    /// As written; `None` if it is over the limit. A record that was set aside may be no JSON.
    pub text: Option<&'a str>,
    /// For an object around records: for each member left out, how many of those kept stand before it, `2` or `2;5`.
    pub gaps: &'a str,
}

/// A defect found in what was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Ordinal of the record, if it is about one.
    pub record: Option<u64>,
    /// Where a person finds it: `line 24`, `row 7`, `/records/3`, `byte 812`.
    pub position: String,
    /// Header or path of the column, or empty.
    pub column: String,
    /// Stable code, see `docs/problems.md`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The value as found, at most 200 characters.
    pub found: String,
    /// What was done with it, in a few words.
    pub action: String,
}

/// How bad a problem is for whoever uses the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Data was set aside.
    Error,
    /// Data was kept, changed or doubtful.
    Warning,
    /// Good to know.
    Notice,
}

/// What became of a part: the three numbers that must add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Records an independent scan of the bytes finds.
    pub records_found: u64,
    /// Records handed to the listener.
    pub rows_read: u64,
    /// Records that could not be read.
    pub rows_set_aside: u64,
    /// Other non-empty rows by kind (`header`, `title`, `group`, `note`, `total`, `footer`), for sheets and CSV.
    pub other_rows: Vec<(&'static str, u64)>,
}

/// Who listens to a reader.
pub trait Listener {
    /// A part begins. Called before any record of it.
    fn begin(&mut self, part: &Part) -> Result<Plan, Error>;
    /// A record of a table.
    fn row(&mut self, row: &Row<'_>) -> Result<(), Error>;
    /// A column of a document is seen for the first time: `list` as in [`Object::list`], `path` relative to the element.
    /// Ids count from 0 within each list.
    fn column(&mut self, list: usize, id: u32, path: &str) -> Result<(), Error>;
    /// A record of a document, or an element of one of its lists; the record comes first.
    fn object(&mut self, object: &Object<'_>) -> Result<(), Error>;
    /// A line is of another shape than those before it: where its records are, by a sample of its paths as in
    /// [`Shape::Document`]. Asked only if the plan asks for pieces.
    fn elsewhere(&mut self, _: &[(String, String)]) -> Result<Option<String>, Error> {
        Ok(None)
    }
    /// A piece of a document, if the plan asks for them.
    fn piece(&mut self, _: &Piece<'_>) -> Result<(), Error> {
        Ok(())
    }
    /// Something a cell holds beside its text: kind is `link`, `formula`, `stored_number`, `note`, `covered`.
    fn cell(
        &mut self,
        record: u64,
        column: usize,
        kind: &'static str,
        value: &str,
    ) -> Result<(), Error>;
    /// A problem, of the part begun last or of the file.
    fn problem(&mut self, problem: Problem) -> Result<(), Error>;
    /// The part ends.
    fn end(&mut self, account: Account) -> Result<(), Error>;
}

/// How much a hostile file may ask for. Each has a setting in `cotejo.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a file may unpack to.
    pub unpacked_bytes: u64,
    /// Unpacked bytes for each packed byte (checked beyond the first 16 MiB).
    pub ratio: u64,
    /// Entries in an archive.
    pub entries: u64,
    /// Archives within archives.
    pub nesting: u32,
    /// Bytes of one record.
    pub record_bytes: usize,
    /// Columns of a table, paths of a document.
    pub columns: usize,
    /// Non-empty cells of a sheet.
    pub sheet_cells: u64,
    /// Levels of a JSON document.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            unpacked_bytes: 16 << 30,
            ratio: 200,
            entries: 10_000,
            nesting: 3,
            record_bytes: 16 << 20, // A row of 50 MB is a lost quote, not a record.
            columns: 4_096,
            sheet_cells: 50_000_000,
            depth: 64,
        }
    }
}
