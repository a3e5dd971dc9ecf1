//! `cargo xtask new`: begins a pack. Its blanks are questions a person answers; it is read and planned as it is.

mod name;
mod shelf;
mod templates;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use self::name::{IndicatorName, SourceName, StandardName};
use self::shelf::{NewFile, Shelf};
use self::templates::{INDICATOR, PLACE, SOURCE, STANDARD, Template};
use crate::questions;

/// Arguments of `cargo xtask new`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask new place co/bogota/contratos\n  cargo xtask new indicator L001_late_payment --into ../bogota/packs\n\n\
                  It prints the questions that stand in the new files, marked ¿…?, by file and line.\n\
                  What is still open later: cargo xtask check --no-program, or cargo xtask check --questions DIR."
)]
pub struct New {
    #[command(subcommand)]
    kind: Kind,
    /// The packs folder to write to, say a workspace's; the repository's own `packs/` if none is named.
    #[arg(long, global = true, value_name = "DIR")]
    into: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Kind {
    /// A source, and its place if there is none: `place.toml`, `source.toml`, `mapping.toml`, `values.csv`.
    Place {
        /// Country, place and source: `co/bogota/contratos`.
        name: SourceName,
    },
    /// A standard: `standard.toml`, a table, a codelist.
    Standard {
        /// Its code: `bods`.
        name: StandardName,
    },
    /// A rule, with its queries, numbers, notes and three cases.
    Indicator {
        /// Code and name: `L001_late_payment`.
        name: IndicatorName,
    },
}

impl New {
    /// Writes the folder and prints its questions.
    ///
    /// Errors: a pack of that name is there already.
    pub fn run(self) -> Result<ExitCode> {
        let shelf = Shelf::open(self.into.as_deref())?;
        let files = self.kind.files(&shelf)?;
        shelf.write(&files)?;
        let mut open = 0;
        for (path, text) in &files {
            for line in questions::lines_for(&format!("{}/{path}", shelf.shown), text) {
                println!("{line}");
                open += 1;
            }
        }
        let left = match &self.into {
            Some(into) => format!("cargo xtask check --questions {}", into.display()),
            None => "cargo xtask check --no-program".into(),
        };
        eprintln!(
            "{} files written, {open} questions. Write each answer over its mark {}; what is left: {left}",
            files.len(),
            questions::MARK
        );
        Ok(ExitCode::SUCCESS)
    }
}

impl Kind {
    fn files(&self, shelf: &Shelf) -> Result<Vec<NewFile>> {
        match self {
            Kind::Place { name } => source(shelf, name),
            Kind::Standard {
                name: StandardName(name),
            } => {
                let folder = format!("standards/{name}");
                shelf.must_be_free(&folder)?;
                Ok(filled(STANDARD, &folder, &[("STANDARD", name)]))
            }
            Kind::Indicator { name } => indicator(shelf, name),
        }
    }
}

fn source(shelf: &Shelf, name: &SourceName) -> Result<Vec<NewFile>> {
    let SourceName {
        country,
        place,
        source,
    } = name;
    let above = format!("places/{country}/{place}");
    let folder = format!("{above}/{source}");
    shelf.must_be_free(&folder)?;
    let prefix = place.replace('_', "-");
    let mut files = Vec::new();
    let code = match shelf.read(&format!("{above}/place.toml"))? {
        Some(text) => code_of(&text).with_context(|| format!("{above}/place.toml"))?,
        None => {
            let code = format!("{country}-{prefix}");
            files.extend(filled(PLACE, &above, &[("PLACE_CODE", &code)]));
            code
        }
    };
    let words = [("PLACE_CODE", code.as_str()), ("PREFIX", &prefix)];
    files.extend(filled(SOURCE, &folder, &words));
    Ok(files)
}

/// The key of an authority that is there.
fn code_of(place: &str) -> Result<String> {
    let place: toml::Table = place.parse()?;
    let code = place.get("code").and_then(toml::Value::as_str);
    Ok(code.context("it has no `code`")?.to_owned())
}

fn indicator(shelf: &Shelf, name: &IndicatorName) -> Result<Vec<NewFile>> {
    let start = format!("{}_", name.code.to_lowercase());
    // Two rules of one code would be one rule: the second is read over the first.
    let taken = shelf.folders("indicators");
    if let Some(other) = taken.iter().find(|folder| folder.starts_with(&start)) {
        shelf.must_be_free(&format!("indicators/{other}"))?;
    }
    let folder = format!("indicators/{start}{}", name.name);
    Ok(filled(INDICATOR, &folder, &[("CODE", &name.code)]))
}

/// The files of a template in their folder, with the words in capitals filled in.
fn filled(template: &[Template], folder: &str, words: &[(&str, &str)]) -> Vec<NewFile> {
    let fill = |text: &str| {
        words.iter().fold(text.to_owned(), |text, (word, with)| {
            text.replace(word, with)
        })
    };
    template
        .iter()
        .map(|(path, text)| (format!("{folder}/{path}"), fill(text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(packs: &std::path::Path, kind: Kind) -> Result<ExitCode> {
        let into = Some(packs.to_owned());
        New { kind, into }.run()
    }

    fn place(name: &str) -> Kind {
        let name = name.parse().unwrap();
        Kind::Place { name }
    }

    fn rule(name: &str) -> Kind {
        let name = name.parse().unwrap();
        Kind::Indicator { name }
    }

    #[test]
    fn a_second_source_takes_the_key_of_its_place() {
        let packs = tempfile::tempdir().unwrap();
        new(packs.path(), place("zz/puerto_claro/compras")).unwrap();
        let at = packs.path().join("places/zz/puerto_claro");
        let written = std::fs::read_to_string(at.join("place.toml")).unwrap();
        assert_eq!(code_of(&written).unwrap(), "zz-puerto-claro");

        std::fs::write(at.join("place.toml"), "code = \"zz-07\"\n").unwrap();
        new(packs.path(), place("zz/puerto_claro/obras")).unwrap();
        let written = std::fs::read_to_string(at.join("obras/source.toml")).unwrap();
        assert!(written.contains("place = \"zz-07\""));
        let kept = std::fs::read_to_string(at.join("place.toml")).unwrap();
        assert_eq!(kept, "code = \"zz-07\"\n");
    }

    #[test]
    fn what_is_there_is_not_written_over() {
        let packs = tempfile::tempdir().unwrap();
        let folder = packs.path().join("places/zz/puerto_claro/compras");
        std::fs::create_dir_all(&folder).unwrap();
        let error = new(packs.path(), place("zz/puerto_claro/compras")).unwrap_err();
        assert!(error.to_string().contains("is there already"), "{error}");
        assert!(std::fs::read_dir(&folder).unwrap().next().is_none());

        // Built in, and so replaced by a folder of the same path.
        assert!(new(packs.path(), place("mx/federal/compranet")).is_err());
        assert!(new(packs.path(), rule("R003_another_name")).is_err());
        new(packs.path(), rule("L001_late_payment")).unwrap();
        assert!(new(packs.path(), rule("L001_paid_late")).is_err());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let packs = tempfile::tempdir().unwrap();
        assert!(new(&packs.path().join("gone"), rule("L001_late_payment")).is_err());
    }

    #[test]
    fn every_word_in_capitals_is_filled_in() {
        let packs = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(Some(packs.path())).unwrap();
        let name = "bods".parse().unwrap();
        let kinds = [
            place("zz/puerto_claro/compras"),
            rule("L001_late_payment"),
            Kind::Standard { name },
        ];
        for (path, text) in kinds.iter().flat_map(|kind| kind.files(&shelf).unwrap()) {
            for word in ["PLACE_CODE", "PREFIX", "STANDARD", "CODE"] {
                assert!(!text.contains(word), "{path}: {word}");
            }
        }
    }
}
