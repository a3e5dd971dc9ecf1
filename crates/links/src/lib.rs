//! The same company, person, process or contract across tables: equal identifiers first, equal names as possible matches.

pub mod cases;
mod check;
mod components;
mod error;
mod linking;
mod mentions;
mod query;
mod step;
mod words;

pub use check::check;
pub use error::Error;
pub use step::run_all;
