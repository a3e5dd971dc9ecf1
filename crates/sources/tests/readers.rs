//! What readers make of good and bad input. Every test goes through [`read`]: bytes in, a transcript out, and
//! the account must add up each time.

use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use sources::{
    Account, Error, Limits, Listener, Object, Part, Plan, Problem, Row, Shape, Workbooks,
};
use zip::write::SimpleFileOptions;

/// Writes down what it hears.
#[derive(Default)]
struct Recorder {
    record_path: String,
    lists: Vec<String>,
    columns: Vec<(usize, u32, String)>,
    lines: Vec<String>,
    handed: u64,
    problems: Vec<Problem>,
    accounts: Vec<Account>,
}

impl Listener for Recorder {
    fn begin(&mut self, part: &Part) -> Result<Plan, Error> {
        self.handed = 0;
        self.columns.clear();
        let Part {
            part_id,
            name,
            format,
            encoding,
            delimiter,
            ..
        } = part;
        self.lines.push(
            format!("part {part_id} '{name}' {format} {encoding} {delimiter}")
                .trim_end()
                .to_owned(),
        );
        match &part.shape {
            Shape::Table {
                header,
                preamble,
                header_position,
                ..
            } => {
                self.lines
                    .extend(preamble.iter().map(|line| format!("above {line}")));
                self.lines
                    .push(format!("header {header_position} {}", header.join("|")));
                Ok(Plan::Table)
            }
            Shape::Document { sample, many } => {
                let paths: Vec<&str> = sample.iter().map(|(path, _)| path.as_str()).collect();
                self.lines
                    .push(format!("paths {} many={many}", paths.join(" ")));
                Ok(Plan::Document {
                    record_path: self.record_path.clone(),
                    lists: self.lists.clone(),
                    pieces: false,
                })
            }
        }
    }

    fn row(&mut self, row: &Row<'_>) -> Result<(), Error> {
        self.handed += 1;
        let cells: Vec<&str> = (0..row.len())
            .map(|i| row.cell(i).expect("within the row"))
            .collect();
        self.lines.push(format!(
            "{} @{} {}",
            row.record,
            row.position,
            cells.join("|")
        ));
        Ok(())
    }

    fn column(&mut self, list: usize, id: u32, path: &str) -> Result<(), Error> {
        assert_eq!(
            self.columns.iter().filter(|(l, ..)| *l == list).count(),
            id as usize,
            "ids count from 0 in each list"
        );
        self.columns.push((list, id, path.to_owned()));
        Ok(())
    }

    fn object(&mut self, object: &Object<'_>) -> Result<(), Error> {
        if object.list == 0 {
            self.handed += 1;
        }
        let name = |id: u32| {
            self.columns
                .iter()
                .find(|(l, i, _)| (*l, *i) == (object.list, id))
                .map(|c| c.2.clone())
        };
        let values: Vec<String> = object
            .values
            .iter()
            .map(|(id, v)| format!("{}={v}", name(*id).expect("announced before")))
            .collect();
        let place = if object.list == 0 {
            format!("@{}", object.position)
        } else {
            format!("{}<{}", object.element, object.parent)
        };
        let rest = object
            .rest
            .map(|r| format!(" rest {r}"))
            .unwrap_or_default();
        self.lines.push(format!(
            "{} {place} {}{rest}",
            object.record,
            values.join("|")
        ));
        Ok(())
    }

    fn cell(
        &mut self,
        record: u64,
        column: usize,
        kind: &'static str,
        value: &str,
    ) -> Result<(), Error> {
        self.lines
            .push(format!("{record} beside {column} {kind} {value}"));
        Ok(())
    }

    fn problem(&mut self, p: Problem) -> Result<(), Error> {
        let record = p.record.map(|r| format!(" #{r}")).unwrap_or_default();
        self.lines.push(
            format!("! {}{record} [{}] {}", p.code, p.position, p.column)
                .trim_end()
                .to_owned(),
        );
        self.problems.push(p);
        Ok(())
    }

    fn end(&mut self, account: Account) -> Result<(), Error> {
        let others: Vec<String> = account
            .other_rows
            .iter()
            .map(|(k, n)| format!(" {k}={n}"))
            .collect();
        let Account {
            records_found,
            rows_read,
            rows_set_aside,
            ..
        } = account;
        self.lines.push(format!(
            "end {records_found}={rows_read}+{rows_set_aside}{}",
            others.concat()
        ));
        assert_eq!(
            records_found,
            rows_read + rows_set_aside,
            "the account adds up:\n{}",
            self.lines.join("\n")
        );
        assert_eq!(rows_read, self.handed, "what was read was handed over");
        self.accounts.push(account);
        Ok(())
    }
}

