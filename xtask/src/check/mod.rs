//! House checks. Each is one file: a promise, and the places where it is broken.
//!
//! The checks in `CHECKS` read the repository and need no data and no build; they are also the tests of this crate.
//! Those in `program.rs` ask the program itself.

pub mod crate_arrows;
pub mod crate_pages;
pub mod file_names;
pub mod file_sizes;
pub mod markdown;
pub mod markdown_names;
pub mod one_build;
pub mod one_version;
pub mod open_questions;
pub mod program;
pub mod shown_commands;
pub mod unwraps;
pub mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::house::House;

/// Arguments of `cargo xtask check`.
#[derive(Args)]
#[command(
    after_help = "Example:\n  cargo xtask check --no-program     only what needs no build, in a second"
)]
pub struct Check {
    /// Leave out what the program itself checks: queries planned on empty tables, packs, commands shown in documents.
    #[arg(long)]
    no_program: bool,
    /// Only say which questions are still open in this packs folder, say a workspace's.
    #[arg(long, value_name = "DIR", conflicts_with = "no_program")]
    questions: Option<PathBuf>,
}

/// One promise of the house.
pub struct HouseCheck {
    /// Name, as printed and as the test is called.
    pub name: &'static str,
    /// The promise, as a sentence.
    pub promise: &'static str,
    /// Where it is broken: one line each, nothing when it holds. An error is a check that could not be made.
    pub broken: fn(&House) -> Result<Vec<String>>,
}

/// Every check of the repository.
pub const CHECKS: &[HouseCheck] = &[
    crate_arrows::CHECK,
    crate_pages::CHECK,
    one_version::CHECK,
    one_build::CHECK,
    file_sizes::CHECK,
    file_names::CHECK,
    markdown_names::CHECK,
    open_questions::CHECK,
    words::CHECK,
    unwraps::CHECK,
];

impl HouseCheck {
    /// Runs the check and prints its line; a check that cannot be made is broken too.
    ///
    /// Out: whether the promise holds.
    pub fn print(&self, house: &House) -> bool {
        let broken = (self.broken)(house).unwrap_or_else(|error| vec![format!("{error:#}")]);
        print_line(self.name, self.promise, &broken);
        broken.is_empty()
    }
}

/// One line for a check, and one for each place where it is broken.
fn print_line(name: &str, promise: &str, broken: &[String]) {
    println!(
        "{} {name}: {promise}",
        if broken.is_empty() {
            "ok    "
        } else {
            "BROKEN"
        }
    );
    for place in broken {
        println!("         {place}");
    }
}

impl Check {
    /// Runs the checks; exit code 1 when a promise is broken.
    pub fn run(self) -> Result<ExitCode> {
        let holds = match &self.questions {
            Some(packs) => open_questions::print(packs)?,
            None => {
                let house = House::open()?;
                let mut holds = repository(&house);
                if !self.no_program {
                    holds &= program::check(&house, &program::build(&house)?)?;
                }
                holds
            }
        };
        Ok(if holds {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// Runs every check of the repository.
///
/// Out: whether all hold.
pub fn repository(house: &House) -> bool {
    let mut holds = true;
    for check in CHECKS {
        holds &= check.print(house);
    }
    holds
}
