//! Errors of ours: they stop the reading of a file. What is wrong with the file itself is a problem, not an error.

use std::path::PathBuf;

/// What can go wrong on our side.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be opened or read from the disk.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A temporary copy could not be written: the disk is full or the temporary folder is not writable.
    #[error("cannot write a temporary file while {doing}: {source}")]
    Temporary {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The child process that reads workbooks could not be started.
    #[error("cannot start {program} to read a workbook: {source}")]
    Child {
        /// The program asked for.
        program: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The listener could not take what was read.
    #[error("{0}")]
    Listener(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps an error of the listener.
    pub fn listener(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Listener(source.into())
    }
}

impl From<lake::Error> for Error {
    fn from(source: lake::Error) -> Self {
        Error::listener(source)
    }
}
