//! `cotejo check`

use crate::document_file::{self, DocumentPart};
use crate::{exit, knowledge};
use anyhow::Result;
use clap::{Args, ValueEnum};
use documents::check::{Finding, Severity};
use documents::{Review, Value};
use packs::Packs;
use serde_json::json;
use sources::{Piece, Problem};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Checks documents of a standard: structure, types, codes, identifiers, blanks. Touches nothing.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cotejo check releases.json\n  cotejo check --json --fail-on error *.json.gz\n\n\
                  Exit codes: 0 checked, 1 findings at or above --fail-on, 3 no file could be checked, 5 some could not."
)]
pub struct Check {
    /// Files with documents of a standard, in any form.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The standard, where a file does not show it.
    #[arg(long)]
    standard: Option<String>,
    /// Print JSON: every finding, with its path, value, process and release.
    #[arg(long)]
    json: bool,
    /// End with 1 when something at least as bad as this is found.
    #[arg(long, value_enum)]
    fail_on: Option<Level>,
}

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Level {
    /// Good to know.
    Notice,
    /// Allowed, and something is lost or doubtful by it.
    Warning,
    /// A rule of the standard is broken.
    Error,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Level {
        match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Notice => Level::Notice,
        }
    }
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Notice => "notice",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl Check {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        let packs = Packs::read(knowledge::built_in())?;
        if let Some(code) = &self.standard
            && packs
                .standards
                .get(code)
                .is_none_or(|standard| standard.documents.is_none())
        {
            return Err(exit::usage(format!(
                "there is no standard `{code}` with documents"
            )));
        }
        let mut worst = None;
        let mut unread = 0;
        let mut all = Vec::new();
        for path in &self.files {
            let report = self.one(path, &packs)?;
            if report.parts.is_empty() {
                unread += 1;
                eprintln!(
                    "{}: holds no documents of a standard known here; --standard names one, and `cotejo inspect` says how it is read",
                    path.display()
                );
            }
            worst = worst.max(report.groups.keys().map(|(level, ..)| *level).max());
            match self.json {
                true => all.push(report.json(path)),
                false if !report.parts.is_empty() => report.print(path),
                false => {}
            }
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        }
        Ok(match () {
            () if unread == self.files.len() => exit::UNREADABLE.into(),
            () if self.fail_on.is_some_and(|level| worst >= Some(level)) => exit::FINDINGS.into(),
            () if unread > 0 => exit::PARTIAL.into(),
            () => ExitCode::SUCCESS,
        })
    }

    fn one(&self, path: &Path, packs: &Packs) -> Result<Report> {
        let standard = self.standard.as_deref();
        // What a package declares may stand after its records: the first reading learns it.
        let mut around: Vec<(usize, String, Value)> = Vec::new();
        let (parts, problems) = document_file::read(path, packs, standard, &mut |_, piece, at| {
            if let (None, Some(value)) = (piece.record, parsed(piece)) {
                around.push((at, piece.position.to_owned(), value));
            }
            Ok(())
        })?;
        let mut reviews = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let review = Review::new(&packs.standards[&part.standard], &part.record_path);
            let Some(mut review) = review else {
                continue;
            };
            for (_, position, value) in around.iter().filter(|(of, ..)| *of == at) {
                review.declare(position, value);
            }
            reviews.push(review);
        }
        drop(around);
        let mut report = Report {
            parts,
            problems,
            ..Report::default()
        };
        document_file::read(path, packs, standard, &mut |_, piece, at| {
            if let (Some(value), Some(review)) = (parsed(piece), reviews.get_mut(at)) {
                let mut sink = |_: &str, found: Finding| report.take(found, self.json);
                review.add(piece.position, piece.record.is_some(), value, &mut sink);
            }
            Ok(())
        })?;
        for review in &mut reviews {
            review.finish(&mut |_, found| report.take(found, self.json));
        }
        Ok(report)
    }
}

fn parsed(piece: &Piece<'_>) -> Option<Value> {
    Value::parse(piece.text?, document_file::DEPTH).ok()
}

/// What was found in a file, by how bad, what and where.
#[derive(Default)]
struct Report {
    parts: Vec<DocumentPart>,
    problems: Vec<Problem>,
    groups: BTreeMap<(Level, &'static str, String), Group>,
    findings: Vec<Finding>,
}

/// Findings of one kind in one field.
struct Group {
    count: u64,
    first: Finding,
}

impl Report {
    fn take(&mut self, found: Finding, keep: bool) {
        let key = (
            Level::from(found.severity()),
            found.code.as_str(),
            found.field.clone(),
        );
        if keep {
            self.findings.push(found.clone());
        }
        let group = self.groups.entry(key).or_insert(Group {
            count: 0,
            first: found,
        });
        group.count += 1;
    }

    fn print(&self, path: &Path) {
        println!("{}", path.display());
        for part in &self.parts {
            println!(
                "  {} at `{}`: {} records, {} set aside",
                part.standard,
                part.record_path,
                part.account.records_found,
                part.account.rows_set_aside
            );
        }
        for problem in &self.problems {
            println!(
                "  {} {} {}: {}",
                problem.position, problem.code, problem.found, problem.action
            );
        }
        if self.groups.is_empty() {
            println!("  nothing found");
        }
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|((level, code, field), group)| {
            (
                std::cmp::Reverse(*level),
                std::cmp::Reverse(group.count),
                *code,
                field.clone(),
            )
        });
        for ((level, code, field), group) in groups {
            let first = &group.first;
            let mut told = format!(
                "  {:<8} {code:<24} {:>7} × {field}",
                level.name(),
                group.count
            );
            if !first.found.is_empty() {
                told.push_str(&format!("  found `{}`", first.found.replace('\n', " ")));
            }
            if !first.expected.is_empty() {
                told.push_str(&format!("  expected {}", first.expected));
            }
            println!("{told}  first at {}", first.path);
        }
    }

    fn json(&self, path: &Path) -> serde_json::Value {
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|part| {
                json!({ "standard": part.standard, "record_path": part.record_path,
                        "records_found": part.account.records_found,
                        "rows_set_aside": part.account.rows_set_aside })
            })
            .collect();
        let problems: Vec<_> = self
            .problems
            .iter()
            .map(|problem| {
                json!({ "code": problem.code, "position": problem.position,
                        "found": problem.found, "action": problem.action })
            })
            .collect();
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|found| {
                json!({ "code": found.code.as_str(), "severity": Level::from(found.severity()).name(),
                        "path": found.path, "field": found.field, "object": found.object,
                        "found": found.found, "expected": found.expected,
                        "ocid": found.ocid, "release": found.release })
            })
            .collect();
        json!({ "path": path, "parts": parts, "problems": problems, "findings": findings })
    }
}
