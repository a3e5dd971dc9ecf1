//! The real files, received and run once: what independent readers counted in them comes out of `cotejo sql`.
//!
//! Every figure was computed from the published files by other programs. The files stay outside this project,
//! and the tests say so aloud when they are not there.
//!
//! In this order: what was read; CompraNet; federal works; the 69-B lists; Nuevo León; who captures what (coverage);
//! the rules; from a flag to the file; a second run.

use crate::support::{Workspace, plain, real_files};
use serde_json::Value;
use std::path::Path;
use std::sync::OnceLock;

/// What is received: the three yearly samples of CompraNet, and four folders whole.
const RECEIVED: [&str; 7] = [
    "contracting/compranet/sample_Contratos2010_2012_150514080257.csv",
    "contracting/compranet/sample_Contratos2013_150514080004.csv",
    "contracting/compranet/sample_Contratos2015_150514075424.csv",
    "public-works/shcp-opa",
    "public-works/oc4ids/nuevo-leon",
    "contracting/ocds/mexico/nuevo-leon",
    "lists/sat-69b",
];

/// Which of the three CompraNet files a row of `file` is.
const YEAR: &str = "CASE WHEN strpos(file.path, 'Contratos2010') > 0 THEN '2010-2012' WHEN strpos(file.path, 'Contratos2013') > 0 THEN '2013' ELSE '2015' END";
/// Joins `file` to a table called `t`.
const OF_FILE: &str = "JOIN file ON file.file_id = t.file_id AND file.part_id = t.part_id";

const COMPRANET: &str = "mx_federal__compranet";
const OPA: &str = "mx_federal__opa";
const SAT: &str = "mx_federal__sat_69b";
const NL: &str = "mx_nuevo_leon__contratos_ocds";
const NL_WORKS: &str = "mx_nuevo_leon__obras_oc4ids";

/// The workspace with everything received and run, made by whoever asks first.
fn published() -> Option<&'static Workspace> {
    static PUBLISHED: OnceLock<Option<Workspace>> = OnceLock::new();
    PUBLISHED
        .get_or_init(|| {
            let data = real_files()?;
            // Kept below the build, since nothing is dropped at the end of a process; the next one clears it.
            // Every test may be a process of its own: the first to take the lock makes it, the others use it.
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
            let lock = std::fs::File::create(folder.join("walk-real-files.lock"))
                .expect("a lock below the build");
            lock.lock().expect("the lock is free in the end");
            let root = folder.join("walk-real-files");
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
            workspace.ok(&arguments);
            workspace.ok(&["run"]);
            workspace.sign();
            Some(workspace)
        })
        .as_ref()
}

/// The query answers exactly these lines; `rule` says what the published files hold.
#[track_caller]
fn check<S: AsRef<str>>(workspace: &Workspace, rule: &str, query: &str, lines: &[S]) {
    let wanted: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    assert_eq!(workspace.lines(query), wanted, "{rule}\n{query}");
}

// What was read

#[test]
fn every_record_is_found_and_read() {
    let Some(workspace) = published() else { return };
    let account = |source: &str| {
        format!(
            "SELECT regexp_replace(path, '^.*/', '') AS name, records_found, rows_read, rows_set_aside, status FROM file WHERE source = '{source}' ORDER BY name"
        )
    };
    check(
        workspace,
        "the three CompraNet samples hold 399, 399 and 397 records; one of 2015 spans three lines",
        &account(COMPRANET),
        &[
            "sample_Contratos2010_2012_150514080257.csv | 399 | 399 | 0 | read",
            "sample_Contratos2013_150514080004.csv | 399 | 399 | 0 | read",
            "sample_Contratos2015_150514075424.csv | 397 | 397 | 0 | read",
        ],
    );
    check(
        workspace,
        "the published file of federal works holds 3,140 records in 2015 and 1,786 in 2021, 182 of them with line breaks inside",
        &account(OPA),
        &[
            "opa_2015_anual_antigua_vivo.csv | 3140 | 3140 | 0 | read",
            "opa_2021_anual_reciente_vivo.csv | 1786 | 1786 | 0 | read",
        ],
    );
    check(
        workspace,
        "the 69-B lists hold 9,116, 12,666 and 1,177 listings under two lines of preamble",
        &account(SAT),
        &[
            "Definitivos_2019-12-03.csv | 9116 | 9116 | 0 | read",
            "Listado_Completo_69-B_2022-11-30.csv | 12666 | 12666 | 0 | read",
            "Presuntos_2019-12-03.csv | 1177 | 1177 | 0 | read",
        ],
    );
    let documents = |source: &str| {
        format!(
            "SELECT count(*), sum(records_found), sum(rows_read), sum(rows_set_aside), min(status), max(status) FROM file WHERE source = '{source}'"
        )
    };
    check(
        workspace,
        "Nuevo León published nine record packages of one process each",
        &documents(NL),
        &["9 | 9 | 9 | 0 | read | read"],
    );
    check(
        workspace,
        "Nuevo León published five projects, one a file",
        &documents(NL_WORKS),
        &["5 | 5 | 5 | 0 | read | read"],
    );
}

#[test]
fn found_is_read_and_set_aside_for_every_file() {
    let Some(workspace) = published() else { return };
    check::<&str>(
        workspace,
        "the account of every part adds up",
        "SELECT path, part FROM file WHERE records_found <> rows_read + rows_set_aside",
        &[],
    );
    check::<&str>(
        workspace,
        "the raw tables hold as many rows as the files say",
        "SELECT file.path FROM file JOIN (
            SELECT file_id, part_id, count(*) AS rows_there FROM raw.mx_federal__compranet GROUP BY file_id, part_id
            UNION ALL SELECT file_id, part_id, count(*) AS rows_there FROM raw.mx_federal__opa GROUP BY file_id, part_id
            UNION ALL SELECT file_id, part_id, count(*) AS rows_there FROM raw.mx_federal__sat_69b GROUP BY file_id, part_id
            UNION ALL SELECT file_id, part_id, count(*) AS rows_there FROM raw.mx_nuevo_leon__contratos_ocds GROUP BY file_id, part_id
            UNION ALL SELECT file_id, part_id, count(*) AS rows_there FROM raw.mx_nuevo_leon__obras_oc4ids GROUP BY file_id, part_id
         ) AS there ON there.file_id = file.file_id AND there.part_id = file.part_id WHERE there.rows_there <> file.rows_read",
        &[],
    );
}

