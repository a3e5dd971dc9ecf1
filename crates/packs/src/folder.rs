//! A pack folder as paths and texts, from disk or built into the program, with layers on top.

use crate::error::Error;
use std::collections::BTreeMap;
use std::path::Path;

/// Files by their path inside the folder (`indicators/r003_…/indicator.sql`).
#[derive(Debug, Clone, Default)]
pub struct Folder {
    files: BTreeMap<String, String>,
}

impl Folder {
    /// A folder made of texts built into the program.
    pub fn embedded(files: &[(&str, &str)]) -> Folder {
        Folder {
            files: files
                .iter()
                .map(|(path, text)| (path.to_string(), text.to_string()))
                .collect(),
        }
    }

    /// Reads every `.toml`, `.csv`, `.sql` and `.md` file under `root`; an absent folder is empty.
    pub fn read(root: &Path) -> Result<Folder, Error> {
        let mut files = BTreeMap::new();
        if !root.exists() {
            return Ok(Folder { files });
        }
        for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
            let entry = entry.map_err(|error| Error::Unreadable {
                path: root.display().to_string(),
                source: error.into(),
            })?;
            let known = entry
                .path()
                .extension()
                .and_then(|e| e.to_str())
                .is_some_and(|e| matches!(e, "toml" | "csv" | "sql" | "md"));
            if !entry.file_type().is_file() || !known {
                continue;
            }
            let name = entry
                .path()
                .strip_prefix(root)
                .unwrap_or(entry.path())
                .to_string_lossy()
                .replace('\\', "/");
            let bytes = std::fs::read(entry.path()).map_err(|source| Error::Unreadable {
                path: entry.path().display().to_string(),
                source,
            })?;
            let text =
                String::from_utf8(bytes).map_err(|_| Error::NotText { path: name.clone() })?;
            files.insert(name, text);
        }
        Ok(Folder { files })
    }

    /// Puts `upper` on top: its files replace those of the same path.
    pub fn overlay(mut self, upper: Folder) -> Folder {
        self.files.extend(upper.files);
        self
    }

    /// The files below `prefix`, with the prefix taken off.
    pub fn under(&self, prefix: &str) -> Folder {
        let files = self.files.iter().filter_map(|(path, text)| {
            path.strip_prefix(prefix)
                .map(|rest| (rest.to_string(), text.clone()))
        });
        Folder {
            files: files.collect(),
        }
    }

    /// The text of one file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The text of one file, or an error that names it.
    pub fn need(&self, path: &str) -> Result<&str, Error> {
        self.get(path).ok_or_else(|| Error::Missing {
            path: path.to_string(),
        })
    }

    /// All files in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The hash of every file under `prefix`: what a step's fingerprint holds of a pack.
    pub fn fingerprint(&self, prefix: &str) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        for (path, text) in self.iter().filter(|(path, _)| path.starts_with(prefix)) {
            if path.ends_with(".md") || path.contains("/cases/") {
                continue; // Notes and cases change no result.
            }
            hash.update((path.len() as u64).to_le_bytes());
            hash.update(path);
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    pub(crate) fn toml<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        toml::from_str(self.need(path)?).map_err(|source| Error::Toml {
            path: path.to_string(),
            source: Box::new(source),
        })
    }

    pub(crate) fn csv<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Error> {
        let Some(text) = self.get(path) else {
            return Ok(Vec::new());
        };
        csv::ReaderBuilder::new()
            .from_reader(text.as_bytes())
            .deserialize()
            .collect::<Result<Vec<T>, _>>()
            .map_err(|source| Error::Csv {
                path: path.to_string(),
                source,
            })
    }
}
