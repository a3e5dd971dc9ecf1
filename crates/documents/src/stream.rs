//! A document that comes piece by piece, put together again one element of its package at a time.
//!
//! The pieces are those of a reader: each record, and for every object on the way to the records that object
//! without them. A package of any size passes in the memory of one element.

use packs::Documents;

use crate::package::Assembly;
use crate::value::Value;

/// Something to look at by itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Unit {
    /// An element of the list of a package: a release, a record, a project.
    Element {
        /// Where it stands, as the reader says it.
        position: String,
        /// What it is.
        value: Value,
    },
    /// What stands around the elements; comes after them.
    Envelope {
        /// Where it stands.
        position: String,
        /// What it is.
        value: Value,
    },
    /// A record by itself, in no package.
    Single {
        /// Where it stands.
        position: String,
        /// What it is.
        value: Value,
    },
}

/// Pieces on their way to units.
#[derive(Debug)]
pub struct Stream {
    /// The list of the package and the object that holds it; none where records stand by themselves.
    package: Option<(String, String)>,
    /// Steps of a pointer to a package, and to an element of its list.
    depth: usize,
    document: String,
    open: Vec<(String, Value)>,
    element: String,
    envelope: Option<(String, Value)>,
    envelope_steps: String,
}

impl Stream {
    /// For records at `record_path` (`records[]/compiledRelease`).
    pub fn new(record_path: &str, documents: &Documents) -> Stream {
        let mut depth = 0;
        let mut package = None;
        for segment in record_path.split('/').filter(|segment| !segment.is_empty()) {
            let name = segment.strip_suffix("[]");
            if let Some((list, object)) =
                name.and_then(|name| documents.packages.get_key_value(name))
            {
                package = Some((list.clone(), object.clone()));
                break;
            }
            depth += match name {
                Some("") | None => 1,
                Some(_) => 2,
            };
        }
        Stream {
            package,
            depth,
            document: String::new(),
            open: Vec::new(),
            element: String::new(),
            envelope: None,
            envelope_steps: String::new(),
        }
    }

    /// The list of the package, and what the package is.
    pub fn package(&self) -> Option<(&str, &str)> {
        let package = self.package.as_ref();
        package.map(|(list, object)| (list.as_str(), object.as_str()))
    }

    /// Takes a piece. Pieces of one element come together; an envelope may come before or after what it holds.
    pub fn add(
        &mut self,
        position: &str,
        is_record: bool,
        value: Value,
        sink: &mut dyn FnMut(Unit),
    ) {
        if self.package.is_none() {
            // Lists and objects around records that make no package of the standard are nobody's.
            if is_record {
                sink(Unit::Single {
                    position: position.to_owned(),
                    value,
                });
            }
            return;
        }
        let (line, pointer) = match position.split_once(" /") {
            Some((line, pointer)) => (line, format!("/{pointer}")),
            None if position.starts_with('/') || position.is_empty() => ("", position.to_owned()),
            None => (position, String::new()),
        };
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        if steps.len() < self.depth {
            return; // Around packages.
        }
        let package = format!("{line} /{}", steps[..self.depth].join("/"));
        if package != self.document {
            self.finish(sink);
            self.document = package;
        }
        if steps.len() <= self.depth + 1 {
            if !is_record && steps.len() == self.depth {
                self.envelope = Some((position.to_owned(), value));
            }
            return;
        }
        let element = steps[..self.depth + 2].join("/");
        if element != self.element {
            self.close(sink);
            self.element = element;
            let rest = steps[self.depth + 2..].iter().map(|step| step.len() + 1);
            self.envelope_steps = position[..position.len() - rest.sum::<usize>()].to_owned();
        }
        let below = steps[self.depth + 2..]
            .iter()
            .map(|step| format!("/{step}"));
        self.open.push((below.collect(), value));
    }

