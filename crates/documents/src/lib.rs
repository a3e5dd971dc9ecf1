//! JSON documents of a published standard: what they hold, how releases are merged, what is wrong with them.

mod error;
pub mod flat;
mod lexer;
pub mod package;
mod schema;
mod value;

pub use error::Error;
pub use lexer::Broken;
pub use schema::{Field, Held, Merge, Object, Schema};
pub use value::Value;
