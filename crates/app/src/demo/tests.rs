//! Same seed, same bytes; twice the scale, twice the records; every rule planted on both sides.

use super::{Expected, generate, invent, publish};
use std::collections::HashSet;

const RULES: [&str; 6] = ["R003", "R011", "R013", "R059", "MX69B", "W001"];

fn files(scale: u32, seed: u64) -> Vec<(String, Vec<u8>)> {
    let (states, truth) = invent(scale, seed).unwrap();
    let mut files = publish(&states).unwrap();
    files.push(("truth.csv".to_string(), super::truth::file(&truth).unwrap()));
    files
}

#[test]
fn same_seed_makes_same_bytes() {
    let (first, second) = (files(1, 7), files(1, 7));
    for ((name, one), (_, other)) in first.iter().zip(&second) {
        assert!(one == other, "{name} differs between two runs");
    }
    assert_eq!(first.len(), second.len());
    assert!(
        files(1, 8)[0].1 != first[0].1,
        "another seed makes other contracts"
    );
}

#[test]
fn scale_two_doubles_what_is_ordinary() {
    let count = |scale| {
        let (states, _) = invent(scale, 7).unwrap();
        let offices = [
            &states.cobalto,
            &states.lunaria,
            &states.quimera,
            &states.suministros,
        ];
        let ordinary = offices.iter().flat_map(|office| &office.processes);
        let ordinary = ordinary.filter(|process| !process.is_planted).count();
        let works = states.obras_cobalto.works.len()
            + states.obras_quimera.works.len()
            + states.caminos.works.len();
        (ordinary as f64, works as f64)
    };
    let (one, two) = (count(1), count(2));
    assert!(
        (1.9..2.1).contains(&(two.0 / one.0)),
        "processes {one:?} {two:?}"
    );
    assert!(
        (1.9..2.1).contains(&(two.1 / one.1)),
        "works {one:?} {two:?}"
    );
}

#[test]
fn every_rule_is_planted_with_all_three_answers() {
    let (_, truth) = invent(1, 7).unwrap();
    for rule in RULES {
        for expected in [Expected::Flagged, Expected::Clear, Expected::NotComputable] {
            let count = truth
                .iter()
                .filter(|row| row.indicator == rule && row.expected == expected)
                .count();
            assert!(count > 0, "{rule} has no case that is {}", expected.word());
        }
    }
    let subjects: HashSet<_> = truth
        .iter()
        .map(|row| (row.indicator, &row.subject_id))
        .collect();
    assert_eq!(subjects.len(), truth.len(), "a subject is planted twice");
}

#[test]
fn many_seeds_stay_ordinary() {
    for seed in 0..12 {
        invent(1, seed).unwrap();
    }
}

#[test]
fn companies_are_never_alike() {
    let mut register = super::companies::Register::default();
    let (mut names, mut keys) = (HashSet::new(), HashSet::new());
    for _ in 0..30_000 {
        let company = register.company();
        assert_eq!(company.rfc.len(), 12);
        // Names must differ in the invented word, not in trade or legal form alone.
        assert!(keys.insert(company.rfc.clone()), "{} twice", company.rfc);
        assert!(names.insert(company.name.clone()), "{} twice", company.name);
    }
}

#[test]
fn files_land_in_the_folder() {
    let dir = std::env::temp_dir().join(format!("cotejo-demo-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let planted = generate(&dir, 1, 7).unwrap();
    assert_eq!(planted.files.len(), 11);
    assert!(planted.files.iter().all(|path| path.is_file()));
    assert!(dir.join("truth.csv").is_file());
    assert!(generate(&dir, 0, 7).is_err());
    std::fs::remove_dir_all(&dir).unwrap();
}
