//! File readers: from the bytes an office published to records, problems and an account that adds up.
//!
//! - [`reading`]: what a reader and its listener owe each other.
//! - [`open`]: recognises a file by its content, unwraps archives and sends each part to its reader.
//! - [`encoding`]: which letters the bytes stand for.
//! - `csv`, `workbook`, `json`: one reader for each form.
//! - [`scan`]: counts the records a second time, with other code.
//! - [`problems`]: the codes of what can be wrong, and a bound on how often each is told.
//!
//! - `identify`: which source a part is from, by the packs.
//! - `landing`, `profile`, `ingest`: rows into the tables of a workspace.
//!
//! The readers refuse to know tables and packs; nothing here knows what a row means.

mod archive;
mod cp850;
mod csv;
pub mod encoding;
pub mod error;
mod json;
mod labels;
pub mod open;
pub mod problems;
pub mod reading;
mod recognise;
pub mod scan;
mod workbook;

pub use error::Error;
pub use open::read_file;
pub use reading::{
    Account, Limits, Listener, Object, Part, Piece, Plan, Problem, Row, Severity, Shape,
};
pub use workbook::{Workbooks, child_main};

mod identify;
mod ingest;
mod landing;
mod profile;
pub use identify::{Recognised, entry_path, identify};
pub use ingest::{files_below, read_all, receive};
