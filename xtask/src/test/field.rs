//! The tools that the field already uses, asked about what Cotejo reads, merges, checks and writes.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::stages::Walk;
use crate::python::{Python, cache_folder};

/// Runs `conformance/check.py` in a Python that has the packages of `conformance/requirements.txt`.
///
/// Out: whether every comparison holds.
pub(super) fn run(walk: &mut Walk<'_>) -> Result<bool> {
    let folder = walk.house.root.join("conformance");
    let wanted = folder.join("requirements.txt");
    let text = std::fs::read_to_string(&wanted)
        .with_context(|| format!("reading {}", wanted.display()))?;
    let packages: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let python = Python::with(&packages, &cache_folder()?)?;
    let program = walk.program()?;
    let mut check = Command::new(&python.program);
    check
        .arg(folder.join("check.py"))
        .arg("--cotejo")
        .arg(&program)
        .arg("--examples")
        .arg(program.with_file_name("examples"));
    if let Some(shared) = walk.real_files.folder() {
        check.arg("--shared").arg(shared);
    }
    let status = check
        .stdin(Stdio::null())
        .status()
        .context("starting conformance/check.py")?;
    Ok(status.success())
}
