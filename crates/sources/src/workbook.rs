//! Reads workbooks, XLSX, XLS and ODS, one part for each sheet that has something in it.
//!
//! A hostile workbook can ask for any amount of memory, so by default a child process with its own limit
//! reads the cells and this one only receives them. It refuses to evaluate formulas.

mod block;
mod cells;
mod layout;
mod sheet;
mod wire;

use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cells::Message;
use sheet::{Sheet, SheetCell};

use crate::error::Error;
use crate::open::Source;
use crate::problems::{Desk, problem};
use crate::reading::Severity;

/// Where workbooks are taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Workbooks {
    /// In this process: for tests and files one trusts.
    InProcess,
    /// In a child, started as `PROGRAM __read-workbook PATH MEMORY_BYTES`, which calls [`child_main`].
    Child {
        /// The program, usually this one.
        program: PathBuf,
        /// Address space the child may take.
        memory_bytes: u64,
    },
}

/// The forms of workbook we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Xlsx,
    Xls,
    Ods,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Xlsx => "xlsx",
            Kind::Xls => "xls",
            Kind::Ods => "ods",
        }
    }
}

/// Reads one workbook and reports each sheet as one part.
pub(crate) fn read(
    source: Source<'_>,
    part: &str,
    kind: Kind,
    workbooks: &Workbooks,
    desk: &mut Desk<'_>,
) -> Result<(), Error> {
    let mut book = Book {
        part,
        kind,
        sheet: None,
        desk,
        done: false,
    };
    match workbooks {
        Workbooks::InProcess => {
            cells::stream(source.path, kind, &mut |message| book.message(message))?
        }
        Workbooks::Child {
            program,
            memory_bytes,
        } => from_child(source.path, program, *memory_bytes, &mut book)?,
    }
    if !book.done {
        book.broke(
            "the process that read it ended early: out of memory, or the file made it fail",
        )?;
    }
    Ok(())
}

fn from_child(
    path: &Path,
    program: &Path,
    memory_bytes: u64,
    book: &mut Book<'_, '_>,
) -> Result<(), Error> {
    let mut child = Command::new(program)
        .arg("__read-workbook")
        .arg(path)
        .arg(memory_bytes.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|source| Error::Child {
            program: program.to_owned(),
            source,
        })?;
    let mut result = Ok(());
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::with_capacity(256 << 10, output);
        // Anything but a message means that the child is gone.
        while let Ok(message) = wire::read(&mut output) {
            let last = matches!(message, Message::Done { .. });
            result = book.message(message);
            if last || result.is_err() {
                break;
            }
        }
    }
    // It has nothing more to say: ending it twice is harmless, and it must not stay behind.
    let _ = child.kill();
    let _ = child.wait();
    result
}

/// The child's side: limits its own memory, streams the workbook to standard output, returns an exit code.
pub fn child_main(path: &Path, memory_bytes: u64) -> u8 {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = Rlimit {
        current: Some(memory_bytes),
        maximum: Some(memory_bytes),
    };
    if memory_bytes > 0 && setrlimit(Resource::As, limit).is_err() {
        return 70;
    }
    let kind = std::fs::File::open(path).and_then(|mut file| {
        Ok(match crate::recognise::form(&mut file)? {
            crate::recognise::Form::Ole => Kind::Xls,
            _ if crate::recognise::is_opendocument_sheet(&mut file)? => Kind::Ods,
            _ => Kind::Xlsx,
        })
    });
    let kind = kind.unwrap_or(Kind::Xlsx);
    let mut out = BufWriter::with_capacity(256 << 10, std::io::stdout().lock());
    let streamed = cells::stream(path, kind, &mut |message| wire::write(&mut out, &message));
    if streamed.and_then(|()| out.flush()).is_ok() {
        0
    } else {
        70
    }
}

/// A workbook on its way in.
struct Book<'d, 'l> {
    part: &'d str,
    kind: Kind,
    sheet: Option<Sheet>,
    desk: &'d mut Desk<'l>,
    done: bool,
}

impl Book<'_, '_> {
    fn message(&mut self, message: Message) -> Result<(), Error> {
        match message {
            Message::Sheet {
                name,
                merges,
                hidden: _,
            } => {
                let sheet = format!("sheet \"{name}\"");
                let part = if self.part.is_empty() {
                    sheet
                } else {
                    format!("{}/{sheet}", self.part)
                };
                self.sheet = Some(Sheet::new(part, self.kind.name(), merges));
                Ok(())
            }
            Message::Link {
                row,
                column,
                target,
            } => {
                if let Some(sheet) = &mut self.sheet {
                    sheet.link(row, column, target);
                }
                Ok(())
            }
            Message::Cell {
                row,
                column,
                value,
                text,
                stored,
            } => match &mut self.sheet {
                Some(sheet) => sheet.cell(
                    row,
                    SheetCell {
                        column,
                        value,
                        text,
                        stored,
                    },
                    self.desk,
                ),
                None => Ok(()),
            },
            Message::End { broken } => match self.sheet.take() {
                Some(sheet) => sheet.end(broken, self.desk),
                None => Ok(()),
            },
            Message::Done { broken } => {
                self.done = true;
                match broken {
                    Some(why) => self.broke(&why),
                    None => Ok(()),
                }
            }
        }
    }

    fn broke(&mut self, why: &str) -> Result<(), Error> {
        match self.sheet.take() {
            Some(sheet) => sheet.end(Some(why.to_owned()), self.desk),
            None => self.desk.problem(problem(
                "workbook_unreadable",
                Severity::Error,
                self.part,
                why,
                "set aside",
            )),
        }
    }
}
