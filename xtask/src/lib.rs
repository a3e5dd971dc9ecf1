//! What is done to the house rather than by it: checks, tests, measurements.
//!
//! It knows the folders and the tools, and refuses to know what Cotejo computes: it calls the program for that.

pub mod bench;
pub mod check;
pub mod command;
pub mod house;
pub mod memory;
pub mod new;
mod python;
pub mod questions;
mod real_files;
pub mod test;
pub mod tools;
