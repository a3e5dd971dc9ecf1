//! For each code, a document that has it and one that just has not.

use std::collections::BTreeSet;

use packs::{Folder, Packs, Standard};

use super::*;

/// A standard small enough to be read here: its objects are those of the tests below.
const OBJECTS: &str = "\
object,field,type,of,required,format,codelist,open,min_length,min_items,min_properties,minimum,unique,pattern,merge,translated,deprecated
Package,uri,string,,yes,uri,,,,,,,,,,,
Package,version,string,,,,,,,,,,,^(\\d+\\.)(\\d+)$,,,
Package,records,array,Record,yes,,,,,1,,,yes,,,,
Record,ocid,string,,yes,,,,,,,,,,,,
Record,releases,array,Link Release,yes,,,,,1,,,,,,,
Record,compiledRelease,object,Release,,,,,,,,,,,,,
Record,versionedRelease,object,VersionedRelease,,,,,,,,,,,,,
Link,url,string,,yes,uri,,,,,,,,,,,
Link,date,string,,yes,date-time,,,,,,,,,,,
Release,ocid,string,,yes,,,,1,,,,,,,,
Release,id,string,,yes,,,,1,,,,,,omit,,
Release,date,string,,yes,date-time,,,,,,,,,omit,,
Release,tag,array,string,,,tag,no,,1,,,,,omit,,
Release,title,string null,,,,,,,,,,,,,yes,
Release,parties,array,Organization,,,,,,,,,yes,,,,
Release,buyer,object,OrganizationReference,,,,,,,1,,,,,,
Release,value,object,Value,,,,,,,,,,,,,
Release,notes,array,Note,,,,,,,,,,,,,
Release,method,string null,,,,method,yes,,,,,,,,,
Release,bids,integer,,,,,,,,,0,,,,,
Release,mail,string null,,,email,,,,,,,,,,,
Release,old,string,,,,,,,,,,,,,,1.1
Organization,id,string,,,,,,,,,,,,,,
OrganizationReference,id,string integer,,,,,,,,,,,,,,
OrganizationReference,name,string null,,,,,,,,,,,,,,
Value,amount,number null,,,,,,,,,,,,,,
Value,currency,string null,,,,currency,no,,,,,,,,,
Note,id,string,,,,,,,,,,,,,,
Note,text,string,,,,,,,,,,,,,,
";

fn standard() -> Standard {
    let files = [
        (
            "standards/small/standard.toml",
            "code = \"small\"\nversion = \"1\"\ntitle = { es = \"s\", en = \"s\" }\nurl = \"\"\n",
        ),
        ("standards/small/objects.csv", OBJECTS),
        (
            "standards/small/codes.csv",
            "list,code\ntag,tender\ntag,award\nmethod,open\ncurrency,MXN\n",
        ),
        (
            "standards/small/prefixes.csv",
            "object,field,prefix,more\nRelease,ocid,ocds-,no\nRecord,ocid,ocds-,no\n",
        ),
    ];
    let packs = Packs::read(Folder::embedded(&files)).expect("the pack is good");
    packs.standards["small"].clone()
}

fn checker() -> Checker {
    Checker::new(&standard(), &BTreeSet::new())
}

/// Code and path of all that is found, in order.
fn found(document: &str, object: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut sink = |finding: Finding| lines.push(format!("{} {}", finding.code, finding.path));
    checker()
        .text(document, 64, object, &mut sink)
        .expect("it is JSON");
    lines
}

const START: &str = r#""ocid":"ocds-abc123-1","id":"1","date":"2024-01-01T00:00:00Z""#;

/// What is found in a release with these members besides those it must have.
fn release(members: &str) -> Vec<String> {
    found(&format!("{{{START},{members}}}"), "Release")
}

#[test]
fn a_release_without_faults() {
    let members = r#""tag":["tender"],"title":"x","title_es":"x","method":"open","value":{"amount":1,"currency":"MXN"},
        "parties":[{"id":"a"}],"buyer":{"id":"a"},"notes":[{"id":"1"}],"bids":0,"mail":"a@b""#;
    assert_eq!(release(members), [""; 0]);
}

