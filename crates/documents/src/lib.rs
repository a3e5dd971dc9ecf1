//! JSON documents of a published standard: what they hold, how releases are merged, what is wrong with them.

pub mod check;
mod lexer;
mod schema;
mod value;

pub use lexer::Broken;
pub use schema::{Field, Held, Merge, Object, Schema};
pub use value::Value;
