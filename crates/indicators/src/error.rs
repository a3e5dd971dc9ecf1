//! What can go wrong while asking a rule.

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
    /// A number of the packs is not a number, or a date not a date.
    #[error("parameter {indicator}.{name}: `{value}` is not a {wanted}")]
    Parameter {
        /// The rule.
        indicator: String,
        /// The number.
        name: String,
        /// As written.
        value: String,
        /// What it should be.
        wanted: &'static str,
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
