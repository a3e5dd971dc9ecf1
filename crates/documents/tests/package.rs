//! Packages hold what was given, in the order of the standard, and say what they lack.

use std::collections::BTreeSet;
use std::path::Path;

use documents::package::{
    ExtensionsUsed, LinesWriter, Meta, PackageWriter, Publisher, Record, RecordNames, Releases,
    short_version,
};
use documents::{Error, Schema, Value};
use packs::{Folder, Standard};

fn standard(code: &str) -> (Standard, Schema) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let folder = Folder::read(&root).expect("the packs are there");
    let standard = Standard::read(&folder, code).expect("the standard is understood");
    let schema = Schema::new(&standard, &BTreeSet::new());
    (standard, schema)
}

fn parse(json: &str) -> Value {
    Value::parse(json, 64).expect("it is JSON")
}

/// The package as written, what it lacks and what does not belong.
fn package(
    code: &str,
    list: &str,
    meta: &Meta,
    documents: &[Value],
) -> (String, Vec<String>, Vec<String>) {
    let (standard, schema) = standard(code);
    let mut writer =
        PackageWriter::new(Vec::new(), &standard, &schema, list, meta).expect("it opens");
    for document in documents {
        writer.add(document).expect("it is written");
    }
    let (missing, foreign) = (writer.missing().to_vec(), writer.foreign().to_vec());
    let bytes = writer.finish().expect("it ends");
    (
        String::from_utf8(bytes).expect("it is text"),
        missing,
        foreign,
    )
}

fn meta() -> Meta {
    Meta {
        uri: Some("https://example.org/1".to_owned()),
        published_date: Some("2024-01-02T03:04:05-06:00".to_owned()),
        publisher: Some(Publisher {
            name: Some("Oficina".to_owned()),
            ..Publisher::default()
        }),
        version: Some(short_version("1.1.5")),
        extensions: ["x", "y", "x"].map(str::to_owned).to_vec(),
        packages: vec!["p".to_owned()],
        ..Meta::default()
    }
}

#[test]
fn a_release_package_in_the_order_of_the_standard() {
    let releases = [
        parse(r#"{"ocid":"o","id":"1"}"#),
        parse(r#"{"ocid":"o","id":"2"}"#),
    ];
    let (text, missing, foreign) = package("ocds", "releases", &meta(), &releases);
    assert_eq!(
        text,
        concat!(
            r#"{"uri":"https://example.org/1","version":"1.1","extensions":["x","y"],"#,
            r#""publishedDate":"2024-01-02T03:04:05-06:00","publisher":{"name":"Oficina"},"releases":["#,
            "\n",
            r#"{"ocid":"o","id":"1"},"#,
            "\n",
            r#"{"ocid":"o","id":"2"}"#,
            "\n]}\n",
        )
    );
    assert_eq!(missing, Vec::<String>::new());
    assert_eq!(foreign, ["packages"]);
}

#[test]
fn nothing_is_invented() {
    let (text, missing, _) = package("ocds", "records", &Meta::default(), &[]);
    assert_eq!(parse(&text), parse(r#"{"records":[]}"#));
    assert_eq!(missing, ["uri", "version", "publisher", "publishedDate"]);
}

#[test]
fn a_project_package_is_one_too() {
    let (text, ..) = package("oc4ids", "projects", &meta(), &[parse(r#"{"id":"p"}"#)]);
    let projects = parse(&text).get("projects").cloned();
    assert_eq!(projects, Some(parse(r#"[{"id":"p"}]"#)));
    let (standard, schema) = standard("oc4ids");
    let error = PackageWriter::new(Vec::new(), &standard, &schema, "releases", &meta());
    assert!(matches!(error, Err(Error::NoPackage(list)) if list == "releases"));
}

#[test]
fn what_is_read_is_written_again() {
    for json in [
        r#"{"uri":"u","version":"1.1","extensions":["a"],"publishedDate":"d","publisher":{"name":"n","uid":"1"},
            "license":"l","publicationPolicy":"p"}"#,
        r#"{"uri":null,"version":1.1,"extensions":["a","a"],"publisher":{"name":"n","x":1},"license":"","other":[{}]}"#,
        r#"{"extensions":[],"publisher":{},"publishedDate":{}}"#,
    ] {
        let (text, _, foreign) = package("ocds", "releases", &Meta::read(&parse(json)), &[]);
        let mut written = parse(&text);
        written.remove("releases");
        assert_eq!(written, parse(json));
        assert_eq!(foreign, Vec::<String>::new());
    }
}

#[test]
fn a_record_with_its_releases_or_links_to_them() {
    let (standard, schema) = standard("ocds");
    let names = RecordNames::new(&standard, &schema).expect("there are records");
    assert_eq!(names.list, "records");
    let release = parse(r#"{"ocid":"o","id":"1","date":"2024-01-02T00:00:00Z","tag":["tender"]}"#);
    let compiled = parse(r#"{"ocid":"o","tag":["compiled"]}"#);
    let versioned = parse(r#"{"ocid":"o","tag":[]}"#);
    let embedded = [release.clone()];
    let record = Record {
        subject: "o",
        releases: Releases::Embedded(&embedded),
        compiled: Some(&compiled),
        versioned: Some(&versioned),
    };
    assert_eq!(
        names.record(&schema, &record),
        parse(
            r#"{"ocid":"o","releases":[{"ocid":"o","id":"1","date":"2024-01-02T00:00:00Z","tag":["tender"]}],
                "compiledRelease":{"ocid":"o","tag":["compiled"]},"versionedRelease":{"ocid":"o","tag":[]}}"#
        )
    );
    let links = [("https://example.org/1#1".to_owned(), &release)];
    let record = Record {
        releases: Releases::Linked(&links),
        versioned: None,
        ..record
    };
    assert_eq!(
        names.record(&schema, &record),
        parse(
            r#"{"ocid":"o","releases":[{"url":"https://example.org/1#1","date":"2024-01-02T00:00:00Z","tag":["tender"]}],
                "compiledRelease":{"ocid":"o","tag":["compiled"]}}"#
        )
    );
    let (oc4ids, schema) = self::standard("oc4ids");
    assert!(matches!(
        RecordNames::new(&oc4ids, &schema),
        Err(Error::NoRecords(_))
    ));
}

#[test]
fn lines_hold_one_document_each() {
    let mut lines = LinesWriter::new(Vec::new());
    lines.add(&parse(r#"{"a":"x\ny"}"#)).expect("it is written");
    lines.add(&parse("{ }")).expect("it is written");
    let bytes = lines.finish().expect("it ends");
    assert_eq!(bytes, b"{\"a\":\"x\\ny\"}\n{}\n");
}

#[test]
fn extensions_used_are_named_unless_declared() {
    let (standard, _) = standard("ocds");
    let mut used = ExtensionsUsed::new(&standard);
    used.see(
        "Release",
        &parse(r#"{"ocid":"o","tender":{"title":"t","items":[{"id":"1"}]}}"#),
    );
    assert_eq!(used.undeclared(&[]), []);
    used.see(
        "Release",
        &parse(r#"{"tender":{"lots":[{"id":"1"}]},"bids":{"details":[{"id":"1"}]}}"#),
    );
    let named: Vec<Vec<String>> = used
        .undeclared(&[])
        .into_iter()
        .map(|one| one.any_of)
        .collect();
    assert_eq!(named, [["bids"], ["lots"]]);
    let address = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json";
    let named: Vec<Vec<String>> = used
        .undeclared(&[address])
        .into_iter()
        .map(|one| one.any_of)
        .collect();
    assert_eq!(named, [["bids"]]);
}
