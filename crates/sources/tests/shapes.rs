//! Every shape in which offices publish documents of the contracting standard is recognised and read whole.

use std::io::Write as _;

use packs::{Folder, Packs};
use sources::{
    Account, Error, Limits, Listener, Object, Part, Piece, Plan, Problem, Row, Workbooks,
    entry_path, identify,
};

/// Recognises with the packs of this project and writes down the identifiers it hears.
struct Ear<'p> {
    packs: &'p Packs,
    standard: String,
    record_path: String,
    columns: Vec<(usize, u32, String)>,
    ocids: Vec<String>,
    elements: Vec<String>,
    around: Vec<String>,
    problems: Vec<Problem>,
    accounts: Vec<Account>,
}

impl Listener for Ear<'_> {
    fn begin(&mut self, part: &Part) -> Result<Plan, Error> {
        let found = identify(self.packs, part, "", "");
        self.standard = found.standard.clone();
        if let Plan::Document { record_path, .. } = &found.plan {
            self.record_path = record_path.clone();
        }
        Ok(found.plan)
    }
    fn row(&mut self, _: &Row<'_>) -> Result<(), Error> {
        Ok(())
    }
    fn column(&mut self, list: usize, id: u32, path: &str) -> Result<(), Error> {
        self.columns.push((list, id, path.to_owned()));
        Ok(())
    }
    fn object(&mut self, object: &Object<'_>) -> Result<(), Error> {
        let name = |id: u32| {
            let known = |c: &&(usize, u32, String)| (c.0, c.1) == (object.list, id);
            self.columns.iter().find(known).map(|c| c.2.clone())
        };
        if object.list > 0 {
            let values = object
                .values
                .iter()
                .map(|(id, text)| format!("{}={text}", name(*id).unwrap()));
            let values = values.collect::<Vec<_>>().join("|");
            self.elements.push(format!("{} {values}", object.element));
            return Ok(());
        }
        let ocid = object
            .values
            .iter()
            .find(|(id, _)| name(*id).as_deref() == Some("ocid"));
        self.ocids
            .push(ocid.map_or("?".to_owned(), |(_, text)| text.to_string()));
        Ok(())
    }
    fn elsewhere(&mut self, sample: &[(String, String)]) -> Result<Option<String>, Error> {
        let standard = self.packs.standards.get(&self.standard);
        Ok(standard.and_then(|standard| entry_path(standard, sample)))
    }
    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), Error> {
        if piece.record.is_none() {
            self.around.push(format!(
                "{} {}",
                piece.position,
                piece.text.unwrap_or_default()
            ));
        }
        Ok(())
    }
    fn cell(&mut self, _: u64, _: usize, _: &'static str, _: &str) -> Result<(), Error> {
        Ok(())
    }
    fn problem(&mut self, problem: Problem) -> Result<(), Error> {
        self.problems.push(problem);
        Ok(())
    }
    fn end(&mut self, account: Account) -> Result<(), Error> {
        assert_eq!(
            account.records_found,
            account.rows_read + account.rows_set_aside,
            "the account adds up"
        );
        self.accounts.push(account);
        Ok(())
    }
}

fn packs() -> Packs {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs");
    let mut packs = Packs::read(Folder::read(std::path::Path::new(folder)).unwrap()).unwrap();
    // The sources of single offices ask for more than the standard does.
    packs.sources.retain(|code, _| code.starts_with("any_any"));
    packs
}

fn hear<'p>(packs: &'p Packs, bytes: &[u8]) -> Ear<'p> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut ear = Ear {
        packs,
        standard: String::new(),
        record_path: String::new(),
        columns: Vec::new(),
        ocids: Vec::new(),
        elements: Vec::new(),
        around: Vec::new(),
        problems: Vec::new(),
        accounts: Vec::new(),
    };
    let limits = Limits::default();
    sources::read_file(
        file.path(),
        "a.json",
        &limits,
        &Workbooks::InProcess,
        &mut ear,
    )
    .unwrap();
    ear
}

const R1: &str =
    r#"{"ocid":"o-1","id":"1","date":"2020-01-01T00:00:00Z","tag":["tender"],"tender":{"id":"t"}}"#;
