//! Merges the processes of JSON lines `{"releases": […]}` and writes a line for each: its compiled and its versioned
//! release and what was wrong. `conformance/merge` compares them with those of `ocdsmerge`.
//!
//! `merge_lines PACKS STANDARD` takes the rules from a pack with its extensions, `merge_lines SCHEMA.json` from a
//! JSON Schema.

use std::io::{BufRead, Write};

use documents::merge::{Collision, Merger, Rules, Warning};
use documents::{Schema, Value};

/// Levels of nesting that a line may have.
const DEPTH: usize = 128;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rules = match arguments.as_slice() {
        [schema] => {
            let text = std::fs::read_to_string(schema)?;
            let schema = Value::parse(&text, DEPTH).map_err(|broken| format!("{broken:?}"))?;
            Rules::from_json_schema(&schema)
        }
        [packs, standard] => {
            let packs = packs::Packs::read(packs::Folder::read(std::path::Path::new(packs))?)?;
            let standard = packs.standards.get(standard).ok_or("no such standard")?;
            let record = standard.documents.as_ref().ok_or("it has no documents")?;
            Rules::new(&Schema::with_all(standard), &record.record)
        }
        _ => return Err("merge_lines PACKS STANDARD | SCHEMA.json".into()),
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = Value::parse(&line?, DEPTH).map_err(|broken| format!("{broken:?}"))?;
        let releases = line
            .get("releases")
            .and_then(Value::as_list)
            .unwrap_or_default();
        let mut rules = rules.clone();
        for (path, how) in line
            .get("collisions")
            .and_then(Value::as_object)
            .unwrap_or_default()
        {
            let how = match how.as_text() {
                Some("append") => Collision::Append,
                _ => Collision::ByPosition,
            };
            rules = rules.colliding(path, how);
        }
        let merger = Merger::new(&rules);
        let both = merger.both(releases);
        let result = Value::Object(vec![
            ("compiled".into(), both.0.value),
            ("versioned".into(), both.1.value),
            ("compiled_warnings".into(), warnings(&both.0.warnings)),
            ("versioned_warnings".into(), warnings(&both.1.warnings)),
        ]);
        writeln!(out, "{result}")?;
    }
    out.flush()?;
    Ok(())
}

fn warnings(warnings: &[Warning]) -> Value {
    let list = warnings.iter().map(|warning| {
        Value::Object(vec![
            ("code".into(), Value::text(warning.kind.code())),
            ("path".into(), Value::text(warning.path.as_str())),
            ("value".into(), Value::text(warning.value.as_str())),
            ("refused".into(), Value::Bool(warning.refused())),
        ])
    });
    Value::List(list.collect())
}
