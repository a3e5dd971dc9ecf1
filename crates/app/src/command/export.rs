//! `cotejo export`

mod package;
mod table;

use crate::{exit, pipeline};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use package::Package;
use packs::{Packs, Source, Standard};
use standards::export::{Wanted, each_document};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes what a standard holds as its own documents, or a table as a file.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cotejo export ocds --source mx_federal__gacm_ocds -o gacm.json\n  \
                  cotejo export ocds --records --versioned -o records/\n  \
                  cotejo export ocds --compiled --format xlsx --source mx_federal__compranet -o compranet.xlsx\n  \
                  cotejo export ocds --as-of 2016-05-01 --compiled --format jsonl -o -\n  \
                  cotejo export ocds.contract --format csv -o contracts.csv\n\n\
                  With several sources -o is a folder, and each source has a package of its own with its publisher and licence.\n\
                  Exit codes: 0 done, 2 wrong use, 5 something could not be said in this form (told on standard error)."
)]
pub struct Export {
    /// A standard (`ocds`, `oc4ids`), or a table (`ocds.contract`).
    what: String,
    /// Only this source; may be repeated.
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// Merged releases, one for each process.
    #[arg(long, conflicts_with = "records")]
    compiled: bool,
    /// Records: the releases of each process, and what they were merged into.
    #[arg(long)]
    records: bool,
    /// In records, every version of each field too.
    #[arg(long)]
    versioned: bool,
    /// As known on this day.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// The day counts by when things were published, not by the date they bear.
    #[arg(long, requires = "as_of")]
    by_publication: bool,
    /// The form.
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// Where to: a file, a folder, or `-` for standard output.
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
    /// The registered prefix of identifiers that have none, for documents built from tables.
    #[arg(long, value_name = "PREFIX")]
    ocid_prefix: Option<String>,
    /// Where the package will be published.
    #[arg(long)]
    uri: Option<String>,
    /// When the package is published, with its time and zone; else when its last file was received.
    #[arg(long, value_name = "DATE-TIME")]
    published_date: Option<String>,
    /// Who publishes the package; else the publisher of the source.
    #[arg(long)]
    publisher: Option<String>,
    /// The address of its licence; else that of the source, where it is one.
    #[arg(long)]
    license: Option<String>,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A package of the standard; of a table, an array of objects.
    Json,
    /// One document, or row, for each line.
    Jsonl,
    /// A table for each list, in a folder; of a table, one file.
    Csv,
    /// The same as the sheets of a workbook.
    Xlsx,
    /// The tables of the standard, in a folder; of a table, one file.
    Parquet,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Format::Json => ".json",
            Format::Jsonl => ".jsonl",
            Format::Csv => "",
            Format::Xlsx => ".xlsx",
            Format::Parquet => ".parquet",
        }
    }
}

