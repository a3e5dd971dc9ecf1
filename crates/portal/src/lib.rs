//! The pages, and the JSON and CSV beside them: a table of contents.
//!
//! What this room knows is in `build` (tables into documents) and `serve` (documents into pages).
//! It refuses to know: how a file is read, what a rule means, and where tables are kept.

mod address;
mod build;
mod chart;
mod csv;
pub mod document;
mod error;
pub mod figures;
mod format;
pub mod history;
mod read;
mod search;
mod serve;
mod store;
pub mod text;
mod tile_map;
mod words;

pub use address::{Address, Format, Page};
pub use build::{Built, Options, build};
pub use error::Error;
pub use format::mask_rfcs;
pub use read::{Originals, RawRow, Row, RowKey, TableReader};
pub use search::Entry;
pub use serve::{Original, OriginalStore, Portal, router};
pub use store::Writer;
pub use text::{Lang, Text, Texts};