    /// Ends the document.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Unit)) {
        self.close(sink);
        if let Some((position, value)) = self.envelope.take() {
            sink(Unit::Envelope { position, value });
        }
        self.document.clear();
    }

    fn close(&mut self, sink: &mut dyn FnMut(Unit)) {
        let mut pieces = std::mem::take(&mut self.open);
        self.element.clear();
        let position = std::mem::take(&mut self.envelope_steps);
        let value = match pieces.len() {
            0 => return,
            1 if pieces[0].0.is_empty() => pieces.remove(0).1,
            _ => {
                let mut assembly = Assembly::new();
                for (pointer, value) in pieces {
                    // Of two pieces in one place the reader has told; the first counts.
                    let _ = assembly.add(&pointer, value);
                }
                match assembly.finish() {
                    Ok(value) => value,
                    Err(_) => return, // A piece over the limit, of which the reader has told.
                }
            }
        };
        sink(Unit::Element { position, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents() -> Documents {
        Documents {
            record: "Release".to_owned(),
            subject: "ocid".to_owned(),
            packages: [
                ("releases".to_owned(), "ReleasePackage".to_owned()),
                ("records".to_owned(), "RecordPackage".to_owned()),
            ]
            .into(),
            releases: None,
        }
    }

    fn units(path: &str, pieces: &[(&str, bool, &str)]) -> Vec<String> {
        let mut stream = Stream::new(path, &documents());
        let mut shown = Vec::new();
        let mut sink = |unit: Unit| {
            shown.push(match unit {
                Unit::Element { position, value } => format!("element {position}: {value}"),
                Unit::Envelope { position, value } => format!("envelope {position}: {value}"),
                Unit::Single { position, value } => format!("single {position}: {value}"),
            });
        };
        for (position, is_record, text) in pieces {
            let value = Value::parse(text, 16).expect("it is JSON");
            stream.add(position, *is_record, value, &mut sink);
        }
        stream.finish(&mut sink);
        shown
    }

    #[test]
    fn a_record_is_put_together_and_the_envelope_comes_last() {
        let pieces = [
            ("", false, r#"{"uri":"u"}"#),
            ("/records/0", false, r#"{"ocid":"a"}"#),
            ("/records/0/compiledRelease", true, r#"{"id":1}"#),
            ("/records/1/compiledRelease", true, r#"{"id":2}"#),
            ("/records/1", false, r#"{"ocid":"b"}"#),
        ];
        let wanted = [
            r#"element /records/0: {"ocid":"a","compiledRelease":{"id":1}}"#,
            r#"element /records/1: {"ocid":"b","compiledRelease":{"id":2}}"#,
            r#"envelope : {"uri":"u"}"#,
        ];
        assert_eq!(units("records[]/compiledRelease", &pieces), wanted);
    }

    #[test]
    fn packages_of_lines_and_of_lists_are_kept_apart() {
        let lines = [
            ("line 1 /releases/0", true, r#"{"id":1}"#),
            ("line 1", false, r#"{"uri":"u"}"#),
            ("line 2 /releases/0", true, r#"{"id":2}"#),
            ("line 2", false, r#"{"uri":"v"}"#),
        ];
        let wanted = [
            r#"element line 1 /releases/0: {"id":1}"#,
            r#"envelope line 1: {"uri":"u"}"#,
            r#"element line 2 /releases/0: {"id":2}"#,
            r#"envelope line 2: {"uri":"v"}"#,
        ];
        assert_eq!(units("releases[]", &lines), wanted);
        let pages = [
            ("/0", false, r#"{"uri":"u"}"#),
            ("/0/releases/0", true, r#"{"id":1}"#),
            ("/1", false, r#"{"uri":"v"}"#),
            ("/1/releases/0", true, r#"{"id":2}"#),
        ];
        let wanted = [
            r#"element /0/releases/0: {"id":1}"#,
            r#"envelope /0: {"uri":"u"}"#,
            r#"element /1/releases/0: {"id":2}"#,
            r#"envelope /1: {"uri":"v"}"#,
        ];
        assert_eq!(units("[]/releases[]", &pages), wanted);
    }

    #[test]
    fn what_stands_in_no_package_comes_by_itself() {
        let wanted = [r#"single : {"id":1}"#];
        assert_eq!(units("", &[("", true, r#"{"id":1}"#)]), wanted);
        let wanted = [r#"single /3: {"id":1}"#];
        assert_eq!(units("[]", &[("/3", true, r#"{"id":1}"#)]), wanted);
    }
}
