//! What `cargo xtask new` writes holds as it is, before anybody has answered its questions.

use crate::support::{PROGRAM, xtask};
use indicators::cases::{Mutation, run_case};
use packs::{Folder, Packs};
use std::path::Path;
use std::process::{Command, Output};

/// The packs of the program, in a folder of their own.
fn copied() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    for (path, text) in Folder::read(&packs).expect("packs can be read").iter() {
        let path = copy.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below a folder"))
            .and_then(|()| std::fs::write(&path, text))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    copy
}

fn begin(packs: &Path, kind: &str, name: &str) -> Output {
    Command::new(xtask())
        .args(["new", kind, name, "--into"])
        .arg(packs)
        // Outside the repository, so that its packs are not in the way.
        .current_dir(packs)
        .output()
        .expect("xtask starts")
}

fn begun(packs: &Path, kind: &str, name: &str) -> String {
    let output = begin(packs, kind, name);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{kind} {name}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What differs from what a case expects, one line each.
pub fn case_differences(
    packs: &Packs,
    code: &str,
    case: &str,
    mutation: Option<&Mutation>,
) -> Vec<String> {
    let indicator = &packs.indicators[code];
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(run_case(
            packs,
            indicator,
            case,
            &indicator.cases[case],
            mutation,
            &standards::table_schema,
        ))
        .unwrap_or_else(|error| panic!("{code}/{case}: {error}"))
}

#[test]
fn folders_of_questions_are_read_and_planned() {
    let packs = copied();
    let asked = [
        begun(packs.path(), "place", "co/bogota/contratos"),
        begun(packs.path(), "standard", "bods"),
        begun(packs.path(), "indicator", "L001_large_contract"),
    ];
    for questions in &asked {
        assert!(questions.lines().count() > 3, "{questions}");
        for line in questions.lines() {
            // A question, and not the bare mark.
            assert!(line.contains(": ¿") && !line.contains("¿…?"), "{line}");
        }
    }
    let checked = Command::new(PROGRAM)
        .args(["house-check", "--packs"])
        .arg(packs.path())
        .output()
        .expect("the program starts");
    assert!(
        checked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
}

#[test]
fn the_three_cases_of_a_new_rule_hold_and_notice_its_number() {
    let folder = copied();
    begun(folder.path(), "indicator", "L001_large_contract");
    let packs = Packs::read(Folder::read(folder.path()).expect("readable")).expect("understood");
    let cases: Vec<&String> = packs.indicators["L001"].cases.keys().collect();
    assert_eq!(cases, ["flagged", "just_not_flagged", "not_computable"]);
    let differ = |mutation: Option<&Mutation>| {
        cases
            .iter()
            .flat_map(|case| case_differences(&packs, "L001", case, mutation))
            .collect::<Vec<_>>()
    };
    assert_eq!(differ(None), Vec::<String>::new());
    for add in [1, -1] {
        let name = "maximum_amount".to_string();
        assert_ne!(differ(Some(&Mutation { name, add })), Vec::<String>::new());
    }
}

#[test]
fn a_wrong_name_or_one_that_is_taken_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refused = |kind: &str, name: &str, said: &str| {
        let output = begin(folder.path(), kind, name);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{kind} {name}");
        assert!(error.contains(said), "{kind} {name}: {error}");
    };
    refused("place", "bogota", "country/place/source");
    refused("place", "co/Bogotá/contratos", "`Bogotá` is no name");
    refused("place", "col/bogota/contratos", "`col` is no country");
    refused("standard", "../bods", "`../bods` is no name");
    refused("indicator", "large_contract", "`large` is no code");
    let written = || std::fs::read_dir(folder.path()).expect("there").count();
    assert_eq!(written(), 0);
    begun(folder.path(), "standard", "bods");
    refused("standard", "bods", "is there already; nothing was written");
    begun(folder.path(), "indicator", "L001_large_contract");
    refused("indicator", "l001_other_name", "is there already");
}
