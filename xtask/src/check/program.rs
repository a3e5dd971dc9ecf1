//! What only the program can say about itself: its queries plan, its packs are complete, its commands exist.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::shown_commands::{Shown, missing, shown_on};
use crate::command;
use crate::house::House;

/// The pages whose commands must exist; decisions and the changelog may speak of what was.
fn is_for_readers(page: &str) -> bool {
    !page.starts_with("docs/decisions/") && page != "CHANGELOG.md"
}

/// Builds the program, in the profile of the tests.
///
/// Out: path of `cotejo`.
pub fn build(house: &House) -> Result<PathBuf> {
    let mut cargo = command::cargo(&house.root);
    let status = cargo
        .args(["build", "--locked", "--package", "app", "--bin", "cotejo"])
        .status()
        .context("starting cargo build")?;
    anyhow::ensure!(status.success(), "the program does not build");
    Ok(house.target_folder()?.join("debug/cotejo"))
}

/// Asks the program at `cotejo` to check itself, and compares the commands our pages show with those there are.
///
/// Out: whether both hold.
pub fn check(house: &House, cotejo: &Path) -> Result<bool> {
    // It prints one line per check of its own, and ends with 1 when one is broken.
    let status = Command::new(cotejo)
        .arg("house-check")
        .current_dir(&house.root)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("starting {}", cotejo.display()))?;
    if !status.success() {
        println!("BROKEN house-check: `cotejo house-check` ended with {status}");
    }
    let broken = broken_commands(house, cotejo)?;
    super::print_line(
        "shown_commands",
        "every command and flag shown in the Markdown pages exists",
        &broken,
    );
    Ok(status.success() && broken.is_empty())
}

fn broken_commands(house: &House, cotejo: &Path) -> Result<Vec<String>> {
    let mut shown = Vec::new();
    for page in house.ending_in(".md").filter(|page| is_for_readers(page)) {
        shown.extend(shown_on(page, &house.read(page)?));
    }
    let mut help = BTreeMap::new();
    for Shown {
        program,
        command: name,
        ..
    } in &shown
    {
        let key = format!("{program} {name}");
        if !help.contains_key(&key)
            && let Some(text) = help_of(house, cotejo, program, name)?
        {
            help.insert(key, text);
        }
    }
    Ok(missing(&shown, &help))
}

/// The help of a command; none when there is no such command.
fn help_of(house: &House, cotejo: &Path, program: &str, name: &str) -> Result<Option<String>> {
    let mut asked = match (program, name.split_once(' ')) {
        ("cotejo", _) => Command::new(cotejo),
        // Not the running program: a build in between may have put another in its place.
        (_, Some(("xtask", _))) => Command::new(house.target_folder()?.join("debug/xtask")),
        _ => command::cargo(&house.root),
    };
    let word = name.rsplit(' ').next().unwrap_or(name);
    // `cargo demo` is an alias for a command of ours, with its flags.
    if program == "cargo" && name == "demo" {
        asked = Command::new(cotejo);
    }
    let output = asked
        .args([word, "--help"])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("asking {name}"))?;
    Ok(output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}
