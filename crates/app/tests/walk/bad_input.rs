//! Files no program should be given: each gets a message or a problem that says where, keeps its good rows, and takes nothing down.

use crate::made::{Entry, Rows, process, zip};
use crate::support::{Ended, Workspace};

/// The raw table of the made contracts.
const RAW: &str = "raw.mx_federal__compranet";
/// Everything was read.
const DONE: i32 = 0;
/// Part of it could not be.
const PARTIAL: i32 = 5;

/// Adds a good file of 20 contracts and a bad one in one go, and checks what holds for every bad file:
/// the program ends with `code`, every good row is there, and every part's numbers add up.
fn add_beside_good(
    workspace: &Workspace,
    name: &str,
    content: impl AsRef<[u8]>,
    code: i32,
) -> Ended {
    let good = workspace.file("bueno.csv", Rows::contracts(0, 20).csv());
    let bad = workspace.file(name, content);
    let ended = workspace.run(&["add", &good, &bad]);
    assert_eq!(
        (ended.code, ended.signal),
        (Some(code), None),
        "cotejo add {name}\n{}",
        ended.stderr
    );
    assert_eq!(
        rows_of(workspace, "bueno.csv"),
        20,
        "the good file beside {name}"
    );
    adds_up(workspace);
    ended
}

fn adds_up(workspace: &Workspace) {
    let wrong = workspace.lines("SELECT path, part, records_found, rows_read, rows_set_aside FROM file WHERE records_found <> rows_read + rows_set_aside");
    assert!(wrong.is_empty(), "found is not read + set aside: {wrong:?}");
}

/// Rows of a file in the raw table of the contracts.
fn rows_of(workspace: &Workspace, name: &str) -> i64 {
    workspace.number(&format!("SELECT count(*) FROM {RAW} AS raw JOIN file ON file.file_id = raw.file_id AND file.part_id = raw.part_id WHERE file.path LIKE '%/{name}'"))
}

/// `found | read | set aside | status` of each part of a file.
fn account(workspace: &Workspace, name: &str) -> Vec<String> {
    workspace.lines(&format!("SELECT records_found, rows_read, rows_set_aside, status FROM file WHERE path LIKE '%/{name}' ORDER BY part_id"))
}

/// `part | record | position | column | code` of each problem of a file. Only problems whose file and part exist are listed.
fn problems(workspace: &Workspace, name: &str) -> Vec<String> {
    workspace.lines(&format!(
        "SELECT problem.part_id, problem.record, problem.\"position\", problem.\"column\", problem.code
         FROM problem JOIN file ON file.file_id = problem.file_id AND file.part_id = problem.part_id
         WHERE file.path LIKE '%/{name}' ORDER BY problem.part_id, problem.record, problem.code, problem.\"column\""
    ))
}

#[test]
fn an_empty_file() {
    let workspace = Workspace::new();
    add_beside_good(&workspace, "vacio.csv", "", DONE);
    assert_eq!(account(&workspace, "vacio.csv"), ["0 | 0 | 0 | empty"]);
    assert_eq!(
        problems(&workspace, "vacio.csv"),
        ["0 |  |  |  | file_empty"]
    );
}

#[test]
fn a_csv_that_says_it_is_a_workbook() {
    let workspace = Workspace::new();
    add_beside_good(
        &workspace,
        "contratos.xlsx",
        Rows::contracts(100, 30).csv(),
        DONE,
    );
    assert_eq!(
        account(&workspace, "contratos.xlsx"),
        ["30 | 30 | 0 | read"]
    );
    assert_eq!(
        problems(&workspace, "contratos.xlsx"),
        ["0 |  |  |  | format_differs_from_name"]
    );
    assert_eq!(
        rows_of(&workspace, "contratos.xlsx"),
        30,
        "it is read as what it is"
    );
}

