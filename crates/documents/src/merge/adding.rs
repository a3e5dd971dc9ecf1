//! A release is taken apart, and what it says goes to its places.

use std::collections::HashSet;

use super::Merged;
use super::building::{Built, Shown};
use super::places::{Id, IdKind, Leaf, Places};
use super::rules::{Collision, Rule, Rules};
use super::warning::{Kind, Warning};
use crate::value::Value;

/// A merge under way.
#[derive(Debug)]
pub struct Merging<'r> {
    rules: &'r Rules,
    pub(crate) places: Places,
    keeps_versions: bool,
    /// The releases in the order they were added; those of a merge gone before come first, without number.
    pub(crate) releases: Vec<Said>,
    warnings: Vec<Warning>,
    first_ocid: Option<Value>,
    pub(crate) ocid: Value,
    /// Lists gone through, to see an id twice in one.
    lists: u32,
    alone: u32,
    /// Names from the record down, when a rule is looked up by them.
    names: Vec<Box<str>>,
    added: usize,
}

/// What a release says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// Its place in what was given; none for one that was merged before.
    pub number: Option<usize>,
    pub id: Value,
    pub date: Value,
    pub tag: Value,
}

impl<'r> Merging<'r> {
    pub(crate) fn new(rules: &'r Rules) -> Merging<'r> {
        Merging {
            rules,
            places: Places::new(),
            keeps_versions: false,
            releases: Vec::new(),
            warnings: Vec::new(),
            first_ocid: None,
            ocid: Value::Null,
            lists: 0,
            alone: 0,
            names: Vec::new(),
            added: 0,
        }
    }

    /// Keeps every value, not the last only: what a versioned release and a history are made of.
    pub fn keeping_versions(mut self) -> Merging<'r> {
        self.keeps_versions = true;
        self
    }

