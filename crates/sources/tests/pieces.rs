//! The pieces of a document, put together again, are the document.

use std::io::Write as _;

use proptest::prelude::*;
use serde_json::Value;
use sources::{
    Account, Error, Limits, Listener, Object, Part, Piece, Plan, Problem, Row, Workbooks,
};

/// A piece that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    piece: u64,
    record: Option<u64>,
    position: String,
    text: Option<String>,
    gaps: String,
}

#[derive(Default)]
struct Keeper {
    record_path: String,
    kept: Vec<Kept>,
    problems: Vec<Problem>,
    account: Account,
}

impl Listener for Keeper {
    fn begin(&mut self, _: &Part) -> Result<Plan, Error> {
        Ok(Plan::Document {
            record_path: self.record_path.clone(),
            lists: vec!["awards[]".to_owned()],
            pieces: true,
        })
    }
    fn row(&mut self, _: &Row<'_>) -> Result<(), Error> {
        Ok(())
    }
    fn column(&mut self, _: usize, _: u32, _: &str) -> Result<(), Error> {
        Ok(())
    }
    fn object(&mut self, _: &Object<'_>) -> Result<(), Error> {
        Ok(())
    }
    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), Error> {
        self.kept.push(Kept {
            piece: piece.piece,
            record: piece.record,
            position: piece.position.to_owned(),
            text: piece.text.map(str::to_owned),
            gaps: piece.gaps.to_owned(),
        });
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
        self.account = account;
        Ok(())
    }
}

fn read_with(bytes: &[u8], record_path: &str, limits: &Limits) -> Keeper {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut keeper = Keeper {
        record_path: record_path.to_owned(),
        ..Keeper::default()
    };
    sources::read_file(
        file.path(),
        "a.json",
        limits,
        &Workbooks::InProcess,
        &mut keeper,
    )
    .unwrap();
    keeper.kept.sort_by_key(|kept| kept.piece);
    keeper
}

fn read(text: &str, record_path: &str) -> Keeper {
    read_with(text.as_bytes(), record_path, &Limits::default())
}

/// `rank record position text gaps`, one line for each piece in order, then the problems.
#[track_caller]
fn check(keeper: &Keeper, expected: &str) {
    let kept = keeper.kept.iter().enumerate().map(|(n, kept)| {
        let record = kept.record.map_or("-".to_owned(), |r| r.to_string());
        let text = kept.text.as_deref().unwrap_or("?");
        let line = format!("{} {record} @{} {text} {}", n + 1, kept.position, kept.gaps);
        line.trim_end().to_owned()
    });
    let problems = keeper
        .problems
        .iter()
        .map(|p| format!("! {} {:?} [{}]", p.code, p.severity, p.position));
    let found: Vec<String> = kept.chain(problems).collect();
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(found.join("\n"), expected.join("\n"));
}

/// Puts the pieces of one document together, as the reader of the table `document` does.
struct Joiner<'k> {
    pieces: std::iter::Peekable<std::slice::Iter<'k, Kept>>,
}

/// The JSON pointer of a position.
fn pointer(position: &str) -> &str {
    match position.strip_prefix("line ") {
        Some(rest) => rest.find(' ').map_or("", |at| &rest[at + 1..]),
        None => position,
    }
}

/// The first step of `below` after `above`, if it stands inside.
fn step<'p>(below: &'p str, above: &str) -> Option<&'p str> {
    let rest = below.strip_prefix(above)?.strip_prefix('/')?;
    Some(rest.split('/').next().unwrap_or(rest))
}

