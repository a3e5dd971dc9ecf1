//! `cotejo add`

use crate::{exit, pipeline};
use anyhow::Result;
use clap::Args;
use lake::{Progress, Run};
use std::path::PathBuf;
use std::process::ExitCode;

/// Keeps the bytes of files and folders, recognises known layouts and reads everything; what is not recognised is read too, and listed as unmapped.
#[derive(Args)]
#[command(
    after_help = "Example:\n  cotejo add ~/descargas/obras_jalisco.xlsx ~/descargas/contratos/"
)]
pub struct Add {
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The authority the files are from (`mx-14`), if no pack says it.
    #[arg(long, default_value = "")]
    place: String,
    /// The source the files are from, if their headers do not say it.
    #[arg(long, default_value = "")]
    source: String,
    /// Print the account of each part as JSON.
    #[arg(long)]
    json: bool,
}

impl Add {
    /// Runs the command.
    pub async fn run(self) -> Result<ExitCode> {
        let (workspace, packs) = pipeline::here()?;
        let mut run = Run::begin(&workspace, pipeline::PROGRAM).await?;
        let mut added = Vec::new();
        for path in &self.paths {
            if let Some(address) = path.to_str().filter(|path| path.contains("://")) {
                return Err(exit::usage(format!(
                    "{address}: addresses cannot be fetched yet; download the file and add it"
                )));
            }
            if !path.exists() {
                return Err(anyhow::Error::new(exit::Coded {
                    code: exit::UNREADABLE,
                    message: format!("{}: there is no such file", path.display()),
                }));
            }
            for file in sources::files_below(path)? {
                added.push(sources::receive(&run, &file, &self.source, &self.place).await?);
            }
        }
        pipeline::read(&mut run, &packs, &Progress::stderr()).await?;
        drop(run);
        report(&workspace, &added, self.json).await
    }
}

/// The account of every file: found = read + set aside.
async fn report(workspace: &lake::Workspace, added: &[i64], json: bool) -> Result<ExitCode> {
    let reader = lake::Reader::open(workspace).await?;
    let ids = added
        .iter()
        .map(i64::to_string)
        .chain(["-1".to_string()])
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!("SELECT regexp_replace(path, '^.*/', '') AS file, part, CASE WHEN status = 'unmapped' THEN '(unmapped) ' || source ELSE source END AS source, layout, format, encoding,
               records_found AS found, rows_read AS read, rows_set_aside AS set_aside, status FROM file WHERE file_id IN ({ids}) ORDER BY file_id, part_id");
    let form = if json {
        crate::print::Form::Json
    } else {
        crate::print::Form::Table
    };
    let mut printer = crate::print::Printer::new(std::io::stdout().lock(), form);
    for batch in reader.engine().rows("files", &sql).await? {
        printer.batch(&batch)?;
    }
    printer.finish()?;
    let sql = format!(
        "SELECT count(*) AS n FROM file WHERE status IN ('unreadable', 'damaged') AND file_id IN ({ids})"
    );
    let bad = reader.engine().rows("files", &sql).await?;
    let bad = bad
        .iter()
        .flat_map(crate::print::objects)
        .next()
        .and_then(|row| row["n"].as_i64())
        .unwrap_or(0);
    eprintln!(
        "{} files received; {bad} could not be read whole. Their problems: cotejo sql \"SELECT * FROM problem\". Next: cotejo run",
        added.len()
    );
    Ok(if bad > 0 {
        ExitCode::from(exit::PARTIAL)
    } else {
        ExitCode::SUCCESS
    })
}
