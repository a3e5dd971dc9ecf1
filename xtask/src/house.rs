//! The repository as a list of files, read once.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::command;

/// The repository: where it is, and the files it holds.
pub struct House {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Every file of the repository, relative to `root`, with `/` between parts: tracked, or new and not ignored.
    pub files: Vec<String>,
}

/// One crate of the workspace, as its manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name of the crate.
    pub name: String,
    /// Folder of the crate, relative to the root.
    pub folder: String,
    /// Names of all its dependencies, of every kind.
    pub dependencies: Vec<String>,
}

impl House {
    /// The house this command was called in.
    ///
    /// Errors: no folder above the current one holds `xtask/Cargo.toml`.
    pub fn open() -> Result<Self> {
        Self::at(&Self::root_above()?)
    }

    /// Its folder alone, without listing its files.
    ///
    /// Errors: no folder above the current one holds `xtask/Cargo.toml`.
    pub fn root_above() -> Result<PathBuf> {
        let here = std::env::current_dir().context("reading the current folder")?;
        let root = here.ancestors().find(|folder| {
            folder.join("xtask/Cargo.toml").is_file() && folder.join("Cargo.toml").is_file()
        });
        let root = root.with_context(|| {
            format!("{} is not inside the repository of Cotejo", here.display())
        })?;
        Ok(root.to_owned())
    }

    /// The house at `root`.
    pub fn at(root: &Path) -> Result<Self> {
        let mut files = match listed_by_git(root) {
            Some(files) => files,
            None => walked(root)?,
        };
        files.sort();
        files.dedup();
        Ok(Self {
            root: root.to_owned(),
            files,
        })
    }

    /// Text of a file of the repository.
    pub fn read(&self, file: &str) -> Result<String> {
        let bytes =
            std::fs::read(self.root.join(file)).with_context(|| format!("reading {file}"))?;
        String::from_utf8(bytes).with_context(|| format!("{file} is not UTF-8"))
    }

    /// The files whose name ends in `ending` (with its dot).
    pub fn ending_in<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a str> {
        self.files
            .iter()
            .map(String::as_str)
            .filter(move |file| file.ends_with(ending))
    }

    /// Whether a path, relative to the root, is a file or a folder here.
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The crates of the workspace, by name.
    ///
    /// Errors: `cargo metadata` fails, which is a broken manifest.
    pub fn members(&self) -> Result<Vec<Member>> {
        let text = command::output(command::cargo(&self.root).args([
            "metadata",
            "--no-deps",
            "--format-version=1",
        ]))?;
        let mut members = members_of(&text, &self.root)?;
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(members)
    }

    /// The folder where cargo builds.
    pub fn target_folder(&self) -> Result<PathBuf> {
        let text = command::output(command::cargo(&self.root).args([
            "metadata",
            "--no-deps",
            "--format-version=1",
        ]))?;
        Ok(serde_json::from_str::<Metadata>(&text)?.target_directory)
    }
}

/// The part of `cargo metadata` that is used here; read by hand, because the crate for it turns on a feature of
/// `serde_json` that would have the big dependencies built twice (see `check/one_build.rs`).
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

fn members_of(metadata: &str, root: &Path) -> Result<Vec<Member>> {
    let metadata: Metadata = serde_json::from_str(metadata).context("reading cargo metadata")?;
    metadata
        .packages
        .into_iter()
        .map(|package| {
            let folder = package.manifest_path.parent().unwrap_or(root);
            let Ok(folder) = folder.strip_prefix(root) else {
                bail!("the crate {} stands outside the repository", package.name);
            };
            Ok(Member {
                name: package.name,
                folder: slashed(folder),
                dependencies: package
                    .dependencies
                    .into_iter()
                    .map(|dependency| dependency.name)
                    .collect(),
            })
        })
        .collect()
}

/// Tracked files and new ones; none when this is not a git repository, or git is not there.
fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    let names = String::from_utf8(output.stdout).ok()?;
    // A file deleted and not yet committed is still listed.
    Some(
        names
            .split_terminator('\0')
            .filter(|name| root.join(name).is_file())
            .map(str::to_owned)
            .collect(),
    )
}

/// Every file but those of tools: what an unpacked archive of the repository holds.
fn walked(root: &Path) -> Result<Vec<String>> {
    let kept = |entry: &walkdir::DirEntry| {
        !(entry.file_type().is_dir()
            && matches!(
                entry.file_name().to_str(),
                Some(".git" | "target" | "node_modules")
            ))
    };
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root).into_iter().filter_entry(kept) {
        let entry = entry.with_context(|| format!("listing {}", root.display()))?;
        if entry.file_type().is_file() {
            files.push(slashed(
                entry.path().strip_prefix(root).unwrap_or(entry.path()),
            ));
        }
    }
    Ok(files)
}

fn slashed(path: &Path) -> String {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
pub(crate) mod made {
    //! Small houses for the tests of the checks.

    use super::House;

    /// A house in a new folder with these files in it.
    pub(crate) fn house(files: &[(&str, &str)]) -> (tempfile::TempDir, House) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let house = House::at(folder.path()).unwrap();
        (folder, house)
    }
}
