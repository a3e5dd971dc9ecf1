//! `cotejo sql` reads published tables and nothing else.

use crate::made::Rows;
use crate::support::Workspace;

/// Wrong use.
const USAGE: i32 = 2;

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    let path = workspace.file("a.csv", Rows::contracts(0, 12).csv());
    workspace.ok(&["add", &path]);
    workspace
}

/// The query must be refused with a message, as wrong use. Out: the message.
fn refused(workspace: &Workspace, query: &str) -> String {
    let ended = workspace.run(&["sql", query]);
    assert_eq!(
        (ended.code, ended.signal),
        (Some(USAGE), None),
        "{query}\n{}{}",
        ended.stdout,
        ended.stderr
    );
    assert!(ended.stdout.is_empty(), "{query} printed {}", ended.stdout);
    assert!(
        ended.stderr.starts_with("cotejo: "),
        "{query}: {}",
        ended.stderr
    );
    ended.stderr
}

#[test]
fn nothing_but_reading_is_allowed() {
    let workspace = workspace();
    let outside = workspace
        .root()
        .parent()
        .expect("made above")
        .join("copied.csv");
    let copy = format!(
        "COPY (SELECT * FROM file) TO '{}' STORED AS CSV",
        outside.display()
    );
    let queries = [
        "CREATE TABLE mine AS SELECT 1 AS one",
        "CREATE OR REPLACE TABLE file AS SELECT 1 AS one",
        "CREATE VIEW mine AS SELECT * FROM file",
        "CREATE SCHEMA mine",
        "CREATE EXTERNAL TABLE mine STORED AS CSV LOCATION '/etc/passwd'",
        "INSERT INTO file SELECT * FROM file",
        "DELETE FROM file",
        "UPDATE file SET path = ''",
        "DROP TABLE file",
        "DROP VIEW file",
        "SET datafusion.execution.batch_size = 1",
        "PREPARE mine AS SELECT 1",
        "EXPLAIN ANALYZE INSERT INTO file SELECT * FROM file",
        "EXPLAIN ANALYZE COPY (SELECT 1 AS one) TO '/tmp/cotejo-must-not-write.csv' STORED AS CSV",
        "SELECT 1; DROP TABLE file",
        copy.as_str(),
    ];
    for query in queries {
        refused(&workspace, query);
    }
    assert!(
        !outside.exists(),
        "nothing was written beside the workspace"
    );
    assert!(
        !std::path::Path::new("/tmp/cotejo-must-not-write.csv").exists(),
        "nothing was written outside"
    );
    assert_eq!(
        workspace.lines("SELECT rows_read FROM file"),
        ["12"],
        "the tables are what they were"
    );
}

#[test]
fn files_cannot_be_read_by_name() {
    let workspace = workspace();
    let known = workspace.root().join("cotejo.toml");
    let data = format!("SELECT * FROM '{}'", known.display());
    let queries = [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd\"",
        "SELECT * FROM 'file:///etc/passwd'",
        "SELECT * FROM \"catalogue.db\"",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('lake/cotejo/file')",
        data.as_str(),
    ];
    for query in queries {
        let said = refused(&workspace, query);
        assert!(!said.contains("root:"), "{query} shows the file: {said}");
    }
}

#[test]
fn reading_works() {
    let workspace = workspace();
    assert_eq!(
        workspace
            .lines("SELECT 1 + 1 AS two, 'a' || 'b' AS text, CAST(NULL AS VARCHAR) AS nothing"),
        ["2 | ab | "]
    );
    assert_eq!(
        workspace.lines(
            "SELECT parse_number('1,234.50')['value'] AS amount, fold_text('Ñandú') AS folded"
        ),
        ["1234.5 | NANDU"],
        "decimals are printed whole, as text"
    );
    assert_eq!(
        workspace.number("SELECT count(*) FROM raw.mx_federal__compranet"),
        12
    );
    assert_eq!(
        workspace.ok(&[
            "sql",
            "--csv",
            "SELECT codigo_contrato, moneda FROM raw.mx_federal__compranet ORDER BY record LIMIT 2"
        ]),
        "codigo_contrato,moneda\n700000,MXN\n700001,MXN\n"
    );
    assert_eq!(
        workspace.ok(&["sql", "--json", "SELECT 1 AS one WHERE false"]),
        "[]\n"
    );
    let tables = workspace.ok(&["sql", "SHOW TABLES"]);
    assert!(
        tables.contains("mx_federal__compranet") && tables.contains("problem"),
        "{tables}"
    );
}

#[test]
fn a_wrong_column_names_the_right_ones() {
    let workspace = workspace();
    let said = refused(&workspace, "SELECT monto_del_contrato FROM file");
    assert!(said.contains("monto_del_contrato"), "{said}");
    for column in ["records_found", "rows_read", "rows_set_aside"] {
        assert!(said.contains(column), "the message names {column}: {said}");
    }
}

#[test]
fn a_wrong_table_is_named() {
    let said = refused(&workspace(), "SELECT * FROM ocds.contrato");
    assert!(said.contains("contrato"), "{said}");
}

#[test]
fn outside_a_workspace_it_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = std::process::Command::new(crate::support::PROGRAM)
        .args(["sql", "SELECT 1"])
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(USAGE));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("not a Cotejo workspace"), "{said}");
}
