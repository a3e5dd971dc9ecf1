//! A pack begun with `cargo xtask new` is finished when nothing is asked any more.

use std::path::Path;

use anyhow::{Result, ensure};

use super::HouseCheck;
use crate::house::House;
use crate::questions;

/// Every blank of a template has been answered.
pub const CHECK: HouseCheck = HouseCheck {
    name: "open_questions",
    promise: "no question of a template is left open in a pack",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    let packs = house
        .files
        .iter()
        .filter(|file| file.starts_with("packs/") && questions::may_ask(file));
    for file in packs {
        broken.extend(questions::lines_for(file, &house.read(file)?));
    }
    Ok(broken)
}

/// Prints what is still asked in a packs folder, say a workspace's.
///
/// Out: whether nothing is.
/// Errors: there is no such folder.
pub fn print(packs: &Path) -> Result<bool> {
    ensure!(
        packs.is_dir(),
        "{}: there is no such folder",
        packs.display()
    );
    let broken = questions::open_below(packs, &packs.to_string_lossy())?;
    super::print_line(CHECK.name, CHECK.promise, &broken);
    Ok(broken.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::made;

    #[test]
    fn an_open_question_is_named_with_its_place() {
        let (_folder, house) = made::house(&[
            (
                "packs/places/co/bogota/place.toml",
                "# ¿Cómo se llama?\nname = { es = \"¿…?\", en = \"Bogotá\" }\n",
            ),
            (
                "packs/places/co/bogota/x/source.toml",
                "# ¿Quién?\npublisher = \"X\"\n",
            ),
            (
                "xtask/templates/place/place.toml",
                "# ¿Cómo?\ncode = \"¿…?\"\n",
            ),
        ]);
        assert_eq!(
            broken(&house).unwrap(),
            ["packs/places/co/bogota/place.toml:2: ¿Cómo se llama?"]
        );
    }
}
