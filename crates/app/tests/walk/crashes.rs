//! Commands killed at every place that matters: what was published stays, nothing is doubled, no half of a run is ever shown.

use crate::made::{Rows, list_69b};
use crate::support::{Workspace, assert_same};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::Duration;

/// `SIGABRT`: what a proven point ends the process with.
const ABORTED: i32 = 6;
/// The source of the made contracts.
const CONTRACTS: &str = "mx_federal__compranet";
/// The source of the made list.
const LIST: &str = "mx_federal__sat_69b";

/// A file to be received: its name, its content, and whose rows it holds.
struct Given {
    name: &'static str,
    content: String,
    source: &'static str,
    rows: i64,
}

fn given() -> Vec<Given> {
    let contracts = |name, from, rows: usize| Given {
        name,
        content: Rows::contracts(from, rows).csv(),
        source: CONTRACTS,
        rows: rows as i64,
    };
    let list = Given {
        name: "lista.csv",
        content: list_69b(6),
        source: LIST,
        rows: 6,
    };
    // The last is larger, so that a kill after some time falls into the work.
    vec![
        contracts("a.csv", 0, 60),
        contracts("b.csv", 1_000, 45),
        list,
        contracts("c.csv", 2_000, 30),
        contracts("d.csv", 3_000, 5_000),
    ]
}

/// What another process sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    raw_contracts: i64,
    raw_listings: i64,
    contracts: i64,
    listings: i64,
    answers: i64,
}

/// What must be seen when the first `read` files are read and the first `done` are harmonised and asked about.
fn expected(files: &[Given], read: usize, done: usize) -> Seen {
    let rows = |until: usize, source: &str| {
        files[..until]
            .iter()
            .filter(|file| file.source == source)
            .map(|file| file.rows)
            .sum::<i64>()
    };
    let contracts = rows(done, CONTRACTS);
    Seen {
        raw_contracts: rows(read, CONTRACTS),
        raw_listings: rows(read, LIST),
        contracts,
        listings: rows(done, LIST),
        answers: contracts, // The rule about listed suppliers has one answer for each contract.
    }
}

/// Looks from another process, and checks what holds at any moment: nothing doubled, no file in part.
fn seen(workspace: &Workspace) -> Seen {
    let tables = workspace
        .lines("SELECT table_schema || '.' || table_name AS name FROM information_schema.tables");
    let has = |table: &str| tables.iter().any(|known| known == table);
    let raw = format!("raw.{CONTRACTS}");
    let list = format!("raw.{LIST}");
    let key = "concat(CAST(file_id AS VARCHAR), '/', CAST(part_id AS VARCHAR), '/', CAST(record AS VARCHAR))";
    let harmonised = format!("ocds_history.contract WHERE source = '{CONTRACTS}'");
    // A file is whole when the table has as many rows of it as the file's own line says.
    let in_part = |table: &str| {
        format!(
            "(SELECT file.file_id FROM {table} AS t JOIN file ON file.file_id = t.file_id AND file.part_id = t.part_id
              WHERE file.source = '{CONTRACTS}' GROUP BY file.file_id, file.rows_read HAVING count(*) <> file.rows_read) AS in_part"
        )
    };
    let wanted = [
        (
            "raw_contracts",
            raw.as_str(),
            format!("count(*) FROM {raw}"),
        ),
        (
            "raw_distinct",
            raw.as_str(),
            format!("count(DISTINCT {key}) FROM {raw}"),
        ),
        (
            "raw_in_part",
            raw.as_str(),
            format!("count(*) FROM {}", in_part(&raw)),
        ),
        (
            "raw_listings",
            list.as_str(),
            format!("count(*) FROM {list}"),
        ),
        (
            "files_say",
            "cotejo.file",
            format!("coalesce(sum(rows_read), 0) FROM file WHERE source = '{CONTRACTS}'"),
        ),
        (
            "files_say_listings",
            "cotejo.file",
            format!("coalesce(sum(rows_read), 0) FROM file WHERE source = '{LIST}'"),
        ),
        (
            "contracts",
            "ocds_history.contract",
            format!("count(*) FROM {harmonised}"),
        ),
        (
            "contracts_distinct",
            "ocds_history.contract",
            format!("count(DISTINCT {key}) FROM {harmonised}"),
        ),
        (
            "contracts_in_part",
            "ocds_history.contract",
            format!("count(*) FROM {}", in_part("ocds_history.contract")),
        ),
        (
            "listings",
            "sanction_history.sanction",
            "count(*) FROM sanction_history.sanction".to_string(),
        ),
        (
            "answers",
            "flags.answer",
            "count(*) FROM flags.answer WHERE indicator = 'MX69B'".to_string(),
        ),
        (
            "answers_distinct",
            "flags.answer",
            "count(DISTINCT subject_id) FROM flags.answer WHERE indicator = 'MX69B'".to_string(),
        ),
    ];
    let there: Vec<String> = wanted
        .iter()
        .filter(|(_, table, _)| has(table))
        .map(|(name, _, what)| format!("(SELECT {what}) AS {name}"))
        .collect();
    let row = if there.is_empty() {
        None
    } else {
        workspace.sql(&format!("SELECT {}", there.join(", "))).pop()
    };
    let number = |name: &str| {
        row.as_ref()
            .and_then(|row| row.get(name))
            .and_then(serde_json::Value::as_i64)
            .unwrap_or(0)
    };
    assert_eq!(
        number("raw_contracts"),
        number("raw_distinct"),
        "a row was read twice"
    );
    assert_eq!(
        number("raw_contracts"),
        number("files_say"),
        "rows and the account of their files differ"
    );
    assert_eq!(
        number("raw_listings"),
        number("files_say_listings"),
        "listings and the account of their file differ"
    );
    assert_eq!(number("raw_in_part"), 0, "a file is read in part");
    assert_eq!(
        number("contracts"),
        number("contracts_distinct"),
        "a contract is there twice"
    );
    assert_eq!(
        number("contracts_in_part"),
        0,
        "a file is harmonised in part"
    );
    assert_eq!(
        number("answers"),
        number("answers_distinct"),
        "a contract was asked about twice"
    );
    Seen {
        raw_contracts: number("raw_contracts"),
        raw_listings: number("raw_listings"),
        contracts: number("contracts"),
        listings: number("listings"),
        answers: number("answers"),
    }
}

