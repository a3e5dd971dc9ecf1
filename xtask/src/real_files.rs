//! The real public files: they stand outside the repository, and their tests say so when they are not there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::house::House;

/// Where the real files are, if they are.
pub(crate) struct RealFiles {
    folder: Option<PathBuf>,
    looked_in: PathBuf,
}

impl RealFiles {
    /// Looks for them in `$COTEJO_SHARED`, or in `../shared` beside the repository.
    ///
    /// Errors: they are not there and `COTEJO_REQUIRE_SHARED` is 1.
    pub(crate) fn find(house: &House) -> Result<Self> {
        let named = std::env::var_os("COTEJO_SHARED").filter(|folder| !folder.is_empty());
        let looked_in = named.map_or_else(|| beside(&house.root), |folder| house.root.join(folder));
        // Its `data` folder holds the files; a folder of that name alone may be anything.
        let folder = looked_in.join("data").is_dir().then(|| looked_in.clone());
        if folder.is_none()
            && std::env::var("COTEJO_REQUIRE_SHARED").is_ok_and(|value| value == "1")
        {
            bail!(
                "COTEJO_REQUIRE_SHARED=1, and the real files are not in {}/data",
                looked_in.display()
            );
        }
        Ok(Self { folder, looked_in })
    }

    /// Their folder, if it is there.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// A file among what stands beside the repository, if it is there.
    pub(crate) fn file(&self, path: &str) -> Option<PathBuf> {
        self.folder
            .as_ref()
            .map(|folder| folder.join(path))
            .filter(|file| file.is_file())
    }

    /// Says, where nobody overlooks it, that they are not there.
    pub(crate) fn say(&self) {
        if self.folder.is_none() {
            let folder = self.looked_in.display();
            println!("\n!!! THE REAL FILES ARE NOT HERE: their tests are left out.");
            println!("!!! Looked in {folder}; name their folder in COTEJO_SHARED.");
        }
    }

    /// Tells a command where they are, as a full path: tests run in the folder of their crate.
    pub(crate) fn name_in(&self, command: &mut Command) {
        if let Some(folder) = &self.folder {
            command.env("COTEJO_SHARED", folder);
        }
    }
}

fn beside(root: &Path) -> PathBuf {
    root.parent().unwrap_or(root).join("shared")
}
