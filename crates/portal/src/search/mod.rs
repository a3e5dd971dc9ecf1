//! The index in which pages are found: a table of contents.
//!
//! It is written beside the documents (`write`) and read while a reader waits (`find`).
//! Texts are kept twice: folded, without accents but with ñ, and as Spanish stems.
//! Numbers and keys are kept whole, as written and without separators, and match only when equal.
//! It refuses to know: tables, addresses, and the words of the pages.

mod ask;
mod collect;
mod entry;
mod find;
mod of;
mod query;
mod schema;
mod text;
mod why;
mod write;

pub(crate) use ask::{Asked, FACETS, MOST_PAGES, Order, PAGE, clean};
pub use entry::Entry;
pub(crate) use find::{Hit, Index, Mode, Outcome};
pub(crate) use of::{process, supplier, work};
pub(crate) use why::{How, Part, Why};
pub(crate) use write::Entries;
