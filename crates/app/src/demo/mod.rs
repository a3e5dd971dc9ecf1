//! The demonstration: invented states and agencies whose files are as odd as real ones, with planted cases.
//!
//! In flow order: `companies` and `words` name things, `buying`, `works` and `taxes` make ordinary ones,
//! `planted` adds the stories, `offices` writes each publisher's own layout, `check` looks once more that
//! nothing unusual came about by chance.
//! It knows no rule: neither a constant nor a query of the indicators is read here.

mod buying;
mod calendar;
mod check;
mod companies;
mod csv;
mod offices;
mod planted;
mod process;
mod random;
mod taxes;
#[cfg(test)]
mod tests;
mod truth;
mod words;
mod works;
mod written;

pub use truth::{Expected, Truth};

use anyhow::{Context, Result, ensure};
use buying::Office;
use companies::Register;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use taxes::Listing;
use truth::Ledger;
use works::Programme;

/// What was written.
#[derive(Debug)]
pub struct Planted {
    /// The files of the offices, in the order they were written; not the truth file.
    pub files: Vec<PathBuf>,
    /// The planted subjects, sorted by rule and subject; also in `truth.csv`.
    pub truth: Vec<Truth>,
}

/// Everything the offices know, before they publish it.
struct States {
    cobalto: Office,
    lunaria: Office,
    quimera: Office,
    compras_directas: Office,
    suministros: Office,
    obras_cobalto: Programme,
    obras_quimera: Programme,
    caminos: Programme,
    tax_list: Vec<Listing>,
}

/// Writes the files of the demonstration and its truth file into a folder.
///
/// In: a folder that exists, the scale (1 is about 3,000 contracts, 400 works and 180 listings), a seed.
/// Out: the same bytes for the same scale and seed. Planted cases do not grow with the scale.
/// Errors: a file that cannot be written, a scale of 0, or chance having made an unusual case.
pub fn generate(dir: &Path, scale: u32, seed: u64) -> Result<Planted> {
    ensure!(scale > 0, "the scale of the demonstration is at least 1");
    let (states, truth) = invent(scale, seed)?;
    let mut files = Vec::new();
    for (name, bytes) in publish(&states)? {
        files.push(write(dir, &name, &bytes)?);
    }
    write(dir, "truth.csv", &truth::file(&truth)?)?;
    Ok(Planted { files, truth })
}

/// Makes the ordinary part, plants the stories and checks the rest.
fn invent(scale: u32, seed: u64) -> Result<(States, Vec<Truth>)> {
    let mut register = Register::default();
    let suppliers = Rc::new(
        (0..150 * scale)
            .map(|_| register.company())
            .collect::<Vec<_>>(),
    );
    let office = |profile| Office::new(profile, Rc::clone(&suppliers), scale, seed);
    let mut states = States {
        cobalto: office(offices::cobalto::PROFILE),
        lunaria: office(offices::lunaria::PROFILE),
        quimera: office(offices::quimera::PROFILE),
        compras_directas: office(offices::quimera_direct::PROFILE),
        suministros: office(offices::suministros::PROFILE),
        obras_cobalto: Programme::new("CS-OP", 240 * scale, seed),
        obras_quimera: Programme::new("VQ-OBRA", 70 * scale, seed),
        caminos: Programme::new("oc4ids-dm0002", 80 * scale, seed),
        tax_list: taxes::ordinary(&mut register, scale, seed),
    };
    let mut story = Ledger::default();
    planted::short_period::plant(&mut states, story.about("R003"));
    planted::splitting::plant(&mut states, &mut register, story.about("R011"));
    planted::direct_share::plant(&mut states, story.about("R013"));
    planted::over_award::plant(&mut states, story.about("R059"));
    planted::tax_list::plant(&mut states, &mut register, story.about("MX69B"));
    planted::works::plant(&mut states, story.about("W001"));
    let buying = [
        &mut states.cobalto,
        &mut states.lunaria,
        &mut states.quimera,
        &mut states.compras_directas,
        &mut states.suministros,
    ];
    for office in buying {
        check::is_ordinary(office, &states.tax_list)?;
        office.soil();
        office.sort();
    }
    Ok((states, story.close()))
}

/// The names and bytes of every file.
fn publish(states: &States) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = vec![offices::cobalto::file(&states.cobalto)?];
    files.extend(offices::lunaria::files(&states.lunaria)?);
    files.push(offices::quimera::file(&states.quimera)?);
    files.push(offices::quimera_direct::file(&states.compras_directas)?);
    files.extend(offices::suministros::files(&states.suministros)?);
    files.push(offices::cobalto_works::file(&states.obras_cobalto)?);
    files.push(offices::quimera_works::file(&states.obras_quimera)?);
    files.push(offices::caminos::file(&states.caminos)?);
    files.push(offices::tax_list::file(&states.tax_list)?);
    Ok(files)
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = dir.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}
