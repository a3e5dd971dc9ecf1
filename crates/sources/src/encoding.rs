//! Which letters the bytes of a text file stand for.
//!
//! First a strict look for UTF-8 over the whole file; only where that fails, a guess from the first bad byte:
//! our own test for Spanish in Windows-1252 and code page 850, then `chardetng`. Decoding streams and never
//! fails: what cannot be read becomes U+FFFD and is counted. It refuses to know rows and cells.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, DecoderResult};
use memchr::memmem;

use crate::cp850;

const CHUNK: usize = 256 << 10;
/// Bytes looked at for a guess, from the first bad one: enough for thousands of accents.
const GUESS_BYTES: usize = 1 << 20;

/// An encoding a text file can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark at its start.
    Utf8 {
        /// Whether the file starts with EF BB BF.
        bom: bool,
    },
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Code page 850.
    Cp850,
    /// Some lines are UTF-8, others Windows-1252.
    Mixed,
    /// Any other one `encoding_rs` knows, Windows-1252 above all.
    Other(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// The name for [`crate::Part::encoding`].
    pub fn name(self) -> String {
        match self {
            Encoding::Utf8 { bom: false } => "utf-8".into(),
            Encoding::Utf8 { bom: true } => "utf-8-bom".into(),
            Encoding::Utf16Le => "utf-16le".into(),
            Encoding::Utf16Be => "utf-16be".into(),
            Encoding::Cp850 => "cp850".into(),
            Encoding::Mixed => "mixed".into(),
            Encoding::Other(e) => e.name().to_lowercase(),
        }
    }
}

/// What a look over the whole file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected {
    /// The encoding to read it with.
    pub encoding: Encoding,
    /// Bytes of the mark at the start.
    pub mark: u64,
    /// Line of the first byte that is not UTF-8, if the file is not UTF-8.
    pub bad_line: Option<u64>,
    /// Line and text of the first letters that were decoded wrongly before publication (`Ã³`).
    pub mojibake: Option<(u64, String)>,
}

impl Detected {
    fn of(encoding: Encoding, mark: u64) -> Self {
        Detected {
            encoding,
            mark,
            bad_line: None,
            mojibake: None,
        }
    }
}

/// Looks over the whole file and says how to read it.
///
/// In: the file, at any position. Out: the encoding and what is odd about it. Errors: only if it cannot be read.
pub fn detect(file: &mut File) -> io::Result<Detected> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = vec![0; 4096];
    let n = read_full(file, &mut head)?;
    head.truncate(n);
    if head.starts_with(&[0xFF, 0xFE]) {
        return Ok(Detected::of(Encoding::Utf16Le, 2));
    }
    if head.starts_with(&[0xFE, 0xFF]) {
        return Ok(Detected::of(Encoding::Utf16Be, 2));
    }
    if let Some(encoding) = utf16_without_mark(&head) {
        return Ok(Detected::of(encoding, 0));
    }
    let bom = head.starts_with(&[0xEF, 0xBB, 0xBF]);
    let mark = if bom { 3 } else { 0 };
    file.seek(SeekFrom::Start(mark))?;
    let look = look_for_utf8(file)?;
    let Some(bad) = look.bad else {
        return Ok(Detected {
            encoding: Encoding::Utf8 { bom },
            mark,
            bad_line: None,
            mojibake: look.mojibake,
        });
    };
    let start = (mark + bad.offset).saturating_sub(4096).max(mark);
    file.seek(SeekFrom::Start(start))?;
    let mut sample = vec![0; GUESS_BYTES];
    let n = read_full(file, &mut sample)?;
    sample.truncate(n);
    let encoding = if bom || look.multibyte || lines_disagree(&sample) {
        Encoding::Mixed
    } else {
        guess(&sample)
    };
    Ok(Detected {
        encoding,
        mark,
        bad_line: Some(bad.line),
        mojibake: None,
    })
}