#[test]
fn encodings_layouts_and_editions() {
    let Some(workspace) = published() else { return };
    let of_files = |source: &str| {
        format!(
            "SELECT layout, format, encoding, delimiter, edition_date, count(*) AS files FROM file WHERE source = '{source}' GROUP BY layout, format, encoding, delimiter, edition_date ORDER BY layout, edition_date"
        )
    };
    check(
        workspace,
        "CompraNet is UTF-8 without a mark, with commas",
        &of_files(COMPRANET),
        &["1 | csv | utf-8 | , |  | 3"],
    );
    check(
        workspace,
        "federal works are UTF-8 with a mark in 2015, and Windows-1252 in 2021",
        &of_files(OPA),
        &[
            "2015 | csv | utf-8-bom | , |  | 1",
            "2021 | csv | windows-1252 | , |  | 1",
        ],
    );
    check(
        workspace,
        "the 69-B lists are Windows-1252, and say their date above the header",
        &of_files(SAT),
        &[
            "2019 | csv | windows-1252 | , | 2019-12-03 | 2",
            "2022 | csv | windows-1252 | , | 2022-11-30 | 1",
        ],
    );
    let misread = r"SELECT count(*) FROM raw.mx_federal__sat_69b WHERE regexp_like(nombre_del_contribuyente, '[\x{80}-\x{9F}]')";
    check(
        workspace,
        "read as Latin-1, the list's dashes and quotes would be control characters",
        misread,
        &["0"],
    );
}

#[test]
fn positions_are_the_lines_a_person_sees() {
    let Some(workspace) = published() else { return };
    let lines = format!(
        "SELECT t.codigo_contrato, t.record, t.\"position\" FROM raw.mx_federal__compranet AS t {OF_FILE} WHERE file.path LIKE '%Contratos2015%' AND t.codigo_contrato IN ('739545', '737557', '734275', '738329') ORDER BY t.record"
    );
    check(
        workspace,
        "one record of 2015 spans lines 24 to 26, so from there on a record is not its line",
        &lines,
        &[
            "739545 | 23 | line 24",
            "737557 | 25 | line 28",
            "734275 | 85 | line 88",
            "738329 | 345 | line 348",
        ],
    );
    let broken = "SELECT count(*) FROM raw.mx_federal__compranet WHERE codigo_contrato = '739545' AND strpos(clave_cartera_shcp, chr(10)) > 0";
    check(
        workspace,
        "the line breaks of that record are kept in its cell",
        broken,
        &["1"],
    );
    let listed = "SELECT rfc, \"position\" FROM raw.mx_federal__sat_69b WHERE layout = '2022' AND rfc IN ('LIN140805IN5', 'ONE100713AK8', 'ATR1502171E6') ORDER BY rfc";
    check(
        workspace,
        "listings stand where a person finds them in the list of 2022",
        listed,
        &[
            "ATR1502171E6 | line 1048",
            "LIN140805IN5 | line 7491",
            "ONE100713AK8 | line 8927",
        ],
    );
}

// CompraNet

#[test]
fn compranet_totals_by_currency() {
    let Some(workspace) = published() else { return };
    let query = format!(
        "SELECT {YEAR} AS year, coalesce(t.value_currency, '') AS currency, count(*), sum(t.value_amount) FROM ocds_history.contract AS t {OF_FILE} WHERE t.source = '{COMPRANET}' GROUP BY 1, 2 ORDER BY 1, 2"
    );
    check(
        workspace,
        "the published files hold these sums, as written and not rounded; one contract is in the currency TEST",
        &query,
        &[
            "2010-2012 | MXN | 399 | 1857204421.183",
            "2013 | MXN | 396 | 3318098141.82",
            "2013 | USD | 3 | 977550",
            "2015 |  | 1 | 117033",
            "2015 | MXN | 393 | 1707530108.589",
            "2015 | USD | 3 | 3683369.25",
        ],
    );
    let without = format!(
        "SELECT sum(t.value_amount) FROM ocds.contract AS t {OF_FILE} WHERE t.source = '{COMPRANET}' AND file.path LIKE '%Contratos2010%'"
    );
    check(
        workspace,
        "without its one exact duplicate, 2010 to 2012 add up to 1,854,789,421.183",
        &without,
        &["1854789421.183"],
    );
    let unknown = format!(
        "SELECT t.record, t.\"position\", t.\"column\", t.code, t.found FROM problem AS t {OF_FILE} WHERE t.source = '{COMPRANET}' AND t.step LIKE 'standards/%' AND file.path LIKE '%Contratos2015%'"
    );
    check(
        workspace,
        "the currency TEST at line 348 is no currency",
        &unknown,
        &["345 | line 348 | moneda | value_unknown | TEST"],
    );
    let zeros = format!(
        "SELECT id FROM ocds.contract WHERE source = '{COMPRANET}' AND value_amount = 0 ORDER BY id"
    );
    check(
        workspace,
        "two contracts of 2015 say 0",
        &zeros,
        &["718024", "718045"],
    );
    let thousandths = format!(
        "SELECT count(*) FROM ocds.contract AS t {OF_FILE} WHERE t.source = '{COMPRANET}' AND file.path LIKE '%Contratos2015%' AND t.value_amount <> CAST(CAST(t.value_amount AS DECIMAL(24, 2)) AS DECIMAL(24, 6))"
    );
    check(
        workspace,
        "two amounts of 2015 have three decimals",
        &thousandths,
        &["2"],
    );
}

#[test]
fn compranet_contracts_and_processes() {
    let Some(workspace) = published() else { return };
    let distinct = |table: &str, id: &str| {
        format!(
            "SELECT {YEAR} AS year, count(*), count(DISTINCT t.{id}) FROM {table} AS t {OF_FILE} WHERE t.source = '{COMPRANET}' GROUP BY 1 ORDER BY 1"
        )
    };
    check(
        workspace,
        "the published files hold 398, 399 and 397 distinct contracts",
        &distinct("ocds.contract", "id"),
        &[
            "2010-2012 | 398 | 398",
            "2013 | 399 | 399",
            "2015 | 397 | 397",
        ],
    );
    check(
        workspace,
        "the published files hold 380, 369 and 381 processes",
        &distinct("ocds.tender", "ocid"),
        &[
            "2010-2012 | 380 | 380",
            "2013 | 369 | 369",
            "2015 | 381 | 381",
        ],
    );
    let twice = format!(
        "SELECT t.id, t.row_state, raw.\"position\" FROM ocds_history.contract AS t JOIN raw.mx_federal__compranet AS raw ON raw.file_id = t.file_id AND raw.record = t.record WHERE t.source = '{COMPRANET}' AND t.id = '198506' ORDER BY t.record"
    );
    check(
        workspace,
        "contract 198506 is written twice, at lines 25 and 27; it counts once",
        &twice,
        &["198506 | current | line 25", "198506 | repeated | line 27"],
    );
    let blank = "SELECT count(*) FROM raw.mx_federal__compranet WHERE coalesce(btrim(numero_procedimiento), '') = ''";
    check(
        workspace,
        "the number of the procedure is blank twice",
        blank,
        &["2"],
    );
}

