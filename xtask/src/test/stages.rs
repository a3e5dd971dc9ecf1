//! The stages, in order.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::demo::Demo;
use super::{field, pages};

use crate::check::{self, program};
use crate::command;
use crate::house::House;
use crate::real_files::RealFiles;

/// One stage of the tests.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    /// Name, as `--only` takes it.
    pub name: &'static str,
    /// What has held when it passed.
    pub promise: &'static str,
    /// Runs it. Out: whether it passed.
    pub run: fn(&mut Walk<'_>) -> Result<bool>,
}

/// Cheap ones first; clippy before the build, so that a warning does not wait for it.
pub(super) const STAGES: &[Stage] = &[
    Stage {
        name: "fmt",
        promise: "the code is formatted",
        run: |walk| walk.cargo(&["fmt", "--all", "--check"]),
    },
    Stage {
        name: "clippy",
        promise: "clippy has no warning",
        run: |walk| {
            walk.cargo(&[
                "clippy",
                "--locked",
                "--workspace",
                "--all-targets",
                "--",
                "--deny",
                "warnings",
            ])
        },
    },
    Stage {
        name: "build",
        promise: "everything builds, tests included",
        run: |walk| walk.cargo(&["build", "--locked", "--workspace", "--all-targets"]),
    },
    Stage {
        name: "tests",
        promise: "unit tests, pack cases, commands, real files",
        run: |walk| walk.tests(),
    },
    Stage {
        name: "house",
        promise: "the house checks hold",
        run: |walk| walk.house(),
    },
    Stage {
        name: "demo",
        promise: "the demonstration finds what it planted",
        run: |walk| walk.demo().map(|_| true),
    },
    Stage {
        name: "field",
        promise: "the field's own tools say the same, and accept what goes out",
        run: field::run,
    },
    Stage {
        name: "pages",
        promise: "every page of the demonstration, in a browser",
        run: pages::run,
    },
];

impl Stage {
    /// The stage of this name.
    pub(super) fn named(name: &str) -> Result<&'static Self, String> {
        let names = || {
            STAGES
                .iter()
                .map(|stage| stage.name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        STAGES
            .iter()
            .find(|stage| stage.name == name)
            .ok_or_else(|| format!("the stages are {}", names()))
    }
}

/// What the stages hand on to each other.
pub(super) struct Walk<'a> {
    /// The repository.
    pub house: &'a House,
    pub real_files: &'a RealFiles,
    target: PathBuf,
    program: Option<PathBuf>,
    demo: Option<Demo>,
}

impl<'a> Walk<'a> {
    /// At the door.
    pub(super) fn new(house: &'a House, real_files: &'a RealFiles) -> Result<Self> {
        Ok(Self {
            house,
            real_files,
            target: house.target_folder()?,
            program: None,
            demo: None,
        })
    }

    /// The folder where the page check leaves its screenshots.
    pub(super) fn screenshots(&self) -> PathBuf {
        self.target.join("pages")
    }

    /// Runs cargo with its output shown.
    fn cargo(&mut self, arguments: &[&str]) -> Result<bool> {
        let mut cargo = command::cargo(&self.house.root);
        self.real_files.name_in(&mut cargo);
        println!("$ cargo {}", arguments.join(" "));
        let status = cargo
            .args(arguments)
            .status()
            .with_context(|| format!("starting cargo {}", arguments[0]))?;
        Ok(status.success())
    }

    /// The runner's own closing lines are shown as they are.
    fn tests(&mut self) -> Result<bool> {
        let has_nextest =
            command::output(command::cargo(&self.house.root).args(["nextest", "--version"]))
                .is_ok();
        if has_nextest {
            self.cargo(&[
                "nextest",
                "run",
                "--locked",
                "--workspace",
                "--no-fail-fast",
            ])
        } else {
            self.cargo(&["test", "--locked", "--workspace", "--no-fail-fast"])
        }
    }

    fn house(&mut self) -> Result<bool> {
        let repository = check::repository(self.house);
        let program = self.program()?;
        Ok(program::check(self.house, &program)? && repository)
    }

    /// The program, built if it is not.
    pub(super) fn program(&mut self) -> Result<PathBuf> {
        if self.program.is_none() {
            self.program = Some(program::build(self.house)?);
        }
        Ok(self.program.clone().expect("set on the line above"))
    }

    /// The demonstration workspace, made once.
    pub(super) fn demo(&mut self) -> Result<PathBuf> {
        if self.demo.is_none() {
            self.demo = Some(Demo::make(&self.program()?)?);
        }
        Ok(self.demo.as_ref().expect("set on the line above").folder())
    }

    /// `cotejo` in a folder, with no input.
    pub(super) fn cotejo(&mut self, folder: &std::path::Path) -> Result<Command> {
        let mut cotejo = Command::new(self.program()?);
        cotejo.current_dir(folder).stdin(Stdio::null());
        Ok(cotejo)
    }
}
