//! Planted stories, one file per rule.
//!
//! Each story is told in days and amounts of its own; none looks at how a rule is written or what a law's
//! file says. Every rule has cases on both sides and near its edge, and cases where nothing can be known.

pub mod direct_share;
pub mod over_award;
pub mod short_period;
pub mod splitting;
pub mod tax_list;
pub mod works;
