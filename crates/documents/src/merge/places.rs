//! The places of a process: every path that some release has said something of, each once.
//!
//! An object of a list is found by the text of its id, as in `ocdsmerge`, where `1` and `"1"` name one place but
//! open an object each: what was said under both is one value, in the object that said it first.

use std::collections::HashMap;

use crate::value::Value;

/// A step from the record down. The first is the record itself.
#[derive(Debug)]
pub(crate) struct Place {
    pub parent: u32,
    pub key: Key,
    /// The place that holds what is said here: itself, or the same place below another spelling of an id.
    pub holder: u32,
    /// What is said here, if the place is a holder and something is.
    pub leaf: Option<u32>,
    names: Children,
    items: Children,
    /// The next object with this id in another type.
    twin: Option<u32>,
    /// The last list that had this id.
    pub seen: u32,
}

/// How a place is called in the one above.
#[derive(Debug)]
pub(crate) enum Key {
    Root,
    Name(Box<str>),
    Item(Id),
}

/// What an object of a list goes by.
#[derive(Debug, Clone)]
pub(crate) struct Id {
    pub text: Box<str>,
    pub kind: IdKind,
    /// The id as first written, when it has one.
    pub written: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum IdKind {
    Text,
    Number,
    Bool,
    Null,
    Position,
    /// No other object is the same.
    Alone,
}

/// What was said of a place.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub place: u32,
    /// The first value, and the release that said it.
    pub first: (u32, Value),
    /// The values after it, when they are kept; otherwise at most the last.
    pub later: Vec<(u32, Value)>,
    /// The release that said something last, the same or another.
    pub touched: u32,
}

impl Leaf {
    pub fn value(&self) -> &Value {
        self.later.last().map_or(&self.first.1, |(_, value)| value)
    }

    pub fn values(&self) -> impl Iterator<Item = (u32, &Value)> {
        std::iter::once(&self.first)
            .chain(&self.later)
            .map(|(release, value)| (*release, value))
    }
}

/// Children by text: looked at one by one while they are few, by a map when they are many.
#[derive(Debug, Default)]
struct Children {
    order: Vec<u32>,
    map: Option<HashMap<Box<str>, u32>>,
}

impl Children {
    const FEW: usize = 16;
}

#[derive(Debug)]
pub(crate) struct Places {
    pub all: Vec<Place>,
    pub leaves: Vec<Leaf>,
    /// Holders of more than one place, and these.
    shared: HashMap<u32, Vec<u32>>,
}

impl Places {
    pub fn new() -> Places {
        let mut places = Places {
            all: Vec::new(),
            leaves: Vec::new(),
            shared: HashMap::new(),
        };
        places.push(0, Key::Root, None);
        places
    }

    fn push(&mut self, parent: u32, key: Key, holder: Option<u32>) -> u32 {
        let place = self.all.len() as u32;
        self.all.push(Place {
            parent,
            key,
            holder: holder.unwrap_or(place),
            leaf: None,
            names: Children::default(),
            items: Children::default(),
            twin: None,
            seen: 0,
        });
        if let Some(holder) = holder {
            let places = self.shared.entry(holder).or_insert_with(|| vec![holder]);
            places.push(place);
        }
        place
    }

    /// The member of a place.
    pub fn name(&mut self, parent: u32, name: &str) -> u32 {
        if let Some(found) = self.find(parent, name, false) {
            return found;
        }
        let holder = self.held_elsewhere(parent, name, false);
        let place = self.push(parent, Key::Name(name.into()), holder);
        self.attach(parent, name, place, false);
        place
    }