#[test]
fn compranet_procedures() {
    let Some(workspace) = published() else { return };
    let count = |what: &str| format!("count(*) FILTER (WHERE {what})");
    let as_written = format!(
        "SELECT {YEAR} AS year, {}, {}, {}, {} FROM raw.mx_federal__compranet AS t {OF_FILE} GROUP BY 1 ORDER BY 1",
        count("tipo_procedimiento LIKE 'Adjudicación Directa%'"),
        count("tipo_procedimiento LIKE 'Invitación%'"),
        count("tipo_procedimiento LIKE 'Licitación%'"),
        count("coalesce(btrim(tipo_procedimiento), '') = ''"),
    );
    check(
        workspace,
        "as written: direct, invitation, tender, blank",
        &as_written,
        &[
            "2010-2012 | 207 | 122 | 68 | 2",
            "2013 | 233 | 88 | 78 | 0",
            "2015 | 279 | 42 | 76 | 0",
        ],
    );
    let harmonised = format!(
        "SELECT {YEAR} AS year, {}, {}, {}, {} FROM ocds_history.contract AS t {OF_FILE} JOIN ocds.tender AS tender ON tender.source = t.source AND tender.ocid = t.ocid WHERE t.source = '{COMPRANET}' GROUP BY 1 ORDER BY 1",
        count("tender.procurement_method = 'direct'"),
        count("tender.procurement_method = 'limited'"),
        count("tender.procurement_method = 'open'"),
        count("tender.procurement_method IS NULL"),
    );
    check(
        workspace,
        "the template of the process fills the two blanks: both are direct awards",
        &harmonised,
        &[
            "2010-2012 | 209 | 122 | 68 | 0",
            "2013 | 233 | 88 | 78 | 0",
            "2015 | 279 | 42 | 76 | 0",
        ],
    );
}

#[test]
fn compranet_dates() {
    let Some(workspace) = published() else { return };
    let dates = format!(
        "SELECT {YEAR} AS year, count(t.date_signed), count(t.period_start_date), count(*) FILTER (WHERE EXTRACT(MONTH FROM t.period_start_date) = 12),
                count(tender.tender_period_start_date), count(*) FILTER (WHERE tender.tender_period_start_date > t.period_start_date)
         FROM ocds_history.contract AS t {OF_FILE} JOIN ocds.tender AS tender ON tender.source = t.source AND tender.ocid = t.ocid WHERE t.source = '{COMPRANET}' GROUP BY 1 ORDER BY 1"
    );
    check(
        workspace,
        "filled signing dates 172, 83, 229; starts always; December starts 53, 22, 0; published after the start 4 of 282, 2 of 206, 4 of 217",
        &dates,
        &[
            "2010-2012 | 172 | 399 | 53 | 282 | 4",
            "2013 | 83 | 399 | 22 | 206 | 2",
            "2015 | 229 | 397 | 0 | 217 | 4",
        ],
    );
    let as_written = format!(
        "SELECT date_signed, date_signed_precision, date_signed_zone FROM ocds.contract WHERE source = '{COMPRANET}' AND id = '734275'"
    );
    check(
        workspace,
        "2015-03-02 00:00:00 GMT is that day, not the evening before in Mexico",
        &as_written,
        &["2015-03-02 | second | GMT"],
    );
    let late = format!(
        "SELECT count(*) FROM ocds_history.contract AS t {OF_FILE} WHERE t.source = '{COMPRANET}' AND file.path LIKE '%Contratos2015%' AND t.date_signed > DATE '2015-05-14'"
    );
    check(
        workspace,
        "four signing dates of 2015 lie after the day the file was made",
        &late,
        &["4"],
    );
}

#[test]
fn compranet_top_suppliers() {
    let Some(workspace) = published() else { return };
    let top = |measure: &str, years: &str, condition: &str| {
        format!(
            "SELECT year, name, measured FROM (
                SELECT year, name, measured, row_number() OVER (PARTITION BY year ORDER BY measured DESC) AS place FROM (
                    SELECT {YEAR} AS year, supplier.name AS name, {measure} AS measured
                    FROM ocds.contract AS t {OF_FILE}
                    JOIN ocds.award_supplier AS supplier ON supplier.source = t.source AND supplier.ocid = t.ocid AND supplier.award_id = t.award_id
                    WHERE t.source = '{COMPRANET}' AND {condition} GROUP BY 1, 2
                ) AS by_supplier
             ) AS ordered WHERE place = 1 AND year IN ({years}) ORDER BY year"
        )
    };
    check(
        workspace,
        "the suppliers with most contracts",
        &top("count(*)", "'2013', '2015'", "true"),
        &[
            "2013 | COMERCIALIZADORA Y DISTRIBUCIONES DEL VALLE DE MEXICO SA DE CV | 9",
            "2015 | GLY GRUPO CONSTRUCTOR S DE RL DE CV | 10",
        ],
    );
    check(
        workspace,
        "the suppliers with most pesos",
        &top(
            "sum(t.value_amount)",
            "'2010-2012', '2013', '2015'",
            "t.value_currency = 'MXN'",
        ),
        &[
            "2010-2012 | DREDGING INTERNATIONAL MEXICO SA DE CV | 400760126.58",
            "2013 | PRODUCTOS Y ESTRUCTURAS DE CONCRETO | 643373586.34",
            "2015 | EULEN DE SEGURIDAD PRIVADA, S.A. DE C.V. | 267291290.36",
        ],
    );
}

// Federal works