struct Case {
    limits: Limits,
    record_path: &'static str,
    lists: &'static [&'static str],
    workbooks: Workbooks,
}

impl Default for Case {
    fn default() -> Self {
        Case {
            limits: Limits::default(),
            record_path: "",
            lists: &[],
            workbooks: Workbooks::InProcess,
        }
    }
}

fn record(name: &str, bytes: &[u8], case: &Case) -> Recorder {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut recorder = Recorder {
        record_path: case.record_path.to_owned(),
        lists: case.lists.iter().map(|l| l.to_string()).collect(),
        ..Recorder::default()
    };
    sources::read_file(
        file.path(),
        name,
        &case.limits,
        &case.workbooks,
        &mut recorder,
    )
    .unwrap();
    recorder
}

/// The transcript of a file.
fn read(name: &str, bytes: impl AsRef<[u8]>, case: &Case) -> String {
    record(name, bytes.as_ref(), case).lines.join("\n")
}

#[track_caller]
fn check(name: &str, bytes: impl AsRef<[u8]>, case: &Case, expected: &str) {
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(read(name, bytes, case), expected.join("\n"));
}

#[track_caller]
fn check_csv(bytes: impl AsRef<[u8]>, expected: &str) {
    check("a.csv", bytes, &Case::default(), expected);
}

fn child() -> Workbooks {
    Workbooks::Child {
        program: PathBuf::from(env!("CARGO_BIN_EXE_read_file")),
        memory_bytes: 512 << 20,
    }
}

// CSV

#[test]
fn a_table() {
    check_csv(
        "a,b\r\n1,\"x, y\"\r\n\r\n2,\"l1\nl2 \"\"q\"\"\"\r\n3,z\r\n",
        "part 0 '' csv utf-8 ,
         header 1 a|b
         1 @2 1|x, y
         2 @4 2|l1
         l2 \"q\"
         3 @6 3|z
         end 3=3+0 header=1",
    );
}

#[test]
fn preamble_above_the_header_and_totals_below() {
    check_csv(
        "Al 3 de marzo de 2020,,,,\nListado,,,,\n\nno,rfc,nombre,año,monto\n1,A,X,1,5\n2,B,Y,1,6\nTOTAL PLAY,C,Z,1,7\nTotal,,,,18\nFuente: SHCP,,,,\n",
        "part 0 '' csv utf-8 ,
         above Al 3 de marzo de 2020
         above Listado
         header 4 no|rfc|nombre|año|monto
         1 @5 1|A|X|1|5
         2 @6 2|B|Y|1|6
         3 @7 TOTAL PLAY|C|Z|1|7
         ! row_not_record [line 8]
         ! row_not_record [line 9]
         end 3=3+0 title=2 header=1 total=1 footer=1",
    );
}

#[test]
fn ragged_rows_are_kept_and_told() {
    check_csv(
        "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,\n",
        "part 0 '' csv utf-8 ,
         header 1 a|b|c
         1 @2 1|2|3
         2 @3 1|2
         ! row_too_short #2 [line 3]
         3 @4 1|2|3|4
         ! row_too_long #3 [line 4]
         4 @5 1|2|3|
         end 4=4+0 header=1",
    );
}

#[test]
fn a_problem_repeated_is_told_a_thousand_times_and_summed() {
    let text = format!("a,b\n{}{}", "1,2\n".repeat(3000), "1,2,3\n".repeat(2500));
    let recorder = record("a.csv", text.as_bytes(), &Case::default());
    let codes = |code| recorder.problems.iter().filter(|p| p.code == code).count();
    assert_eq!(
        (codes("row_too_long"), codes("problem_repeated")),
        (1000, 1)
    );
    assert_eq!(
        recorder.problems.last().unwrap().found,
        "row_too_long: 2500 times"
    );
}

#[test]
fn two_columns_of_one_name_and_one_without() {
    check_csv(
        "fecha,monto,fecha,\n1,2,3,4\n",
        "part 0 '' csv utf-8 ,
         header 1 fecha|monto|fecha|
         ! column_nameless [line 1]
         ! column_repeated [line 1] fecha
         1 @2 1|2|3|4
         end 1=1+0 header=1",
    );
}

#[test]
fn a_file_without_header() {
    check_csv(
        "ANA|0012\nBEA|0013\nCARLA|0014\n",
        "part 0 '' csv utf-8 |
         header 0 column_1|column_2
         ! header_missing [line 1]
         1 @1 ANA|0012
         2 @2 BEA|0013
         3 @3 CARLA|0014
         end 3=3+0",
    );
}

