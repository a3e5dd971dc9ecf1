//! The same company, person, process or contract across tables: equal identifiers first, equal names as possible matches.

pub mod cases;
mod components;
mod error;
mod linking;
mod query;
mod step;
mod words;

pub use error::Error;
pub use query::check;
pub use step::run_all;