#[test]
fn works_sums_of_the_year() {
    let Some(workspace) = published() else { return };
    let finance = format!(
        "SELECT layout, count(*), count(spent_amount), sum(approved_amount), sum(modified_amount), sum(spent_amount), count(*) FILTER (WHERE approved_amount = 0)
         FROM oc4ids_history.finance WHERE source = '{OPA}' GROUP BY layout ORDER BY layout"
    );
    check(
        workspace,
        "rows, rows with spending, and the sums of approved, modified and spent; 1,103 and 1,084 rows approve nothing",
        &finance,
        &[
            "2015 | 3140 | 3140 | 560386384423 | 441239605648 | 425597393802 | 1103",
            "2021 | 1786 | 1499 | 271210181785 | 285199646612 | 125485662268 | 1084",
        ],
    );
    let total = format!(
        "SELECT layout, count(*), sum(budget_amount) FROM oc4ids_history.project WHERE source = '{OPA}' GROUP BY layout ORDER BY layout"
    );
    check(
        workspace,
        "the sum over rows of the total investment",
        &total,
        &["2015 | 3140 | 7598855786541", "2021 | 1786 | 7126112432120"],
    );
    let top = format!(
        "SELECT layout, project_id, spent_amount FROM (SELECT layout, project_id, spent_amount, row_number() OVER (PARTITION BY layout ORDER BY spent_amount DESC NULLS LAST) AS place FROM oc4ids.finance WHERE source = '{OPA}') AS ordered WHERE place = 1 ORDER BY layout"
    );
    check(
        workspace,
        "the largest spending of each edition",
        &top,
        &["2015 | 22813 | 40919613102", "2021 | 26140 | 28852942589"],
    );
    let years = format!(
        "SELECT coalesce(CAST(year AS VARCHAR), '') AS year, count(*) FROM oc4ids_history.finance WHERE source = '{OPA}' AND layout = '2021' GROUP BY 1 ORDER BY 1"
    );
    check(
        workspace,
        "2021 is not one year: 794 rows of 2020, 29 of 2021; TOTAL (595) and nothing (368) are no year",
        &years,
        &[" | 963", "2020 | 794", "2021 | 29"],
    );
    let rounded = format!(
        "SELECT t.\"column\", t.code, t.action, count(*) FROM problem AS t WHERE t.source = '{OPA}' AND t.\"column\" = 'monto_total_inversion' GROUP BY 1, 2, 3"
    );
    check(
        workspace,
        "sixteen totals of 2015 were written by a spreadsheet as 1.80123E+11: six digits are known",
        &rounded,
        &["monto_total_inversion | number_rounded | kept as read | 16"],
    );
    let grown = format!(
        "SELECT layout, count(*), count(*) FILTER (WHERE modified_amount * 4 > approved_amount * 5) FROM oc4ids_history.finance WHERE source = '{OPA}' AND approved_amount > 0 GROUP BY layout ORDER BY layout"
    );
    check(
        workspace,
        "the year's budget grew by over a quarter in 201 of 2,037 rows and in 23 of 415",
        &grown,
        &["2015 | 2037 | 201", "2021 | 415 | 23"],
    );
}

#[test]
fn works_are_the_same_by_their_number() {
    let Some(workspace) = published() else { return };
    let projects = format!(
        "SELECT layout, count(*), count(DISTINCT id) FROM oc4ids.project WHERE source = '{OPA}' GROUP BY layout ORDER BY layout"
    );
    check(
        workspace,
        "3,137 and 1,780 projects by ID_PPI",
        &projects,
        &["2015 | 3137 | 3137", "2021 | 1780 | 1780"],
    );
    let both = format!(
        "SELECT count(*) FROM (SELECT id FROM oc4ids.project WHERE source = '{OPA}' GROUP BY id HAVING count(DISTINCT layout) = 2) AS both_years"
    );
    check(
        workspace,
        "316 projects are in both editions by ID_PPI (by the damaged key of the portfolio, fewer)",
        &both,
        &["316"],
    );
    let airport = format!(
        "SELECT row_state, count(*), sum(approved_amount) FROM oc4ids_history.finance WHERE source = '{OPA}' AND layout = '2015' AND project_id = '42063' GROUP BY row_state ORDER BY row_state"
    );
    check(
        workspace,
        "the new airport of 2015 stands on four rows: two pairs of figures, each written twice",
        &airport,
        &["current | 2 | 12719226126", "repeated | 2 | 12719226126"],
    );
}

#[test]
fn works_places() {
    let Some(workspace) = published() else { return };
    let one = format!(
        "SELECT layout, count(*), count(state_code), count(latitude) FROM oc4ids_history.location WHERE source = '{OPA}' AND element = '' AND id <> 'point' GROUP BY layout ORDER BY layout"
    );
    let lines = workspace.lines(&one);
    assert_eq!(
        lines[0], "2015 | 3140 | 2441 | 1612",
        "2,441 works of 2015 are in one of the 32 states; 1,613 give coordinates, one of them on no globe\n{one}"
    );
    assert!(
        lines[1].starts_with("2021 | 1663 | 1336 | "),
        "1,336 works of 2021 are in one of the 32 states, out of 1,663 without a list of them: {lines:?}"
    );
    let lists = format!(
        "SELECT count(DISTINCT record), count(*) FROM oc4ids_history.location WHERE source = '{OPA}' AND layout = '2021' AND element <> ''"
    );
    check(
        workspace,
        "123 works of 2021 list several states, 723 in all",
        &lists,
        &["123 | 723"],
    );
    let points = format!(
        "SELECT layout, count(latitude), count(longitude) FROM oc4ids_history.location WHERE source = '{OPA}' GROUP BY layout ORDER BY layout"
    );
    check(
        workspace,
        "zero is no place; of 1,076 coordinates of 2021 four latitudes and three longitudes are none either",
        &points,
        &["2015 | 1612 | 1613", "2021 | 1072 | 1073"],
    );
}

// The 69-B lists

#[test]
fn listings_by_status() {
    let Some(workspace) = published() else { return };
    let current = "SELECT status, count(*) FROM sanction.sanction WHERE list = 'sat_69b' GROUP BY status ORDER BY status";
    check(
        workspace,
        "the list of 2022: cleared 330, by ruling 1,241, definitive 10,954, presumed 141",
        current,
        &[
            "cleared_rebutted | 330",
            "cleared_ruling | 1241",
            "definitive | 10954",
            "presumed | 141",
        ],
    );
    let all = format!(
        "SELECT file.edition_date, t.status, t.row_state, count(*) FROM sanction_history.sanction AS t {OF_FILE} WHERE t.source = '{SAT}' AND file.edition_date < DATE '2022-01-01' GROUP BY 1, 2, 3 ORDER BY 2"
    );
    check(
        workspace,
        "the lists of 2019 are kept, and no longer current",
        &all,
        &[
            "2019-12-03 | definitive | superseded | 9116",
            "2019-12-03 | presumed | superseded | 1177",
        ],
    );
    let distinct = "SELECT count(DISTINCT identifier_id), (SELECT count(*) FROM (SELECT identifier_id FROM sanction.sanction WHERE identifier_id IS NOT NULL GROUP BY identifier_id HAVING count(*) > 1) AS many) FROM sanction.sanction";
    check(
        workspace,
        "12,508 tax numbers in 2022, 65 of them with more than one listing: the key is the row",
        distinct,
        &["12508 | 65"],
    );
}