#[test]
fn a_quote_that_never_closes_loses_no_row() {
    check_csv(
        "a,b\n1,x\n2,\"lost\n3,y\n4,z\n",
        "part 0 '' csv utf-8 ,
         header 1 a|b
         1 @2 1|x
         ! quote_unclosed [line 3]
         2 @3 2|\"lost
         3 @4 3|y
         4 @5 4|z
         end 4=4+0 header=1",
    );
}

#[test]
fn a_lost_quote_in_a_large_file_costs_one_line() {
    let limits = Limits {
        record_bytes: 1000,
        ..Limits::default()
    };
    let text = format!("a,b\n1,x\n2,\"lost\n{}", "3,y\n".repeat(2000));
    let recorder = record(
        "a.csv",
        text.as_bytes(),
        &Case {
            limits,
            ..Case::default()
        },
    );
    assert_eq!(recorder.accounts[0].rows_set_aside, 1);
    assert_eq!(recorder.accounts[0].rows_read, 2001);
    assert_eq!(
        (
            recorder.problems[0].code,
            recorder.problems[0].position.as_str()
        ),
        ("record_too_large", "line 3")
    );
}

#[test]
fn a_row_of_50_mb_is_set_aside() {
    let mut text = b"a,b\n1,x\n2,".to_vec();
    text.resize(text.len() + 50_000_000, b'z');
    text.extend_from_slice(b"\n3,y\n4,\"");
    text.resize(text.len() + 50_000_000, b'z');
    text.extend_from_slice(b"\"\n5,y\n");
    check(
        "a.csv",
        text,
        &Case::default(),
        "part 0 '' csv utf-8 ,
         header 1 a|b
         1 @2 1|x
         ! record_too_large #2 [line 3]
         3 @4 3|y
         ! record_too_large #4 [line 5]
         5 @6 5|y
         end 5=3+2 header=1",
    );
}

#[test]
fn too_many_cells_in_a_row() {
    let limits = Limits {
        columns: 10,
        ..Limits::default()
    };
    let text = format!(
        "a,b\n1,2\n{}\n\"x\"{}\n3,4\n",
        ",1".repeat(20),
        ",\"1\n\"".repeat(20)
    );
    let recorder = record(
        "a.csv",
        text.as_bytes(),
        &Case {
            limits,
            ..Case::default()
        },
    );
    assert_eq!(
        (
            recorder.accounts[0].rows_read,
            recorder.accounts[0].rows_set_aside
        ),
        (2, 2)
    );
    assert_eq!(recorder.problems[0].code, "too_many_columns");
}

#[test]
fn old_macintosh_lines_and_other_delimiters() {
    check_csv(
        "a;b\r1;2\r3;4\r",
        "part 0 '' csv utf-8 ;\nheader 1 a|b\n1 @2 1|2\n2 @3 3|4\nend 2=2+0 header=1",
    );
    check_csv(
        "a\tb\n1\t\\\n",
        "part 0 '' csv utf-8 \nheader 1 a|b\n1 @2 1|\\\nend 1=1+0 header=1",
    );
}

// Encodings

const SPANISH: &str = "clave,descripción\n1,CONSTRUCCIÓN DE PAVIMENTACIÓN Y GUARNICIÓN EN LA COLONIA PEÑÓN\n2,\
                       Rehabilitación del camino a San José Iturbide; niños y niñas\n3,¿Cuánto costó? Ñandú\n";

fn cp850(text: &str) -> Vec<u8> {
    // Only what the text needs; the crate's own table is tested against itself elsewhere.
    let byte = |c: char| match c {
        'á' => 0xA0,
        'é' => 0x82,
        'í' => 0xA1,
        'ó' => 0xA2,
        'ú' => 0xA3,
        'ñ' => 0xA4,
        'Ñ' => 0xA5,
        'Ó' => 0xE0,
        'Í' => 0xD6,
        'Á' => 0xB5,
        'É' => 0x90,
        'Ú' => 0xE9,
        '¿' => 0xA8,
        'ü' => 0x81,
        c => u8::try_from(c).expect("ASCII"),
    };
    text.chars().map(byte).collect()
}

