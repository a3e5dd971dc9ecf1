//! `cotejo why`

use crate::{exit, original_rows, pipeline};
use anyhow::Result;
use clap::Args;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Shows why something was flagged or noted: the rule, the value, the threshold, the innocent explanations and the original rows.
#[derive(Args)]
#[command(after_help = "Examples:\n  cotejo why 3f0c1d2e4a5b6c7d\n  cotejo why compranet-777118")]
pub struct Why {
    /// The id of a flag (`cotejo flags CODE` lists them), the start of one, or a subject.
    flag: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Why {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, packs) = pipeline::here()?;
        let reader = lake::Reader::open(&workspace).await?;
        let engine = reader.engine();
        let wanted = self.flag.replace('\'', "''");
        let sql = format!(
            "SELECT * FROM (
                SELECT stable_id(concat(indicator, '/', source, '/', subject_id)) AS flag_id, answer.* FROM flags.answer AS answer
                WHERE answer = 'flagged' OR note IS NOT NULL OR subject_id = '{wanted}'
             ) AS answer WHERE starts_with(flag_id, '{wanted}') OR subject_id = '{wanted}' OR starts_with(subject_id, '{wanted}/') ORDER BY indicator, source, subject_id LIMIT 20"
        );
        let found: Vec<Map<String, Value>> = engine
            .rows("why", &sql)
            .await?
            .iter()
            .flat_map(crate::print::objects)
            .collect();
        if found.is_empty() {
            return Err(exit::usage(format!(
                "nothing is flagged or noted under `{}`; `cotejo flags CODE` lists the ids",
                self.flag
            )));
        }
        let mut all = Vec::new();
        for answer in found {
            let id = answer["flag_id"].as_str().unwrap_or("").to_string();
            let evidence = engine.rows("why", &format!("SELECT file_id, part_id, record, element, role FROM flags.evidence WHERE flag_id = '{id}' ORDER BY role, file_id, part_id, record, element")).await?;
            let evidence: Vec<Map<String, Value>> =
                evidence.iter().flat_map(crate::print::objects).collect();
            let key = |row: &Map<String, Value>| {
                (
                    row["file_id"].as_i64().unwrap_or(0),
                    row["part_id"].as_i64().unwrap_or(0) as i32,
                    row["record"].as_i64().unwrap_or(0),
                )
            };
            let keys: BTreeSet<original_rows::Key> = evidence.iter().map(key).collect();
            let rows =
                original_rows::read(engine, &reader.manifest.tables, &packs, &keys, true).await?;
            if self.json {
                let evidence: Vec<Value> = evidence
                    .iter()
                    .map(|row| {
                        let original = rows.get(&key(row)).cloned().unwrap_or_default();
                        let cells: Map<String, Value> = original.columns.into_iter().map(|(header, cell)| (header, cell.into())).collect();
                        json!({ "role": row["role"], "path": original.path, "part": original.part, "sha256": original.sha256,
                                "position": original.position, "element": row["element"], "cells": cells })
                    })
                    .collect();
                all.push(json!({ "answer": answer, "evidence": evidence }));
                continue;
            }
            print_one(&packs, &answer);
            let mut shown = BTreeSet::new();
            for row in &evidence {
                let Some(original) = rows.get(&key(row)) else {
                    continue;
                };
                let part = if original.part.is_empty() {
                    String::new()
                } else {
                    format!(", {}", original.part)
                };
                println!(
                    "\n  {}: {}{part}, {} {}",
                    row["role"].as_str().unwrap_or(""),
                    original.path,
                    original.position,
                    row["element"].as_str().unwrap_or("")
                );
                if !shown.insert(key(row)) {
                    println!("    (the same record as above)");
                    continue;
                }
                println!("    sha256 {}", original.sha256);
                for (header, cell) in original
                    .columns
                    .iter()
                    .filter(|(_, cell)| !cell.trim().is_empty())
                {
                    println!("    {header}: {}", cell.replace(['\n', '\r'], " "));
                }
            }
            println!();
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print_one(packs: &packs::Packs, answer: &Map<String, Value>) {
    let text = |name: &str| answer[name].as_str().unwrap_or("").to_string();
    println!(
        "{} {} · {} · {} {}",
        text("indicator"),
        text("flag_id"),
        text("answer"),
        text("subject_kind"),
        text("subject_id")
    );
    if let Some(name) = answer["name"].as_str() {
        println!("  {name}");
    }
    if let Some(indicator) = packs.indicators.get(&text("indicator")) {
        println!("  {}\n  {}", indicator.title.en, indicator.rule.en);
        println!(
            "  value {} {}, threshold {}",
            text("value"),
            indicator.unit.en,
            text("threshold")
        );
        if let Some(note) = indicator.notes.get(&text("note")) {
            println!("  {}: {}", text("note"), note.text.en);
        }
        if let Some(missing) = indicator
            .requires
            .iter()
            .find(|requirement| requirement.name() == text("missing"))
        {
            println!(
                "  cannot be computed, for want of: {} ({})",
                missing.missing.en,
                text("missing")
            );
        }
        if text("answer") == "flagged" {
            println!("  A flag is a reason to look, not a verdict. It may be that:");
            indicator
                .not_proof
                .iter()
                .for_each(|reason| println!("    - {}", reason.en));
        }
    }
    if let Some(detail) = answer["detail"].as_str() {
        println!("  {detail}");
    }
}
