//! If a thing has no home, it has no name yet.

use anyhow::Result;

use super::HouseCheck;
use crate::house::House;

const NAMELESS: [&str; 8] = [
    "util", "utils", "common", "helper", "helpers", "manager", "managers", "misc",
];

/// No file or folder with a name that says nothing.
pub const CHECK: HouseCheck = HouseCheck {
    name: "file_names",
    promise: "no file or folder is called utils, common, helpers or manager",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    let nameless = |file: &&String| {
        file.split('/')
            .any(|part| NAMELESS.contains(&part.split('.').next().unwrap_or(part)))
    };
    Ok(house.files.iter().filter(nameless).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::made;

    #[test]
    fn a_folder_called_common_is_found_and_a_longer_word_is_not() {
        let (_folder, house) = made::house(&[
            ("src/common/a.rs", ""),
            ("src/utils.rs", ""),
            ("src/commonwealth.rs", ""),
        ]);
        assert_eq!(broken(&house).unwrap(), ["src/common/a.rs", "src/utils.rs"]);
    }
}