    /// Goes on from a compiled release.
    pub fn from_compiled(mut self, compiled: &Value) -> Merging<'r> {
        let said = Said {
            number: None,
            id: compiled.get("id").cloned().unwrap_or(Value::Null),
            date: compiled.get("date").cloned().unwrap_or(Value::Null),
            tag: compiled.get("tag").cloned().unwrap_or(Value::Null),
        };
        self.add_said(compiled, said);
        self
    }

    /// Goes on from a versioned release: each of its values is one that was said.
    pub fn from_versioned(self, versioned: &Value) -> Merging<'r> {
        let mut merging = self.keeping_versions();
        // What it says without versions, as ids are, was said by a release of which nothing is known.
        merging.releases.push(Said {
            number: None,
            id: Value::Null,
            date: Value::Null,
            tag: Value::Null,
        });
        merging.ocid = versioned.get("ocid").cloned().unwrap_or(Value::Null);
        merging.first_ocid = Some(merging.ocid.clone());
        let mut walk = Walk {
            release: 0,
            versioned: true,
        };
        merging.object(&mut walk, merging.rules.root(), 0, versioned);
        merging
    }

    /// Adds the next release in order of date; its number is how many were added before.
    pub fn add(&mut self, release: &Value) {
        self.add_numbered(release, self.added);
    }

    pub(crate) fn add_numbered(&mut self, release: &Value, number: usize) {
        self.added += 1;
        if release.as_object().is_none() {
            self.warn(
                Kind::NotAnObject,
                String::new(),
                release.to_string(),
                number,
            );
            return;
        }
        let member = |name: &str| release.get(name).cloned().unwrap_or(Value::Null);
        let said = Said {
            number: Some(number),
            id: member("id"),
            date: member("date"),
            tag: member("tag"),
        };
        let ocid = member("ocid");
        match &self.first_ocid {
            _ if ocid == Value::Null => {
                self.warn(Kind::OcidMissing, "ocid".to_owned(), String::new(), number);
            }
            None => self.first_ocid = Some(ocid),
            Some(first) if *first != ocid => {
                let found = ocid.scalar().unwrap_or_default().into_owned();
                self.warn(Kind::OcidDiffers, "ocid".to_owned(), found, number);
            }
            Some(_) => {}
        }
        self.add_said(release, said);
    }

    fn add_said(&mut self, release: &Value, said: Said) {
        self.ocid = release.get("ocid").cloned().unwrap_or(Value::Null);
        let index = self.releases.len() as u32;
        self.releases.push(said);
        let mut walk = Walk {
            release: index,
            versioned: false,
        };
        self.object(&mut walk, self.rules.root(), 0, release);
    }

    /// The compiled release of what was added.
    pub fn compiled(&self) -> Merged {
        self.merged(Shown::Compiled)
    }

    /// The versioned release; of a merge that keeps no versions, it has the last value only.
    pub fn versioned(&self) -> Merged {
        self.merged(Shown::Versioned)
    }

    fn merged(&self, shown: Shown) -> Merged {
        let mut built = Built::new(self, shown);
        let mut warnings = self.warnings.clone();
        warnings.append(&mut built.warnings);
        let (value, origin) = built.finish();
        Merged {
            value,
            origin,
            warnings,
            order: self
                .releases
                .iter()
                .filter_map(|said| said.number)
                .collect(),
        }
    }

    /// What was said of the id of an object of a list.
    pub(crate) fn id_of(&self, item: u32) -> Option<&Leaf> {
        let id = self.places.member(item, "id")?;
        let holder = self.places.all[id as usize].holder;
        let leaf = self.places.all[holder as usize].leaf?;
        Some(&self.places.leaves[leaf as usize])
    }

    /// What was wrong with the releases so far.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(crate) fn warn_all(&mut self, warnings: Vec<Warning>) {
        self.warnings.extend(warnings);
    }

    fn warn(&mut self, kind: Kind, path: String, value: String, release: usize) {
        self.warnings.push(Warning {
            kind,
            path,
            value,
            release: Some(release),
        });
    }

    fn object(&mut self, walk: &mut Walk, state: Option<u32>, place: u32, object: &Value) {
        for (name, value) in object.as_object().unwrap_or_default() {
            if place == 0 && matches!(&**name, "ocid" | "tag") {
                continue;
            }
            let step = self.rules.step(state, name);
            let stays_whole = match (step.rule, value) {
                (Rule::Omit, _) => continue,
                (Rule::Whole, _) => true,
                (Rule::ByPart, Value::List(list)) => {
                    list.iter().any(|element| element.as_object().is_none())
                        || (walk.versioned && !list.is_empty() && list.iter().all(is_version))
                }
                (Rule::ByPart, Value::Object(_)) => false,
                (Rule::ByPart, _) => true,
            };
            if !stays_whole && is_empty(value) {
                continue;
            }
            let member = self.places.name(place, name);
            if stays_whole {
                match walk.versioned {
                    true => self.versions(walk, member, value),
                    false => self.say(walk.release, member, value),
                }
                continue;
            }
            let tracked = self.rules.has_collisions();
            if tracked {
                self.names.push(name.clone());
            }
            match value {
                Value::List(list) => self.list(walk, step.next, member, list),
                _ => self.object(walk, step.next, member, value),
            }
            if tracked {
                self.names.pop();
            }
        }
    }

    fn list(&mut self, walk: &mut Walk, state: Option<u32>, place: u32, list: &[Value]) {
        let collision = match self.rules.has_collisions() {
            true => self.rules.collision(&self.names.join("/")),
            false => None,
        };
        self.lists += 1;
        let this = self.lists;
        let mut texts = HashSet::new();
        for (position, element) in list.iter().enumerate() {
            let mut id = self.id(walk, place, element);
            if collision.is_some() && id.kind != IdKind::Alone && !texts.insert(id.text.clone()) {
                self.repeated(walk, place, &id);
            }
            match collision {
                Some(Collision::Append) => {
                    self.alone += 1;
                    id.kind = IdKind::Alone;
                }
                Some(Collision::ByPosition) => {
                    id.kind = IdKind::Position;
                    id.text = position.to_string().into();
                }
                None => {}
            }
            if is_empty(element) {
                continue;
            }
            let head = self.places.head(place, &id.text);
            let item = self.places.item(place, &id);
            if collision.is_none() && id.kind != IdKind::Alone {
                let head = head.unwrap_or(item);
                if self.places.all[head as usize].seen == this {
                    self.repeated(walk, place, &id);
                }
                self.places.all[head as usize].seen = this;
                // The second spelling opens its object once; it is said then.
                if item != head && item as usize + 1 == self.places.all.len() {
                    let path = self.places.path(item);
                    self.warn_at(walk, Kind::IdTypeDiffers, path, id.text.to_string());
                }
            }
            self.object(walk, state, item, element);
        }
    }

    /// What an object of a list goes by.
    fn id(&mut self, walk: &Walk, place: u32, element: &Value) -> Id {
        let (text, kind): (Box<str>, IdKind) = match element.get("id") {
            Some(Value::Text(text)) => (text.clone(), IdKind::Text),
            Some(Value::Number(number)) => (canonical(number), IdKind::Number),
            Some(Value::Bool(true)) => ("True".into(), IdKind::Bool),
            Some(Value::Bool(false)) => ("False".into(), IdKind::Bool),
            Some(Value::Null) => ("None".into(), IdKind::Null),
            other => {
                if let Some(found) = other.filter(|_| !walk.versioned) {
                    let path = self.places.path(place);
                    self.warn_at(walk, Kind::IdNotScalar, path, found.to_string());
                }
                self.alone += 1;
                return Id {
                    text: "".into(),
                    kind: IdKind::Alone,
                    written: None,
                };
            }
        };
        let written = element.get("id").filter(|_| kind != IdKind::Null).cloned();
        Id {
            text,
            kind,
            written,
        }
    }

    fn repeated(&mut self, walk: &Walk, place: u32, id: &Id) {
        let path = self.places.path(place);
        self.warn_at(walk, Kind::IdRepeated, path, id.text.to_string());
    }

    fn warn_at(&mut self, walk: &Walk, kind: Kind, path: String, value: String) {
        let release = self.releases.get(walk.release as usize);
        self.warnings.push(Warning {
            kind,
            path,
            value,
            release: release.and_then(|said| said.number),
        });
    }

    fn say(&mut self, release: u32, place: u32, value: &Value) {
        let holder = self.places.all[place as usize].holder as usize;
        let Some(leaf) = self.places.all[holder].leaf else {
            self.places.all[holder].leaf = Some(self.places.leaves.len() as u32);
            self.places.leaves.push(Leaf {
                place,
                first: (release, value.clone()),
                later: Vec::new(),
                touched: release,
            });
            return;
        };
        let leaf = &mut self.places.leaves[leaf as usize];
        leaf.touched = release;
        // One release says it twice, under an id that it repeats: what it says last is what it says.
        if leaf.later.last().is_some_and(|(said, _)| *said == release) {
            leaf.later.pop();
        } else if leaf.first.0 == release && leaf.later.is_empty() {
            leaf.first.1 = value.clone();
            return;
        }
        if leaf.value() == value {
            // The same worth in other digits: no change, and the last spelling stays.
            if !written_alike(leaf.value(), value) {
                let last = leaf.later.last_mut().unwrap_or(&mut leaf.first);
                last.1 = value.clone();
            }
            return;
        }
        if self.keeps_versions {
            leaf.later.push((release, value.clone()));
        } else {
            leaf.first = (release, value.clone());
        }
    }

    /// What a versioned release says of a place, value by value.
    fn versions(&mut self, walk: &Walk, place: u32, value: &Value) {
        let list = value.as_list().unwrap_or_default();
        if list.is_empty() || !list.iter().all(is_version) {
            return self.say(walk.release, place, value);
        }
        for version in list {
            let member = |name: &str| version.get(name).cloned().unwrap_or(Value::Null);
            let said = Said {
                number: None,
                id: member("releaseID"),
                date: member("releaseDate"),
                tag: member("releaseTag"),
            };
            let mut known = self.releases.iter();
            let known = known.position(|release| {
                release.id == said.id && release.date == said.date && release.tag == said.tag
            });
            let release = known.unwrap_or_else(|| {
                self.releases.push(said);
                self.releases.len() - 1
            });
            self.say(release as u32, place, &member("value"));
        }
    }
}

struct Walk {
    release: u32,
    versioned: bool,
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::List(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn is_version(value: &Value) -> bool {
    let names = ["releaseID", "releaseDate", "releaseTag", "value"];
    let members = value.as_object().unwrap_or_default();
    members.len() == 4 && members.iter().all(|(name, _)| names.contains(&&**name))
}

/// A number as an id: the same text for the same worth.
fn canonical(number: &str) -> Box<str> {
    let digits = number.strip_prefix('-').unwrap_or(number);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return if digits == "0" { "0" } else { number }.into();
    }
    match number.parse::<f64>() {
        Ok(worth) => worth.to_string().into(),
        Err(_) => number.into(),
    }
}

/// Equal down to digits and the order of members.
fn written_alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| written_alike(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let mut pairs = a.iter().zip(b);
            a.len() == b.len() && pairs.all(|(a, b)| a.0 == b.0 && written_alike(&a.1, &b.1))
        }
        (a, b) => a == b,
    }
}
