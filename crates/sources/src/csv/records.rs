//! Splits decoded text into records and cells.
//!
//! The buffer always holds the whole record being read, never more than the limit, so a lost quote can be
//! taken back: the text after it is still there. It refuses to know headers.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr2};

use super::dialect::Dialect;

const CHUNK: usize = 256 << 10;

/// What the next record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// A row; its cells are in the reader.
    Row,
    /// A line without any value.
    Blank,
    /// A record over the limit, set aside.
    TooLarge,
    /// A record with more cells than the limit, set aside.
    TooWide,
    /// The end.
    End,
}

/// Reads records one by one into the same memory.
pub(crate) struct Records<R> {
    source: R,
    dialect: Dialect,
    max_bytes: usize,
    max_cells: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    eof: bool,
    next_line: u64,
    /// Text of all cells of the row, one after the other.
    pub(crate) text: Vec<u8>,
    /// Where each cell ends.
    pub(crate) ends: Vec<usize>,
    /// Physical line where the row starts.
    pub(crate) line: u64,
    /// Whether a quote that never closes was read as a plain character.
    pub(crate) unclosed: bool,
    /// Whether text follows a closing quote.
    pub(crate) stray: bool,
    too_wide: bool,
}

enum Parsed {
    /// Ends at this offset (after the line end).
    Complete(usize),
    /// The text ends inside the quotes opened at this offset.
    Open(usize),
    /// The text ends before the record does.
    Short,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(source: R, dialect: Dialect, max_bytes: usize, max_cells: usize) -> Self {
        Records {
            source,
            dialect,
            max_bytes,
            max_cells,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            eof: false,
            next_line: 1,
            text: Vec::new(),
            ends: Vec::new(),
            line: 0,
            unclosed: false,
            stray: false,
            too_wide: false,
        }
    }

    pub(crate) fn source(&self) -> &R {
        &self.source
    }

    /// Reads the next record.
    pub(crate) fn next(&mut self) -> io::Result<Next> {
        self.text.clear();
        self.ends.clear();
        self.unclosed = false;
        self.stray = false;
        self.line = self.next_line;
        let Some(line_end) = self.find_line_end()? else {
            return self.skip_long_line();
        };
        if self.start == self.end {
            return Ok(Next::End);
        }
        let line = &self.buffer[self.start..line_end];
        if line.len() > self.max_bytes {
            self.step_over_line(line_end);
            return Ok(Next::TooLarge);
        }
        if memchr(self.dialect.quote, line).is_some() {
            return self.next_quoted();
        }
        let blank = is_blank(line, &self.dialect);
        let line = match line {
            [rest @ .., b'\r'] if self.dialect.line_end == b'\n' => rest,
            line => line,
        };
        let mut from = 0;
        for at in memchr_iter(self.dialect.delimiter, line) {
            self.text.extend_from_slice(&line[from..at]);
            self.ends.push(self.text.len());
            from = at + 1;
        }
        self.text.extend_from_slice(&line[from..]);
        self.ends.push(self.text.len());
        self.step_over_line(line_end);
        if blank {
            return Ok(Next::Blank);
        }
        Ok(if self.ends.len() > self.max_cells {
            Next::TooWide
        } else {
            Next::Row
        })
    }

    /// A record whose first line has a quote in it.
    fn next_quoted(&mut self) -> io::Result<Next> {
        let mut plain: Vec<usize> = Vec::new();
        loop {
            let parsed = self.parse(&plain);
            match parsed {
                Parsed::Complete(length) if self.fits(length) => {
                    let record = &self.buffer[self.start..self.start + length];
                    let blank = is_blank(record, &self.dialect);
                    self.next_line += memchr_iter(self.dialect.line_end, record).count() as u64;
                    self.unclosed = !plain.is_empty();
                    self.start += length;
                    return Ok(match blank {
                        true => Next::Blank,
                        false if self.too_wide => Next::TooWide,
                        false => Next::Row,
                    });
                }
                Parsed::Complete(_) => {}
                Parsed::Open(_) | Parsed::Short
                    if !self.eof && self.end - self.start <= self.max_bytes =>
                {
                    self.fill()?;
                    continue;
                }
                Parsed::Open(at) if self.end - self.start <= self.max_bytes => {
                    plain.push(at);
                    continue;
                }
                Parsed::Open(_) | Parsed::Short => {}
            }
            // Over the limit: a lost quote. Only its first line is set aside; the next one is read afresh.
            // `fill` may have moved the text, so the first line's end is looked up again.
            let first = memchr(self.dialect.line_end, &self.buffer[self.start..self.end])
                .map_or(self.end, |i| self.start + i);
            self.step_over_line(first);
            return Ok(Next::TooLarge);
        }
    }

