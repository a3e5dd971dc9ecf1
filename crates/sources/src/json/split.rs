//! Cuts a stream of JSON into its records without reading them.
//!
//! It walks down the record path and hands over each value found there as a slice, complete or not, and, when asked,
//! what stands around the records ([`super::around`]).
//! A closing bracket closes the nearest open one of its kind and whatever was left open inside, so one
//! record with a bracket missing does not swallow the next. It refuses to judge whether a record is valid.

use std::io::{self, Read};

use memchr::memchr2;

use super::around::{Around, Container, Member};

const CHUNK: usize = 256 << 10;
/// Brackets deeper than this are counted, not kept.
const KEPT_DEPTH: usize = 10_000;
/// Bytes of a key that are kept; a longer one fits no path.
const KEPT_KEY: usize = 4_096;

/// One step of a record path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Each,
}

/// What was found at the record path.
#[derive(Debug)]
pub(crate) struct Slice<'b> {
    /// The bytes of the value; empty if it is too large.
    pub(crate) bytes: &'b [u8],
    /// JSON pointer within its document.
    pub(crate) pointer: &'b str,
    /// Line where its document starts, from 1.
    pub(crate) document_line: u64,
    /// Line where it starts, from 1.
    pub(crate) line: u64,
    /// Which piece of the part it is.
    pub(crate) piece: u64,
    /// What it is.
    pub(crate) state: Found,
}

/// What the walk hands over.
#[derive(Debug)]
pub(crate) enum Cut<'b> {
    /// A value at the record path.
    Record(Slice<'b>),
    /// A container on the record path, without what leads to the records.
    Around(Around<'b>),
}

/// Whether a record is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Whole,
    TooLarge,
    /// The text ended inside it.
    CutOff,
    /// The text ended between records; `bytes` is empty.
    LostTail,
}

/// Walks a stream; memory is bounded by one record.
pub(crate) struct Splitter<R> {
    source: R,
    path: Vec<Step>,
    max_bytes: usize,
    chunk: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    eof: bool,
    line: u64,
    document_line: u64,
    open: Vec<u8>,
    pointer: String,
    cut: bool,
    counted: bool,
    /// The containers on the path that are open, if what stands around the records is kept.
    around: Option<Vec<Container>>,
    /// Levels a member of them may have.
    max_depth: usize,
    /// Whether the list that comes next stands under a key that came before in its object.
    again: bool,
    /// Pieces begun.
    pub(crate) pieces: u64,
    /// Line of the first thing around the records that is not JSON.
    pub(crate) noise: Option<u64>,
}

/// How a value ended.
enum Ended {
    Normally,
    /// Before a bracket that closes something outside.
    ByOuter,
    Eof,
}

