//! Which keys belong to one entity: keys joined by edges, unless something forbids it.
//!
//! It knows keys that stand beside another key of the same mention, and keys people decided about; a key that stands
//! alone is an entity of its own and never comes here. So its memory grows with joins, not with mentions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What became of an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Joined {
    /// The two are one from now on.
    Now,
    /// They were one already.
    Before,
    /// Two values that differ: never one.
    TwoValues,
    /// A person said that they are not the same.
    Rejected,
}

/// Keys and what they were joined to.
#[derive(Debug, Default)]
pub(crate) struct Components {
    numbers: HashMap<String, usize>,
    keys: Vec<String>,
    parent: Vec<usize>,
    /// Of each root: the values that tell it from others.
    values: Vec<BTreeSet<String>>,
    /// Of each root: the rejections it stands in.
    rejections: Vec<BTreeSet<usize>>,
    joined_by: Vec<Option<String>>,
    rejected: usize,
}

impl Components {
    fn number(&mut self, key: &str) -> usize {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = self.keys.len();
        self.numbers.insert(key.to_string(), number);
        self.keys.push(key.to_string());
        self.parent.push(number);
        self.values.push(BTreeSet::new());
        self.rejections.push(BTreeSet::new());
        self.joined_by.push(None);
        number
    }

    fn root(&mut self, mut number: usize) -> usize {
        while self.parent[number] != number {
            self.parent[number] = self.parent[self.parent[number]];
            number = self.parent[number];
        }
        number
    }

    /// Says that `key` carries a value that no other entity has.
    pub(crate) fn value(&mut self, key: &str, value: &str) {
        let number = self.number(key);
        let root = self.root(number);
        self.values[root].insert(value.to_string());
    }

    /// Says that two keys are not the same, whatever comes.
    pub(crate) fn reject(&mut self, a: &str, b: &str) {
        let rejection = self.rejected;
        self.rejected += 1;
        for key in [a, b] {
            let number = self.number(key);
            let root = self.root(number);
            self.rejections[root].insert(rejection);
        }
    }

    /// Joins two keys by a rule, unless something forbids it.
    pub(crate) fn join(&mut self, a: &str, b: &str, rule: &str) -> Joined {
        let (a, b) = (self.number(a), self.number(b));
        let (first, second) = (self.root(a), self.root(b));
        if first == second {
            return Joined::Before;
        }
        if !self.rejections[first].is_disjoint(&self.rejections[second]) {
            return Joined::Rejected;
        }
        let (one, other) = (&self.values[first], &self.values[second]);
        if !one.is_empty() && !other.is_empty() && one != other {
            return Joined::TwoValues;
        }
        let (keep, lose) = (first.min(second), first.max(second));
        self.parent[lose] = keep;
        let values = std::mem::take(&mut self.values[lose]);
        self.values[keep].extend(values);
        let rejections = std::mem::take(&mut self.rejections[lose]);
        self.rejections[keep].extend(rejections);
        for key in [a, b] {
            self.joined_by[key].get_or_insert_with(|| rule.to_string());
        }
        Joined::Now
    }

    /// Every key that is joined to another: the key, its entity's key, and the rule that joined it first.
    ///
    /// An entity has the first of its keys in the order of `rank`, then of text: the same from run to run,
    /// until a better key is joined to it.
    pub(crate) fn joined(
        &mut self,
        rank: impl Fn(&str) -> usize,
    ) -> Vec<(String, String, Option<String>)> {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in 0..self.keys.len() {
            let root = self.root(number);
            members.entry(root).or_default().push(number);
        }
        let mut joined = Vec::new();
        for numbers in members.into_values().filter(|numbers| numbers.len() > 1) {
            let name = numbers
                .iter()
                .map(|number| &self.keys[*number])
                .min_by_key(|key| (rank(key), key.as_str()))
                .expect("more than one")
                .clone();
            joined.extend(numbers.iter().map(|number| {
                (
                    self.keys[*number].clone(),
                    name.clone(),
                    self.joined_by[*number].clone(),
                )
            }));
        }
        joined.sort();
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(key: &str) -> usize {
        usize::from(!key.starts_with("rfc:"))
    }

    #[test]
    fn joined_keys_take_the_best_name_whatever_the_order() {
        for edges in [
            [("curp:1", "name:a"), ("rfc:R", "curp:1")],
            [("rfc:R", "curp:1"), ("curp:1", "name:a")],
        ] {
            let mut components = Components::default();
            for (a, b) in edges {
                assert_eq!(components.join(a, b, "curp"), Joined::Now);
            }
            assert_eq!(components.join("rfc:R", "name:a", "curp"), Joined::Before);
            let names: Vec<_> = components
                .joined(rank)
                .into_iter()
                .map(|(key, name, _)| (key, name))
                .collect();
            let expected =
                ["curp:1", "name:a", "rfc:R"].map(|key| (key.to_string(), "rfc:R".to_string()));
            assert_eq!(names, expected);
        }
    }

    #[test]
    fn two_values_are_never_one_not_even_by_a_third() {
        let mut components = Components::default();
        components.value("rfc:R", "R");
        components.value("rfc:S", "S");
        assert_eq!(components.join("rfc:R", "name:a", "person"), Joined::Now);
        assert_eq!(
            components.join("name:a", "rfc:S", "person"),
            Joined::TwoValues
        );
    }

    #[test]
    fn a_rejection_holds_against_a_detour() {
        let mut components = Components::default();
        components.reject("name:a", "name:c");
        assert_eq!(components.join("name:a", "name:b", "person"), Joined::Now);
        assert_eq!(
            components.join("name:b", "name:c", "person"),
            Joined::Rejected
        );
    }
}
