//! Every kind of contract and public-works publisher at once: the figures of `figures/*.tsv` come out of `cotejo sql`.
//!
//! A line is a query, what it answers (`|` between columns, `;` between rows) and what it shows. The figures were
//! computed from the published files by other programs. The files stay outside this project, and the tests say so
//! aloud when they are not there.

use crate::support::{Workspace, real_files};
use std::path::Path;
use std::sync::OnceLock;

/// The folders received, whole.
const RECEIVED: [&str; 3] = ["contracting", "public-works", "lists"];

fn published() -> Option<&'static Workspace> {
    static PUBLISHED: OnceLock<Option<Workspace>> = OnceLock::new();
    PUBLISHED
        .get_or_init(|| {
            let data = real_files()?;
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
            let lock = std::fs::File::create(folder.join("walk-breadth.lock"))
                .expect("a lock below the build");
            lock.lock().expect("the lock is free in the end");
            let root = folder.join("walk-breadth");
            if let Some(workspace) = Workspace::made(&root) {
                return Some(workspace);
            }
            let workspace = Workspace::kept(&root);
            let paths: Vec<String> = RECEIVED
                .iter()
                .map(|path| data.join(path).to_str().expect("UTF-8").to_string())
                .collect();
            let mut arguments = vec!["add"];
            arguments.extend(paths.iter().map(String::as_str));
            // One PDF is kept and not read: the command says so with its exit code.
            let added = workspace.run(&arguments);
            assert_eq!(added.code, Some(5), "{}", added.stderr);
            workspace.ok(&["run"]);
            workspace.sign();
            Some(workspace)
        })
        .as_ref()
}

/// Asks every line of a file of figures and says all that differ.
fn check(figures: &str) {
    let Some(workspace) = published() else { return };
    let mut asked = 0;
    let mut wrong = Vec::new();
    for line in figures.lines().filter(|line| !line.is_empty()) {
        let mut cells = line.split('\t');
        let (Some(query), Some(expected), Some(shows)) = (cells.next(), cells.next(), cells.next())
        else {
            panic!("three cells to a line: {line}");
        };
        asked += 1;
        let found = workspace.lines(query).join(";").replace(" | ", "|");
        if found != expected {
            wrong.push(format!(
                "{shows}\n  {query}\n  expected {expected}\n  found    {found}"
            ));
        }
    }
    assert!(asked > 0, "a file of figures is not empty");
    assert!(
        wrong.is_empty(),
        "{} of {asked} figures differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn workbooks_of_mexico_city() {
    check(include_str!("../figures/workbooks.tsv"));
}

#[test]
fn ocds_of_four_publishers() {
    check(include_str!("../figures/ocds.tsv"));
}

#[test]
fn sanctioned_suppliers_transfers_and_lists() {
    check(include_str!("../figures/lists.tsv"));
}

#[test]
fn answers_across_files() {
    check(include_str!("../figures/cross.tsv"));
}

#[test]
fn found_is_read_and_set_aside_for_every_part_of_every_file() {
    let Some(workspace) = published() else { return };
    let differ = workspace
        .lines("SELECT path, part FROM file WHERE records_found <> rows_read + rows_set_aside");
    assert!(differ.is_empty(), "{differ:?}");
}

#[test]
fn a_second_run_does_nothing() {
    let Some(workspace) = published() else { return };
    let again = workspace.ok(&["run"]);
    assert!(again.contains("0 done"), "{again}");
}
