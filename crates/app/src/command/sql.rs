//! `cotejo sql`

use crate::pipeline;
use crate::print::{Form, Printer};
use anyhow::{Context, Result};
use clap::Args;
use futures::StreamExt;
use lake::datafusion::dataframe::DataFrameWriteOptions;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs a read-only query over all published tables: raw.*, ocds.*, oc4ids.*, sanction.*, flags.*, file, problem, coverage…
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cotejo sql \"SELECT source, count(*) FROM ocds.contract GROUP BY source\"\n  cotejo sql --json \"SELECT * FROM flags.flag\"\n  cotejo sql \"SHOW TABLES\""
)]
pub struct Sql {
    /// The query; `-` reads it from standard input.
    query: String,
    /// An array of objects.
    #[arg(long, conflicts_with_all = ["csv", "parquet"])]
    json: bool,
    /// Comma-separated values.
    #[arg(long, conflicts_with = "parquet")]
    csv: bool,
    /// Write a Parquet file.
    #[arg(long, value_name = "PATH")]
    parquet: Option<PathBuf>,
}

impl Sql {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, _) = pipeline::here()?;
        let query = match self.query.as_str() {
            "-" => std::io::read_to_string(std::io::stdin()).context("reading the query")?,
            query => query.to_string(),
        };
        let reader = lake::Reader::open(&workspace).await?;
        let frame = lake::read_only_sql(reader.engine(), &query).await?;
        let refused = |error: lake::datafusion::error::DataFusionError| lake::Error::Query {
            origin: "the query".to_string(),
            message: error.strip_backtrace(),
        };
        if let Some(path) = self.parquet {
            let path = path.to_str().context("the path is not UTF-8")?;
            frame
                .write_parquet(
                    path,
                    DataFrameWriteOptions::new().with_single_file_output(true),
                    None,
                )
                .await
                .map_err(refused)?;
            return Ok(ExitCode::SUCCESS);
        }
        let form = match (self.json, self.csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Table,
        };
        let mut printer = Printer::new(std::io::BufWriter::new(std::io::stdout().lock()), form);
        let mut stream = frame.execute_stream().await.map_err(refused)?;
        while let Some(batch) = stream.next().await {
            printer.batch(&batch.map_err(refused)?)?;
        }
        printer.finish()?;
        Ok(ExitCode::SUCCESS)
    }
}
