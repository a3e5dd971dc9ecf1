//! The words of one JSON value in memory: strict, and numbers keep their digits.
//!
//! Its functions are inlined where they are used, in other crates too: reading is made of them.
//! It refuses to know paths. A broken value is an error with the offset where it broke.

use std::borrow::Cow;

/// Why a value could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// It is not JSON from this offset on.
    At(usize),
    /// It is nested deeper than the limit.
    TooDeep,
}

/// A cursor over one JSON text.
pub struct Lexer<'t> {
    /// The text.
    pub text: &'t str,
    /// The byte it stands at.
    pub at: usize,
}

/// What a value starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    Text,
    /// A number, `true`, `false` or `null`.
    Scalar,
}

impl<'t> Lexer<'t> {
    /// A cursor at the beginning of a text.
    #[inline]
    pub fn new(text: &'t str) -> Self {
        Lexer { text, at: 0 }
    }

    fn broken<T>(&self) -> Result<T, Broken> {
        Err(Broken::At(self.at))
    }

    /// Passes over blanks.
    #[inline]
    pub fn blanks(&mut self) {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The next byte that is not blank, without taking it.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes this byte, or breaks.
    #[inline]
    pub fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        self.broken()
    }

    /// What the next value starts with, without taking it.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, Broken> {
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::Text),
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => Ok(Kind::Scalar),
            _ => self.broken(),
        }
    }

    /// After an element: `true` if another follows, `false` if `close` was taken.
    #[inline]
    pub fn more(&mut self, close: u8) -> Result<bool, Broken> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(b) if b == close => {
                self.at += 1;
                Ok(false)
            }
            _ => self.broken(),
        }
    }

    /// Takes an opening bracket; `true` if something stands inside, else the closing one is taken too.
    #[inline]
    pub fn open(&mut self, open: u8, close: u8) -> Result<bool, Broken> {
        self.expect(open)?;
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// Takes a key and its colon.
    #[inline]
    pub fn key(&mut self) -> Result<Cow<'t, str>, Broken> {
        if self.peek() != Some(b'"') {
            return self.broken();
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// Takes a string, unescaped. Half a surrogate pair becomes U+FFFD: the rest of the record is good.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'t, str>, Broken> {
        self.expect(b'"')?;
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut from = start;
        loop {
            let Some(i) = memchr::memchr2(b'"', b'\\', &bytes[self.at..]) else {
                self.at = bytes.len();
                return self.broken();
            };
            let stop = self.at + i;
            if let Some(i) = bytes[self.at..stop].iter().position(|b| *b < 0x20) {
                self.at += i;
                return self.broken();
            }
            let piece = &self.text[from..stop];
            if bytes[stop] == b'"' {
                self.at = stop + 1;
                return Ok(match owned {
                    None => Cow::Borrowed(piece),
                    Some(mut text) => {
                        text.push_str(piece);
                        Cow::Owned(text)
                    }
                });
            }
            let text = owned.get_or_insert_with(String::new);
            text.push_str(piece);
            self.at = stop + 1;
            let c = self.escape()?;
            text.push(c);
            from = self.at;
        }
    }

    fn escape(&mut self) -> Result<char, Broken> {
        let Some(byte) = self.text.as_bytes().get(self.at) else {
            return self.broken();
        };
        let c = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode();
            }
            _ => return self.broken(),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self) -> Result<char, Broken> {
        let first = self.hex()?;
        if (0xD800..0xDC00).contains(&first) && self.text[self.at..].starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn hex(&mut self) -> Result<u32, Broken> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let Some(digits) = digits.filter(|d| d.iter().all(u8::is_ascii_hexdigit)) else {
            return self.broken();
        };
        let value = digits
            .iter()
            .fold(0, |v, d| v * 16 + (*d as char).to_digit(16).unwrap_or(0));
        self.at += 4;
        Ok(value)
    }

    /// Takes a number, `true`, `false` or `null`, as written.
    #[inline]
    pub fn scalar(&mut self) -> Result<&'t str, Broken> {
        self.blanks();
        let bytes = self.text.as_bytes();
        let start = self.at;
        let end = start
            + bytes[start..]
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
                .count();
        let word = &self.text[start..end];
        if matches!(word, "true" | "false" | "null") || is_number(word.as_bytes()) {
            self.at = end;
            return Ok(word);
        }
        self.broken()
    }

    /// Takes a whole value and returns it as written; `depth` is how deep it may be.
    #[inline]
    pub fn value(&mut self, depth: usize) -> Result<&'t str, Broken> {
        self.blanks();
        let start = self.at;
        self.skip(depth)?;
        Ok(&self.text[start..self.at])
    }

    fn skip(&mut self, depth: usize) -> Result<(), Broken> {
        match self.kind()? {
            Kind::Text => self.string().map(drop),
            Kind::Scalar => self.scalar().map(drop),
            Kind::Object => {
                let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
                let mut more = self.open(b'{', b'}')?;
                while more {
                    self.key()?;
                    self.skip(depth)?;
                    more = self.more(b'}')?;
                }
                Ok(())
            }
            Kind::Array => {
                let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
                let mut more = self.open(b'[', b']')?;
                while more {
                    self.skip(depth)?;
                    more = self.more(b']')?;
                }
                Ok(())
            }
        }
    }
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
fn is_number(word: &[u8]) -> bool {
    let digits = |w: &[u8]| w.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let n = digits(fraction);
        if n == 0 {
            return false;
        }
        rest = &fraction[n..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent
            .strip_prefix(b"+")
            .or(exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        let n = digits(exponent);
        return n > 0 && n == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        let mut lexer = Lexer::new(text);
        lexer.value(64).is_ok() && lexer.peek().is_none()
    }

    #[test]
    fn strings_are_unescaped() {
        let read = |t: &str| Lexer::new(t).string().map(|s| s.into_owned());
        assert_eq!(read(r#""a\u00f1\n\"""#).as_deref(), Ok("añ\n\""));
        assert_eq!(read(r#""\ud83d\ude00""#).as_deref(), Ok("😀"));
        assert_eq!(read(r#""\ud83dx""#).as_deref(), Ok("\u{fffd}x"));
        assert_eq!(read(r#""abc"#), Err(Broken::At(4)));
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_serde_json(text in r#"[\[\]{}:,"a0-9.eE+\-tnul \\]{0,24}"#) {
            let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            proptest::prop_assert_eq!(accepts(&text), theirs, "{}", text);
        }
    }
}
