//! `cargo xtask`: everything that is done to the house rather than by it.

use std::process::ExitCode;

use clap::Parser;
use xtask::{bench, check, house::House, new, test};

/// Checks, tests and measures the house.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Xtask {
    /// House checks: arrows between crates, names in the documents, words, every query planned.
    Check(check::Check),
    /// Runs everything, in stages, and prints the time of each.
    Test(test::Test),
    /// Begins a pack: a folder whose blanks are questions.
    New(new::New),
    /// Measures a workload beside the peers it names.
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let xtask = Xtask::parse();
    let outcome = match xtask {
        Xtask::Check(check) => check.run(),
        Xtask::New(new) => new.run(),
        Xtask::Test(test) => House::open().and_then(|house| test.run(&house)),
        Xtask::Bench(bench) => House::open().and_then(|house| bench.run(&house)),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
