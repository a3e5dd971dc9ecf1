//! Finds the header of a sheet, of one row or several, and tells records from the other rows under it.
//!
//! A header is the first row of words about as full as the rows below. Merged cells make it taller: down
//! to where they end, and one row more where a merged cell spans columns that have names of their own.
//! It refuses to know what a column means.

use std::collections::HashMap;

use super::cells::{Merge, Value};
use super::sheet::SheetRow;
use crate::labels;

/// Rows looked at for a header. 60: forms have long preambles.
const SEARCHED: usize = 60;
/// Rows a header may have.
const TALLEST: u32 = 4;

/// What stands around the records of a sheet.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// Names of the columns.
    pub(crate) header: Vec<String>,
    /// Rows above, as text.
    pub(crate) preamble: Vec<String>,
    /// Rows of the header, from 0; empty when it is missing.
    pub(crate) rows: Option<(u32, u32)>,
    /// Texts of the header by column, to know it when it comes again.
    texts: HashMap<u32, Vec<String>>,
}

/// What a row under the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Record,
    Header,
    Total,
    Note,
    /// One text across the sheet: a group if records follow, a footer otherwise.
    Single,
}

impl Layout {
    /// In: the first non-empty rows of a sheet, in order. Out: its layout.
    pub(crate) fn find(rows: &[SheetRow], merges: &[Merge]) -> Layout {
        let mut counts: Vec<usize> = rows
            .iter()
            .map(|r| r.cells.len())
            .filter(|n| *n > 1)
            .collect();
        counts.sort_unstable();
        let usual = counts.get(counts.len() / 2).copied().unwrap_or(1);
        let is_header = |row: &SheetRow| {
            row.cells.len() >= usual.min(2).max(usual.div_ceil(4))
                && spread(row, merges) * 2 >= usual
                && is_words(row)
        };
        let found = rows.iter().take(SEARCHED).position(is_header);
        let Some(first) = found else {
            let width = rows
                .iter()
                .flat_map(|r| r.cells.last())
                .map(|c| c.column as usize + 1)
                .max()
                .unwrap_or(0);
            let header = (1..=width.min(usual.max(1) * 4))
                .map(|n| format!("column_{n}"))
                .collect();
            return Layout {
                header,
                ..Layout::default()
            };
        };
        let top = rows[first].row;
        let bottom = bottom(rows, first, merges);
        let mut layout = Layout {
            preamble: rows[..first].iter().map(SheetRow::as_text).collect(),
            rows: Some((top, bottom)),
            ..Layout::default()
        };
        layout.name_columns(&rows[first..], merges, bottom);
        layout
    }

    fn name_columns(&mut self, rows: &[SheetRow], merges: &[Merge], bottom: u32) {
        let mut columns: Vec<Vec<String>> = Vec::new();
        for row in rows.iter().take_while(|r| r.row <= bottom) {
            for cell in &row.cells {
                let text = cell.text.trim().to_owned();
                self.texts
                    .entry(cell.column)
                    .or_default()
                    .push(text.clone());
                let right = merges
                    .iter()
                    .find(|m| m.top == row.row && m.left == cell.column)
                    .map_or(cell.column, |m| m.right);
                // A title merged to the edge of the sheet does not make 16,384 columns.
                let right = right.min(cell.column + 255);
                if columns.len() <= right as usize {
                    columns.resize(right as usize + 1, Vec::new());
                }
                for parts in &mut columns[cell.column as usize..=right as usize] {
                    if parts.last() != Some(&text) && !text.is_empty() {
                        parts.push(text.clone());
                    }
                }
            }
        }
        self.header = columns.into_iter().map(|parts| parts.join(" / ")).collect();
    }

    /// What a row below the header is. `covered` says whether it continues a block merged from above.
    pub(crate) fn class(&self, row: &SheetRow, merges: &[Merge], covered: bool) -> Class {
        let width = self.header.len();
        let Some(first) = row.cells.first() else {
            return Class::Record;
        };
        let same = row.cells.iter().filter(|c| {
            self.texts
                .get(&c.column)
                .is_some_and(|t| t.iter().any(|t| t == c.text.trim()))
        });
        if row.cells.len() > 1 && same.count() * 10 >= row.cells.len() * 8 {
            return Class::Header;
        }
        if width < 3 {
            return Class::Record;
        }
        if row.cells.len() * 2 < width {
            match labels::row_kind(&first.text) {
                Some("total") => return Class::Total,
                Some(_) if row.cells.len() == 1 => return Class::Note,
                _ => {}
            }
        }
        let spans = merges
            .iter()
            .any(|m| m.top == row.row && m.left == first.column && m.right > m.left);
        let alone = row.cells.len() == 1 && first.value == Value::Text && !covered && width >= 4;
        if alone && (spans || (first.column == 0 && width >= 6)) {
            Class::Single
        } else {
            Class::Record
        }
    }
}

/// Columns a row fills, merged cells counted at their width.
fn spread(row: &SheetRow, merges: &[Merge]) -> usize {
    let width = |column: u32| {
        merges
            .iter()
            .find(|m| m.top == row.row && m.left == column)
            .map_or(1, |m| (m.right - m.left + 1).min(256) as usize)
    };
    row.cells.iter().map(|c| width(c.column)).sum()
}

/// Nine cells in ten are words: text that does not start like a number.
fn is_words(row: &SheetRow) -> bool {
    let word = |text: &str| {
        let text = text.trim();
        !text.is_empty() && text.parse::<f64>().is_err()
    };
    let words = row
        .cells
        .iter()
        .filter(|c| c.value == Value::Text && word(&c.text))
        .count();
    words * 10 >= row.cells.len() * 9
}

fn bottom(rows: &[SheetRow], first: usize, merges: &[Merge]) -> u32 {
    let top = rows[first].row;
    let last = top + TALLEST - 1;
    let mut bottom = top;
    loop {
        let down = merges
            .iter()
            .filter(|m| m.top >= top && m.top <= bottom && m.bottom > bottom && m.bottom <= last);
        if let Some(lower) = down.map(|m| m.bottom).max() {
            bottom = lower;
            continue;
        }
        let across: Vec<&Merge> = merges
            .iter()
            .filter(|m| m.top >= top && m.bottom == bottom && m.right > m.left)
            .collect();
        let next = rows.iter().find(|r| r.row == bottom + 1 && r.row <= last);
        let named = next.is_some_and(|row| {
            let under = row.cells.iter().filter(|c| {
                across
                    .iter()
                    .any(|m| c.column >= m.left && c.column <= m.right)
            });
            is_words(row) && row.cells.len() > 1 && under.count() * 2 > row.cells.len()
        });
        // A sheet of words alone would have its first record taken for a second header row; one merged title
        // over all columns is no reason to.
        if named && across.len() < rows[first].cells.len().max(2) {
            bottom += 1;
            continue;
        }
        return bottom;
    }
}
