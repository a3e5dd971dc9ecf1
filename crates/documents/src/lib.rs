//! JSON documents of a published standard: what they hold, how releases are merged, what is wrong with them.

pub mod history;
mod json_schema;
mod lexer;
pub mod merge;
mod rows;
mod schema;
pub mod upgrade;
mod value;

pub use lexer::Broken;
pub use rows::{Row, rows};
pub use schema::{Field, Held, Merge, Object, Schema};
pub use value::Value;
