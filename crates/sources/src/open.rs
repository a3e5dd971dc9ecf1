//! Opens a file of any kind and sends each part to its reader.
//!
//! A file is what its content says. Archives are unpacked into temporary files, one entry at a time. What
//! cannot be read is a problem and the rest goes on; an error here is always ours.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::archive::{self, Budget, Unpacked, Zip};
use crate::encoding::{self, DecodingReader, read_full};
use crate::error::Error;
use crate::problems::{Desk, problem};
use crate::reading::{Limits, Listener, Severity};
use crate::recognise::{self, Form, TextForm};
use crate::workbook::Workbooks;
use crate::{csv, json, workbook};

/// A file on disk: the one asked for, or a temporary copy of an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'p> {
    pub(crate) path: &'p Path,
    /// The file a person knows, for messages.
    shown: &'p Path,
}

impl Source<'_> {
    pub(crate) fn open(&self) -> Result<File, Error> {
        File::open(self.path).map_err(|e| self.error(e))
    }

    pub(crate) fn error(&self, source: io::Error) -> Error {
        Error::Read {
            path: self.shown.to_owned(),
            source,
        }
    }
}

/// Reads a file, whatever it is, and tells `listener` what it finds.
///
/// In: the file, the name it was published under, and how much it may ask for.
/// Problems: everything that is wrong with the file, from `file_empty` to `encoding_damaged`.
/// Errors: an unreadable disk, a full one, or an error of the listener.
pub fn read_file(
    path: &Path,
    name: &str,
    limits: &Limits,
    workbooks: &Workbooks,
    listener: &mut dyn Listener,
) -> Result<(), Error> {
    let mut opener = Opener {
        desk: Desk::new(listener, *limits),
        budget: Budget::new(limits),
        entries: limits.entries,
        workbooks,
    };
    opener.file(Source { path, shown: path }, name, "", 0)?;
    opener.desk.flush()
}

struct Opener<'l, 'w> {
    desk: Desk<'l>,
    budget: Budget,
    /// Entries that may still be opened.
    entries: u64,
    workbooks: &'w Workbooks,
}

impl Opener<'_, '_> {
    /// Reads one file. `name` is what it is called, `part` where it is in the file asked for (empty: it is that file).
    fn file(
        &mut self,
        source: Source<'_>,
        name: &str,
        part: &str,
        nesting: u32,
    ) -> Result<(), Error> {
        let mut file = source.open()?;
        match recognise::form(&mut file).map_err(|e| source.error(e))? {
            Form::Empty => self.tell(
                "file_empty",
                Severity::Error,
                part,
                "",
                "there is nothing to read",
            ),
            Form::Zip => self.zip(source, file, name, part, nesting),
            Form::Gzip => {
                self.compare(name, "gzip", part)?;
                self.gzip(source, name, part, nesting)
            }
            Form::Ole => {
                self.compare(name, "xls", part)?;
                workbook::read(
                    source,
                    part,
                    workbook::Kind::Xls,
                    self.workbooks,
                    &mut self.desk,
                )
            }
            Form::Other(what) => {
                self.compare(name, what, part)?;
                self.tell(
                    "format_not_supported",
                    Severity::Error,
                    part,
                    what,
                    "kept as it is, not read",
                )
            }
            Form::Text => self.text(source, file, name, part),
        }
    }

