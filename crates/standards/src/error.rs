//! What can go wrong while harmonising. A cell that does not parse is a problem row, never an error.

impl Error {
    pub(crate) fn is_out_of_memory(&self) -> bool {
        matches!(self, Error::Lake(error) if error.is_out_of_memory())
    }
}

/// An error of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The lake refused.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// Arrow refused.
    #[error("{step}: {source}")]
    Arrow {
        /// The step.
        step: String,
        /// Why.
        source: lake::arrow::error::ArrowError,
    },
    /// A mapping says something that cannot be compiled.
    #[error("{pack}: table `{table}`, field `{field}`: {message}")]
    Mapping {
        /// The file.
        pack: String,
        /// The table.
        table: String,
        /// The field.
        field: String,
        /// What is wrong.
        message: String,
    },
    /// A standard that is no document.
    #[error("{standard} has no documents: `cotejo sql` and `--format csv` give its tables")]
    NoDocuments {
        /// Its code.
        standard: String,
    },
    /// Whoever takes the documents refused one.
    #[error(transparent)]
    Sink(Box<dyn std::error::Error + Send + Sync>),
    /// A temporary file refused.
    #[error("temporary rows of {step}: {source}")]
    Temporary {
        /// The step.
        step: String,
        /// Why.
        source: std::io::Error,
    },
}
