//! Python with packages of the field: a virtual environment in the cache, made once for each set of packages.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// A Python that has the packages.
pub(crate) struct Python {
    /// Its interpreter.
    pub program: PathBuf,
}

impl Python {
    /// Makes it, or finds it made before.
    ///
    /// Errors: a package cannot be had.
    pub(crate) fn with(packages: &[&str], cache: &Path) -> Result<Self> {
        if packages.is_empty() {
            return Ok(Self {
                program: "python3".into(),
            });
        }
        let name = folder_name(packages);
        let folder = cache.join("python").join(name);
        let program = folder.join("bin/python");
        // Written last, so that an environment left half made is made again.
        let done = folder.join("made");
        if !done.is_file() {
            println!("making a Python with {}", packages.join(", "));
            run(Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder))?;
            run(Command::new(&program)
                .args(["-m", "pip", "install", "--quiet"])
                .args(packages))?;
            std::fs::write(&done, packages.join("\n"))
                .with_context(|| format!("writing {}", done.display()))?;
        }
        Ok(Self { program })
    }
}

/// A name for a set of packages; many packages are told apart by a number.
fn folder_name(packages: &[&str]) -> String {
    let name = packages.join("_").replace("==", "-");
    if name.len() <= 100 {
        return name;
    }
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    packages.hash(&mut hasher);
    format!("{}-{:016x}", packages.len(), hasher.finish())
}

/// Where environments and inputs are kept from run to run.
///
/// Errors: no home folder.
pub(crate) fn cache_folder() -> Result<PathBuf> {
    let named = |variable: &str| {
        std::env::var_os(variable)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let cache = named("XDG_CACHE_HOME")
        .or_else(|| named("HOME").map(|home| home.join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME says where to keep inputs")?;
    let folder = cache.join("cotejo/bench");
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .context("starting Python")?;
    ensure!(
        status.success(),
        "`{}` ended with {status}",
        crate::command::shown(command)
    );
    Ok(())
}
