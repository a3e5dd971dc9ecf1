//! One copy of the table engine: two copies of arrow do not understand each other, and double the build.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::HouseCheck;
use crate::house::House;

/// The crates that must agree on one version each.
const SINGLE: [&str; 7] = [
    "arrow",
    "arrow-array",
    "arrow-schema",
    "parquet",
    "datafusion",
    "deltalake",
    "object_store",
];

/// One version of each crate of the table engine in the lock file.
pub const CHECK: HouseCheck = HouseCheck {
    name: "one_version",
    promise: "one version of arrow, parquet, datafusion, deltalake and object_store in Cargo.lock",
    broken,
};

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
}

fn broken(house: &House) -> Result<Vec<String>> {
    judge(&house.read("Cargo.lock")?)
}

fn judge(lock: &str) -> Result<Vec<String>> {
    let lock: Lock = toml::from_str(lock).context("reading Cargo.lock")?;
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &lock.package {
        if SINGLE.contains(&package.name.as_str()) {
            versions
                .entry(&package.name)
                .or_default()
                .push(&package.version);
        }
    }
    Ok(versions
        .into_iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, versions)| {
            format!(
                "{name} is there as {}; see `cargo tree -i {name}`",
                versions.join(" and ")
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_versions_of_arrow_are_one_too_many() {
        let package = |name: &str, version: &str| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
        };
        let one = package("arrow", "59.3.2") + &package("syn", "2.0.0") + &package("syn", "3.0.0");
        assert_eq!(judge(&one).unwrap(), Vec::<String>::new());
        let two = one + &package("arrow", "60.0.0");
        assert_eq!(
            judge(&two).unwrap(),
            ["arrow is there as 59.3.2 and 60.0.0; see `cargo tree -i arrow`"]
        );
    }
}
