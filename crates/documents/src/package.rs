//! Documents as they go out: packages, records and JSON lines, written one process at a time.
//!
//! What a package and its list are called comes from the standard. What it requires and nobody gave is left
//! out and told ([`PackageWriter::missing`]); nothing is invented.

mod assembly;
mod extensions;
mod meta;
mod record;
mod writer;

pub use assembly::Assembly;
pub use extensions::{ExtensionsUsed, Undeclared};
pub use meta::{Meta, Publisher, short_version};
pub use record::{Record, RecordNames, Releases};
pub use writer::{LinesWriter, PackageWriter};
