//! Every check of the repository is a test, named after the promise it keeps.

use libtest_mimic::{Arguments, Failed, Trial};
use xtask::check::{CHECKS, HouseCheck};
use xtask::house::House;

fn main() {
    let trials = CHECKS
        .iter()
        .map(|check| Trial::test(check.name, || holds(check)))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn holds(check: &HouseCheck) -> Result<(), Failed> {
    // Asked while running: clones that share one build folder must each look at themselves.
    let folder = std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let root = std::path::Path::new(&folder).join("..");
    let root = root
        .canonicalize()
        .map_err(|error| format!("{}: {error}", root.display()))?;
    let house = House::at(&root).map_err(|error| format!("{error:#}"))?;
    let broken = (check.broken)(&house).map_err(|error| format!("{error:#}"))?;
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n{}", check.promise, broken.join("\n")).into())
    }
}
