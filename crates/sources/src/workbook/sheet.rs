//! Puts the cells of one sheet together into rows and hands the records over.
//!
//! Cells covered by a merged one are not values: they are told beside the record. Memory is bounded by the
//! rows looked at for the header, and by the longest record. It joins rows into one record only where the plan says so.

use std::collections::HashMap;
use std::rc::Rc;

use super::block::Block;
use super::cells::{Merge, Value};
use super::layout::{Class, Layout};
use crate::csv::tell_columns;
use crate::error::Error;
use crate::problems::{Desk, problem};
use crate::reading::{Account, BlockPlan, Object, Plan, Row, Severity, Shape};
use crate::scan::SheetRows;

/// Rows kept to find the header.
const LOOKED_AT: usize = 200;

/// Bytes of text shown to whoever recognises the sheet.
const SAMPLE_BYTES: usize = 256 << 10;

/// Cells merged from above that a row keeps: more than any form has columns, few enough for a record of many rows.
const FROM_ABOVE: usize = 1_024;

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
    /// Column and text of cells merged from a row above down to this one or further.
    pub(crate) from_above: Vec<(u32, Rc<str>)>,
    /// The last row that a cell of this one is merged down to.
    pub(crate) merged_down_to: u32,
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
    /// Texts of the cells that active merges belong to, by row and column.
    anchors: HashMap<(u32, u32), Rc<str>>,
    links: HashMap<(u32, u32), String>,
    current: SheetRow,
    kept: Vec<SheetRow>,
    layout: Option<Layout>,
    plan: Option<Rc<BlockPlan>>,
    block: Option<Block>,
    /// Text of the last rows that stood alone, for the records below.
    group: String,
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
            anchors: HashMap::new(),
            links: HashMap::new(),
            current: SheetRow::default(),
            kept: Vec::new(),
            layout: None,
            plan: None,
            block: None,
            group: String::new(),
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
        let down = self
            .active
            .iter()
            .any(|m| (m.top, m.left) == (row, cell.column) && m.bottom > row);
        if down {
            self.anchors
                .insert((row, cell.column), Rc::from(cell.text.as_str()));
        }
        self.current.cells.push(cell);
        Ok(())
    }

    fn enter_row(&mut self, row: u32) {
        self.active.retain(|m| m.bottom >= row);
        if !self.anchors.is_empty() {
            let active: std::collections::HashSet<(u32, u32)> =
                self.active.iter().map(|m| (m.top, m.left)).collect();
            self.anchors.retain(|at, _| active.contains(at));
        }
        while let Some(m) = self.merges.get(self.next_merge).filter(|m| m.top <= row) {
            if m.bottom >= row && self.active.len() < ACTIVE_MERGES {
                self.active.push(*m);
            }
            self.next_merge += 1;
        }
        let above = self.active.iter().filter(|m| m.top < row);
        self.current = SheetRow {
            row,
            in_block: self.active.iter().any(|m| m.top < row),
            from_above: above
                .filter_map(|m| Some((m.left, self.anchors.get(&(m.top, m.left))?.clone())))
                .take(FROM_ABOVE)
                .collect(),
            merged_down_to: self
                .active
                .iter()
                .filter(|m| m.top == row)
                .map(|m| m.bottom)
                .max()
                .unwrap_or(row),
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
            sample: self.sample(),
            width: layout.header.len(),
            shapes: Vec::new(),
        };
        let plan = desk.begin(&self.part, self.format, "", "", shape)?;
        if plan == Plan::Skip {
            self.skipped = true;
            self.kept.clear();
            return Ok(());
        }
        if let Plan::Blocks(plan) = plan {
            self.plan = Some(Rc::new(plan));
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

    /// Texts by which the publisher of a form may be known: of the first rows, and of what their cells link to.
    fn sample(&self) -> String {
        let mut sample = String::new();
        let last = self.kept.last().map_or(0, |row| row.row);
        let texts = self
            .kept
            .iter()
            .flat_map(|row| row.cells.iter())
            .filter(|cell| cell.value == Value::Text)
            .map(|cell| cell.text.as_str());
        let mut links: Vec<(&(u32, u32), &String)> =
            self.links.iter().filter(|(at, _)| at.0 <= last).collect();
        links.sort_unstable();
        for text in texts.chain(links.into_iter().map(|(_, target)| target.as_str())) {
            if sample.len() > SAMPLE_BYTES {
                break;
            }
            sample.push_str(text);
            sample.push('\n');
        }
        sample
    }

    fn other(&mut self, kind: &'static str, count: u64) {
        match self.others.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, n)) => *n += count,
            None => self.others.push((kind, count)),
        }
    }

    /// Every non-empty row is exactly one of: title, header, record, total, note, group, footer.
    fn take(&mut self, mut row: SheetRow, desk: &mut Desk<'_>) -> Result<(), Error> {
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
        let class = layout.class(&row, &self.merges_at(row.row), row.in_block);
        let class = match self.plan.clone() {
            Some(plan) if class != Class::Header => {
                match self.take_in_block(row, class, &plan, desk)? {
                    None => return Ok(()),
                    Some((left, class)) => {
                        row = left;
                        class
                    }
                }
            }
            _ => class,
        };
        if class == Class::Header {
            self.end_block(desk)?;
        }
        let kind = match class {
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
            self.singles += 1;
            self.group = row.as_text();
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

    /// A row of a sheet whose records span rows. Gives back a row that is no part of a record, and what it is.
    fn take_in_block(
        &mut self,
        row: SheetRow,
        class: Class,
        plan: &BlockPlan,
        desk: &mut Desk<'_>,
    ) -> Result<Option<(SheetRow, Class)>, Error> {
        if class == Class::Record && plan.starts_record(&row) {
            self.end_block(desk)?;
            let singles = std::mem::take(&mut self.singles);
            if singles > 0 {
                self.other("group", singles);
            }
            self.block = Some(Block::new(row, &self.group));
            return Ok(None);
        }
        if class != Class::Total
            && let Some(block) = &mut self.block
            && block.goes_on(&row, plan)
        {
            block.add(row);
            self.other("continuation", 1);
            return Ok(None);
        }
        self.end_block(desk)?;
        let class = match class {
            Class::Record if row.cells.len() == 1 => Class::Single,
            Class::Record => Class::Note,
            other => other,
        };
        Ok(Some((row, class)))
    }

    /// Hands over the record being put together.
    fn end_block(&mut self, desk: &mut Desk<'_>) -> Result<(), Error> {
        let (Some(block), Some(plan)) = (self.block.take(), self.plan.clone()) else {
            return Ok(());
        };
        let record = self.account.rows_read + self.account.rows_set_aside + 1;
        let row = block.rows[0].row;
        let position = format!("row {}", row + 1);
        if self.cells > desk.limits.sheet_cells {
            self.account.rows_set_aside += 1;
            if self.account.rows_set_aside == 1 {
                desk.problem(problem(
                    "sheet_too_large",
                    Severity::Error,
                    position,
                    "",
                    format!(
                        "over {} cells: the rows from here on are set aside",
                        desk.limits.sheet_cells
                    ),
                ))?;
            }
            return Ok(());
        }
        let with_links = |cells: Vec<(usize, &str)>, row: u32| {
            let mut values: Vec<(u32, String)> = cells
                .into_iter()
                .map(|(column, text)| (column as u32, text.to_owned()))
                .collect();
            for (n, column) in plan.links.iter().enumerate() {
                let here = values.iter().any(|(at, _)| *at as usize == *column);
                if let Some(target) = self.links.get(&(row, *column as u32)).filter(|_| here) {
                    values.push(((plan.width + n) as u32, target.clone()));
                }
            }
            values
        };
        let mut values = with_links(block.record(&plan), row);
        if plan.group && !block.group.is_empty() {
            values.push(((plan.width + plan.links.len()) as u32, block.group.clone()));
        }
        let rest = block.rest(&plan);
        let rest = (!rest.is_empty()).then(|| {
            let cells: Vec<serde_json::Value> = rest
                .iter()
                .map(|(row, column, text)| {
                    serde_json::json!({ "cell": format!("{}{}", column_name(*column as u32), row + 1), "text": text })
                })
                .collect();
            serde_json::json!({ "further_cells": cells }).to_string()
        });
        let tell = |desk: &mut Desk<'_>,
                    list: usize,
                    element: &str,
                    values: &[(u32, String)],
                    rest: Option<&str>| {
            let values: Vec<(u32, &str)> = values.iter().map(|(id, t)| (*id, t.as_str())).collect();
            desk.object(&Object {
                list,
                record,
                position: &position,
                element,
                parent: "",
                values: &values,
                rest,
            })
        };
        tell(desk, 0, "", &values, rest.as_deref())?;
        for (index, list) in plan.lists.iter().enumerate() {
            let (elements, differ) = block.elements(&list.groups);
            if differ {
                let mut p = problem(
                    "lists_differ",
                    Severity::Warning,
                    &position,
                    &list.name,
                    "paired in order as far as they go",
                );
                p.record = Some(record);
                desk.problem(p)?;
            }
            for (row, cells) in elements {
                let element = format!("row {}", row + 1);
                tell(desk, index + 1, &element, &with_links(cells, row), None)?;
            }
        }
        self.account.rows_read += 1;
        for row in &block.rows {
            self.beside(record, row, desk)?;
        }
        Ok(())
    }

    /// What the cells of a row hold beside their texts.
    fn beside(&self, record: u64, row: &SheetRow, desk: &mut Desk<'_>) -> Result<(), Error> {
        for cell in &row.cells {
            if let Some(stored) = &cell.stored {
                desk.cell(record, cell.column as usize, "stored_number", stored)?;
            }
            if cell.value == Value::Error {
                let position = format!("row {}", row.row + 1);
                let mut p = problem(
                    "cell_error",
                    Severity::Warning,
                    position,
                    &cell.text,
                    "kept as text",
                );
                p.record = Some(record);
                p.column = column_name(cell.column);
                desk.problem(p)?;
            }
            if let Some(target) = self.links.get(&(row.row, cell.column)) {
                desk.cell(record, cell.column as usize, "link", target)?;
            }
        }
        for (column, text) in &row.covered {
            desk.cell(record, *column as usize, "covered", text)?;
        }
        Ok(())
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
        self.beside(record, &row, desk)?;
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
        self.end_block(desk)?;
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