/// What is killed.
#[derive(Debug, Clone, Copy)]
enum Killed {
    /// `cotejo add` of the file at this place.
    Add(usize),
    /// `cotejo run`.
    Run,
}

/// Kills at proven points, in order: the command, the point, and how many files are read and done afterwards.
///
/// Before `publish` the state is the one before; after it, the one after. A run reads what a killed `add` had received,
/// and publishes it before it goes on: so it can end between the two.
const PROVEN: [(Killed, &str, usize, usize); 22] = [
    (Killed::Add(0), "before-publish:1", 0, 0),
    (Killed::Add(0), "after-commit:1", 0, 0),
    (Killed::Add(0), "after-commit:5", 0, 0),
    (Killed::Add(0), "after-publish:1", 1, 0),
    (Killed::Run, "after-commit:1", 1, 0),
    (Killed::Run, "after-commit:7", 1, 0),
    (Killed::Run, "after-commit:20", 1, 0),
    (Killed::Run, "before-publish:1", 1, 0),
    (Killed::Run, "after-publish:1", 1, 1),
    (Killed::Add(1), "after-commit:3", 1, 1),
    (Killed::Add(1), "before-publish:1", 1, 1),
    (Killed::Run, "before-publish:2", 2, 1),
    (Killed::Run, "after-commit:4", 2, 1),
    (Killed::Run, "after-publish:1", 2, 2),
    (Killed::Add(2), "after-commit:2", 2, 2),
    (Killed::Add(2), "after-publish:1", 3, 2),
    (Killed::Run, "after-commit:6", 3, 2),
    (Killed::Run, "before-publish:1", 3, 2),
    (Killed::Add(3), "before-publish:1", 3, 2),
    (Killed::Run, "after-publish:1", 4, 2),
    (Killed::Run, "after-commit:2", 4, 2),
    (Killed::Run, "after-publish:1", 4, 4),
];

/// Kills of the last file's `add` and of the run after it, each so many milliseconds after the start.
const AFTER_A_WHILE: [(bool, u64); 8] = [
    (true, 15),
    (true, 60),
    (true, 180),
    (false, 60),
    (false, 200),
    (false, 450),
    (false, 900),
    (false, 1_800),
];

