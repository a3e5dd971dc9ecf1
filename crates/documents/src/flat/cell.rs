//! What one cell holds, and what it meant in the document.

use std::borrow::Cow;

use crate::value::Value;

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Texts joined by `;`.
    Texts,
    /// Numbers joined by `;`.
    Numbers,
    /// `true` and `false` joined by `;`.
    Booleans,
}

/// One cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'v> {
    /// Nothing.
    Blank,
    /// A text.
    Text(Cow<'v, str>),
    /// A number as written.
    Number(&'v str),
    /// `true` or `false`.
    Boolean(bool),
}

impl Cell<'_> {
    /// The cell as a text; empty for a blank one.
    pub fn text(&self) -> &str {
        match self {
            Cell::Blank => "",
            Cell::Text(text) => text,
            Cell::Number(text) => text,
            Cell::Boolean(true) => "true",
            Cell::Boolean(false) => "false",
        }
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 6] = [
        Kind::Text,
        Kind::Number,
        Kind::Boolean,
        Kind::Texts,
        Kind::Numbers,
        Kind::Booleans,
    ];

    /// As `_types` calls it, in the words of JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Texts => "array string",
            Kind::Numbers => "array number",
            Kind::Booleans => "array boolean",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a cell of this kind means. A cell that cannot be what its column says is a text.
    pub fn read(self, cell: &str) -> Value {
        let element = match self {
            Kind::Text => return Value::text(cell),
            Kind::Number | Kind::Boolean => return scalar(self, cell),
            Kind::Texts => Kind::Text,
            Kind::Numbers => Kind::Number,
            Kind::Booleans => Kind::Boolean,
        };
        Value::List(cell.split(';').map(|one| scalar(element, one)).collect())
    }
}

fn scalar(kind: Kind, cell: &str) -> Value {
    match kind {
        Kind::Number => match Value::parse(cell, 1) {
            Ok(number @ Value::Number(_)) => number,
            _ => Value::text(cell),
        },
        Kind::Boolean if cell.eq_ignore_ascii_case("true") => Value::Bool(true),
        Kind::Boolean if cell.eq_ignore_ascii_case("false") => Value::Bool(false),
        _ => Value::text(cell),
    }
}

/// The cell of a scalar or of a list of scalars, and the kind of column that gives it back.
/// Nothing for what no cell can show; no kind for what a cell shows and does not give back.
pub(super) fn cell(value: &Value) -> Option<(Cell<'_>, Option<Kind>)> {
    match value {
        Value::Text(text) if text.is_empty() => None,
        Value::Text(text) => Some((Cell::Text(Cow::Borrowed(text)), Some(Kind::Text))),
        Value::Number(text) => Some((Cell::Number(text), Some(Kind::Number))),
        Value::Bool(value) => Some((Cell::Boolean(*value), Some(Kind::Boolean))),
        Value::List(elements) => joined(elements),
        Value::Null | Value::Object(_) => None,
    }
}

fn joined(elements: &[Value]) -> Option<(Cell<'_>, Option<Kind>)> {
    let mut text = String::new();
    let mut kinds = elements.iter().enumerate().map(|(index, element)| {
        if index > 0 {
            text.push(';');
        }
        let shown = element.scalar()?;
        text.push_str(&shown);
        Some(match element {
            Value::Number(_) => Some(Kind::Numbers),
            Value::Bool(_) => Some(Kind::Booleans),
            _ => (!shown.contains(';')).then_some(Kind::Texts),
        })
    });
    let first = kinds.next()??;
    let mut kind = first;
    for other in kinds {
        if other? != first {
            kind = None;
        }
    }
    (!text.is_empty()).then_some((Cell::Text(Cow::Owned(text)), kind))
}

/// What a cell shows of a value.
pub(super) fn shown(value: &Value) -> Option<String> {
    cell(value).map(|(cell, _)| cell.text().to_owned())
}

/// The text with its lines ended as a workbook ends them.
pub(super) fn near(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// True when a spreadsheet could take the text for a formula. A plain negative number is none.
fn is_formula(text: &str) -> bool {
    let number = text.strip_prefix('-').is_some_and(|rest| {
        let mut bytes = rest.bytes();
        !rest.is_empty() && bytes.all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) && !number
}

/// True when the text, after any apostrophes, could be taken for a formula.
pub(super) fn wants_apostrophe(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') | None => false,
        _ => is_formula(text.trim_start_matches('\'')),
    }
}

/// Takes away the apostrophe that was put before a formula.
pub(super) fn without_apostrophe(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if wants_apostrophe(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> Option<(String, Option<Kind>)> {
        let value = Value::parse(json, 8).expect("it is JSON");
        cell(&value).map(|(cell, kind)| (cell.text().to_owned(), kind))
    }

    #[test]
    fn a_cell_shows_scalars_and_lists_of_them() {
        let some = |text: &str, kind| Some((text.to_owned(), kind));
        assert_eq!(shown("1.50"), some("1.50", Some(Kind::Number)));
        assert_eq!(shown(r#""1.50""#), some("1.50", Some(Kind::Text)));
        assert_eq!(shown(r#"["a","b"]"#), some("a;b", Some(Kind::Texts)));
        assert_eq!(shown(r#"["a;b","c"]"#), some("a;b;c", None));
        assert_eq!(shown(r#"["a",""]"#), some("a;", Some(Kind::Texts)));
        assert_eq!(shown("[1,-2]"), some("1;-2", Some(Kind::Numbers)));
        assert_eq!(shown(r#"[1,"2"]"#), some("1;2", None));
        for nothing in [r#""""#, "null", "[]", "{}", r#"[""]"#, "[null]", "[[1]]"] {
            assert_eq!(shown(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_formula_gets_an_apostrophe_and_loses_it() {
        for text in ["=1+1", "+52 81", "-", "@x", "'=1", "''-x", "\tx"] {
            assert!(wants_apostrophe(text), "{text}");
        }
        for text in ["-5", "-5.2", "a=b", "'a", "", "'", "ñ"] {
            assert!(!wants_apostrophe(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn defusing_is_undone(text in "['=+@a\t0-]{0,6}") {
            let defused = match wants_apostrophe(&text) {
                true => format!("'{text}"),
                false => text.clone(),
            };
            proptest::prop_assert_eq!(without_apostrophe(&defused), text);
        }
    }
}
