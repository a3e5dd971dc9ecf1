//! Packages and JSON lines, one document at a time.

use std::io::Write;

use packs::Standard;

use crate::error::Error;
use crate::package::meta::Meta;
use crate::schema::Schema;
use crate::value::Value;

/// Writes a package: its members, then its list, document by document.
#[derive(Debug)]
pub struct PackageWriter<W> {
    out: W,
    count: u64,
    missing: Vec<String>,
    foreign: Vec<String>,
}

impl<W: Write> PackageWriter<W> {
    /// Opens the package of `standard` whose list is called `list` (`releases`, `records`, `projects`).
    ///
    /// Errors: the standard has no documents or no such package; nothing can be written.
    pub fn new(
        mut out: W,
        standard: &Standard,
        schema: &Schema,
        list: &str,
        meta: &Meta,
    ) -> Result<Self, Error> {
        let documents = standard.documents.as_ref();
        let documents = documents.ok_or_else(|| Error::NoDocuments(standard.code.clone()))?;
        let no_package = || Error::NoPackage(list.to_owned());
        let package = documents.packages.get(list).ok_or_else(no_package)?;
        let package = schema.object(package).ok_or_else(no_package)?;
        let (members, foreign) = meta.members(package);
        let is_given = |name: &str| *name == *list || members.iter().any(|(own, _)| **own == *name);
        let required = package
            .fields
            .iter()
            .filter(|field| field.declared.required);
        let missing = required
            .map(|field| field.declared.field.clone())
            .filter(|name| !is_given(name))
            .collect();
        out.write_all(b"{")?;
        for (name, value) in members.iter().filter(|(name, _)| **name != *list) {
            write!(out, "{}:{value},", Value::text(name.clone()))?;
        }
        write!(out, "{}:[", Value::text(list))?;
        Ok(PackageWriter {
            out,
            count: 0,
            missing,
            foreign,
        })
    }

    /// Members that the standard requires of the package and nobody gave.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Members that were given and that such a package does not have; they are not written.
    pub fn foreign(&self) -> &[String] {
        &self.foreign
    }

    /// Adds a document.
    pub fn add(&mut self, document: &Value) -> Result<(), Error> {
        self.out.write_all(match self.count {
            0 => b"\n",
            _ => b",\n",
        })?;
        self.count += 1;
        write!(self.out, "{document}")?;
        Ok(())
    }

    /// Closes the package and gives back where it was written.
    pub fn finish(mut self) -> Result<W, Error> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes one document in each line.
#[derive(Debug)]
pub struct LinesWriter<W> {
    out: W,
}

impl<W: Write> LinesWriter<W> {
    /// Lines for `out`.
    pub fn new(out: W) -> Self {
        LinesWriter { out }
    }

    /// Adds a document.
    pub fn add(&mut self, document: &Value) -> Result<(), Error> {
        writeln!(self.out, "{document}")?;
        Ok(())
    }

    /// Ends the lines and gives back where they were written.
    pub fn finish(mut self) -> Result<W, Error> {
        self.out.flush()?;
        Ok(self.out)
    }
}
