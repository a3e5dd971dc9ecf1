//! Which release last said each part of a merged release.

use std::collections::HashMap;

use super::places::escaped;
use crate::value::Value;

/// Which release last said a value: a tree of the shape of the value.
///
/// The parts stand as the members and elements of the value do. A value that was said whole has no parts: what is
/// inside it has its origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The release by its place in what was given; of an object or a list, the last that said any part of it.
    /// None when it was merged before.
    pub release: Option<usize>,
    /// The parts, in order.
    pub parts: Vec<Origin>,
}

impl Origin {
    pub(crate) fn of(parts: Vec<Origin>) -> Origin {
        Origin {
            release: parts.iter().filter_map(|part| part.release).max(),
            parts,
        }
    }

    pub(crate) fn renumber(&mut self, number: &impl Fn(usize) -> Option<usize>) {
        self.release = self.release.and_then(number);
        self.parts.iter_mut().for_each(|part| part.renumber(number));
    }

    /// The origin of the part at a place in order, or of the whole that holds it.
    pub fn part(&self, position: usize) -> &Origin {
        self.parts.get(position).unwrap_or(self)
    }

    /// The release of every object and every value by path: `awards[2016-1]`, `awards[2016-1]/value/amount`.
    pub fn paths(&self, value: &Value) -> Vec<(String, Option<usize>)> {
        let mut paths = Vec::new();
        self.add(String::new(), value, &mut paths);
        paths
    }

    fn add(&self, path: String, value: &Value, paths: &mut Vec<(String, Option<usize>)>) {
        match value {
            Value::Object(members) => {
                for (position, (name, value)) in members.iter().enumerate() {
                    let path = joined(&path, name);
                    self.part(position).add(path, value, paths);
                }
            }
            Value::List(list) if list.iter().any(|element| element.as_object().is_some()) => {
                let labels = labels(list.iter().map(|element| element.get("id")));
                for (position, (element, label)) in list.iter().zip(labels).enumerate() {
                    let path = format!("{path}[{label}]");
                    self.part(position).add(path, element, paths);
                }
            }
            _ => {}
        }
        if !path.is_empty() {
            paths.push((path, self.release));
        }
    }
}

/// The path of a member.
pub(crate) fn joined(path: &str, name: &str) -> String {
    let name = escaped(name, false);
    match path.is_empty() {
        true => name.into_owned(),
        false => format!("{path}/{name}"),
    }
}

/// What the elements of a list are called in a path: by id, one without by its position, counted from 1: `#2`.
/// Of the second with an id, `id#2`.
pub(crate) fn labels<'v>(ids: impl Iterator<Item = Option<&'v Value>>) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    ids.enumerate()
        .map(|(position, id)| {
            let Some(id) = id.and_then(Value::scalar) else {
                return format!("#{}", position + 1);
            };
            let id = escaped(&id, true).into_owned();
            let count = seen.entry(id.clone()).or_default();
            *count += 1;
            match count {
                1 => id,
                count => format!("{id}#{count}"),
            }
        })
        .collect()
}
