//! Asks each rule of each subject: flagged, clear, or not computable for want of a field.

pub mod cases;
mod error;
mod query;
mod step;

pub use error::Error;
pub use query::{Queries, queries};
pub use step::{parameter_batch, run_all};
