//! Documents laid out as tables come back as they were.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _, Xlsx as Book};
use documents::flat::{Back, Csv, Laid, Layout, Note, Settings, Sheet, Writer, Xlsx, read_folder};
use documents::{Schema, Value};
use packs::{Folder, Standard};
use proptest::prelude::*;

fn standard(code: &str) -> Standard {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let folder = Folder::read(&root).expect("the packs are there");
    Standard::read(&folder, code).expect("the standard is understood")
}

fn parse(json: &str) -> Value {
    Value::parse(json, 64).expect("it is JSON")
}

fn layout(settings: &Settings, documents: &[Value]) -> Layout {
    let mut layout = Layout::new(settings.clone());
    documents.iter().for_each(|document| layout.see(document));
    layout
}

fn to_csv(
    settings: &Settings,
    documents: &[Value],
    meta: Option<&Value>,
    defuses: bool,
) -> Vec<Sheet> {
    let folder = tempfile::tempdir().expect("a folder");
    let layout = layout(settings, documents);
    let sink = Csv::folder(folder.path(), defuses).expect("it opens");
    let mut writer = Writer::new(&layout, sink).expect("heads are written");
    if let Some(meta) = meta {
        writer.meta(meta).expect("it is written");
    }
    for document in documents {
        writer.write(document).expect("it is written");
    }
    writer.finish().expect("it ends");
    read_folder(folder.path()).expect("it is read")
}

fn to_xlsx(settings: &Settings, documents: &[Value], rows: u32) -> Vec<Sheet> {
    let layout = layout(settings, documents);
    let mut bytes = Cursor::new(Vec::new());
    let sink = Xlsx::with_rows(&mut bytes, rows);
    let mut writer = Writer::new(&layout, sink).expect("heads are written");
    for document in documents {
        writer.write(document).expect("it is written");
    }
    writer.finish().expect("it ends");
    let mut book: Book<_> = Book::new(bytes).expect("it is a workbook");
    let names = book.sheet_names();
    let sheet = |name: String| {
        let range = book.worksheet_range(&name).expect("it is a sheet");
        let text = |cell: &Data| match cell {
            Data::Empty => String::new(),
            cell => cell.to_string(),
        };
        let rows = range.rows().map(|row| row.iter().map(text).collect());
        Sheet {
            name: name.clone(),
            rows: rows.collect(),
        }
    };
    names.into_iter().map(sheet).collect()
}

fn back(settings: &Settings, schema: &Schema, sheets: &[Sheet]) -> Laid {
    let back = Back::new(settings.clone(), schema, "Release");
    back.documents(sheets).expect("they are tables")
}

fn rows<'s>(sheets: &'s [Sheet], name: &str) -> Vec<Vec<&'s str>> {
    let sheet = sheets.iter().find(|sheet| sheet.name == name);
    let rows = sheet.map_or(&[][..], |sheet| &sheet.rows);
    rows.iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect()
}

/// There and back, as CSV and as a workbook.
fn same(json: &str) {
    let documents = match parse(json) {
        Value::List(documents) => documents,
        other => panic!("a list of documents is wanted, not {other}"),
    };
    let settings = Settings::about("ocid");
    let schema = Schema::default();
    for defuses in [false, true] {
        let laid = back(
            &settings,
            &schema,
            &to_csv(&settings, &documents, None, defuses),
        );
        assert_eq!(
            Value::List(laid.documents),
            Value::List(documents.clone()),
            "CSV"
        );
        assert_eq!(laid.notes, [], "CSV");
    }
    let laid = back(
        &settings,
        &schema,
        &to_xlsx(&settings, &documents, u32::MAX),
    );
    assert_eq!(
        Value::List(laid.documents),
        Value::List(documents),
        "workbook"
    );
    assert_eq!(laid.notes, [], "workbook");
}

