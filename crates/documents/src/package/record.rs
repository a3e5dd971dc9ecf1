//! A record: everything published about one process, in one object.

use packs::Standard;

use crate::error::Error;
use crate::schema::{Held, Schema};
use crate::value::Value;

/// What the members of a record are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordNames {
    /// The list of a package that holds records: `records`.
    pub list: String,
    /// `ocid`.
    pub subject: String,
    /// `releases`.
    pub releases: String,
    /// `compiledRelease`.
    pub compiled: String,
    /// `versionedRelease`, if the standard has one.
    pub versioned: Option<String>,
    /// The object of a link to a release.
    link: Option<String>,
}

/// The releases of a record.
#[derive(Debug, Clone, Copy)]
pub enum Releases<'v> {
    /// As they are.
    Embedded(&'v [Value]),
    /// Each as its address, its date and its tags; the address of each beside it.
    Linked(&'v [(String, &'v Value)]),
}

/// A record to be written.
#[derive(Debug, Clone, Copy)]
pub struct Record<'v> {
    /// The process.
    pub subject: &'v str,
    /// Its releases.
    pub releases: Releases<'v>,
    /// Its releases as one.
    pub compiled: Option<&'v Value>,
    /// Its releases as one with the history of each value.
    pub versioned: Option<&'v Value>,
}

impl RecordNames {
    /// Finds, among the objects of the standard, the one that holds a list of releases and a compiled one.
    ///
    /// Errors: the standard has no documents, or no such object.
    pub fn new(standard: &Standard, schema: &Schema) -> Result<RecordNames, Error> {
        let documents = standard.documents.as_ref();
        let documents = documents.ok_or_else(|| Error::NoDocuments(standard.code.clone()))?;
        for (list, package) in &documents.packages {
            let field = schema.object(package).and_then(|object| object.field(list));
            let Some(Held::Objects(elements)) = field.map(|field| &field.held) else {
                continue;
            };
            let Some(record) = elements.iter().find_map(|name| schema.object(name)) else {
                continue;
            };
            let (mut releases, mut compiled, mut versioned) = (None, None, None);
            for field in &record.fields {
                let name = field.declared.field.clone();
                match &field.held {
                    Held::Objects(of) if of.contains(&documents.record) => {
                        releases = Some((name, of.iter().find(|of| **of != documents.record)));
                    }
                    Held::Object(of) if *of == documents.record => compiled = Some(name),
                    Held::Object(_) if versioned.is_none() => versioned = Some(name),
                    _ => {}
                }
            }
            if let (Some((releases, link)), Some(compiled)) = (releases, compiled) {
                return Ok(RecordNames {
                    list: list.clone(),
                    subject: documents.subject.clone(),
                    releases,
                    compiled,
                    versioned,
                    link: link.cloned(),
                });
            }
        }
        Err(Error::NoRecords(documents.record.clone()))
    }

    /// The record as a document.
    pub fn record(&self, schema: &Schema, record: &Record<'_>) -> Value {
        let releases = match record.releases {
            Releases::Embedded(releases) => releases.to_vec(),
            Releases::Linked(links) => links
                .iter()
                .map(|(address, release)| self.link(schema, address, release))
                .collect(),
        };
        let mut value = Value::Object(Vec::new());
        value.set(&self.subject, Value::text(record.subject));
        value.set(&self.releases, Value::List(releases));
        if let Some(compiled) = record.compiled {
            value.set(&self.compiled, compiled.clone());
        }
        if let (Some(name), Some(versioned)) = (&self.versioned, record.versioned) {
            value.set(name, versioned.clone());
        }
        value
    }

    /// A link has its address and whatever else the standard gives both a link and a release.
    fn link(&self, schema: &Schema, address: &str, release: &Value) -> Value {
        let mut link = Value::Object(Vec::new());
        let fields = self.link.as_ref().and_then(|name| schema.object(name));
        for field in fields.map_or(&[][..], |object| &object.fields) {
            let name = &field.declared.field;
            match release.get(name) {
                _ if field.declared.format == "uri" => link.set(name, Value::text(address)),
                Some(value) => link.set(name, value.clone()),
                None => {}
            }
        }
        link
    }
}