impl Joiner<'_> {
    /// The documents of a part, one text each.
    fn documents(kept: &[Kept]) -> Vec<String> {
        let mut joiner = Joiner {
            pieces: kept.iter().peekable(),
        };
        let mut documents = Vec::new();
        while joiner.pieces.peek().is_some() {
            documents.push(joiner.value(""));
        }
        documents
    }

    /// The value at `at`: a piece, or a list that is told by its elements.
    fn value(&mut self, at: &str) -> String {
        let next = self.pieces.peek().expect("a gap has something in it");
        if pointer(&next.position) != at {
            return self.list(at, Vec::new());
        }
        let next = self.pieces.next().expect("peeked");
        let text = next.text.clone().expect("whole");
        if next.record.is_some() {
            return text;
        }
        if text.starts_with('[') {
            let kept: Vec<Box<serde_json::value::RawValue>> = serde_json::from_str(&text).unwrap();
            return self.list(at, kept.iter().map(|v| v.get().to_owned()).collect());
        }
        self.object(at, &text, &next.gaps)
    }

    fn list(&mut self, at: &str, beside: Vec<String>) -> String {
        let (mut elements, mut beside) = (Vec::new(), beside.into_iter());
        loop {
            let next = self
                .pieces
                .peek()
                .and_then(|next| step(pointer(&next.position), at))
                .map(|step| step.parse::<usize>().expect("an element of a list"));
            match next {
                // An ordinal that starts again is another list of the same name.
                Some(index) if index >= elements.len() => {
                    while elements.len() < index {
                        elements.push(beside.next().expect("what leads nowhere is kept"));
                    }
                    elements.push(self.value(&format!("{at}/{index}")));
                }
                _ => break,
            }
        }
        elements.extend(beside);
        format!("[{}]", elements.join(","))
    }

    fn object(&mut self, at: &str, text: &str, gaps: &str) -> String {
        let members = members(text);
        let gaps: Vec<usize> = gaps
            .split(';')
            .filter(|gap| !gap.is_empty())
            .map(|gap| gap.parse().unwrap())
            .collect();
        let mut out = Vec::new();
        for index in 0..=members.len() {
            for _ in gaps.iter().filter(|gap| **gap == index) {
                let next = pointer(&self.pieces.peek().expect("a gap is filled").position);
                let key = step(next, at)
                    .expect("what fills a gap stands inside")
                    .to_owned();
                let value = self.value(&format!("{at}/{key}"));
                out.push(format!("\"{key}\":{value}"));
            }
            out.extend(members.get(index).cloned());
        }
        format!("{{{}}}", out.join(","))
    }
}

/// The members of an object as written, repeated keys included.
fn members(text: &str) -> Vec<String> {
    struct Members(Vec<String>);
    impl<'de> serde::de::Visitor<'de> for Members {
        type Value = Members;
        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(
            mut self,
            mut map: A,
        ) -> Result<Members, A::Error> {
            while let Some((key, value)) =
                map.next_entry::<String, Box<serde_json::value::RawValue>>()?
            {
                self.0.push(format!("{}:{}", Value::from(key), value.get()));
            }
            Ok(self)
        }
    }
    use serde::Deserializer as _;
    serde_json::Deserializer::from_str(text)
        .deserialize_map(Members(Vec::new()))
        .unwrap()
        .0
}

/// The same text without blanks outside strings and without escapes.
fn plain(text: &str) -> String {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => {
            let members = members(text).into_iter().map(|member| {
                let mut stream = serde_json::Deserializer::from_str(&member).into_iter::<String>();
                let key = stream.next().unwrap().unwrap();
                let value = member[stream.byte_offset()..].trim_start();
                format!("{}:{}", Value::from(key), plain(&value[1..]))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Some(b'[') => {
            let items: Vec<Box<serde_json::value::RawValue>> = serde_json::from_str(text).unwrap();
            let items: Vec<String> = items.iter().map(|item| plain(item.get())).collect();
            format!("[{}]", items.join(","))
        }
        _ => text.trim().to_owned(),
    }
}

#[test]
fn a_package_of_releases() {
    let keeper = read(
        r#"{"uri": "x", "publisher": {"name": "P"}, "releases": [ {"ocid":"o-1"}, {"ocid":"o-2"} ], "license": null}"#,
        "releases[]",
    );
    check(
        &keeper,
        r#"1 - @ {"uri":"x","publisher":{"name": "P"},"license":null} 2
        2 1 @/releases/0 {"ocid":"o-1"}
        3 2 @/releases/1 {"ocid":"o-2"}"#,
    );
}

#[test]
fn records_with_and_without_a_compiled_release() {
    let keeper = read(
        r#"{"records":[{"ocid":"o-1","releases":[{"url":"u"}],"compiledRelease":{"ocid":"o-1"},"versionedRelease":{"v":1}},
            {"ocid":"o-2","releases":[{"ocid":"o-2","date":"2020"}]}],"uri":"x"}"#,
        "records[]/compiledRelease",
    );
    check(
        &keeper,
        r#"1 - @ {"uri":"x"} 0
        2 - @/records/0 {"ocid":"o-1","releases":[{"url":"u"}],"versionedRelease":{"v":1}} 2
        3 1 @/records/0/compiledRelease {"ocid":"o-1"}
        4 - @/records/1 {"ocid":"o-2","releases":[{"ocid":"o-2","date":"2020"}]}
        ! record_missing Notice [/records/1 (line 2)]"#,
    );
    assert_eq!(keeper.account.rows_read, 1);
}

