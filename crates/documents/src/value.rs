//! A JSON value that keeps what was written: the digits of its numbers and the order of its members.

use std::borrow::Cow;
use std::fmt;

use crate::lexer::{Broken, Kind, Lexer};

/// A JSON value. Of a member given twice, the last counts, in the place of the first.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as written.
    Number(Box<str>),
    /// A text, unescaped.
    Text(Box<str>),
    /// A list.
    List(Vec<Value>),
    /// Members in order, no name twice.
    Object(Vec<(Box<str>, Value)>),
}

impl Value {
    /// Reads one JSON text of at most `depth` levels.
    ///
    /// Errors: it is not JSON from some byte on, something follows it, or it is nested deeper.
    pub fn parse(text: &str, depth: usize) -> Result<Value, Broken> {
        let mut repeated = Vec::new();
        Value::parse_noting(text, depth, &mut repeated)
    }

    /// The same; the paths (`tender/value/amount`) of members given twice go to `repeated`.
    pub fn parse_noting(
        text: &str,
        depth: usize,
        repeated: &mut Vec<String>,
    ) -> Result<Value, Broken> {
        let mut lexer = Lexer::new(text);
        let mut path = String::new();
        let value = read(&mut lexer, depth, &mut path, repeated)?;
        match lexer.peek() {
            None => Ok(value),
            Some(_) => Err(Broken::At(lexer.at)),
        }
    }

    /// A text.
    pub fn text(text: impl Into<Box<str>>) -> Value {
        Value::Text(text.into())
    }

    /// The member called `name` of an object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(members) => members
                .iter()
                .find(|(key, _)| **key == *name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        match self {
            Value::Object(members) => members
                .iter_mut()
                .find(|(key, _)| **key == *name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Sets a member of an object, in its place or at the end; of anything else, does nothing.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Value::Object(members) = self {
            match members.iter_mut().find(|(key, _)| **key == *name) {
                Some((_, old)) => *old = value,
                None => members.push((name.into(), value)),
            }
        }
    }

    /// Takes a member out of an object.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        match self {
            Value::Object(members) => {
                let index = members.iter().position(|(key, _)| **key == *name)?;
                Some(members.remove(index).1)
            }
            _ => None,
        }
    }

    /// The value at a path of member names (`tender/value/amount`).
    pub fn at(&self, path: &str) -> Option<&Value> {
        path.split('/')
            .filter(|step| !step.is_empty())
            .try_fold(self, |value, step| value.get(step))
    }

    /// The text of a text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&[(Box<str>, Value)]> {
        match self {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// A text, a number, `true` or `false` as a person writes it; nothing for null, lists and objects.
    pub fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Bool(true) => Some("true".into()),
            Value::Bool(false) => Some("false".into()),
            Value::Number(text) | Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Null | Value::List(_) | Value::Object(_) => None,
        }
    }

    /// `string`, `number`, `integer`, `boolean`, `array`, `object`, `null`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(text) if is_whole(text) => "integer",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::List(_) => "array",
            Value::Object(_) => "object",
        }
    }
}

/// Equal as JSON: members in any order, numbers by what they are worth.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b || worth(a) == worth(b),
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(key, value)| other.get(key).is_some_and(|other| other == value))
            }
            _ => false,
        }
    }
}

/// Digits without leading and trailing zeros, the power of ten of the last one, and the sign.
fn worth(number: &str) -> (String, i64, bool) {
    let (negative, rest) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (digits, exponent) = match rest.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i64>().unwrap_or(i64::MAX / 2)),
        None => (rest, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let kept = all.trim_end_matches('0');
    let dropped = (all.len() - kept.len()) as i64;
    let kept = kept.trim_start_matches('0');
    if kept.is_empty() {
        return (String::new(), 0, false);
    }
    (
        kept.to_owned(),
        exponent - fraction.len() as i64 + dropped,
        negative,
    )
}

fn is_whole(number: &str) -> bool {
    let (_, exponent, _) = worth(number);
    exponent >= 0
}

