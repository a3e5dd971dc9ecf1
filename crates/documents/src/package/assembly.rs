//! A published document put together again from its pieces.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::value::Value;

/// The pieces of one document, each with the JSON pointer to its place; given in any order.
///
/// A reader takes a package apart into its records and, for each object on the way to them, that object
/// without the list or object that is taken out of it.
#[derive(Debug, Default)]
pub struct Assembly {
    root: Piece,
}

#[derive(Debug, Default)]
struct Piece {
    value: Option<Value>,
    below: BTreeMap<Step, Piece>,
}

/// Indices before names, in their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Index(usize),
    Name(String),
}

impl Assembly {
    /// No pieces yet.
    pub fn new() -> Assembly {
        Assembly::default()
    }

    /// Adds a piece at a JSON pointer: a record, an object without what is taken out of it, or an empty list
    /// that held no records.
    ///
    /// Errors: another piece stands there.
    pub fn add(&mut self, pointer: &str, value: Value) -> Result<(), Error> {
        let mut piece = &mut self.root;
        for step in pointer.split('/').skip(1) {
            let is_index = !step.is_empty()
                && step.bytes().all(|byte| byte.is_ascii_digit())
                && (step == "0" || !step.starts_with('0'));
            let step = match step.parse() {
                Ok(index) if is_index => Step::Index(index),
                _ => Step::Name(step.replace("~1", "/").replace("~0", "~")),
            };
            piece = piece.below.entry(step).or_default();
        }
        match piece.value.replace(value) {
            None => Ok(()),
            Some(_) => Err(Error::PieceTwice(pointer.to_owned())),
        }
    }

    /// The document.
    ///
    /// Errors: an element of a list is missing, or a piece stands below a scalar.
    pub fn finish(self) -> Result<Value, Error> {
        build(self.root, "")
    }
}

fn build(piece: Piece, at: &str) -> Result<Value, Error> {
    let Piece { value, below } = piece;
    let is_list = !below.is_empty() && below.keys().all(|step| matches!(step, Step::Index(_)));
    let mut value = match value {
        Some(value) => value,
        None if is_list => Value::List(Vec::new()),
        None if below.is_empty() => return Err(Error::PieceMissing(at.to_owned())),
        None => Value::Object(Vec::new()),
    };
    for (step, piece) in below {
        let name = match &step {
            Step::Index(index) => index.to_string(),
            Step::Name(name) => name.clone(),
        };
        let place = format!("{at}/{name}");
        let built = build(piece, &place)?;
        let is_taken = value.get(&name).is_some();
        match (&mut value, step) {
            (Value::List(elements), Step::Index(index)) => match elements.len() == index {
                true => elements.push(built),
                false => return Err(Error::PieceMissing(place)),
            },
            (Value::Object(_), _) if is_taken => return Err(Error::PieceTwice(place)),
            (Value::Object(_), _) => value.set(&name, built),
            _ => return Err(Error::PieceBelow(place)),
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn together(pieces: &[(&str, &str)]) -> Result<String, String> {
        let mut assembly = Assembly::new();
        for (pointer, json) in pieces {
            let value = Value::parse(json, 16).expect("it is JSON");
            assembly
                .add(pointer, value)
                .map_err(|error| error.to_string())?;
        }
        let whole = assembly.finish().map_err(|error| error.to_string())?;
        Ok(whole.to_string())
    }

    #[test]
    fn a_package_is_put_together() {
        let pieces = [
            ("/records/1/compiledRelease", r#"{"ocid":"b"}"#),
            ("", r#"{"uri":"u"}"#),
            ("/records/0", r#"{"ocid":"a","releases":[]}"#),
            ("/records/1", r#"{"ocid":"b"}"#),
            ("/records/0/compiledRelease", r#"{"ocid":"a"}"#),
        ];
        assert_eq!(
            together(&pieces).as_deref(),
            Ok(concat!(
                r#"{"uri":"u","records":[{"ocid":"a","releases":[],"compiledRelease":{"ocid":"a"}},"#,
                r#"{"ocid":"b","compiledRelease":{"ocid":"b"}}]}"#
            ))
        );
    }

    #[test]
    fn bare_documents_and_empty_lists() {
        assert_eq!(together(&[("", "[]")]).as_deref(), Ok("[]"));
        assert_eq!(
            together(&[("/0", "1"), ("/1", "2")]).as_deref(),
            Ok("[1,2]")
        );
        let empty = [("", r#"{"uri":1}"#), ("/releases", "[]")];
        assert_eq!(
            together(&empty).as_deref(),
            Ok(r#"{"uri":1,"releases":[]}"#)
        );
        let named = [("", r#"{"a":1}"#), ("/0", "2"), ("/x~1y", "3")];
        assert_eq!(together(&named).as_deref(), Ok(r#"{"a":1,"0":2,"x/y":3}"#));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let missing = together(&[("/releases/0", "1"), ("/releases/2", "1")]);
        assert_eq!(
            missing,
            Err("pieces are missing before `/releases/2`".to_owned())
        );
        let twice = together(&[("", r#"{"a":1}"#), ("/a", "2")]);
        assert_eq!(
            twice,
            Err("two pieces of the document stand at `/a`".to_owned())
        );
        assert!(together(&[("", "1"), ("/a", "2")]).is_err());
        assert!(together(&[]).is_err());
    }
}