#[test]
fn suppressed_identities_are_kept_and_hidden() {
    let Some(workspace) = published() else { return };
    let suppressed = format!(
        "SELECT file.edition_date, t.status, count(*), count(t.identifier_id), count(t.name), count(t.name_key) FROM sanction_history.sanction AS t {OF_FILE} WHERE t.is_suppressed GROUP BY 1, 2 ORDER BY 1, 2"
    );
    check(
        workspace,
        "suppressed by court order: 71 and 15 in 2019, 72 and 14 in 2022; none has a number or a name",
        &suppressed,
        &[
            "2019-12-03 | definitive | 71 | 0 | 0 | 0",
            "2019-12-03 | presumed | 15 | 0 | 0 | 0",
            "2022-11-30 | definitive | 72 | 0 | 0 | 0",
            "2022-11-30 | presumed | 14 | 0 | 0 | 0",
        ],
    );
}

#[test]
fn status_on_a_day() {
    let Some(workspace) = published() else { return };
    let on = |rfc: &str, day: &str| {
        let query = format!(
            "SELECT event.status FROM sanction.event AS event JOIN sanction.sanction AS sanction ON sanction.source = event.source AND sanction.id = event.sanction_id WHERE sanction.identifier_id = '{rfc}' AND event.published_where = 'sat' AND event.\"date\" <= DATE '{day}' ORDER BY event.\"date\" DESC LIMIT 1"
        );
        workspace.text(&query)
    };
    for (rfc, day, status) in [
        ("AAA080808HL8", "2018-12-01", "definitive"),
        ("AAA080808HL8", "2019-06-01", "cleared_ruling"),
        ("AAA091014835", "2017-06-01", "presumed"),
        ("AAA091014835", "2018-01-01", "cleared_rebutted"),
        ("ATR1502171E6", "2019-11-01", "cleared_ruling"),
        ("ATR1502171E6", "2020-01-01", "definitive"),
    ] {
        assert_eq!(
            on(rfc, day),
            status,
            "{rfc} on {day}: the last event on or before the day, by the SAT page's date"
        );
    }
    let history = "SELECT status, \"date\" FROM sanction.event WHERE published_where = 'sat' AND sanction_id LIKE 'ATR1502171E6-%' ORDER BY \"date\"";
    check(
        workspace,
        "one listing was presumed, definitive, cleared by a ruling, and definitive again",
        history,
        &[
            "presumed | 2018-05-01",
            "definitive | 2018-09-20",
            "cleared_ruling | 2019-10-18",
            "definitive | 2019-12-12",
        ],
    );
}

#[test]
fn dates_of_the_lists() {
    let Some(workspace) = published() else { return };
    let events = format!(
        "SELECT count(*) FROM sanction_history.event WHERE source = '{SAT}' AND layout = '2022'"
    );
    check(
        workspace,
        "52,769 filled cells of 2022 hold 52,894 dates, since 125 cells hold two",
        &events,
        &["52894"],
    );
    let two = format!(
        "SELECT count(*), count(DISTINCT record) FROM (SELECT record, status, published_where FROM sanction_history.event WHERE source = '{SAT}' AND layout = '2022' GROUP BY record, status, published_where HAVING count(*) = 2) AS two"
    );
    check(
        workspace,
        "59 listings hold two dates in a cell, in 125 cells",
        &two,
        &["125 | 59"],
    );
    let ahead = "SELECT count(*) FROM sanction.event WHERE \"date\" = DATE '2022-12-13'";
    check(
        workspace,
        "34 cells say 13/12/2022, after the list's own date",
        ahead,
        &["34"],
    );
    let serials = format!(
        "SELECT t.record, raw.\"position\", t.\"date\" FROM sanction_history.event AS t JOIN raw.mx_federal__sat_69b AS raw ON raw.file_id = t.file_id AND raw.record = t.record WHERE t.source = '{SAT}' AND t.layout = '2022' AND raw.\"position\" IN ('line 428', 'line 1788') AND t.\"date\" IN (DATE '2020-07-02', DATE '2020-07-17') ORDER BY t.record"
    );
    check(
        workspace,
        "two cells hold the serial day of a spreadsheet",
        &serials,
        &[
            "425 | line 428 | 2020-07-02",
            "1785 | line 1788 | 2020-07-17",
        ],
    );
    let without = "SELECT count(*) FROM sanction.sanction AS t LEFT JOIN sanction.event AS event ON event.source = t.source AND event.sanction_id = t.id AND event.status = 'definitive' WHERE t.status = 'definitive' AND event.sanction_id IS NULL";
    check(
        workspace,
        "one definitive listing has no definitive date",
        without,
        &["1"],
    );
}

#[test]
fn the_list_of_2019_in_that_of_2022() {
    let Some(workspace) = published() else { return };
    let query = format!(
        "WITH before AS (
            SELECT DISTINCT t.identifier_id AS rfc FROM sanction_history.sanction AS t
            WHERE t.source = '{SAT}' AND t.layout = '2019' AND t.status = 'definitive' AND t.identifier_id IS NOT NULL
         ), now AS (
            SELECT identifier_id AS rfc, string_agg(DISTINCT status, '+' ORDER BY status) AS statuses FROM sanction.sanction WHERE identifier_id IS NOT NULL GROUP BY identifier_id
         )
         SELECT count(*), count(now.rfc), count(*) FILTER (WHERE now.statuses = 'cleared_ruling'), count(*) FILTER (WHERE now.statuses = 'cleared_ruling+definitive'),
                count(*) FILTER (WHERE now.statuses = 'cleared_rebutted')
         FROM before LEFT JOIN now ON now.rfc = before.rfc"
    );
    check(
        workspace,
        "of 9,043 definitive in 2019, 9,040 are still listed: 673 only as cleared by a ruling, 28 both ways, 3 as rebutted",
        &query,
        &["9043 | 9040 | 673 | 28 | 3"],
    );
}

// Nuevo León

#[test]
fn nuevo_leon_contracts() {
    let Some(workspace) = published() else { return };
    check(
        workspace,
        "nine contracts add up to 281,363,261.18",
        &format!(
            "SELECT count(*), sum(value_amount), min(value_currency), max(value_currency) FROM ocds.contract WHERE source = '{NL}'"
        ),
        &["9 | 281363261.18 | MXN | MXN"],
    );
    check(
        workspace,
        "nine awards add up to 352,831,310.47",
        &format!("SELECT count(*), sum(value_amount) FROM ocds.award WHERE source = '{NL}'"),
        &["9 | 352831310.47"],
    );
    check(
        workspace,
        "nine public tenders with 3 to 24 tenderers, and as many named",
        &format!(
            "SELECT count(*), min(procurement_method), max(procurement_method), min(number_of_tenderers), max(number_of_tenderers), sum(number_of_tenderers) FROM ocds.tender WHERE source = '{NL}'"
        ),
        &["9 | open | open | 3 | 24 | 87"],
    );
    check(
        workspace,
        "87 tenderers are named",
        &format!("SELECT count(*) FROM ocds_history.tenderer WHERE source = '{NL}'"),
        &["87"],
    );
    check(
        workspace,
        "the tender of 2015 has a contract signed on 2020-03-17, as written",
        &format!(
            "SELECT date_signed, date_signed_zone FROM ocds.contract WHERE source = '{NL}' AND id = '1505001'"
        ),
        &["2020-03-17 | -06:00"],
    );
    check(
        workspace,
        "every row is the state's",
        &format!("SELECT DISTINCT place FROM ocds.contract WHERE source = '{NL}'"),
        &["mx-19"],
    );
}

