//! Words that no page of ours says about a person or a firm.

use anyhow::Result;

use super::HouseCheck;
use crate::house::House;

/// "Corruption" as a subject is not among them: guides and laws have it in their names.
const NEVER: [&str; 7] = [
    "corrupt",
    "corrupto",
    "corrupta",
    "corruptos",
    "corruptas",
    "corruptly",
    "corrupted",
];

/// Texts of packs and pages say "flagged", "unusual", "a reason to look".
pub const CHECK: HouseCheck = HouseCheck {
    name: "words",
    promise: "no text of a pack or a page calls anybody corrupt",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    let texts = house.files.iter().filter(|file| {
        (file.starts_with("packs/") || file.contains("/templates/"))
            && [".toml", ".html", ".csv", ".ftl", ".md", ".txt"]
                .iter()
                .any(|ending| file.ends_with(ending))
    });
    let mut broken = Vec::new();
    for file in texts {
        for (number, line) in house.read(file)?.lines().enumerate() {
            let lower = line.to_lowercase();
            for word in lower
                .split(|sign: char| !sign.is_alphabetic())
                .filter(|word| NEVER.contains(word))
            {
                broken.push(format!("{file}:{}: {word}", number + 1));
            }
        }
    }
    Ok(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::made;

    #[test]
    fn a_person_is_not_called_corrupt_and_a_guide_may_be_about_corruption() {
        let (_folder, house) = made::house(&[
            (
                "packs/guides/g/guide.toml",
                "title = \"Guía anticorrupción\"\nen = \"against corruption\"\n",
            ),
            (
                "packs/indicators/r/indicator.toml",
                "why = \"Un proveedor Corrupto.\"\n",
            ),
            ("crates/sources/src/lib.rs", "// a corrupt archive\n"),
        ]);
        assert_eq!(
            broken(&house).unwrap(),
            ["packs/indicators/r/indicator.toml:1: corrupto"]
        );
    }
}