fn windows_1252(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

fn utf_16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark
        .then_some(0xFEFF)
        .into_iter()
        .chain(text.encode_utf16());
    units
        .flat_map(|u| {
            if big {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn encodings_of_the_same_text() {
    let expected = |encoding: &str| {
        let rows: Vec<String> = SPANISH
            .lines()
            .skip(1)
            .enumerate()
            .map(|(i, l)| format!("{} @{} {}", i + 1, i + 2, l.replace(',', "|")))
            .collect();
        format!(
            "part 0 '' csv {encoding} ,\nheader 1 clave|descripción\n{}\nend 3=3+0 header=1",
            rows.join("\n")
        )
    };
    check_csv(SPANISH, &expected("utf-8"));
    check_csv(format!("\u{feff}{SPANISH}"), &expected("utf-8-bom"));
    check_csv(windows_1252(SPANISH), &expected("windows-1252"));
    check_csv(cp850(SPANISH), &expected("cp850"));
    for mark in [true, false] {
        check_csv(utf_16(SPANISH, false, mark), &expected("utf-16le"));
        check_csv(utf_16(SPANISH, true, mark), &expected("utf-16be"));
    }
}

#[test]
fn utf_8_until_row_n_and_then_windows_1252() {
    let mut bytes = "a,b\n1,Peñón\n2,México\n".as_bytes().to_vec();
    bytes.extend(windows_1252("3,Peñón\n4,México\n"));
    check_csv(
        bytes,
        "part 0 '' csv mixed ,
         header 1 a|b
         ! encoding_mixed [line 4]
         1 @2 1|Peñón
         2 @3 2|México
         3 @4 3|Peñón
         4 @5 4|México
         end 4=4+0 header=1",
    );
}

#[test]
fn damaged_bytes_are_counted() {
    let mut bytes = "a,b\n1,Peñón\n2,Méx".as_bytes().to_vec();
    bytes.extend(b"\xC3ico \xC3\xB3 \xC3\xB1\n");
    let recorder = record("a.csv", &bytes, &Case::default());
    let damaged = recorder
        .problems
        .iter()
        .find(|p| p.code == "encoding_damaged")
        .unwrap();
    assert_eq!(
        (damaged.position.as_str(), damaged.found.as_str()),
        ("line 3", "1 bytes")
    );
    let recorder = record(
        "a.csv",
        &utf_16("a,b\n1,x\u{fffd}", false, true)[..17],
        &Case::default(),
    );
    assert_eq!(recorder.problems[0].code, "encoding_damaged");
}

#[test]
fn text_decoded_wrongly_before_publication() {
    check_csv(
        "a,b\n1,ConstrucciÃ³n\n",
        "part 0 '' csv utf-8 ,
         header 1 a|b
         ! encoding_mojibake [line 2]
         1 @2 1|ConstrucciÃ³n
         end 1=1+0 header=1",
    );
}

// Files

#[test]
fn files_that_are_not_tables() {
    check("a.csv", "", &Case::default(), "! file_empty []");
    check("a.csv", " \n\n", &Case::default(), "! file_empty []");
    check(
        "a.csv",
        b"%PDF-1.4\n%\xe2\xe3",
        &Case::default(),
        "! format_differs_from_name []\n! format_not_supported []",
    );
    check(
        "a.jpg",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        &Case::default(),
        "! format_not_supported []",
    );
    check(
        "a.xls",
        "<html><table></table></html>",
        &Case::default(),
        "! format_differs_from_name []\n! format_not_supported []",
    );
    check(
        "a.xls",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken",
        &Case::default(),
        "! workbook_unreadable []",
    );
}

#[test]
fn a_csv_called_xlsx() {
    check(
        "a.xlsx",
        "a,b\n1,2\n",
        &Case::default(),
        "! format_differs_from_name []\npart 0 '' csv utf-8 ,\nheader 1 a|b\n1 @2 1|2\nend 1=1+0 header=1",
    );
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

#[test]
fn archives_within_archives() {
    let inner = zipped(&[("ñ/b.csv", b"c,d\n3,4\n")]);
    let gz = gzipped(b"e,f\n5,6\n");
    let zip = zipped(&[
        ("a.csv", b"a,b\n1,2\n"),
        ("__MACOSX/a.csv", b"x"),
        ("../evil.csv", b"x"),
        ("in.zip", &inner),
        ("g.csv.gz", &gz),
    ]);
    check(
        "x.zip",
        zip,
        &Case::default(),
        "part 0 'a.csv' csv utf-8 ,
         header 1 a|b
         1 @2 1|2
         end 1=1+0 header=1
         ! archive_entry_refused [../evil.csv]
         part 1 'in.zip/ñ/b.csv' csv utf-8 ,
         header 1 c|d
         1 @2 3|4
         end 1=1+0 header=1
         part 2 'g.csv.gz' csv utf-8 ,
         header 1 e|f
         1 @2 5|6
         end 1=1+0 header=1",
    );
}

#[test]
fn archives_nested_too_deep() {
    let mut bytes = b"a,b\n1,2\n".to_vec();
    for _ in 0..5 {
        bytes = gzipped(&bytes);
    }
    check("a.gz", bytes, &Case::default(), "! archive_too_large []");
}

#[test]
fn a_zip_bomb_is_set_aside_and_the_rest_is_read() {
    let zeros = vec![b'0'; 100 << 20];
    let zip = zipped(&[("bomb.csv", &zeros), ("a.csv", b"a,b\n1,2\n")]);
    assert!(zip.len() < 1 << 20);
    check(
        "x.zip",
        zip,
        &Case::default(),
        "! archive_too_large [bomb.csv]\npart 0 'a.csv' csv utf-8 ,\nheader 1 a|b\n1 @2 1|2\nend 1=1+0 header=1",
    );
    let limits = Limits {
        unpacked_bytes: 1000,
        ..Limits::default()
    };
    check(
        "a.gz",
        gzipped(&zeros[..2000]),
        &Case {
            limits,
            ..Case::default()
        },
        "! archive_too_large []",
    );
    let limits = Limits {
        entries: 1,
        ..Limits::default()
    };
    let two = zipped(&[("a.txt", b""), ("b.txt", b"")]);
    check(
        "x.zip",
        two,
        &Case {
            limits,
            ..Case::default()
        },
        "! file_empty [a.txt]\n! archive_too_large []",
    );
}

#[test]
fn truncated_archives() {
    let text: String = (0..20_000)
        .map(|i| format!("{i},{}\n", i * 7919 % 1000))
        .collect();
    let gz = gzipped(format!("a,b\n{text}").as_bytes());
    let recorder = record("a.csv.gz", &gz[..gz.len() / 2], &Case::default());
    assert_eq!(recorder.problems[0].code, "archive_unreadable");
    assert!(recorder.accounts[0].rows_read > 1000, "good rows are kept");
    let zip = zipped(&[("a.csv", text.as_bytes())]);
    check(
        "a.zip",
        &zip[..zip.len() / 2],
        &Case::default(),
        "! archive_unreadable []",
    );
}

// Workbooks

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

fn sample_workbook() -> Vec<u8> {
    workbook(|book| {
        let sheet = book.add_worksheet().set_name("Obras").unwrap();
        let plain = Format::new();
        sheet
            .merge_range(0, 0, 0, 4, "Obras de 2015", &plain)
            .unwrap();
        sheet.merge_range(2, 0, 3, 0, "Clave", &plain).unwrap();
        sheet.merge_range(2, 1, 2, 2, "Contrato", &plain).unwrap();
        sheet.merge_range(2, 3, 3, 3, "Monto", &plain).unwrap();
        sheet
            .write(3, 1, "Número")
            .unwrap()
            .write(3, 2, "Fecha")
            .unwrap();
        sheet.merge_range(2, 4, 3, 4, "Terminada", &plain).unwrap();
        sheet
            .merge_range(4, 0, 4, 4, "Dirección de Obras", &plain)
            .unwrap();
        let date = ExcelDateTime::from_ymd(2015, 3, 1).unwrap();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        sheet
            .write(5, 0, "A1")
            .unwrap()
            .write(5, 1, "C-1")
            .unwrap()
            .write(5, 3, 12.5)
            .unwrap()
            .write(5, 4, true)
            .unwrap();
        sheet.write_with_format(5, 2, &date, &day).unwrap();
        sheet
            .write(6, 0, "A2")
            .unwrap()
            .write(6, 1, "C-2")
            .unwrap()
            .write(6, 3, 1e15)
            .unwrap()
            .write(6, 4, false)
            .unwrap();
        sheet.merge_range(7, 0, 8, 0, "A3", &plain).unwrap();
        sheet.write(7, 1, "C-3").unwrap().write(7, 3, 1000).unwrap();
        sheet
            .write(8, 0, "oculto")
            .unwrap()
            .write(8, 1, "C-4")
            .unwrap()
            .write(8, 3, 0.1)
            .unwrap();
        sheet.write(9, 0, "Total").unwrap().write(9, 3, 7).unwrap();
        sheet
            .merge_range(11, 0, 11, 4, "Nota: montos sin IVA", &plain)
            .unwrap();
        book.add_worksheet().set_name("Vacía").unwrap();
    })
}

const SAMPLE_WORKBOOK: &str = "part 0 'sheet \"Obras\"' xlsx
    above Obras de 2015
    header 4 Clave|Contrato / Número|Contrato / Fecha|Monto|Terminada
    ! row_not_record [row 5]
    1 @6 A1|C-1|2015-03-01|12.5|true
    1 beside 2 stored_number 42064
    2 @7 A2|C-2||1000000000000000|false
    3 @8 A3|C-3||1000
    4 @9 |C-4||0.1
    4 beside 0 covered oculto
    ! row_not_record [row 10]
    ! row_not_record [row 12]
    end 4=4+0 title=1 header=2 group=1 total=1 note=1";

#[test]
fn a_workbook_in_process_and_in_a_child() {
    check(
        "a.xlsx",
        sample_workbook(),
        &Case::default(),
        SAMPLE_WORKBOOK,
    );
    check(
        "a.xlsx",
        sample_workbook(),
        &Case {
            workbooks: child(),
            ..Case::default()
        },
        SAMPLE_WORKBOOK,
    );
}

#[test]
fn truncated_workbooks_and_children_that_die() {
    let whole = sample_workbook();
    check(
        "a.xlsx",
        &whole[..whole.len() / 2],
        &Case::default(),
        "! workbook_unreadable []",
    );
    let dead = |program: &str, memory_bytes| Case {
        workbooks: Workbooks::Child {
            program: program.into(),
            memory_bytes,
        },
        ..Case::default()
    };
    check(
        "a.xlsx",
        &whole,
        &dead("/bin/false", 0),
        "! workbook_unreadable []",
    );
    let short_of_memory = dead(env!("CARGO_BIN_EXE_read_file"), 1 << 20);
    check(
        "a.xlsx",
        &whole,
        &short_of_memory,
        "! workbook_unreadable []",
    );
}

#[test]
fn a_cell_at_xfd1048576_costs_nothing() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "a").unwrap().write(0, 1, "b").unwrap();
        sheet.write(1, 0, 1).unwrap().write(1, 1, 2).unwrap();
        sheet.write(1_048_575, 16_383, "x").unwrap();
    });
    let expected = "part 0 'sheet \"Sheet1\"' xlsx
        header 1 a|b
        1 @2 1|2
        2 @1048576
        ! cell_out_of_reach #2 [row 1048576] XFD
        ! row_too_long #2 [row 1048576] XFD
        end 2=2+0 header=1";
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    let heard = read(
        "a.xlsx",
        bytes,
        &Case {
            workbooks: child(),
            ..Case::default()
        },
    );
    assert_eq!(heard.lines().map(str::trim).collect::<Vec<_>>(), expected);
}

#[test]
fn a_sheet_over_its_limit_and_errors_in_cells() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "a").unwrap().write(0, 1, "b").unwrap();
        for row in 1..300 {
            sheet
                .write(row, 0, row)
                .unwrap()
                .write(row, 1, row)
                .unwrap();
        }
    });
    let limits = Limits {
        sheet_cells: 500,
        ..Limits::default()
    };
    let recorder = record(
        "a.xlsx",
        &bytes,
        &Case {
            limits,
            ..Case::default()
        },
    );
    assert_eq!(recorder.accounts[0].records_found, 299);
    assert_eq!(recorder.problems[0].code, "sheet_too_large");
}