#[test]
fn a_pdf_that_says_it_is_a_csv() {
    let workspace = Workspace::new();
    let ended = add_beside_good(
        &workspace,
        "escaneo.csv",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
        PARTIAL,
    );
    assert_eq!(
        account(&workspace, "escaneo.csv"),
        ["0 | 0 | 0 | unreadable"]
    );
    assert_eq!(
        problems(&workspace, "escaneo.csv"),
        [
            "0 |  |  |  | format_differs_from_name",
            "0 |  |  |  | format_not_supported"
        ]
    );
    assert!(
        ended.stderr.contains("1 could not be read"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_truncated_workbook() {
    let workspace = Workspace::new();
    let whole = Rows::contracts(100, 30).xlsx(&[]);
    add_beside_good(
        &workspace,
        "cortado.xlsx",
        &whole[..whole.len() / 2],
        PARTIAL,
    );
    assert_eq!(
        account(&workspace, "cortado.xlsx"),
        ["0 | 0 | 0 | unreadable"]
    );
    assert_eq!(
        problems(&workspace, "cortado.xlsx"),
        ["0 |  |  |  | workbook_unreadable"]
    );
}

#[test]
fn a_zip_bomb_beside_a_good_entry() {
    let workspace = Workspace::new();
    workspace.set("unpacked_mib", 16);
    let good = Rows::contracts(100, 30).csv();
    let archive = zip(&[
        Entry::stored("contratos.csv", good.as_bytes()),
        Entry::zeros("ceros.csv", 300),
    ]);
    assert!(
        archive.len() < 4 << 20,
        "the bomb itself is small: {} bytes",
        archive.len()
    );
    add_beside_good(&workspace, "bomba.zip", archive, DONE);
    assert_eq!(
        account(&workspace, "bomba.zip"),
        ["30 | 30 | 0 | read"],
        "the entry before the bomb is read"
    );
    assert_eq!(rows_of(&workspace, "bomba.zip"), 30);
    assert_eq!(
        problems(&workspace, "bomba.zip"),
        ["0 |  | ceros.csv |  | archive_too_large"]
    );
}

#[test]
fn a_row_of_50_mb() {
    let workspace = Workspace::new();
    let rows = Rows::contracts(100, 100).csv();
    let mut lines: Vec<String> = rows.lines().map(str::to_string).collect();
    lines[50] = format!("APF,\"{}", "x".repeat(50 << 20)); // Line 51, in quotes that never close.
    add_beside_good(&workspace, "gigante.csv", lines.join("\n"), DONE);
    assert_eq!(
        account(&workspace, "gigante.csv"),
        ["100 | 99 | 1 | read"],
        "only that row is set aside"
    );
    assert_eq!(
        problems(&workspace, "gigante.csv"),
        ["0 | 50 | line 51 |  | record_too_large"]
    );
    assert_eq!(rows_of(&workspace, "gigante.csv"), 99);
}

#[test]
fn a_lost_quote_before_more_than_a_record_may_hold() {
    let workspace = Workspace::new();
    workspace.set("record_mib", 1);
    let mut rows = Rows::contracts(100, 6_000);
    rows.set(49, "TITULO_CONTRATO", "LOST QUOTE");
    let text = rows.csv().replace("LOST QUOTE", "\"Servicio sin cerrar");
    assert!(
        text.len() > 3 << 19,
        "more than the limit follows: {} bytes",
        text.len()
    );
    add_beside_good(&workspace, "comilla.csv", text, DONE);
    assert_eq!(
        account(&workspace, "comilla.csv"),
        ["6000 | 5999 | 1 | read"],
        "reading goes on at the next line"
    );
    assert_eq!(
        problems(&workspace, "comilla.csv"),
        ["0 | 50 | line 51 |  | record_too_large"]
    );
}

#[test]
fn a_lost_quote_near_the_end() {
    let workspace = Workspace::new();
    let mut rows = Rows::contracts(100, 100);
    rows.set(49, "TITULO_CONTRATO", "LOST QUOTE");
    add_beside_good(
        &workspace,
        "comilla.csv",
        rows.csv().replace("LOST QUOTE", "\"Servicio sin cerrar"),
        DONE,
    );
    assert_eq!(
        account(&workspace, "comilla.csv"),
        ["100 | 100 | 0 | read"],
        "the quote was a plain character"
    );
    assert_eq!(
        problems(&workspace, "comilla.csv"),
        ["0 |  | line 51 |  | quote_unclosed"]
    );
    let title = workspace.text(&format!(
        "SELECT titulo_contrato FROM {RAW} WHERE codigo_contrato = '700149'"
    ));
    assert_eq!(title, "\"Servicio sin cerrar");
}

#[test]
fn a_workbook_with_cells_at_the_last_column_and_row() {
    let workspace = Workspace::new();
    let book = Rows::contracts(100, 10)
        .xlsx(&[(2, 16_383, "lejos"), (1_048_575, 16_383, "en XFD1048576")]);
    add_beside_good(&workspace, "lejos.xlsx", book, DONE);
    assert_eq!(
        account(&workspace, "lejos.xlsx"),
        ["11 | 11 | 0 | read"],
        "ten records, and the one in the last row"
    );
    assert_eq!(
        problems(&workspace, "lejos.xlsx"),
        [
            "0 | 2 | row 3 | XFD | cell_out_of_reach",
            "0 | 2 | row 3 | XFD | row_too_long",
            "0 | 11 | row 1048576 | XFD | cell_out_of_reach",
            "0 | 11 | row 1048576 | XFD | row_too_long",
        ]
    );
    let last = workspace.lines(&format!(
        "SELECT codigo_contrato, moneda FROM {RAW} WHERE \"position\" = 'row 1048576'"
    ));
    assert_eq!(last, ["700100 | MXN"], "the cells within reach are kept");
}

/// JSON lines with one broken in the middle.
fn broken_lines(count: usize) {
    let workspace = Workspace::new();
    let half = count / 2;
    let mut text = String::with_capacity(count * 36);
    for n in 1..=count {
        // The broken line lacks its closing brace.
        text.push_str(&if n == half {
            format!("{{\"numero\": {n}, \"monto\": \n")
        } else {
            format!("{{\"numero\": {n}, \"monto\": {n}.25}}\n")
        });
    }
    add_beside_good(&workspace, "lineas.jsonl", text, DONE);
    assert_eq!(
        account(&workspace, "lineas.jsonl"),
        [format!("{count} | {} | 1 | unmapped", count - 1)]
    );
    assert_eq!(
        problems(&workspace, "lineas.jsonl"),
        [format!("0 | {half} | line {half} |  | json_broken")]
    );
    let source = workspace.text("SELECT source FROM file WHERE path LIKE '%/lineas.jsonl'");
    let kept = workspace.lines(&format!(
        "SELECT count(*), count(DISTINCT numero), min(record), max(record) FROM raw.\"{source}\""
    ));
    assert_eq!(
        kept,
        [format!("{0} | {0} | 1 | {count}", count - 1)],
        "every other line is a row"
    );
}

#[test]
fn broken_json_in_the_middle_of_many_lines() {
    broken_lines(200_000);
}

#[test]
fn broken_json_in_the_middle_of_a_million_lines() {
    broken_lines(1_000_000);
}

#[test]
fn two_columns_of_the_same_name() {
    let workspace = Workspace::new();
    let mut rows = Rows::contracts(100, 10);
    (0..10).for_each(|index| {
        rows.set(index, "RAMO", "9");
        rows.set(index, "CLAVE_PROGRAMA", "K005");
    });
    rows.rename("CLAVE_PROGRAMA", "RAMO");
    add_beside_good(&workspace, "repetida.csv", rows.csv(), DONE);
    assert_eq!(account(&workspace, "repetida.csv"), ["10 | 10 | 0 | read"]);
    assert_eq!(
        problems(&workspace, "repetida.csv"),
        ["0 |  | line 1 | RAMO | column_repeated"]
    );
    let both = workspace.lines(&format!(
        "SELECT ramo, ramo_2, count(*) FROM {RAW} WHERE ramo_2 IS NOT NULL GROUP BY ramo, ramo_2"
    ));
    assert_eq!(both, ["9 | K005 | 10"], "both columns are kept");
}

#[test]
fn a_header_changed_where_the_layout_needs_it() {
    let workspace = Workspace::new();
    let mut rows = Rows::contracts(100, 10);
    rows.rename("IMPORTE_CONTRATO", "IMPORTE DEL CONTRATO");
    add_beside_good(&workspace, "cambiado.csv", rows.csv(), DONE);
    assert_eq!(
        account(&workspace, "cambiado.csv"),
        ["10 | 10 | 0 | unmapped"],
        "it is read, and said to be unmapped"
    );
    let source = workspace.text("SELECT source FROM file WHERE path LIKE '%/cambiado.csv'");
    let kept = workspace.lines(&format!("SELECT count(*), count(importe_del_contrato), min(importe_del_contrato) FROM raw.\"{source}\""));
    assert_eq!(kept, ["10 | 10 | 1100.50"], "every cell of it is kept");
    workspace.ok(&["run"]);
    assert_eq!(
        workspace.number("SELECT count(*) FROM ocds.contract"),
        20,
        "contracts of the known layout only"
    );
}

#[test]
fn a_header_changed_where_the_layout_does_not_need_it() {
    let workspace = Workspace::new();
    let mut rows = Rows::contracts(100, 10);
    rows.rename("TITULO_CONTRATO", "NOMBRE DEL CONTRATO");
    add_beside_good(&workspace, "cambiado.csv", rows.csv(), DONE);
    assert_eq!(account(&workspace, "cambiado.csv"), ["10 | 10 | 0 | read"]);
    workspace.ok(&["run"]);
    let titles =
        workspace.lines("SELECT count(*), count(title), count(value_amount) FROM ocds.contract");
    assert_eq!(
        titles,
        ["30 | 20 | 30"],
        "the renamed column is empty in the table, the others are not"
    );
    let kept = workspace.text(&format!("SELECT count(nombre_del_contrato) FROM {RAW}"));
    assert_eq!(kept, "10", "and is kept under its new name");
}

/// `file | part | record | position | column | code | found | action` of the problems of harmonising.
fn problems_of_harmonising(workspace: &Workspace) -> Vec<String> {
    workspace.lines(
        "SELECT regexp_replace(file.path, '^.*/', '') AS file, problem.part_id, problem.record, problem.\"position\", problem.\"column\", problem.code, problem.found, problem.action
         FROM problem JOIN file ON file.file_id = problem.file_id AND file.part_id = problem.part_id
         WHERE problem.step LIKE 'standards/%' ORDER BY problem.file_id, problem.record, problem.\"column\"",
    )
}

#[test]
fn a_number_in_another_locale() {
    let workspace = Workspace::new();
    let mut rows = Rows::contracts(100, 10);
    rows.set(6, "IMPORTE_CONTRATO", "1.234,56");
    add_beside_good(&workspace, "coma.csv", rows.csv(), DONE);
    workspace.ok(&["run"]);
    assert_eq!(
        problems_of_harmonising(&workspace),
        [
            "coma.csv | 0 | 7 | line 8 | importe_contrato | number_marks_swapped | 1.234,56 | kept as read"
        ]
    );
    let read = workspace.text("SELECT value_amount FROM ocds.contract WHERE id = '700106'");
    assert_eq!(
        read.trim_end_matches('0'),
        "1234.56",
        "groups after dots and cents after the only comma leave one reading"
    );
    let kept = workspace.text(&format!(
        "SELECT importe_contrato FROM {RAW} WHERE codigo_contrato = '700106'"
    ));
    assert_eq!(kept, "1.234,56", "the cell is kept as found");
}

#[test]
fn a_date_of_the_year_202() {
    let workspace = Workspace::new();
    let mut rows = Rows::contracts(100, 10);
    rows.set(3, "FECHA_INICIO", "0202-03-04");
    add_beside_good(&workspace, "fecha.csv", rows.csv(), DONE);
    workspace.ok(&["run"]);
    assert_eq!(
        problems_of_harmonising(&workspace),
        ["fecha.csv | 0 | 4 | line 5 | fecha_inicio | date_out_of_range | 0202-03-04 | left empty"]
    );
    let dates = workspace.lines(&format!(
        "SELECT period_start_date, period_end_date FROM ocds.contract WHERE ocid = '{}'",
        process(103)
    ));
    assert_eq!(dates, [" | 2014-12-31"]);
}

#[test]
fn a_folder_of_everything_bad_still_runs() {
    let workspace = Workspace::new();
    workspace.set("unpacked_mib", 16);
    let mut rows = Rows::contracts(100, 30);
    rows.set(0, "IMPORTE_CONTRATO", "1.234,56");
    rows.set(1, "FECHA_CELEBRACION", "0202-03-04");
    let book = rows.xlsx(&[(1_048_575, 16_383, "lejos")]);
    workspace.file("bueno.csv", Rows::contracts(0, 20).csv());
    workspace.file("vacio.csv", "");
    workspace.file("blancos.csv", " \n\n  \n");
    workspace.file("escaneo.csv", "%PDF-1.4\n");
    workspace.file("cortado.xlsx", &book[..book.len() / 2]);
    workspace.file("lejos.xlsx", &book);
    workspace.file("bomba.zip", zip(&[Entry::zeros("ceros.csv", 300)]));
    workspace.file(
        "roto.json",
        "{\"ocid\": \"ocds-inventado-1\", \"awards\": [",
    );
    let folder = workspace
        .root()
        .parent()
        .expect("made above")
        .join("received");
    let ended = workspace.run(&["add", folder.to_str().expect("UTF-8")]);
    assert_eq!(
        (ended.code, ended.signal),
        (Some(PARTIAL), None),
        "{}",
        ended.stderr
    );
    adds_up(&workspace);
    assert_eq!(
        workspace.number("SELECT count(DISTINCT file_id) FROM file"),
        8,
        "every file has its line"
    );
    workspace.ok(&["run"]);
    // 30 records and the one in the sheet's last row, which repeats the first.
    assert_eq!(
        workspace.number("SELECT count(*) FROM ocds_history.contract"),
        20 + 31
    );
    assert_eq!(
        workspace.number("SELECT count(*) FROM ocds.contract"),
        20 + 30
    );
}

/// A limit on the size of files stands for a full disk: both fail in the middle of a write.
/// The signal that comes with it is ignored, as a full disk sends none.
fn as_if_full(workspace: &Workspace, blocks: u32, arguments: &[&str]) -> Ended {
    let before = format!("trap '' XFSZ; ulimit -f {blocks}");
    workspace
        .command_after(&before, arguments)
        .output()
        .expect("sh starts")
        .into()
}

#[test]
fn a_full_disk() {
    let workspace = Workspace::new();
    let first = workspace.file("primero.csv", Rows::contracts(0, 20).csv());
    workspace.ok(&["add", &first]);
    workspace.ok(&["run"]);
    let text = Rows::contracts(1_000, 12_000).csv();
    assert!(
        text.len() > 3 << 20,
        "larger than the disk of this test: {} bytes",
        text.len()
    );
    let second = workspace.file("segundo.csv", text);

    // No room for the original: 2,048 blocks are 1 or 2 MiB, as the shell counts.
    let ended = as_if_full(&workspace, 2_048, &["add", &second]);
    assert!(
        ended.code.is_some_and(|code| code != 0),
        "add on a full disk: {:?}, signal {:?}",
        ended.code,
        ended.signal
    );
    assert!(
        ended.stderr.contains("cotejo: ") && ended.stderr.contains("File too large"),
        "the message says what happened: {}",
        ended.stderr
    );
    assert_eq!(
        workspace.lines("SELECT regexp_replace(path, '^.*/', '') AS file, rows_read FROM file"),
        ["primero.csv | 20"],
        "what was published is still there"
    );
    assert_eq!(workspace.number("SELECT count(*) FROM ocds.contract"), 20);

    // With room it is received; then none for the tables.
    workspace.ok(&["add", &second]);
    let ended = as_if_full(&workspace, 2_048, &["run"]);
    assert!(
        ended.code.is_some_and(|code| code != 0),
        "run on a full disk: {:?}, signal {:?}",
        ended.code,
        ended.signal
    );
    assert!(
        ended.stderr.contains("cotejo: ") && ended.stderr.contains("File too large"),
        "the message says what happened: {}",
        ended.stderr
    );
    assert_eq!(
        workspace.number("SELECT count(*) FROM ocds.contract"),
        20,
        "nothing half done is shown"
    );
    assert_eq!(
        workspace.number(&format!("SELECT count(*) FROM {RAW}")),
        12_020
    );

    workspace.ok(&["run"]);
    assert_eq!(
        workspace.number("SELECT count(*) FROM ocds.contract"),
        12_020,
        "with room again, everything is done"
    );
}
