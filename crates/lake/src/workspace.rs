//! The folder of a workspace.

use crate::error::Error;
use crate::limits::Settings;
use std::path::{Path, PathBuf};

/// The format this program writes. A newer program migrates an older one; an older program refuses a newer one.
pub const FORMAT: u32 = 1;

/// A workspace: where its parts are, and its settings.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    /// What `cotejo.toml` says.
    pub settings: Settings,
}

impl Workspace {
    /// Makes an empty workspace in `root`. The folder may exist; a workspace in it may not.
    pub fn create(root: &Path, settings: Settings) -> Result<Workspace, Error> {
        let file = root.join("cotejo.toml");
        if file.exists() {
            return Err(Error::WorkspaceExists(root.to_path_buf()));
        }
        for folder in [
            root.to_path_buf(),
            root.join("packs"),
            root.join("lake"),
            root.join("files"),
            root.join("serve"),
        ] {
            std::fs::create_dir_all(&folder).map_err(Error::disk(&folder))?;
        }
        let text = toml::to_string(&settings).map_err(|error| Error::Settings {
            path: file.clone(),
            message: error.to_string(),
        })?;
        let head = "# A Cotejo workspace. Every setting has a default; see docs/settings.md.\n";
        std::fs::write(&file, format!("{head}{text}")).map_err(Error::disk(&file))?;
        Workspace::open(root)
    }

    /// Opens the workspace in `root`.
    pub fn open(root: &Path) -> Result<Workspace, Error> {
        let file = root.join("cotejo.toml");
        if !file.exists() {
            return Err(Error::NoWorkspace(root.to_path_buf()));
        }
        let text = std::fs::read_to_string(&file).map_err(Error::disk(&file))?;
        let settings: Settings = toml::from_str(&text).map_err(|error| Error::Settings {
            path: file.clone(),
            message: error.to_string(),
        })?;
        if settings.format > FORMAT {
            return Err(Error::NewerFormat {
                found: settings.format,
                known: FORMAT,
            });
        }
        let root = std::path::absolute(root).map_err(Error::disk(root))?;
        Ok(Workspace { root, settings })
    }

    /// The nearest workspace at `start` or above it.
    pub fn find(start: &Path) -> Result<Workspace, Error> {
        let start = std::path::absolute(start).map_err(Error::disk(start))?;
        let found = start
            .ancestors()
            .find(|folder| folder.join("cotejo.toml").exists());
        Workspace::open(found.unwrap_or(&start))
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its own packs.
    pub fn packs(&self) -> PathBuf {
        self.root.join("packs")
    }

    /// Its tables.
    pub fn lake(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// Its original files.
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// Its catalogue.
    pub fn catalogue(&self) -> PathBuf {
        self.root.join("catalogue.db")
    }

    /// What the portal serves.
    pub fn serve(&self) -> PathBuf {
        self.root.join("serve")
    }
}
