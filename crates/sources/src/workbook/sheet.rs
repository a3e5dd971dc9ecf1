//! Puts the cells of one sheet together into rows and hands the records over.
//!
//! Cells covered by a merged one are not values: they are told beside the record. Memory is bounded by the
//! rows looked at for the header. It refuses to join the rows of a block; a mapping does that.

use std::collections::HashMap;

use super::cells::{Merge, Value};
use super::layout::{Class, Layout};
use crate::csv::tell_columns;
use crate::error::Error;
use crate::problems::{Desk, problem};
use crate::reading::{Account, Plan, Row, Severity, Shape};
use crate::scan::SheetRows;

/// Rows kept to find the header.
const LOOKED_AT: usize = 200;

/// Merged cells that can cross one row: a sheet has 16,384 columns, and more would be an attack.
const ACTIVE_MERGES: usize = 16_384;

/// A cell with a value.
#[derive(Debug)]
pub(crate) struct SheetCell {
    pub(crate) column: u32,
    pub(crate) value: Value,
    pub(crate) text: String,
    pub(crate) stored: Option<String>,
}

/// A non-empty row.
#[derive(Debug, Default)]
pub(crate) struct SheetRow {
    /// From 0.
    pub(crate) row: u32,
    /// In the order of the columns.
    pub(crate) cells: Vec<SheetCell>,
    /// Column and text of cells under a merged one.
    covered: Vec<(u32, String)>,
    /// Whether a block merged from above reaches this row.
    in_block: bool,
}

impl SheetRow {
    pub(crate) fn as_text(&self) -> String {
        let texts: Vec<&str> = self.cells.iter().map(|c| c.text.trim()).collect();
        texts.join(" ")
    }
}

/// One sheet being read.
pub(crate) struct Sheet {
    part: String,
    format: &'static str,
    merges: Vec<Merge>,
    /// Merges are sorted by their top; those from here on start below the current row.
    next_merge: usize,
    active: Vec<Merge>,
    links: HashMap<(u32, u32), String>,
    current: SheetRow,
    kept: Vec<SheetRow>,
    layout: Option<Layout>,
    skipped: bool,
    scan: SheetRows,
    cells: u64,
    account: Account,
    others: Vec<(&'static str, u64)>,
    singles: u64,
    text: String,
    ends: Vec<usize>,
}

impl Sheet {
    pub(crate) fn new(part: String, format: &'static str, mut merges: Vec<Merge>) -> Self {
        merges.sort_unstable_by_key(|m| (m.top, m.left));
        Sheet {
            part,
            format,
            merges,
            next_merge: 0,
            active: Vec::new(),
            links: HashMap::new(),
            current: SheetRow::default(),
            kept: Vec::new(),
            layout: None,
            skipped: false,
            scan: SheetRows::default(),
            cells: 0,
            account: Account::default(),
            others: Vec::new(),
            singles: 0,
            text: String::new(),
            ends: Vec::new(),
        }
    }

    pub(crate) fn link(&mut self, row: u32, column: u32, target: String) {
        self.links.insert((row, column), target);
    }

    /// Takes the next cell, in the order of the file.
    pub(crate) fn cell(
        &mut self,
        row: u32,
        cell: SheetCell,
        desk: &mut Desk<'_>,
    ) -> Result<(), Error> {
        if self.skipped {
            return Ok(());
        }
        if row != self.current.row {
            self.end_row(desk)?;
            self.enter_row(row);
        } else if self.cells == 0 {
            self.enter_row(row);
        }
        self.cells += 1;
        let under = self.active.iter().any(|m| {
            (m.left..=m.right).contains(&cell.column) && (m.top, m.left) != (row, cell.column)
        });
        if under {
            self.current.covered.push((cell.column, cell.text));
            return Ok(());
        }
        if cell.text.trim().is_empty() {
            return Ok(());
        }
        self.scan.cell(row);
        self.current.cells.push(cell);
        Ok(())
    }