#[test]
fn a_package_cut_in_half_keeps_what_was_whole() {
    let keeper = read(
        r#"{"uri":"x","records":[{"ocid":"o-1","compiledRelease":{"ocid":"o-1"}},{"ocid":"o-2","compiledRelease":{"oci"#,
        "records[]/compiledRelease",
    );
    check(
        &keeper,
        r#"1 - @ {"uri":"x"} 1
        2 - @/records/0 {"ocid":"o-1"} 1
        3 1 @/records/0/compiledRelease {"ocid":"o-1"}
        4 - @/records/1 {"ocid":"o-2"} 1
        5 2 @/records/1/compiledRelease {"oci
        ! json_broken Error [/records/1/compiledRelease (line 1)]"#,
    );
    let between = read(r#"{"uri":"x","releases":[{"ocid":"1"},"#, "releases[]");
    check(
        &between,
        r#"1 - @ {"uri":"x"} 1
        2 1 @/releases/0 {"ocid":"1"}
        ! json_broken Error [/releases (line 1)]"#,
    );
    assert_eq!(between.account.rows_set_aside, 1, "the lost tail counts");
}

#[test]
fn repeated_keys_and_records_given_twice() {
    let keeper = read(
        r#"{"uri":"a","uri":"b","releases":[],"releases":[{"ocid":"1"}],"x":1,"releases":[{"ocid":"2"}]}"#,
        "releases[]",
    );
    check(
        &keeper,
        r#"1 - @ {"uri":"a","uri":"b","x":1} 2;2;3
        2 - @/releases []
        3 - @/releases []
        4 1 @/releases/0 {"ocid":"1"}
        5 - @/releases []
        6 2 @/releases/0 {"ocid":"2"}"#,
    );
}

#[test]
fn objects_where_lists_belong() {
    let keeper = read(r#"{"releases":{"ocid":"1"},"x":2}"#, "releases[]");
    check(
        &keeper,
        r#"1 - @ {"releases":{"ocid":"1"},"x":2}
        ! record_missing Notice [line 1]"#,
    );
    let keeper = read(
        r#"{"records":[null,{"compiledRelease":{"ocid":"1"}},7]}"#,
        "records[]/compiledRelease",
    );
    check(
        &keeper,
        r#"1 - @ {} 0
        2 - @/records [null,7]
        3 - @/records/1 {} 0
        4 1 @/records/1/compiledRelease {"ocid":"1"}"#,
    );
}

#[test]
fn what_is_broken_deep_or_large_around_the_records_costs_only_itself() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let limits = Limits {
        record_bytes: 3 << 20,
        ..Limits::default()
    };
    let text = format!(
        "{{\"uri\":\"x\",\"deep\":{deep},\"broken\":{{\"a\":01}},\n\"large\":\"{}\",\"releases\":[{{\"ocid\":\"1\"}}],\"license\":\"l\"}}",
        "x".repeat(4 << 20)
    );
    let keeper = read_with(text.as_bytes(), "releases[]", &limits);
    check(
        &keeper,
        r#"1 - @ {"uri":"x","license":"l"} 1
        2 1 @/releases/0 {"ocid":"1"}
        ! json_too_deep Warning [line 1]
        ! json_broken Warning [line 1]
        ! record_too_large Warning [line 2]"#,
    );
}

#[test]
fn lines_and_documents_one_after_the_other() {
    let lines = "{\"uri\":1,\"releases\":[{\"ocid\":\"1\"}]}\n{\"uri\":2,\"releases\":[{\"ocid\":\"2\"},{\"ocid\":\"3\"}]}\n";
    let expected = r#"1 - @line 1 {"uri":1} 1
        2 1 @line 1 /releases/0 {"ocid":"1"}
        3 - @line 2 {"uri":2} 1
        4 2 @line 2 /releases/0 {"ocid":"2"}
        5 3 @line 2 /releases/1 {"ocid":"3"}"#;
    check(&read(lines, "releases[]"), expected);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(lines.as_bytes()).unwrap();
    let gzip = read_with(&packed.finish().unwrap(), "releases[]", &Limits::default());
    assert_eq!(gzip.kept, read(lines, "releases[]").kept);
    // Without line ends they are documents of one text.
    let text = lines.replace("}\n{", "} {").replace(":1,", ": \n1,");
    let kept = read(&text, "releases[]").kept;
    assert_eq!(Joiner::documents(&kept).len(), 2);
    check(
        &read("{\"ocid\":\"1\"}\n{\"ocid\":\"2\"\n{\"ocid\":\"3\"}\n", ""),
        r#"1 1 @line 1 {"ocid":"1"}
        2 2 @line 2 {"ocid":"2"
        3 3 @line 3 {"ocid":"3"}
        ! json_broken Error [line 2]"#,
    );
}

fn anything() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "[1-9][0-9]{0,25}",
        "\"[a-z é\\[\\]{},:]{0,8}\"",
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|v| format!("[ {}]", v.join(" ,"))),
            prop::collection::vec(("[abo]", inner), 0..4).prop_map(|v| object(&v)),
        ]
    })
}

