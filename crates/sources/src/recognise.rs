//! Recognises the form of a file by its content; its name is only compared afterwards.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use crate::encoding::read_full;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Empty,
    Zip,
    Gzip,
    /// An OLE compound file: XLS, or DOC and the like.
    Ole,
    Text,
    /// Something we know and do not read, or do not know.
    Other(&'static str),
}

/// Bytes looked at.
const HEAD: usize = 8 << 10;

const MAGIC: &[(&[u8], Form)] = &[
    (b"PK\x03\x04", Form::Zip),
    (b"PK\x05\x06", Form::Zip),
    (b"PK\x07\x08", Form::Zip),
    (b"\x1f\x8b", Form::Gzip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Form::Ole),
    (b"%PDF", Form::Other("PDF")),
    (b"\x89PNG", Form::Other("PNG")),
    (b"\xff\xd8\xff", Form::Other("JPEG")),
    (b"GIF8", Form::Other("GIF")),
    (b"II*\x00", Form::Other("TIFF")),
    (b"MM\x00*", Form::Other("TIFF")),
    (b"Rar!", Form::Other("RAR")),
    (b"7z\xbc\xaf\x27\x1c", Form::Other("7-Zip")),
    (b"BZh", Form::Other("bzip2")),
    (b"\xfd7zXZ", Form::Other("xz")),
    (b"\x28\xb5\x2f\xfd", Form::Other("Zstandard")),
    (b"PAR1", Form::Other("Parquet")),
    (b"SQLite format 3", Form::Other("SQLite")),
    (b"{\\rtf", Form::Other("RTF")),
];

/// Looks at the first bytes.
pub(crate) fn form(file: &mut File) -> io::Result<Form> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = vec![0; HEAD];
    let n = read_full(file, &mut head)?;
    head.truncate(n);
    if head.is_empty() {
        return Ok(Form::Empty);
    }
    if let Some((_, form)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Ok(*form);
    }
    Ok(if is_binary(&head) {
        Form::Other("binary")
    } else {
        Form::Text
    })
}

/// Whether a ZIP is a spreadsheet of OpenDocument: its first entry, stored as it is, says so.
pub(crate) fn is_opendocument_sheet(file: &mut File) -> io::Result<bool> {
    const SAYS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    file.seek(SeekFrom::Start(0))?;
    let mut head = vec![0; 128];
    let n = read_full(file, &mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head[..n].windows(SAYS.len()).any(|bytes| bytes == SAYS))
}

/// Control characters that no text has. UTF-16 is text: its zeros stand in every second byte.
fn is_binary(head: &[u8]) -> bool {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return false;
    }
    let control = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a);
    let zeros = |from: usize| {
        head.iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let wide = even.max(odd) * 10 >= (head.len() / 2) * 6 && even.min(odd) * 20 < head.len();
    let others = head.iter().filter(|b| **b != 0 && control(b)).count();
    if wide {
        others * 10 > head.len()
    } else {
        (even + odd) * 200 > head.len() || others * 10 > head.len()
    }
}

/// What decoded text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextForm {
    /// Nothing but blanks.
    Blank,
    Csv,
    Json,
    Other(&'static str),
}

/// Looks at the beginning of decoded text.
pub(crate) fn text_form(head: &str) -> TextForm {
    let text = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    let mut bytes = text.bytes().filter(|b| !b.is_ascii_whitespace());
    match (bytes.next(), bytes.next()) {
        (None, _) => TextForm::Blank,
        (Some(b'{'), Some(b'"' | b'}') | None) => TextForm::Json,
        (Some(b'['), Some(b'{' | b'[' | b'"' | b']' | b'-' | b'0'..=b'9') | None) => TextForm::Json,
        (Some(b'<'), _) => {
            let start: String = text.chars().take(200).collect::<String>().to_lowercase();
            if start.contains("<html") || start.contains("<!doctype html") {
                TextForm::Other("HTML")
            } else if start.starts_with("<?xml") || start.starts_with("<!doctype") {
                TextForm::Other("XML")
            } else {
                TextForm::Csv
            }
        }
        _ => TextForm::Csv,
    }
}

/// The form a name promises: `csv`, `json`, `xlsx`, `xls`, `zip`, `gzip`, `PDF`; `None` if it promises nothing.
pub(crate) fn promised(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_lowercase().as_str() {
        "csv" | "tsv" => "csv",
        "json" | "jsonl" | "ndjson" | "geojson" => "json",
        "xlsx" | "xlsm" => "xlsx",
        "xls" => "xls",
        "ods" => "ods",
        "zip" => "zip",
        "gz" | "gzip" => "gzip",
        "pdf" => "PDF",
        "xml" => "XML",
        "htm" | "html" => "HTML",
        _ => return None,
    })
}