    fn enter_row(&mut self, row: u32) {
        self.active.retain(|m| m.bottom >= row);
        while let Some(m) = self.merges.get(self.next_merge).filter(|m| m.top <= row) {
            if m.bottom >= row && self.active.len() < ACTIVE_MERGES {
                self.active.push(*m);
            }
            self.next_merge += 1;
        }
        self.current = SheetRow {
            row,
            in_block: self.active.iter().any(|m| m.top < row),
            ..SheetRow::default()
        };
    }

    fn end_row(&mut self, desk: &mut Desk<'_>) -> Result<(), Error> {
        let mut row = std::mem::take(&mut self.current);
        if row.cells.is_empty() {
            return Ok(()); // Covered cells alone do not make a row.
        }
        if row.cells.windows(2).any(|w| w[0].column > w[1].column) {
            row.cells.sort_by_key(|c| c.column);
        }
        if self.layout.is_some() {
            return self.take(row, desk);
        }
        self.kept.push(row);
        if self.kept.len() == LOOKED_AT {
            self.begin(desk)
        } else {
            Ok(())
        }
    }

    /// Decides the layout, begins the part and hands over the rows kept so far.
    fn begin(&mut self, desk: &mut Desk<'_>) -> Result<(), Error> {
        let layout = Layout::find(&self.kept, &self.merges);
        let shape = Shape::Table {
            header: layout.header.clone(),
            preamble: layout.preamble.clone(),
            header_position: layout.rows.map_or(0, |(_, bottom)| u64::from(bottom) + 1),
        };
        let plan = desk.begin(&self.part, self.format, "", "", shape)?;
        if plan == Plan::Skip {
            self.skipped = true;
            self.kept.clear();
            return Ok(());
        }
        let position = layout.rows.map_or("row 1".to_owned(), |(_, bottom)| {
            format!("row {}", bottom + 1)
        });
        if layout.rows.is_none() {
            let action = "the columns are called column_1, column_2 …";
            desk.problem(problem(
                "header_missing",
                Severity::Notice,
                &position,
                "",
                action,
            ))?;
        }
        tell_columns(&layout.header, &position, desk)?;
        self.layout = Some(layout);
        for row in std::mem::take(&mut self.kept) {
            self.take(row, desk)?;
        }
        Ok(())
    }

