//! The demonstration: made by the program in a folder of its own, as a person would.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// A demonstration workspace; its folder goes when this goes.
pub(super) struct Demo {
    folder: TempDir,
}

impl Demo {
    /// Makes it with `cotejo demo DIR --no-serve`, which prints what was planted against what was found.
    ///
    /// Errors: the command ends with another code than 0.
    pub(super) fn make(cotejo: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("cotejo-demo-")
            .tempdir()
            .context("making a folder")?;
        let demo = Self { folder };
        let status = Command::new(cotejo)
            .arg("demo")
            .arg(demo.folder())
            .arg("--no-serve")
            .stdin(Stdio::null())
            .status()
            .context("starting cotejo demo")?;
        ensure!(
            status.success(),
            "`cotejo demo DIR --no-serve` ended with {status}"
        );
        Ok(demo)
    }

    /// Where the workspace is.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().join("demo")
    }
}
