//! Workloads beside their peers, in one run on one machine: processor seconds, wall clock, peak memory, ratios.

mod contracts;
mod input;
mod measure;
mod report;
mod workload;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use self::measure::Figures;
use self::report::{Machine, Report, Row};
use self::workload::Workload;
use crate::command;
use crate::house::House;
use crate::python::{Python, cache_folder};
use crate::tools;

/// Arguments of `cargo xtask bench`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask bench                              every workload, in release\n  \
                        cargo xtask bench csv-1gb --bytes 50000000     a quick look"
)]
pub struct Bench {
    /// Name of a file of `bench/workloads`, without `.toml`; all of them when left out.
    workload: Option<String>,
    /// Size of the input, instead of the workload's own.
    #[arg(long)]
    bytes: Option<u64>,
    /// How often each program runs, instead of the workload's own number; the median counts.
    #[arg(long)]
    runs: Option<usize>,
    /// The build of ours that is measured.
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    profile: Profile,
    /// End with 1 when a figure that must be met is not.
    #[arg(long)]
    strict: bool,
    /// Get Python from Debian's packages if it is missing.
    #[arg(long)]
    install: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    Release,
    Dev,
}

impl Bench {
    /// Runs the workloads. Exit codes: 0 done, 1 a limit missed with `--strict`, 2 a tool is missing.
    pub fn run(self, house: &House) -> Result<ExitCode> {
        let missing = tools::missing_python();
        if !missing.is_empty() {
            if !self.install {
                tools::print(&missing, "cargo xtask bench --install");
                return Ok(ExitCode::from(2));
            }
            tools::install(house, &missing)?;
        }
        let workloads = workload::read(house, self.workload.as_deref())?;
        let cotejo = self.build(house)?;
        let mut all_met = true;
        for workload in &workloads {
            let report = self.measure(house, workload, &cotejo)?;
            report.print();
            let path = report.write(house)?;
            println!("recorded in {}", path.display());
            all_met &= report.musts_are_met();
        }
        Ok(if self.strict && !all_met {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }

    fn build(&self, house: &House) -> Result<PathBuf> {
        let (flags, folder): (&[&str], _) = match self.profile {
            Profile::Release => (&["--release"], "release"),
            Profile::Dev => (&[], "debug"),
        };
        let mut cargo = command::cargo(&house.root);
        cargo
            .args(["build", "--locked", "--package", "app", "--bin", "cotejo"])
            .args(flags);
        ensure!(
            cargo.status().context("starting cargo build")?.success(),
            "the program does not build"
        );
        Ok(house.target_folder()?.join(folder).join("cotejo"))
    }

    fn measure(
        &self,
        house: &House,
        workload: &Workload,
        cotejo: &std::path::Path,
    ) -> Result<Report> {
        println!("\n{}: {}", workload.name, workload.title);
        let cache = cache_folder()?;
        let bytes = self.bytes.unwrap_or(workload.input.bytes);
        let input = input::make(house, &workload.input, bytes, &cache)?;
        let python = Python::with(&workload.packages(), &cache)?;
        let places = workload::Places {
            cotejo,
            python: &python.program,
            input: &input.path,
            house,
        };
        let runs = self.runs.unwrap_or(workload.runs).max(1);
        let mut rows = Vec::new();
        for contestant in &workload.run {
            input::warm(&input.path)?;
            let mut figures = Vec::new();
            for _ in 0..runs {
                figures.push(contestant.measured(&places)?);
                print!(".");
                std::io::Write::flush(&mut std::io::stdout()).context("writing to the terminal")?;
            }
            println!(" {}", contestant.name);
            rows.push(Row::new(contestant, Figures::median(&figures), &figures));
        }
        Ok(Report {
            workload: workload.clone(),
            date: measure::today()?,
            is_release: self.profile == Profile::Release,
            input_bytes: std::fs::metadata(&input.path)
                .context("looking at the input")?
                .len(),
            is_full_size: bytes == workload.input.bytes,
            generator: input.generator,
            machine: Machine::this()?,
            rows,
        })
    }
}
