//! Which crate may lean on which.

use anyhow::Result;

use super::HouseCheck;
use crate::house::{House, Member};

/// The floors, then the rooms on them, then the one crate that sees every room.
pub const CHECK: HouseCheck = HouseCheck {
    name: "crate_arrows",
    promise: "app -> rooms and portal -> packs, lake; nothing else; a crate is called like its folder",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    Ok(judge(&house.members()?))
}

fn judge(members: &[Member]) -> Vec<String> {
    let mut broken = Vec::new();
    for member in members {
        let expected = if member.name == "xtask" {
            "xtask".to_owned()
        } else {
            format!("crates/{}", member.name)
        };
        if member.folder != expected {
            broken.push(format!(
                "the crate {} stands in {}, not in {expected}",
                member.name, member.folder
            ));
        }
        let ours = |name: &&String| {
            members.iter().any(|other| other.name == **name) && **name != member.name
        };
        let mut leans_on: Vec<_> = member.dependencies.iter().filter(ours).collect();
        leans_on.dedup();
        for other in leans_on
            .into_iter()
            .filter(|other| !may_lean(&member.name, other))
        {
            broken.push(format!(
                "{}/Cargo.toml: {} may not depend on {other}",
                member.folder, member.name
            ));
        }
    }
    broken
}

/// Whether the crate `from` may depend on our crate `to`. What is not a floor, nor app, nor xtask, is a room.
fn may_lean(from: &str, to: &str) -> bool {
    match from {
        "packs" | "lake" | "xtask" => false,
        "documents" => to == "packs",
        "app" => to != "xtask",
        _room => matches!(to, "packs" | "documents" | "lake"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, dependencies: &[&str]) -> Member {
        let folder = if name == "xtask" {
            name.to_owned()
        } else {
            format!("crates/{name}")
        };
        Member {
            name: name.into(),
            folder,
            dependencies: dependencies.iter().map(|d| (*d).into()).collect(),
        }
    }

    #[test]
    fn a_room_may_lean_on_floors_and_not_on_a_room() {
        let floors = [member("packs", &["serde"]), member("lake", &["arrow"])];
        let good = [
            member("sources", &["packs", "lake", "csv"]),
            member("app", &["sources", "packs"]),
        ];
        assert_eq!(judge(&[&floors[..], &good].concat()), Vec::<String>::new());
        let bad = [
            member("sources", &["standards"]),
            member("standards", &[]),
            member("lake", &["packs"]),
        ];
        assert_eq!(
            judge(&[&floors[..1], &bad].concat()),
            [
                "crates/sources/Cargo.toml: sources may not depend on standards",
                "crates/lake/Cargo.toml: lake may not depend on packs",
            ]
        );
    }
}