    /// The object of the list at a place.
    pub fn item(&mut self, parent: u32, id: &Id) -> u32 {
        if id.kind == IdKind::Alone {
            return self.push(parent, Key::Item(id.clone()), None);
        }
        let Some(first) = self.find(parent, &id.text, true) else {
            let holder = self.held_elsewhere(parent, &id.text, true);
            let place = self.push(parent, Key::Item(id.clone()), holder);
            self.attach(parent, &id.text, place, true);
            return place;
        };
        let mut at = first;
        loop {
            if matches!(&self.all[at as usize].key, Key::Item(known) if known.kind == id.kind) {
                return at;
            }
            match self.all[at as usize].twin {
                Some(next) => at = next,
                None => break,
            }
        }
        let holder = self.all[first as usize].holder;
        let place = self.push(parent, Key::Item(id.clone()), Some(holder));
        self.all[at as usize].twin = Some(place);
        place
    }

    /// The member of a place, if anything was said of it.
    pub fn member(&self, parent: u32, name: &str) -> Option<u32> {
        self.find(parent, name, false)
    }

    /// The first object of the list that has this text as its id.
    pub fn head(&self, parent: u32, text: &str) -> Option<u32> {
        self.find(parent, text, true)
    }

    fn find(&self, parent: u32, text: &str, item: bool) -> Option<u32> {
        let parent = &self.all[parent as usize];
        let children = if item { &parent.items } else { &parent.names };
        if let Some(map) = &children.map {
            return map.get(text).copied();
        }
        let mut order = children.order.iter();
        order
            .find(|place| *self.all[**place as usize].text() == *text)
            .copied()
    }

    /// The holder of what a place has under this text, if it is one of several places with one holder.
    fn held_elsewhere(&self, parent: u32, text: &str, item: bool) -> Option<u32> {
        let places = self.shared.get(&self.all[parent as usize].holder)?;
        places
            .iter()
            .find_map(|place| self.find(*place, text, item))
            .map(|place| self.all[place as usize].holder)
    }

    fn attach(&mut self, parent: u32, text: &str, place: u32, item: bool) {
        let above = &mut self.all[parent as usize];
        let children = if item {
            &mut above.items
        } else {
            &mut above.names
        };
        children.order.push(place);
        if let Some(map) = &mut children.map {
            map.insert(text.into(), place);
        } else if children.order.len() > Children::FEW {
            let order = std::mem::take(&mut children.order);
            let texts = order.iter().map(|place| {
                let text: Box<str> = self.all[*place as usize].text().into();
                (text, *place)
            });
            let map = Some(texts.collect());
            let above = &mut self.all[parent as usize];
            let children = if item {
                &mut above.items
            } else {
                &mut above.names
            };
            children.map = map;
        }
    }

    pub fn is_shared(&self, place: u32) -> bool {
        !self.shared.is_empty() && self.shared.contains_key(&self.all[place as usize].holder)
    }

    /// The place as a person reads it: `awards[2016-1]/title`.
    pub fn path(&self, place: u32) -> String {
        let mut steps = Vec::new();
        let mut at = place;
        while !matches!(self.all[at as usize].key, Key::Root) {
            steps.push(at);
            at = self.all[at as usize].parent;
        }
        let mut path = String::new();
        for step in steps.iter().rev() {
            match &self.all[*step as usize].key {
                Key::Root => {}
                Key::Name(name) => {
                    if !path.is_empty() {
                        path.push('/');
                    }
                    path.push_str(&escaped(name, false));
                }
                Key::Item(id) => {
                    path.push('[');
                    path.push_str(&escaped(&id.text, true));
                    path.push(']');
                }
            }
        }
        path
    }
}

impl Place {
    pub fn text(&self) -> &str {
        match &self.key {
            Key::Root => "",
            Key::Name(name) => name,
            Key::Item(id) => &id.text,
        }
    }
}

/// A name or an id as it stands in a path, so that no two paths are written the same.
pub(crate) fn escaped(text: &str, id: bool) -> std::borrow::Cow<'_, str> {
    let special: &[char] = if id { &['~', ']'] } else { &['~', '/', '['] };
    if !text.contains(special) {
        return text.into();
    }
    let text = text.replace('~', "~0");
    match id {
        true => text.replace(']', "~3"),
        false => text.replace('/', "~1").replace('[', "~2"),
    }
    .into()
}
