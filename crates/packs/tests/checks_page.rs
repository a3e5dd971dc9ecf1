//! `docs/checks.md` says what the packs say: one line for each check of each standard; and cases show every answer.
//!
//! `COTEJO_WRITE_DOCS=1` writes the page anew.

use packs::{Check, Folder, Level, Packs, Standard};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "<!-- From packs/standards/*/checks. To make it again: COTEJO_WRITE_DOCS=1 cargo nextest run -p packs --test checks_page -->
# Comprobaciones · Checks

Una comprobación dice de cada cosa publicada si se cumple, si falla o si no aplica, y nunca cambia nada.
Cada falla es una fila de `problem` con el nombre de la comprobación por código; cada comprobación y fuente, una fila de `check_result` con los conteos exactos.
El resultado de una fuente es `passed`, `failed`, `measured` (se mide y nada se juzga), `not_applicable` o `not_computable` (no puede saberse aquí; nunca se da por cumplida).
Las reglas son las de Pelican, dichas en SQL sobre las tablas; donde una se aparta de la suya, su línea lo dice.
Las fechas se comparan por día, y las que solo dicen el mes o el año no se comparan.

A check says of each thing published whether it passes, fails, or whether the check does not apply to it, and never changes anything.
Each failure is a row of `problem` with the name of the check as its code; each check and source is a row of `check_result` with the exact counts.
The result of a source is `passed`, `failed`, `measured` (it is measured and nothing is judged), `not_applicable` or `not_computable` (it cannot be known here; it never counts as passed).
The rules are those of Pelican, said in SQL over the tables; where one differs from its, its line says so.
Dates are compared by the day, and those that say only the month or the year are not compared.

    cotejo sql \"SELECT source, result, applicable, failed FROM check_result WHERE \\\"check\\\" = 'dates_in_order'\"
";

const LEVELS: [(Level, &str); 4] = [
    (Level::Field, "Un valor por sí solo · A value by itself"),
    (Level::Release, "Un proceso · One process"),
    (Level::Dataset, "Toda una fuente · A whole source"),
    (Level::Time, "Dos ediciones · Two editions"),
];

fn line(check: &Check) -> String {
    let mut words = [check.title.es.clone(), check.title.en.clone()];
    let applies = [&check.applies.es, &check.applies.en];
    let reasons = check.not_computable.as_ref().map(|why| [&why.es, &why.en]);
    for (index, text) in words.iter_mut().enumerate() {
        let _ = write!(text, ". {}", applies[index]);
        if let Some(reasons) = reasons {
            let _ = write!(text, " {}", reasons[index]);
        }
    }
    let numbers: Vec<String> = check
        .parameters
        .iter()
        .map(|(name, parameter)| format!("`{name}` = {}", parameter.default))
        .collect();
    let source = &check.source[0];
    let pelican = source.title.trim_start_matches("Pelican: ");
    // A bar would end the cell.
    let numbers = numbers.join(", ").replace('|', "\\|");
    format!(
        "| `{}` | {} | {} | {} | {numbers} | `{pelican}` |\n",
        check.name, check.severity, words[0], words[1]
    )
}

fn of_standard(standard: &Standard, page: &mut String) {
    for (level, title) in LEVELS {
        let checks: Vec<&Check> = standard
            .checks
            .values()
            .filter(|check| check.level == level)
            .collect();
        if checks.is_empty() {
            continue;
        }
        let _ = write!(
            page,
            "\n## {}: {title}\n\n| code | severity | es: qué se cumple y cuándo aplica | en: what holds, and when it applies | numbers | Pelican |\n|---|---|---|---|---|---|\n",
            standard.code.to_uppercase()
        );
        checks.iter().for_each(|check| page.push_str(&line(check)));
    }
}

#[test]
fn the_page_of_checks_says_what_the_packs_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let packs = Packs::read(Folder::read(&root.join("packs")).unwrap()).unwrap();
    let mut page = HEAD.to_string();
    for standard in packs.standards.values() {
        of_standard(standard, &mut page);
    }
    let path = root.join("docs/checks.md");
    if std::env::var_os("COTEJO_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/checks.md is not what the packs say; its first line says how to make it again"
    );
}

#[test]
fn no_check_has_the_name_of_another_problem() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let packs = Packs::read(Folder::read(&root.join("packs")).unwrap()).unwrap();
    let problems = std::fs::read_to_string(root.join("docs/problems.md")).unwrap();
    for standard in packs.standards.values() {
        for name in standard.checks.keys() {
            assert!(!problems.contains(&format!("\n| `{name}` |")), "{name}");
        }
    }
}

#[test]
fn every_answer_of_a_check_is_shown_by_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let packs = Packs::read(Folder::read(&root.join("packs")).unwrap()).unwrap();
    let checks = packs
        .standards
        .values()
        .flat_map(|known| known.checks.values());
    let mut untried = Vec::new();
    for check in checks.filter(|check| check.sql.is_some()) {
        let cases = check.cases.values();
        let shown: BTreeSet<&str> = cases
            .flat_map(|case| case.expect.values())
            .map(|expected| expected.parts().0)
            .collect();
        let wanted: &[&str] = match shown.contains("measured") {
            true => &["measured", "does_not_apply"],
            false => &["passes", "fails", "does_not_apply"],
        };
        let missing = wanted.iter().filter(|answer| !shown.contains(**answer));
        untried.extend(missing.map(|answer| format!("{}: {answer}", check.name)));
    }
    assert!(untried.is_empty(), "no case shows: {untried:?}");
}
