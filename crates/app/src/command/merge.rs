//! `cotejo merge`

use crate::document_file;
use crate::{exit, knowledge};
use anyhow::{Context, Result};
use clap::Args;
use documents::{Schema, Value, merge};
use packs::Packs;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Merges releases of files into compiled or versioned releases, by the rules of the standard. Touches nothing.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cotejo merge releases.json > compiled.jsonl\n  cotejo merge --versioned 2016-*.json.gz\n  cotejo merge --schema release-schema.json releases.json\n\n\
                  One line for each process, in order of its ocid. What is wrong with the releases is told on standard error."
)]
pub struct Merge {
    /// Files with releases, in any form: packages, lists, JSON lines, compressed.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Every version of each field, in place of the last.
    #[arg(long)]
    versioned: bool,
    /// Only releases dated on or before this day.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// A release schema whose rules of merging are followed, in place of the standard's own.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// The standard of the documents.
    #[arg(long, default_value = "ocds")]
    standard: String,
}

impl Merge {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        let packs = Packs::read(knowledge::built_in())?;
        let standard = packs.standards.get(&self.standard);
        let Some((standard, documents)) =
            standard.and_then(|standard| Some((standard, standard.documents.as_ref()?)))
        else {
            return Err(exit::usage(format!(
                "there is no standard `{}` with documents",
                self.standard
            )));
        };
        let Some(names) = &documents.releases else {
            return Err(exit::usage(format!(
                "documents of {} are not releases: there is nothing to merge",
                self.standard
            )));
        };
        let rules = match &self.schema {
            None => merge::Rules::new(&Schema::with_all(standard), &documents.record),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("reading {}", path.display()))?;
                let schema = Value::parse(&text, 512)
                    .map_err(|_| exit::usage(format!("{} is not JSON", path.display())))?;
                merge::Rules::from_json_schema(&schema)
            }
        };
        let mut processes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut set_aside = 0;
        for path in &self.files {
            let mut sink =
                |_: &document_file::DocumentPart, piece: &sources::Piece<'_>, _: usize| {
                    for value in releases(piece, names) {
                        let subject = value.get(&documents.subject).and_then(Value::scalar);
                        let subject = subject.unwrap_or_default().into_owned();
                        let date = value.get(&names.date).and_then(Value::as_text);
                        let is_known = self.as_of.as_deref().is_none_or(|day| {
                            date.is_some_and(|date| date.get(..10).unwrap_or(date) <= day)
                        });
                        if is_known {
                            processes.entry(subject).or_default().push(value);
                        }
                    }
                    Ok(())
                };
            let (parts, problems) =
                document_file::read(path, &packs, Some(&self.standard), &mut sink)?;
            if parts.is_empty() {
                eprintln!("{}: no documents of {}", path.display(), self.standard);
                set_aside += 1;
            }
            for problem in problems {
                eprintln!(
                    "{}: {} {} {}",
                    path.display(),
                    problem.position,
                    problem.code,
                    problem.found
                );
            }
            set_aside += parts
                .iter()
                .map(|part| part.account.rows_set_aside)
                .sum::<u64>();
        }
        let merger = merge::Merger::new(&rules);
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        for (subject, releases) in &processes {
            let merged = match self.versioned {
                true => merger.versioned(releases),
                false => merger.compiled(releases),
            };
            for warning in &merged.warnings {
                eprintln!(
                    "{subject}: {} {} {}",
                    warning.kind.code(),
                    warning.path,
                    warning.value
                );
            }
            writeln!(out, "{}", merged.value)?;
        }
        out.flush()?;
        Ok(match set_aside {
            0 => ExitCode::SUCCESS,
            _ => exit::PARTIAL.into(),
        })
    }
}

/// The releases a piece holds: itself, or those that stand in a record.
fn releases(piece: &sources::Piece<'_>, names: &packs::Releases) -> Vec<Value> {
    let Some(value) = piece
        .text
        .and_then(|text| Value::parse(text, document_file::DEPTH).ok())
    else {
        return Vec::new();
    };
    if piece.record.is_some() {
        return vec![value];
    }
    let releases = value.get(&names.releases).and_then(Value::as_list);
    let whole = releases.unwrap_or_default().iter().filter(|release| {
        release.as_object().is_some()
            && (release.get(&names.id).is_some() || release.get(&names.link).is_none())
    });
    whole.cloned().collect()
}
