//! JSON documents of a published standard: what they hold, how releases are merged, what is wrong with them.

pub mod check;
mod error;
pub mod flat;
pub mod history;
mod json_schema;
pub mod lexer;
pub mod merge;
pub mod package;
mod review;
mod rows;
mod schema;
mod stream;
pub mod upgrade;
mod value;

pub use error::Error;
pub use lexer::Broken;
pub use review::Review;
pub use rows::{Row, rows};
pub use schema::{Field, Held, Merge, Object, Schema};
pub use stream::{Stream, Unit};
pub use value::Value;