    /// Whether a record of this many bytes, its line end included, is within the limit.
    fn fits(&self, length: usize) -> bool {
        let ended = length > 0 && self.buffer[self.start + length - 1] == self.dialect.line_end;
        length - usize::from(ended) <= self.max_bytes
    }

    fn parse(&mut self, plain: &[usize]) -> Parsed {
        let Dialect {
            delimiter,
            quote,
            escape,
            line_end,
        } = self.dialect;
        let data = &self.buffer[self.start..self.end];
        let eof = self.eof;
        self.text.clear();
        self.ends.clear();
        self.stray = false;
        self.too_wide = false;
        let mut at = 0;
        loop {
            if data.get(at) == Some(&quote) && !plain.contains(&at) {
                let opened = at;
                at += 1;
                loop {
                    let found = match escape {
                        Some(escape) => memchr2(quote, escape, &data[at..]),
                        None => memchr(quote, &data[at..]),
                    };
                    let Some(found) = found else {
                        return Parsed::Open(opened);
                    };
                    self.text.extend_from_slice(&data[at..at + found]);
                    at += found;
                    let next = data.get(at + 1).copied();
                    if next.is_none() && !eof {
                        return Parsed::Short;
                    }
                    if data[at] != quote {
                        // An escape: `\"` and `\\` stand for one character, anything else for itself.
                        match next {
                            Some(c) if c == quote || c == data[at] => {
                                self.text.push(c);
                                at += 2;
                            }
                            _ => {
                                self.text.push(data[at]);
                                at += 1;
                            }
                        }
                    } else if next == Some(quote) {
                        self.text.push(quote);
                        at += 2;
                    } else {
                        at += 1;
                        break;
                    }
                }
            }
            let from = at;
            let ended = memchr2(delimiter, line_end, &data[from..]).map(|i| from + i);
            let stop = match ended {
                Some(stop) => stop,
                None if eof => data.len(),
                None => return Parsed::Short,
            };
            let ends_row = stop == data.len() || data[stop] == line_end;
            let mut tail = &data[from..stop];
            if ends_row && line_end == b'\n' {
                tail = tail.strip_suffix(b"\r").unwrap_or(tail);
            }
            if !tail.is_empty()
                && from > 0
                && data[from - 1] == quote
                && !plain.contains(&(from - 1))
            {
                self.stray = true;
            }
            self.text.extend_from_slice(tail);
            if self.ends.len() < self.max_cells {
                self.ends.push(self.text.len());
            } else {
                self.too_wide = true; // Its cells no longer matter, but its end does.
                self.text.truncate(self.ends.last().copied().unwrap_or(0));
            }
            if ends_row {
                return Parsed::Complete((stop + 1).min(data.len()));
            }
            at = stop + 1;
        }
    }

    /// Where the line that starts here ends, reading on as needed; `None` if it is over the limit.
    fn find_line_end(&mut self) -> io::Result<Option<usize>> {
        let mut searched = 0;
        loop {
            let data = &self.buffer[self.start + searched..self.end];
            if let Some(i) = memchr(self.dialect.line_end, data) {
                return Ok(Some(self.start + searched + i));
            }
            if self.eof {
                return Ok(Some(self.end));
            }
            searched = self.end - self.start;
            if searched > self.max_bytes {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Steps over a line that does not fit the buffer.
    fn skip_long_line(&mut self) -> io::Result<Next> {
        loop {
            if let Some(i) = memchr(self.dialect.line_end, &self.buffer[self.start..self.end]) {
                self.step_over_line(self.start + i);
                return Ok(Next::TooLarge);
            }
            self.start = self.end;
            if self.eof {
                return Ok(Next::TooLarge);
            }
            self.fill()?;
        }
    }

    fn step_over_line(&mut self, line_end: usize) {
        self.start = (line_end + 1).min(self.end);
        self.next_line += 1;
    }

    /// Reads more. Grows by doubling, so that parsing again stays linear; never far beyond the limit.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let wanted = self.end.clamp(CHUNK, self.max_bytes.max(CHUNK)) + self.end;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let read =
            crate::encoding::read_full(&mut self.source, &mut self.buffer[self.end..wanted])?;
        self.eof = self.end + read < wanted;
        self.end += read;
        Ok(())
    }
}

/// Whether a line holds delimiters, blanks and quotes only.
fn is_blank(line: &[u8], dialect: &Dialect) -> bool {
    line.iter().all(|b| {
        *b == dialect.delimiter || *b == dialect.quote || matches!(b, b' ' | b'\t' | b'\r' | b'\n')
    })
}