type Sink<'s, E> = &'s mut dyn FnMut(Cut<'_>) -> Result<(), E>;

impl<R: Read> Splitter<R> {
    pub(crate) fn new(source: R, record_path: &str, max_bytes: usize, first_line: u64) -> Self {
        let mut path = Vec::new();
        for segment in record_path.split('/').filter(|s| !s.is_empty()) {
            let key = segment.strip_suffix("[]").unwrap_or(segment);
            if !key.is_empty() {
                path.push(Step::Key(key.to_owned()));
            }
            if segment.ends_with("[]") {
                path.push(Step::Each);
            }
        }
        Splitter {
            source,
            path,
            max_bytes,
            chunk: CHUNK,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            eof: false,
            line: first_line,
            document_line: first_line,
            open: Vec::new(),
            pointer: String::new(),
            cut: false,
            counted: false,
            around: None,
            max_depth: 0,
            again: false,
            pieces: 0,
            noise: None,
        }
    }

    /// The source is this many bytes in memory.
    pub(crate) fn in_memory(mut self, bytes: usize) -> Self {
        self.chunk = bytes + 1;
        self
    }

    /// Keeps what stands around the records, as far as it has no more than `max_depth` levels.
    /// `pieces` is how many the part has so far.
    pub(crate) fn keep_around(&mut self, max_depth: usize, pieces: u64) {
        (self.around, self.max_depth, self.pieces) = (Some(Vec::new()), max_depth, pieces);
    }

    pub(crate) fn source_mut(&mut self) -> &mut R {
        &mut self.source
    }

    /// Walks to the end, handing every record to `sink`.
    pub(crate) fn run<E: From<io::Error>>(&mut self, sink: Sink<'_, E>) -> Result<(), E> {
        loop {
            match self.peek()? {
                None => break,
                Some(b',' | b':' | b']' | b'}') => self.take_noise(),
                Some(_) => {
                    self.document_line = self.line;
                    if self.around.is_none() || self.leads(0)? {
                        self.value(0, sink)?;
                    } else {
                        self.apart(sink)?;
                    }
                }
            }
        }
        // What the text broke off in.
        while self.around.as_ref().is_some_and(|open| !open.is_empty()) {
            self.leave(sink)?;
        }
        if self.cut && !self.counted {
            let slice = Slice {
                bytes: &[],
                pointer: &self.pointer,
                document_line: self.document_line,
                line: self.line,
                piece: 0,
                state: Found::LostTail,
            };
            sink(Cut::Record(slice))?;
        }
        Ok(())
    }

    /// Whether the value that comes next is a record or leads to some.
    fn leads(&mut self, step: usize) -> io::Result<bool> {
        let first = self.peek()?;
        Ok(match self.path.get(step) {
            None => true,
            Some(Step::Key(_)) => first == Some(b'{'),
            Some(Step::Each) => first == Some(b'['),
        })
    }

    /// A document in which no record can stand is a piece by itself.
    fn apart<E: From<io::Error>>(&mut self, sink: Sink<'_, E>) -> Result<(), E> {
        self.pieces += 1;
        let mut whole = Container::bare(self.pieces, self.line);
        let (_, length) = self.pass(true)?;
        let member = self.member(length);
        whole.add(None, member, self.max_bytes, self.max_depth);
        sink(Cut::Around(whole.closed("", self.document_line)))
    }

    /// A container on the path opens.
    fn enter(&mut self, is_list: bool) {
        let again = std::mem::take(&mut self.again);
        if let Some(open) = &mut self.around {
            self.pieces += 1;
            let length = self.pointer.len();
            open.push(Container::new(
                self.pieces,
                self.line,
                is_list,
                length,
                again,
            ));
        }
    }

    /// The innermost container on the path ended.
    fn leave<E: From<io::Error>>(&mut self, sink: Sink<'_, E>) -> Result<(), E> {
        let Some(container) = self.around.as_mut().and_then(Vec::pop) else {
            return Ok(());
        };
        let pointer = &self.pointer[..container.pointer_bytes];
        sink(Cut::Around(container.closed(pointer, self.document_line)))
    }

    /// Passes over a member that leads nowhere, and keeps it if that is asked for.
    fn beside(&mut self, key: Option<&[u8]>) -> io::Result<Ended> {
        let keep = self.around.is_some();
        let (ended, length) = self.pass(keep)?;
        // What the text ends in is lost.
        if keep && !matches!(ended, Ended::Eof) {
            let (max_bytes, max_depth) = (self.max_bytes, self.max_depth);
            // The member borrows the buffer, the containers are apart from it.
            let mut open = self.around.take();
            let member = self.member(length);
            if let Some(container) = open.as_mut().and_then(|open| open.last_mut()) {
                container.add(key, member, max_bytes, max_depth);
            }
            self.around = open;
        }
        Ok(ended)
    }

    /// The value passed last.
    fn member(&self, length: usize) -> Member<'_> {
        Member {
            bytes: (length <= self.max_bytes)
                .then(|| &self.buffer[self.start - length..self.start]),
            line: self.line,
        }
    }

    fn value<E: From<io::Error>>(&mut self, step: usize, sink: Sink<'_, E>) -> Result<Ended, E> {
        if step == self.path.len() {
            return self.record(sink);
        }
        let first = self.peek()?;
        match (&self.path[step], first) {
            (Step::Key(_), Some(b'{')) => self.object(step, sink),
            (Step::Each, Some(b'[')) => self.array(step, sink),
            (_, Some(_)) => Ok(self.pass(false)?.0),
            (_, None) => Ok(Ended::Eof),
        }
    }

    fn array<E: From<io::Error>>(&mut self, step: usize, sink: Sink<'_, E>) -> Result<Ended, E> {
        self.enter(true);
        self.start += 1;
        self.open.push(b'[');
        let length = self.pointer.len();
        let mut index = 0u64;
        loop {
            match self.peek()? {
                None => return Ok(self.cut_off()),
                Some(b',') => self.start += 1,
                Some(b':') => self.take_noise(),
                Some(b @ (b']' | b'}')) => {
                    if let Some(ended) = self.close(b) {
                        self.pointer.truncate(length);
                        self.leave(sink)?;
                        return Ok(ended);
                    }
                }
                Some(_) => {
                    use std::fmt::Write;
                    let _ = write!(self.pointer, "/{index}"); // A String takes everything.
                    index += 1;
                    let ended = if self.leads(step + 1)? {
                        self.gap();
                        self.value(step + 1, sink)?
                    } else {
                        self.beside(None)?
                    };
                    if matches!(ended, Ended::Eof) {
                        return Ok(Ended::Eof);
                    }
                    self.pointer.truncate(length);
                }
            }
        }
    }

    fn object<E: From<io::Error>>(&mut self, step: usize, sink: Sink<'_, E>) -> Result<Ended, E> {
        self.enter(false);
        self.start += 1;
        self.open.push(b'{');
        let length = self.pointer.len();
        loop {
            match self.peek()? {
                None => return Ok(self.cut_off()),
                Some(b',') => self.start += 1,
                Some(b':') => self.take_noise(),
                Some(b @ (b']' | b'}')) => {
                    if let Some(ended) = self.close(b) {
                        self.pointer.truncate(length);
                        self.leave(sink)?;
                        return Ok(ended);
                    }
                }
                Some(b'"') => {
                    let Some(key) = self.key()? else {
                        return Ok(self.cut_off());
                    };
                    let fits =
                        matches!(&self.path[step], Step::Key(wanted) if wanted.as_bytes() == key);
                    while self.peek()? == Some(b':') {
                        self.start += 1;
                    }
                    let ended = match self.peek()? {
                        None => return Ok(self.cut_off()),
                        Some(b',' | b']' | b'}') => continue,
                        Some(_) if fits && self.leads(step + 1)? => {
                            self.gap();
                            self.pointer.push('/');
                            let key = String::from_utf8_lossy(&key)
                                .replace('~', "~0")
                                .replace('/', "~1");
                            self.pointer.push_str(&key);
                            self.value(step + 1, sink)?
                        }
                        Some(_) => self.beside(Some(&key))?,
                    };
                    if matches!(ended, Ended::Eof) {
                        return Ok(Ended::Eof);
                    }
                    self.pointer.truncate(length);
                }
                Some(_) => {
                    self.noise.get_or_insert(self.line);
                    if matches!(self.pass(false)?.0, Ended::Eof) {
                        return Ok(Ended::Eof);
                    }
                }
            }
        }
    }

    /// The member that comes next leads on.
    fn gap(&mut self) {
        if let Some(container) = self.around.as_mut().and_then(|open| open.last_mut()) {
            self.again = container.gap();
        }
    }

    /// A closing bracket in a container of the path: ends it, ends one outside it, or is noise.
    fn close(&mut self, byte: u8) -> Option<Ended> {
        let opener = if byte == b']' { b'[' } else { b'{' };
        if self.open.last() == Some(&opener) {
            self.start += 1;
            self.open.pop();
            return Some(Ended::Normally);
        }
        self.noise.get_or_insert(self.line);
        if self.open.contains(&opener) {
            self.open.pop();
            return Some(Ended::ByOuter);
        }
        self.start += 1;
        None
    }

    fn record<E: From<io::Error>>(&mut self, sink: Sink<'_, E>) -> Result<Ended, E> {
        let line = self.line;
        self.again = false;
        self.pieces += 1;
        let (ended, length) = self.pass(true)?;
        let too_large = length > self.max_bytes;
        let state = match ended {
            _ if too_large => Found::TooLarge,
            Ended::Eof => Found::CutOff,
            _ => Found::Whole,
        };
        if matches!(ended, Ended::Eof) {
            self.counted = true;
        }
        let bytes = if too_large {
            &[]
        } else {
            &self.buffer[self.start - length..self.start]
        };
        sink(Cut::Record(Slice {
            bytes,
            pointer: &self.pointer,
            document_line: self.document_line,
            line,
            piece: self.pieces,
            state,
        }))?;
        Ok(ended)
    }

    /// Passes over one value. With `keep` its bytes stand before `start` afterwards, unless it is too large.
    /// Returns how it ended and how long it was.
    fn pass(&mut self, keep: bool) -> io::Result<(Ended, usize)> {
        let mut stack: Vec<u8> = Vec::new();
        let mut beyond = 0u64;
        let mut in_text = false;
        let mut length = 0; // Bytes passed; they stand before `at` as long as they are kept.
        let mut kept = 0;
        loop {
            let at = self.start + kept;
            if at == self.end {
                if !keep || kept > self.max_bytes {
                    self.start = at;
                    kept = 0;
                }
                if self.fill()? == 0 {
                    let unfinished = in_text || !stack.is_empty();
                    self.start += kept;
                    return Ok((
                        if unfinished {
                            self.cut_off()
                        } else {
                            Ended::Normally
                        },
                        length,
                    ));
                }
                continue;
            }
            let data = &self.buffer[at..self.end];
            if in_text {
                let Some(i) = memchr2(b'"', b'\\', data) else {
                    self.line += newlines(data);
                    length += data.len();
                    kept += data.len();
                    continue;
                };
                self.line += newlines(&data[..i]);
                if data[i] == b'"' {
                    in_text = false;
                    length += i + 1;
                    kept += i + 1;
                    if stack.is_empty() && beyond == 0 {
                        self.start += kept;
                        return Ok((Ended::Normally, length));
                    }
                    continue;
                }
                if i + 1 == data.len() {
                    // The escaped byte is not here yet.
                    length += i;
                    kept += i;
                    if !self.eof {
                        self.make_room(keep, &mut kept);
                        if self.fill()? > 0 {
                            continue;
                        }
                    }
                    length += 1;
                    self.start += kept + 1;
                    return Ok((self.cut_off(), length));
                }
                self.line += u64::from(data[i + 1] == b'\n');
                length += i + 2;
                kept += i + 2;
                continue;
            }
            let byte = data[0];
            match byte {
                // A number or word ends where a string or a bracket starts.
                b'"' | b'{' | b'[' if stack.is_empty() && length > 0 => {
                    self.start += kept;
                    return Ok((Ended::Normally, length));
                }
                b'"' => in_text = true,
                b'{' | b'[' if stack.len() >= KEPT_DEPTH => beyond += 1,
                b'{' | b'[' => stack.push(byte),
                b'}' | b']' if beyond > 0 => beyond -= 1,
                b'}' | b']' => {
                    let opener = if byte == b']' { b'[' } else { b'{' };
                    match stack.iter().rposition(|b| *b == opener) {
                        Some(i) => {
                            stack.truncate(i);
                            if stack.is_empty() {
                                self.start += kept + 1;
                                return Ok((Ended::Normally, length + 1));
                            }
                        }
                        // The end of a number or word, or a record whose own bracket is missing.
                        None if stack.is_empty() || self.open.contains(&opener) => {
                            self.start += kept;
                            return Ok((Ended::ByOuter, length));
                        }
                        None => {}
                    }
                }
                b'\n' if stack.is_empty() => {
                    self.start += kept;
                    return Ok((Ended::Normally, length));
                }
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' | b',' | b':' if stack.is_empty() => {
                    self.start += kept;
                    return Ok((Ended::Normally, length));
                }
                _ => {}
            }
            let mut run = 1;
            if !in_text {
                // Numbers, blanks and the like: on to the next byte that matters.
                let stop = |b: &u8| {
                    matches!(b, b'"' | b'{' | b'}' | b'[' | b']' | b'\n')
                        || (stack.is_empty() && matches!(b, b' ' | b'\t' | b'\r' | b',' | b':'))
                };
                run += data[1..].iter().take_while(|b| !stop(b)).count();
            }
            length += run;
            kept += run;
        }
    }

    fn make_room(&mut self, keep: bool, kept: &mut usize) {
        if !keep || *kept > self.max_bytes {
            self.start += *kept;
            *kept = 0;
        }
    }

    fn cut_off(&mut self) -> Ended {
        self.cut = true;
        Ended::Eof
    }

    fn take_noise(&mut self) {
        self.noise.get_or_insert(self.line);
        self.start += 1;
    }

    /// Takes a key as written between its quotes; `None` if the text ends in it.
    fn key(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.start += 1;
        let mut key = Vec::new();
        let mut escaped = false;
        loop {
            if self.start == self.end && self.fill()? == 0 {
                return Ok(None);
            }
            let byte = self.buffer[self.start];
            self.start += 1;
            self.line += u64::from(byte == b'\n');
            if byte == b'"' && !escaped {
                return Ok(Some(key));
            }
            escaped = byte == b'\\' && !escaped;
            if key.len() <= KEPT_KEY {
                key.push(byte);
            }
        }
    }

    /// The next byte that is not blank, without taking it.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            while self.start < self.end {
                match self.buffer[self.start] {
                    b'\n' => self.line += 1,
                    b' ' | b'\t' | b'\r' => {}
                    byte => return Ok(Some(byte)),
                }
                self.start += 1;
            }
            if self.fill()? == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads more behind what is kept.
    fn fill(&mut self) -> io::Result<usize> {
        if self.eof {
            return Ok(0);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let wanted = self.end + self.end.max(self.chunk);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let read =
            crate::encoding::read_full(&mut self.source, &mut self.buffer[self.end..wanted])?;
        self.eof = self.end + read < wanted;
        self.end += read;
        Ok(read)
    }
}

fn newlines(data: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', data).count() as u64
}
