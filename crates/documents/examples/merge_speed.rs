//! Merges 20,000 made processes of 3 releases and says how fast: `merge_speed`.

use std::time::Instant;

use documents::Value;
use documents::merge::{Merger, Rules};

fn main() {
    let lines: Vec<String> = (0..20_000).map(process).collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    let start = Instant::now();
    let processes: Vec<Value> = lines
        .iter()
        .filter_map(|line| Value::parse(line, 64).ok())
        .collect();
    let parsed = start.elapsed();
    let rules = Rules::default();
    let merger = Merger::new(&rules);
    let megabytes = bytes as f64 / 1e6;
    println!(
        "read: {:.0} MB/s of {megabytes:.0} MB",
        megabytes / parsed.as_secs_f64()
    );
    for (name, run) in [
        (
            "compiled",
            (|merger, releases| merger.compiled(releases).value) as Run,
        ),
        ("versioned", |merger, releases| {
            merger.versioned(releases).value
        }),
        ("both", |merger, releases| merger.both(releases).1.value),
    ] {
        let start = Instant::now();
        let mut members = 0;
        for process in &processes {
            let releases = process.as_list().unwrap_or_default();
            members += run(&merger, releases).as_object().map_or(0, <[_]>::len);
        }
        let taken = start.elapsed().as_secs_f64();
        println!("{name}: {:.0} MB/s, {members} members", megabytes / taken);
    }
}

type Run = fn(&Merger<'_>, &[Value]) -> Value;

/// A process that is planned, awarded and contracted, each release saying all that was said before.
fn process(number: usize) -> String {
    let item = |n: usize| {
        format!(
            r#"{{"id":"{n}","description":"Papelería y útiles de oficina {n}","quantity":{n},"classification":{{"scheme":"CUCoP","id":"21100{n}","description":"Materiales"}},"unit":{{"name":"Pieza","value":{{"amount":{number}.50,"currency":"MXN"}}}}}}"#
        )
    };
    let items: Vec<String> = (1..6).map(item).collect();
    let items = items.join(",");
    let party = |n: usize, role: &str| {
        format!(
            r#"{{"id":"MX-RFC-{n}","name":"Proveedora {n}, S.A. de C.V.","roles":["{role}"],"address":{{"locality":"Cuauhtémoc","region":"Ciudad de México","countryName":"México"}}}}"#
        )
    };
    let parties = format!(
        "{},{},{}",
        party(1, "buyer"),
        party(number + 2, "supplier"),
        party(number + 3, "tenderer")
    );
    let tender = format!(
        r#""tender":{{"id":"T{number}","title":"Adquisición {number}","status":"complete","value":{{"amount":{number}00,"currency":"MXN"}},"tenderPeriod":{{"startDate":"2016-01-01T00:00:00Z","endDate":"2016-02-01T00:00:00Z"}},"items":[{items}]}}"#
    );
    let award = format!(
        r#""awards":[{{"id":"A{number}","status":"active","date":"2016-03-01T00:00:00Z","value":{{"amount":{number}90.25,"currency":"MXN"}},"suppliers":[{{"id":"MX-RFC-{}","name":"Proveedora"}}],"items":[{items}]}}]"#,
        number + 2
    );
    let contract = format!(
        r#""contracts":[{{"id":"C{number}","awardID":"A{number}","status":"active","value":{{"amount":{number}90.25,"currency":"MXN"}},"items":[{items}]}}]"#
    );
    let release = |n: usize, tag: &str, rest: &str| {
        format!(
            r#"{{"ocid":"ocds-zzz-{number}","id":"{number}-{n}","date":"2016-0{n}-01T00:00:00Z","tag":["{tag}"],"initiationType":"tender","parties":[{parties}],{rest}}}"#
        )
    };
    format!(
        "[{},{},{}]",
        release(1, "tender", &tender),
        release(2, "award", &format!("{tender},{award}")),
        release(3, "contract", &format!("{tender},{award},{contract}"))
    )
}