    fn text(
        &mut self,
        source: Source<'_>,
        mut file: File,
        name: &str,
        part: &str,
    ) -> Result<(), Error> {
        let io = |e| source.error(e);
        let detected = encoding::detect(&mut file).map_err(io)?;
        let mut head = vec![0; 64 << 10];
        let n = read_full(
            &mut DecodingReader::open(file, &detected).map_err(io)?,
            &mut head,
        )
        .map_err(io)?;
        match recognise::text_form(&String::from_utf8_lossy(&head[..n])) {
            TextForm::Blank => self.tell(
                "file_empty",
                Severity::Error,
                part,
                "",
                "there are only blanks in it",
            ),
            TextForm::Json => {
                self.compare(name, "json", part)?;
                json::read(&source, part, &detected, &mut self.desk)
            }
            TextForm::Csv => {
                self.compare(name, "csv", part)?;
                csv::read(&source, part, &detected, &mut self.desk)
            }
            TextForm::Other(what) => {
                self.compare(name, what, part)?;
                self.tell(
                    "format_not_supported",
                    Severity::Error,
                    part,
                    what,
                    "kept as it is, not read",
                )
            }
        }
    }

    fn gzip(
        &mut self,
        source: Source<'_>,
        name: &str,
        part: &str,
        nesting: u32,
    ) -> Result<(), Error> {
        if nesting >= self.desk.limits.nesting {
            return self.too_nested(part);
        }
        let file = source.open()?;
        let packed = file.metadata().map_err(|e| source.error(e))?.len();
        let unpacked = archive::unpack(archive::gunzip(file), packed, &mut self.budget, &source)?;
        let inner = name.strip_suffix(".gz").unwrap_or(name);
        self.unpacked(unpacked, source, inner, part, nesting)
    }

    fn unpacked(
        &mut self,
        unpacked: Unpacked,
        source: Source<'_>,
        name: &str,
        part: &str,
        nesting: u32,
    ) -> Result<(), Error> {
        match unpacked {
            Unpacked::TooLarge => self.too_large(part),
            Unpacked::File(file, broken) => {
                if let Some(why) = broken {
                    self.tell(
                        "archive_unreadable",
                        Severity::Error,
                        part,
                        &why,
                        "what came out before it broke is read",
                    )?;
                }
                let inner = Source {
                    path: file.path(),
                    shown: source.shown,
                };
                self.file(inner, name, part, nesting + 1)
            }
        }
    }

    fn zip(
        &mut self,
        source: Source<'_>,
        mut file: File,
        name: &str,
        part: &str,
        nesting: u32,
    ) -> Result<(), Error> {
        let io = |e| source.error(e);
        let first = archive::first_name(&mut file);
        let is_ods = crate::recognise::is_opendocument_sheet(&mut file).map_err(io)?;
        let packed = file.metadata().map_err(io)?.len();
        let mut zip = match Zip::open(file).map_err(io)? {
            Ok(zip) => zip,
            Err(why) => {
                let workbook = first.is_some_and(|n| {
                    n.starts_with("[Content_Types]")
                        || n.starts_with("xl/")
                        || n.starts_with("_rels/")
                });
                let code = if workbook {
                    "workbook_unreadable"
                } else {
                    "archive_unreadable"
                };
                return self.tell(code, Severity::Error, part, &why, "set aside");
            }
        };
        let (form, size) = self.look_into(&mut zip);
        match form {
            Some("xlsx" | "OpenDocument") if form == Some("xlsx") || is_ods => {
                let kind = if is_ods {
                    workbook::Kind::Ods
                } else {
                    workbook::Kind::Xlsx
                };
                self.compare(name, kind.name(), part)?;
                if !self.budget.allows(packed, size) {
                    return self.too_large(part);
                }
                return workbook::read(source, part, kind, self.workbooks, &mut self.desk);
            }
            Some(what) => {
                self.compare(name, what, part)?;
                return self.tell(
                    "format_not_supported",
                    Severity::Error,
                    part,
                    what,
                    "kept as it is, not read",
                );
            }
            None => self.compare(name, "zip", part)?,
        }
        if nesting >= self.desk.limits.nesting {
            return self.too_nested(part);
        }
        self.entries(zip, source, part, nesting)
    }

