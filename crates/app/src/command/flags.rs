//! `cotejo flags`

use crate::exit;
use crate::pipeline;
use crate::print::{Form, Printer};
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;

/// Counts the answers of every rule, or lists the flags and notes of one. A flag is a reason to look, never a verdict.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cotejo flags\n  cotejo flags R003\n  cotejo flags MX69B --json"
)]
pub struct Flags {
    /// The code of a rule.
    code: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// End with 1 if there is at least one flag.
    #[arg(long)]
    fail_on_flags: bool,
}

impl Flags {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, packs) = pipeline::here()?;
        let reader = lake::Reader::open(&workspace).await?;
        let sql = match &self.code {
            None => "SELECT indicator, source, count(*) FILTER (WHERE answer = 'flagged') AS flagged, count(*) FILTER (WHERE answer = 'clear') AS clear,
                     count(*) FILTER (WHERE answer = 'not_computable') AS not_computable, coalesce(string_agg(DISTINCT missing, ', ' ORDER BY missing), '') AS missing
                     FROM flags.answer GROUP BY indicator, source ORDER BY indicator, source".to_string(),
            Some(code) => {
                let code = code.to_uppercase();
                if !packs.indicators.contains_key(&code) {
                    let known: Vec<&str> = packs.indicators.keys().map(String::as_str).collect();
                    return Err(exit::usage(format!("there is no rule `{code}`; rules: {}", known.join(", "))));
                }
                format!(
                    "SELECT coalesce(flag.flag_id, stable_id(concat(answer.indicator, '/', answer.source, '/', answer.subject_id))) AS flag_id,
                            answer.answer, coalesce(answer.note, '') AS note, answer.source, answer.subject_id, answer.value, answer.threshold, answer.amount, answer.currency, answer.name
                     FROM flags.answer AS answer LEFT JOIN flags.flag AS flag
                     ON flag.indicator = answer.indicator AND flag.source = answer.source AND flag.subject_id = answer.subject_id
                     WHERE answer.indicator = '{code}' AND (answer.answer = 'flagged' OR answer.note IS NOT NULL)
                     ORDER BY answer.answer DESC, note, answer.source, answer.subject_id"
                )
            }
        };
        let mut printer = Printer::new(
            std::io::stdout().lock(),
            if self.json { Form::Json } else { Form::Table },
        );
        for batch in reader.engine().rows("flags", &sql).await? {
            printer.batch(&batch)?;
        }
        printer.finish()?;
        let code = self
            .code
            .map(|code| code.to_uppercase())
            .unwrap_or_default();
        let open = format!(
            "SELECT count(*) AS n FROM flags.flag WHERE closed_on IS NULL AND ('{code}' = '' OR indicator = '{code}')"
        );
        let flagged = reader.engine().rows("flags", &open).await?;
        let flagged = flagged
            .iter()
            .flat_map(crate::print::objects)
            .next()
            .and_then(|row| row["n"].as_i64())
            .unwrap_or(0);
        Ok(if self.fail_on_flags && flagged > 0 {
            ExitCode::from(exit::FINDINGS)
        } else {
            ExitCode::SUCCESS
        })
    }
}
