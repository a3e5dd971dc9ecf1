//! Builds the packs into the program: every TOML, CSV and SQL file below `packs/`, but not their cases.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let packs = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo"))
        .join("../../packs");
    let packs = packs
        .canonicalize()
        .expect("the folder packs/ stands beside crates/");
    let mut files = Vec::new();
    gather(&packs, &mut files);
    files.sort();
    let mut code =
        String::from("// Made by build.rs from packs/.\npub const PACKS: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file
            .strip_prefix(&packs)
            .expect("gathered below")
            .to_string_lossy()
            .replace('\\', "/");
        writeln!(
            code,
            "    ({name:?}, include_str!({:?})),",
            file.display().to_string()
        )
        .expect("text takes text");
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("set by cargo")).join("packs.rs");
    std::fs::write(out, code).expect("the build folder is writable");
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)
        .expect("packs can be read")
        .flatten()
    {
        let path = entry.path();
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or("");
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "cases") {
                gather(&path, files);
            }
        } else if matches!(extension, "toml" | "csv" | "sql") {
            files.push(path);
        }
    }
}
