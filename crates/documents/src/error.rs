//! What stops a document from being written or read.

use std::io;

/// Why a document could not be written, laid out or put together.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing could be written.
    #[error("writing: {0}")]
    Write(#[from] io::Error),
    /// A CSV could not be written or read.
    #[error("CSV: {0}")]
    Csv(#[from] csv::Error),
    /// A workbook could not be written.
    #[error("workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The standard has no documents.
    #[error("the standard `{0}` declares no documents")]
    NoDocuments(String),
    /// The standard has no package of this kind.
    #[error("no package of the standard holds a list called `{0}`")]
    NoPackage(String),
    /// The objects of the standard do not say what was asked of them.
    #[error("the standard does not say how a `{0}` holds its releases")]
    NoRecords(String),
    /// Two pieces of a document want the same place.
    #[error("two pieces of the document stand at `{0}`")]
    PieceTwice(String),
    /// A list whose pieces are not all there.
    #[error("pieces are missing before `{0}`")]
    PieceMissing(String),
    /// A piece below something that is neither an object nor a list.
    #[error("nothing can stand below `{0}`")]
    PieceBelow(String),
    /// The name of a member does not fit into a cell of a workbook.
    #[error("a member of record {0} has a name too long for a workbook; write CSV")]
    NameTooLong(u64),
    /// A document that was not looked at before the rows were written.
    #[error("row {0} of the table `{1}` is not one of `_rest`: record, ocid, id, pointer, value")]
    RestWrong(usize, String),
    /// The table of documents is missing.
    #[error("no table `{0}`: it holds one row for each document")]
    NoMain(String),
}
