//! A file's documents of a standard, piece by piece, without a workspace: for `cotejo check` and `cotejo merge`.

use anyhow::Result;
use packs::Packs;
use sources::{
    Account, Limits, Listener, Object, Part, Piece, Plan, Problem, Row, Shape, Workbooks,
};
use std::path::Path;

/// Levels a piece may have; the reader refuses deeper ones.
pub const DEPTH: usize = 512;

/// A part of a file that holds documents.
#[derive(Debug, Clone, Default)]
pub struct DocumentPart {
    /// The standard its documents follow.
    pub standard: String,
    /// Where its records stand: `releases[]`, `records[]/compiledRelease`.
    pub record_path: String,
    /// Records found, read and set aside.
    pub account: Account,
}

/// Reads the documents of `path` that follow `standard`, or any standard that the packs know.
///
/// `sink` is given each piece with its part and the ordinal of that. Out: the parts, and what the reader found wrong.
/// Errors: the file cannot be read, or the sink refuses.
pub fn read(
    path: &Path,
    packs: &Packs,
    standard: Option<&str>,
    sink: &mut dyn FnMut(&DocumentPart, &Piece<'_>, usize) -> Result<()>,
) -> Result<(Vec<DocumentPart>, Vec<Problem>)> {
    let workbooks = Workbooks::Child {
        program: std::env::current_exe()?,
        memory_bytes: 1 << 30,
    };
    let mut listening = Listening {
        packs,
        standard,
        sink,
        parts: Vec::new(),
        problems: Vec::new(),
        refused: None,
    };
    let name = path.to_string_lossy();
    let read = sources::read_file(path, &name, &Limits::default(), &workbooks, &mut listening);
    if let Some(error) = listening.refused {
        return Err(error);
    }
    read?;
    Ok((listening.parts, listening.problems))
}

struct Listening<'a> {
    packs: &'a Packs,
    standard: Option<&'a str>,
    sink: &'a mut dyn FnMut(&DocumentPart, &Piece<'_>, usize) -> Result<()>,
    parts: Vec<DocumentPart>,
    problems: Vec<Problem>,
    refused: Option<anyhow::Error>,
}

impl Listening<'_> {
    /// Where records stand, when no source recognises the document and the standard is said.
    fn likely_path(&self, sample: &[(String, String)]) -> Option<(String, String)> {
        let code = self.standard?;
        let standard = self.packs.standards.get(code)?;
        let subject = &standard.documents.as_ref()?.subject;
        let paths = || sample.iter().map(|(path, _)| path.as_str());
        let by_entry = standard.entries.iter().map(|entry| entry.path.as_str());
        let found = by_entry
            .filter(|path| !path.is_empty())
            .find(|path| paths().any(|other| other == format!("{path}/{subject}")));
        let found = found.or_else(|| {
            let is_list = paths().any(|path| path.starts_with("[]"));
            is_list.then_some("[]")
        });
        Some((code.to_string(), found.unwrap_or_default().to_string()))
    }
}

impl Listener for Listening<'_> {
    fn begin(&mut self, part: &Part) -> Result<Plan, sources::Error> {
        let Shape::Document { sample, .. } = &part.shape else {
            return Ok(Plan::Skip);
        };
        let found = sources::identify(self.packs, part, "", "");
        let fits = |code: &str| self.standard.is_none_or(|wanted| wanted == code);
        let known = match &found.plan {
            Plan::Document {
                record_path,
                pieces: true,
                ..
            } if fits(&found.standard) => Some((found.standard.clone(), record_path.clone())),
            _ => self.likely_path(sample),
        };
        let Some((standard, record_path)) = known else {
            return Ok(Plan::Skip);
        };
        self.parts.push(DocumentPart {
            standard,
            record_path: record_path.clone(),
            account: Account::default(),
        });
        Ok(Plan::Document {
            record_path,
            lists: Vec::new(),
            pieces: true,
        })
    }

    fn row(&mut self, _: &Row<'_>) -> Result<(), sources::Error> {
        Ok(())
    }

    fn column(&mut self, _: usize, _: u32, _: &str) -> Result<(), sources::Error> {
        Ok(())
    }

    fn object(&mut self, _: &Object<'_>) -> Result<(), sources::Error> {
        Ok(())
    }

    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), sources::Error> {
        let Some(part) = self.parts.last() else {
            return Ok(());
        };
        (self.sink)(part, piece, self.parts.len() - 1).map_err(|error| {
            let told = sources::Error::listener(error.to_string());
            self.refused = Some(error);
            told
        })
    }

    fn cell(&mut self, _: u64, _: usize, _: &'static str, _: &str) -> Result<(), sources::Error> {
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> Result<(), sources::Error> {
        self.problems.push(problem);
        Ok(())
    }

    fn end(&mut self, account: Account) -> Result<(), sources::Error> {
        if let Some(part) = self.parts.last_mut() {
            part.account = account;
        }
        Ok(())
    }
}