// JSON

fn at(record_path: &'static str, lists: &'static [&'static str]) -> Case {
    Case {
        record_path,
        lists,
        ..Case::default()
    }
}

#[test]
fn a_package_with_nested_lists() {
    check(
        "a.json",
        r#"{"uri":"x","releases":[{"ocid":"o-1","tender":{"value":{"amount":10.00}},"tag":["a","b"],
            "awards":[{"id":1,"suppliers":[{"name":"S1"},{"name":"S2"}]},{"id":"2","items":[{"q":1}]}],
            "planning":{"lines":[{"id":"l","measures":[{"m":123456789012345678901234567890}]}]},"empty":[],"no":null}]}"#,
        &at(
            "releases[]",
            &[
                "awards[]",
                "awards[]/suppliers[]",
                "planning/lines[]/measures[]",
            ],
        ),
        r#"part 0 '' json utf-8
        paths uri releases[]/ocid releases[]/tender/value/amount releases[]/tag[] releases[]/awards[]/id releases[]/awards[]/suppliers[]/name releases[]/awards[]/items[]/q releases[]/planning/lines[]/id releases[]/planning/lines[]/measures[]/m many=false
        1 @/releases/0 ocid=o-1|tender/value/amount=10.00|tag=a;b rest {"planning/lines":[{"id":"l","measures":[{"m":123456789012345678901234567890}]}]}
        1 awards/0< id=1
        1 awards/0/suppliers/0<awards/0 name=S1
        1 awards/0/suppliers/1<awards/0 name=S2
        1 awards/1< id=2 rest {"items":[{"q":1}]}
        1 planning/lines/0/measures/0< m=123456789012345678901234567890
        end 1=1+0"#,
    );
}

