//! Reads JSON: one document, several one after the other, or one for each line.
//!
//! Records are cut out first and read one by one, so a broken one is set aside and the next is read. It
//! refuses to know standards; where the records are, the listener says.

mod around;
mod flatten;
mod lines;
mod sample;
mod split;

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;

use around::{Around, Why};
use documents::lexer::{Broken, Kind, Lexer};
use flatten::Flattener;
use lines::{Counted, Lines};
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
    let flattener = Flattener::new(&lists, desk.limits.columns, desk.limits.depth);
    let mut reader = Reader {
        flattener,
        account: Account::default(),
        lines,
        many,
        pieces: pieces.then_some(0),
        settled: false,
        strayed: false,
        counter: JsonRecords::new(&record_path),
        desk,
    };
    let record_bytes = reader.desk.limits.record_bytes;
    let damage = if lines {
        let mut text = Lines::new(Counted::lines(open()?), record_bytes);
        while let Some(whole) = text.next().map_err(|e| source.error(e))? {
            if whole {
                reader.line(source, text.content(), text.line, &record_path)?;
            } else {
                reader.whole_line(&[], text.line, Found::TooLarge)?;
            }
        }
        // Lines that hold other than one record have told the difference.
        let account = &mut reader.account;
        account.records_found = account.records_found.wrapping_add(text.source.found());
        text.source.inner().damage()
    } else {
        let counted = Counted::records(open()?, &record_path);
        let mut splitter = Splitter::new(counted, &record_path, record_bytes, 1);
        reader.run(source, &mut splitter)?;
        let counted = splitter.source_mut();
        reader.account.records_found = counted.found();
        counted.inner().damage()
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
    /// Whether the line being read stays with its record path, whatever it holds.
    settled: bool,
    /// Whether the line being read has no record at its record path.
    strayed: bool,
    /// Counts the records of lines a second time.
    counter: JsonRecords,
    desk: &'d mut Desk<'l>,
}

impl Reader<'_, '_> {
    /// Reads a line. One that has no record where most have them may be of another shape of the same standard.
    fn line(
        &mut self,
        source: &Source<'_>,
        bytes: &[u8],
        line: u64,
        record_path: &str,
    ) -> Result<(), Error> {
        self.settled = self.pieces.is_none();
        let before = (self.pieces, self.counter.found());
        let other = self.line_at(source, bytes, line, record_path)?;
        let main = self.counter.found();
        let Some(other) = other else {
            if !record_path.is_empty() {
                self.counts(main - before.1);
            }
            return Ok(());
        };
        self.settled = true;
        self.pieces = before.0;
        let counter = std::mem::replace(&mut self.counter, JsonRecords::new(&other));
        self.line_at(source, bytes, line, &other)?;
        let own = std::mem::replace(&mut self.counter, counter);
        if !other.is_empty() {
            self.counts(own.found());
        }
        Ok(())
    }

    /// A line that was counted as one record holds this many.
    fn counts(&mut self, records: u64) {
        let account = &mut self.account;
        account.records_found = account.records_found.wrapping_add(records).wrapping_sub(1);
    }

    /// Reads the records of a line. Out: where they are instead, if the listener knows; then nothing was read.
    fn line_at(
        &mut self,
        source: &Source<'_>,
        bytes: &[u8],
        line: u64,
        record_path: &str,
    ) -> Result<Option<String>, Error> {
        if record_path.is_empty() {
            return self.whole_line(bytes, line, Found::Whole);
        }
        let mut splitter = Splitter::new(bytes, record_path, self.desk.limits.record_bytes, line)
            .in_memory(bytes.len());
        let before = self.pieces;
        self.strayed = false;
        self.run(source, &mut splitter)?;
        if self.strayed {
            self.pieces = before;
            let text = String::from_utf8_lossy(bytes);
            match self.elsewhere(&text)?.filter(|other| other != record_path) {
                // It is counted by its own path.
                Some(other) => return Ok(Some(other)),
                None => {
                    (self.settled, self.strayed) = (true, false);
                    let mut splitter =
                        Splitter::new(bytes, record_path, self.desk.limits.record_bytes, line)
                            .in_memory(bytes.len());
                    self.run(source, &mut splitter)?;
                }
            }
        }
        self.counter.feed(bytes);
        self.counter.end();
        Ok(None)
    }

