//! Upgrades the packages and releases of JSON lines and writes them as lines: `upgrade_lines PACKS STANDARD`.
//! `conformance/merge/upgrade.py` compares them with those of `ocdskit`.

use std::io::{BufRead, Write};

use documents::Value;
use documents::upgrade::Upgrade;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [packs, standard] = arguments.as_slice() else {
        return Err("upgrade_lines PACKS STANDARD".into());
    };
    let packs = packs::Packs::read(packs::Folder::read(std::path::Path::new(packs))?)?;
    let standard = packs.standards.get(standard).ok_or("no such standard")?;
    let upgrade = Upgrade::new(&standard.objects.upgrade);
    let paths: Vec<String> = standard
        .entries
        .iter()
        .map(|entry| entry.path.replace("[]", ""))
        .collect();
    let lists: Vec<&str> = paths
        .iter()
        .map(String::as_str)
        .filter(|path| !path.is_empty())
        .collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let mut value = Value::parse(&line?, 128).map_err(|broken| format!("{broken:?}"))?;
        if value.get("releases").is_some() || value.get("records").is_some() {
            upgrade.package(&mut value, &lists);
        } else if let Some(from) = upgrade.version_of_record(&value) {
            upgrade.record(&mut value, from);
        }
        writeln!(out, "{value}")?;
    }
    out.flush()?;
    Ok(())
}
