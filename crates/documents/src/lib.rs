//! JSON documents of a published standard: what they hold, how releases are merged, what is wrong with them.

mod lexer;
mod rows;
mod schema;
mod value;

pub use lexer::Broken;
pub use rows::{Row, rows};
pub use schema::{Field, Held, Merge, Object, Schema};
pub use value::Value;
