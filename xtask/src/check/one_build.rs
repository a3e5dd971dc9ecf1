//! The big dependencies are built once: for `cargo demo`, for the tests, for everything.
//!
//! Cargo builds a crate anew for each set of features it is asked for. If a crate of ours, or a tool of its tests,
//! turns on one more feature of a crate deep down, then building the program alone and building the whole workspace
//! differ there, and everything above it is built twice, which is most of an hour.

use std::collections::BTreeSet;

use anyhow::Result;

use super::HouseCheck;
use crate::command;
use crate::house::House;

/// The program alone asks for the same features as the whole workspace with its tests.
pub const CHECK: HouseCheck = HouseCheck {
    name: "one_build",
    promise: "what `app` is built from has the same features alone and in the whole workspace",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    // A line per crate: its name, version and features; " (*)" marks a crate printed before.
    let built = |scope: &[&str], edges: &str| -> Result<BTreeSet<String>> {
        let mut cargo = command::cargo(&house.root);
        cargo.args(["tree", "--locked"]).args(scope);
        cargo.args(["--edges", edges, "--prefix", "none"]);
        let text = command::output(cargo.args(["--format", "{p} features: {f}"]))?;
        let crates = text.lines().map(|line| line.trim_end_matches(" (*)"));
        Ok(crates.map(str::to_owned).collect())
    };
    let alone = built(&["--package", "app"], "normal,build")?;
    let together = built(&["--workspace"], "normal,build,dev")?;
    Ok(alone
        .difference(&together)
        .map(|line| {
            let name = line.split(' ').next().unwrap_or_default();
            let other = together
                .iter()
                .find(|other| other.split(' ').next() == Some(name));
            format!(
                "alone {line}; in the workspace {}",
                other.map_or("it is not there", String::as_str)
            )
        })
        .collect())
}
