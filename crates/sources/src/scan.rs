//! Counts records a second time, with code that shares nothing with the readers.
//!
//! The readers split and decode; these count. If they disagree, one of them is wrong and the file says so.
//! It refuses to know what a record holds.

use std::io::{self, Read};

use memchr::{memchr, memchr2};

/// What the count of a CSV must know.
#[derive(Debug, Clone, Copy)]
pub struct Csv {
    /// What stands between cells.
    pub delimiter: u8,
    /// What stands around cells.
    pub quote: u8,
    /// What makes a quote plain, other than a second quote.
    pub escape: Option<u8>,
    /// `\n` or `\r`.
    pub line_end: u8,
    /// The line of the header; only rows that start below it count.
    pub header_line: u64,
    /// A row over this many bytes counts as one, and only its first line is taken away.
    pub record_bytes: usize,
}

/// Counts the non-blank rows below the header, records or not, in decoded text.
///
/// A state machine over a window that always holds the row being counted: outside quotes it looks for the
/// next quote or line end, inside quotes for the closing one.
pub fn csv_rows(source: impl Read, rules: &Csv) -> io::Result<u64> {
    let mut window = Window {
        source,
        data: vec![0; 512 << 10],
        from: 0,
        to: 0,
        done: false,
    };
    let (mut count, mut line) = (0u64, 1u64);
    loop {
        // A row starts at `window.from`; `at` is where the machine stands, relative to it.
        let mut at = 0;
        let mut lines = 0;
        let mut opened = None;
        let outcome = loop {
            let row = window.row();
            let over = row.len() > rules.record_bytes;
            let ended = match opened {
                None => match memchr2(rules.quote, rules.line_end, &row[at..]) {
                    Some(i) if row[at + i] == rules.line_end => Some(at + i),
                    Some(i) => {
                        let quote = at + i;
                        at = quote + 1;
                        if quote == 0 || row[quote - 1] == rules.delimiter {
                            opened = Some(quote);
                        }
                        continue;
                    }
                    None => {
                        at = row.len();
                        window.done.then_some(at)
                    }
                },
                Some(_) => match closing(row, at, rules, window.done) {
                    Some(close) => {
                        lines += count_of(rules.line_end, &row[at..close]);
                        at = close + 1;
                        opened = None;
                        continue;
                    }
                    None => None,
                },
            };
            match ended {
                Some(end) if end <= rules.record_bytes => break Outcome::Row(end),
                Some(_) => break Outcome::Over,
                None if over => break Outcome::Over,
                None if window.done => {
                    // The file ends inside quotes: that quote was a plain character.
                    at = opened.take().map_or(row.len(), |quote| quote + 1);
                    lines = count_of(rules.line_end, &row[..at]);
                }
                None => window.more()?,
            }
        };
        let row = window.row();
        match outcome {
            Outcome::Row(end) => {
                if end == row.len() && row.is_empty() {
                    return Ok(count);
                }
                let blank = row[..end].iter().all(|b| {
                    *b == rules.delimiter
                        || *b == rules.quote
                        || matches!(b, b' ' | b'\t' | b'\r' | b'\n')
                });
                count += u64::from(!blank && line > rules.header_line);
                line += lines + 1;
                window.drop_to(end + 1);
            }
            Outcome::Over => {
                count += u64::from(line > rules.header_line);
                line += 1;
                window.drop_line(rules.line_end)?;
            }
        }
    }
}

enum Outcome {
    Row(usize),
    Over,
}

/// Where the quotes close, if the window shows it: a quote that is neither doubled nor escaped.
fn closing(row: &[u8], mut at: usize, rules: &Csv, done: bool) -> Option<usize> {
    loop {
        let i = at
            + match rules.escape {
                Some(escape) => memchr2(rules.quote, escape, &row[at..])?,
                None => memchr(rules.quote, &row[at..])?,
            };
        let Some(next) = row.get(i + 1) else {
            return (done && row[i] == rules.quote).then_some(i);
        };
        if row[i] == rules.quote {
            if *next != rules.quote {
                return Some(i);
            }
            at = i + 2;
        } else {
            at = i + if *next == rules.quote || *next == row[i] {
                2
            } else {
                1
            };
        }
    }
}

fn count_of(byte: u8, data: &[u8]) -> u64 {
    memchr::memchr_iter(byte, data).count() as u64
}

/// A sliding view of a stream.
struct Window<R> {
    source: R,
    data: Vec<u8>,
    from: usize,
    to: usize,
    done: bool,
}

