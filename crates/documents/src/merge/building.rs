//! The places are put together again, in the order in which they were first spoken of.

use std::collections::HashMap;

use super::adding::Merging;
use super::origin::Origin;
use super::places::{IdKind, Key, Leaf};
use super::warning::{Kind, Warning};
use crate::value::Value;

/// What is shown of each place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Compiled,
    Versioned,
}

/// A merged release as parts that point to what was said.
pub(crate) struct Built<'m, 'r> {
    merging: &'m Merging<'r>,
    shown: Shown,
    pub parts: Vec<Part>,
    /// The part of each place, if it has one yet.
    part_of: Vec<Option<u32>>,
    shapes: Vec<Shape>,
    /// Objects of lists that two places share.
    shared: HashMap<(u32, IdKind, &'m str), u32>,
    pub warnings: Vec<Warning>,
}

/// A part of a merged release.
pub(crate) enum Part {
    /// Members by the place of each.
    Object(Vec<(u32, u32)>),
    /// An object of a list: its place, whose id comes first, and its members.
    Item(u32, Vec<(u32, u32)>),
    List(Vec<u32>),
    Leaf(u32),
    /// A list that was said whole, and objects by id that were added to it later.
    LeafAndItems(u32, Vec<u32>),
}

/// What a place was said to be: the release, counted from 1, that said so last; 0 for none.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    object: u32,
    list: u32,
    warned: bool,
}

impl<'m, 'r> Built<'m, 'r> {
    pub fn new(merging: &'m Merging<'r>, shown: Shown) -> Built<'m, 'r> {
        let count = merging.places.all.len();
        let mut built = Built {
            merging,
            shown,
            parts: vec![Part::Object(Vec::new())],
            part_of: vec![None; count],
            shapes: vec![Shape::default(); count],
            shared: HashMap::new(),
            warnings: Vec::new(),
        };
        built.part_of[0] = Some(0);
        for leaf in &merging.places.leaves {
            built.shape(leaf);
        }
        for index in 0..merging.places.leaves.len() as u32 {
            built.place_leaf(index);
        }
        built
    }

    /// Notes what the places above a leaf are.
    fn shape(&mut self, leaf: &Leaf) {
        let places = &self.merging.places.all;
        let mut at = leaf.place as usize;
        let touched = leaf.touched + 1;
        loop {
            let shape = &mut self.shapes[places[at].parent as usize];
            let known = match places[at].key {
                Key::Root => return,
                Key::Name(_) => &mut shape.object,
                Key::Item(_) => &mut shape.list,
            };
            if *known >= touched {
                return;
            }
            *known = touched;
            at = places[at].parent as usize;
        }
    }

    fn place_leaf(&mut self, index: u32) {
        let leaf = &self.merging.places.leaves[index as usize];
        let place = leaf.place as usize;
        let parent = self.merging.places.all[place].parent;
        let Some(above) = self.container(parent, false, leaf) else {
            return;
        };
        let name = self.merging.places.all[place].text();
        if name == "id" && self.item_has_id(above) {
            return;
        }
        if let Some(found) = self.member(place as u32, parent, above) {
            let hidden = !matches!(self.parts[found as usize], Part::Leaf(_));
            if hidden && *leaf.value() != Value::Null {
                self.warn(Kind::ValueHidden, place as u32, leaf);
            }
            return;
        }
        if self.shown == Shown::Compiled && *leaf.value() == Value::Null {
            return;
        }
        let part = self.push(Part::Leaf(index));
        self.add_member(above, place as u32, part);
    }