impl Export {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, packs) = pipeline::here()?;
        let reader = lake::Reader::open(&workspace).await?;
        if let Some(day) = &self.as_of
            && (day.len() != 10 || lake::functions::parse_date(day).value.is_none())
        {
            return Err(exit::usage(format!("`{day}` is no day like 2016-05-01")));
        }
        if self.what.contains('.') {
            return table::write(reader.engine(), &self.what, self.format, &self.output).await;
        }
        let standard = packs.standards.get(&self.what);
        let Some(standard) = standard.filter(|standard| standard.documents.is_some()) else {
            let with_documents = packs.standards.values().filter(|s| s.documents.is_some());
            let known: Vec<&str> = with_documents.map(|s| s.code.as_str()).collect();
            return Err(exit::usage(format!(
                "there is no standard `{}` with documents; those with documents are {}, and a table is named like ocds.contract",
                self.what,
                known.join(", ")
            )));
        };
        if self.format == Format::Parquet {
            return table::write_all(reader.engine(), standard, &self.source, &self.output).await;
        }
        let sources = self.sources(&packs, standard, reader.engine()).await?;
        if sources.len() > 1 && self.output == Path::new("-") {
            return Err(exit::usage(
                "several sources have several packages: name one with --source, or a folder with -o",
            ));
        }
        let mut partial = false;
        for source in &sources {
            let path = match sources.len() {
                1 => self.output.clone(),
                _ => self
                    .output
                    .join(format!("{}{}", source.code, self.format.ending())),
            };
            partial |= self
                .one(&packs, standard, source, reader.engine(), &path)
                .await?;
        }
        Ok(match partial {
            true => exit::PARTIAL.into(),
            false => ExitCode::SUCCESS,
        })
    }

    /// The sources asked for, or those that have rows of the standard.
    async fn sources<'p>(
        &self,
        packs: &'p Packs,
        standard: &Standard,
        engine: &lake::Engine,
    ) -> Result<Vec<&'p Source>> {
        let mut codes: Vec<String> = self.source.clone();
        if codes.is_empty() {
            let sql = format!(
                "SELECT DISTINCT source FROM coverage WHERE standard = '{}' AND rows > 0 ORDER BY source",
                standard.code
            );
            for batch in engine.rows("export", &sql).await? {
                let column = lake::arrow::array::AsArray::as_string::<i32>(batch.column(0));
                codes.extend(column.iter().flatten().map(str::to_string));
            }
        }
        if codes.is_empty() {
            return Err(exit::usage(format!(
                "nothing here is {}: `cotejo coverage` lists what there is",
                standard.code
            )));
        }
        let source = |code: &String| {
            let unknown = || exit::usage(format!("there is no source `{code}`"));
            packs.sources.get(code).ok_or_else(unknown)
        };
        codes.iter().map(source).collect()
    }

    /// Writes the package of one source. Out: whether something could not be said.
    async fn one(
        &self,
        packs: &Packs,
        standard: &Standard,
        source: &Source,
        engine: &lake::Engine,
        path: &Path,
    ) -> Result<bool> {
        let published = match &self.published_date {
            Some(date) => Some(date.clone()),
            None => received(engine, source).await?,
        };
        let wanted = Wanted {
            made_on: published.clone(),
            versioned: self.versioned,
            as_of: self.as_of.clone(),
            by_publication: self.by_publication,
            prefix: self.ocid_prefix.clone(),
        };
        let mut package = Package::new(standard, self.records || self.versioned, self.compiled)?;
        let summary = each_document(engine, packs, standard, source, &wanted, &mut |exported| {
            package
                .take(&exported)
                .map_err(|error| standards::Error::Sink(error.into()))
        })
        .await?;
        let meta = package.meta(
            source,
            &summary,
            package::Told {
                uri: self.uri.clone(),
                published_date: published.clone(),
                publisher: self.publisher.clone(),
                license: self.license.clone(),
            },
        );
        let told = package
            .write(&meta, self.format, path)
            .with_context(|| format!("writing {}", path.display()))?;
        let mut lines = told;
        if summary.built && self.ocid_prefix.is_none() && standard.code == "ocds" {
            lines
                .push("identifiers have no registered prefix: --ocid-prefix gives one".to_string());
        }
        if summary.dates_left_out > 0 {
            lines.push(format!(
                "{} dates name no day and were left out",
                summary.dates_left_out
            ));
        }
        for line in &lines {
            eprintln!("{}: {line}", source.code);
        }
        if path != Path::new("-") {
            println!(
                "{}: {} written to {}",
                source.code,
                summary.documents,
                path.display()
            );
        }
        Ok(!lines.is_empty())
    }
}

/// When the last file of a source was received: from then on its package can be what it is.
async fn received(engine: &lake::Engine, source: &Source) -> Result<Option<String>> {
    let sql = format!(
        "SELECT max(added_at) AS added_at FROM file WHERE source = '{}'",
        source.code
    );
    let rows = engine.rows("export", &sql).await?;
    let texts = rows.iter().filter_map(|batch| {
        let column = lake::arrow::array::AsArray::as_string_opt::<i32>(batch.column(0))?;
        column.iter().flatten().next().map(str::to_string)
    });
    Ok(texts.max())
}
