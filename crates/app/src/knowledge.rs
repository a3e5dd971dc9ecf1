//! The packs of the program, with those of a workspace on top.

use anyhow::{Context, Result};
use lake::Workspace;
use packs::{Folder, Packs};

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// The packs built into the program.
pub fn built_in() -> Folder {
    Folder::embedded(PACKS)
}

/// The packs a workspace works with.
pub fn of_workspace(workspace: &Workspace) -> Result<Packs> {
    let own = Folder::read(&workspace.packs()).context("reading the workspace's packs")?;
    Ok(Packs::read(built_in().overlay(own))?)
}
