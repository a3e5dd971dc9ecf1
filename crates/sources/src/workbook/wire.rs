//! The messages of a workbook's stream as bytes: a letter, then numbers of four bytes and texts with their
//! length in front, low byte first. Only for a parent and a child of the same build.

use std::io::{self, Read, Write};

use super::cells::{Merge, Message, Value};

/// A text longer than this is not from our child. 256 MiB: a cell holds 32,767 characters.
const LONGEST: u32 = 256 << 20;

pub(crate) fn write(out: &mut impl Write, message: &Message) -> io::Result<()> {
    match message {
        Message::Sheet {
            name,
            hidden,
            merges,
        } => {
            out.write_all(b"S")?;
            text(out, name)?;
            number(out, u32::from(*hidden))?;
            number(out, merges.len() as u32)?;
            for m in merges {
                for n in [m.top, m.left, m.bottom, m.right] {
                    number(out, n)?;
                }
            }
            Ok(())
        }
        Message::Link {
            row,
            column,
            target,
        } => {
            out.write_all(b"L")?;
            number(out, *row)?;
            number(out, *column)?;
            text(out, target)
        }
        Message::Cell {
            row,
            column,
            value,
            text: content,
            stored,
        } => {
            out.write_all(b"C")?;
            number(out, *row)?;
            number(out, *column)?;
            out.write_all(&[*value as u8])?;
            text(out, content)?;
            option(out, stored.as_deref())
        }
        Message::End { broken } => {
            out.write_all(b"E")?;
            option(out, broken.as_deref())
        }
        Message::Done { broken } => {
            out.write_all(b"D")?;
            option(out, broken.as_deref())
        }
    }
}

fn number(out: &mut impl Write, n: u32) -> io::Result<()> {
    out.write_all(&n.to_le_bytes())
}

fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    number(out, u32::try_from(text.len()).unwrap_or(u32::MAX))?;
    out.write_all(text.as_bytes())
}

fn option(out: &mut impl Write, value: Option<&str>) -> io::Result<()> {
    out.write_all(&[u8::from(value.is_some())])?;
    value.map_or(Ok(()), |v| text(out, v))
}

pub(crate) fn read(from: &mut impl Read) -> io::Result<Message> {
    Ok(match byte(from)? {
        b'S' => {
            let name = read_text(from)?;
            let hidden = read_number(from)? != 0;
            let count = read_number(from)?;
            let mut merges = Vec::new();
            for _ in 0..count {
                let (top, left) = (read_number(from)?, read_number(from)?);
                merges.push(Merge {
                    top,
                    left,
                    bottom: read_number(from)?,
                    right: read_number(from)?,
                });
            }
            Message::Sheet {
                name,
                hidden,
                merges,
            }
        }
        b'L' => Message::Link {
            row: read_number(from)?,
            column: read_number(from)?,
            target: read_text(from)?,
        },
        b'C' => {
            let (row, column) = (read_number(from)?, read_number(from)?);
            let value = match byte(from)? {
                0 => Value::Text,
                1 => Value::Number,
                2 => Value::Date,
                3 => Value::Boolean,
                _ => Value::Error,
            };
            Message::Cell {
                row,
                column,
                value,
                text: read_text(from)?,
                stored: read_option(from)?,
            }
        }
        b'E' => Message::End {
            broken: read_option(from)?,
        },
        b'D' => Message::Done {
            broken: read_option(from)?,
        },
        _ => return Err(io::ErrorKind::InvalidData.into()),
    })
}

fn byte(from: &mut impl Read) -> io::Result<u8> {
    let mut b = [0];
    from.read_exact(&mut b)?;
    Ok(b[0])
}

fn read_number(from: &mut impl Read) -> io::Result<u32> {
    let mut b = [0; 4];
    from.read_exact(&mut b)?;
    Ok(u32::from_le_bytes(b))
}

fn read_text(from: &mut impl Read) -> io::Result<String> {
    let length = read_number(from)?;
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn read_option(from: &mut impl Read) -> io::Result<Option<String>> {
    if byte(from)? == 0 {
        Ok(None)
    } else {
        read_text(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let merges = vec![Merge {
            top: 1,
            left: 2,
            bottom: 3,
            right: 4,
        }];
        let messages = [
            Message::Sheet {
                name: "Año".into(),
                hidden: true,
                merges,
            },
            Message::Link {
                row: 7,
                column: 8,
                target: "https://x".into(),
            },
            Message::Cell {
                row: 1_048_575,
                column: 16_383,
                value: Value::Date,
                text: "x".into(),
                stored: Some("1".into()),
            },
            Message::End { broken: None },
            Message::Done {
                broken: Some("why".into()),
            },
        ];
        let mut bytes = Vec::new();
        messages.iter().for_each(|m| write(&mut bytes, m).unwrap());
        let mut from = bytes.as_slice();
        messages
            .iter()
            .for_each(|m| assert_eq!(&read(&mut from).unwrap(), m));
        assert!(from.is_empty());
    }
}
