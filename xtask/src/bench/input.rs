//! The input of a workload, made once and kept in the cache.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::contracts;
use super::workload;
use crate::command;
use crate::house::House;
use crate::real_files::RealFiles;

/// A file to run on.
pub(super) struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// What made it, for the record.
    pub generator: &'static str,
}

/// Makes the file, or finds it made before: by the generator beside the repository when there is one, by ours if not.
pub(super) fn make(
    house: &House,
    input: &workload::Input,
    bytes: u64,
    cache: &Path,
) -> Result<Input> {
    let shared = match &input.shared_generator {
        Some(generator) => RealFiles::find(house)?.file(generator),
        None => None,
    };
    let generator = if shared.is_some() { "shared" } else { "own" };
    let folder = cache.join("input").join(format!("{generator}-{bytes}"));
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let path = folder.join(&input.file);
    if !path.is_file() {
        println!("making {} of {bytes} bytes", input.file);
        // Renamed when whole, so that a file left half made is made again.
        let part = path.with_extension("part");
        match shared {
            Some(generator) => {
                let mut python = Command::new("python3");
                python.arg(generator);
                for argument in &input.arguments {
                    let rows = bytes / input.row_bytes.unwrap_or(1).max(1);
                    let argument = argument
                        .replace("{bytes}", &bytes.to_string())
                        .replace("{rows}", &rows.to_string());
                    python.arg(argument.replace("{out}", &part.to_string_lossy()));
                }
                command::output(&mut python)?;
            }
            None if input.file.ends_with(".csv") => {
                let file =
                    File::create(&part).with_context(|| format!("making {}", part.display()))?;
                contracts::write(BufWriter::with_capacity(1 << 20, file), bytes)
                    .context("writing the input")?;
            }
            None => bail!("nothing here makes {}", input.file),
        }
        std::fs::rename(&part, &path).with_context(|| format!("naming {}", path.display()))?;
    }
    Ok(Input { path, generator })
}

/// Reads the file once, so that the first program measured does not pay for the disk.
pub(super) fn warm(path: &Path) -> Result<()> {
    let mut file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    std::io::copy(&mut file, &mut std::io::sink())
        .with_context(|| format!("reading {}", path.display()))?;
    Ok(())
}
