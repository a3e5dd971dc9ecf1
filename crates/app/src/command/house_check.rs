//! `cotejo house-check`: what can be checked of the packs in seconds, without data.

use crate::command::explain::declared;
use crate::knowledge;
use anyhow::Result;
use clap::Args;
use lake::arrow::datatypes::DataType;
use lake::{Engine, TableName, system};
use packs::{Folder, Indicator, Packs, Publishes, path_slug};
use standards::RawColumns;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

/// Plans every query against empty tables, checks the SQL arrows and that packs are complete.
#[derive(Args)]
pub struct HouseCheck {
    /// A packs folder to check in place of the one built in.
    #[arg(long)]
    packs: Option<PathBuf>,
}

impl HouseCheck {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let folder = match &self.packs {
            Some(path) => Folder::read(path)?,
            None => knowledge::built_in(),
        };
        // The demonstration's packs lie beside the others and are checked with them.
        let with_demo = folder.clone().overlay(folder.under("demo/"));
        let packs = Packs::read(with_demo)?;
        let mut broken = Vec::new();
        let mut planned = 0;
        let engine = indicators::cases::empty_engine(&packs, &standards::table_schema).await?;
        engine.add_batches(&TableName::new("asked", "answer"), system::answer(), vec![])?;
        for indicator in packs.indicators.values() {
            planned += 1;
            broken.extend(indicator_check(&packs, &engine, indicator).await);
        }
        report(
            "every indicator is complete, plans, and reads only tables on its left",
            planned,
            &mut broken,
        );
        let mut planned = 0;
        for standard in packs.standards.values() {
            planned += standard.checks.len();
            broken.extend(standards::checks::check_packs(&engine, standard).await?);
        }
        report(
            "every check is complete, plans, and reads only tables on its left",
            planned,
            &mut broken,
        );
        for link in packs.links.values() {
            // Links are made before flags and never from each other's tables.
            let on_the_left = |table: &TableName| {
                packs.standards.contains_key(&table.schema)
                    || (table.schema == "cotejo" && OWN.contains(&table.name.as_str()))
            };
            broken.extend(links::check(&engine, link, &on_the_left).await?);
        }
        report(
            "every kind of link is complete, plans, and reads only tables on its left",
            packs.links.len(),
            &mut broken,
        );
        let mut planned = 0;
        for source in packs.sources.values() {
            let raw = declared(&packs, source);
            for (list, columns) in &raw {
                let name = if list.is_empty() {
                    source.code.clone()
                } else {
                    format!("{}__{}", source.code, path_slug(list))
                };
                let mut fields: Vec<(&str, DataType)> = vec![
                    ("file_id", DataType::Int64),
                    ("part_id", DataType::Int32),
                    ("record", DataType::Int64),
                ];
                fields.extend(
                    ["position", "element", "parent", "layout", "rest"]
                        .map(|name| (name, DataType::Utf8)),
                );
                fields.extend(
                    columns
                        .iter()
                        .filter(|name| !fields_named(name))
                        .map(|name| (name.as_str(), DataType::Utf8)),
                );
                engine.add_batches(
                    &TableName::new("raw", &name),
                    system::columns(&fields),
                    vec![],
                )?;
                fields.extend([
                    ("origin_file_id", DataType::Int64),
                    ("origin_part_id", DataType::Int32),
                    ("origin_record", DataType::Int64),
                    ("origin_element", DataType::Utf8),
                ]);
                engine.add_batches(
                    &TableName::new("merged", &name),
                    system::columns(&fields),
                    vec![],
                )?;
            }
            let merged = match source.publishes {
                Publishes::Releases => raw.clone(),
                _ => RawColumns::new(),
            };
            for block in standards::compile(&packs, source, &raw, &merged)? {
                planned += 1;
                let origin = format!(
                    "packs/{}mapping.toml, table {}",
                    source.folder, block.target
                );
                if let Err(error) = engine.frame(&origin, &block.sql).await {
                    broken.push(error.to_string());
                }
            }
            if source.title.es.is_empty()
                || source.title.en.is_empty()
                || source.publisher.is_empty()
            {
                broken.push(format!(
                    "packs/{}source.toml: title in both languages and publisher are needed",
                    source.folder
                ));
            }
        }
        report("every mapping compiles and plans", planned, &mut broken);
        Ok(if broken.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(crate::exit::FINDINGS)
        })
    }
}

fn fields_named(name: &str) -> bool {
    matches!(
        name,
        "file_id" | "part_id" | "record" | "position" | "element" | "parent" | "layout" | "rest"
    )
}

fn report(check: &str, count: usize, broken: &mut [String]) {
    if broken.is_empty() {
        println!("ok      {check} ({count})");
    } else {
        println!("BROKEN  {check}");
        broken.iter().for_each(|line| println!("        {line}"));
    }
}

async fn indicator_check(packs: &Packs, engine: &Engine, indicator: &Indicator) -> Vec<String> {
    let mut broken = Vec::new();
    let place = format!("packs/{}", indicator.folder);
    let queries = indicators::queries(indicator);
    for (name, sql) in [
        ("indicator.sql", &queries.answers),
        ("evidence.sql", &queries.evidence),
    ] {
        match engine.tables_of(&format!("{place}{name}"), sql).await {
            Err(error) => broken.push(error.to_string()),
            Ok(tables) => broken.extend(
                wrong_arrows(packs, &tables)
                    .into_iter()
                    .map(|table| format!("{place}{name}: reads {table}, which is not on its left")),
            ),
        }
    }
    let texts = [
        &indicator.title,
        &indicator.question,
        &indicator.why,
        &indicator.rule,
        &indicator.unit,
    ];
    if texts
        .iter()
        .any(|text| text.es.trim().is_empty() || text.en.trim().is_empty())
    {
        broken.push(format!(
            "{place}indicator.toml: a text is missing in Spanish or English"
        ));
    }
    if indicator.not_proof.is_empty() {
        broken.push(format!(
            "{place}indicator.toml: not_proof is empty; every flag shows its innocent explanations"
        ));
    }
    for requirement in &indicator.requires {
        let name = requirement.name();
        let mut parts = name.split('.');
        let (first, table, field) = (parts.next().unwrap_or(""), parts.next(), parts.next());
        if let Some(standard) = packs.standards.get(first) {
            let declared = table.and_then(|table| standard.tables.get(table));
            let known = declared.is_some_and(|table| {
                field.is_none_or(|field| table.field(field).is_some() || field == "edition_date")
            });
            if !known {
                broken.push(format!(
                    "{place}indicator.toml: requires `{name}`, which is no field"
                ));
            }
        }
    }
    broken
}

/// The lake's own tables that packs may read.
const OWN: [&str; 5] = ["file", "parameter", "source_info", "place_info", "coverage"];

/// Tables an indicator may not read: it sees standards, links and the lake's own tables, never raw files or other flags.
fn wrong_arrows(packs: &Packs, tables: &BTreeSet<TableName>) -> Vec<String> {
    let allowed = |table: &&TableName| {
        packs.standards.contains_key(&table.schema)
            || table.schema == "asked"
            || table.schema == "links"
            || (table.schema == "cotejo" && OWN.contains(&table.name.as_str()))
    };
    tables
        .iter()
        .filter(|table| !allowed(table))
        .map(TableName::to_string)
        .collect()
}
