//! What changed when: the releases of one process, in order, as a list of changes.
//!
//! A list of texts or numbers is one value, its elements joined by `;`. An element of a list that is replaced whole
//! is removed and added again when anything in it differs.

use crate::merge::{Built, Leaf, Merger, Merging, Part, Shown, date_is_by, joined, labels};
use crate::value::Value;

/// A change that a release made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The release, by its place in what was given; none for one that was merged before.
    pub release: Option<usize>,
    /// What changed: `awards[2016-1]/value/amount`.
    pub path: String,
    /// What was done.
    pub action: Action,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

/// What was done to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// There was none.
    Added,
    /// There was another.
    Changed,
    /// There is none any more.
    Removed,
}

impl Merger<'_> {
    /// The changes that the releases made, in order of date.
    pub fn history(&self, releases: &[Value]) -> Vec<Change> {
        let (merging, _) = self.merged(releases, self.start().keeping_versions());
        merging.history()
    }

    /// The releases that were known on a date (see [`date_is_by`]), with their places in what was given.
    pub fn known_on<'v>(&self, releases: &'v [Value], date: &str) -> Vec<(usize, &'v Value)> {
        let releases = releases.iter().enumerate();
        releases
            .filter(|(_, release)| date_is_by(release, date))
            .collect()
    }
}

impl Merging<'_> {
    /// The changes that the releases made, those of one release in the order of the merged release.
    ///
    /// A merge that keeps no versions knows the last value of each path only.
    pub fn history(&self) -> Vec<Change> {
        let built = Built::new(self, Shown::Versioned);
        let mut changes = Vec::new();
        let mut walk = Walk {
            merging: self,
            built: &built,
            changes: &mut changes,
        };
        walk.part(0, String::new());
        // Releases stand in the order in which they were added.
        changes.sort_by_key(|(release, _)| *release);
        changes.into_iter().map(|(_, change)| change).collect()
    }
}

struct Walk<'w, 'm, 'r> {
    merging: &'m Merging<'r>,
    built: &'w Built<'m, 'r>,
    changes: &'w mut Vec<(u32, Change)>,
}

impl Walk<'_, '_, '_> {
    fn part(&mut self, part: u32, path: String) {
        let built = self.built;
        match &built.parts[part as usize] {
            Part::Object(members) => self.members(members, &path),
            Part::Item(place, members) => {
                if let Some(id) = built.written_id(*place).and_then(Value::scalar) {
                    let release = self.merging.id_of(*place).map_or(0, |leaf| leaf.first.0);
                    self.change(release, joined(&path, "id"), None, Some(id.into_owned()));
                }
                self.members(members, &path);
            }
            Part::List(items) => self.items(items, &path),
            Part::Leaf(leaf) => self.leaf(&self.merging.places.leaves[*leaf as usize], &path),
            Part::LeafAndItems(leaf, items) => {
                self.leaf(&self.merging.places.leaves[*leaf as usize], &path);
                self.items(items, &path);
            }
        }
    }

    fn members(&mut self, members: &[(u32, u32)], path: &str) {
        for (place, part) in members {
            let name = self.merging.places.all[*place as usize].text();
            self.part(*part, joined(path, name));
        }
    }

    fn items(&mut self, items: &[u32], path: &str) {
        let ids = items
            .iter()
            .map(|item| match &self.built.parts[*item as usize] {
                Part::Item(place, _) => self.built.written_id(*place),
                _ => None,
            });
        for (item, label) in items.iter().zip(labels(ids)) {
            self.part(*item, format!("{path}[{label}]"));
        }
    }

    fn leaf(&mut self, leaf: &Leaf, path: &str) {
        let mut before = &Value::Null;
        for (release, after) in leaf.values() {
            match (elements(before), elements(after)) {
                (Some(_), _) | (_, Some(_)) => self.replaced(release, path, before, after),
                _ => self.change(release, path.to_owned(), text(before), text(after)),
            }
            before = after;
        }
    }

    /// Parts that are in one value and not the same in the other are removed, then added.
    fn replaced(&mut self, release: u32, path: &str, before: &Value, after: &Value) {
        let (old, new) = (parts(before, path), parts(after, path));
        let gone = old.iter().filter(|part| !new.contains(part));
        let come = new.iter().filter(|part| !old.contains(part));
        for (path, value) in gone {
            for (path, text) in scalars_below(value, path) {
                self.change(release, path, Some(text), None);
            }
        }
        for (path, value) in come {
            for (path, text) in scalars_below(value, path) {
                self.change(release, path, None, Some(text));
            }
        }
    }

    fn change(
        &mut self,
        release: u32,
        path: String,
        before: Option<String>,
        after: Option<String>,
    ) {
        let action = match (&before, &after) {
            (None, None) => return,
            (None, Some(_)) => Action::Added,
            (Some(_), None) => Action::Removed,
            (Some(before), Some(after)) if before == after => return,
            (Some(_), Some(_)) => Action::Changed,
        };
        let said = self.merging.releases.get(release as usize);
        let change = Change {
            release: said.and_then(|said| said.number),
            path,
            action,
            before,
            after,
        };
        self.changes.push((release, change));
    }
}

/// A list that is not one text, or an object that was said whole.
fn elements(value: &Value) -> Option<&Value> {
    match value {
        Value::Object(_) => Some(value),
        Value::List(list) if list.iter().any(|element| element.scalar().is_none()) => Some(value),
        _ => None,
    }
}

fn parts<'v>(value: &'v Value, path: &str) -> Vec<(String, &'v Value)> {
    match elements(value) {
        Some(Value::List(list)) => {
            let labels = labels(list.iter().map(|element| element.get("id")));
            let list = list.iter().zip(labels);
            list.map(|(element, label)| (format!("{path}[{label}]"), element))
                .collect()
        }
        _ => vec![(path.to_owned(), value)],
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::List(list) if list.is_empty() => None,
        Value::List(list) => {
            let list: Vec<_> = list.iter().filter_map(Value::scalar).collect();
            Some(list.join(";"))
        }
        value => value.scalar().map(std::borrow::Cow::into_owned),
    }
}

/// The texts and numbers of a value by path, as the changes name them.
pub fn scalars(value: &Value) -> Vec<(String, String)> {
    scalars_below(value, "")
}

fn scalars_below(value: &Value, path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(value, path.to_owned(), &mut found);
    found
}

fn collect(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    match elements(value) {
        Some(Value::Object(members)) => {
            for (name, value) in members {
                collect(value, joined(&path, name), found);
            }
        }
        Some(list) => {
            for (path, element) in parts(list, &path) {
                collect(element, path, found);
            }
        }
        None => found.extend(text(value).map(|text| (path, text))),
    }
}
