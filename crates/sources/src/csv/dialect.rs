//! How a CSV is written: its delimiter, quote, escape and line end, judged by how evenly its first rows fall
//! into cells. It refuses to know what the cells mean.

use std::io::Cursor;

use super::records::{Next, Records};

/// How a CSV is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub delimiter: u8,
    /// What stands around cells that hold delimiters.
    pub quote: u8,
    /// What makes a quote inside quotes plain, when it is not a second quote.
    pub escape: Option<u8>,
    /// `\n`, or `\r` in files of old Macintosh programs.
    pub line_end: u8,
}

/// Finds the dialect from the beginning of a file; the last line of `sample` may be cut.
pub(crate) fn detect(sample: &[u8]) -> Dialect {
    let line_end = line_end(sample);
    let sample = match memchr::memrchr(line_end, sample) {
        Some(i) => &sample[..=i],
        None => sample,
    };
    let mut best = (
        0.0,
        Dialect {
            delimiter: b',',
            quote: b'"',
            escape: None,
            line_end,
        },
    );
    for delimiter in *b",;\t|" {
        let quote = quote(sample, delimiter, line_end);
        let dialect = Dialect {
            delimiter,
            quote,
            escape: escape(sample, quote, delimiter),
            line_end,
        };
        let score = evenness(sample, dialect);
        if score > best.0 {
            best = (score, dialect);
        }
    }
    best.1
}

/// `\r` when it stands alone four times as often as `\n`: cells may hold a few of the other.
fn line_end(sample: &[u8]) -> u8 {
    let feeds = memchr::memchr_iter(b'\n', sample).count();
    let returns = memchr::memchr_iter(b'\r', sample)
        .filter(|i| sample.get(i + 1) != Some(&b'\n'))
        .count();
    if returns > feeds.saturating_mul(4) {
        b'\r'
    } else {
        b'\n'
    }
}

/// The single quote only when it both opens and closes cells and the double quote never does.
fn quote(sample: &[u8], delimiter: u8, line_end: u8) -> u8 {
    let edges = |quote: u8| {
        let edge =
            |b: Option<&u8>| b.is_none_or(|b| *b == delimiter || *b == line_end || *b == b'\r');
        let (mut opens, mut closes) = (0u32, 0u32);
        for i in memchr::memchr_iter(quote, sample) {
            opens += u32::from(edge(i.checked_sub(1).and_then(|i| sample.get(i))));
            closes += u32::from(edge(sample.get(i + 1)));
        }
        (opens, closes)
    };
    let (opens, closes) = edges(b'\'');
    if edges(b'"').0 == 0 && opens >= 4 && closes * 10 >= opens * 9 && opens * 10 >= closes * 9 {
        b'\''
    } else {
        b'"'
    }
}

/// The backslash, when quotes inside cells follow one and are never doubled.
fn escape(sample: &[u8], quote: u8, delimiter: u8) -> Option<u8> {
    let (mut escaped, mut doubled) = (0u32, 0u32);
    for i in memchr::memchr_iter(quote, sample).filter(|i| *i > 0) {
        let after = sample.get(i + 1).copied().unwrap_or(b'\n');
        let ends_cell = after == delimiter || after == b'\n' || after == b'\r';
        let opens_cell = i < 2 || sample[i - 2] == delimiter || sample[i - 2] == b'\n';
        if sample[i - 1] == b'\\' && !ends_cell {
            escaped += 1;
        } else if sample[i - 1] == quote && !(ends_cell && opens_cell) {
            doubled += 1;
        }
    }
    (escaped > 0 && doubled == 0).then_some(b'\\')
}

/// Share of rows with the most frequent number of cells, squared, times a little for more cells; 0 for one column.
fn evenness(sample: &[u8], dialect: Dialect) -> f64 {
    let mut records = Records::new(Cursor::new(sample), dialect, sample.len(), usize::MAX);
    let mut widths: Vec<usize> = Vec::new();
    // 2,000 rows say enough. Reading from memory cannot fail.
    while widths.len() < 2_000 {
        match records.next() {
            Ok(Next::Row) => widths.push(records.ends.len()),
            Ok(Next::End) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let header = widths.first().copied();
    widths.sort_unstable();
    let most = widths
        .chunk_by(|a, b| a == b)
        .filter(|run| run[0] > 1)
        .max_by_key(|run| (run.len(), run[0]));
    let Some(run) = most else { return 0.0 };
    let share = run.len() as f64 / widths.len() as f64;
    // One comma in half the names of a one-column list does not make two columns, unless the header has it too.
    let needed = if header == Some(run[0]) { 0.5 } else { 0.75 };
    if run[0] < 4 && share < needed {
        0.0
    } else {
        share * share * (1.0 + 0.1 * (run[0] as f64).ln())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, char, Option<char>) {
        let d = detect(text.as_bytes());
        (
            d.delimiter as char,
            d.quote as char,
            d.escape.map(char::from),
        )
    }

    #[test]
    fn delimiters_and_quotes() {
        assert_eq!(found("a,b\n1,2\n"), (',', '"', None));
        assert_eq!(found("nombre;importe\nA;1,5\nB;2,7\n"), (';', '"', None));
        assert_eq!(found("a\tb\tc\n1\t2, x\t3\n"), ('\t', '"', None));
        assert_eq!(found("a|b\n1|2\n"), ('|', '"', None));
        assert_eq!(found("a,b\n\"x \\\"y\\\" z\",2\n"), (',', '"', Some('\\')));
        assert_eq!(found("a,b\n\"x \"\"y\"\" z\",2\n"), (',', '"', None));
        assert_eq!(
            found("a,b\n'x, 1','2'\n'y','3, 4'\n'z','5'\n"),
            (',', '\'', None)
        );
        assert_eq!(
            found("clave,b\n'01,2\n'02,3\n'03,3\n'04,3\n"),
            (',', '"', None)
        );
        assert_eq!(found("nombre\nA, S.A.\nB, S.A.\nC\nD\n"), (',', '"', None));
        assert_eq!(found("a;b\n1;2\n3;4;5\n"), (';', '"', None));
        assert_eq!(found("nombre\nA; B\nC; D\nE\n"), (',', '"', None));
    }
}
