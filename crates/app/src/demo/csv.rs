//! Writes delimited text the way old offices do: their own delimiter, encoding and line ends.

use anyhow::{Result, bail};

/// The dialect of one file.
#[derive(Clone, Copy)]
pub struct Dialect {
    /// The sign between cells.
    pub delimiter: char,
    /// The encoding of the bytes.
    pub encoding: Encoding,
}

/// Encodings of the demonstration.
#[derive(Clone, Copy, PartialEq)]
pub enum Encoding {
    /// Windows-1252, which offices call Latin-1.
    Windows1252,
    /// UTF-8 without a mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Marked,
    /// Little-endian UTF-16 with a mark: "Unicode text" of a spreadsheet program.
    Utf16Marked,
}

/// A table under way.
pub struct Sheet {
    dialect: Dialect,
    text: String,
}

impl Sheet {
    /// An empty table.
    pub fn new(dialect: Dialect) -> Sheet {
        Sheet {
            dialect,
            text: String::new(),
        }
    }

    /// A line above the header, written as it is.
    pub fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str("\r\n");
    }

    /// A row; cells are quoted where they must be.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        for (position, cell) in cells.iter().enumerate() {
            if position > 0 {
                self.text.push(self.dialect.delimiter);
            }
            let cell = cell.as_ref();
            if cell.contains([self.dialect.delimiter, '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(cell);
            }
        }
        self.text.push_str("\r\n");
    }

    /// The bytes of the file. Fails when a sign has no place in the encoding.
    pub fn bytes(self) -> Result<Vec<u8>> {
        Ok(match self.dialect.encoding {
            Encoding::Utf8 => self.text.into_bytes(),
            Encoding::Utf8Marked => [b"\xef\xbb\xbf", self.text.as_bytes()].concat(),
            Encoding::Utf16Marked => std::iter::once(0xfeff)
                .chain(self.text.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect(),
            Encoding::Windows1252 => windows_1252(&self.text)?,
        })
    }
}

fn windows_1252(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for sign in text.chars() {
        bytes.push(match sign {
            '–' => 0x96,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            // 0x80 to 0x9F hold other signs in Windows-1252 than in Latin-1.
            '\u{0}'..='\u{7f}' | '\u{a0}'..='\u{ff}' => sign as u32 as u8,
            _ => bail!("the sign {sign:?} of the demonstration is not in Windows-1252"),
        });
    }
    Ok(bytes)
}