    /// Reads a line that is a record by itself.
    fn whole_line(
        &mut self,
        bytes: &[u8],
        line: u64,
        state: Found,
    ) -> Result<Option<String>, Error> {
        let before = self.pieces;
        let piece = before.unwrap_or(0) + 1;
        self.pieces = before.map(|_| piece);
        self.slice(Slice {
            bytes,
            pointer: "",
            document_line: line,
            line,
            piece,
            state,
        })
    }

    /// Where the records of a line are that is of another shape than those before.
    fn elsewhere(&mut self, text: &str) -> Result<Option<String>, Error> {
        let (mut seen, mut sample) = (HashSet::new(), Vec::new());
        sample::paths(text, &mut seen, &mut sample);
        self.desk.elsewhere(&sample)
    }

    fn run<R: Read>(
        &mut self,
        source: &Source<'_>,
        splitter: &mut Splitter<R>,
    ) -> Result<(), Error> {
        if let Some(pieces) = self.pieces {
            splitter.keep_around(self.desk.limits.depth, pieces);
        }
        let first = self.pieces.map(|pieces| pieces + 1);
        let walked = splitter.run(&mut |cut: Cut<'_>| {
            let read = match cut {
                _ if self.strayed => Ok(()),
                Cut::Record(slice) => self.slice(slice).map(drop),
                Cut::Around(around) => {
                    self.strayed = self.lines
                        && !self.settled
                        && !around.leads
                        && around.pointer.is_empty()
                        && Some(around.piece) == first;
                    if self.strayed {
                        Ok(())
                    } else {
                        self.around(around)
                    }
                }
            };
            read.map_err(Stop::Ours)
        });
        self.pieces = self.pieces.map(|_| splitter.pieces);
        match walked {
            Ok(()) => {}
            Err(Stop::Io(e)) => return Err(source.error(e)),
            Err(Stop::Ours(e)) => return Err(e),
        }
        if let Some(line) = splitter.noise.filter(|_| !self.strayed) {
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

    /// Reads one record, or sets it aside. Out: for a line of another shape, where its records are instead.
    fn slice(&mut self, slice: Slice<'_>) -> Result<Option<String>, Error> {
        let record = self.account.rows_read + self.account.rows_set_aside + 1;
        let position = self.position(slice.pointer, slice.document_line);
        let text = String::from_utf8_lossy(slice.bytes);
        let limits = self.desk.limits;
        let mut odd = false;
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
                odd = true;
                Some((
                    "json_not_object",
                    "set aside: a record must be an object".to_owned(),
                    0,
                ))
            }
            Found::Whole => match self.flattener.read(&text) {
                Ok(()) => {
                    odd = self.flattener.found_columns();
                    None
                }
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
        if odd && self.lines && !self.settled && slice.pointer.is_empty() {
            let other = self.elsewhere(&text)?.filter(|other| !other.is_empty());
            if other.is_some() {
                self.flattener.forget();
                return Ok(other);
            }
        }
        if self.pieces.is_some() && slice.state != Found::LostTail {
            self.desk.piece(&Piece {
                piece: slice.piece,
                record: Some(record),
                position: &position,
                text: (slice.state != Found::TooLarge).then_some(&text),
                gaps: "",
            })?;
        }
        let Some((code, action, at)) = reason else {
            self.flattener.hand_over(record, &position, self.desk)?;
            self.account.rows_read += 1;
            return Ok(None);
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
        self.desk.problem(p)?;
        Ok(None)
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
