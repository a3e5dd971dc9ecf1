//! What can go wrong in the lake. A publisher's mess is never an error here.

use std::path::PathBuf;

/// An error of the lake: our disk, our tables, our catalogue, or a query that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder of the workspace cannot be read or written.
    #[error("{path}: {source}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder is not a workspace.
    #[error("{0} is not a Cotejo workspace: there is no cotejo.toml. `cotejo init {0}` makes one.")]
    NoWorkspace(PathBuf),
    /// There is a workspace already.
    #[error("{0} already holds a workspace")]
    WorkspaceExists(PathBuf),
    /// A setting is not understood.
    #[error("{path}: {message}")]
    Settings {
        /// `cotejo.toml`.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The workspace was written by a newer program.
    #[error(
        "this workspace has format {found}, and this program reads up to format {known}: use a newer cotejo"
    )]
    NewerFormat {
        /// The workspace's.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Another process is writing to the workspace.
    #[error("another cotejo is writing to {0}; wait for it to end, or stop it")]
    Busy(PathBuf),
    /// The catalogue database refused.
    #[error("catalogue: {0}")]
    Catalogue(#[from] sqlx::Error),
    /// A Delta table refused.
    #[error("table {table}: {source}")]
    Delta {
        /// The table.
        table: String,
        /// Why.
        source: Box<deltalake::DeltaTableError>,
    },
    /// A Parquet file refused.
    #[error("{path}: {source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        source: parquet::errors::ParquetError,
    },
    /// Arrow refused.
    #[error("arrow: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A query does not hold, or ran out of what it may use.
    #[error("{origin}: {message}")]
    Query {
        /// Where the query comes from.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// A query from outside does something that is not allowed.
    #[error("not allowed here: {0}")]
    NotAllowed(String),
    /// Something stored does not read back.
    #[error("{path}: {message}")]
    Damaged {
        /// What.
        path: String,
        /// How.
        message: String,
    },
}

impl Error {
    /// Whether a query ran out of the memory it may use.
    pub fn is_out_of_memory(&self) -> bool {
        matches!(self, Error::Query { message, .. } if message.contains("Resources exhausted"))
    }

    pub(crate) fn disk(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Disk { path, source }
    }

    pub(crate) fn query(origin: &str) -> impl FnOnce(datafusion::error::DataFusionError) -> Error {
        let origin = origin.to_string();
        move |source| Error::Query {
            origin,
            message: source.strip_backtrace(),
        }
    }
}
