//! `cotejo __read-workbook`: a child process with its own limit of memory.

use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Streams the cells of a workbook to the parent.
#[derive(Args)]
pub struct ReadWorkbook {
    path: PathBuf,
    memory_bytes: u64,
}

impl ReadWorkbook {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        ExitCode::from(sources::child_main(&self.path, self.memory_bytes))
    }
}