#[test]
fn broken_records_are_set_aside_one_by_one() {
    check(
        "a.json",
        "[{\"a\":1},\n{\"a\":1,,},\n{\"a\":[1},\n7,\n{\"a\":2}]",
        &at("[]", &[]),
        "part 0 '' json utf-8
         paths []/a many=false
         1 @/0 a=1
         ! json_broken #2 [/1 (line 2)]
         ! json_broken #3 [/2 (line 3)]
         ! json_not_object #4 [/3 (line 4)]
         5 @/4 a=2
         end 5=2+3",
    );
}

#[test]
fn a_truncated_document_keeps_what_came_before() {
    check(
        "a.json",
        "[{\"a\":1},\n{\"a\":\"tw",
        &at("[]", &[]),
        "part 0 '' json utf-8\npaths []/a many=false\n1 @/0 a=1\n! json_broken #2 [/1 (line 2)]\nend 2=1+1",
    );
    check(
        "a.json",
        "[{\"a\":1},",
        &at("[]", &[]),
        "part 0 '' json utf-8\npaths []/a many=false\n1 @/0 a=1\n! json_broken #2 [line 1]\nend 2=1+1",
    );
}

#[test]
fn json_lines_with_a_broken_one_among_many() {
    let mut text = "{\"a\":1}\n".repeat(1000);
    text.push_str("{\"a\":\n\n");
    text.push_str(&"{\"a\":2}\n".repeat(1000));
    let recorder = record("a.jsonl", text.as_bytes(), &Case::default());
    assert_eq!(recorder.problems.len(), 1);
    assert_eq!(
        (
            recorder.problems[0].record,
            recorder.problems[0].position.as_str()
        ),
        (Some(1001), "line 1001")
    );
    assert_eq!(recorder.accounts[0].rows_read, 2000);
    assert!(recorder.lines.contains(&"2001 @line 2002 a=2".to_owned()));
}