/// UTF-16 Spanish has a zero in every second byte; nothing else of ours does.
fn utf16_without_mark(head: &[u8]) -> Option<Encoding> {
    let zeros = |from: usize| {
        head.iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let half = head.len() / 2;
    if half < 2 {
        return None;
    }
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 10 >= half * 6 && even * 10 < half {
        Some(Encoding::Utf16Le)
    } else if even * 10 >= half * 6 && odd * 10 < half {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

struct Bad {
    offset: u64,
    line: u64,
}

struct Look {
    bad: Option<Bad>,
    /// Whether letters beyond ASCII came before the first bad byte.
    multibyte: bool,
    mojibake: Option<(u64, String)>,
}

fn look_for_utf8(file: &mut File) -> io::Result<Look> {
    let mut look = Look {
        bad: None,
        multibyte: false,
        mojibake: None,
    };
    let finders = [memmem::Finder::new("Ã"), memmem::Finder::new("â€")];
    let mut buffer = vec![0; CHUNK];
    let (mut kept, mut offset, mut lines) = (0, 0u64, 1u64);
    loop {
        let read = read_full(file, &mut buffer[kept..])?;
        let filled = kept + read;
        let block = &buffer[..filled];
        let last = read == 0 || filled < buffer.len();
        let (valid, bad) = match std::str::from_utf8(block) {
            Ok(text) => (text, None),
            Err(e) => {
                let good =
                    std::str::from_utf8(&block[..e.valid_up_to()]).expect("checked just now");
                (
                    good,
                    (e.error_len().is_some() || last).then_some(e.valid_up_to()),
                )
            }
        };
        if !valid.is_ascii() {
            look.multibyte = look.multibyte || valid.chars().any(is_western);
            if look.mojibake.is_none() {
                look.mojibake = mojibake(valid, &finders)
                    .map(|(at, found)| (lines + newlines(&block[..at]), found));
            }
        }
        let valid = valid.len();
        if let Some(at) = bad {
            look.bad = Some(Bad {
                offset: offset + at as u64,
                line: lines + newlines(&block[..at]),
            });
            return Ok(look);
        }
        lines += newlines(&block[..valid]);
        if last {
            return Ok(look);
        }
        offset += valid as u64;
        buffer.copy_within(valid..filled, 0);
        kept = filled - valid;
    }
}

/// The first place where UTF-8 was read as Windows-1252 and saved again: `Ã³`, `Ã‘`, `â€œ`.
fn mojibake(text: &str, finders: &[memmem::Finder<'_>; 2]) -> Option<(usize, String)> {
    let at = finders
        .iter()
        .filter_map(|f| first_mojibake(text, f))
        .min()?;
    let start = text[..at]
        .char_indices()
        .rev()
        .take(20)
        .take_while(|(_, c)| *c != '\n')
        .last()
        .map_or(at, |(i, _)| i);
    Some((
        at,
        text[start..]
            .chars()
            .take(40)
            .take_while(|c| *c != '\n')
            .collect(),
    ))
}

fn first_mojibake(text: &str, finder: &memmem::Finder<'_>) -> Option<usize> {
    finder.find_iter(text.as_bytes()).find(|at| {
        let mut rest = text[*at..].chars();
        match (rest.next(), rest.next()) {
            // The second byte of á, é, í, ó, ú, ñ, Á … as Windows-1252 shows it; `Ã` before a letter is Portuguese.
            (Some('Ã'), Some(c)) => {
                matches!(c, '\u{80}'..='\u{bf}' | '\u{2018}'..='\u{2030}' | 'š' | 'œ' | 'Š' | 'Œ')
            }
            _ => true,
        }
    })
}

/// Letters and signs of Western Europe: bytes of another encoding that happen to be UTF-8 give other ones.
fn is_western(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{17f}' | '\u{2010}'..='\u{203a}' | '€' | '™')
}

/// Whether lines of valid UTF-8 with accents stand among lines that are not.
fn lines_disagree(sample: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0u32, 0u32);
    let end = memchr::memrchr(b'\n', sample).unwrap_or(sample.len());
    for line in sample[..end]
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_ascii())
    {
        match std::str::from_utf8(line) {
            Ok(line) => valid += u32::from(line.chars().any(is_western)),
            Err(_) => invalid += 1,
        }
    }
    valid > 0 && valid * 10 >= invalid
}

/// A guess at a text of one byte for each letter.
fn guess(sample: &[u8]) -> Encoding {
    let western = cp850::spanish_score(sample, windows_1252);
    let dos = cp850::spanish_score(sample, cp850::decode);
    if dos > western && dos > 0 {
        return Encoding::Cp850;
    }
    if western > 0 {
        return Encoding::Other(encoding_rs::WINDOWS_1252);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    Encoding::Other(detector.guess(Some(b"mx"), Utf8Detection::Deny))
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    if (0x80..0xA0).contains(&byte) {
        HIGH[(byte - 0x80) as usize]
    } else {
        byte as char
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Fills the buffer as far as the file goes.
pub(crate) fn read_full(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// Bytes that could not be read as letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// How many became U+FFFD.
    pub count: u64,
    /// The line of the first, from 1.
    pub first_line: u64,
}

/// Yields the text of a file as UTF-8, streaming.
///
/// A UTF-8 file goes through untouched: [`detect`] has already found it valid.
pub struct DecodingReader<R> {
    source: R,
    mode: Mode,
    input: Vec<u8>,
    start: usize,
    end: usize,
    eof: bool,
    output: Vec<u8>,
    given: usize,
    damage: Damage,
    line: u64,
}

enum Mode {
    Plain,
    Cp850,
    Mixed,
    Decoder(Box<Decoder>),
    Done,
}

impl DecodingReader<File> {
    /// Reads `file` from its start (after the mark) in the encoding found.
    pub fn open(mut file: File, detected: &Detected) -> io::Result<Self> {
        file.seek(SeekFrom::Start(detected.mark))?;
        Ok(DecodingReader::new(file, detected.encoding))
    }
}

impl<R: Read> DecodingReader<R> {
    /// Reads `source`, which stands after the mark, in `encoding`.
    pub fn new(source: R, encoding: Encoding) -> Self {
        let mode = match encoding {
            Encoding::Utf8 { .. } => Mode::Plain,
            Encoding::Cp850 => Mode::Cp850,
            Encoding::Mixed => Mode::Mixed,
            Encoding::Utf16Le => decoder(encoding_rs::UTF_16LE),
            Encoding::Utf16Be => decoder(encoding_rs::UTF_16BE),
            Encoding::Other(e) => decoder(e),
        };
        let input = if matches!(mode, Mode::Plain) {
            Vec::new()
        } else {
            vec![0; CHUNK]
        };
        DecodingReader {
            source,
            mode,
            input,
            start: 0,
            end: 0,
            eof: false,
            output: Vec::new(),
            given: 0,
            damage: Damage::default(),
            line: 1,
        }
    }

    /// What could not be read so far.
    pub fn damage(&self) -> Damage {
        self.damage
    }

    fn fill(&mut self) -> io::Result<()> {
        self.input.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let read = read_full(&mut self.source, &mut self.input[self.end..])?;
        self.eof = self.end + read < self.input.len();
        self.end += read;
        Ok(())
    }

    /// Decodes the next block into `output`.
    fn decode(&mut self) -> io::Result<()> {
        self.output.clear();
        self.given = 0;
        if !self.eof {
            self.fill()?;
        }
        match &mut self.mode {
            Mode::Cp850 => {
                for &byte in &self.input[self.start..self.end] {
                    let mut utf8 = [0; 4];
                    self.output
                        .extend_from_slice(cp850::decode(byte).encode_utf8(&mut utf8).as_bytes());
                }
                self.start = self.end;
            }
            Mode::Mixed => self.decode_mixed(),
            Mode::Decoder(_) => self.decode_with_library(),
            Mode::Plain | Mode::Done => {}
        }
        if self.eof && self.start == self.end {
            self.mode = Mode::Done;
        }
        Ok(())
    }

    fn decode_with_library(&mut self) {
        let Mode::Decoder(decoder) = &mut self.mode else {
            return;
        };
        self.output.reserve(
            decoder
                .max_utf8_buffer_length(self.end - self.start)
                .unwrap_or(4 * CHUNK)
                + 16,
        );
        let mut written_total = 0;
        self.output.resize(self.output.capacity(), 0);
        loop {
            let source = &self.input[self.start..self.end];
            let target = &mut self.output[written_total..];
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(source, target, self.eof);
            self.line += newlines(&target[..written]);
            self.start += read;
            written_total += written;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                DecoderResult::Malformed(..) => {
                    if self.output.len() < written_total + 3 {
                        self.output.resize(self.output.len() * 2 + 3, 0);
                    }
                    self.output[written_total..written_total + 3]
                        .copy_from_slice("\u{fffd}".as_bytes());
                    written_total += 3;
                    note_damage(&mut self.damage, 1, self.line);
                }
            }
        }
        self.output.truncate(written_total);
    }

    fn decode_mixed(&mut self) {
        let block = &self.input[self.start..self.end];
        // Whole lines only, unless one line fills the buffer.
        let length = if self.eof {
            block.len()
        } else {
            let whole = block.len() - cut_letter(block);
            memchr::memrchr(b'\n', block).map_or(whole, |i| i + 1)
        };
        let block = &block[..length];
        if std::str::from_utf8(block).is_ok() {
            self.output.extend_from_slice(block);
            self.line += newlines(block);
        } else {
            for line in block.split_inclusive(|b| *b == b'\n') {
                let lost = decode_line(line, &mut self.output);
                note_damage(&mut self.damage, lost, self.line);
                self.line += u64::from(line.ends_with(b"\n"));
            }
        }
        self.start += length;
    }
}

fn decoder(encoding: &'static encoding_rs::Encoding) -> Mode {
    Mode::Decoder(Box::new(encoding.new_decoder_without_bom_handling()))
}

/// Bytes at the end of a block that begin a UTF-8 letter and do not end it.
fn cut_letter(block: &[u8]) -> usize {
    for back in 1..=block.len().min(3) {
        let needed = match block[block.len() - back] {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => return 0,
        };
        return if needed > back { back } else { 0 };
    }
    0
}

fn note_damage(damage: &mut Damage, count: u64, line: u64) {
    if count > 0 && damage.count == 0 {
        damage.first_line = line;
    }
    damage.count += count;
}

/// Decodes one line by what fits: UTF-8 if it is valid; Windows-1252 if it has no UTF-8 letters at all;
/// otherwise UTF-8 with its damaged bytes lost. Returns how many were lost.
fn decode_line(line: &[u8], output: &mut Vec<u8>) -> u64 {
    if std::str::from_utf8(line).is_ok() {
        output.extend_from_slice(line);
        return 0;
    }
    let letters: usize = line
        .utf8_chunks()
        .map(|c| c.valid().chars().filter(|c| !c.is_ascii()).count())
        .sum();
    let damaged = line
        .utf8_chunks()
        .filter(|c| !c.invalid().is_empty())
        .count();
    if letters < damaged {
        let mut decoder = encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling();
        let from = output.len();
        output.resize(from + line.len() * 3 + 3, 0);
        let (result, _, written, _) = decoder.decode_to_utf8(line, &mut output[from..], true);
        debug_assert_eq!(
            result,
            CoderResult::InputEmpty,
            "three bytes for each are enough"
        );
        output.truncate(from + written);
        return 0;
    }
    for chunk in line.utf8_chunks() {
        output.extend_from_slice(chunk.valid().as_bytes());
        if !chunk.invalid().is_empty() {
            output.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    damaged as u64
}

impl<R: Read> Read for DecodingReader<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if matches!(self.mode, Mode::Plain) {
            return self.source.read(target);
        }
        while self.given == self.output.len() {
            if matches!(self.mode, Mode::Done) {
                return Ok(0);
            }
            self.decode()?;
        }
        let n = target.len().min(self.output.len() - self.given);
        target[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(bytes: &[u8], encoding: Encoding, step: usize) -> String {
        let mut reader = DecodingReader::new(bytes, encoding);
        let (mut out, mut buffer) = (Vec::new(), vec![0; step]);
        while let n @ 1.. = reader.read(&mut buffer).unwrap() {
            out.extend_from_slice(&buffer[..n]);
        }
        assert_eq!(reader.damage(), Damage::default());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_letter_cut_by_a_block_stays_whole() {
        let text = "a".repeat(CHUNK - 1) + &"é".repeat(CHUNK);
        assert_eq!(decoded(text.as_bytes(), Encoding::Mixed, 4096), text);
        assert_eq!(cut_letter("é".as_bytes()), 0);
        assert_eq!(cut_letter(&"é".as_bytes()[..1]), 1);
        assert_eq!(cut_letter(&"€".as_bytes()[..2]), 2);
        assert_eq!(cut_letter(b"abc"), 0);
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(text in "[ -~áéíóúñÑÁÉÍÓÚü¿¡º\n]{0,400}", repeat in 1usize..3_000, step in 1usize..5_000) {
            // Long enough to cross the blocks in which a file is read.
            let text = if text.is_empty() { text } else { text.repeat(repeat) };
            let cp850: Vec<u8> = text.chars().map(|c| match cp850::HIGH.iter().position(|h| *h == c) {
                Some(i) => 0x80 + i as u8,
                None => c as u8,
            }).collect();
            let western = encoding_rs::WINDOWS_1252.encode(&text).0;
            let wide: Vec<u16> = text.encode_utf16().collect();
            let low: Vec<u8> = wide.iter().flat_map(|u| u.to_le_bytes()).collect();
            let high: Vec<u8> = wide.iter().flat_map(|u| u.to_be_bytes()).collect();
            prop_assert_eq!(&decoded(text.as_bytes(), Encoding::Utf8 { bom: false }, step), &text);
            prop_assert_eq!(&decoded(text.as_bytes(), Encoding::Mixed, step), &text);
            prop_assert_eq!(&decoded(&cp850, Encoding::Cp850, step), &text);
            prop_assert_eq!(&decoded(&western, Encoding::Other(encoding_rs::WINDOWS_1252), step), &text);
            prop_assert_eq!(&decoded(&low, Encoding::Utf16Le, step), &text);
            prop_assert_eq!(&decoded(&high, Encoding::Utf16Be, step), &text);
        }
    }
}
