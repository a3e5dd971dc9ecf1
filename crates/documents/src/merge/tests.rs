use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::history::{Action, scalars};

const SCHEMA: &str = r##"{
    "properties": {
        "ocid": {"type": "string"},
        "id": {"type": "string", "omitWhenMerged": true},
        "date": {"type": "string", "omitWhenMerged": true},
        "tag": {"type": "array", "omitWhenMerged": true},
        "tender": {"$ref": "#/definitions/Tender"},
        "remote": {"$ref": "https://example.org/other.json#/definitions/Tender"}
    },
    "definitions": {
        "Tender": {"type": "object", "properties": {
            "title": {"type": ["string", "null"], "mergeStrategy": "ocdsOmit"},
            "codes": {"type": "array", "wholeListMerge": true},
            "methods": {"type": ["array", "null"], "items": {"type": "string"}},
            "changes": {"type": "array", "items": {"type": "object", "properties": {"property": {}}}},
            "lots": {"type": "array", "items": {"$ref": "#/definitions/Tender"}},
            "id": {"type": "string", "versionId": true}
        }}
    }
}"##;

fn rules() -> Rules {
    Rules::from_json_schema(&json(SCHEMA))
}

fn json(text: &str) -> Value {
    Value::parse(text, 64).expect("it is JSON")
}

fn releases(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| json(text)).collect()
}

/// What the releases become, and the codes of what was wrong.
fn check(texts: &[&str], compiled: &str, codes: &[&str]) {
    let rules = rules();
    let merged = Merger::new(&rules).compiled(&releases(texts));
    assert_eq!(merged.value.to_string(), compiled);
    let found: Vec<_> = merged
        .warnings
        .iter()
        .map(|warning| warning.kind.code())
        .collect();
    assert_eq!(found, codes);
}

#[test]
fn rules_of_a_schema_follow_its_references() {
    let rules = rules();
    for (path, rule) in [
        ("id", Rule::Omit),
        ("tender/title", Rule::Omit),
        ("tender/codes", Rule::Whole),
        ("tender/methods", Rule::Whole),
        ("tender/changes", Rule::Whole),
        ("tender/lots", Rule::ByPart),
        // It holds itself.
        ("tender/lots/lots/lots/changes", Rule::Whole),
        ("remote/codes", Rule::ByPart),
    ] {
        assert_eq!(rules.at(path), rule, "{path}");
    }
}

#[test]
fn objects_merge_by_id_and_null_removes() {
    check(
        &[
            r#"{"ocid":"A","id":"2","date":"2016-02-01","tag":["award"],"tender":{"a":null,"items":[{"id":2,"x":2},{"id":1,"x":3}]}}"#,
            r#"{"ocid":"A","id":"1","date":"2016-01-01","tag":["tender"],"tender":{"a":1.50,"b":10,"items":[{"id":1,"x":1}],"codes":[{"id":1}]}}"#,
        ],
        r#"{"tag":["compiled"],"id":"A-2016-02-01","date":"2016-02-01","ocid":"A","tender":{"b":10,"items":[{"id":1,"x":3},{"id":2,"x":2}],"codes":[{"id":1}]}}"#,
        &[],
    );
}

#[test]
fn a_versioned_release_keeps_each_value_once() {
    let rules = rules();
    let versioned = Merger::new(&rules).versioned(&releases(&[
        r#"{"ocid":"A","id":"1","date":"2016-01-01","tag":["tender"],"a":1,"tender":{"lots":[{"id":"x","n":0.10}]}}"#,
        r#"{"ocid":"A","id":"2","date":"2016-02-01","tag":["award"],"a":1,"tender":{"lots":[{"id":"x","n":0.1}]}}"#,
        r#"{"ocid":"A","id":"3","date":"2016-03-01","tag":["award"],"a":null}"#,
    ]));
    let first = r#""releaseID":"1","releaseDate":"2016-01-01","releaseTag":["tender"]"#;
    let third = r#""releaseID":"3","releaseDate":"2016-03-01","releaseTag":["award"]"#;
    assert_eq!(
        versioned.value.to_string(),
        format!(
            r#"{{"ocid":"A","a":[{{{first},"value":1}},{{{third},"value":null}}],"tender":{{"lots":[{{"id":"x","n":[{{{first},"value":0.1}}]}}]}}}}"#
        )
    );
    let again = Merger::new(&rules).start().from_versioned(&versioned.value);
    assert_eq!(again.versioned().value, versioned.value);
}

