//! A document as tables and back, in the convention of flatten-tool.
//!
//! One row of the main table for each document, its columns called by their paths (`tender/value/amount`);
//! one table for each list of objects, its rows under the ids of what they stand in; lists of scalars joined
//! by `;`. Two more tables make the way back whole: `_types` says what each column holds, and `_rest` carries
//! what the convention cannot: null, empty text, lists and objects, numbers among texts, names with `/`, what
//! stands below an element that no id tells from the others. Both open with a line by which flatten-tool
//! passes them over, and so does `meta`, the members of the package (`--metatab-name meta`).
//!
//! The columns must be known before the first row, so documents are given twice: to [`Layout::see`], then to
//! [`Writer::write`]. Nothing of a document is kept but its columns and, for [`Writer`], eight bytes of its key.

mod back;
mod cell;
mod csv;
mod heads;
mod layout;
mod lines;
mod name;
mod rest;
mod rows;
mod types;
mod xlsx;

pub use back::{Back, Laid, Note, Sheet};
pub use cell::{Cell, Kind};
pub use csv::{Csv, read_csv, read_folder};
pub use layout::{Layout, Settings};
pub use rows::{Sink, Writer};
pub use xlsx::Xlsx;

/// The table that says what each column holds.
pub const TYPES: &str = "_types";
/// The table of what the other tables cannot carry.
pub const REST: &str = "_rest";
/// The table of the members of the package.
pub const META: &str = "meta";

/// What the first line of a table says that flatten-tool is to pass over.
const PASSED_OVER: [&str; 2] = ["#", "ignore"];
/// What it says besides when formulas are defused.
const DEFUSED: &str = "defused";
