//! Releases of one process become one: the compiled release, and the versioned release that keeps every value.
//!
//! The rules are those of the standard's page on merging; `ocdsmerge` is the measure, member by member.
//! A release is taken apart into places (`tender/value/amount`, `awards[2]/title`), each keeps the last value that
//! was said of it, and the places are put together again. So adding a release costs what the release holds.
//!
//! It refuses to know files and tables, and no input stops it: what the standard gives no result for
//! ([`Warning::refused`]) is a warning beside the result that the rest still has.

mod adding;
mod building;
mod origin;
mod places;
mod rules;
mod sorting;
#[cfg(test)]
mod tests;
mod warning;

use crate::value::Value;

pub use adding::Merging;
pub(crate) use building::{Built, Part, Shown};
pub use origin::Origin;
pub(crate) use origin::{joined, labels};
pub(crate) use places::Leaf;
pub(crate) use rules::{Builder, Step};
pub use rules::{Collision, Rule, Rules};
pub use sorting::{date_is_by, sorted};
pub use warning::{Kind, Warning};

/// Releases made one.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The compiled or versioned release.
    pub value: Value,
    /// Which release last said each part of it.
    pub origin: Origin,
    /// What was wrong with the releases.
    pub warnings: Vec<Warning>,
    /// The releases by their place in what was given, in the order they were merged.
    pub order: Vec<usize>,
}

/// Merges releases by the rules of a standard.
#[derive(Debug, Clone, Copy)]
pub struct Merger<'r> {
    rules: &'r Rules,
}

impl<'r> Merger<'r> {
    /// A merger by these rules.
    pub fn new(rules: &'r Rules) -> Merger<'r> {
        Merger { rules }
    }

    /// The compiled release: of each place, the last value.
    pub fn compiled(&self, releases: &[Value]) -> Merged {
        let (merging, order) = self.merged(releases, self.start());
        merging.compiled().ordered(order)
    }

    /// The versioned release: of each place, every value it had, and which release said it.
    pub fn versioned(&self, releases: &[Value]) -> Merged {
        let (merging, order) = self.merged(releases, self.start().keeping_versions());
        merging.versioned().ordered(order)
    }

    /// Both, from one pass; they share the warnings of the first.
    pub fn both(&self, releases: &[Value]) -> (Merged, Merged) {
        let (merging, order) = self.merged(releases, self.start().keeping_versions());
        (
            merging.compiled().ordered(order.clone()),
            merging.versioned().ordered(order),
        )
    }

    /// Begins a merge to which releases are added one by one, in order of date.
    pub fn start(&self) -> Merging<'r> {
        Merging::new(self.rules)
    }

    /// Every release in order of date, its number being its place in what was given.
    pub(crate) fn merged(
        &self,
        releases: &[Value],
        mut merging: Merging<'r>,
    ) -> (Merging<'r>, Vec<usize>) {
        let (order, warnings) = sorted(releases);
        merging.warn_all(warnings);
        for index in &order {
            merging.add_numbered(&releases[*index], *index);
        }
        (merging, order)
    }
}

impl Merged {
    fn ordered(mut self, order: Vec<usize>) -> Merged {
        self.order = order;
        self
    }
}