#[test]
fn nuevo_leon_projects() {
    let Some(workspace) = published() else { return };
    check(
        workspace,
        "five budgets and five final values, one of them a placeholder of 10",
        &format!(
            "SELECT budget_amount, completion_final_value_amount FROM oc4ids.project WHERE source = '{NL_WORKS}' ORDER BY id"
        ),
        &[
            "20459221.19 | 20459221.17",
            "4010130.1 | 3983804.78",
            "963192185.27 | 67114925.93",
            "473694090.21 | 10",
            "29985141.15 | 29985130",
        ],
    );
    let processes = format!(
        "SELECT count(*), count(tender.ocid) FROM oc4ids.contracting_process AS process LEFT JOIN ocds.tender AS tender ON tender.ocid = process.ocid WHERE process.source = '{NL_WORKS}'"
    );
    check(
        workspace,
        "ten contracting processes, six of them published",
        &processes,
        &["10 | 6"],
    );
    let without = format!(
        "SELECT count(*) FROM ocds.tender AS tender LEFT JOIN oc4ids.contracting_process AS process ON process.ocid = tender.ocid WHERE tender.source = '{NL}' AND process.ocid IS NULL"
    );
    check(
        workspace,
        "three published processes belong to no project",
        &without,
        &["3"],
    );
    let places = format!(
        "SELECT min(state_code), max(state_code), count(*) FILTER (WHERE latitude BETWEEN 20 AND 30 AND longitude BETWEEN -102 AND -98) = count(*) FROM oc4ids.location WHERE source = '{NL_WORKS}'"
    );
    check(
        workspace,
        "the points lie in Nuevo León, though the publisher writes the latitude first",
        &places,
        &["19 | 19 | true"],
    );
}

// Who captures what

/// Rows, filled and usable values of a field, by layout.
fn coverage(workspace: &Workspace, source: &str, table: &str, field: &str) -> Vec<String> {
    workspace.lines(&format!("SELECT layout, \"rows\", filled, valid FROM coverage WHERE source = '{source}' AND \"table\" = '{table}' AND field = '{field}' ORDER BY layout"))
}

#[test]
fn coverage_of_federal_works() {
    let Some(workspace) = published() else { return };
    let both = |of_2015: u32, of_2021: u32| {
        vec![
            format!("2015 | 3140 | {of_2015} | {of_2015}"),
            format!("2021 | 1786 | {of_2021} | {of_2021}"),
        ]
    };
    for (table, field, of_2015, of_2021) in [
        ("project", "id", 3140, 1786),
        ("project", "title", 3140, 1786),
        ("project", "type", 3140, 1786),
        ("project", "sector", 3140, 1786),
        ("project", "status", 0, 1786),
        ("project", "budget_amount", 3140, 1786),
        ("project", "period_start_date", 3140, 1786),
        ("project", "period_end_date", 3140, 1786),
        ("finance", "approved_amount", 3140, 1499),
        ("finance", "spent_amount", 3140, 1499),
        ("finance", "physical_progress", 3140, 1499),
        ("finance", "physical_progress_basis", 0, 0), // Nobody says what the progress counts from.
    ] {
        assert_eq!(
            coverage(workspace, OPA, table, field),
            both(of_2015, of_2021),
            "{table}.{field} of the editions 2015 and 2021"
        );
    }
    let precision = format!(
        "SELECT layout, period_start_date_precision, count(*) FROM oc4ids_history.project WHERE source = '{OPA}' GROUP BY 1, 2 ORDER BY 1"
    );
    check(
        workspace,
        "the start is a month in 2015 and a day in 2021",
        &precision,
        &["2015 | month | 3140", "2021 | day | 1786"],
    );
    let doubtful = format!(
        "SELECT count(*) FROM problem WHERE source = '{OPA}' AND code = 'end_year_doubtful'"
    );
    check(
        workspace,
        "the end of 2015 prints the year of the start on every row, so every row says that it is doubtful",
        &doubtful,
        &["3140"],
    );
    let backwards = format!(
        "SELECT count(*) FROM oc4ids_history.project WHERE source = '{OPA}' AND layout = '2015' AND period_end_date < period_start_date"
    );
    check(
        workspace,
        "68 works of 2015 end before they begin, as written",
        &backwards,
        &["68"],
    );
    assert_eq!(
        coverage(workspace, OPA, "location", "state_code")[0],
        "2015 | 3140 | 3140 | 2441",
        "the state of 2015: 2,441 in one of the 32"
    );
    assert_eq!(
        coverage(workspace, OPA, "location", "latitude")[0],
        "2015 | 3140 | 1613 | 1612",
        "1,613 works of 2015 give coordinates, one of them with latitude and longitude exchanged"
    );
    assert!(
        coverage(workspace, OPA, "location", "latitude")[1].ends_with(" | 1076 | 1072"),
        "1,076 works of 2021 give coordinates, four latitudes are none"
    );
    assert!(
        coverage(workspace, OPA, "location", "longitude")[1].ends_with(" | 1076 | 1073"),
        "of 1,076 longitudes of 2021 three are none"
    );
}

#[test]
fn coverage_of_nuevo_leon() {
    let Some(workspace) = published() else { return };
    for field in [
        "id",
        "title",
        "type",
        "sector",
        "status",
        "period_start_date",
        "period_end_date",
        "budget_amount",
        "budget_currency",
    ] {
        assert_eq!(
            coverage(workspace, NL_WORKS, "project", field),
            ["project | 5 | 5 | 5"],
            "{field} of the five projects"
        );
    }
    for field in ["state_code", "latitude", "longitude"] {
        let lines = coverage(workspace, NL_WORKS, "location", field);
        let cells: Vec<&str> = lines[0].split(" | ").collect();
        assert_eq!(
            (cells[1], cells[1]),
            (cells[2], cells[3]),
            "every place of Nuevo León has its {field}: {lines:?}"
        );
    }
    let progress = format!(
        "SELECT coalesce(sum(valid), 0) FROM coverage WHERE source = '{NL_WORKS}' AND field IN ('physical_progress', 'spent_amount')"
    );
    check(
        workspace,
        "Nuevo León publishes no physical progress, and its spending below the budget lines only",
        &progress,
        &["0"],
    );
    let measures = workspace.number(&format!(
        "SELECT count(value_amount) FROM oc4ids_history.budget_measure WHERE source = '{NL_WORKS}'"
    ));
    assert!(
        measures > 0,
        "spending stands in the measures of the budget lines"
    );
}

