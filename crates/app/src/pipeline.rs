//! The steps in order: read, harmonise, check, link, ask, prepare the pages, publish.

use crate::bridge::{PortalReader, RawRows};
use crate::{knowledge, texts};
use anyhow::{Context, Result};
use lake::{Outcome, Progress, Run, Workspace};
use packs::Packs;
use sha2::{Digest, Sha256};
use sources::{Limits, Workbooks};
use std::path::PathBuf;

/// What the program calls itself in the catalogue.
pub const PROGRAM: &str = concat!("cotejo ", env!("CARGO_PKG_VERSION"));
/// Changes whenever the same tables may give other pages.
const PAGES_VERSION: u32 = 2;

/// Limits of the readers, from the workspace's settings.
pub fn limits(workspace: &Workspace) -> Limits {
    let settings = &workspace.settings;
    Limits {
        unpacked_bytes: settings.unpacked_mib << 20,
        record_bytes: (settings.record_mib as usize) << 20,
        ..Limits::default()
    }
}

/// Workbooks are read by a child process of this very program, under its own limit of memory.
pub fn workbooks(workspace: &Workspace) -> Result<Workbooks> {
    let program = std::env::current_exe().context("finding this program")?;
    Ok(Workbooks::Child {
        program,
        memory_bytes: workspace.settings.workbook_mib << 20,
    })
}

/// Reads what is registered and not read yet, and publishes it.
pub async fn read(run: &mut Run, packs: &Packs, progress: &Progress) -> Result<()> {
    let workspace = run.workspace().clone();
    sources::read_all(
        run,
        packs,
        &limits(&workspace),
        &workbooks(&workspace)?,
        progress,
    )
    .await?;
    run.publish().await?;
    Ok(())
}

/// Everything, from the files to the pages. Only what has changed is done.
pub async fn all(run: &mut Run, packs: &Packs, progress: &Progress) -> Result<()> {
    read(run, packs, progress).await?;
    standards::run_all(run, packs, progress).await?;
    standards::checks::run_all(run, packs, progress).await?;
    links::run_all(run, packs, progress).await?;
    indicators::run_all(run, packs, progress).await?;
    pages(run, packs, progress).await?;
    run.publish().await?;
    Ok(())
}

/// Prepares the pages into `serve/<fingerprint>/`; they are switched to when the run is published.
async fn pages(run: &mut Run, packs: &Packs, progress: &Progress) -> Result<()> {
    let fingerprint = pages_fingerprint(run, packs);
    if run.is_current("serve", &fingerprint) {
        return Ok(());
    }
    let bar = progress.bar("preparing pages", 1, false);
    let workspace = run.workspace().clone();
    let name = fingerprint[..16].to_string();
    let folder = workspace.serve().join(&name);
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let reader = PortalReader::over(run.engine().await?, run.tables());
    let originals = RawRows::new(run.engine().await?, run.tables(), packs);
    let options = portal::Options {
        invented: workspace.settings.invented,
        run: name.clone(),
        code_version: PROGRAM.to_string(),
        license: "CC BY 4.0".to_string(),
        // The documents and the rows they are made of need the rest.
        index_mib: workspace.settings.memory_mib / 8,
        ..portal::Options::default()
    };
    let built = portal::build(
        &reader,
        &originals,
        &texts::of(packs),
        &options,
        &folder.join("documents.db"),
    )
    .await
    .context("preparing the pages")?;
    bar.finish_and_clear();
    run.done("serve", &fingerprint, &name, built.documents);
    Ok(())
}

fn pages_fingerprint(run: &Run, packs: &Packs) -> String {
    let mut hash = Sha256::new();
    hash.update(PAGES_VERSION.to_le_bytes());
    hash.update(PROGRAM);
    let settings = &run.workspace().settings;
    hash.update(format!("{} {}", settings.name, settings.invented));
    for name in run.tables().keys() {
        hash.update(name.to_string());
        hash.update(run.content(name, ""));
    }
    hash.update(packs.folder.fingerprint(""));
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The documents of the run published last.
pub async fn documents(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let steps = lake::Catalogue::open(&workspace.catalogue())
        .await?
        .steps()
        .await?;
    Ok(steps
        .get("serve")
        .map(|state| workspace.serve().join(&state.output).join("documents.db")))
}

/// One line for each room: how many steps were done, how many were up to date.
pub fn summary(run: &Run) -> String {
    let mut lines = Vec::new();
    for (room, title) in [
        ("read/", "files read"),
        ("check/", "documents checked"),
        ("merge/", "releases merged"),
        ("standards/", "tables harmonised"),
        ("checks/", "quality checked"),
        ("links/", "links made"),
        ("indicators/", "rules asked"),
        ("serve", "pages prepared"),
    ] {
        let of_room = run
            .reports
            .iter()
            .filter(|report| report.step.starts_with(room));
        let (done, rows) = of_room
            .clone()
            .filter(|report| report.outcome == Outcome::Done)
            .fold((0, 0), |(count, rows), report| {
                (count + 1, rows + report.rows)
            });
        let skipped = of_room
            .filter(|report| report.outcome == Outcome::Skipped)
            .count();
        lines.push(format!(
            "{title:<18} {done:>5} done ({rows} rows), {skipped} up to date"
        ));
    }
    lines.join("\n")
}

/// Opens a workspace from here, with its packs.
pub fn here() -> Result<(Workspace, Packs)> {
    let workspace =
        Workspace::find(&std::env::current_dir().context("finding the current folder")?)?;
    let packs = knowledge::of_workspace(&workspace)?;
    Ok((workspace, packs))
}
