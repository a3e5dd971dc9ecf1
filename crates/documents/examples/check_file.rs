//! `check_file PACKS core|declared [OBJECT] < names`: checks each JSON file named on a line of the standard input.
//!
//! One line of JSON for each: findings by code, and by path without places in lists; `declared` counts the
//! extensions that the package declares. `conformance/cove` compares the lines with those of other checkers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use documents::Value;
use documents::check::{Checker, Code, Finding};
use packs::{Folder, Packs, Standard};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, mode, object @ ..] = arguments.as_slice() else {
        return Err("check_file PACKS core|declared [OBJECT] < names".into());
    };
    let packs = Packs::read(Folder::read(Path::new(root))?)?;
    let mut checkers = Checkers::default();
    let mut out = std::io::stdout().lock();
    let (mut bytes, mut seconds) = (0, 0.0);
    for name in std::io::stdin().lock().lines() {
        let name = name?;
        let content = std::fs::read(&name)?;
        let started = Instant::now();
        let mut counts = Counts::default();
        let read = std::str::from_utf8(&content)
            .map_err(|error| error.to_string())
            .and_then(|text| {
                let mut repeated = Vec::new();
                Value::parse_noting(text, 500, &mut repeated).map_err(|e| format!("{e:?}"))
            });
        let error = match read {
            Ok(value) => {
                let (standard, found) = kind(&value);
                let object = object.first().map_or(found, String::as_str);
                let standard = packs.standards.get(standard).ok_or("no such standard")?;
                let extensions = match mode.as_str() {
                    "declared" => declared(standard, &value),
                    _ => BTreeSet::new(),
                };
                let checker = checkers.get(standard, extensions);
                checker.document(&value, object, &mut |finding| counts.add(finding));
                String::new()
            }
            Err(error) => error,
        };
        bytes += content.len();
        seconds += started.elapsed().as_secs_f64();
        let line = serde_json::json!({
            "file": name, "error": error, "counts": counts.by_path, "values": counts.values,
        });
        writeln!(out, "{line}")?;
    }
    eprintln!("{bytes} bytes, {:.1} MB/s", bytes as f64 / 1e6 / seconds);
    Ok(())
}

/// Standard and object of a document, by the list it has.
fn kind(value: &Value) -> (&'static str, &'static str) {
    let has = |name: &str| value.get(name).is_some();
    match () {
        () if has("projects") => ("oc4ids", "ProjectPackage"),
        () if has("records") => ("ocds", "RecordPackage"),
        () => ("ocds", "ReleasePackage"),
    }
}

fn declared(standard: &Standard, value: &Value) -> BTreeSet<String> {
    let addresses = value.get("extensions").and_then(Value::as_list);
    let addresses = addresses.unwrap_or_default().iter();
    let addresses: Vec<&str> = addresses.filter_map(Value::as_text).collect();
    standard.objects.declared(&addresses).0
}

#[derive(Default)]
struct Checkers(BTreeMap<(String, BTreeSet<String>), Checker>);

impl Checkers {
    fn get(&mut self, standard: &Standard, extensions: BTreeSet<String>) -> &Checker {
        let key = (standard.code.clone(), extensions);
        let made = |key: &(String, BTreeSet<String>)| Checker::new(standard, &key.1);
        self.0.entry(key.clone()).or_insert_with(|| made(&key))
    }
}

#[derive(Default)]
struct Counts {
    /// Code, object, first type or format expected, path without places: how often.
    by_path: BTreeMap<String, usize>,
    /// The same for codes, with the values.
    values: BTreeMap<String, BTreeSet<String>>,
}

impl Counts {
    fn add(&mut self, finding: Finding) {
        let kind = finding.expected.split(' ').next().unwrap_or_default();
        // Where a checker names each place, so does this.
        let path = match finding.code {
            Code::PartyAbsent | Code::Empty | Code::PrefixWrong | Code::IdMissing => &finding.path,
            _ => &finding.field,
        };
        let key = format!("{} {} {kind} {path}", finding.code, dash(&finding.object));
        if matches!(
            finding.code,
            Code::CodeUnknown | Code::CurrencyUnknown | Code::CodeNotInList
        ) {
            let values = self.values.entry(key.clone()).or_default();
            values.insert(finding.found);
        }
        *self.by_path.entry(key).or_default() += 1;
    }
}

fn dash(text: &str) -> &str {
    match text {
        "" => "-",
        text => text,
    }
}
