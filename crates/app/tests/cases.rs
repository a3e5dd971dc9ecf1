//! Every case beside an indicator or a kind of link, each a test named after its file; and the cases of indicators
//! must notice a changed threshold.
//!
//! `COTEJO_PACKS` names a folder whose packs and cases are put on top, say a workspace's.

use indicators::cases::{Mutation, run_case};
use libtest_mimic::{Arguments, Failed, Trial};
use packs::{Folder, Indicator, Packs};
use standards::checks;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

fn main() {
    let mut folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs"))
        .expect("packs can be read");
    if let Some(own) = std::env::var_os("COTEJO_PACKS") {
        folder = folder.overlay(Folder::read(Path::new(&own)).expect("COTEJO_PACKS can be read"));
    }
    let packs = Arc::new(Packs::read(folder).expect("packs are understood"));
    let mut trials = Vec::new();
    for indicator in packs.indicators.values() {
        for name in indicator.cases.keys() {
            let (packs, code, name) = (packs.clone(), indicator.code.clone(), name.clone());
            trials.push(Trial::test(format!("{code}/{name}"), move || {
                holds(&packs, &packs.indicators[&code], &name)
            }));
        }
        let (packs, code) = (packs.clone(), indicator.code.clone());
        trials.push(Trial::test(
            format!("{code}: a threshold moved by one unit fails some case"),
            move || thresholds(&packs, &packs.indicators[&code]),
        ));
    }
    for link in packs.links.values() {
        for name in link.cases.keys() {
            let (packs, kind, name) = (packs.clone(), link.kind.clone(), name.clone());
            trials.push(Trial::test(format!("links/{kind}/{name}"), move || {
                links_hold(&packs, &kind, &name)
            }));
        }
    }
    for (code, standard) in &packs.standards {
        for (check, known) in &standard.checks {
            for name in known.cases.keys() {
                let (packs, code, check) = (packs.clone(), code.clone(), check.clone());
                let name = name.clone();
                trials.push(Trial::test(
                    format!("checks/{code}.{check}/{name}"),
                    move || {
                        let differences = check_differences(&packs, &code, &check, &name, None)?;
                        match differences.is_empty() {
                            true => Ok(()),
                            false => Err(differences.join("\n").into()),
                        }
                    },
                ));
            }
            let (packs, code, check) = (packs.clone(), code.clone(), check.clone());
            trials.push(Trial::test(
                format!("checks/{code}.{check}: a number moved by one unit fails some case"),
                move || numbers(&packs, &code, &check),
            ));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn differences(
    packs: &Packs,
    indicator: &Indicator,
    name: &str,
    mutation: Option<&Mutation>,
) -> Result<Vec<String>, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let case = &indicator.cases[name];
    Ok(runtime
        .block_on(run_case(
            packs,
            indicator,
            name,
            case,
            mutation,
            &standards::table_schema,
        ))
        .map_err(|error| error.to_string())?)
}

fn holds(packs: &Packs, indicator: &Indicator, name: &str) -> Result<(), Failed> {
    match differences(packs, indicator, name, None)? {
        differences if differences.is_empty() => Ok(()),
        differences => Err(format!(
            "{}:\n{}",
            indicator.cases[name].title,
            differences.join("\n")
        )
        .into()),
    }
}

fn links_hold(packs: &Packs, kind: &str, name: &str) -> Result<(), Failed> {
    let link = &packs.links[kind];
    let case = &link.cases[name];
    let path = format!("packs/{}cases/{name}.toml", link.folder);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let differences = runtime.block_on(async {
        let engine =
            indicators::cases::filled_engine(packs, &case.rows, &path, &standards::table_schema)
                .await
                .map_err(|error| error.to_string())?;
        links::cases::run_case(&engine, link, name, case)
            .await
            .map_err(|error| error.to_string())
    })?;
    if differences.is_empty() {
        Ok(())
    } else {
        Err(format!("{}:\n{}", case.title, differences.join("\n")).into())
    }
}

fn check_differences(
    packs: &Packs,
    standard: &str,
    check: &str,
    name: &str,
    mutation: Option<&checks::cases::Mutation>,
) -> Result<Vec<String>, Failed> {
    let standard = &packs.standards[standard];
    let check = &standard.checks[check];
    let case = &check.cases[name];
    let path = format!("packs/{}cases/{name}.toml", check.folder);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    Ok(runtime.block_on(async {
        let engine =
            indicators::cases::filled_engine(packs, &case.rows, &path, &standards::table_schema)
                .await
                .map_err(|error| error.to_string())?;
        checks::cases::run_case(&engine, standard, check, name, case, mutation)
            .await
            .map_err(|error| error.to_string())
    })?)
}

fn numbers(packs: &Packs, standard: &str, check: &str) -> Result<(), Failed> {
    let known = &packs.standards[standard].checks[check];
    let mut unnoticed = Vec::new();
    for name in known.numbers() {
        for add in [1, -1] {
            let name = name.to_string();
            let mutation = checks::cases::Mutation { name, add };
            let mut noticed = false;
            for case in known.cases.keys() {
                noticed |=
                    !check_differences(packs, standard, check, case, Some(&mutation))?.is_empty();
            }
            if !noticed {
                unnoticed.push(format!("{} {add:+}: no case fails", mutation.name));
            }
        }
    }
    match unnoticed.is_empty() {
        true => Ok(()),
        false => Err(unnoticed.join("\n").into()),
    }
}

fn thresholds(packs: &Packs, indicator: &Indicator) -> Result<(), Failed> {
    let own = packs
        .parameters
        .iter()
        .filter(|row| row.indicator == indicator.code)
        .map(|row| row.name.clone());
    let of_cases = indicator.cases.values().flat_map(|case| {
        case.parameters
            .iter()
            .flatten()
            .map(|parameter| parameter.name.clone())
    });
    let names: BTreeSet<String> = own.chain(of_cases).collect();
    let mut unnoticed = Vec::new();
    for name in names {
        for add in [1, -1] {
            let mutation = Mutation {
                name: name.clone(),
                add,
            };
            let mut noticed = false;
            for case in indicator.cases.keys() {
                noticed |= !differences(packs, indicator, case, Some(&mutation))?.is_empty();
            }
            if !noticed {
                unnoticed.push(format!("{name} {add:+}: no case fails"));
            }
        }
    }
    if unnoticed.is_empty() {
        Ok(())
    } else {
        Err(unnoticed.join("\n").into())
    }
}
