//! Tools that the tests need and a fresh machine may lack: what is missing, how to get it, and getting it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::house::House;

/// A tool that is not there.
pub struct Missing {
    /// What is missing, in words.
    pub what: &'static str,
    /// What a person types to get it.
    pub how: String,
    kind: Kind,
}

enum Kind {
    /// Packages of Debian.
    Debian(&'static [&'static str]),
    /// The packages of `xtask/pages`.
    Pages,
    /// A part of the Rust toolchain.
    Rust(&'static str),
    /// A tool that is there and too old for us.
    TooOld,
}

/// playwright-core 1.65 refuses older ones.
const NODE_AT_LEAST: u32 = 20;

/// What the tests need and do not find; the page check's tools only when `with_pages`, Python only when
/// `with_python`.
pub fn missing_for_tests(house: &House, with_pages: bool, with_python: bool) -> Vec<Missing> {
    let mut missing = if with_python {
        missing_python()
    } else {
        Vec::new()
    };
    for (name, what) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !answers(command::cargo(&house.root).args([name, "--version"])) {
            missing.push(Missing {
                what,
                how: format!("rustup component add {what}"),
                kind: Kind::Rust(what),
            });
        }
    }
    if !with_pages {
        return missing;
    }
    if chromium().is_none() {
        missing.push(debian(
            "Chromium, to look at the pages (or $CHROMIUM)",
            &["chromium"],
        ));
    }
    match node_version() {
        None => missing.push(debian("Node.js, which drives Chromium", &["nodejs", "npm"])),
        Some(version) if version < NODE_AT_LEAST => missing.push(Missing {
            what: "a newer Node.js",
            how: format!("version {version} is here, {NODE_AT_LEAST} or newer is needed: see https://nodejs.org"),
            kind: Kind::TooOld,
        }),
        Some(_) if !answers(Command::new("npm").arg("--version")) => missing.push(debian("npm", &["npm"])),
        Some(_) => {}
    }
    if !pages_are_installed(&pages_folder(house)) {
        let how = "cd xtask/pages && npm ci --ignore-scripts".to_owned();
        missing.push(Missing {
            what: "the packages of the page checker",
            how,
            kind: Kind::Pages,
        });
    }
    missing
}

/// Python with `venv`, for the field's own tools and the peers of a benchmark.
pub fn missing_python() -> Vec<Missing> {
    let mut missing = Vec::new();
    if !answers(Command::new("python3").args(["-c", "import venv, ensurepip"])) {
        missing.push(debian(
            "Python with venv, to run the tools of others",
            &["python3", "python3-venv"],
        ));
    }
    missing
}

fn debian(what: &'static str, packages: &'static [&'static str]) -> Missing {
    Missing {
        what,
        how: format!("apt-get install {}", packages.join(" ")),
        kind: Kind::Debian(packages),
    }
}

/// Prints what is missing and how to get it.
pub fn print(missing: &[Missing], again: &str) {
    eprintln!("missing on this machine:");
    for Missing { what, how, .. } in missing {
        eprintln!("  {what}\n      {how}");
    }
    eprintln!("`{again}` gets them (Debian's packages, as root or through sudo).");
}

/// Gets what is missing.
///
/// Errors: a package cannot be had, or a tool is too old; the message says what to do by hand.
pub fn install(house: &House, missing: &[Missing]) -> Result<()> {
    let packages: Vec<_> = missing
        .iter()
        .filter_map(|missing| {
            if let Kind::Debian(packages) = missing.kind {
                Some(packages)
            } else {
                None
            }
        })
        .flatten()
        .copied()
        .collect();
    if !packages.is_empty() {
        apt_get(&packages)?;
    }
    for missing in missing {
        match missing.kind {
            Kind::Debian(_) => {}
            Kind::Rust(component) => {
                run(Command::new("rustup").args(["component", "add", component]))?
            }
            Kind::TooOld => bail!("{}: {}", missing.what, missing.how),
            Kind::Pages => {
                let mut npm = Command::new("npm");
                run(npm.current_dir(pages_folder(house)).args([
                    "ci",
                    "--ignore-scripts",
                    "--no-fund",
                    "--no-audit",
                ]))?;
            }
        }
    }
    Ok(())
}

fn apt_get(packages: &[&str]) -> Result<()> {
    let as_root = command::output(Command::new("id").arg("-u"))?.trim() == "0";
    let apt = |arguments: &[&str]| {
        let mut apt = if as_root {
            Command::new("apt-get")
        } else {
            Command::new("sudo")
        };
        if !as_root {
            apt.args(["--non-interactive", "apt-get"]);
        }
        // Another installation on the same machine holds dpkg's lock for minutes.
        apt.args(["-q", "-o", "DPkg::Lock::Timeout=300"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        run(&mut apt)
    };
    // The lock of the lists is not waited for by apt-get itself.
    let mut tries = 0;
    loop {
        tries += 1;
        let arguments = [&["install", "-y", "--no-install-recommends"], packages].concat();
        match apt(&["update"]).and_then(|()| apt(&arguments)) {
            Ok(()) => return Ok(()),
            Err(error) if tries == 4 => {
                return Err(error.context(format!(
                    "installing {} from Debian's packages",
                    packages.join(", ")
                )));
            }
            Err(_) => std::thread::sleep(Duration::from_secs(10 * tries)),
        }
    }
}

/// Runs a command with its output shown.
fn run(command: &mut Command) -> Result<()> {
    let shown = command::shown(command);
    println!("$ {shown}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("starting `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// The browser: `$CHROMIUM`, or where Debian puts it.
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    Some(named.unwrap_or_else(|| "/usr/bin/chromium".into())).filter(|path| path.is_file())
}

fn node_version() -> Option<u32> {
    let version = command::output(Command::new("node").arg("--version")).ok()?;
    version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Where the page checker stands.
pub fn pages_folder(house: &House) -> PathBuf {
    house.root.join("xtask/pages")
}

/// Whether npm has put there what the lock file names, version by version.
fn pages_are_installed(folder: &Path) -> bool {
    let versions = |name: &str| -> Option<serde_json::Map<String, serde_json::Value>> {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        let mut lock: serde_json::Value = serde_json::from_str(&text).ok()?;
        let mut packages = std::mem::take(lock.get_mut("packages")?.as_object_mut()?);
        packages.retain(|path, _| !path.is_empty());
        Some(
            packages
                .into_iter()
                .map(|(path, package)| (path, package["version"].clone()))
                .collect(),
        )
    };
    let wanted = versions("package-lock.json");
    wanted.is_some() && wanted == versions("node_modules/.package-lock.json")
}

fn answers(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