    /// What an archive is, if it is a document in disguise, and what its directory says it unpacks to.
    fn look_into(&mut self, zip: &mut Zip) -> (Option<&'static str>, u64) {
        let (mut form, mut size) = (None, 0u64);
        for index in
            (0..zip.len()).take(usize::try_from(self.desk.limits.entries).unwrap_or(usize::MAX))
        {
            let Ok(entry) = zip.entry(index) else {
                continue;
            };
            size = size.saturating_add(entry.unpacked);
            form = form.or(match entry.name.as_str() {
                "xl/workbook.xml" => Some("xlsx"),
                "xl/workbook.bin" => Some("XLSB"),
                "word/document.xml" => Some("DOCX"),
                "ppt/presentation.xml" => Some("PPTX"),
                "META-INF/manifest.xml" => Some("OpenDocument"),
                _ => None,
            });
        }
        (form, size)
    }

    fn entries(
        &mut self,
        mut zip: Zip,
        source: Source<'_>,
        part: &str,
        nesting: u32,
    ) -> Result<(), Error> {
        if zip.len() == 0 {
            return self.tell(
                "file_empty",
                Severity::Error,
                part,
                "",
                "the archive has no entries",
            );
        }
        for index in 0..zip.len() {
            if self.entries == 0 {
                let action = format!(
                    "over {} entries: the rest was not opened",
                    self.desk.limits.entries
                );
                return self.tell("archive_too_large", Severity::Error, part, "", &action);
            }
            self.entries -= 1;
            let entry = match zip.entry(index) {
                Ok(entry) => entry,
                Err(why) => {
                    self.tell(
                        "archive_unreadable",
                        Severity::Error,
                        &format!("{part} entry {index}"),
                        &why,
                        "set aside",
                    )?;
                    continue;
                }
            };
            if entry.folder
                || entry
                    .name
                    .split('/')
                    .any(|step| step == "__MACOSX" || step == ".DS_Store")
            {
                continue;
            }
            let inner = if part.is_empty() {
                entry.name.clone()
            } else {
                format!("{part}/{}", entry.name)
            };
            if entry.leaves {
                self.tell(
                    "archive_entry_refused",
                    Severity::Error,
                    &inner,
                    &entry.name,
                    "not opened: its path leaves the archive",
                )?;
                continue;
            }
            if entry.encrypted {
                self.tell(
                    "archive_entry_refused",
                    Severity::Error,
                    &inner,
                    "",
                    "not opened: it asks for a password",
                )?;
                continue;
            }
            let unpacked = match zip.stream(&entry) {
                Ok(stream) => archive::unpack(stream, entry.packed, &mut self.budget, &source)?,
                Err(why) => {
                    self.tell(
                        "archive_unreadable",
                        Severity::Error,
                        &inner,
                        &why,
                        "set aside",
                    )?;
                    continue;
                }
            };
            self.unpacked(unpacked, source, &entry.name, &inner, nesting)?;
        }
        Ok(())
    }

    fn compare(&mut self, name: &str, form: &str, part: &str) -> Result<(), Error> {
        match recognise::promised(name) {
            Some(promised) if promised != form => {
                let found = format!("{name} is {form}");
                self.tell(
                    "format_differs_from_name",
                    Severity::Notice,
                    part,
                    &found,
                    "read as what it is",
                )
            }
            _ => Ok(()),
        }
    }

    fn too_large(&mut self, part: &str) -> Result<(), Error> {
        self.tell(
            "archive_too_large",
            Severity::Error,
            part,
            "",
            "set aside: it unpacks to more than the limits allow",
        )
    }

    fn too_nested(&mut self, part: &str) -> Result<(), Error> {
        let action = format!(
            "set aside: over {} archives within archives",
            self.desk.limits.nesting
        );
        self.tell("archive_too_large", Severity::Error, part, "", &action)
    }

    fn tell(
        &mut self,
        code: &'static str,
        severity: Severity,
        position: &str,
        found: &str,
        action: &str,
    ) -> Result<(), Error> {
        self.desk
            .problem(problem(code, severity, position, found, action))
    }
}
