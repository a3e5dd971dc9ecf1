//! The heads of a table, read as paths.

use std::cell::Cell as Hint;
use std::collections::HashMap;

use crate::flat::cell::Kind;
use crate::schema::{Field, Held, Schema};

/// What the columns below one object of a row hold, in their order.
#[derive(Debug, Default)]
pub(super) struct Heads {
    pub entries: Vec<(String, Entry)>,
    /// Every column below.
    pub columns: Vec<usize>,
    /// The column of its id.
    pub id: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Entry {
    /// A cell.
    Leaf(usize, Kind),
    /// An object.
    Object(Heads),
    /// An element of a list.
    Element(Element),
}

#[derive(Debug)]
pub(super) struct Element {
    /// Which of the elements that one row gives.
    number: String,
    pub heads: Heads,
    /// A row is one of these elements.
    pub is_row: bool,
    /// A row is one of these elements, or stands below one.
    pub is_above: bool,
    /// The element found last, where the next one is looked for first.
    pub hint: Hint<usize>,
}

/// How the columns of a table are read.
pub(super) struct Reading<'a> {
    pub types: &'a HashMap<String, Kind>,
    pub schema: &'a Schema,
    pub object: &'a str,
    pub id: &'a str,
}

impl Heads {
    /// Reads the heads of a table whose rows are the elements of the list at `rows` (`awards/0`), if that is known.
    /// Heads that are no path are given to `ignored`.
    pub fn new(
        heads: &[String],
        rows: Option<&str>,
        reading: &Reading<'_>,
        ignored: &mut Vec<String>,
    ) -> Heads {
        let mut root = Heads::default();
        if let Some(rows) = rows.filter(|rows| !rows.is_empty()) {
            let steps: Vec<&str> = rows.split('/').collect();
            root.element(&steps);
        }
        for (column, head) in heads.iter().enumerate() {
            let steps: Vec<&str> = head
                .split('/')
                .map(|step| step.trim_end_matches(['[', ']']))
                .collect();
            if head.is_empty() {
                continue;
            }
            if steps.iter().any(|step| step.is_empty())
                || is_index(steps[0])
                || is_index(steps[steps.len() - 1])
            {
                ignored.push(head.clone());
                continue;
            }
            root.add(&steps, column, reading.kind(&steps), reading.id);
        }
        root
    }

    /// Makes the way to the elements that the rows of a table are.
    fn element(&mut self, steps: &[&str]) {
        match steps {
            [name, number, rest @ ..] if is_index(number) => {
                let element = self.list(name, number);
                element.is_above = true;
                element.is_row = rest.is_empty();
                element.heads.element(rest);
            }
            [name, rest @ ..] => self.object(name).element(rest),
            [] => {}
        }
    }

    fn add(&mut self, steps: &[&str], column: usize, kind: Kind, id: &str) {
        self.columns.push(column);
        match steps {
            [name] => {
                if *name == id {
                    self.id = Some(column);
                }
                let leaf = Entry::Leaf(column, kind);
                self.entries.push(((*name).to_owned(), leaf));
            }
            [name, number, rest @ ..] if is_index(number) => {
                self.list(name, number).heads.add(rest, column, kind, id);
            }
            [name, rest @ ..] => self.object(name).add(rest, column, kind, id),
            [] => {}
        }
    }

    fn object(&mut self, name: &str) -> &mut Heads {
        let found = self
            .entries
            .iter()
            .position(|(own, entry)| own == name && matches!(entry, Entry::Object(_)));
        let index = found.unwrap_or(self.entries.len());
        if found.is_none() {
            self.entries
                .push((name.to_owned(), Entry::Object(Heads::default())));
        }
        match &mut self.entries[index].1 {
            Entry::Object(heads) => heads,
            _ => unreachable!("the entry at this index is an object"),
        }
    }

    fn list(&mut self, name: &str, number: &str) -> &mut Element {
        let found = self.entries.iter().position(|(own, entry)| {
            own == name && matches!(entry, Entry::Element(element) if element.number == number)
        });
        let index = found.unwrap_or(self.entries.len());
        if found.is_none() {
            let element = Element {
                number: number.to_owned(),
                heads: Heads::default(),
                is_row: false,
                is_above: false,
                hint: Hint::new(0),
            };
            self.entries
                .push((name.to_owned(), Entry::Element(element)));
        }
        match &mut self.entries[index].1 {
            Entry::Element(element) => element,
            _ => unreachable!("the entry at this index is an element"),
        }
    }

    /// Whether the elements that the rows are stand below.
    pub fn leads_to_rows(&self) -> bool {
        self.entries.iter().any(|(_, entry)| match entry {
            Entry::Leaf(..) => false,
            Entry::Object(below) => below.leads_to_rows(),
            Entry::Element(element) => element.is_above,
        })
    }

    /// How many lists deep the deepest column stands.
    pub fn depth(&self) -> usize {
        let deeper = self.entries.iter().map(|(_, entry)| match entry {
            Entry::Leaf(..) => 0,
            Entry::Object(heads) => heads.depth(),
            Entry::Element(element) => 1 + element.heads.depth(),
        });
        deeper.max().unwrap_or(0)
    }
}

impl Reading<'_> {
    /// What a column holds: as `_types` says, else as the standard says, else text.
    fn kind(&self, steps: &[&str]) -> Kind {
        let steps: Vec<&str> = steps
            .iter()
            .map(|step| if is_index(step) { "0" } else { step })
            .collect();
        match self.types.get(&steps.join("/")) {
            Some(kind) => *kind,
            None => declared(self.schema, self.object, &steps).unwrap_or(Kind::Text),
        }
    }
}

fn is_index(step: &str) -> bool {
    !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the standard says that stands at a path.
fn declared(schema: &Schema, object: &str, steps: &[&str]) -> Option<Kind> {
    let (name, rest) = steps.split_first()?;
    let object = schema.object(object)?;
    let field = object.field(name).or_else(|| object.translated(name))?;
    match (&field.held, rest) {
        (Held::Object(of), [_, ..]) => declared(schema, of, rest),
        (Held::Objects(of), [_, rest @ ..]) => {
            of.iter().rev().find_map(|of| declared(schema, of, rest))
        }
        (Held::Scalar, []) => Some(scalar(field)),
        (Held::Scalars, []) => Some(match scalar_of(&field.declared.of) {
            Kind::Number => Kind::Numbers,
            Kind::Boolean => Kind::Booleans,
            _ => Kind::Texts,
        }),
        _ => None,
    }
}

fn scalar(field: &Field) -> Kind {
    scalar_of(&field.declared.types)
}

fn scalar_of(types: &[String]) -> Kind {
    let has = |word: &str| types.iter().any(|kind| kind == word);
    match (
        has("string"),
        has("number") || has("integer"),
        has("boolean"),
    ) {
        (false, true, _) => Kind::Number,
        (false, false, true) => Kind::Boolean,
        _ => Kind::Text,
    }
}
