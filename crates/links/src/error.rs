//! What can go wrong while linking.

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
    /// A query of a pack cannot be used.
    #[error("{path}: {message}")]
    Pack {
        /// The file.
        path: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A case cannot be understood.
    #[error("{case}: {message}")]
    Case {
        /// The case.
        case: String,
        /// What is wrong.
        message: String,
    },
}

impl Error {
    pub(crate) fn is_out_of_memory(&self) -> bool {
        matches!(self, Error::Lake(error) if error.is_out_of_memory())
    }
}
