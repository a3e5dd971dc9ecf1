//! Every room has a sign on its door and a place on the map.

use anyhow::Result;

use super::HouseCheck;
use crate::house::House;

/// A README in each crate, and each crate in the map of the house.
pub const CHECK: HouseCheck = HouseCheck {
    name: "crate_pages",
    promise: "every crate has a README.md and is named in ARCHITECTURE.md",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    let map = house.read("ARCHITECTURE.md").unwrap_or_default();
    let mut broken = Vec::new();
    for member in house.members()? {
        if !house.has(&format!("{}/README.md", member.folder)) {
            broken.push(format!("{} has no README.md", member.folder));
        }
        // As its path, or as its name in code: the bare word "lake" is also an English word.
        let named = map.contains(&member.folder) || map.contains(&format!("`{}`", member.name));
        if !named {
            broken.push(format!("ARCHITECTURE.md does not name {}", member.folder));
        }
    }
    Ok(broken)
}