impl<R: Read> Window<R> {
    fn row(&self) -> &[u8] {
        &self.data[self.from..self.to]
    }

    fn more(&mut self) -> io::Result<()> {
        if self.from > 0 {
            self.data.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
        }
        if self.to == self.data.len() {
            self.data.resize(self.data.len() * 2, 0);
        }
        match self.source.read(&mut self.data[self.to..]) {
            Ok(0) => self.done = true,
            Ok(n) => self.to += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        Ok(())
    }

    fn drop_to(&mut self, at: usize) {
        self.from = (self.from + at).min(self.to);
    }

    /// Drops everything up to the next line end, however far it is.
    fn drop_line(&mut self, line_end: u8) -> io::Result<()> {
        loop {
            if let Some(i) = memchr(line_end, self.row()) {
                self.drop_to(i + 1);
                return Ok(());
            }
            self.from = self.to;
            if self.done {
                return Ok(());
            }
            self.more()?;
        }
    }
}

/// Counts the non-empty rows of a sheet as its cells go by.
#[derive(Debug, Default)]
pub struct SheetRows {
    last: Option<u32>,
    rows: u64,
}

impl SheetRows {
    /// A cell with a value, not covered by a merged one, in this row.
    pub fn cell(&mut self, row: u32) {
        if self.last != Some(row) {
            self.last = Some(row);
            self.rows += 1;
        }
    }

    /// Rows seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

/// Counts the lines of a text that are not blank as it goes by.
#[derive(Debug, Default)]
pub struct TextLines {
    /// Whether the line that is open has something in it.
    filled: bool,
    lines: u64,
}

impl TextLines {
    /// Takes the next bytes.
    pub fn feed(&mut self, mut data: &[u8]) {
        while let Some(end) = memchr(b'\n', data) {
            self.fill(&data[..end]);
            self.lines += u64::from(std::mem::take(&mut self.filled));
            data = &data[end + 1..];
        }
        self.fill(data);
    }

    /// The end of the text. Out: lines that are not blank.
    pub fn end(&mut self) -> u64 {
        self.lines += u64::from(std::mem::take(&mut self.filled));
        self.lines
    }

    fn fill(&mut self, data: &[u8]) {
        self.filled = self.filled || !data.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r'));
    }
}

/// Counts the records of JSON text: the values at one path, by brackets and depth alone.
///
/// One flat machine over bytes. A value that never ends counts as one; so does a document that breaks off
/// between records, for its lost tail.
#[derive(Debug)]
pub struct JsonRecords {
    path: Vec<Step>,
    stack: Vec<Frame>,
    beyond: u64,
    state: State,
    token: Vec<u8>,
    found: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(Vec<u8>),
    Each,
}

#[derive(Debug)]
struct Frame {
    object: bool,
    /// How many steps of the path lead here; `None` off the path or inside a record.
    steps: Option<usize>,
    /// In an object on the path: whether a value is next, and whether its key is the one looked for.
    value_next: bool,
    key_fits: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    Text,
    Escape,
    Scalar,
}

/// Brackets deeper than this are counted, not kept.
const KEPT_DEPTH: usize = 10_000;
/// Bytes of a key that are kept.
const KEPT_KEY: usize = 4_096;

impl JsonRecords {
    /// Counts values at `record_path`: `""`, `[]`, `releases[]`, `records[]/compiledRelease`.
    pub fn new(record_path: &str) -> Self {
        let mut path = Vec::new();
        for segment in record_path.split('/').filter(|s| !s.is_empty()) {
            let (key, each) = match segment.strip_suffix("[]") {
                Some(key) => (key, true),
                None => (segment, false),
            };
            if !key.is_empty() {
                path.push(Step::Key(key.as_bytes().to_vec()));
            }
            if each {
                path.push(Step::Each);
            }
        }
        JsonRecords {
            path,
            stack: Vec::new(),
            beyond: 0,
            state: State::Between,
            token: Vec::new(),
            found: 0,
        }
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, data: &[u8]) {
        let mut at = 0;
        while at < data.len() {
            match self.state {
                State::Text => {
                    let key = self.key_is_open();
                    let stop = memchr2(b'"', b'\\', &data[at..]);
                    let end = stop.map_or(data.len(), |i| at + i);
                    if key {
                        self.keep(&data[at..end]);
                    }
                    let Some(_) = stop else { return };
                    if data[end] == b'"' {
                        self.state = State::Between;
                        self.text_ends(key);
                    } else {
                        if key {
                            self.keep(b"\\");
                        }
                        self.state = State::Escape;
                    }
                    at = end + 1;
                }
                State::Escape => {
                    if self.key_is_open() {
                        self.keep(&data[at..at + 1]);
                    }
                    self.state = State::Text;
                    at += 1;
                }
                State::Scalar => match data[at] {
                    b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b'"' | b'[' | b']' | b'{'
                    | b'}' => self.state = State::Between,
                    _ => at += 1,
                },
                State::Between => {
                    self.byte(data[at]);
                    at += 1;
                }
            }
        }
    }