fn crash_at(workspace: &Workspace, arguments: &[&str], point: &str) {
    // No memory image of every death.
    let mut command = workspace.command_after("ulimit -c 0", arguments);
    let status = command
        .env("COTEJO_CRASH_AT", point)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the program starts");
    assert_eq!(
        status.signal(),
        Some(ABORTED),
        "cotejo {arguments:?} was to die at {point}, and ended with {status}"
    );
}

fn kill_after(workspace: &Workspace, arguments: &[&str], milliseconds: u64) {
    let mut child = workspace
        .command(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    std::thread::sleep(Duration::from_millis(milliseconds));
    child.kill().expect("it is ours to kill"); // SIGKILL; if it has ended already, that is a state too.
    child.wait().expect("it is ours to wait for");
}

/// The tables a person may look at, in the order of the flow. Hours and days of receiving are left out.
const COMPARED: [(&str, &[&str]); 17] = [
    ("SELECT * FROM file", &["added_at"]),
    ("SELECT * FROM raw.mx_federal__compranet", &[]),
    ("SELECT * FROM raw.mx_federal__sat_69b", &[]),
    ("SELECT * FROM raw_column", &[]),
    ("SELECT * FROM profile", &[]),
    ("SELECT * FROM problem", &[]),
    ("SELECT * FROM ocds_history.tender", &[]),
    ("SELECT * FROM ocds_history.party", &[]),
    ("SELECT * FROM ocds_history.award", &[]),
    ("SELECT * FROM ocds_history.award_supplier", &[]),
    ("SELECT * FROM ocds_history.contract", &[]),
    ("SELECT * FROM sanction_history.sanction", &[]),
    ("SELECT * FROM sanction_history.event", &[]),
    ("SELECT * FROM coverage", &[]),
    ("SELECT * FROM flags.answer", &[]),
    (
        "SELECT * FROM flags.flag WHERE closed_on IS NULL",
        &["first_seen", "last_seen"],
    ),
    ("SELECT * FROM flags.evidence", &[]),
];

#[test]
fn thirty_kills_lose_nothing_and_double_nothing() {
    let files = given();
    let workspace = Workspace::new();
    let paths: Vec<String> = files
        .iter()
        .map(|file| workspace.file(file.name, &file.content))
        .collect();

    assert!(
        PROVEN.len() >= 15 && PROVEN.len() + AFTER_A_WHILE.len() >= 20,
        "as many kills as the promise says"
    );
    for (number, (killed, point, read, done)) in PROVEN.into_iter().enumerate() {
        match killed {
            Killed::Add(file) => crash_at(&workspace, &["add", &paths[file]], point),
            Killed::Run => crash_at(&workspace, &["run"], point),
        }
        assert_eq!(
            seen(&workspace),
            expected(&files, read, done),
            "after kill {}: {killed:?} at {point}",
            number + 1
        );
    }

    // A kill at no known place leaves the state before, the state after, or the file read and not yet asked about.
    let states = [
        expected(&files, 4, 4),
        expected(&files, 5, 4),
        expected(&files, 5, 5),
    ];
    let mut furthest = 0;
    let mut added = false;
    for (of_add, milliseconds) in AFTER_A_WHILE {
        if of_add {
            kill_after(&workspace, &["add", &paths[4]], milliseconds);
        } else {
            if !added {
                workspace.ok(&["add", &paths[4]]);
                added = true;
            }
            kill_after(&workspace, &["run"], milliseconds);
        }
        let now = seen(&workspace);
        let state = states.iter().position(|state| *state == now);
        let Some(state) = state else {
            panic!(
                "half a run is shown {milliseconds} ms after the start: {now:?}, not one of {states:?}"
            )
        };
        assert!(state >= furthest, "what was published went back: {now:?}");
        furthest = state;
    }

    workspace.ok(&["run"]);
    assert_eq!(seen(&workspace), expected(&files, 5, 5));

    let whole = Workspace::new();
    let mut arguments = vec!["add"];
    arguments.extend(paths.iter().map(String::as_str));
    whole.ok(&arguments);
    whole.ok(&["run"]);
    for (query, left_out) in COMPARED {
        assert_same(
            query,
            &workspace.dump(query, left_out),
            &whole.dump(query, left_out),
        );
    }
    let steps = workspace.steps();
    assert!(
        steps.iter().all(|(_, outcome)| outcome == "skipped"),
        "nothing is left to do: {steps:?}"
    );
}
