//! Reads JSON: one document, several one after the other, or one for each line.
//!
//! Records are cut out first and read one by one, so a broken one is set aside and the next is read. It
//! refuses to know standards; where the records are, the listener says.

mod around;
mod flatten;
mod lexer;
mod sample;
mod split;

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;

use around::{Around, Why};
use flatten::Flattener;
use lexer::{Broken, Kind, Lexer};
use split::{Cut, Found, Slice, Splitter};

use crate::csv::{tell_damage, tell_encoding};
use crate::encoding::{DecodingReader, Detected, read_full};
use crate::error::Error;
use crate::open::Source;
use crate::problems::{Desk, problem};
use crate::reading::{Account, Piece, Plan, Severity, Shape};
use crate::scan::JsonRecords;

/// Bytes looked at for the sample.
const SAMPLE_BYTES: usize = 1 << 20;
/// Lines looked at to tell JSON lines from a document.
const SAMPLE_LINES: usize = 50;

/// Reads one JSON file and reports it as one part.
pub(crate) fn read(
    source: &Source<'_>,
    name: &str,
    detected: &Detected,
    desk: &mut Desk<'_>,
) -> Result<(), Error> {
    let open = || -> Result<DecodingReader<File>, Error> {
        DecodingReader::open(source.open()?, detected).map_err(|e| source.error(e))
    };
    let mut head = vec![0; SAMPLE_BYTES];
    let n = read_full(&mut open()?, &mut head).map_err(|e| source.error(e))?;
    head.truncate(n);
    let head = String::from_utf8_lossy(&head).into_owned();
    let lines = are_lines(&head, n == SAMPLE_BYTES);
    let many = lines || several(&head);
    let shape = Shape::Document {
        sample: sample(&head, lines),
        many,
    };
    drop(head);

    let format = if lines { "jsonl" } else { "json" };
    let plan = desk.begin(name, format, &detected.encoding.name(), "", shape)?;
    let (record_path, lists, pieces) = match plan {
        Plan::Skip => return Ok(()),
        Plan::Document {
            record_path,
            lists,
            pieces,
        } => (record_path, lists, pieces),
        // A document has no rows; its top is the one record.
        Plan::Table | Plan::Blocks(_) => (String::new(), Vec::new(), false),
    };
    tell_encoding(detected, desk)?;
    let found = count(open()?, &record_path, lines, desk.limits.record_bytes)
        .map_err(|e| source.error(e))?;
    let flattener = Flattener::new(&lists, desk.limits.columns, desk.limits.depth);
    let mut reader = Reader {
        flattener,
        account: Account {
            records_found: found,
            ..Account::default()
        },
        lines,
        many,
        pieces: pieces.then_some(0),
        desk,
    };
    let damage = if lines {
        let mut text = Lines::new(open()?, reader.desk.limits.record_bytes);
        while let Some(whole) = text.next().map_err(|e| source.error(e))? {
            if !whole {
                reader.line(&[], text.line, Found::TooLarge)?;
            } else if record_path.is_empty() {
                reader.line(text.content(), text.line, Found::Whole)?;
            } else {
                let mut splitter = Splitter::new(
                    text.content(),
                    &record_path,
                    reader.desk.limits.record_bytes,
                    text.line,
                );
                reader.run(source, &mut splitter)?;
            }
        }
        text.source.damage()
    } else {
        let mut splitter = Splitter::new(open()?, &record_path, reader.desk.limits.record_bytes, 1);
        reader.run(source, &mut splitter)?;
        splitter.source().damage()
    };
    let account = reader.account;
    tell_damage(damage, desk)?;
    desk.end(account)
}

/// An error on the way: the file's disk, or the listener.
enum Stop {
    Io(std::io::Error),
    Ours(Error),
}

impl From<std::io::Error> for Stop {
    fn from(e: std::io::Error) -> Self {
        Stop::Io(e)
    }
}

struct Reader<'d, 'l> {
    flattener: Flattener,
    account: Account,
    lines: bool,
    many: bool,
    /// Pieces handed over so far, if they are asked for.
    pieces: Option<u64>,
    desk: &'d mut Desk<'l>,
}

impl Reader<'_, '_> {
    /// Reads a line that is a record by itself.
    fn line(&mut self, bytes: &[u8], line: u64, state: Found) -> Result<(), Error> {
        let piece = self.pieces.unwrap_or(0) + 1;
        self.pieces = self.pieces.map(|_| piece);
        self.slice(Slice {
            bytes,
            pointer: "",
            document_line: line,
            line,
            piece,
            state,
        })
    }

