//! A workload as its file says it: the input, who runs on it, and what must come out.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::measure::{self, Figures};
use crate::command;
use crate::house::House;

/// One file of `bench/workloads`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Workload {
    /// Name of the file, without its ending.
    #[serde(skip)]
    pub name: String,
    /// What is measured, in a line.
    pub title: String,
    /// How often each program runs; the median counts.
    pub runs: usize,
    /// What they all read.
    pub input: Input,
    /// Ours and the peers.
    pub run: Vec<Contestant>,
    /// What ours must reach, and what it aims at.
    #[serde(default)]
    pub limit: Vec<Limit>,
}

/// The input, made by a generator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Name of the file.
    pub file: String,
    /// Its size; the last row may go over it.
    pub bytes: u64,
    /// A generator among what stands beside the repository, used when it is there; ours is used otherwise.
    pub shared_generator: Option<String>,
    /// What that generator is told; `{out}`, `{bytes}` and `{rows}` are filled in.
    #[serde(default = "bytes_and_out")]
    pub arguments: Vec<String>,
    /// Bytes of a row of it, for `{rows}`.
    #[serde(default)]
    pub row_bytes: Option<u64>,
}

fn bytes_and_out() -> Vec<String> {
    ["--bytes", "{bytes}", "--out", "{out}"]
        .map(str::to_owned)
        .to_vec()
}

/// A program that is measured.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contestant {
    /// Name in the table; ours is `cotejo`.
    pub name: String,
    /// What it does with the input.
    pub does: String,
    /// Packages of PyPI it needs, with their versions.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Commands run before it, in the same folder, and not measured.
    #[serde(default)]
    pub before: Vec<Vec<String>>,
    /// The command that is measured. `{cotejo}`, `{python}`, `{input}`, `{bench}` and `{cores}` are filled in;
    /// it runs in a new empty folder.
    pub command: Vec<String>,
}

/// A bound on ours.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    /// The run that is bound.
    pub of: String,
    /// A peer whose processor seconds times `ratio` are the bound.
    pub against: Option<String>,
    /// Largest ratio of processor seconds to the peer's.
    pub ratio: Option<f64>,
    /// Largest peak of memory.
    pub peak_mb: Option<f64>,
    /// Whether it must be met, or is aimed at.
    pub kind: LimitKind,
}

/// How serious a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LimitKind {
    /// Missing it is a defect.
    Must,
    /// Missing it is a wish left open.
    Aim,
}

/// What the placeholders of a command stand for.
pub(super) struct Places<'a> {
    pub cotejo: &'a Path,
    pub python: &'a Path,
    pub input: &'a Path,
    pub house: &'a House,
}

/// The workload of this name, or all of them.
///
/// Errors: there is none of that name, or a file has a key nobody knows.
pub(super) fn read(house: &House, name: Option<&str>) -> Result<Vec<Workload>> {
    let mut workloads = Vec::new();
    let mut names = Vec::new();
    for file in house
        .files
        .iter()
        .filter(|file| file.starts_with("bench/workloads/") && file.ends_with(".toml"))
    {
        let stem = Path::new(file)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.is_none_or(|name| name == stem) {
            let mut workload: Workload =
                toml::from_str(&house.read(file)?).with_context(|| format!("reading {file}"))?;
            workload.name.clone_from(&stem);
            workloads.push(workload);
        }
        names.push(stem);
    }
    ensure!(
        !workloads.is_empty(),
        "no such workload; there are: {}",
        names.join(", ")
    );
    Ok(workloads)
}

impl Workload {
    /// Packages of all its peers.
    pub(super) fn packages(&self) -> Vec<&str> {
        self.run
            .iter()
            .flat_map(|contestant| &contestant.packages)
            .map(String::as_str)
            .collect()
    }
}

impl Contestant {
    /// Runs it once, in a folder of its own, and says what it took.
    ///
    /// Errors: it, or a command before it, ends with another code than 0.
    pub(super) fn measured(&self, places: &Places<'_>) -> Result<Figures> {
        let folder = tempfile::Builder::new()
            .prefix("cotejo-bench-")
            .tempdir()
            .context("making a folder")?;
        for before in &self.before {
            let words = places.fill(before);
            let (program, arguments) = words
                .split_first()
                .context("an empty command in `before`")?;
            command::output(
                std::process::Command::new(program)
                    .args(arguments)
                    .current_dir(folder.path()),
            )?;
        }
        measure::run(places.house, &places.fill(&self.command), folder.path())
            .with_context(|| format!("measuring {}", self.name))
    }
}

impl Places<'_> {
    fn fill(&self, words: &[String]) -> Vec<String> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        words
            .iter()
            .map(|word| {
                word.replace("{cotejo}", &self.cotejo.to_string_lossy())
                    .replace("{python}", &self.python.to_string_lossy())
                    .replace("{input}", &self.input.to_string_lossy())
                    .replace("{bench}", &self.house.root.join("bench").to_string_lossy())
                    .replace("{cores}", &cores.to_string())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_of_the_house_reads_and_its_limits_name_its_runs() {
        let root =
            Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("..");
        for workload in read(&House::at(&root).unwrap(), None).unwrap() {
            let names: Vec<_> = workload.run.iter().map(|run| run.name.as_str()).collect();
            for limit in &workload.limit {
                assert!(
                    names.contains(&limit.of.as_str()),
                    "{}: no run {}",
                    workload.name,
                    limit.of
                );
                assert_eq!(
                    limit.against.is_some(),
                    limit.ratio.is_some(),
                    "{}: a ratio is to a peer",
                    workload.name
                );
                assert!(
                    limit
                        .against
                        .as_deref()
                        .is_none_or(|peer| names.contains(&peer)),
                    "{}",
                    workload.name
                );
            }
        }
    }
}
