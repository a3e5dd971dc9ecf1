//! Tables as the sheets of a workbook, written row by row.

use std::collections::BTreeMap;
use std::io::{Seek, Write};

use rust_xlsxwriter::Workbook;

use crate::error::Error;
use crate::flat::PASSED_OVER;
use crate::flat::cell::Cell;
use crate::flat::name::Names;
use crate::flat::rest::plain;
use crate::flat::rows::Sink;
use crate::value::Value;

/// Rows of a sheet.
const ROWS: u32 = 1_048_576;
/// UTF-16 units of a cell.
const LONGEST: usize = 32_767;

/// A workbook. Texts are text cells, so none is a formula; each sheet waits in a temporary file.
/// A table of more rows than a sheet has goes on in a further sheet of the same heads.
pub struct Xlsx<W> {
    book: Workbook,
    out: W,
    sheets: BTreeMap<usize, At>,
    names: Names,
    rows: u32,
    more: Vec<(usize, String)>,
}

struct At {
    sheet: usize,
    row: u32,
    /// The lines before the first row, given again in a further sheet.
    heads: Vec<Vec<String>>,
}

impl<W> std::fmt::Debug for Xlsx<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Xlsx")
            .field("more", &self.more)
            .finish_non_exhaustive()
    }
}

impl<W: Write + Seek + Send> Xlsx<W> {
    /// A workbook for `out`.
    pub fn new(out: W) -> Xlsx<W> {
        Xlsx::with_rows(out, ROWS)
    }

    /// A workbook whose sheets have at most `rows` rows.
    pub fn with_rows(out: W, rows: u32) -> Xlsx<W> {
        Xlsx {
            book: Workbook::new(),
            out,
            sheets: BTreeMap::new(),
            names: Names::new(&[], 31),
            rows: rows.min(ROWS),
            more: Vec::new(),
        }
    }

    fn add_sheet(&mut self, name: &str) -> Result<(usize, String), Error> {
        let name = self.names.other(name);
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        Ok((self.book.worksheets().len() - 1, name))
    }
}

impl<W: Write + Seek + Send> Sink for Xlsx<W> {
    fn longest_name(&self) -> usize {
        31
    }

    fn defuses(&self) -> bool {
        false
    }

    fn carries(&self, text: &str) -> bool {
        (text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST) && plain(text)
    }

    fn row(&mut self, table: usize, name: &str, cells: &[Cell<'_>]) -> Result<(), Error> {
        if !self.sheets.contains_key(&table) {
            let (sheet, _) = self.add_sheet(name)?;
            let at = At {
                sheet,
                row: 0,
                heads: Vec::new(),
            };
            self.sheets.insert(table, at);
        }
        let at = &self.sheets[&table];
        if at.row >= self.rows {
            let heads = at.heads.clone();
            let (sheet, name) = self.add_sheet(name)?;
            self.more.push((table, name));
            let mut row = 0;
            for head in &heads {
                let cells = head.iter().map(|cell| Cell::Text(cell.into()));
                write_row(&mut self.book, sheet, row, &cells.collect::<Vec<_>>())?;
                row += 1;
            }
            self.sheets.insert(table, At { sheet, row, heads });
        }
        let Some(at) = self.sheets.get_mut(&table) else {
            return Ok(());
        };
        let first = at.heads.first().and_then(|row| row.first());
        let passed_over = first.is_some_and(|cell| *cell == PASSED_OVER[0]);
        if at.heads.is_empty() || (at.heads.len() == 1 && passed_over) {
            at.heads
                .push(cells.iter().map(|cell| cell.text().to_owned()).collect());
        }
        let row = at.row;
        at.row += 1;
        write_row(&mut self.book, at.sheet, row, cells)
    }

    fn more_names(&self) -> Vec<(usize, String)> {
        self.more.clone()
    }

    fn finish(mut self) -> Result<(), Error> {
        self.book.save_to_writer(&mut self.out)?;
        Ok(())
    }
}

fn write_row(book: &mut Workbook, sheet: usize, row: u32, cells: &[Cell<'_>]) -> Result<(), Error> {
    let sheet = book.worksheet_from_index(sheet)?;
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Blank => {}
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(text) => drop(sheet.write_string(row, column, text.as_ref())?),
            Cell::Boolean(value) => drop(sheet.write_boolean(row, column, *value)?),
            Cell::Number(text) => match shown(text) {
                Some(number) => drop(sheet.write_number(row, column, number)?),
                None => drop(sheet.write_string(row, column, *text)?),
            },
        }
    }
    Ok(())
}

/// The number as a workbook keeps it, if it is worth the same there: 15 digits, and none of ten to the 15th.
fn shown(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_small = number.abs() < 1e15 && (number == 0.0 || number.abs() > 1e-9);
    let same = Value::Number(number.to_string().into()) == Value::Number(text.into());
    (digits <= 15 && is_small && same).then_some(number)
}
