//! Tables as CSV, in a folder or wherever a caller wants them, and back.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use crate::error::Error;
use crate::flat::back::Sheet;
use crate::flat::cell::{Cell, wants_apostrophe, without_apostrophe};
use crate::flat::rows::Sink;
use crate::flat::{DEFUSED, PASSED_OVER, TYPES};

/// Opens the table of a name.
type Open<W> = Box<dyn FnMut(&str) -> io::Result<W>>;

/// Tables as CSV in UTF-8, lines ended as flatten-tool ends them.
pub struct Csv<W: Write> {
    open: Open<W>,
    tables: BTreeMap<usize, csv::Writer<W>>,
    defuses: bool,
}

impl<W: Write> std::fmt::Debug for Csv<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Csv")
            .field("defuses", &self.defuses)
            .finish_non_exhaustive()
    }
}

impl Csv<BufWriter<File>> {
    /// One file for each table in `folder`, which is made if it is not there.
    ///
    /// `defuses`: a text that a spreadsheet would take for a formula gets an apostrophe before it.
    pub fn folder(folder: &Path, defuses: bool) -> Result<Self, Error> {
        fs::create_dir_all(folder)?;
        let folder = folder.to_owned();
        Ok(Csv::to(defuses, move |name| {
            let file = File::create(folder.join(format!("{name}.csv")))?;
            Ok(BufWriter::new(file))
        }))
    }
}

impl<W: Write> Csv<W> {
    /// Each table where `open` says, by its name.
    pub fn to(defuses: bool, open: impl FnMut(&str) -> io::Result<W> + 'static) -> Self {
        Csv {
            open: Box::new(open),
            tables: BTreeMap::new(),
            defuses,
        }
    }
}

impl<W: Write> Sink for Csv<W> {
    fn longest_name(&self) -> usize {
        // The longest file name of common systems is 255 bytes; four are `.csv`, and a letter may be four.
        60
    }

    fn defuses(&self) -> bool {
        self.defuses
    }

    fn carries(&self, _: &str) -> bool {
        true
    }

    fn row(&mut self, table: usize, name: &str, cells: &[Cell<'_>]) -> Result<(), Error> {
        let writer = match self.tables.entry(table) {
            std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => free.insert(
                csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .flexible(true)
                    .from_writer((self.open)(name)?),
            ),
        };
        for cell in cells {
            match cell {
                Cell::Text(text) if self.defuses && wants_apostrophe(text) => {
                    writer.write_field(format!("'{text}"))?;
                }
                cell => writer.write_field(cell.text())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn more_names(&self) -> Vec<(usize, String)> {
        Vec::new()
    }

    fn finish(mut self) -> Result<(), Error> {
        for table in self.tables.values_mut() {
            table.flush()?;
        }
        Ok(())
    }
}

/// Reads one table; `defused` takes away the apostrophes before formulas.
pub fn read_csv(name: &str, input: impl Read, defused: bool) -> Result<Sheet, Error> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(input);
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let cells = record.iter().map(|cell| match defused {
            true => without_apostrophe(cell).to_owned(),
            false => cell.to_owned(),
        });
        rows.push(cells.collect());
    }
    if let Some(first) = rows
        .first_mut()
        .and_then(|row: &mut Vec<String>| row.first_mut())
        && let Some(rest) = first.strip_prefix('\u{feff}')
    {
        *first = rest.to_owned();
    }
    Ok(Sheet {
        name: name.to_owned(),
        rows,
    })
}

/// Reads every table of a folder. Apostrophes are taken away if its `_types` says that they were put.
pub fn read_folder(folder: &Path) -> Result<Vec<Sheet>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let (Some(name), Some("csv")) = (
            path.file_stem().and_then(|name| name.to_str()),
            path.extension().and_then(|end| end.to_str()),
        ) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    let read = |name: &str, defused| {
        let file = File::open(folder.join(format!("{name}.csv")))?;
        read_csv(name, BufReader::new(file), defused)
    };
    let mut defused = false;
    if names.iter().any(|name| name == TYPES) {
        let types = read(TYPES, false)?;
        defused = types.rows.first().is_some_and(|first| {
            first.first().is_some_and(|cell| cell == PASSED_OVER[0])
                && first.iter().any(|cell| cell == DEFUSED)
        });
    }
    names.iter().map(|name| read(name, defused)).collect()
}
