//! Only what has changed is done again, and the result is what doing everything would give.

use crate::made::{Rows, list_69b, process, project, release};
use crate::support::{Workspace, assert_same};
use std::collections::BTreeSet;
use std::path::Path;

/// Two files of contracts, a list, releases and works: five sources and more than one standard.
const NAMES: [&str; 5] = [
    "a.csv",
    "b.csv",
    "lista.csv",
    "procesos.jsonl",
    "obras.jsonl",
];

fn first_file() -> Rows {
    Rows::contracts(0, 60)
}

/// The first file after its publisher extended one tender from 10 days to 20.
fn first_file_changed() -> Rows {
    let mut rows = first_file();
    rows.set(1, "FECHA_APERTURA_PROPOSICIONES", "2014-03-21 12:00");
    rows
}

/// Receives the five files; the first as given. Out: its path.
fn receive(workspace: &Workspace, first: &Rows) -> String {
    let many = |make: fn(usize) -> String| (1..=8).map(|n| make(n) + "\n").collect::<String>();
    let contents = [
        first.csv(),
        Rows::contracts(1_000, 45).csv(),
        list_69b(6),
        many(release),
        many(project),
    ];
    let paths: Vec<String> = NAMES
        .iter()
        .zip(contents)
        .map(|(name, content)| workspace.file(name, content))
        .collect();
    let mut arguments = vec!["add"];
    arguments.extend(paths.iter().map(String::as_str));
    workspace.ok(&arguments);
    paths[0].clone()
}

