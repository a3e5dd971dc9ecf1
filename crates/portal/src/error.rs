//! The one error of this crate, and the status a reader gets for it.

use axum::http::StatusCode;

/// What can go wrong while documents are built or pages are served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such page, or no such record in this run.
    #[error("there is no page at this address")]
    NotFound,
    /// The address is understood, but what it asks for is not.
    #[error("the request cannot be understood: {0}")]
    BadRequest(String),
    /// An original file that may not be handed out.
    #[error("this original file is not public")]
    NotPublic,
    /// A table could not be read; the reader of the app says why.
    #[error("reading {what}: {source}")]
    Reading {
        /// The table or query, in words.
        what: String,
        /// The reader's own error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database of documents.
    #[error("the database of documents {path}: {source}")]
    Documents {
        /// The file.
        path: String,
        /// The database's own error.
        source: sqlx::Error,
    },
    /// The index of the search.
    #[error("the index of the search {path}: {source}")]
    Index {
        /// The folder.
        path: String,
        /// The index's own error.
        source: tantivy::TantivyError,
    },
    /// A document is not what this program expects.
    #[error("document {kind}/{id} does not have the expected shape: {source}")]
    Shape {
        /// Kind of document.
        kind: String,
        /// Id of the document.
        id: String,
        /// What did not fit.
        source: serde_json::Error,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The system's own error.
        source: std::io::Error,
    },
    /// A page could not be drawn.
    #[error("drawing the page: {0}")]
    Template(#[from] askama::Error),
}

impl Error {
    /// An error of the index in a folder.
    pub(crate) fn index(path: &std::path::Path, source: tantivy::TantivyError) -> Self {
        Self::Index {
            path: path.display().to_string(),
            source,
        }
    }

    /// The status of the answer. Inner details go to the log, not to the reader.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotPublic => StatusCode::FORBIDDEN,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