// The rules

#[test]
fn short_periods() {
    let Some(workspace) = published() else { return };
    let by_file = format!(
        "SELECT {YEAR} AS year, count(*) FILTER (WHERE answer.answer = 'flagged') AS flagged, count(*) FILTER (WHERE answer.answer <> 'not_computable') AS computable
         FROM flags.answer AS answer JOIN ocds.tender AS t ON t.source = answer.source AND t.ocid = answer.subject_id {OF_FILE}
         WHERE answer.indicator = 'R003' AND answer.source = '{COMPRANET}' GROUP BY 1 ORDER BY 1"
    );
    check(
        workspace,
        "national public tenders of fewer than 15 days, one row a process: 18 of 56, 12 of 59, 11 of 63",
        &by_file,
        &["2010-2012 | 18 | 56", "2013 | 12 | 59", "2015 | 11 | 63"],
    );
    let national = format!(
        "SELECT {YEAR} AS year, count(*) FROM ocds.tender AS t {OF_FILE}
         WHERE t.source = '{COMPRANET}' AND t.procurement_method = 'open' AND t.participation_scope = 'national'
           AND t.tender_period_start_date IS NOT NULL AND t.tender_period_end_date IS NOT NULL GROUP BY 1 ORDER BY 1"
    );
    check(
        workspace,
        "the tenders asked about are those with the national scope and both dates",
        &national,
        &["2010-2012 | 56", "2013 | 59", "2015 | 63"],
    );
    let state = format!(
        "SELECT answer, count(*), min(value) FROM flags.answer WHERE indicator = 'R003' AND source = '{NL}' GROUP BY answer"
    );
    check(
        workspace,
        "Nuevo León: 0 of 9, the shortest of exactly 15 days",
        &state,
        &["clear | 9 | 15"],
    );
}

#[test]
fn direct_award_shares() {
    let Some(workspace) = published() else { return };
    let detail = |buyer: &str| -> Value {
        let query = format!(
            "SELECT detail FROM flags.answer WHERE indicator = 'R013' AND subject_id = '{COMPRANET}/{buyer}/2015'"
        );
        serde_json::from_str(&workspace.text(&query)).expect("the detail is JSON")
    };
    for (buyer, direct, contracts, by_amount) in [
        ("API-Veracruz", "55", "83", "0.041"),
        ("API-Topolobampo", "79", "81", "0.811"),
        ("AICM", "25", "54", "0.727"),
        ("ASA", "28", "53", "0.251"),
    ] {
        let detail = detail(buyer);
        assert_eq!(
            (
                plain(&detail["direct_contracts"]).as_str(),
                plain(&detail["contracts"]).as_str()
            ),
            (direct, contracts),
            "direct awards of {buyer} in 2015, by count"
        );
        let share: f64 = plain(&detail["share_by_amount"]).parse().expect("a number");
        assert_eq!(
            format!("{share:.3}"),
            by_amount,
            "direct awards of {buyer} in 2015, by amount in pesos"
        );
    }
    let flagged = "SELECT subject_id, round(value, 3), note FROM flags.answer WHERE indicator = 'R013' AND answer = 'flagged' ORDER BY subject_id";
    check(
        workspace,
        "above four fifths by count, of ten contracts or more; the files are samples, and every answer says so",
        flagged,
        &[
            "mx_federal__compranet/API-Coatzacoalcos/2013 | 0.909 | sample",
            "mx_federal__compranet/API-Ensenada/2011 | 0.848 | sample",
            "mx_federal__compranet/API-Ensenada/2012 | 0.846 | sample",
            "mx_federal__compranet/API-Ensenada/2015 | 0.923 | sample",
            "mx_federal__compranet/API-Manzanillo/2015 | 0.857 | sample",
            "mx_federal__compranet/API-Topolobampo/2015 | 0.975 | sample",
        ],
    );
    let state = format!(
        "SELECT DISTINCT answer FROM flags.answer WHERE indicator = 'R013' AND source = '{NL}'"
    );
    assert!(
        !workspace.lines(&state).contains(&"flagged".to_string()),
        "Nuevo León published tenders only"
    );
}

#[test]
fn contracts_over_their_award() {
    let Some(workspace) = published() else { return };
    let answers = format!(
        "SELECT answer, count(*) FROM flags.answer WHERE indicator = 'R059' AND source = '{NL}' GROUP BY answer ORDER BY answer"
    );
    check(
        workspace,
        "Nuevo León: six of nine contracts exceed their award",
        &answers,
        &["clear | 3", "flagged | 6"],
    );
    let flagged = format!(
        "SELECT split_part(subject_id, '/', 2) AS contract, round(value, 1), note FROM flags.answer WHERE indicator = 'R059' AND source = '{NL}' AND answer = 'flagged' ORDER BY value DESC"
    );
    check(
        workspace,
        "by how much, in per cent; the two that look like the tax say so",
        &flagged,
        &[
            "1906002 | 17.0 | tax_basis", // CPE-008-2019
            "1908008 | 16.3 | tax_basis", // E12-2019
            "1810001 | 10.3 | ",          // CPE-033-2018
            "1612084 | 4.6 | ",           // E52-2016
            "1807002 | 2.5 | ",           // CPE-021-2018
            "1909003 | 1.2 | ",           // E16-2019
        ],
    );
    let federal = format!(
        "SELECT answer, missing, count(*) FROM flags.answer WHERE indicator = 'R059' AND source = '{COMPRANET}' AND amount > 0 GROUP BY answer, missing"
    );
    check(
        workspace,
        "CompraNet publishes no amount of an award: no contract can be compared",
        &federal,
        &["not_computable | ocds.award.value_amount | 1192"],
    );
}

