//! Everything that must pass, in stages: each is named, timed, and stops the rest when it fails.

mod demo;
mod field;
mod pages;
mod stages;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;

use self::stages::{STAGES, Stage, Walk};
use crate::house::House;
use crate::memory::Watch;
use crate::real_files::RealFiles;
use crate::tools;

/// Arguments of `cargo xtask test`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask test --install          on a new machine: gets what is missing first\n  \
                        cargo xtask test --only fmt --only clippy\n\n\
                        The real files are looked for in $COTEJO_SHARED (default: ../shared). Without them their tests\n\
                        are left out, which is said; with COTEJO_REQUIRE_SHARED=1 that is an error."
)]
pub struct Test {
    /// Get what is missing from Debian's packages and npm.
    #[arg(long)]
    install: bool,
    /// Leave out the stage that needs a browser.
    #[arg(long)]
    skip_pages: bool,
    /// Run only this stage; may be repeated.
    #[arg(long, value_name = "STAGE", value_parser = Stage::named)]
    only: Vec<&'static Stage>,
}

/// What became of a stage.
struct Outcome {
    stage: &'static str,
    passed: bool,
    took: Duration,
    peak_mb: u64,
}

impl Test {
    /// Runs the stages. Exit codes: 0 all passed, 1 a stage failed, 2 a tool is missing.
    pub fn run(self, house: &House) -> Result<ExitCode> {
        let wanted: Vec<&Stage> = STAGES
            .iter()
            .filter(|stage| {
                self.only.is_empty() || self.only.iter().any(|only| only.name == stage.name)
            })
            .filter(|stage| !(self.skip_pages && stage.name == "pages"))
            .collect();
        let with = |name: &str| wanted.iter().any(|stage| stage.name == name);
        let missing_now = || tools::missing_for_tests(house, with("pages"), with("field"));
        let mut missing = missing_now();
        if self.install && !missing.is_empty() {
            tools::install(house, &missing)?;
            // What came may be too old, or not stand where it is looked for.
            missing = missing_now();
        }
        if !missing.is_empty() {
            tools::print(&missing, "cargo xtask test --install");
            return Ok(ExitCode::from(2));
        }
        let real_files = RealFiles::find(house)?;
        real_files.say();

        let mut walk = Walk::new(house, &real_files)?;
        let mut outcomes = Vec::new();
        for stage in wanted {
            println!("\n== {}: {}", stage.name, stage.promise);
            let start = Instant::now();
            let watch = Watch::start();
            let result = (stage.run)(&mut walk);
            let passed = match &result {
                Ok(passed) => *passed,
                Err(error) => {
                    eprintln!("error: {error:#}");
                    false
                }
            };
            outcomes.push(Outcome {
                stage: stage.name,
                passed,
                took: start.elapsed(),
                peak_mb: watch.stop(),
            });
            if !passed {
                break;
            }
        }
        Ok(close(&outcomes, &real_files))
    }
}

/// Prints the closing table.
fn close(outcomes: &[Outcome], real_files: &RealFiles) -> ExitCode {
    println!("\n{:<8} {:>9} {:>9}", "stage", "seconds", "peak MB");
    for Outcome {
        stage,
        passed,
        took,
        peak_mb,
    } in outcomes
    {
        let mark = if *passed { "" } else { "  FAILED" };
        println!("{stage:<8} {:>9.1} {peak_mb:>9}{mark}", took.as_secs_f64());
    }
    let all: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    let peak = outcomes
        .iter()
        .map(|outcome| outcome.peak_mb)
        .max()
        .unwrap_or_default();
    println!("{:<8} {:>9.1} {peak:>9}", "all", all.as_secs_f64());
    real_files.say();
    match outcomes.iter().find(|outcome| !outcome.passed) {
        Some(failed) => {
            println!(
                "the stage `{0}` failed; again, alone: cargo xtask test --only {0}",
                failed.stage
            );
            ExitCode::FAILURE
        }
        None => {
            println!("every stage passed");
            ExitCode::SUCCESS
        }
    }
}
