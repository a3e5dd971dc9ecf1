//! Reads a CSV: its dialect, what stands above the header, its rows.
//!
//! It keeps every cell as found. It refuses to know types and layouts.

mod dialect;
mod header;
mod records;
mod values;

use std::fs::File;
use std::io::Read;

pub use dialect::Dialect;
use header::Header;
use records::{Next, Records};

use crate::encoding::{Damage, DecodingReader, Detected, read_full};
use crate::error::Error;
use crate::open::Source;
use crate::problems::{Desk, problem};
use crate::reading::{Account, Plan, Row, Severity, Shape};
use crate::{labels, scan};

/// Bytes looked at for the dialect and the header.
const SAMPLE_BYTES: usize = 256 << 10;
/// Rows looked at for the header.
const SAMPLE_ROWS: usize = 500;
/// A total or a note is looked for in the last rows only.
const TAIL_ROWS: u64 = 20;

/// Reads one CSV and reports it as one part.
pub(crate) fn read(
    source: &Source<'_>,
    name: &str,
    detected: &Detected,
    desk: &mut Desk<'_>,
) -> Result<(), Error> {
    let open = || -> Result<DecodingReader<File>, Error> {
        DecodingReader::open(source.open()?, detected).map_err(|e| source.error(e))
    };
    let mut sample = vec![0; SAMPLE_BYTES];
    let n = read_full(&mut open()?, &mut sample).map_err(|e| source.error(e))?;
    sample.truncate(n);
    let dialect = dialect::detect(&sample);
    let first = first_rows(&sample, dialect, n == SAMPLE_BYTES);
    drop(sample);
    let header = header::find(&first);
    let (width, shapes) = values::look(&first, header.position);
    drop(first);

    let shape = Shape::Table {
        header: header.cells.clone(),
        preamble: header.preamble.clone(),
        header_position: header.position,
        sample: String::new(),
        width,
        shapes,
    };
    let delimiter = (dialect.delimiter as char).to_string();
    let plan = desk.begin(name, "csv", &detected.encoding.name(), &delimiter, shape)?;
    if plan == Plan::Skip {
        return Ok(());
    }
    tell_encoding(detected, desk)?;
    tell_header(&header, desk)?;
    let rules = scan::Csv {
        delimiter: dialect.delimiter,
        quote: dialect.quote,
        escape: dialect.escape,
        line_end: dialect.line_end,
        header_line: header.position,
        record_bytes: desk.limits.record_bytes,
    };
    let rows = scan::csv_rows(open()?, &rules).map_err(|e| source.error(e))?;
    let records = Records::new(
        open()?,
        dialect,
        desk.limits.record_bytes,
        desk.limits.columns,
    );
    let mut reader = Reader {
        records,
        header,
        rows,
        account: Account::default(),
    };
    reader.run(source, desk)?;
    tell_damage(reader.records.source().damage(), desk)?;
    desk.end(reader.account)
}

fn first_rows(sample: &[u8], dialect: Dialect, cut: bool) -> Vec<(u64, Vec<String>)> {
    let mut records = Records::new(sample, dialect, sample.len(), usize::MAX);
    let mut rows = Vec::new();
    while rows.len() < SAMPLE_ROWS {
        match records.next() {
            Ok(Next::Row) => {
                let mut start = 0;
                let cells = records.ends.iter().map(|end| {
                    let cell = String::from_utf8_lossy(&records.text[start..*end]).into_owned();
                    start = *end;
                    cell
                });
                rows.push((records.line, cells.collect()));
            }
            Ok(Next::End) | Err(_) => break,
            Ok(_) => {}
        }
    }
    if cut && rows.len() > 1 && rows.len() < SAMPLE_ROWS {
        rows.pop(); // The last row may end anywhere.
    }
    rows
}

struct Reader<R> {
    records: Records<R>,
    header: Header,
    /// Non-blank rows after the header, by the scan.
    rows: u64,
    account: Account,
}

