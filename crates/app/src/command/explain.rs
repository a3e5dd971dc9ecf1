//! `cotejo explain`

use crate::{exit, knowledge, pipeline};
use anyhow::Result;
use clap::Args;
use packs::{Packs, path_slug};
use standards::RawColumns;
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Explains a rule (`R003`) or the mapping of a source (`mx_federal__compranet`) in words and in the SQL that runs.
#[derive(Args)]
#[command(after_help = "Examples:\n  cotejo explain R003\n  cotejo explain mx_federal__compranet")]
pub struct Explain {
    /// A rule or a source; without it, the list of both.
    what: Option<String>,
}

impl Explain {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let packs = match pipeline::here() {
            Ok((_, packs)) => packs,
            Err(_) => Packs::read(knowledge::built_in())?, // Outside a workspace, what is built in.
        };
        let Some(what) = self.what else {
            packs
                .indicators
                .values()
                .for_each(|indicator| println!("{:<28} {}", indicator.code, indicator.title.en));
            packs
                .sources
                .values()
                .for_each(|source| println!("{:<28} {}", source.code, source.title.en));
            return Ok(ExitCode::SUCCESS);
        };
        if let Some(indicator) = packs.indicators.get(&what.to_uppercase()) {
            println!(
                "{} {}\n\n{}\n\n{}\n",
                indicator.code, indicator.title.en, indicator.rule.en, indicator.why.en
            );
            println!("It may be innocent:");
            indicator
                .not_proof
                .iter()
                .for_each(|reason| println!("- {}", reason.en));
            println!("\nNumbers:");
            for row in packs
                .parameters
                .iter()
                .filter(|row| row.indicator == indicator.code)
            {
                println!(
                    "- {} = {} {} {} {}–{} ({}; {})",
                    row.name,
                    row.value,
                    row.place,
                    row.category,
                    row.valid_from,
                    row.valid_to,
                    row.status,
                    row.source
                );
            }
            println!(
                "\n-- population\n{}\n\n-- rule\n{}\n\n-- evidence\n{}",
                indicator.population_sql.trim(),
                indicator.sql.trim(),
                indicator.evidence_sql.trim()
            );
            return Ok(ExitCode::SUCCESS);
        }
        let Some(source) = packs.sources.get(&what) else {
            return Err(exit::usage(format!(
                "there is no rule or source `{what}`; `cotejo explain` lists them"
            )));
        };
        println!(
            "{} {}\n\n{}\n\n{} · {}\n",
            source.code, source.title.en, source.description.en, source.publisher, source.url
        );
        for block in standards::compile(&packs, source, &declared(&packs, source))? {
            println!("-- {}.{}\n{};\n", block.standard, block.target, block.sql);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The raw columns a mapping names, as if every list had been seen.
pub fn declared(packs: &Packs, source: &packs::Source) -> RawColumns {
    let mut raw = RawColumns::new();
    raw.insert(String::new(), BTreeSet::new());
    let Some(mapping) = packs.mappings.get(&source.code) else {
        return raw;
    };
    let standard = &packs.standards[&mapping.standard];
    for list in mapping.tables.iter().map(|rule| rule.list.clone()) {
        raw.entry(list).or_default();
    }
    if mapping.paths {
        for table in standard.tables.values() {
            for list in table.places() {
                raw.entry(list.to_string()).or_default();
            }
        }
        for table in standard.tables.values() {
            let paths = table.places().flat_map(|place| {
                table
                    .fields
                    .iter()
                    .filter_map(move |field| field.path_in(place))
            });
            for path in paths {
                let lists: Vec<String> = raw.keys().cloned().collect();
                let nearest = lists
                    .iter()
                    .filter(|list| list.is_empty() || path.starts_with(&format!("{list}/")))
                    .max_by_key(|list| list.len());
                if let Some(list) = nearest {
                    let rest = path.strip_prefix(list.as_str()).unwrap_or(&path);
                    raw.entry(list.clone()).or_default().insert(path_slug(rest));
                }
            }
        }
    }
    raw
}
