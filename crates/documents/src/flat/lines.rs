//! The lines of `_rest`, read and put in their places.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::flat::back::{Key, Sheet, opened};
use crate::flat::cell::{near, shown};
use crate::flat::rest::steps;
use crate::value::Value;

/// Levels of a value in `_rest`; the reader that made the document allows fewer.
const DEPTH: usize = 512;

/// What `_rest` says.
#[derive(Default)]
pub(super) struct Lines {
    /// Documents that have no row, by their number.
    pub whole: BTreeMap<u64, Value>,
    pub others: Vec<Line>,
}

/// A value and its place.
pub(super) struct Line {
    pub record: u64,
    pub key: Key,
    pub pointer: String,
    pub value: Value,
}

/// A value of which more may follow.
struct Open<'a> {
    sheet: &'a str,
    row: usize,
    record: u64,
    key: Key,
    pointer: &'a str,
    json: String,
}

impl Lines {
    /// Reads the table; a value goes on in the next line of the same place, on the next sheet too.
    ///
    /// Errors: a line that is not one.
    pub fn read<'a>(sheets: impl Iterator<Item = &'a Sheet>) -> Result<Lines, Error> {
        let mut lines = Lines::default();
        let mut open: Option<Open<'a>> = None;
        for sheet in sheets {
            let Some((_, rows, first)) = opened(sheet, false) else {
                continue;
            };
            for (index, row) in rows.iter().enumerate() {
                let wrong = || Error::RestWrong(first + index, sheet.name.clone());
                if row.iter().all(String::is_empty) {
                    continue;
                }
                let [record, subject, id, pointer, piece] = row.as_slice() else {
                    return Err(wrong());
                };
                let record: u64 = record.parse().map_err(|_| wrong())?;
                match &mut open {
                    Some(open) if open.record == record && open.pointer == pointer => {
                        open.json.push_str(piece);
                    }
                    _ => {
                        let next = Open {
                            sheet: &sheet.name,
                            row: first + index,
                            record,
                            key: [subject.clone(), id.clone()],
                            pointer,
                            json: piece.clone(),
                        };
                        if let Some(last) = open.replace(next) {
                            lines.close(last)?;
                        }
                    }
                }
            }
        }
        if let Some(last) = open {
            lines.close(last)?;
        }
        Ok(lines)
    }

    fn close(&mut self, line: Open<'_>) -> Result<(), Error> {
        let value = Value::parse(&line.json, DEPTH);
        let value = value.map_err(|_| Error::RestWrong(line.row, line.sheet.to_owned()))?;
        if line.pointer.is_empty() && line.record > 0 {
            self.whole.insert(line.record, value);
        } else {
            self.others.push(Line {
                record: line.record,
                key: line.key,
                pointer: line.pointer.to_owned(),
                value,
            });
        }
        Ok(())
    }
}

/// Puts a value of `_rest` in its place; not over a cell that shows something else.
pub(super) fn put(target: &mut Value, pointer: &str, value: Value) -> bool {
    let steps = steps(pointer);
    let Some((last, above)) = steps.split_last() else {
        *target = value;
        return true;
    };
    let mut at = target;
    for step in above {
        if matches!(at, Value::Object(_)) && at.get(step).is_none() {
            at.set(step, Value::Object(Vec::new()));
        }
        let below = match at {
            Value::List(elements) => step
                .parse::<usize>()
                .ok()
                .and_then(|index| elements.get_mut(index)),
            other => other.get_mut(step),
        };
        match below {
            Some(below) => at = below,
            None => return false,
        }
    }
    let is_object = matches!(at, Value::Object(_));
    let is_changed = at.get(last).is_some_and(|known| !is_cell_of(known, &value));
    if is_object && !is_changed {
        at.set(last, value);
    }
    is_object && !is_changed
}

/// Whether the cell that gave `known` is the one that was written for `value`. A workbook keeps what a number is
/// worth, not its digits.
fn is_cell_of(known: &Value, value: &Value) -> bool {
    let (cell, written) = (shown(known), shown(value));
    cell == written
        || cell == written.as_deref().map(near)
        || (matches!(value, Value::Number(_))
            && cell.is_some_and(|cell| Value::parse(&cell, 1).as_ref() == Ok(value)))
}
