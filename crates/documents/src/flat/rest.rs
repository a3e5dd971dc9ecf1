//! What goes into `_rest`, and JSON that passes unharmed through any cell.

use std::fmt::Write as _;

use crate::value::Value;

/// Characters of JSON in one cell; longer values go on in the next line. A cell of a workbook has 32,767.
pub(super) const LONGEST: usize = 32_000;

/// A step from a document to one of its values.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'v> {
    Name(&'v str),
    Index(usize),
}

/// The JSON pointer of these steps; as a JSON text when it holds what a cell might change.
pub(super) fn pointer(steps: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in steps {
        match step {
            Step::Index(index) => write!(pointer, "/{index}").expect("a text takes all"),
            Step::Name(name) => {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
        }
    }
    match plain(&pointer) {
        true => pointer,
        false => json(&Value::text(pointer)),
    }
}

/// The steps of a JSON pointer that [`pointer`] wrote, unescaped.
pub(super) fn steps(pointer: &str) -> Vec<String> {
    let text = match Value::parse(pointer, 1) {
        Ok(Value::Text(text)) => text.to_string(),
        _ => pointer.to_owned(),
    };
    let steps = text.split('/').skip(1);
    steps
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// The value as JSON that no cell changes.
pub(super) fn json(value: &Value) -> String {
    let json = value.to_string();
    match plain(&json) {
        true => json,
        false => {
            let mut safe = String::with_capacity(json.len() + 16);
            let mut chars = json.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '_' if chars.peek() == Some(&'x') => safe.push_str("\\u005f"),
                    '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => {
                        write!(safe, "\\u{:04x}", u32::from(c)).expect("a text takes all");
                    }
                    c => safe.push(c),
                }
            }
            safe
        }
    }
}

/// Whether a workbook gives the text back as it is.
pub(super) fn plain(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\t' | '\n' => {}
            '\0'..'\u{20}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{fffe}'
            | '\u{ffff}' => return false,
            // A workbook writes a control character as `_x000D_`.
            '_' if chars.peek() == Some(&'x') => return false,
            _ => {}
        }
    }
    true
}

/// Pieces of at most [`LONGEST`] characters, none of which begins or ends with a blank.
pub(super) fn pieces(json: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = json;
    while rest.len() > LONGEST {
        let mut end = LONGEST;
        while end > 1
            && (!rest.is_char_boundary(end)
                || rest[..end].ends_with(char::is_whitespace)
                || rest[end..].starts_with(char::is_whitespace))
        {
            end -= 1;
        }
        if end <= 1 {
            // Nothing but blanks: cut where a character ends.
            end = (1..=LONGEST)
                .rev()
                .find(|end| rest.is_char_boundary(*end))
                .unwrap_or(rest.len());
        }
        let (piece, more) = rest.split_at(end);
        pieces.push(piece);
        rest = more;
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_come_back() {
        for names in [
            vec!["a", "b"],
            vec!["a/b", "~", ""],
            vec!["a_x000D_\r", "\u{1}"],
        ] {
            let written: Vec<Step<'_>> = names.iter().map(|name| Step::Name(name)).collect();
            assert_eq!(steps(&pointer(&written)), names);
        }
        assert_eq!(
            pointer(&[Step::Name("awards"), Step::Index(2)]),
            "/awards/2"
        );
        assert!(pointer(&[Step::Name("a\r")]).starts_with('"'));
    }

    #[test]
    fn json_is_plain_and_the_same() {
        let value = Value::text("a\r_x000D_\u{7f}\u{ffff} ñ");
        assert!(plain(&json(&value)));
        assert_eq!(Value::parse(&json(&value), 1).as_ref(), Ok(&value));
    }

    #[test]
    fn long_json_is_cut_beside_no_blank() {
        let text = "ñ a".repeat(30_000);
        let cut = pieces(&text);
        assert_eq!(cut.concat(), text);
        assert!(
            cut.iter()
                .all(|piece| piece.trim() == *piece && piece.len() <= LONGEST)
        );
        let blanks = " ".repeat(70_000);
        assert_eq!(pieces(&blanks).concat(), blanks);
    }
}