    /// The end of the text, or of a line of JSON lines. Ready for the next.
    pub fn end(&mut self) {
        let in_text = matches!(self.state, State::Text | State::Escape);
        let open = in_text || !self.stack.is_empty();
        // A record that breaks off was counted where it started.
        let counted = self.in_record() || (in_text && self.record_text_open());
        self.found += u64::from(open && !counted);
        self.stack.clear();
        self.beyond = 0;
        self.state = State::Between;
        self.token.clear();
    }

    /// Records so far.
    pub fn found(&self) -> u64 {
        self.found
    }

    fn byte(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b':' => {}
            b',' => {
                if let Some(frame) = self.stack.last_mut() {
                    frame.value_next = false;
                }
            }
            b'{' | b'[' => self.opens(byte == b'{'),
            b'}' | b']' => self.closes(byte == b'}'),
            b'"' => {
                self.token.clear();
                self.state = State::Text;
                if !self.key_is_open() {
                    self.value_starts();
                }
            }
            _ => {
                self.value_starts();
                self.value_ends();
                self.state = State::Scalar;
            }
        }
    }

    /// Whether the string now open is a key of an object on the path.
    fn key_is_open(&self) -> bool {
        self.stack
            .last()
            .is_some_and(|f| f.object && f.steps.is_some() && !f.value_next)
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = (KEPT_KEY + 1).saturating_sub(self.token.len());
        self.token
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn text_ends(&mut self, key: bool) {
        if !key {
            self.value_ends();
            return;
        }
        let token = std::mem::take(&mut self.token);
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let wanted = frame.steps.and_then(|s| self.path.get(s));
        frame.key_fits = matches!(wanted, Some(Step::Key(key)) if *key == token);
        frame.value_next = true;
        self.token = token;
    }

    /// How far along the path a value that starts now stands, if it is on it.
    fn steps_here(&self) -> Option<usize> {
        match self.stack.last() {
            None => Some(0),
            Some(frame) => {
                let steps = frame.steps?;
                let on = if frame.object {
                    frame.value_next && frame.key_fits
                } else {
                    self.path.get(steps) == Some(&Step::Each)
                };
                on.then_some(steps + 1)
            }
        }
    }

    /// Counts a value that starts now, if it is a record.
    fn value_starts(&mut self) {
        if self.steps_here() == Some(self.path.len()) {
            self.found += 1;
        }
    }

    fn value_ends(&mut self) {
        if let Some(frame) = self.stack.last_mut() {
            frame.value_next = false;
        }
    }

    fn opens(&mut self, object: bool) {
        let steps = self.steps_here();
        self.value_starts();
        let fits = match steps.and_then(|s| self.path.get(s)) {
            Some(Step::Key(_)) => object,
            Some(Step::Each) => !object,
            None => false,
        };
        let base = self.stack.iter().take_while(|f| f.steps.is_some()).count();
        if self.stack.len() - base >= KEPT_DEPTH {
            self.beyond += 1;
            return;
        }
        self.stack.push(Frame {
            object,
            steps: steps.filter(|_| fits),
            value_next: false,
            key_fits: false,
        });
        if !fits && steps == Some(self.path.len()) {
            self.mark_record();
        }
    }

    fn closes(&mut self, object: bool) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        // A bracket closes the nearest one of its kind and all that was left open inside; one without a partner is noise.
        if let Some(i) = self.stack.iter().rposition(|f| f.object == object) {
            self.stack.truncate(i);
        }
        self.value_ends();
    }

    /// A frame that is a record is told from one off the path by `key_fits`, which such frames do not use.
    fn mark_record(&mut self) {
        if let Some(frame) = self.stack.last_mut() {
            frame.key_fits = true;
        }
    }

    fn in_record(&self) -> bool {
        self.stack.iter().any(|f| f.steps.is_none() && f.key_fits)
    }

    /// Whether the string now open is itself a record.
    fn record_text_open(&self) -> bool {
        !self.key_is_open() && self.steps_here() == Some(self.path.len())
    }
}