const R2: &str =
    r#"{"ocid":"o-2","id":"2","date":"2020-01-02T00:00:00Z","tag":["award"],"tender":{"id":"t"}}"#;

/// Reads `text` as it is, with a mark, gzipped and from a workspace of any office: two processes each time.
#[track_caller]
fn two(packs: &Packs, text: &str, record_path: &str) {
    let marked = format!("\u{feff}{text}");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    for bytes in [text.as_bytes(), marked.as_bytes(), &gzip.finish().unwrap()] {
        let ear = hear(packs, bytes);
        assert_eq!(ear.standard, "ocds", "{text}");
        assert_eq!(ear.record_path, record_path, "{text}");
        assert_eq!(ear.ocids, ["o-1", "o-2"], "{text}");
        assert_eq!(ear.accounts[0].records_found, 2, "{text}");
    }
}

#[test]
fn every_shape_of_a_document() {
    let packs = packs();
    let package = |inner: &str| {
        format!(r#"{{"uri":"u","version":"1.1","releases":[{inner}],"license":"l"}}"#)
    };
    // Version 1.0 says nothing of its version.
    let old = |inner: &str| format!(r#"{{"uri":"u","publishedDate":"2016","releases":[{inner}]}}"#);
    let record = |release: &str| {
        format!(r#"{{"ocid":"o","releases":[{{"url":"u"}}],"compiledRelease":{release}}}"#)
    };
    let plain = |release: &str| format!(r#"{{"ocid":"o","releases":[{release}]}}"#);
    let records = |inner: &str| format!(r#"{{"uri":"u","records":[{inner}]}}"#);
    let both = format!("{R1},\n{R2}");
    let two = |text: &str, record_path: &str| two(&packs, text, record_path);
    two(&package(&both), "releases[]");
    two(&old(&both), "releases[]");
    two(
        &records(&format!("{},{}", record(R1), record(R2))),
        "records[]/compiledRelease",
    );
    two(
        &records(&format!("{},{}", plain(R1), plain(R2))),
        "records[]/releases[]",
    );
    two(&format!("[{both}]"), "[]");
    two(
        &format!("[{},{}]", record(R1), record(R2)),
        "[]/compiledRelease",
    );
    two(&format!("[{},{}]", plain(R1), plain(R2)), "[]/releases[]");
    two(
        &format!("{{\"ocid\":\"o\",\"releases\":[{both}]}}"),
        "releases[]",
    );
    // Lines, and documents one after the other.
    for between in ["\n", " ", "\n\n"] {
        two(&format!("{R1}{between}{R2}"), "");
        two(
            &format!("{}{between}{}", package(R1), package(R2)),
            "releases[]",
        );
        two(
            &format!("{}{between}{}", records(&record(R1)), records(&record(R2))),
            "records[]/compiledRelease",
        );
        two(
            &format!("{}{between}{}", record(R1), record(R2)),
            "compiledRelease",
        );
        two(
            &format!("{}{between}{}", plain(R1), plain(R2)),
            "releases[]",
        );
    }
    // Behind what is not of the standard.
    two(
        &format!("[{},{}]", package(R1), package(R2)),
        "[]/releases[]",
    );
    two(
        &format!("[{},{}]", records(&record(R1)), records(&record(R2))),
        "[]/records[]/compiledRelease",
    );
    two(
        &format!("{{\"data\":{}}}", package(&both)),
        "data/releases[]",
    );
    two(&format!("{{\"next\":2,\"results\":[{both}]}}"), "results[]");
    two(
        &format!("{{\"results\":[{},{}]}}", package(R1), package(R2)),
        "results[]/releases[]",
    );
    two(
        &format!("{{\"results\":[{},{}]}}", record(R1), record(R2)),
        "results[]/compiledRelease",
    );
    two(
        &format!("{{\"status\":1,\"items\":[{{\"release\":{R1}}},{{\"release\":{R2}}}]}}"),
        "items[]/release",
    );
    two(
        &format!(
            "{{\"data\":{}}}",
            records(&format!("{},{}", record(R1), record(R2)))
        ),
        "data/records[]/compiledRelease",
    );
}

#[test]
fn an_identifier_alone_is_not_a_release() {
    let packs = packs();
    for text in [
        r#"{"rows":[{"ocid":"o-1","value":3},{"ocid":"o-2","value":4}]}"#,
        r#"{"a":{"b":{"c":[{"ocid":"o-1","date":"2020"}]}}}"#,
    ] {
        let ear = hear(&packs, text.as_bytes());
        assert_eq!(ear.standard, "", "{text}");
        assert!(
            ear.around.is_empty(),
            "pieces are for documents of a standard"
        );
    }
}

#[test]
fn lines_of_different_shapes() {
    let packs = packs();
    let release = |n: usize| format!(r#"{{"ocid":"o-{n}","date":"2020","tag":["tender"]}}"#);
    let lines = [
        release(1),
        format!(
            r#"{{"uri":"u","releases":[{},{}]}}"#,
            release(2),
            release(3)
        ),
        format!(r#"{{"ocid":"o","compiledRelease":{}}}"#, release(4)),
        format!(
            r#"{{"uri":"r","records":[{{"ocid":"o","compiledRelease":{}}}]}}"#,
            release(5)
        ),
        release(6),
        format!("[{}, {}]", release(7), release(8)),
        format!(r#"{{"uri":"u","releases":[{}]}}"#, release(9)),
        release(10),
    ];
    let all: Vec<String> = (1..=10).map(|n| format!("o-{n}")).collect();
    // Whatever comes first, every line is read as what it is.
    for turn in 0..lines.len() {
        let mut lines = lines.to_vec();
        lines.rotate_left(turn);
        let ear = hear(&packs, lines.join("\n").as_bytes());
        let mut ocids = ear.ocids.clone();
        ocids.sort_by_key(|ocid| ocid[2..].parse::<u32>().unwrap_or(0));
        assert_eq!(ocids, all, "{:?}", ear.problems);
        assert_eq!(ear.accounts[0].rows_read, 10);
        assert!(ear.problems.is_empty(), "{:?}", ear.problems);
        // Two packages, a record, a package of one record, a list.
        assert_eq!(ear.around.len(), 6, "{:?}", ear.around);
    }
    let odd = format!(
        "{}\n{{\"error\":\"not found\"}}\n7\n{}\n",
        lines[1], lines[6]
    );
    let ear = hear(&packs, odd.as_bytes());
    assert_eq!(ear.ocids, ["o-2", "o-3", "o-9"]);
    assert_eq!(ear.around.len(), 4, "{:?}", ear.around);
    let codes: Vec<&str> = ear.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["record_missing"]);
}

#[test]
fn records_that_only_point_to_releases_elsewhere() {
    let packs = packs();
    let ear = hear(
        &packs,
        br#"{"uri":"u","records":[{"ocid":"o-1","releases":[{"url":"https://example.org/1","tag":["planning"]}]}]}"#,
    );
    assert_eq!(ear.record_path, "records[]/compiledRelease");
    assert!(ear.ocids.is_empty());
    assert_eq!(ear.around.len(), 2, "{:?}", ear.around);
    assert_eq!(ear.problems[0].code, "record_missing");
}

#[test]
fn lists_and_objects_that_change_places_vanish_nowhere() {
    let packs = packs();
    let ear = hear(
        &packs,
        br#"{"ocid":"o-1","date":"2020","tag":"tender","awards":{"id":"a","value":{"amount":"12"}},
            "tender":[{"id":"t","value":{"amount":1000000000000000}}],"contracts":["c",null,[1]],"parties":7,
            "value":1234567890123456789012345.6789}"#,
    );
    assert_eq!(ear.ocids, ["o-1"]);
    let columns: Vec<&str> = ear.columns.iter().map(|c| c.2.as_str()).collect();
    for path in [
        "awards/id",
        "awards/value/amount",
        "parties",
        "tag",
        "value",
    ] {
        assert!(columns.contains(&path), "{path} in {columns:?}");
    }
    assert_eq!(
        ear.elements,
        ["contracts/0 =c", "contracts/1 =null", "contracts/2 =[1]"]
    );
}