#[test]
fn wrong_releases_leave_the_rest_right() {
    check(
        &[
            r#"{"ocid":"A","date":"2016-01-02","a":2}"#,
            r#"{"ocid":"A","a":1,"b":1}"#,
            r#"{"ocid":"A","date":null,"b":2}"#,
            r#"{"ocid":"B","date":5,"c":3}"#,
            r#""text""#,
        ],
        r#"{"tag":["compiled"],"id":"A-2016-01-02","date":"2016-01-02","ocid":"A","a":2,"b":2,"c":3}"#,
        &[
            "release_date_missing",
            "release_date_null",
            "release_date_not_text",
            "release_ocid_differs",
            "release_not_object",
        ],
    );
}

#[test]
fn the_shape_that_was_said_last_stays() {
    check(
        &[
            r#"{"ocid":"A","date":"1","a":"x","b":{"x":1},"c":{"x":1},"d":["p"]}"#,
            r#"{"ocid":"A","date":"2","a":{"x":1},"b":"y","c":[{"id":1,"x":2}],"d":[{"id":1}]}"#,
        ],
        r#"{"tag":["compiled"],"id":"A-2","date":"2","ocid":"A","a":{"x":1},"b":{"x":1},"d":["p",{"id":1}],"c":[{"id":1,"x":2}]}"#,
        &[
            "release_type_differs",
            "release_type_differs",
            "release_value_hidden",
        ],
    );
}