#[test]
fn tables_are_those_of_flatten_tool() {
    let documents = [parse(
        r#"{"ocid":"o","id":"r","tag":["planning","award"],"tender":{"id":"t","value":{"amount":1.50},
            "items":[{"id":"i","quantity":2}]},
            "awards":[{"id":"a","suppliers":[{"id":"s","name":"=1+1"}]}]}"#,
    )];
    let sheets = to_csv(&Settings::about("ocid"), &documents, None, true);
    assert_eq!(
        rows(&sheets, "main"),
        [
            ["ocid", "id", "tag", "tender/id", "tender/value/amount"],
            ["o", "r", "planning;award", "t", "1.50"]
        ]
    );
    assert_eq!(
        rows(&sheets, "ten_items"),
        [
            [
                "ocid",
                "id",
                "tender/id",
                "tender/items/0/id",
                "tender/items/0/quantity"
            ],
            ["o", "r", "t", "i", "2"]
        ]
    );
    assert_eq!(
        rows(&sheets, "awa_suppliers"),
        [
            [
                "ocid",
                "id",
                "awards/0/id",
                "awards/0/suppliers/0/id",
                "awards/0/suppliers/0/name"
            ],
            ["o", "r", "a", "s", "=1+1"]
        ]
    );
    assert_eq!(rows(&sheets, "_rest"), Vec::<Vec<&str>>::new());
}

#[test]
fn what_no_cell_carries_comes_back() {
    same(
        r#"[{"ocid":"o","id":"r","null":null,"none":[],"nothing":{},"blank":"","a/b":1,"0":2,"":3,"x[]":4,
            "deep":{"only":null},"mixed":[1,"1",null],"of_lists":[[1,2],[3]],"semi":["a;b","c"],"empty":["",""],
            "one_empty":[""],"flags":[true,false],"numbers":[1,2.50],"objects":[{}],"half":[{"a":1},2],
            "text":"a\r\nb\u0001_x000D_","lone":"\r","long":[{"id":1,"x":"1"},{"id":"1","x":1}]},
            {"ocid":"o","id":"s","null":"no","none":"","long":{"id":"1"},"flags":"true","numbers":1e3}]"#,
    );
}

#[test]
fn elements_that_no_id_tells_apart_keep_their_lists() {
    same(
        r#"[{"ocid":"o","id":"r","awards":[{"id":"a","items":[{"id":"1"},{"id":"2"}]},{"items":[{"id":"3"}]},
            {"id":"a","items":[{"id":"4"}]},{"id":{"x":1},"items":[{"id":"5"}]},{"id":"b","items":[{"n":1},{"n":2}]}]},
            {"ocid":"o","id":"r","awards":[{"id":"z","items":[{"id":"9"}]}]},
            {"ocid":"o","awards":[{"id":"z","items":[{"id":"9"}]}]},
            {"title":"no id","awards":[{"id":"z"}]}]"#,
    );
}

#[test]
fn documents_without_a_row_keep_their_place() {
    same(r#"[{},{"ocid":"a"},{"x":null},{"ocid":"b"},1,[2],{"ocid":"c","x":null}]"#);
}

#[test]
fn cells_of_another_type_than_their_column() {
    same(
        r#"[{"ocid":"o","id":"1","v":1,"w":true},{"ocid":"o","id":2,"v":"1","w":"true"},
            {"ocid":"o","id":"3","v":1.0,"w":false,"n":100000000000000000000.5},{"ocid":"o","id":"4","v":true,"n":0.1}]"#,
    );
}

#[test]
fn a_long_text_is_cut_for_a_workbook() {
    let long = "ñ =a_x000D_ ".repeat(8_000);
    same(&format!(
        r#"[{{"ocid":"o","id":"r","long":"{long}","awards":[{{"id":"{long}","items":[{{"id":1}}]}}]}}]"#
    ));
}