fn read(
    lexer: &mut Lexer<'_>,
    depth: usize,
    path: &mut String,
    repeated: &mut Vec<String>,
) -> Result<Value, Broken> {
    match lexer.kind()? {
        Kind::Text => Ok(Value::Text(lexer.string()?.into())),
        Kind::Scalar => Ok(match lexer.scalar()? {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            number => Value::Number(number.into()),
        }),
        Kind::Array => {
            let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
            let mut elements = Vec::new();
            let mut more = lexer.open(b'[', b']')?;
            while more {
                elements.push(read(lexer, depth, path, repeated)?);
                more = lexer.more(b']')?;
            }
            Ok(Value::List(elements))
        }
        Kind::Object => {
            let depth = depth.checked_sub(1).ok_or(Broken::TooDeep)?;
            let mut members: Vec<(Box<str>, Value)> = Vec::new();
            let mut names = Names::default();
            let mut more = lexer.open(b'{', b'}')?;
            while more {
                let key = lexer.key()?;
                let length = path.len();
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(&key);
                let value = read(lexer, depth, path, repeated)?;
                match names.find_or_add(&members, &key) {
                    None => members.push((key.into(), value)),
                    Some(index) => {
                        repeated.push(path.clone());
                        members[index].1 = value;
                    }
                }
                path.truncate(length);
                more = lexer.more(b'}')?;
            }
            Ok(Value::Object(members))
        }
    }
}

/// Finds a name among the members: by looking at each while they are few, by a map when they are many.
#[derive(Default)]
struct Names {
    map: std::collections::HashMap<Box<str>, usize>,
}

impl Names {
    const FEW: usize = 32;

    /// Where the name stands, if it does; otherwise it is taken note of as the next one.
    fn find_or_add(&mut self, members: &[(Box<str>, Value)], name: &str) -> Option<usize> {
        if members.len() < Self::FEW {
            return members.iter().position(|(key, _)| **key == *name);
        }
        for (index, (key, _)) in members.iter().enumerate().skip(self.map.len()) {
            self.map.insert(key.clone(), index);
        }
        self.map.get(name).copied()
    }
}

/// As JSON, without blanks.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(text) => f.write_str(text),
            Value::Text(text) => quoted(text, f),
            Value::List(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{element}")?;
                }
                f.write_str("]")
            }
            Value::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    quoted(key, f)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        f.write_str(&text[from..at])?;
        match escape {
            "" => write!(f, "\\u{byte:04x}")?,
            escape => f.write_str(escape)?,
        }
        from = at + 1;
    }
    f.write_str(&text[from..])?;
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> String {
        Value::parse(text, 64).expect("it is JSON").to_string()
    }

    #[test]
    fn digits_and_order_are_kept() {
        let text = r#"{"b":1.50,"a":[1000000000000000.123456789,-0,1e3,"ñ\n\"\u0001"],"c":null}"#;
        assert_eq!(round(text), text);
    }

    #[test]
    fn numbers_are_equal_by_worth() {
        for (a, b) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("0.10", "0.1"),
            ("-0", "0"),
            ("1200", "12E2"),
        ] {
            assert_eq!(Value::parse(a, 1), Value::parse(b, 1), "{a} {b}");
        }
        assert_ne!(Value::parse("1", 1), Value::parse("10", 1));
        assert_ne!(Value::parse("1", 1), Value::parse("-1", 1));
    }

    #[test]
    fn the_last_of_two_members_counts() {
        let mut repeated = Vec::new();
        let text = r#"{"a":1,"t":{"x":1,"x":2},"a":3}"#;
        let value = Value::parse_noting(text, 64, &mut repeated).expect("it is JSON");
        assert_eq!(value.to_string(), r#"{"a":3,"t":{"x":2}}"#);
        assert_eq!(repeated, ["t/x", "a"]);
        let many: Vec<String> = (0..100).map(|n| format!("\"k{}\":{n}", n % 60)).collect();
        let value = Value::parse(&format!("{{{}}}", many.join(",")), 64).expect("it is JSON");
        assert_eq!(value.as_object().map(<[_]>::len), Some(60));
        assert_eq!(value.get("k39"), Some(&Value::Number("99".into())));
    }

    #[test]
    fn too_deep_is_refused() {
        let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
        assert_eq!(Value::parse(&deep, 64), Err(Broken::TooDeep));
    }
}