#[test]
fn ids_may_collide() {
    let two = r#"{"ocid":"A","date":"1","a":[{"id":1,"x":1},{"id":1,"y":2},{"z":1}]}"#;
    let head = r#"{"tag":["compiled"],"id":"A-1","date":"1","ocid":"A","a":"#;
    let merged = |rules: Rules| {
        let merged = Merger::new(&rules).compiled(&releases(&[two]));
        let warnings: Vec<_> = merged.warnings.iter().map(|warning| warning.kind).collect();
        assert_eq!(warnings, [Kind::IdRepeated]);
        let text = merged.value.to_string();
        let rest = text.strip_prefix(head).expect("the head is the same");
        rest.trim_end_matches('}').to_owned()
    };
    assert_eq!(merged(rules()), r#"[{"id":1,"x":1,"y":2},{"z":1}]"#);
    let kept = r#"[{"id":1,"x":1},{"id":1,"y":2},{"z":1}]"#;
    assert_eq!(merged(rules().colliding("a", Collision::Append)), kept);
    assert_eq!(merged(rules().colliding("a", Collision::ByPosition)), kept);
}

#[test]
fn dates_in_other_zones_are_said() {
    let rules = rules();
    let merged = Merger::new(&rules).compiled(&releases(&[
        r#"{"ocid":"A","date":"2016-01-01T06:00:00-06:00"}"#,
        r#"{"ocid":"A","date":"2016-01-01T07:00:00Z"}"#,
    ]));
    let warnings: Vec<_> = merged.warnings.iter().map(|warning| warning.kind).collect();
    assert_eq!(warnings, [Kind::DateZone]);
}

#[test]
fn history_says_what_changed() {
    let rules = rules();
    let all = releases(&[
        r#"{"ocid":"A","date":"2016-01-01","tender":{"n":1,"methods":["a","b"],"codes":[{"id":"x","t":1},{"id":"y"}],"items":[{"id":"1","q":1},{"q":5}]}}"#,
        r#"{"ocid":"A","date":"2016-02-01","tender":{"n":2,"methods":["b"],"codes":[{"id":"y"},{"id":"x","t":2}],"items":[{"id":"1","q":null}]}}"#,
    ]);
    let merger = Merger::new(&rules);
    let second: Vec<String> = merger
        .history(&all)
        .iter()
        .filter(|change| change.release == Some(1))
        .map(|change| {
            let show = |value: &Option<String>| value.clone().unwrap_or_default();
            let (before, after) = (show(&change.before), show(&change.after));
            format!("{:?} {} {before}>{after}", change.action, change.path)
        })
        .collect();
    assert_eq!(
        second,
        [
            "Changed tender/n 1>2",
            "Changed tender/methods a;b>b",
            "Removed tender/codes[x]/id x>",
            "Removed tender/codes[x]/t 1>",
            "Added tender/codes[x]/id >x",
            "Added tender/codes[x]/t >2",
            "Removed tender/items[1]/q 1>",
        ]
    );
    let known = |date: &str| merger.known_on(&all, date).len();
    assert_eq!(
        (known("2015"), known("2016-01-31"), known("2016-02-01")),
        (0, 1, 2)
    );
}

#[test]
fn ten_thousand_releases_are_added_one_by_one() {
    let rules = rules();
    let mut merging = Merger::new(&rules).start().keeping_versions();
    for n in 0..10_000 {
        let text = format!(
            r#"{{"ocid":"A","id":"{n}","date":"{n:05}","tender":{{"n":{n},"items":[{{"id":{n},"x":1}}]}}}}"#
        );
        merging.add(&json(&text));
    }
    let compiled = merging.compiled();
    let items = compiled.value.at("tender/items").and_then(Value::as_list);
    assert_eq!(items.map(<[Value]>::len), Some(10_000));
    assert_eq!(merging.history().len(), 10_000 + 2 * 10_000);
    assert_eq!(compiled.origin.part(4).release, Some(9_999));
}

/// A value whose shape its name tells, so that no two releases disagree on it.
fn object(depth: u32) -> BoxedStrategy<BTreeMap<String, Value>> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (0..3_u8).prop_map(|n| Value::Number(n.to_string().into())),
        select(vec!["", "a", "ñ/[", "é]", "~"]).prop_map(Value::text),
    ];
    let texts = vec(select(vec!["p", "q"]).prop_map(Value::text), 1..3).prop_map(Value::List);
    let leaf = (select(vec!["a", "b/", "c["]), scalar.clone());
    let leaf = leaf.prop_map(|(name, value)| (name.to_owned(), value));
    let list = texts.prop_map(|list| ("methods".to_owned(), list));
    if depth == 0 {
        return vec(prop_oneof![3 => leaf, 1 => list], 0..4)
            .prop_map(|members| members.into_iter().collect())
            .boxed();
    }
    let part = (select(vec!["tender", "o"]), object(depth - 1))
        .prop_map(|(name, members)| (name.to_owned(), as_value(members)));
    let ids = btree_map(select(vec!["1", "2", "x]"]), object(depth - 1), 0..3);
    let items = (select(vec!["items", "lots", "codes"]), ids).prop_map(|(name, items)| {
        let items = items.into_iter().map(|(id, mut members)| {
            members.insert("id".to_owned(), Value::text(id));
            as_value(members)
        });
        (name.to_owned(), Value::List(items.collect()))
    });
    vec(
        prop_oneof![3 => leaf, 1 => list, 2 => part, 2 => items],
        0..6,
    )
    .prop_map(|members| members.into_iter().collect())
    .boxed()
}

fn as_value(members: BTreeMap<String, Value>) -> Value {
    let members = members.into_iter();
    Value::Object(members.map(|(name, value)| (name.into(), value)).collect())
}

fn process() -> impl Strategy<Value = Vec<Value>> {
    vec(object(2), 1..6).prop_map(|releases| {
        let releases = releases.into_iter().enumerate();
        releases
            .map(|(n, members)| {
                let mut release = as_value(members);
                release.set("ocid", Value::text("A"));
                release.set("date", Value::text(format!("2016-01-0{n}")));
                release.set("id", Value::text(n.to_string()));
                release
            })
            .collect()
    })
}

