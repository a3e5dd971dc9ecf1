//! The store of original files: every byte as received, by its SHA-256.

use crate::error::Error;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Original files below one folder, `ab/cd…` by the hash of their bytes.
#[derive(Debug, Clone)]
pub struct Originals {
    root: PathBuf,
}

impl Originals {
    /// The store in `root`.
    pub fn new(root: PathBuf) -> Originals {
        Originals { root }
    }

    /// Copies `path` into the store. Out: its SHA-256 in hex and its size in bytes.
    ///
    /// The copy is complete and on disk before it takes its name, so a name in the store always has all its bytes.
    pub fn keep(&self, path: &Path) -> Result<(String, u64), Error> {
        let mut input = File::open(path).map_err(Error::disk(path))?;
        std::fs::create_dir_all(&self.root).map_err(Error::disk(&self.root))?;
        let mut copy = tempfile::Builder::new()
            .prefix(".receiving-")
            .tempfile_in(&self.root)
            .map_err(Error::disk(&self.root))?;
        let mut hash = Sha256::new();
        let mut size = 0;
        let mut buffer = vec![0; 1 << 18];
        loop {
            let read = input.read(&mut buffer).map_err(Error::disk(path))?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            copy.write_all(&buffer[..read])
                .map_err(Error::disk(&self.root))?;
            size += read as u64;
        }
        let sha256: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let target = self.path(&sha256);
        if target.exists() {
            return Ok((sha256, size));
        }
        copy.as_file().sync_all().map_err(Error::disk(&self.root))?;
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(Error::disk(folder))?;
        }
        copy.persist(&target).map_err(|error| Error::Disk {
            path: target,
            source: error.error,
        })?;
        Ok((sha256, size))
    }

    /// Where the file with this hash is, or would be.
    pub fn path(&self, sha256: &str) -> PathBuf {
        let (head, tail) = sha256.split_at(sha256.len().min(2));
        self.root.join(head).join(tail)
    }
}
