//! What is wrong in a document of a standard: structure, types, codes, identifiers, blanks.
//!
//! A document is checked piece by piece: what stands around the records or releases ([`Checker::envelope`]), each
//! of them by itself ([`Checker::piece`]), and at the end what only all of them tell ([`Across::finish`]).
//! It refuses to mend, and to ask anything but the objects of the standard.

mod finding;
mod format;
mod list;
mod same;
mod versioned;
mod walk;

use std::collections::{BTreeSet, HashMap};

use packs::{Prefix, Standard};

use crate::{Broken, Schema, Value};
use format::Pattern;
use same::{Key, Seen};
use walk::{Step, Walk};

pub use finding::{Code, Finding, Severity};

/// Checks documents by what one standard, with some of its extensions, says of its objects.
#[derive(Debug)]
pub struct Checker {
    schema: Schema,
    prefixes: Vec<Prefix>,
    patterns: HashMap<String, Pattern>,
}

/// What was seen of the pieces of one package: 32 bytes for each.
#[derive(Debug)]
pub struct Across {
    list: String,
    seen: Option<Seen>,
    count: usize,
}

impl Checker {
    /// A checker for the standard with these extensions.
    pub fn new(standard: &Standard, extensions: &BTreeSet<String>) -> Checker {
        let schema = Schema::new(standard, extensions);
        let objects = standard.objects.extensions.values();
        let fields = objects.flat_map(|extension| &extension.fields);
        let texts = standard.objects.fields.iter().chain(fields);
        let patterns = texts
            .filter(|field| !field.pattern.is_empty())
            .filter_map(|field| Some((field.pattern.clone(), Pattern::read(&field.pattern)?)));
        Checker {
            patterns: patterns.collect(),
            prefixes: standard.objects.prefixes.clone(),
            schema,
        }
    }

    /// The objects it checks by.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Checks a whole document that is in memory, as an object of the standard (`ReleasePackage`).
    pub fn document(&self, document: &Value, object: &str, sink: &mut dyn FnMut(Finding)) {
        Walk::new(self, sink).document(document, object);
    }

    /// The same for a text: members that an object has twice are told too, without their place in lists.
    ///
    /// Errors: it is no JSON, or deeper than `depth`.
    pub fn text(
        &self,
        text: &str,
        depth: usize,
        object: &str,
        sink: &mut dyn FnMut(Finding),
    ) -> Result<(), Broken> {
        let mut repeated = Vec::new();
        let document = Value::parse_noting(text, depth, &mut repeated)?;
        for path in repeated {
            sink(Finding {
                code: Code::MemberRepeated,
                field: path.clone(),
                path,
                object: String::new(),
                found: String::new(),
                expected: String::new(),
                ocid: None,
                release: None,
            });
        }
        self.document(&document, object, sink);
        Ok(())
    }

    /// Checks what stands around the elements of `list`, of which there are `count` checked by themselves.
    pub fn envelope(
        &self,
        envelope: &Value,
        object: &str,
        across: &Across,
        sink: &mut dyn FnMut(Finding),
    ) {
        let mut walk = Walk::new(self, sink);
        walk.left_out = Some((&across.list, across.count));
        walk.document(envelope, object);
    }

    /// Checks one element of the list `list` (`records`) of an object (`RecordPackage`), the one at `place`.
    pub fn piece(
        &self,
        piece: &Value,
        object: &str,
        across: &mut Across,
        sink: &mut dyn FnMut(Finding),
    ) {
        let Some(field) = self
            .schema
            .object(object)
            .and_then(|object| object.field(&across.list))
        else {
            return;
        };
        let mut walk = Walk::new(self, sink);
        walk.path = vec![Step::Name(&across.list), Step::At(across.count)];
        walk.element(field, piece, object);
        across.count += 1;
        if let Some(seen) = &mut across.seen {
            seen.add(piece);
        }
    }

    /// Nothing seen yet of the list `list` of an object.
    pub fn across(&self, object: &str, list: &str) -> Across {
        let field = self
            .schema
            .object(object)
            .and_then(|object| object.field(list));
        let unique = field.filter(|field| field.declared.unique);
        Across {
            list: list.to_owned(),
            seen: unique.map(|field| Seen::new(self.key(field))),
            count: 0,
        }
    }

    /// What makes two elements of this list one thing, by what fields its objects have.
    fn key(&self, field: &crate::Field) -> Key {
        let crate::Held::Objects(names) = &field.held else {
            return Key::Id;
        };
        let object = names.last().and_then(|name| self.schema.object(name));
        let has = |name: &str| object.is_some_and(|object| object.field(name).is_some());
        match (has("ocid"), has("id")) {
            (true, true) => Key::OcidAndId,
            (true, false) => Key::Ocid,
            (false, _) => Key::Id,
        }
    }
}

impl Across {
    /// How many pieces were seen.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Tells what only all the pieces together show: releases and records that are there twice.
    pub fn finish(&self, object: &str, sink: &mut dyn FnMut(Finding)) {
        let repeated = self.seen.iter().flat_map(Seen::repeated);
        for found in repeated {
            sink(Finding {
                code: Code::NotUnique,
                path: self.list.clone(),
                field: self.list.clone(),
                object: object.to_owned(),
                found,
                expected: String::new(),
                ocid: None,
                release: None,
            });
        }
    }
}

#[cfg(test)]
mod tests;