    /// The part that holds other parts at a place; none if the place became something else since.
    fn container(&mut self, place: u32, list: bool, leaf: &Leaf) -> Option<u32> {
        let merging = self.merging;
        let here = &merging.places.all[place as usize];
        let shape = self.shapes[place as usize];
        if shape.object > 0 && shape.list > 0 && list == (shape.object > shape.list) {
            return self.refuse(place, leaf);
        }
        if let Some(found) = self.part_of[place as usize]
            && !matches!(self.parts[found as usize], Part::Leaf(_))
        {
            return self.fitting(found, list, place, leaf);
        }
        let empty = match list {
            true => Part::List(Vec::new()),
            false => Part::Object(Vec::new()),
        };
        let parent = here.parent;
        match &here.key {
            Key::Root => Some(0),
            Key::Name(_) => {
                let above = self.container(parent, false, leaf)?;
                let Some(found) = self.member(place, parent, above) else {
                    let part = self.push(empty);
                    self.add_member(above, place, part);
                    return Some(part);
                };
                // A value was said here before the object or the list.
                if let Part::Leaf(index) = self.parts[found as usize] {
                    let said = &merging.places.leaves[index as usize];
                    let is_list =
                        self.shown == Shown::Versioned || said.value().as_list().is_some();
                    self.parts[found as usize] = match list && is_list {
                        true => Part::LeafAndItems(index, Vec::new()),
                        false => {
                            self.warn(Kind::TypeDiffers, place, said);
                            empty
                        }
                    };
                }
                self.fitting(found, list, place, leaf)
            }
            Key::Item(id) => {
                let above = self.container(parent, true, leaf)?;
                let key = (
                    merging.places.all[parent as usize].holder,
                    id.kind,
                    &*id.text,
                );
                let is_shared = id.kind != IdKind::Alone && merging.places.is_shared(parent);
                if is_shared && let Some(found) = self.shared.get(&key) {
                    self.part_of[place as usize] = Some(*found);
                    return Some(*found);
                }
                let part = self.push(Part::Item(place, Vec::new()));
                if let Part::List(items) | Part::LeafAndItems(_, items) =
                    &mut self.parts[above as usize]
                {
                    items.push(part);
                }
                self.part_of[place as usize] = Some(part);
                if is_shared {
                    self.shared.insert(key, part);
                }
                Some(part)
            }
        }
    }

    /// The part, unless another spelling of an id above has made it the other shape.
    fn fitting(&mut self, part: u32, list: bool, place: u32, leaf: &Leaf) -> Option<u32> {
        let is_list = matches!(
            self.parts[part as usize],
            Part::List(_) | Part::LeafAndItems(..)
        );
        match is_list == list {
            true => Some(part),
            false => self.refuse(place, leaf),
        }
    }

    fn refuse(&mut self, place: u32, leaf: &Leaf) -> Option<u32> {
        if !self.shapes[place as usize].warned {
            self.shapes[place as usize].warned = true;
            self.warn(Kind::TypeDiffers, place, leaf);
        }
        None
    }

    /// The part of a member, also if another spelling of a place above has put it there.
    fn member(&mut self, place: u32, parent: u32, above: u32) -> Option<u32> {
        let places = &self.merging.places;
        if self.part_of[place as usize].is_none() && places.is_shared(parent) {
            let (Part::Object(members) | Part::Item(_, members)) = &self.parts[above as usize]
            else {
                return None;
            };
            let name = places.all[place as usize].text();
            let found = members
                .iter()
                .find(|(known, _)| places.all[*known as usize].text() == name);
            self.part_of[place as usize] = found.map(|(_, part)| *part);
        }
        self.part_of[place as usize]
    }

    fn add_member(&mut self, above: u32, place: u32, part: u32) {
        if let Part::Object(members) | Part::Item(_, members) = &mut self.parts[above as usize] {
            members.push((place, part));
        }
        self.part_of[place as usize] = Some(part);
    }

    fn push(&mut self, part: Part) -> u32 {
        self.parts.push(part);
        self.parts.len() as u32 - 1
    }

    fn item_has_id(&self, part: u32) -> bool {
        match &self.parts[part as usize] {
            Part::Item(place, _) => self.written_id(*place).is_some(),
            _ => false,
        }
    }