    fn other(&mut self, kind: &'static str, count: u64) {
        match self.others.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, n)) => *n += count,
            None => self.others.push((kind, count)),
        }
    }

    /// Every non-empty row is exactly one of: title, header, record, total, note, group, footer.
    fn take(&mut self, row: SheetRow, desk: &mut Desk<'_>) -> Result<(), Error> {
        let Some(layout) = &self.layout else {
            return Ok(());
        };
        if let Some((top, bottom)) = layout.rows {
            if row.row < top {
                self.other("title", 1);
                return Ok(());
            }
            if row.row <= bottom {
                self.other("header", 1);
                return Ok(());
            }
        }
        let kind = match layout.class(&row, &self.merges_at(row.row), row.in_block) {
            Class::Record => {
                let singles = std::mem::take(&mut self.singles);
                if singles > 0 {
                    self.other("group", singles);
                }
                return self.record(row, desk);
            }
            Class::Header => "header",
            Class::Total => "total",
            Class::Note => "note",
            Class::Single => "text across the sheet",
        };
        if kind == "text across the sheet" {
            self.singles += 1
        } else {
            self.other(kind, 1)
        }
        let position = format!("row {}", row.row + 1);
        desk.problem(problem(
            "row_not_record",
            Severity::Notice,
            position,
            &row.as_text(),
            format!("a {kind}, not a record"),
        ))
    }

    /// The merges that start in a row; they are sorted.
    fn merges_at(&self, row: u32) -> Vec<Merge> {
        let from = self.merges.partition_point(|m| m.top < row);
        self.merges[from..]
            .iter()
            .take_while(|m| m.top == row)
            .copied()
            .collect()
    }

    fn record(&mut self, row: SheetRow, desk: &mut Desk<'_>) -> Result<(), Error> {
        let record = self.account.rows_read + self.account.rows_set_aside + 1;
        let position = u64::from(row.row) + 1;
        if self.cells > desk.limits.sheet_cells {
            self.account.rows_set_aside += 1;
            let action = format!(
                "over {} cells: the rows from here on are set aside",
                desk.limits.sheet_cells
            );
            if self.account.rows_set_aside == 1 {
                desk.problem(problem(
                    "sheet_too_large",
                    Severity::Error,
                    format!("row {position}"),
                    "",
                    action,
                ))?;
            }
            return Ok(());
        }
        self.text.clear();
        self.ends.clear();
        let mut far: Vec<&SheetCell> = Vec::new();
        for cell in &row.cells {
            let column = cell.column as usize;
            if column >= desk.limits.columns {
                far.push(cell);
                continue;
            }
            // A cell given twice keeps its last value.
            if let Some(last) = self
                .ends
                .len()
                .checked_sub(1)
                .filter(|last| *last >= column)
            {
                self.ends.truncate(last);
                self.text.truncate(self.ends.last().copied().unwrap_or(0));
            }
            self.ends.resize(column, self.text.len());
            self.text.push_str(&cell.text);
            self.ends.push(self.text.len());
        }
        desk.row(&Row {
            record,
            position,
            text: &self.text,
            ends: &self.ends,
        })?;
        self.account.rows_read += 1;
        let tell = |code, severity, column: u32, found: &str, action: &str| {
            let mut p = problem(code, severity, format!("row {position}"), found, action);
            p.record = Some(record);
            p.column = column_name(column);
            p
        };
        for cell in &row.cells {
            if let Some(stored) = &cell.stored {
                desk.cell(record, cell.column as usize, "stored_number", stored)?;
            }
            if cell.value == Value::Error {
                desk.problem(tell(
                    "cell_error",
                    Severity::Warning,
                    cell.column,
                    &cell.text,
                    "kept as text",
                ))?;
            }
            if let Some(target) = self.links.get(&(row.row, cell.column)) {
                desk.cell(record, cell.column as usize, "link", target)?;
            }
        }
        for (column, text) in &row.covered {
            desk.cell(record, *column as usize, "covered", text)?;
        }
        for cell in far {
            let action = format!("left out: beyond column {}", desk.limits.columns);
            desk.problem(tell(
                "cell_out_of_reach",
                Severity::Error,
                cell.column,
                &cell.text,
                &action,
            ))?;
        }
        let width = self.layout.as_ref().map_or(0, |l| l.header.len());
        if let Some(extra) = row.cells.iter().find(|c| c.column as usize >= width) {
            let action = format!("kept: it stands right of a header of {width} columns");
            desk.problem(tell(
                "row_too_long",
                Severity::Warning,
                extra.column,
                &extra.text,
                &action,
            ))?;
        }
        Ok(())
    }

    /// The sheet ends, or broke off for this reason.
    pub(crate) fn end(mut self, broken: Option<String>, desk: &mut Desk<'_>) -> Result<(), Error> {
        let cut = broken.is_some() && !self.current.cells.is_empty();
        if cut && self.layout.is_some() {
            self.current.cells.clear();
        }
        self.end_row(desk)?;
        if self.layout.is_none() && !self.skipped && !self.kept.is_empty() {
            self.begin(desk)?;
        }
        if let Some(why) = broken {
            let action = "what came before was read";
            desk.problem(problem(
                "workbook_unreadable",
                Severity::Error,
                &self.part,
                &why,
                action,
            ))?;
        }
        if self.skipped || self.layout.is_none() {
            return Ok(()); // An empty sheet is no part.
        }
        let singles = std::mem::take(&mut self.singles);
        if singles > 0 {
            self.other("footer", singles);
        }
        let others: u64 = self.others.iter().map(|(_, n)| n).sum();
        self.account.records_found = self.scan.rows().saturating_sub(others);
        // A row that broke off is found and not read.
        let accounted = self.account.rows_read + self.account.rows_set_aside;
        if cut && self.account.records_found == accounted + 1 {
            self.account.rows_set_aside += 1;
        }
        self.account.other_rows = self.others;
        desk.end(self.account)
    }
}

/// `A` to `XFD`.
fn column_name(column: u32) -> String {
    let mut name = String::new();
    let mut n = column + 1;
    while n > 0 {
        n -= 1;
        name.insert(0, char::from(b'A' + (n % 26) as u8));
        n /= 26;
    }
    name
}