impl<R: Read> Reader<R> {
    fn run(&mut self, source: &Source<'_>, desk: &mut Desk<'_>) -> Result<(), Error> {
        let (mut titles, mut headers, mut totals, mut footers) = (0, 0, 0, 0);
        let mut seen = 0;
        loop {
            let next = self.records.next().map_err(|e| source.error(e))?;
            let line = self.records.line;
            if next == Next::End {
                break;
            }
            if next == Next::Blank {
                continue;
            }
            if line <= self.header.position {
                if line == self.header.position {
                    headers += 1
                } else {
                    titles += 1
                }
                continue;
            }
            seen += 1;
            if next == Next::Row {
                if self.records.unclosed {
                    desk.problem(problem(
                        "quote_unclosed",
                        Severity::Warning,
                        format!("line {line}"),
                        &String::from_utf8_lossy(&self.records.text),
                        "the quote was read as a plain character",
                    ))?;
                }
                match self.footer_kind(seen) {
                    Some(kind) => {
                        let found = String::from_utf8_lossy(&self.records.text).into_owned();
                        let action = format!("a {kind}, not a record");
                        desk.problem(problem(
                            "row_not_record",
                            Severity::Notice,
                            format!("line {line}"),
                            &found,
                            action,
                        ))?;
                        if kind == "total" {
                            totals += 1
                        } else {
                            footers += 1
                        }
                    }
                    None => self.row(desk)?,
                }
            } else {
                self.set_aside(next, desk)?;
            }
        }
        let kinds = [
            ("title", titles),
            ("header", headers),
            ("total", totals),
            ("footer", footers),
        ];
        self.account.other_rows = kinds.into_iter().filter(|(_, n)| *n > 0).collect();
        self.account.records_found = self.rows.saturating_sub(totals + footers);
        Ok(())
    }

    /// Hands the row over, and says what is wrong with its width.
    fn row(&mut self, desk: &mut Desk<'_>) -> Result<(), Error> {
        let record = self.account.rows_read + self.account.rows_set_aside + 1;
        let line = self.records.line;
        let Ok(text) = std::str::from_utf8(&self.records.text) else {
            // Only if the file changed while it was read.
            self.account.rows_set_aside += 1;
            let found = String::from_utf8_lossy(&self.records.text).into_owned();
            let mut p = problem(
                "encoding_damaged",
                Severity::Error,
                format!("line {line}"),
                &found,
                "set aside",
            );
            p.record = Some(record);
            return desk.problem(p);
        };
        let row = Row {
            record,
            position: line,
            text,
            ends: &self.records.ends,
        };
        desk.row(&row)?;
        self.account.rows_read += 1;
        let width = self.header.cells.len();
        if row.len() > width {
            let extra = (width..row.len())
                .filter_map(|i| row.cell(i))
                .find(|c| !c.trim().is_empty());
            if let Some(extra) = extra
                && desk.counts("row_too_long", Severity::Warning)
            {
                let action = format!("kept: {} cells under a header of {width}", row.len());
                let mut p = problem(
                    "row_too_long",
                    Severity::Warning,
                    format!("line {line}"),
                    extra,
                    action,
                );
                p.record = Some(record);
                desk.told(p)?;
            }
        } else if row.len() < width
            && self.header.cells[row.len()..]
                .iter()
                .any(|c| !c.trim().is_empty())
            && desk.counts("row_too_short", Severity::Warning)
        {
            let action = format!("kept: {} cells under a header of {width}", row.len());
            let mut p = problem(
                "row_too_short",
                Severity::Warning,
                format!("line {line}"),
                text,
                action,
            );
            p.record = Some(record);
            desk.told(p)?;
        }
        if self.records.stray && desk.counts("quote_stray", Severity::Notice) {
            let mut p = problem(
                "quote_stray",
                Severity::Notice,
                format!("line {line}"),
                text,
                "kept as it stands",
            );
            p.record = Some(record);
            desk.told(p)?;
        }
        Ok(())
    }