    /// The id of an object of a list as first written.
    pub fn written_id(&self, place: u32) -> Option<&'m Value> {
        match &self.merging.places.all[place as usize].key {
            Key::Item(id) => id.written.as_ref(),
            _ => None,
        }
    }

    fn warn(&mut self, kind: Kind, place: u32, leaf: &Leaf) {
        let said = self.merging.releases.get(leaf.touched as usize);
        let value = leaf.value().to_string();
        self.warnings.push(Warning {
            kind,
            path: self.merging.places.path(place),
            value,
            release: said.and_then(|said| said.number),
        });
    }

    /// The value, and which release last said each part of it.
    pub fn finish(&self) -> (Value, Origin) {
        let (mut value, mut origin) = self.part(0);
        let (Value::Object(members), last) = (&mut value, self.merging.releases.last()) else {
            return (value, origin);
        };
        let mut head: Vec<(&str, Value)> = Vec::new();
        let ocid = self.merging.ocid.clone();
        if self.shown == Shown::Compiled {
            head.push(("tag", Value::List(vec![Value::text("compiled")])));
            if let Some(last) = last {
                let id = format!("{}-{}", as_python(&ocid), as_python(&last.date));
                head.push(("id", Value::text(id)));
                head.push(("date", last.date.clone()));
            }
        }
        head.push(("ocid", ocid));
        // A schema that does not leave out `id` and `date` has the last word on them.
        let said = |name: &str| {
            let mut leaves = self.merging.places.leaves.iter();
            leaves.any(|leaf| {
                let place = &self.merging.places.all[leaf.place as usize];
                place.parent == 0 && leaf.place != 0 && place.text() == name
            })
        };
        head.retain(|(name, value)| {
            *value != Value::Null && !(matches!(*name, "id" | "date") && said(name))
        });
        let release = last.map(|_| self.merging.releases.len() - 1);
        let whole = || Origin {
            release,
            parts: Vec::new(),
        };
        origin.parts.splice(0..0, head.iter().map(|_| whole()));
        let head = head.into_iter();
        members.splice(0..0, head.map(|(name, value)| (name.into(), value)));
        origin.release = origin.release.max(release);
        origin.renumber(&|release| self.merging.releases[release].number);
        (value, origin)
    }

    /// Of each part until it is finished, the origin counts releases as they were added.
    fn part(&self, part: u32) -> (Value, Origin) {
        match &self.parts[part as usize] {
            Part::Object(members) => self.object(None, members),
            Part::Item(place, members) => self.object(Some(*place), members),
            Part::List(items) => {
                let (values, parts): (Vec<_>, Vec<_>) =
                    items.iter().map(|item| self.part(*item)).unzip();
                (Value::List(values), Origin::of(parts))
            }
            Part::Leaf(index) => self.leaf(*index),
            Part::LeafAndItems(index, items) => {
                let (mut value, whole) = self.leaf(*index);
                let said = value.as_list().map_or(0, <[Value]>::len);
                let mut parts = vec![whole; said];
                for item in items {
                    let (item, origin) = self.part(*item);
                    if let Value::List(list) = &mut value {
                        list.push(item);
                        parts.push(origin);
                    }
                }
                (value, Origin::of(parts))
            }
        }
    }

    fn object(&self, item: Option<u32>, members: &[(u32, u32)]) -> (Value, Origin) {
        let mut values = Vec::with_capacity(members.len() + 1);
        let mut parts = Vec::with_capacity(members.len() + 1);
        if let Some(item) = item
            && let Some(id) = self.written_id(item)
        {
            values.push(("id".into(), id.clone()));
            let leaf = self.merging.id_of(item);
            parts.push(Origin {
                release: leaf.map(|leaf| leaf.touched as usize),
                parts: Vec::new(),
            });
        }
        for (place, part) in members {
            let (value, origin) = self.part(*part);
            values.push((
                self.merging.places.all[*place as usize].text().into(),
                value,
            ));
            parts.push(origin);
        }
        (Value::Object(values), Origin::of(parts))
    }

    fn leaf(&self, index: u32) -> (Value, Origin) {
        let leaf = &self.merging.places.leaves[index as usize];
        let releases = &self.merging.releases;
        let origin = Origin {
            release: Some(leaf.touched as usize),
            parts: Vec::new(),
        };
        let value = match self.shown {
            Shown::Compiled => leaf.value().clone(),
            Shown::Versioned => Value::List(
                leaf.values()
                    .map(|(release, value)| {
                        let said = &releases[release as usize];
                        Value::Object(vec![
                            ("releaseID".into(), said.id.clone()),
                            ("releaseDate".into(), said.date.clone()),
                            ("releaseTag".into(), said.tag.clone()),
                            ("value".into(), value.clone()),
                        ])
                    })
                    .collect(),
            ),
        };
        (value, origin)
    }
}

/// The identifier of a compiled release is written as Python writes its parts: `None` for nothing.
fn as_python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(text) | Value::Text(text) => text.to_string(),
        value => value.to_string(),
    }
}
