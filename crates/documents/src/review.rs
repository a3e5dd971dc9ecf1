//! Checks a document that comes piece by piece, each package by the extensions it declares.

use std::collections::{BTreeSet, HashMap};

use packs::{Documents, Standard};

use crate::check::{Across, Checker, Finding};
use crate::stream::{Stream, Unit};
use crate::value::Value;

/// A document being checked. What stands around its packages is told first ([`Review::declare`]), so that their
/// elements are checked by the right extensions.
#[derive(Debug)]
pub struct Review<'s> {
    standard: &'s Standard,
    documents: &'s Documents,
    stream: Stream,
    /// One for each set of extensions.
    checkers: HashMap<BTreeSet<String>, Checker>,
    /// By the position of the package.
    extensions: HashMap<String, BTreeSet<String>>,
    across: HashMap<String, Across>,
}

/// Who is told: where the piece stands, and what was found in it.
pub type Sink<'s> = &'s mut dyn FnMut(&str, Finding);

impl<'s> Review<'s> {
    /// For records at `record_path` of the standard; none if the standard has no documents.
    pub fn new(standard: &'s Standard, record_path: &str) -> Option<Review<'s>> {
        let documents = standard.documents.as_ref()?;
        Some(Review {
            standard,
            documents,
            stream: Stream::new(record_path, documents),
            checkers: HashMap::new(),
            extensions: HashMap::new(),
            across: HashMap::new(),
        })
    }

    /// Takes note of what a package declares; `around` is what stands around its records.
    pub fn declare(&mut self, position: &str, around: &Value) {
        let addresses = around.get("extensions").and_then(Value::as_list);
        let addresses: Vec<&str> = addresses
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_text)
            .collect();
        let (known, _) = self.standard.objects.declared(&addresses);
        if !known.is_empty() {
            self.extensions.insert(position.to_owned(), known);
        }
    }

    /// Takes a piece, and tells what is wrong in whatever has come whole.
    pub fn add(&mut self, position: &str, is_record: bool, value: Value, sink: Sink<'_>) {
        let mut units = Vec::new();
        self.stream
            .add(position, is_record, value, &mut |unit| units.push(unit));
        self.check(units, sink);
    }

    /// Ends the document.
    pub fn finish(&mut self, sink: Sink<'_>) {
        let mut units = Vec::new();
        self.stream.finish(&mut |unit| units.push(unit));
        self.check(units, sink);
    }

    fn check(&mut self, units: Vec<Unit>, sink: Sink<'_>) {
        let Some((list, package)) = self.stream.package() else {
            for unit in units {
                if let Unit::Single { position, value } = unit {
                    let checker = checker(&mut self.checkers, self.standard, BTreeSet::new());
                    let object = &self.documents.record;
                    checker.document(&value, object, &mut |found| sink(&position, found));
                }
            }
            return;
        };
        for unit in units {
            match unit {
                Unit::Element { position, value } => {
                    let at = above(above(&position));
                    let extensions = self.extensions.get(at).cloned().unwrap_or_default();
                    let checker = checker(&mut self.checkers, self.standard, extensions);
                    let across = self
                        .across
                        .entry(at.to_owned())
                        .or_insert_with(|| checker.across(package, list));
                    checker.piece(&value, package, across, &mut |found| sink(&position, found));
                }
                Unit::Envelope { position, value } => {
                    let extensions = self.extensions.get(&position).cloned().unwrap_or_default();
                    let checker = checker(&mut self.checkers, self.standard, extensions);
                    let across = self.across.remove(&position);
                    let across = across.unwrap_or_else(|| checker.across(package, list));
                    checker.envelope(&value, package, &across, &mut |found| {
                        sink(&position, found);
                    });
                    across.finish(package, &mut |found| sink(&position, found));
                }
                Unit::Single { .. } => {} // In a package nothing is by itself.
            }
        }
    }
}

fn checker<'c>(
    checkers: &'c mut HashMap<BTreeSet<String>, Checker>,
    standard: &Standard,
    extensions: BTreeSet<String>,
) -> &'c Checker {
    checkers
        .entry(extensions)
        .or_insert_with_key(|extensions| Checker::new(standard, extensions))
}

/// A position without its last step: `/records` of `/records/3`, `line 2` of `line 2 /records`.
fn above(position: &str) -> &str {
    position
        .rfind('/')
        .map_or("", |at| position[..at].trim_end())
}
