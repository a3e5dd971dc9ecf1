//! Receives files into a workspace and reads them into its tables.

use crate::error::Error;
use crate::landing::{Landed, Landing, owner};
use crate::open::read_file;
use crate::reading::Limits;
use crate::workbook::Workbooks;
use lake::{Progress, RegisteredFile, Run};
use packs::Packs;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Changes whenever the readers may read a file differently.
pub const READER_VERSION: u32 = 2;

/// Every file below `path`, in order of name; hidden files and folders are left out.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
    };
    for entry in walkdir::WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !hidden(entry))
    {
        let entry = entry.map_err(|error| Error::Read {
            path: path.to_path_buf(),
            source: error.into(),
        })?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Keeps the bytes of `path` and registers them. Out: the number of the file.
///
/// After this returns the file is never lost: a run that is killed reads it the next time.
pub async fn receive(run: &Run, path: &Path, source: &str, place: &str) -> Result<i64, Error> {
    let (sha256, size_bytes) = run.originals().keep(path)?;
    let name = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let now = lake_now();
    let (file_id, _) = run
        .catalogue()
        .register(
            &sha256,
            size_bytes,
            &name.to_string_lossy(),
            source,
            place,
            &now,
        )
        .await?;
    Ok(file_id)
}

fn lake_now() -> String {
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    jiff::Timestamp::from_second(seconds as i64)
        .map(|now| now.to_string())
        .unwrap_or_default()
}

/// Reads every registered file that is not read yet, or that would now be read differently, and takes away
/// the rows of files that are gone.
pub async fn read_all(
    run: &mut Run,
    packs: &Packs,
    limits: &Limits,
    workbooks: &Workbooks,
    progress: &Progress,
) -> Result<(), Error> {
    let files = run.catalogue().files().await?;
    declare(run);
    let mut kept = std::collections::BTreeSet::new();
    let recognisers = recognisers(packs);
    let mut landed: Vec<(RegisteredFile, String, Landed)> = Vec::new();
    let total = files.iter().map(|file| file.size_bytes as u64).sum();
    let bar = progress.bar("reading", total, true);
    for file in files {
        let step = format!("read/{}", owner(file.file_id));
        let fingerprint = fingerprint(&file, &recognisers, limits);
        kept.insert(step.clone());
        if run.is_current(&step, &fingerprint) {
            bar.inc(file.size_bytes as u64);
            continue;
        }
        bar.set_message(short_name(&file.path));
        let mut landing = Landing::new(run, packs, &file);
        let path = run.originals().path(&file.sha256);
        read_file(&path, &file.path, limits, workbooks, &mut landing)?;
        let tables = landing.finish()?;
        bar.inc(file.size_bytes as u64);
        landed.push((file, fingerprint, tables));
    }
    bar.finish_and_clear();
    for (file, fingerprint, tables) in landed {
        publish_file(run, &file, &fingerprint, tables);
    }
    for step in run.steps_under("read/") {
        if !kept.contains(&step) {
            run.remove_owner(step.trim_start_matches("read/"));
            run.forget(&step);
        }
    }
    Ok(())
}

fn publish_file(run: &mut Run, file: &RegisteredFile, fingerprint: &str, tables: Landed) {
    let owner = owner(file.file_id);
    // A file read before may have had rows in other tables.
    run.remove_owner(&owner);
    let mut hash = Sha256::new();
    let mut rows = 0;
    for (table, (schema, written)) in tables {
        hash.update(table.to_string());
        hash.update(written.fingerprint());
        if table.schema == "raw" {
            rows += written.rows;
        }
        run.replace(&table, &owner, &schema, written);
    }
    let output: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    run.done(&format!("read/{owner}"), fingerprint, &output, rows);
}

/// The lake's own tables exist before the first file.
fn declare(run: &mut Run) {
    use lake::system;
    let tables = [
        ("file", system::file()),
        ("problem", system::problem()),
        ("raw_column", system::raw_column()),
        ("raw_cell", system::raw_cell()),
        ("profile", system::profile()),
        ("document", system::document()),
    ];
    for (name, schema) in tables {
        run.declare(&system::own(name), &schema);
    }
}

/// A hash of everything in the packs by which files are recognised.
fn recognisers(packs: &Packs) -> String {
    let mut hash = Sha256::new();
    for (path, text) in packs.folder.iter() {
        let recognises = path.ends_with("/source.toml")
            || path.ends_with("/standard.toml")
            || path.ends_with("/form.toml")
            || path.contains("/tables/");
        if recognises {
            hash.update(path);
            hash.update(text);
        }
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn fingerprint(file: &RegisteredFile, recognisers: &str, limits: &Limits) -> String {
    let mut hash = Sha256::new();
    for part in [
        &file.sha256,
        &file.source,
        &file.place,
        recognisers,
        &format!("{READER_VERSION} {limits:?}"),
    ] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn short_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_string()
}
