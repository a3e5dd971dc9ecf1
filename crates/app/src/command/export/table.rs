//! Tables as files, row by row as they are.

use super::Format;
use super::package::output;
use crate::exit;
use crate::print::{Form, Printer};
use anyhow::{Context, Result};
use futures::StreamExt;
use lake::Engine;
use lake::datafusion::dataframe::DataFrameWriteOptions;
use packs::Standard;
use std::path::Path;
use std::process::ExitCode;

/// Writes the table `name` (`ocds.contract`).
pub(super) async fn write(
    engine: &Engine,
    name: &str,
    format: Format,
    path: &Path,
) -> Result<ExitCode> {
    let is_name = |part: &str| {
        let mut bytes = part.bytes();
        !part.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if !name.split('.').all(is_name) {
        return Err(exit::usage(format!("`{name}` is no table")));
    }
    select(engine, &format!("SELECT * FROM {name}"), format, path).await
}

/// Writes every table of a standard that has rows, as Parquet, into a folder.
pub(super) async fn write_all(
    engine: &Engine,
    standard: &Standard,
    sources: &[String],
    folder: &Path,
) -> Result<ExitCode> {
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let only: Vec<String> = sources
        .iter()
        .map(|source| format!("'{}'", source.replace('\'', "''")))
        .collect();
    let only = match only.is_empty() {
        true => String::new(),
        false => format!(" WHERE source IN ({})", only.join(", ")),
    };
    for table in standard.tables.keys() {
        let from = format!("FROM {}.{table}{only}", standard.code);
        let some = engine
            .rows("export", &format!("SELECT 1 {from} LIMIT 1"))
            .await?;
        if some.iter().all(|batch| batch.num_rows() == 0) {
            continue;
        }
        let path = folder.join(format!("{table}.parquet"));
        select(engine, &format!("SELECT * {from}"), Format::Parquet, &path).await?;
        println!("{}.{table}: {}", standard.code, path.display());
    }
    Ok(ExitCode::SUCCESS)
}

async fn select(engine: &Engine, sql: &str, format: Format, path: &Path) -> Result<ExitCode> {
    let frame = lake::read_only_sql(engine, sql).await?;
    let refused = |error: lake::datafusion::error::DataFusionError| lake::Error::Query {
        origin: "the export".to_string(),
        message: error.strip_backtrace(),
    };
    let form = match format {
        Format::Json => Form::Json,
        Format::Csv => Form::SafeCsv,
        Format::Jsonl => Form::Lines,
        Format::Xlsx => {
            return Err(exit::usage(
                "a table is written as json, jsonl, csv or parquet; a whole standard also as xlsx",
            ));
        }
        Format::Parquet => {
            let path = path.to_str().context("the path is not UTF-8")?;
            let options = DataFrameWriteOptions::new().with_single_file_output(true);
            frame
                .write_parquet(path, options, None)
                .await
                .map_err(refused)?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let mut printer = Printer::new(output(path)?, form);
    let mut stream = frame.execute_stream().await.map_err(refused)?;
    while let Some(batch) = stream.next().await {
        printer.batch(&batch.map_err(refused)?)?;
    }
    printer.finish()?;
    Ok(ExitCode::SUCCESS)
}
