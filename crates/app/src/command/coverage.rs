//! `cotejo coverage`

use crate::pipeline;
use crate::print::{Form, Printer};
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;

/// How many rows fill each field of a standard, by source and layout; or, with --indicators, what each rule can answer where.
#[derive(Args)]
#[command(after_help = "Examples:\n  cotejo coverage oc4ids\n  cotejo coverage --indicators")]
pub struct Coverage {
    /// `ocds`, `oc4ids`, `sanction`.
    standard: Option<String>,
    /// What each rule can answer, by source.
    #[arg(long)]
    indicators: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Coverage {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, _) = pipeline::here()?;
        let reader = lake::Reader::open(&workspace).await?;
        let standard = self.standard.unwrap_or_default().replace('\'', "''");
        let sql = if self.indicators {
            "SELECT indicator, source, answer, coalesce(missing, '') AS missing, count(*) AS subjects FROM flags.answer GROUP BY indicator, source, answer, missing ORDER BY 1, 2, 3, 4".to_string()
        } else {
            format!(
                "SELECT standard || '.' || \"table\" || '.' || field AS field, source, layout, rows, filled, valid, in_codelist, mapped FROM coverage
                 WHERE '{standard}' = '' OR standard = '{standard}' ORDER BY 1, 2, 3"
            )
        };
        let mut printer = Printer::new(
            std::io::stdout().lock(),
            if self.json { Form::Json } else { Form::Table },
        );
        for batch in reader.engine().rows("coverage", &sql).await? {
            printer.batch(&batch)?;
        }
        printer.finish()?;
        Ok(ExitCode::SUCCESS)
    }
}
