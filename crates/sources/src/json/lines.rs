//! Lines of a text one by one, and the independent count of what passes by.

use std::io::{self, Read};

use crate::encoding::read_full;
use crate::scan::{JsonRecords, TextLines};

/// A source that counts what is read from it, with the code of [`crate::scan`].
pub(super) struct Counted<R> {
    source: R,
    count: Count,
}

enum Count {
    Lines(TextLines),
    Records(JsonRecords),
}

impl<R> Counted<R> {
    /// Counts lines that are not blank.
    pub(super) fn lines(source: R) -> Self {
        let count = Count::Lines(TextLines::default());
        Counted { source, count }
    }

    /// Counts the values at a record path.
    pub(super) fn records(source: R, record_path: &str) -> Self {
        let count = Count::Records(JsonRecords::new(record_path));
        Counted { source, count }
    }

    /// How many there were, once the source is read to its end.
    pub(super) fn found(&mut self) -> u64 {
        match &mut self.count {
            Count::Lines(lines) => lines.end(),
            Count::Records(records) => {
                records.end();
                records.found()
            }
        }
    }

    pub(super) fn inner(&self) -> &R {
        &self.source
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(target)?;
        match &mut self.count {
            Count::Lines(lines) => lines.feed(&target[..read]),
            Count::Records(records) => records.feed(&target[..read]),
        }
        Ok(read)
    }
}

/// Non-blank lines, one at a time, in bounded memory.
pub(super) struct Lines<R> {
    pub(super) source: R,
    max_bytes: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    eof: bool,
    from: usize,
    to: usize,
    /// Line of the content, from 1.
    pub(super) line: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R, max_bytes: usize) -> Self {
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

    pub(super) fn content(&self) -> &[u8] {
        &self.buffer[self.from..self.to]
    }

    /// The next non-blank line: `Some(true)`, or `Some(false)` if it is over the limit.
    pub(super) fn next(&mut self) -> io::Result<Option<bool>> {
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

    fn fill(&mut self) -> io::Result<()> {
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
