//! The packs folder that is written to, and the one built into the program below it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::house::House;

/// A file to write: its path in the packs folder, and its text.
pub(super) type NewFile = (String, String);

/// Where packs stand.
pub(super) struct Shelf {
    /// The folder, as a person would name it.
    pub shown: String,
    root: PathBuf,
    /// The repository's packs, which are built into the program, when another folder is written to.
    built_in: Option<PathBuf>,
}

impl Shelf {
    /// The folder a person named, or the repository's `packs/`.
    ///
    /// Errors: there is no such folder; none was named and this is not the repository.
    pub(super) fn open(into: Option<&Path>) -> Result<Self> {
        let of_house = House::root_above().map(|root| root.join("packs"));
        let Some(into) = into else {
            let root =
                of_house.map_err(|error| anyhow!("{error}; `--into DIR` names a packs folder"))?;
            return Ok(Self {
                shown: "packs".into(),
                root,
                built_in: None,
            });
        };
        ensure!(
            into.is_dir(),
            "{}: there is no such folder; `cotejo init` makes a workspace with its `packs`",
            into.display()
        );
        let shown = into.to_string_lossy();
        Ok(Self {
            shown: shown.trim_end_matches('/').to_owned(),
            root: into.to_owned(),
            built_in: of_house.ok(),
        })
    }

    /// The text of a file of these packs, with those built in below them.
    pub(super) fn read(&self, path: &str) -> Result<Option<String>> {
        for root in self.roots() {
            let file = root.join(path);
            if file.is_file() {
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("reading {}", file.display()))?;
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// Errors: the folder is there already, here or built in, where files of the same path would replace it.
    pub(super) fn must_be_free(&self, folder: &str) -> Result<()> {
        match self.roots().find(|root| root.join(folder).exists()) {
            Some(root) => bail!(
                "{} is there already; nothing was written",
                root.join(folder).display()
            ),
            None => Ok(()),
        }
    }

    /// Names of the folders right below `folder`.
    pub(super) fn folders(&self, folder: &str) -> Vec<String> {
        let below = |root: &Path| std::fs::read_dir(root.join(folder)).into_iter().flatten();
        self.roots()
            .flat_map(below)
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    }

    /// Writes new files, and never over one that is there.
    pub(super) fn write(&self, files: &[NewFile]) -> Result<()> {
        for (path, text) in files {
            let file = self.root.join(path);
            let folder = file.parent().unwrap_or(&self.root);
            std::fs::create_dir_all(folder)
                .with_context(|| format!("making {}", folder.display()))?;
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&file)
                .and_then(|mut new| new.write_all(text.as_bytes()))
                .with_context(|| format!("writing {}", file.display()))?;
        }
        Ok(())
    }

    fn roots(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(self.root.as_path()).chain(self.built_in.as_deref())
    }
}
