//! Whether values of a list, or of a whole package, are the same: by their identifiers, else by all they hold.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Value;

/// What makes two elements of a list one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Id,
    Ocid,
    OcidAndId,
}

impl Key {
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Key::Id => &["id"],
            Key::Ocid => &["ocid"],
            Key::OcidAndId => &["ocid", "id"],
        }
    }
}

/// What was seen of a list so far: 16 bytes for each element and each identifier.
///
/// If an element has no identifier and any two elements are the same, that alone is told, once.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    key: Key,
    ids: HashSet<u128>,
    repeated_ids: HashSet<u128>,
    repeated: Vec<String>,
    wholes: HashSet<u128>,
    has_nameless: bool,
    two_alike: bool,
}

impl Seen {
    pub fn new(key: Key) -> Seen {
        Seen {
            key,
            ids: HashSet::new(),
            repeated_ids: HashSet::new(),
            repeated: Vec::new(),
            wholes: HashSet::new(),
            has_nameless: false,
            two_alike: false,
        }
    }

    /// What stands more than once in this list.
    pub fn repeated_in(list: &[Value], key: Key) -> Vec<String> {
        if list.len() < 2 {
            return Vec::new();
        }
        let mut seen = Seen::new(key);
        let is_named = |value| ids(value, key).len() == key.names().len();
        if list.iter().all(is_named) {
            list.iter().for_each(|value| seen.add_id(value));
        } else {
            list.iter().for_each(|value| seen.add(value));
        }
        seen.repeated()
    }

    pub fn add(&mut self, value: &Value) {
        self.two_alike |= !self.wholes.insert(hash(value));
        self.add_id(value);
    }

    fn add_id(&mut self, value: &Value) {
        let ids = ids(value, self.key);
        if ids.len() < self.key.names().len() {
            self.has_nameless = true;
            return;
        }
        let id = wide(|hasher| ids.iter().for_each(|id| feed(id, hasher)));
        if !self.ids.insert(id) && self.repeated_ids.insert(id) {
            let texts: Vec<_> = ids.iter().filter_map(|id| id.scalar()).collect();
            self.repeated.push(texts.join(", "));
        }
    }

    /// What stands there more than once: identifiers, or one blank text if elements are wholly alike.
    pub fn repeated(&self) -> Vec<String> {
        if self.has_nameless && self.two_alike {
            return vec![String::new()];
        }
        self.repeated.clone()
    }
}

fn ids(value: &Value, key: Key) -> Vec<&Value> {
    let held = key.names().iter().filter_map(|name| value.get(name));
    held.filter(|id| !matches!(id, Value::Null | Value::List(_) | Value::Object(_)))
        .collect()
}

fn wide(feed: impl Fn(&mut DefaultHasher)) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        feed(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// The same for values that are equal as JSON.
fn hash(value: &Value) -> u128 {
    wide(|hasher| feed(value, hasher))
}

fn feed(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => 0u8.hash(hasher),
        Value::Bool(value) => (1u8, value).hash(hasher),
        // 1 and 1.0 are one number; two that differ beyond 17 digits are taken for one.
        Value::Number(text) => {
            let number: f64 = text.parse().unwrap_or(f64::NAN);
            (2u8, (number + 0.0).to_bits()).hash(hasher);
        }
        Value::Text(text) => (3u8, text).hash(hasher),
        Value::List(elements) => {
            (4u8, elements.len()).hash(hasher);
            elements.iter().for_each(|element| feed(element, hasher));
        }
        Value::Object(members) => {
            (5u8, members.len()).hash(hasher);
            let mut in_order: Vec<_> = members.iter().collect();
            in_order.sort_by(|a, b| a.0.cmp(&b.0));
            for (name, value) in in_order {
                name.hash(hasher);
                feed(value, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(list: &str, key: Key) -> Vec<String> {
        let mut seen = Seen::new(key);
        let list = Value::parse(list, 16).expect("it is JSON");
        let list = list.as_list().expect("it is a list");
        list.iter().for_each(|value| seen.add(value));
        assert_eq!(seen.repeated(), Seen::repeated_in(list, key));
        seen.repeated()
    }

    #[test]
    fn identifiers_are_told_once_each() {
        let list = r#"[{"id":1},{"id":"1"},{"id":1.0},{"id":1},{"id":"a"},{"id":"a","x":2}]"#;
        assert_eq!(repeated(list, Key::Id), ["1.0", "a"]);
        assert_eq!(repeated(r#"[{"id":1},{"id":2}]"#, Key::Id), [""; 0]);
    }

    #[test]
    fn without_identifiers_all_counts() {
        assert_eq!(
            repeated(r#"[{"a":1,"b":2},{"b":2,"a":1.0}]"#, Key::Id),
            [""]
        );
        assert_eq!(repeated(r#"["x","y","x"]"#, Key::Id), [""]);
        assert_eq!(repeated(r#"[{"a":1},{"a":true}]"#, Key::Id), [""; 0]);
    }

    #[test]
    fn releases_are_told_apart_by_process_and_id() {
        let list = r#"[{"ocid":"a","id":"1"},{"ocid":"b","id":"1"},{"ocid":"a","id":"1","t":0}]"#;
        assert_eq!(repeated(list, Key::OcidAndId), ["a, 1"]);
        assert_eq!(repeated(list, Key::Ocid), ["a"]);
    }
}