#[test]
fn suppliers_on_the_list() {
    let Some(workspace) = published() else { return };
    check(
        workspace,
        "no contract of these files is flagged for the 69-B list",
        "SELECT count(*) FROM flags.answer WHERE indicator = 'MX69B' AND answer = 'flagged'",
        &["0"],
    );
    check(
        workspace,
        "nor does a flag stand open or closed",
        "SELECT count(*) FROM flags.flag WHERE indicator = 'MX69B'",
        &["0"],
    );
    let noted = "SELECT split_part(subject_id, '/', 2) AS contract, answer, note, detail FROM flags.answer WHERE indicator = 'MX69B' AND note IS NOT NULL ORDER BY contract";
    let rows = workspace.sql(noted);
    let found: Vec<[String; 9]> = rows
        .iter()
        .map(|row| {
            let detail: Value =
                serde_json::from_str(&plain(&row["detail"])).expect("the detail is JSON");
            let of = |name: &str| plain(&detail[name]);
            [
                plain(&row["contract"]),
                plain(&row["answer"]),
                plain(&row["note"]),
                of("supplier_name"),
                of("matched_by"),
                of("contract_date"),
                of("date_used"),
                of("status"),
                of("status_since"),
            ]
        })
        .collect();
    let wanted = [
        [
            "734275",
            "clear",
            "listed_later",
            "OPERADORA DE NEGOCIOS EGEO S.A DE C.V.",
            "name",
            "2015-03-02",
            "date_signed",
            "presumed",
            "2016-12-01",
        ],
        [
            "737557",
            "clear",
            "listed_later",
            "LURMA INTEGRAL S DE RL DE CV",
            "name",
            "2015-05-07",
            "period_start_date",
            "presumed",
            "2019-01-09",
        ],
    ];
    assert_eq!(
        found, wanted,
        "two suppliers were listed after their contract, by name only; nothing else is noted"
    );
    let answers = "SELECT source, answer, count(*) FROM flags.answer WHERE indicator = 'MX69B' GROUP BY source, answer ORDER BY source, answer";
    check(
        workspace,
        "every contract is answered: 1,194 federal ones and nine of Nuevo León",
        answers,
        &[
            "mx_federal__compranet | clear | 1194",
            "mx_nuevo_leon__contratos_ocds | clear | 9",
        ],
    );
}

#[test]
fn splitting_cannot_be_computed_and_says_why() {
    let Some(workspace) = published() else { return };
    let answers = "SELECT DISTINCT answer FROM flags.answer WHERE indicator = 'R011'";
    check(
        workspace,
        "the dated maximums of direct awards are not recovered, so no group can be asked about",
        answers,
        &["not_computable"],
    );
    let missing = workspace.sql("SELECT missing, count(*) AS groups FROM flags.answer WHERE indicator = 'R011' GROUP BY missing ORDER BY groups DESC");
    assert_eq!(
        plain(&missing[0]["missing"]),
        "parameter.maximum_amount",
        "the missing thing is named: {missing:?}"
    );
    for row in &missing {
        let named = plain(&row["missing"]);
        assert!(
            ["parameter.maximum_amount", "ocds.contract.value_amount"].contains(&named.as_str()),
            "dates and categories are published: {missing:?}"
        );
    }
}

#[test]
fn progress_cannot_be_compared_and_says_why() {
    let Some(workspace) = published() else { return };
    let answers = "SELECT source, answer, missing, count(DISTINCT subject_id) AS projects FROM flags.answer WHERE indicator = 'W001' GROUP BY source, answer, missing ORDER BY source, missing";
    let rows = workspace.lines(answers);
    assert!(
        rows.iter().all(|row| row.contains(" | not_computable | ")),
        "no work can be asked about: {rows:?}"
    );
    assert!(
        rows.contains(&format!(
            "{NL_WORKS} | not_computable | oc4ids.finance.physical_progress | 5"
        )),
        "Nuevo León publishes no physical progress: {rows:?}"
    );
    let federal = |missing: &str| {
        rows.iter()
            .find_map(|row| {
                row.strip_prefix(&format!("{OPA} | not_computable | {missing} | "))?
                    .parse::<i64>()
                    .ok()
            })
            .unwrap_or(0)
    };
    let (without_basis, without_progress) = (
        federal("oc4ids.finance.physical_progress_basis"),
        federal("oc4ids.finance.physical_progress"),
    );
    assert_eq!(
        without_basis + without_progress,
        3_137 + 1_780 - 316,
        "every project of federal works lacks the progress or what it counts from: {rows:?}"
    );
    assert!(
        without_basis >= 3_137,
        "all projects of 2015 publish progress, and nobody says whether it is the year's: {rows:?}"
    );
}

// From a flag to the file

#[test]
fn why_shows_the_original_row() {
    let Some(workspace) = published() else { return };
    let flag = workspace.text(&format!("SELECT flag_id FROM flags.flag WHERE indicator = 'R003' AND source = '{COMPRANET}' AND closed_on IS NULL ORDER BY flag_id LIMIT 1"));
    let original = workspace.sql(&format!(
        "SELECT raw.\"position\" AS line, raw.proc_f_publicacion AS published, raw.fecha_apertura_proposiciones AS closing, file.sha256 FROM flags.evidence AS evidence
         JOIN raw.mx_federal__compranet AS raw ON raw.file_id = evidence.file_id AND raw.part_id = evidence.part_id AND raw.record = evidence.record
         JOIN file ON file.file_id = raw.file_id AND file.part_id = raw.part_id WHERE evidence.flag_id = '{flag}'"
    ));
    assert_eq!(
        original.len(),
        1,
        "a short period is read from one row: {original:?}"
    );
    let shown = workspace.ok(&["why", &flag]);
    for wanted in [
        format!("R003 {flag}"),
        format!("PROC_F_PUBLICACION: {}", plain(&original[0]["published"])),
        format!(
            "FECHA_APERTURA_PROPOSICIONES: {}",
            plain(&original[0]["closing"])
        ),
        plain(&original[0]["line"]),
        format!("sha256 {}", plain(&original[0]["sha256"])),
    ] {
        assert!(
            shown.contains(&wanted),
            "the original row is shown as published, with `{wanted}`:\n{shown}"
        );
    }
}

#[test]
fn why_shows_both_rows_of_a_note() {
    let Some(workspace) = published() else { return };
    let shown = workspace.ok(&["why", "compranet-812469/737557"]);
    for wanted in [
        "listed_later",
        "line 28",
        "IMPORTE_CONTRATO: 230000",
        "PROVEEDOR_CONTRATISTA: LURMA INTEGRAL S DE RL DE CV",
        "line 7491",
        "RFC: LIN140805IN5",
    ] {
        assert!(
            shown.contains(wanted),
            "the contract's row and the listing's row, with `{wanted}`:\n{shown}"
        );
    }
}

// Again

#[test]
fn a_second_run_has_nothing_to_do() {
    let Some(workspace) = published() else { return };
    let steps = workspace.steps();
    let done: Vec<_> = steps
        .iter()
        .filter(|(_, outcome)| outcome != "skipped")
        .collect();
    assert!(
        !steps.is_empty() && done.is_empty(),
        "no file, pack or rule has changed: {done:?}"
    );
}