#[test]
fn a_second_run_skips_every_step() {
    let workspace = Workspace::new();
    receive(&workspace, &first_file());
    let first = workspace.steps();
    let done = |name: &str| {
        first
            .iter()
            .any(|(step, outcome)| step == name && outcome == "done")
    };
    for step in [
        "standards/ocds.contract/mx_federal__compranet",
        "standards/ocds.contract/any_any__ocds",
        "standards/oc4ids.project/any_any__oc4ids",
        "standards/sanction.event/mx_federal__sat_69b",
        "links/organization/mx_federal__compranet",
        "links/organization",
        "indicators/R003/mx_federal__compranet",
        "serve",
    ] {
        assert!(done(step), "the first run does {step}: {first:?}");
    }
    let second = workspace.steps();
    let names = |steps: &[(String, String)]| {
        steps
            .iter()
            .map(|(step, _)| step.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        names(&first),
        names(&second),
        "the second run meets the same steps"
    );
    let again: Vec<_> = second
        .iter()
        .filter(|(_, outcome)| outcome != "skipped")
        .collect();
    assert!(again.is_empty(), "the second run does nothing: {again:?}");
}

/// Tables that must not depend on the way they came about. The number of a file does, so it is left out.
const COMPARED: [(&str, &[&str]); 21] = [
    ("SELECT * FROM raw.mx_federal__compranet", &["file_id"]),
    ("SELECT * FROM ocds_history.tender", &["file_id"]),
    ("SELECT * FROM ocds_history.party", &["file_id"]),
    ("SELECT * FROM ocds_history.tenderer", &["file_id"]),
    ("SELECT * FROM ocds_history.award", &["file_id"]),
    ("SELECT * FROM ocds_history.award_supplier", &["file_id"]),
    ("SELECT * FROM ocds_history.contract", &["file_id"]),
    ("SELECT * FROM ocds_history.transaction", &["file_id"]),
    ("SELECT * FROM oc4ids_history.project", &["file_id"]),
    ("SELECT * FROM sanction_history.sanction", &["file_id"]),
    ("SELECT * FROM sanction_history.event", &["file_id"]),
    ("SELECT * FROM links.mention", &["file_id"]),
    ("SELECT * FROM links.entity", &[]),
    ("SELECT * FROM links.member", &["file_id"]),
    ("SELECT * FROM links.pair", &[]),
    ("SELECT * FROM flags.answer", &[]),
    (
        "SELECT * FROM flags.flag WHERE closed_on IS NULL",
        &["first_seen", "last_seen"],
    ),
    ("SELECT * FROM flags.evidence", &["file_id"]),
    ("SELECT * FROM coverage", &[]),
    ("SELECT * FROM problem", &["file_id"]),
    ("SELECT * FROM profile", &["file_id"]),
];

#[test]
fn touching_one_file_does_only_its_source_again() {
    let workspace = Workspace::new();
    let path = receive(&workspace, &first_file());
    workspace.ok(&["run"]);
    let short = |process: &str| {
        workspace.lines(&format!("SELECT answer, value FROM flags.answer WHERE indicator = 'R003' AND subject_id = '{process}'"))
    };
    assert_eq!(short(&process(1)), ["flagged | 10"]);

    let again = workspace.file("a.csv", first_file_changed().csv());
    assert_eq!(path, again, "the publisher replaced the file");
    workspace.ok(&["add", &again]);
    let steps = workspace.steps();
    let outcome = |name: &str| {
        steps
            .iter()
            .find(|(step, _)| step == name)
            .map(|(_, outcome)| outcome.as_str())
    };
    for step in [
        "standards/ocds.tender/mx_federal__compranet",
        "indicators/R003/mx_federal__compranet",
        "serve",
    ] {
        assert_eq!(outcome(step), Some("done"), "{step} depends on the file");
    }
    for step in [
        "standards/ocds.tender/any_any__ocds",
        "standards/oc4ids.project/any_any__oc4ids",
        "standards/sanction.sanction/mx_federal__sat_69b",
        "links/organization/mx_federal__sat_69b",
        "indicators/R003/any_any__ocds",
        "indicators/MX69B/any_any__ocds",
        "indicators/R013/any_any__ocds",
        "indicators/W001/any_any__oc4ids",
    ] {
        assert_eq!(
            outcome(step),
            Some("skipped"),
            "{step} does not depend on the file"
        );
    }
    let others: Vec<_> = steps
        .iter()
        .filter(|(step, outcome)| {
            // Who is who is one question over all sources.
            let over_all =
                step == "serve" || step.matches('/').count() == 1 && step.starts_with("links/");
            outcome == "done" && !over_all && !step.ends_with("/mx_federal__compranet")
        })
        .collect();
    assert!(
        others.is_empty(),
        "steps of other sources were done again: {others:?}"
    );

    assert_eq!(
        short(&process(1)),
        ["clear | 20"],
        "the changed row gives another answer"
    );
    let fresh = Workspace::new();
    receive(&fresh, &first_file_changed());
    fresh.ok(&["run"]);
    for (query, left_out) in COMPARED {
        assert_same(
            query,
            &workspace.dump(query, left_out),
            &fresh.dump(query, left_out),
        );
    }
}

#[test]
fn a_flag_that_no_longer_holds_is_closed_and_not_erased() {
    let workspace = Workspace::new();
    receive(&workspace, &first_file());
    workspace.ok(&["run"]);
    let again = workspace.file("a.csv", first_file_changed().csv());
    workspace.ok(&["add", &again]);
    workspace.ok(&["run"]);
    let closed = workspace.lines(&format!("SELECT subject_id, closed_on IS NOT NULL FROM flags.flag WHERE indicator = 'R003' AND subject_id IN ('{}', '{}') ORDER BY subject_id", process(1), process(4)));
    assert_eq!(
        closed,
        [
            format!("{} | true", process(1)),
            format!("{} | false", process(4))
        ],
        "the flag is closed, not erased; the others stay open"
    );
}

/// Data files below a folder of the lake, by their path; the name of each is the hash of its bytes.
fn data_files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder_now) = folders.pop() {
        for entry in std::fs::read_dir(&folder_now)
            .expect("a folder of the lake")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                // The log holds moments in time, and no rows.
                if entry.file_name() != "_delta_log" {
                    folders.push(path);
                }
            } else if path
                .extension()
                .is_some_and(|extension| extension == "parquet")
            {
                let below = path.strip_prefix(folder).expect("found below it");
                found.insert(below.to_str().expect("UTF-8").to_string());
            }
        }
    }
    found
}

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    let made = [1, 2].map(|threads| {
        let workspace = Workspace::new();
        workspace.set("threads", threads);
        let large = workspace.file("grande.csv", Rows::contracts(10_000, 12_000).csv());
        receive(&workspace, &first_file());
        workspace.ok(&["add", &large]);
        workspace.ok(&["run"]);
        ["ocds_history", "sanction_history", "links", "flags"]
            .map(|schema| data_files(&workspace.root().join("lake").join(schema)))
    });
    assert!(
        made[0].iter().all(|files| !files.is_empty()),
        "there is something to compare: {:?}",
        made[0]
    );
    assert_eq!(made[0], made[1], "equal names are equal bytes");
}
