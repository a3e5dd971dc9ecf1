//! Several releases of one process: what they say together, what each changed, and what goes out again.

use crate::support::Workspace;
use serde_json::{Value, json};

const OCID: &str = "ocds-abc123-1";

/// A package of releases, published on a day.
fn package(published: &str, releases: &[Value]) -> String {
    json!({
        "uri": format!("https://example.org/{published}.json"),
        "version": "1.1",
        "publishedDate": format!("{published}T00:00:00Z"),
        "publisher": { "name": "Oficina" },
        "license": "https://example.org/licencia",
        "releases": releases,
    })
    .to_string()
}

fn release(id: &str, date: &str, members: Value) -> Value {
    let mut release = json!({
        "ocid": OCID, "id": id, "date": format!("{date}T00:00:00Z"),
        "tag": ["contract"], "initiationType": "tender",
    });
    if let (Some(release), Some(members)) = (release.as_object_mut(), members.as_object()) {
        release.extend(members.clone());
    }
    release
}

/// Three packages: the first release, one that says only what changed, and one published last that is dated between.
fn three() -> Workspace {
    let workspace = Workspace::new();
    let first = release(
        "r1",
        "2020-01-01",
        json!({
            "buyer": { "id": "B", "name": "Compras" },
            "tender": { "id": "T", "title": "Puente", "status": "active" },
            "awards": [{ "id": "A1", "title": "Primera", "value": { "amount": 100.50, "currency": "MXN" } }],
            "unheard": { "of": [1, null, "x"] },
        }),
    );
    let second = release(
        "r2",
        "2020-06-01",
        json!({
            "tender": { "id": "T", "title": null },
            "awards": [{ "id": "A1", "value": { "amount": 150 } }, { "id": "A2", "title": "Segunda" }],
        }),
    );
    let between = release(
        "r3",
        "2020-03-01",
        json!({ "awards": [{ "id": "A1", "value": { "amount": 120 } }] }),
    );
    let files = [
        workspace.file("1.json", package("2020-01-02", &[first])),
        workspace.file("2.json", package("2020-06-02", &[second])),
        workspace.file("3.json", package("2020-12-01", &[between])),
    ];
    let mut add = vec!["add"];
    add.extend(files.iter().map(String::as_str));
    workspace.ok(&add);
    workspace.ok(&["run"]);
    workspace
}

