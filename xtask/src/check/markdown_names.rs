//! Documents go stale in good houses too; ours name only what exists.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use super::HouseCheck;
use super::markdown::{Named, named};
use crate::house::House;

/// First parts of a path that make it a path of this repository.
const ROOTS: [&str; 9] = [
    "crates",
    "packs",
    "docs",
    "xtask",
    "bench",
    "conformance",
    "assets",
    ".ci",
    ".cargo",
];

/// Every path and every relative link on a page leads somewhere.
pub const CHECK: HouseCheck = HouseCheck {
    name: "markdown_names",
    promise: "every path and relative link in the Markdown pages exists",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for page in house.ending_in(".md") {
        let folder = Path::new(page).parent().unwrap_or(Path::new(""));
        for (line, named) in named(&house.read(page)?) {
            let (name, exists) = match named {
                Named::Code(code) => match path_in(&code) {
                    Some(path) if code_path_exists(house, folder, &path) == Some(false) => {
                        (path, false)
                    }
                    _ => continue,
                },
                Named::Link(address) => match relative(&address) {
                    Some(path) => (path.clone(), link_exists(house, folder, &path)),
                    None => continue,
                },
                Named::BlockLine(_) => continue,
            };
            if !exists {
                broken.push(format!("{page}:{line}: {name} does not exist"));
            }
        }
    }
    Ok(broken)
}

/// The path that inline code names: up to its first placeholder, without `:line` or `::item` at its end.
/// None when it is no path: no slash, blanks, an address.
fn path_in(code: &str) -> Option<String> {
    let path = code.split("::").next()?;
    let path = match path.rsplit_once(':') {
        Some((path, line)) if line.chars().all(|sign| sign.is_ascii_digit()) => path,
        _ => path,
    };
    if !path.contains('/')
        || path.contains("//")
        || path.contains(char::is_whitespace)
        || path.starts_with('/')
    {
        return None;
    }
    let known = path
        .split('/')
        .take_while(|part| !part.contains(['<', '>', '*', '…', '{', '}', '$', '[', '|']));
    let known: Vec<_> = known.filter(|part| !part.is_empty()).collect();
    (!known.is_empty() && !known.contains(&"...")).then(|| known.join("/"))
}

/// Whether a path in code exists, from the root or from the page's own folder; None when its first part is no
/// folder of ours, so that it speaks of something else (a workspace, an address, a fraction).
fn code_path_exists(house: &House, folder: &Path, path: &str) -> Option<bool> {
    let first = path.split('/').next()?;
    let beside = slashed(folder, path);
    let from_root = ROOTS.contains(&first);
    let from_page = folder != Path::new("") && house.has(&slashed(folder, first));
    (from_root || from_page).then(|| (from_root && house.has(path)) || house.has(&beside))
}

/// The path of a link within the repository, without its anchor; None for an address or a place on the same page.
fn relative(address: &str) -> Option<String> {
    let path = address.split('#').next()?;
    let leaves = path.contains("://") || path.starts_with("mailto:");
    (!path.is_empty() && !leaves).then(|| path.to_owned())
}

fn link_exists(house: &House, folder: &Path, path: &str) -> bool {
    match path.strip_prefix('/') {
        Some(from_root) => house.has(from_root),
        None => house.has(&slashed(folder, path)),
    }
}

/// `folder/path` with `..` resolved, so that a link out of the repository does not exist.
fn slashed(folder: &Path, path: &str) -> String {
    let mut joined = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir if !joined.pop() => return "\0".into(),
            Component::Normal(name) => joined.push(name),
            _ => {}
        }
    }
    joined.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::made;

    #[test]
    fn a_page_may_name_only_what_exists() {
        let page = "`packs/a.toml` `packs/gone.toml` `packs/<kind>/x` `serve/x` `packs/a.toml:7` `a/b` [x](packs/a.toml#y) \
                    [z](gone.md) [w](https://x.invalid/a) [v](../out.md)\n";
        let inner = "`places/mx` `places/gone` `packs/a.toml`\n";
        let (_folder, house) = made::house(&[
            ("README.md", page),
            ("packs/README.md", inner),
            ("packs/a.toml", ""),
            ("packs/places/mx/place.toml", ""),
        ]);
        assert_eq!(
            broken(&house).unwrap(),
            [
                "README.md:1: packs/gone.toml does not exist",
                "README.md:1: gone.md does not exist",
                "README.md:1: ../out.md does not exist",
                "packs/README.md:1: places/gone does not exist",
            ]
        );
    }
}