const HEAD: [&str; 4] = ["ocid", "id", "date", "tag"];

/// The texts and numbers of a release, but what it says of itself.
fn body(value: &Value) -> BTreeMap<String, String> {
    let mut value = value.clone();
    HEAD.iter().for_each(|name| drop(value.remove(name)));
    scalars(&value).into_iter().collect()
}

fn last_versions(value: &Value) -> Value {
    match value {
        Value::List(list)
            if list
                .iter()
                .any(|version| version.get("releaseID").is_some()) =>
        {
            let last = list.last().and_then(|version| version.get("value"));
            last.cloned().unwrap_or(Value::Null)
        }
        Value::List(list) => Value::List(list.iter().map(last_versions).collect()),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), last_versions(value)))
                .filter(|(_, value)| *value != Value::Null)
                .collect(),
        ),
        value => value.clone(),
    }
}

proptest! {
    #[test]
    fn merging_a_merged_release_changes_nothing(process in process()) {
        let rules = rules();
        let merger = Merger::new(&rules);
        let once = merger.compiled(&process).value;
        let twice = merger.compiled(std::slice::from_ref(&once)).value;
        prop_assert_eq!(body(&once), body(&twice));
    }

    #[test]
    fn the_order_given_does_not_matter(process in process(), turn in 0..6_usize) {
        let rules = rules();
        let merger = Merger::new(&rules);
        let mut turned = process.clone();
        turned.rotate_left(turn % process.len());
        turned.reverse();
        let (a, b) = (merger.both(&process), merger.both(&turned));
        prop_assert_eq!(a.0.value.to_string(), b.0.value.to_string());
        prop_assert_eq!(a.1.value.to_string(), b.1.value.to_string());
    }

    #[test]
    fn the_last_version_is_the_compiled_value(process in process()) {
        let rules = rules();
        let (compiled, versioned) = Merger::new(&rules).both(&process);
        prop_assert_eq!(body(&compiled.value), body(&last_versions(&versioned.value)));
    }

    #[test]
    fn a_merge_goes_on_from_its_result(process in process(), at in 0..6_usize) {
        let rules = rules();
        let merger = Merger::new(&rules);
        let (before, after) = process.split_at(at % process.len());
        let whole = merger.both(&process);
        let mut compiled = merger.start().from_compiled(&merger.compiled(before).value);
        let mut versioned = merger.start().from_versioned(&merger.versioned(before).value);
        for release in after {
            compiled.add(release);
            versioned.add(release);
        }
        prop_assert_eq!(body(&compiled.compiled().value), body(&whole.0.value));
        prop_assert_eq!(versioned.versioned().value, whole.1.value);
    }

    #[test]
    fn an_origin_names_a_release_that_says_so(process in process()) {
        let rules = rules();
        let compiled = Merger::new(&rules).compiled(&process);
        let values = body(&compiled.value);
        for (path, release) in compiled.origin.paths(&compiled.value) {
            let Some(value) = values.get(&path) else { continue };
            let release = release.expect("every value was said by a release");
            let said = body(&process[release]);
            prop_assert_eq!(said.get(&path), Some(value), "{}", path);
        }
    }

    #[test]
    fn the_changes_replayed_give_the_compiled_values(process in process()) {
        let rules = rules();
        let merger = Merger::new(&rules);
        let mut now = BTreeMap::new();
        for change in merger.history(&process) {
            match (change.action, change.after) {
                (Action::Removed, _) => prop_assert_eq!(now.remove(&change.path), change.before),
                (_, Some(after)) => {
                    prop_assert_eq!(now.insert(change.path, after), change.before);
                }
                (_, None) => prop_assert!(false, "a change without a value"),
            }
        }
        prop_assert_eq!(now, body(&merger.compiled(&process).value));
    }
}