fn cell(row: &crate::support::Row, name: &str) -> String {
    match &row[name] {
        Value::String(text) => text.clone(),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

#[test]
fn the_tables_hold_what_releases_say_together() {
    let workspace = three();
    let awards = workspace.sql(
        "SELECT id, title, value_amount, value_currency, row_state, path FROM ocds_history.award JOIN file USING (file_id, part_id) WHERE row_state = 'merged' ORDER BY id",
    );
    let shown: Vec<[String; 4]> = awards
        .iter()
        .map(|row| ["id", "title", "value_amount", "value_currency"].map(|name| cell(row, name)))
        .collect();
    // The second release says neither the title nor the currency: they still hold.
    assert_eq!(
        shown,
        [
            ["A1", "Primera", "150", "MXN"],
            ["A2", "Segunda", "null", "null"]
        ]
        .map(|row| row.map(str::to_owned))
    );
    // And each leads to the release that last named it.
    assert!(
        awards
            .iter()
            .all(|row| cell(row, "path").ends_with("2.json"))
    );
    let tender = workspace.sql("SELECT id, title, status, buyer_name FROM ocds.tender");
    assert_eq!(tender.len(), 1);
    // A null takes a value away.
    assert_eq!(cell(&tender[0], "title"), "null");
    assert_eq!(cell(&tender[0], "status"), "active");
    assert_eq!(cell(&tender[0], "buyer_name"), "Compras");
    let states = workspace
        .sql("SELECT row_state, count(*) AS n FROM ocds_history.award GROUP BY 1 ORDER BY 1");
    let states: Vec<(String, String)> = states
        .iter()
        .map(|row| (cell(row, "row_state"), cell(row, "n")))
        .collect();
    assert_eq!(
        states,
        [("merged", "2"), ("superseded", "4")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
}

#[test]
fn history_tells_what_came_late_and_what_is_backdated() {
    let workspace = three();
    let releases = workspace.sql("SELECT release_id, timing FROM release ORDER BY sequence");
    let shown: Vec<(String, String)> = releases
        .iter()
        .map(|row| (cell(row, "release_id"), cell(row, "timing")))
        .collect();
    assert_eq!(
        shown,
        [("r1", ""), ("r3", "backdated"), ("r2", "")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let changes = workspace.sql(
        "SELECT release_id, action, before, after FROM change WHERE path = 'awards[A1]/value/amount' ORDER BY sequence",
    );
    let shown: Vec<[String; 4]> = changes
        .iter()
        .map(|row| ["release_id", "action", "before", "after"].map(|name| cell(row, name)))
        .collect();
    assert_eq!(shown.len(), 3);
    assert_eq!(shown[1], ["r3", "changed", "100.5", "120"]);
    assert_eq!(shown[2], ["r2", "changed", "120", "150"]);
}

#[test]
fn what_goes_out_comes_in_again() {
    let workspace = three();
    let out = workspace.root().join("out.json");
    let path = out.to_str().expect("a path in UTF-8");
    workspace.ok(&["export", "ocds", "-o", path]);
    let text = std::fs::read_to_string(&out).expect("it was written");
    let package: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(package["version"], "1.1");
    assert_eq!(package["publisher"], json!({ "name": "Oficina" }));
    assert_eq!(package["license"], "https://example.org/licencia");
    // A package of 1.1 is left as it is: nobody is added to the parties.
    assert!(package["releases"][0].get("parties").is_none());
    let ids: Vec<&str> = package["releases"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|release| release["id"].as_str())
        .collect();
    assert_eq!(ids, ["r1", "r3", "r2"]);
    // What the standard does not know goes out as it came in, nulls included.
    assert_eq!(
        package["releases"][0]["unheard"],
        json!({ "of": [1, null, "x"] })
    );
    assert!(package["releases"][2]["tender"]["title"].is_null());

    let merged = |workspace: &Workspace, arguments: &[&str]| -> Value {
        let mut export = vec![
            "export",
            "ocds",
            "--compiled",
            "--format",
            "jsonl",
            "-o",
            "-",
        ];
        export.extend(arguments);
        serde_json::from_str(&workspace.ok(&export)).expect("one line of JSON")
    };
    let first = merged(&workspace, &[]);
    assert_eq!(
        first["awards"][0]["value"],
        json!({ "amount": 150, "currency": "MXN" })
    );
    let again = Workspace::new();
    again.ok(&["add", path]);
    again.ok(&["run"]);
    assert_eq!(first, merged(&again, &[]));

    // In March the price was that of the release dated then; it was published in December only.
    let march = merged(&workspace, &["--as-of", "2020-03-15"]);
    assert_eq!(march["awards"][0]["value"]["amount"], 120);
    let known = merged(&workspace, &["--as-of", "2020-03-15", "--by-publication"]);
    assert_eq!(known["awards"][0]["value"]["amount"], 100.5);
}

#[test]
fn what_is_wrong_is_told_with_path_value_record_and_release() {
    let workspace = Workspace::new();
    let wrong = release(
        "r1",
        "2020-01-01",
        json!({ "tender": { "id": "T", "value": { "amount": "12", "currency": "PESOS" } }, "awards": { "id": "A1" } }),
    );
    let path = workspace.file("mal.json", package("2020-01-02", &[wrong]));
    workspace.ok(&["add", &path]);
    workspace.ok(&["run"]);
    let problems = workspace.sql(
        "SELECT code, record, position, found, action FROM problem WHERE step LIKE 'check/%' AND severity = 'error' ORDER BY code",
    );
    let codes: Vec<String> = problems.iter().map(|row| cell(row, "code")).collect();
    assert_eq!(codes, ["currency_unknown", "number_as_text", "type_wrong"]);
    assert_eq!(
        cell(&problems[1], "position"),
        "/releases/0/tender/value/amount"
    );
    assert_eq!(cell(&problems[1], "found"), "12");
    assert_eq!(cell(&problems[1], "record"), "1");
    assert!(cell(&problems[1], "action").contains("release r1"));
    // The list that is an object is still there, and goes out.
    let merged = workspace.ok(&["export", "ocds", "--format", "jsonl", "-o", "-"]);
    let merged: Value = serde_json::from_str(&merged).expect("one line of JSON");
    assert_eq!(merged["awards"], json!({ "id": "A1" }));
}
