//! `cotejo init`

use anyhow::Result;
use clap::Args;
use lake::{Settings, Workspace};
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes an empty workspace: `cotejo.toml`, `packs/`, and the folders of its data.
#[derive(Args)]
#[command(after_help = "Example:\n  cotejo init jalisco-y-chiapas")]
pub struct Init {
    /// The folder; it may exist, if it holds no workspace.
    folder: PathBuf,
}

impl Init {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        let name = self
            .folder
            .file_name()
            .map(|name| name.to_string_lossy().to_string())
            .unwrap_or_default();
        let workspace = Workspace::create(
            &self.folder,
            Settings {
                name,
                ..Settings::default()
            },
        )?;
        println!("{}", workspace.root().display());
        eprintln!(
            "An empty workspace. Next: cd {} && cotejo add FILES && cotejo run",
            self.folder.display()
        );
        Ok(ExitCode::SUCCESS)
    }
}
