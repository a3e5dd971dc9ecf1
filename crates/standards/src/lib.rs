//! Records of a source become rows of a standard, by a mapping compiled to plain SQL.

mod checking;
pub mod checks;
mod compile;
mod error;
pub mod export;
mod expression;
mod merging;
mod schema;
mod split;
mod state;
mod step;

pub use compile::{Compiled, RawColumns, compile};
pub use error::Error;
pub use schema::{history, table_name, table_schema};
pub use step::run_all;