#[test]
fn one_fault_each() {
    for (members, expected) in [
        (r#""title":5"#, "type_wrong title"),
        (r#""value":[]"#, "type_wrong value"),
        (r#""bids":1.0"#, "type_wrong bids"),
        (r#""bids":true"#, "type_wrong bids"),
        (r#""notes":["a"]"#, "type_wrong notes/0"),
        (r#""bids":"12""#, "number_as_text bids"),
        (r#""tag":["tender","odd"]"#, "code_unknown tag/1"),
        (
            r#""value":{"currency":"PESOS"}"#,
            "currency_unknown value/currency",
        ),
        (r#""method":"odd""#, "code_not_in_list method"),
        (r#""tag":[]"#, "too_few_items tag"),
        (r#""buyer":{}"#, "too_few_members buyer"),
        (r#""bids":-1"#, "number_too_small bids"),
        (r#""mail":"nobody""#, "format_wrong mail"),
        (
            r#""parties":[{"id":"a"},{"id":"a"},{"id":"a"}]"#,
            "not_unique parties",
        ),
        (r#""odd":1"#, "field_additional odd"),
        (
            r#""value":{"currency":"MXN","odd":1}"#,
            "field_additional value/odd",
        ),
        (r#""old":"x""#, "field_deprecated old"),
        (r#""title_es":5"#, "translation_wrong title_es"),
        (r#""title":" ""#, "empty title"),
        (r#""notes":[]"#, "empty notes"),
        (r#""notes":[{"text":"x"}]"#, "id_missing notes/0/id"),
        (r#""value":{"amount":1}"#, "currency_missing value/amount"),
        (r#""buyer":{"id":"a"}"#, "party_absent buyer/id"),
        (
            r#""parties":[{"id":"1"}],"buyer":{"id":1}"#,
            "party_absent buyer/id",
        ),
    ] {
        let lines = release(members);
        assert!(lines.contains(&expected.to_owned()), "{members}: {lines:?}");
        let also_blank =
            |line: &String| line.starts_with("empty ") && expected.starts_with("too_few");
        let others = lines
            .iter()
            .filter(|line| *line != expected && !also_blank(line));
        let others: Vec<_> = others
            .filter(|line| !line.contains("empty value"))
            .collect();
        assert_eq!(others, [""; 0], "{members}");
    }
}

#[test]
fn just_not_a_fault() {
    for members in [
        r#""title":null"#,
        r#""bids":1"#,
        r#""method":"""#,
        r#""value":{"currency":""}"#,
        r#""parties":[{"id":"a"},{"id":"A"}]"#,
        r#""value":{"amount":1,"currency":"MXN"}"#,
        r#""buyer":{"name":"x"}"#,
        r#""title_es":null"#,
    ] {
        let lines = release(members);
        assert!(
            lines.iter().all(|line| line.starts_with("empty ")),
            "{members}: {lines:?}"
        );
    }
}

#[test]
fn what_a_release_must_have() {
    let lines = found(r#"{"ocid":"","id":"1","date":"2024-01-01"}"#, "Release");
    assert_eq!(
        lines,
        [
            "empty ocid",
            "text_too_short ocid",
            "date_without_time date"
        ]
    );
    let lines = found(r#"{"ocid":"x-1","date":"2024-01-01T00:00:00"}"#, "Release");
    assert_eq!(
        lines,
        [
            "required_missing id",
            "prefix_wrong ocid",
            "date_without_zone date"
        ]
    );
    let lines = found(
        r#"{"ocid":"ocds-ABC123-1","id":"1","date":"yesterday"}"#,
        "Release",
    );
    assert_eq!(lines, ["prefix_wrong ocid", "format_wrong date"]);
}

#[test]
fn members_twice_and_inside_of_what_is_additional() {
    let lines = release(r#""odd":{"a":1,"a":{"b":""}}"#);
    let expected = [
        "member_repeated odd/a",
        "field_additional odd",
        "field_inside_additional odd/a",
        "field_inside_additional odd/a/b",
        "empty odd/a/b",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn where_an_object_stands_for_a_list_its_fields_are_still_known() {
    let lines = release(r#""notes":{"text":5,"odd":1}"#);
    assert_eq!(lines, ["type_wrong notes", "field_additional notes/odd"]);
    let lines = release(r#""buyer":[{"id":"z","odd":1}]"#);
    let expected = [
        "type_wrong buyer",
        "party_absent buyer/0/id",
        "field_additional buyer/0/odd",
    ];
    assert_eq!(lines, expected);
}

fn record(releases: &str) -> Vec<String> {
    found(
        &format!(r#"{{"ocid":"ocds-abc123-1","releases":{releases}}}"#),
        "Record",
    )
}

#[test]
fn releases_of_a_record() {
    let link = r#"{"url":"https://example.org","date":"2024-01-01T00:00:00Z"}"#;
    let whole = format!("{{{START}}}");
    let both = format!(r#"{{{START},"url":"https://example.org"}}"#);
    assert_eq!(record(&format!("[{link}]")), [""; 0]);
    assert_eq!(record(&format!("[{whole}]")), [""; 0]);
    assert_eq!(
        record(&format!("[{link},{whole}]")),
        ["releases_mixed releases"]
    );
    assert_eq!(
        record(&format!("[{both}]")),
        ["releases_ambiguous releases"]
    );
    assert_eq!(record("[]"), ["empty releases", "too_few_items releases"]);
    assert_eq!(record("{}"), ["empty releases", "type_wrong releases"]);
    let lines = record(r#"[{"url":"x"}]"#);
    assert_eq!(
        lines,
        [
            "required_missing releases/0/date",
            "format_wrong releases/0/url"
        ]
    );
    let other = whole.replace("ocds-abc123-1", "ocds-abc123-2");
    assert_eq!(
        record(&format!("[{other}]")),
        ["ocid_differs releases/0/ocid"]
    );
}

#[test]
fn a_versioned_release_has_values_for_its_fields() {
    let versions = |value: &str| {
        format!(
            r#"[{{"releaseID":"1","releaseDate":"2024-01-01T00:00:00Z","releaseTag":["x"],"value":{value}}}]"#
        )
    };
    let text = |inside: &str| {
        let start =
            r#""ocid":"ocds-abc123-1","releases":[{"url":"a:b","date":"2024-01-01T00:00:00Z"}]"#;
        found(
            &format!(r#"{{{start},"versionedRelease":{{"ocid":"ocds-abc123-1",{inside}}}}}"#),
            "Record",
        )
    };
    let good = format!(
        r#""title":{},"tag":1,"notes":[{{"id":"1","text":{}}}],"value":{{"amount":{}}}"#,
        versions("null"),
        versions("\"x\""),
        versions("1")
    );
    // A tag is left out when releases are merged.
    assert_eq!(text(&good), ["field_additional versionedRelease/tag"]);
    assert_eq!(
        text(r#""title":"x""#),
        ["type_wrong versionedRelease/title"]
    );
    let lines = text(&format!(
        r#""bids":{},"title":[{{"value":1,"odd":2}},3]"#,
        versions("\"x\"")
    ));
    let expected = [
        "type_wrong versionedRelease/bids/0/value",
        "type_wrong versionedRelease/title/0/value",
        "field_additional versionedRelease/title/0/odd",
        "type_wrong versionedRelease/title/1",
    ];
    assert_eq!(lines, expected);
}

/// A package as one document, and piece by piece.
fn package(head: &str, records: &[&str]) -> (Vec<String>, Vec<String>) {
    let whole = format!(r#"{{{head},"records":[{}]}}"#, records.join(","));
    let mut at_once = found(&whole, "Package");
    let checker = checker();
    let mut pieces = Vec::new();
    let mut sink = |finding: Finding| pieces.push(format!("{} {}", finding.code, finding.path));
    let mut across = checker.across("Package", "records");
    for record in records {
        let record = Value::parse(record, 64).expect("it is JSON");
        checker.piece(&record, "Package", &mut across, &mut sink);
    }
    let envelope = Value::parse(&format!("{{{head}}}"), 64).expect("it is JSON");
    checker.envelope(&envelope, "Package", &across, &mut sink);
    across.finish("Package", &mut sink);
    at_once.sort();
    pieces.sort();
    (at_once, pieces)
}

#[test]
fn piece_by_piece_is_as_at_once() {
    let good =
        r#"{"ocid":"ocds-abc123-1","releases":[{"url":"a:b","date":"2024-01-01T00:00:00Z"}]}"#;
    let other = good.replace("-1\"", "-2\"");
    let bad = r#"{"ocid":5,"releases":[]}"#;
    let head = r#""uri":"a:b","version":"1.1""#;
    let (whole, pieces) = package(head, &[good, &other]);
    assert_eq!((whole.len(), pieces.len()), (0, 0));
    let (whole, pieces) = package(head, &[good, bad, good, "7"]);
    assert_eq!(whole, pieces);
    assert!(
        whole.contains(&"not_unique records".to_owned()),
        "{whole:?}"
    );
    assert!(
        whole.contains(&"type_wrong records/3".to_owned()),
        "{whole:?}"
    );
    let (_, pieces) = package(r#""version":"one""#, &[]);
    let expected = [
        "pattern_wrong version",
        "required_missing uri",
        "too_few_items records",
    ];
    assert_eq!(pieces, expected);
}

#[test]
fn a_finding_says_where_and_what() {
    let text = format!(r#"{{"ocid":"ocds-abc123-1","releases":[{{{START},"title":5}}]}}"#);
    let mut all = Vec::new();
    let result = checker().text(&text, 64, "Record", &mut |finding| all.push(finding));
    assert_eq!(result, Ok(()));
    let [finding] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(finding.path, "releases/0/title");
    assert_eq!(finding.field, "releases/title");
    assert_eq!(finding.object, "Release");
    assert_eq!(finding.found, "5");
    assert_eq!(finding.expected, "string null");
    assert_eq!(finding.ocid.as_deref(), Some("ocds-abc123-1"));
    assert_eq!(finding.release.as_deref(), Some("1"));
    assert_eq!(finding.severity(), Severity::Error);
}

#[test]
fn every_code_is_explained() {
    let page = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/problems.md"
    ))
    .expect("the page of problems is there");
    for code in Code::ALL {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        assert!(
            page.contains(&format!("| `{code}` | {severity} |")),
            "{code}"
        );
    }
}
