//! What can be wrong with a pack. Every variant names the file, so that a person can open it.

/// A pack that cannot be read or understood.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or one of its files cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not UTF-8.
    #[error("{path}: not UTF-8 text")]
    NotText {
        /// The file.
        path: String,
    },
    /// A TOML file does not say what its kind of pack says.
    #[error("{path}: {source}")]
    Toml {
        /// The file.
        path: String,
        /// Where and why (the line is in the message).
        source: Box<toml::de::Error>,
    },
    /// A CSV file does not have the columns of its kind.
    #[error("{path}: {source}")]
    Csv {
        /// The file.
        path: String,
        /// Where and why.
        source: csv::Error,
    },
    /// A pack lacks a file of its kind.
    #[error("{path}: the file is missing")]
    Missing {
        /// The file that should be there.
        path: String,
    },
    /// A pack says something that does not hold together.
    #[error("{path}: {message}")]
    Wrong {
        /// The file.
        path: String,
        /// What is wrong and what would be right.
        message: String,
    },
}