    fn run<R: Read>(
        &mut self,
        source: &Source<'_>,
        splitter: &mut Splitter<R>,
    ) -> Result<(), Error> {
        if let Some(pieces) = self.pieces {
            splitter.keep_around(self.desk.limits.depth, pieces);
        }
        let walked = splitter.run(&mut |cut: Cut<'_>| {
            let read = match cut {
                Cut::Record(slice) => self.slice(slice),
                Cut::Around(around) => self.around(around),
            };
            read.map_err(Stop::Ours)
        });
        self.pieces = self.pieces.map(|_| splitter.pieces);
        match walked {
            Ok(()) => {}
            Err(Stop::Io(e)) => return Err(source.error(e)),
            Err(Stop::Ours(e)) => return Err(e),
        }
        if let Some(line) = splitter.noise {
            let action = "what stands around the records is not valid JSON; the records were read";
            self.desk.problem(problem(
                "json_broken",
                Severity::Warning,
                format!("line {line}"),
                "",
                action,
            ))?;
        }
        Ok(())
    }

    /// Reads one record, or sets it aside.
    fn slice(&mut self, slice: Slice<'_>) -> Result<(), Error> {
        let record = self.account.rows_read + self.account.rows_set_aside + 1;
        let position = self.position(slice.pointer, slice.document_line);
        let text = String::from_utf8_lossy(slice.bytes);
        let limits = self.desk.limits;
        if self.pieces.is_some() && slice.state != Found::LostTail {
            self.desk.piece(&Piece {
                piece: slice.piece,
                record: Some(record),
                position: &position,
                text: (slice.state != Found::TooLarge).then_some(&text),
                gaps: "",
            })?;
        }
        let reason = match slice.state {
            Found::TooLarge => Some((
                "record_too_large",
                format!("set aside: over {} bytes", limits.record_bytes),
                0,
            )),
            Found::CutOff => Some((
                "json_broken",
                "set aside: the text ends inside it".to_owned(),
                text.len(),
            )),
            Found::LostTail => Some((
                "json_broken",
                "the text ends before its brackets close; the lost tail counts as one record"
                    .to_owned(),
                0,
            )),
            Found::Whole
                if !text.trim_start().starts_with('{') && Lexer::new(&text).kind().is_ok() =>
            {
                Some((
                    "json_not_object",
                    "set aside: a record must be an object".to_owned(),
                    0,
                ))
            }
            Found::Whole => match self.flattener.read(&text) {
                Ok(()) => None,
                Err(Broken::TooDeep) => Some((
                    "json_too_deep",
                    format!("set aside: over {} levels", limits.depth),
                    0,
                )),
                Err(Broken::At(at)) => Some((
                    "json_broken",
                    format!("set aside: not JSON at character {}", at + 1),
                    at,
                )),
            },
        };
        let Some((code, action, at)) = reason else {
            self.flattener.hand_over(record, &position, self.desk)?;
            self.account.rows_read += 1;
            return Ok(());
        };
        self.account.rows_set_aside += 1;
        let line = slice.line
            + memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() as u64;
        let place = self.place(&position, line);
        let shown = text[..floor(&text, at)]
            .char_indices()
            .rev()
            .take(60)
            .last()
            .map_or(0, |(i, _)| i);
        let mut p = problem(code, Severity::Error, place, &text[shown..], action);
        p.record = Some(record);
        self.desk.problem(p)
    }

    /// Hands over what stands around the records, and tells what had to be left out of it.
    fn around(&mut self, around: Around<'_>) -> Result<(), Error> {
        let position = self.position(around.pointer, around.document_line);
        if around.worth_keeping {
            self.desk.piece(&Piece {
                piece: around.piece,
                record: None,
                position: &position,
                text: (!around.text.is_empty()).then_some(&around.text),
                gaps: &around.gaps,
            })?;
        }
        let place = self.place(&position, around.line);
        if around.is_object && !around.leads {
            self.desk.problem(problem(
                "record_missing",
                Severity::Notice,
                place.as_str(),
                &around.text,
                "kept in the table `document`",
            ))?;
        }
        for lost in around.lost {
            let limits = self.desk.limits;
            let (code, action) = match lost.why {
                Why::Broken => (
                    "json_broken",
                    "left out of the table `document`: not JSON".to_owned(),
                ),
                Why::TooDeep => (
                    "json_too_deep",
                    format!(
                        "left out of the table `document`: over {} levels",
                        limits.depth
                    ),
                ),
                Why::TooLarge => (
                    "record_too_large",
                    format!(
                        "left out of the table `document`: over {} bytes",
                        limits.record_bytes
                    ),
                ),
            };
            let place = self.place(&position, lost.line);
            let problem = problem(code, Severity::Warning, place, &lost.key, action);
            self.desk.problem(problem)?;
        }
        Ok(())
    }

    fn position(&self, pointer: &str, document_line: u64) -> String {
        match (self.many, pointer) {
            (false, pointer) => pointer.to_owned(),
            (true, "") => format!("line {document_line}"),
            (true, pointer) => format!("line {document_line} {pointer}"),
        }
    }

    /// A position with the line a person looks at.
    fn place(&self, position: &str, line: u64) -> String {
        match position {
            "" => format!("line {line}"),
            position if self.lines => position.to_owned(),
            position => format!("{position} (line {line})"),
        }
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether most lines are documents of their own.
fn are_lines(head: &str, cut: bool) -> bool {
    let mut lines: Vec<&str> = head.lines().collect();
    if cut {
        lines.pop();
    }
    let lines: Vec<&str> = lines
        .into_iter()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .take(SAMPLE_LINES)
        .collect();
    let whole = lines.iter().filter(|l| is_document(l)).count();
    let like = lines.iter().filter(|l| l.starts_with('{')).count();
    lines.len() > 1 && whole > 0 && like * 10 >= lines.len() * 8 && whole * 2 >= lines.len()
}

fn is_document(line: &str) -> bool {
    let mut lexer = Lexer::new(line);
    matches!(lexer.kind(), Ok(Kind::Object | Kind::Array))
        && lexer.value(1_000).is_ok()
        && lexer.peek().is_none()
}

/// Whether another document follows the first.
fn several(head: &str) -> bool {
    let mut lexer = Lexer::new(head);
    lexer.value(1_000).is_ok() && matches!(lexer.peek(), Some(b'{' | b'['))
}

fn sample(head: &str, lines: bool) -> Vec<(String, String)> {
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    if lines {
        for line in head.lines().take(SAMPLE_LINES * 4) {
            sample::paths(line, &mut seen, &mut found);
        }
    } else {
        sample::paths(head, &mut seen, &mut found);
    }
    found
}

/// The independent count.
fn count(
    mut source: impl Read,
    record_path: &str,
    lines: bool,
    record_bytes: usize,
) -> std::io::Result<u64> {
    let mut records = JsonRecords::new(record_path);
    let mut buffer = vec![0; 256 << 10];
    let mut loose = 0; // Lines counted whole: all of them, or those over the limit.
    let mut line: Vec<u8> = Vec::new();
    let (mut length, mut blank) = (0usize, true);
    let mut line_ends =
        |line: &mut Vec<u8>, length: &mut usize, blank: &mut bool, records: &mut JsonRecords| {
            if !*blank {
                if *length > record_bytes || record_path.is_empty() {
                    loose += 1;
                } else {
                    records.feed(line);
                    records.end();
                }
            }
            line.clear();
            (*length, *blank) = (0, true);
        };
    loop {
        let n = read_full(&mut source, &mut buffer)?;
        if !lines {
            records.feed(&buffer[..n]);
        } else {
            for piece in buffer[..n].split_inclusive(|b| *b == b'\n') {
                let content = piece.strip_suffix(b"\n").unwrap_or(piece);
                length += content.len();
                blank = blank && content.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r'));
                if !record_path.is_empty() && length <= record_bytes {
                    line.extend_from_slice(content);
                }
                if piece.ends_with(b"\n") {
                    line_ends(&mut line, &mut length, &mut blank, &mut records);
                }
            }
        }
        if n < buffer.len() {
            break;
        }
    }
    if lines {
        line_ends(&mut line, &mut length, &mut blank, &mut records);
        Ok(loose + records.found())
    } else {
        records.end();
        Ok(records.found())
    }
}

/// Non-blank lines, one at a time, in bounded memory.
struct Lines<R> {
    source: R,
    max_bytes: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    eof: bool,
    from: usize,
    to: usize,
    line: u64,
}

impl<R: Read> Lines<R> {
    fn new(source: R, max_bytes: usize) -> Self {
        Lines {
            source,
            max_bytes,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            eof: false,
            from: 0,
            to: 0,
            line: 0,
        }
    }

    fn content(&self) -> &[u8] {
        &self.buffer[self.from..self.to]
    }

    /// The next non-blank line: `Some(true)`, or `Some(false)` if it is over the limit.
    fn next(&mut self) -> std::io::Result<Option<bool>> {
        loop {
            let mut searched = 0;
            let mut dropped = false;
            let mut blank = true;
            self.line += 1;
            loop {
                let found = memchr::memchr(b'\n', &self.buffer[self.start + searched..self.end]);
                let stop = found.map_or(self.end, |i| self.start + searched + i);
                blank = blank
                    && self.buffer[self.start + searched..stop]
                        .iter()
                        .all(|b| matches!(b, b' ' | b'\t' | b'\r'));
                if found.is_some() || self.eof {
                    let at_end = found.is_none();
                    (self.from, self.to) = (self.start, stop);
                    self.start = (stop + 1).min(self.end);
                    if !blank {
                        return Ok(Some(!dropped && self.to - self.from <= self.max_bytes));
                    }
                    if at_end {
                        return Ok(None);
                    }
                    break;
                }
                searched = self.end - self.start;
                if searched > self.max_bytes {
                    dropped = true;
                    self.start = self.end;
                    searched = 0;
                }
                self.fill()?;
            }
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let wanted = self.end + self.end.max(256 << 10);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let read = read_full(&mut self.source, &mut self.buffer[self.end..wanted])?;
        self.eof = self.end + read < wanted;
        self.end += read;
        Ok(())
    }
}