    fn set_aside(&mut self, next: Next, desk: &mut Desk<'_>) -> Result<(), Error> {
        let record = self.account.rows_read + self.account.rows_set_aside + 1;
        self.account.rows_set_aside += 1;
        let (code, action) = match next {
            Next::TooWide => (
                "too_many_columns",
                format!("set aside: over {} cells", desk.limits.columns),
            ),
            _ => (
                "record_too_large",
                format!(
                    "set aside: over {} bytes; reading goes on at the next line",
                    desk.limits.record_bytes
                ),
            ),
        };
        let mut p = problem(
            code,
            Severity::Error,
            format!("line {}", self.records.line),
            "",
            action,
        );
        p.record = Some(record);
        desk.problem(p)
    }

    /// Whether the row at this place is a total or a note under the records, and not one of them.
    fn footer_kind(&self, seen: u64) -> Option<&'static str> {
        let width = self.header.cells.len();
        if seen + TAIL_ROWS <= self.rows || width < 3 {
            return None;
        }
        let mut start = 0;
        let (mut filled, mut first) = (0, None);
        for end in &self.records.ends {
            let cell = self.records.text[start..*end].trim_ascii();
            start = *end;
            if !cell.is_empty() {
                filled += 1;
                first = first.or(Some(cell));
            }
        }
        if filled * 2 >= width {
            return None;
        }
        match labels::row_kind(&String::from_utf8_lossy(first?))? {
            "note" => Some("footer"),
            kind => Some(kind),
        }
    }
}

fn tell_header(header: &Header, desk: &mut Desk<'_>) -> Result<(), Error> {
    if header.position == 0 && !header.cells.is_empty() {
        let action = "the columns are called column_1, column_2 …";
        desk.problem(problem(
            "header_missing",
            Severity::Notice,
            "line 1",
            "",
            action,
        ))?;
    }
    tell_columns(&header.cells, &format!("line {}", header.position), desk)
}

/// Says which columns have no name or the name of another.
pub(crate) fn tell_columns(
    cells: &[String],
    position: &str,
    desk: &mut Desk<'_>,
) -> Result<(), Error> {
    let nameless: Vec<String> = cells
        .iter()
        .enumerate()
        .filter(|(_, c)| c.trim().is_empty())
        .map(|(i, _)| format!("{}", i + 1))
        .collect();
    if !nameless.is_empty() {
        let found = format!("column {}", nameless.join(", "));
        desk.problem(problem(
            "column_nameless",
            Severity::Notice,
            position,
            &found,
            "kept without a name",
        ))?;
    }
    let mut seen = std::collections::HashSet::new();
    for cell in cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()) {
        if !seen.insert(cell) {
            let mut p = problem(
                "column_repeated",
                Severity::Notice,
                position,
                cell,
                "both columns are kept",
            );
            p.column = cell.to_owned();
            desk.problem(p)?;
        }
    }
    Ok(())
}

/// Says what is odd about the letters of the file.
pub(crate) fn tell_encoding(detected: &Detected, desk: &mut Desk<'_>) -> Result<(), Error> {
    if detected.encoding == crate::encoding::Encoding::Mixed {
        let position = format!("line {}", detected.bad_line.unwrap_or(1));
        let action = "each line was read as what it is: UTF-8 or Windows-1252";
        desk.problem(problem(
            "encoding_mixed",
            Severity::Warning,
            position,
            "",
            action,
        ))?;
    }
    if let Some((line, found)) = &detected.mojibake {
        desk.problem(problem(
            "encoding_mojibake",
            Severity::Notice,
            format!("line {line}"),
            found,
            "kept as found",
        ))?;
    }
    Ok(())
}

/// Says how many bytes could not be read as letters.
pub(crate) fn tell_damage(damage: Damage, desk: &mut Desk<'_>) -> Result<(), Error> {
    if damage.count == 0 {
        return Ok(());
    }
    let found = format!("{} bytes", damage.count);
    let position = format!("line {}", damage.first_line);
    desk.problem(problem(
        "encoding_damaged",
        Severity::Warning,
        position,
        &found,
        "each became U+FFFD",
    ))
}
