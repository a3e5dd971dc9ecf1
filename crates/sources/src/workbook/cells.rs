//! Streams the cells of a workbook with `calamine`, as text.
//!
//! Numbers are their shortest exact digits, dates ISO with the stored number beside them. It refuses to know
//! headers and records.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{
    Data, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xls, Xlsx, open_workbook_from_rs,
};

use super::Kind;

/// A rectangle of merged cells, rows and columns from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merge {
    pub(crate) top: u32,
    pub(crate) left: u32,
    pub(crate) bottom: u32,
    pub(crate) right: u32,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Text,
    Number,
    Date,
    Boolean,
    Error,
}

/// What the stream of a workbook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// A sheet begins.
    Sheet {
        name: String,
        hidden: bool,
        merges: Vec<Merge>,
    },
    /// A cell links somewhere; comes before the cells.
    Link {
        row: u32,
        column: u32,
        target: String,
    },
    /// A cell with a value.
    Cell {
        row: u32,
        column: u32,
        value: Value,
        text: String,
        stored: Option<String>,
    },
    /// The sheet ends; with a reason if it broke off.
    End { broken: Option<String> },
    /// The workbook ends; with a reason if it could not be opened.
    Done { broken: Option<String> },
}

/// Where the stream goes; `Err` stops it.
pub(crate) type Sink<'s, E> = &'s mut dyn FnMut(Message) -> Result<(), E>;

/// Streams every sheet, then [`Message::Done`].
pub(crate) fn stream<E>(path: &Path, kind: Kind, sink: Sink<'_, E>) -> Result<(), E> {
    let broken = match File::open(path) {
        Err(e) => Some(e.to_string()),
        Ok(file) => {
            let file = BufReader::with_capacity(256 << 10, file);
            match kind {
                Kind::Xlsx => match guard(|| open_workbook_from_rs::<Xlsx<_>, _>(file)) {
                    Ok(mut book) => xlsx(&mut book, sink)?,
                    Err(why) => Some(why),
                },
                Kind::Xls => match guard(|| open_workbook_from_rs::<Xls<_>, _>(file)) {
                    Ok(mut book) => ranges(
                        &mut book,
                        &|book, name| book.merge_cells_by_sheet_name(name).unwrap_or_default(),
                        sink,
                    )?,
                    Err(why) => Some(why),
                },
                // The library does not tell which cells of an ODS are merged.
                Kind::Ods => match guard(|| open_workbook_from_rs::<Ods<_>, _>(file)) {
                    Ok(mut book) => ranges(&mut book, &|_, _| Vec::new(), sink)?,
                    Err(why) => Some(why),
                },
            }
        }
    };
    sink(Message::Done { broken })
}

/// Calls the library, which panics on some damaged files: that too is only a file that cannot be read.
fn guard<T, E: Display>(call: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|e| e.to_string()),
        Err(_) => Err("the file is damaged in a way its reader did not expect".into()),
    }
}

fn sheets<RS, R: Reader<RS>>(book: &R) -> Vec<(String, bool)>
where
    RS: Read + Seek,
{
    let worksheets = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet);
    worksheets
        .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
        .collect()
}

fn xlsx<RS: Read + Seek, E>(book: &mut Xlsx<RS>, sink: Sink<'_, E>) -> Result<Option<String>, E> {
    for (name, hidden) in sheets(book) {
        // Without merges or links a sheet is poorer, not wrong.
        let merges = guard(|| book.merge_cells_by_sheet_name(&name)).unwrap_or_default();
        let links = guard(|| book.hyperlinks_by_sheet_name(&name)).unwrap_or_default();
        sink(Message::Sheet {
            name: name.clone(),
            hidden,
            merges: merges.iter().map(merge).collect(),
        })?;
        for link in links {
            let target = match (link.target, link.location) {
                (Some(target), Some(location)) => format!("{target}#{location}"),
                (Some(target), None) => target,
                (None, Some(location)) => format!("#{location}"),
                (None, None) => continue,
            };
            sink(Message::Link {
                row: link.range.start.0,
                column: link.range.start.1,
                target,
            })?;
        }
        let mut cells = match guard(|| book.worksheet_cells_reader(&name)) {
            Ok(cells) => cells,
            Err(why) => {
                sink(Message::End { broken: Some(why) })?;
                continue;
            }
        };
        let broken = loop {
            match guard(|| cells.next_cell()) {
                Ok(Some(cell)) => {
                    let (row, column) = cell.get_position();
                    let data: Data = cell.get_value().clone().into();
                    if let Some(message) = cell_message(row, column, data) {
                        sink(message)?;
                    }
                }
                Ok(None) => break None,
                Err(why) => break Some(why),
            }
        };
        sink(Message::End { broken })?;
    }
    Ok(None)
}

/// The kinds whose sheets the library reads whole.
fn ranges<RS: Read + Seek, R: Reader<RS>, E>(
    book: &mut R,
    merges: &dyn Fn(&mut R, &str) -> Vec<calamine::Dimensions>,
    sink: Sink<'_, E>,
) -> Result<Option<String>, E> {
    for (name, hidden) in sheets(book) {
        let merges = guard(|| Ok::<_, std::fmt::Error>(merges(book, &name))).unwrap_or_default();
        sink(Message::Sheet {
            name: name.clone(),
            hidden,
            merges: merges.iter().map(merge).collect(),
        })?;
        let range = match guard(|| book.worksheet_range(&name).map_err(|e| format!("{e:?}"))) {
            Ok(range) => range,
            Err(why) => {
                sink(Message::End { broken: Some(why) })?;
                continue;
            }
        };
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            if let Some(message) =
                cell_message(top + row as u32, left + column as u32, data.clone())
            {
                sink(message)?;
            }
        }
        sink(Message::End { broken: None })?;
    }
    Ok(None)
}

fn merge(d: &calamine::Dimensions) -> Merge {
    Merge {
        top: d.start.0,
        left: d.start.1,
        bottom: d.end.0,
        right: d.end.1,
    }
}

fn cell_message(row: u32, column: u32, data: Data) -> Option<Message> {
    let mut stored = None;
    let (value, text) = match data {
        Data::Empty => return None,
        Data::String(text) if text.is_empty() => return None,
        Data::String(text) => (Value::Text, text),
        Data::Int(n) => (Value::Number, n.to_string()),
        Data::Float(n) => (Value::Number, number(n)),
        Data::Bool(b) => (Value::Boolean, b.to_string()),
        Data::DateTimeIso(text) | Data::DurationIso(text) => (Value::Date, text),
        Data::Error(e) => (Value::Error, e.to_string()),
        Data::DateTime(date) => {
            stored = Some(number(date.as_f64()));
            (Value::Date, date_text(&date))
        }
    };
    Some(Message::Cell {
        row,
        column,
        value,
        text,
        stored,
    })
}

/// The shortest digits that read back to the same number, without an exponent.
pub(crate) fn number(n: f64) -> String {
    if n == 0.0 { "0".into() } else { n.to_string() }
}

/// A day, a time, or both; a duration in hours.
fn date_text(date: &ExcelDateTime) -> String {
    let value = date.as_f64();
    // Excel shows nothing outside of 1900 to 9999; the number is then all there is.
    if !(0.0..2_958_466.0).contains(&value) {
        return number(value);
    }
    if date.is_duration() {
        let seconds = (value * 86_400.0).round() as u64;
        return format!(
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        );
    }
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    let time = if milli > 0 {
        format!("{hour:02}:{minute:02}:{second:02}.{milli:03}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    };
    if value < 1.0 {
        return time;
    }
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        day
    } else {
        format!("{day}T{time}")
    }
}
