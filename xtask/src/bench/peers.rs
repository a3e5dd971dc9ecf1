//! The peers' Python: a virtual environment in the cache, made once for each set of packages.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// A Python that has the packages.
pub(super) struct Python {
    /// Its interpreter.
    pub program: PathBuf,
}

impl Python {
    /// Makes it, or finds it made before.
    ///
    /// Errors: a package cannot be had.
    pub(super) fn with(packages: &[&str], cache: &Path) -> Result<Self> {
        if packages.is_empty() {
            return Ok(Self {
                program: "python3".into(),
            });
        }
        let name = packages.join("_").replace("==", "-");
        let folder = cache.join("python").join(name);
        let program = folder.join("bin/python");
        // Written last, so that an environment left half made is made again.
        let done = folder.join("made");
        if !done.is_file() {
            println!("making a Python with {}", packages.join(", "));
            run(Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder))?;
            run(Command::new(&program)
                .args(["-m", "pip", "install", "--quiet"])
                .args(packages))?;
            std::fs::write(&done, packages.join("\n"))
                .with_context(|| format!("writing {}", done.display()))?;
        }
        Ok(Self { program })
    }
}

fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .context("starting Python")?;
    ensure!(
        status.success(),
        "`{}` ended with {status}",
        crate::command::shown(command)
    );
    Ok(())
}
