//! `cotejo run`

use crate::pipeline;
use anyhow::Result;
use clap::Args;
use lake::{Outcome, Progress, Run};
use std::process::ExitCode;

/// Reads, harmonises, asks the rules and prepares the pages; steps whose inputs are unchanged are skipped.
#[derive(Args)]
#[command(after_help = "Example:\n  cotejo run --steps")]
pub struct RunAll {
    /// Print every step and what became of it.
    #[arg(long)]
    steps: bool,
    /// Print the steps as JSON.
    #[arg(long)]
    json: bool,
}

impl RunAll {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, packs) = pipeline::here()?;
        let mut run = Run::begin(&workspace, pipeline::PROGRAM).await?;
        pipeline::all(&mut run, &packs, &Progress::stderr()).await?;
        let word = |outcome: Outcome| {
            if outcome == Outcome::Done {
                "done"
            } else {
                "skipped"
            }
        };
        if self.json {
            let steps: Vec<_> = run.reports.iter().map(|report| serde_json::json!({ "step": report.step, "outcome": word(report.outcome), "rows": report.rows })).collect();
            println!("{}", serde_json::to_string_pretty(&steps)?);
        } else {
            if self.steps {
                run.reports.iter().for_each(|report| {
                    println!(
                        "{:<8} {:>9}  {}",
                        word(report.outcome),
                        report.rows,
                        report.step
                    )
                });
            }
            println!("{}", pipeline::summary(&run));
        }
        Ok(ExitCode::SUCCESS)
    }
}