#[test]
fn a_full_sheet_goes_on_in_another() {
    let json: Vec<String> = (0..25)
        .map(|n| format!(r#"{{"ocid":"o{n}","id":"{n}","x":null,"y":"{}","items":[{{"id":"1"}},{{"n":{n}}}]}}"#, "ñ".repeat(20_000)))
        .collect();
    let documents: Vec<Value> = json.iter().map(|json| parse(json)).collect();
    let settings = Settings::about("ocid");
    let sheets = to_xlsx(&settings, &documents, 7);
    assert!(sheets.iter().all(|sheet| sheet.rows.len() <= 7));
    for name in ["items 2", "_rest 2", "_types 2"] {
        assert!(sheets.iter().any(|sheet| sheet.name == name), "{name}");
    }
    let laid = back(&settings, &Schema::default(), &sheets);
    assert!(laid.documents == documents);
}

#[test]
fn more_columns_and_tables_than_allowed_go_to_rest() {
    let members: Vec<String> = (0..50)
        .map(|n| format!(r#""k{n}":{n},"l{n}":[{{"id":"{n}"}}]"#))
        .collect();
    let document = parse(&format!(r#"{{{},"ocid":"o","id":"r"}}"#, members.join(",")));
    let settings = Settings {
        columns: 10,
        tables: 3,
        ..Settings::about("ocid")
    };
    let sheets = to_csv(&settings, std::slice::from_ref(&document), None, true);
    assert_eq!(
        sheets
            .iter()
            .filter(|sheet| !sheet.name.starts_with('_'))
            .count(),
        3
    );
    let laid = back(&settings, &Schema::default(), &sheets);
    assert_eq!(laid.documents, [document]);
}

#[test]
fn the_members_of_the_package_come_back() {
    let meta = parse(
        r#"{"uri":"u","version":"1.1","publisher":{"name":"P"},"extensions":["a","b"],"license":null}"#,
    );
    let documents = [parse(r#"{"ocid":"o","id":"r"}"#)];
    let settings = Settings::about("ocid");
    let sheets = to_csv(&settings, &documents, Some(&meta), true);
    assert_eq!(rows(&sheets, "meta")[0], ["#", "ignore", "defused", ""]);
    let laid = back(&settings, &Schema::default(), &sheets);
    assert_eq!(laid.meta, Some(meta));
}

fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
    Sheet {
        name: name.to_owned(),
        rows: rows.iter().map(row).collect(),
    }
}

#[test]
fn tables_made_by_hand_are_read_as_the_standard_says() {
    let ocds = standard("ocds");
    let schema = Schema::new(&ocds, &BTreeSet::new());
    let sheets = [
        sheet(
            "awards",
            &[
                &[
                    "ocid",
                    "id",
                    "awards/0/id",
                    "awards/0/value/amount",
                    "awards/0/suppliers/0/name",
                    "awards/1/id",
                ],
                &["o", "r", "a", "10", "S", "b"],
                &["o", "r", "a", "10", "T", ""],
                &["p", "r", "c", "mucho", "", ""],
            ],
        ),
        sheet(
            "main",
            &[
                &[
                    "ocid",
                    "id",
                    "tag",
                    "tender/title_es",
                    "tender/hasEnquiries",
                    "tender/value/amount",
                    "otro",
                ],
                &["o", "r", "tender;award", "12", "TRUE", "0012", "5"],
                &["", "", "", "", "", "", ""],
            ],
        ),
    ];
    let laid = back(&Settings::about("ocid"), &schema, &sheets);
    let expected = parse(
        r#"[{"ocid":"o","id":"r","tag":["tender","award"],"tender":{"title_es":"12","hasEnquiries":true,
            "value":{"amount":"0012"}},"otro":"5","awards":[{"id":"a","value":{"amount":10},
            "suppliers":[{"name":"S"},{"name":"T"}]},{"id":"b"}]},
            {"ocid":"p","id":"r","awards":[{"id":"c","value":{"amount":"mucho"}}]}]"#,
    );
    assert_eq!(Value::List(laid.documents), expected);
    let note = Note::NotInMain {
        table: "awards".to_owned(),
        row: 4,
    };
    assert_eq!(laid.notes, [note]);
}

#[test]
fn a_changed_cell_counts_before_rest() {
    let documents = [
        parse(r#"{"ocid":"o","id":"r","n":1,"t":null,"u":null}"#),
        parse(r#"{"ocid":"o","id":"s","n":"2","m":"x","t":"y"}"#),
    ];
    let settings = Settings::about("ocid");
    let mut sheets = to_csv(&settings, &documents, None, true);
    let main = sheets
        .iter_mut()
        .find(|sheet| sheet.name == "main")
        .expect("main");
    assert_eq!(main.rows[0], ["ocid", "id", "n", "m", "t"]);
    main.rows[2][2] = "3".to_owned();
    main.rows[1][4] = "written".to_owned();
    main.rows.swap(1, 2);
    let laid = back(&settings, &Schema::default(), &sheets);
    let expected = parse(
        r#"[{"ocid":"o","id":"s","n":"3","m":"x","t":"y"},{"ocid":"o","id":"r","n":1,"t":"written","u":null}]"#,
    );
    // The column of `n` holds texts as often as numbers, so it is read as text.
    assert_eq!(Value::List(laid.documents), expected);
    assert_eq!(laid.notes.len(), 1, "{:?}", laid.notes);
}

#[test]
fn a_broken_line_of_rest_is_an_error() {
    let settings = Settings::about("ocid");
    let schema = Schema::default();
    let back = Back::new(settings, &schema, "Release");
    let heads: &[&str] = &["record", "subject", "id", "pointer", "value"];
    for line in [
        &["1", "o", "r", "/a", "{"][..],
        &["x", "o", "r", "/a", "1"],
        &["1", "o"],
    ] {
        let rest = sheet("_rest", &[&["#", "ignore"], heads, line]);
        assert!(back.documents(&[rest]).is_err(), "{line:?}");
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        10 => prop::sample::select(vec!["id", "ocid", "tender", "awards", "items", "value", "amount", "title", "x"])
            .prop_map(str::to_owned),
        1 => "[ab/=#0~_x\\[\\]é\r\n]{0,3}",
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        2 => any::<bool>().prop_map(Value::Bool),
        3 => "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,4})?(e-?[1-9])?".prop_map(|text| Value::Number(text.into())),
        4 => prop::sample::select(vec!["1", "2", "a", "b", "true", "1.0"]).prop_map(Value::text),
        3 => "[a;=+'@ \t\r\n\"\\u{1}_xñ0-]{0,5}".prop_map(Value::text),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            2 => prop::collection::vec(object(inner.clone()), 1..4).prop_map(Value::List),
            3 => object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec((name(), inner), 0..6).prop_map(|members| {
        let mut object = Value::Object(Vec::new());
        members
            .into_iter()
            .for_each(|(name, value)| object.set(&name, value));
        object
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_documents_come_back(documents in prop::collection::vec(object(value()), 0..5), defuses: bool) {
        let settings = Settings::about("ocid");
        let schema = Schema::default();
        let laid = back(&settings, &schema, &to_csv(&settings, &documents, None, defuses));
        prop_assert_eq!(&laid.documents, &documents);
        prop_assert_eq!(laid.notes, []);
        let laid = back(&settings, &schema, &to_xlsx(&settings, &documents, 7));
        prop_assert_eq!(laid.documents, documents);
        prop_assert_eq!(laid.notes, []);
    }
}

/// Every published file, as its list of records; each line of a file of lines is one.
#[test]
fn published_files_come_back() {
    let Ok(shared) = std::env::var("COTEJO_SHARED") else {
        println!("SKIPPED: COTEJO_SHARED is not set, so no published file was laid out");
        return;
    };
    let data = PathBuf::from(shared).join("data");
    for (code, folder) in [
        ("ocds", "contracting/ocds"),
        ("oc4ids", "public-works/oc4ids"),
    ] {
        let standard = standard(code);
        let known = standard.documents.clone().expect("it has documents");
        let schema = Schema::with_all(&standard);
        let settings = Settings::about(&known.subject);
        let mut files = 0;
        for path in files_below(&data.join(folder)) {
            let bytes = std::fs::read(&path).expect("it is read");
            let latin = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect();
            let text = std::str::from_utf8(&bytes).map_or_else(|_| latin(&bytes), str::to_owned);
            let text = text.trim_start_matches('\u{feff}');
            let mut documents = match Value::parse(text, 64) {
                Ok(document) => vec![document],
                Err(_) => text
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(parse)
                    .collect(),
            };
            if let [document] = &mut documents[..] {
                let list = known.packages.keys().find_map(|list| document.remove(list));
                if let Some(Value::List(records)) = list {
                    documents = records;
                }
            }
            let laid = back(
                &settings,
                &schema,
                &to_csv(&settings, &documents, None, true),
            );
            assert_eq!(laid.documents, documents, "{}", path.display());
            files += 1;
        }
        assert!(files > 0, "no files below {folder}");
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("it is listed").path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.retain(|path| {
        let end = path.extension().and_then(|end| end.to_str());
        matches!(end, Some("json" | "jsonl"))
    });
    files.sort();
    files
}
