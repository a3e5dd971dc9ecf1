//! `cotejo inspect`

use crate::knowledge;
use anyhow::Result;
use clap::Args;
use packs::Packs;
use serde_json::json;
use sources::{Account, Limits, Listener, Object, Part, Plan, Problem, Row, Shape, Workbooks};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Says how each file is read: format, encoding, parts, headers, columns with examples, problems. Touches nothing.
#[derive(Args)]
#[command(after_help = "Example:\n  cotejo inspect obras.xlsx contratos.csv")]
pub struct Inspect {
    /// Files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        let packs = Packs::read(knowledge::built_in())?;
        let workbooks = Workbooks::Child {
            program: std::env::current_exe()?,
            memory_bytes: 1 << 30,
        };
        let mut all = Vec::new();
        for path in &self.files {
            let mut looking = Looking {
                packs: &packs,
                parts: Vec::new(),
                problems: BTreeMap::new(),
            };
            sources::read_file(
                path,
                &path.to_string_lossy(),
                &Limits::default(),
                &workbooks,
                &mut looking,
            )?;
            if self.json {
                all.push(looking.json(&path.to_string_lossy()));
            } else {
                looking.print(&path.to_string_lossy());
            }
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        }
        Ok(ExitCode::SUCCESS)
    }
}

struct Looking<'a> {
    packs: &'a Packs,
    parts: Vec<Seen>,
    problems: BTreeMap<&'static str, (u64, String)>,
}

struct Seen {
    part: Part,
    source: String,
    layout: String,
    known: bool,
    columns: Vec<Column>,
    by_id: BTreeMap<(usize, u32), usize>,
    account: Account,
}

struct Column {
    header: String,
    filled: u64,
    example: String,
}

impl Column {
    fn new(header: String) -> Column {
        Column {
            header,
            filled: 0,
            example: String::new(),
        }
    }

    fn add(&mut self, cell: &str) {
        if !cell.is_empty() {
            self.filled += 1;
            if self.filled == 1 {
                self.example = cell.chars().take(60).collect();
            }
        }
    }
}

impl Listener for Looking<'_> {
    fn begin(&mut self, part: &Part) -> Result<Plan, sources::Error> {
        let found = sources::identify(self.packs, part, "", "");
        let columns = match &part.shape {
            Shape::Table { header, .. } => header.iter().cloned().map(Column::new).collect(),
            Shape::Document { .. } => Vec::new(),
        };
        let mut by_id = BTreeMap::new();
        if let Plan::Blocks(plan) = &found.plan {
            let lists = std::iter::once(0).chain(1..=plan.lists.len());
            by_id.extend(
                lists.flat_map(|list| (0..plan.width).map(move |id| ((list, id as u32), id))),
            );
        }
        let seen = Seen {
            part: part.clone(),
            source: found.source,
            layout: found.layout,
            known: found.known,
            columns,
            by_id,
            account: Account::default(),
        };
        self.parts.push(seen);
        Ok(found.plan)
    }

    fn row(&mut self, row: &Row<'_>) -> Result<(), sources::Error> {
        if let Some(seen) = self.parts.last_mut() {
            for (index, column) in seen.columns.iter_mut().enumerate() {
                column.add(row.cell(index).unwrap_or(""));
            }
        }
        Ok(())
    }

    fn column(&mut self, list: usize, id: u32, path: &str) -> Result<(), sources::Error> {
        if let Some(seen) = self.parts.last_mut() {
            let header = if list == 0 {
                path.to_string()
            } else {
                format!("[{list}] {path}")
            };
            seen.by_id.insert((list, id), seen.columns.len());
            seen.columns.push(Column::new(header));
        }
        Ok(())
    }

    fn object(&mut self, object: &Object<'_>) -> Result<(), sources::Error> {
        if let Some(seen) = self.parts.last_mut() {
            for (id, text) in object.values {
                if let Some(index) = seen.by_id.get(&(object.list, *id)) {
                    seen.columns[*index].add(text);
                }
            }
        }
        Ok(())
    }

    fn cell(&mut self, _: u64, _: usize, _: &'static str, _: &str) -> Result<(), sources::Error> {
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> Result<(), sources::Error> {
        let first = format!("{} {} {}", problem.position, problem.column, problem.found);
        let entry = self.problems.entry(problem.code).or_insert((0, first));
        entry.0 += 1;
        Ok(())
    }

    fn end(&mut self, account: Account) -> Result<(), sources::Error> {
        if let Some(seen) = self.parts.last_mut() {
            seen.account = account;
        }
        Ok(())
    }
}

impl Looking<'_> {
    fn print(&self, path: &str) {
        println!("{path}");
        for seen in &self.parts {
            let name = if seen.part.name.is_empty() {
                String::new()
            } else {
                format!("{}: ", seen.part.name)
            };
            let known = if seen.known {
                format!("source {} layout {}", seen.source, seen.layout)
            } else {
                "no pack knows it".to_string()
            };
            println!(
                "  {name}{} {} {} · {known}",
                seen.part.format,
                seen.part.encoding,
                shown_delimiter(&seen.part.delimiter)
            );
            if let Shape::Table {
                preamble,
                header_position,
                ..
            } = &seen.part.shape
            {
                println!(
                    "  header at {header_position}; lines above it: {}",
                    preamble.len()
                );
            }
            let account = &seen.account;
            println!(
                "  records found {}, read {}, set aside {}",
                account.records_found, account.rows_read, account.rows_set_aside
            );
            for column in &seen.columns {
                println!(
                    "    {:<44} {:>9}  {}",
                    column.header.replace(['\n', '\r'], " "),
                    column.filled,
                    column.example.replace(['\n', '\r'], " ")
                );
            }
        }
        for (code, (count, first)) in &self.problems {
            println!("  problem {code} × {count}: {}", first.trim());
        }
    }

    fn json(&self, path: &str) -> serde_json::Value {
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|seen| {
                let columns: Vec<_> = seen.columns.iter().map(|c| json!({ "header": c.header, "filled": c.filled, "example": c.example })).collect();
                json!({ "part": seen.part.name, "format": seen.part.format, "encoding": seen.part.encoding, "delimiter": seen.part.delimiter,
                        "source": seen.source, "layout": seen.layout, "known": seen.known, "records_found": seen.account.records_found,
                        "rows_read": seen.account.rows_read, "rows_set_aside": seen.account.rows_set_aside, "columns": columns })
            })
            .collect();
        let problems: Vec<_> = self.problems.iter().map(|(code, (count, first))| json!({ "code": code, "count": count, "first": first.trim() })).collect();
        json!({ "path": path, "parts": parts, "problems": problems })
    }
}

fn shown_delimiter(delimiter: &str) -> String {
    match delimiter {
        "" => String::new(),
        "\t" => "tab".to_string(),
        other => format!("`{other}`"),
    }
}