#[test]
fn documents_one_after_the_other() {
    check(
        "a.json",
        "{\n\"records\":[{\"compiledRelease\":{\"ocid\":\"1\"}},{\"compiledRelease\":{\"ocid\":\"2\"}}]}\n{\n\"records\":[{\"compiledRelease\":{\"ocid\":\"3\"}}]}",
        &at("records[]/compiledRelease", &[]),
        "part 0 '' json utf-8
         paths records[]/compiledRelease/ocid many=true
         1 @line 1 /records/0/compiledRelease ocid=1
         2 @line 1 /records/1/compiledRelease ocid=2
         3 @line 3 /records/0/compiledRelease ocid=3
         end 3=3+0",
    );
}

#[test]
fn keys_repeated_and_odd() {
    check(
        "a.json",
        r#"{"a":1,"a":2,"":"x","b/c":3,"b":{"c":4},"l":[{"i":1}],"l":[{"i":2}]}"#,
        &at("", &["l[]"]),
        "part 0 '' json utf-8
         paths a  b/c l[]/i many=false
         1 @ a=1|a_2=2|=x|b/c=3|b/c_2=4
         1 l/0< i=1
         1 l_2/0< i=2
         ! key_repeated #1 [] a
         ! key_repeated #1 [] b/c
         ! key_repeated #1 [] l
         end 1=1+0",
    );
}

#[test]
fn json_too_deep_and_too_large() {
    let limits = Limits {
        depth: 5,
        record_bytes: 100,
        ..Limits::default()
    };
    let case = Case {
        limits,
        ..at("[]", &[])
    };
    let text = format!(
        "[{{\"a\":{}{}}},{{\"a\":\"{}\"}},{{\"a\":1}}]",
        "[".repeat(9),
        "]".repeat(9),
        "x".repeat(500)
    );
    let recorder = record("a.json", text.as_bytes(), &case);
    let codes: Vec<&str> = recorder.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["json_too_deep", "record_too_large"]);
    assert_eq!(recorder.accounts[0].rows_read, 1);
    let deep = format!("{}1", "[".repeat(300_000));
    assert_eq!(
        record("a.json", deep.as_bytes(), &at("[]", &[])).accounts[0].rows_set_aside,
        1
    );
}

// Errors of ours