fn object(members: &[(String, String)]) -> String {
    let members = members.iter().map(|(k, v)| format!("\"{k}\" :{v}"));
    format!("{{{}}}", members.collect::<Vec<_>>().join(",\n"))
}

/// Objects some of whose members, in any place and any number, are `key`.
fn holding(
    key: &'static str,
    value: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = String> {
    let member = prop_oneof![
        2 => ("[abc]", anything()),
        1 => value.prop_map(move |value| (key.to_owned(), value)),
        1 => anything().prop_map(move |value| (key.to_owned(), value)),
    ];
    prop::collection::vec(member, 0..6).prop_map(|members| object(&members))
}

fn list(of: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![4 => of.boxed(), 1 => anything().boxed()], 0..5)
        .prop_map(|items| format!("[{}]", items.join(" , ")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn pieces_put_together_are_the_document(
        packages in prop::collection::vec(holding("releases", list(anything())), 1..4),
        records in holding("records", list(holding("compiledRelease", anything()))),
        bare in list(holding("compiledRelease", anything())),
    ) {
        let all = packages.join("\n");
        // A list that begins with a bare word is no JSON to the one who recognises files.
        let bare = if bare.starts_with("[{") { bare } else { "[{},7]".to_owned() };
        let cases = [(&all, "releases[]"), (&records, "records[]/compiledRelease"), (&bare, "[]/compiledRelease"), (&bare, "[]")];
        for (text, record_path) in cases {
            let keeper = read(text, record_path);
            let documents: Vec<String> = Joiner::documents(&keeper.kept).iter().map(|d| plain(d)).collect();
            let expected: Vec<String> = if record_path == "releases[]" {
                packages.iter().map(|p| plain(p)).collect()
            } else {
                vec![plain(text)]
            };
            prop_assert_eq!(documents, expected, "{}", text);
        }
    }

    #[test]
    fn any_text_adds_up(text in "[\\[\\]{}:,\"ar1 \n\\\\]{0,200}", path in 0usize..6, limit in 8usize..200) {
        let limits = Limits { record_bytes: limit, depth: 6, ..Limits::default() };
        let record_path = ["", "[]", "a[]", "a", "a[]/r", "[]/a[]"][path];
        for text in [format!("[{text}"), format!("{{\"a\":{text}"), format!("{{\"a\":[1]}}\n{{\"a\":[{{\"r\":2}}]}}\n{{}}\n{{{text}")] {
            let keeper = read_with(text.as_bytes(), record_path, &limits);
            let numbers: Vec<u64> = keeper.kept.iter().map(|kept| kept.piece).collect();
            prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "each piece has its own number");
        }
    }
}
