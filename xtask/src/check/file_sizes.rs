//! Nothing heavy in the repository: large inputs are made by generators or stand outside.

use anyhow::{Context, Result};

use super::HouseCheck;
use crate::house::House;

/// 1 MiB: every clone carries every version of every file for ever.
const LIMIT_BYTES: u64 = 1024 * 1024;

/// No file above 1 MiB.
pub const CHECK: HouseCheck = HouseCheck {
    name: "file_sizes",
    promise: "no file of the repository is above 1 MiB",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for file in &house.files {
        let bytes = std::fs::metadata(house.root.join(file))
            .with_context(|| format!("looking at {file}"))?
            .len();
        if bytes > LIMIT_BYTES {
            broken.push(format!("{file}: {bytes} bytes"));
        }
    }
    Ok(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::made;

    #[test]
    fn a_mebibyte_is_allowed_and_one_byte_more_is_not() {
        let full = "a".repeat(1024 * 1024);
        let (_folder, house) =
            made::house(&[("full.txt", &full), ("over.txt", &format!("{full}a"))]);
        assert_eq!(broken(&house).unwrap(), ["over.txt: 1048577 bytes"]);
    }
}