#[test]
fn an_unreadable_file_and_a_listener_that_gives_up() {
    let limits = Limits::default();
    let missing = std::path::Path::new("/no/such/file.csv");
    let heard = sources::read_file(
        missing,
        "file.csv",
        &limits,
        &Workbooks::InProcess,
        &mut Recorder::default(),
    );
    assert!(matches!(heard, Err(Error::Read { ref path, .. }) if path == missing));

    struct Tired;
    #[rustfmt::skip]
    impl Listener for Tired {
        fn begin(&mut self, part: &Part) -> Result<Plan, Error> {
            Ok(match part.format { "json" => Plan::Document { record_path: "[]".into(), lists: vec![], pieces: false }, _ => Plan::Table })
        }
        fn row(&mut self, _: &Row<'_>) -> Result<(), Error> { Err(Error::listener("no room")) }
        fn column(&mut self, _: usize, _: u32, _: &str) -> Result<(), Error> { Ok(()) }
        fn object(&mut self, _: &Object<'_>) -> Result<(), Error> { Err(Error::listener("no room")) }
        fn cell(&mut self, _: u64, _: usize, _: &'static str, _: &str) -> Result<(), Error> { Ok(()) }
        fn problem(&mut self, _: Problem) -> Result<(), Error> { Ok(()) }
        fn end(&mut self, _: Account) -> Result<(), Error> { Ok(()) }
    }
    let workbook = sample_workbook();
    let cases: [(&[u8], Workbooks); 4] = [
        (b"a,b\n1,2\n", child()),
        (b"[{\"a\":1}]", child()),
        (&workbook, child()),
        (&workbook, Workbooks::InProcess),
    ];
    for (bytes, workbooks) in cases {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let heard = sources::read_file(file.path(), "a", &limits, &workbooks, &mut Tired);
        assert_eq!(heard.unwrap_err().to_string(), "no room");
    }
}

// Anything

fn small() -> Limits {
    Limits {
        record_bytes: 64,
        columns: 8,
        depth: 6,
        ..Limits::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    // Longer than the blocks in which a file is read, with records that cross them.
    #[test]
    fn any_long_text_adds_up(
        pieces in prop::collection::vec(("[ab1,\"\\\\ \n\r'é]{1,30}|[a,é]{5,60}\n|[{a}\":1,\\[\\]]{5,30}", 1usize..9_000), 3..12),
        limit in 100usize..600_000,
    ) {
        let text: String = pieces.iter().map(|(piece, times)| piece.repeat(*times)).collect();
        let case = |record_path| Case { limits: Limits { record_bytes: limit, ..Limits::default() }, ..at(record_path, &[]) };
        read("a.csv", format!("a,b,c\n1,2,3\n{text}"), &case(""));
        read("a.csv", windows_1252(&format!("á,b,c\n1,2,3\n{text}")), &case(""));
        read("a.json", format!("[{{\"a\":1}},{text}"), &case("[]"));
        read("a.jsonl", format!("{{\"a\":[1]}}\n{{\"a\":[1]}}\n{{}}\n{{}}\n{text}"), &case("a[]"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_add_up(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read("a.csv", &bytes, &Case { limits: small(), ..Case::default() });
    }

    #[test]
    fn any_table_adds_up(text in "[ab1,;\"\\\\ \n\r\t|'é]{0,300}", limit in 8usize..200) {
        let limits = Limits { record_bytes: limit, ..small() };
        read("a.csv", text, &Case { limits, ..Case::default() });
    }

    #[test]
    fn any_json_adds_up(text in "[\\[{]{1,2}[\\[\\]{}:,\"a1 \n\\\\]{0,200}", path in 0usize..5, limit in 8usize..200) {
        let limits = Limits { record_bytes: limit, ..small() };
        let record_path = ["", "[]", "a[]", "a", "a[]/a"][path];
        read("a.json", format!("[{text}"), &Case { limits, ..at(record_path, &["a[]"]) });
        read("a.json", format!("{{\"a\":{text}"), &Case { limits, ..at(record_path, &["a[]", "a[]/a[]"]) });
        read("a.jsonl", format!("{{\"a\":[1]}}\n{{\"a\":[{{\"a\":2}}]}}\n{{\"a\":3}}\n{{}}\n{{}}\n{{}}\n{{{text}"), &Case { limits, ..at(record_path, &[]) });
    }

    #[test]
    fn any_damage_to_a_workbook_adds_up(at in 0.0..1.0f64, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = sample_workbook();
        let at = (at * bytes.len() as f64) as usize;
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        read("a.xlsx", bytes, &Case { limits: small(), ..Case::default() });
    }

    #[test]
    fn encoding_and_decoding_give_the_text_back(words in prop::collection::vec("[A-Za-záéíóúñÑÁÉÍÓÚü ]{3,20}", 4..20)) {
        let text = format!("clave,descripción de la obra pública\n{}", words.iter().map(|w| format!("1,x{w}\n")).collect::<String>());
        let expected = read("a.csv", &text, &Case::default());
        let body = |t: &str| t.split_once('\n').unwrap().1.to_owned();
        for bytes in [utf_16(&text, true, true), utf_16(&text, false, true), format!("\u{feff}{text}").into_bytes()] {
            prop_assert_eq!(body(&read("a.csv", bytes, &Case::default())), body(&expected));
        }
    }
}
