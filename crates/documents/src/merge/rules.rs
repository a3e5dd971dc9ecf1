//! How each field is merged, found by walking from the record object down.

use std::collections::HashMap;

use crate::schema::{Held, Schema};

/// How a field is merged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rule {
    /// An object by its members, a list of objects by their ids, anything else by its last value.
    #[default]
    ByPart,
    /// By its last value, whatever it is.
    Whole,
    /// Left out.
    Omit,
}

/// What counts as the same object in a list, when it is not the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collision {
    /// Nothing: each object of each release is another.
    Append,
    /// Objects at the same position.
    ByPosition,
}

/// The rules of merging of a standard.
///
/// A kind of object is a state; a field leads from one to the next. So objects that hold themselves need no bound.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    states: Vec<HashMap<Box<str>, Step>>,
    collisions: HashMap<String, Collision>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Step {
    pub rule: Rule,
    pub next: Option<u32>,
}

impl Rules {
    /// The rules for the object called `record`: `Release`.
    pub fn new(schema: &Schema, record: &str) -> Rules {
        let mut builder = Builder::default();
        let mut names = vec![record.to_owned()];
        builder.state(record);
        while let Some(name) = names.pop() {
            let Some(object) = schema.object(&name) else {
                continue;
            };
            for field in &object.fields {
                let (whole, holds) = match &field.held {
                    Held::Scalar => (false, None),
                    // Elements of which nothing is declared are judged one by one.
                    Held::Scalars => (!field.declared.of.is_empty(), None),
                    Held::Object(of) => (false, Some(of)),
                    Held::Objects(of) => {
                        let of = of.last();
                        let has_id = of.is_some_and(|of| {
                            schema.object(of).is_some_and(|of| of.field("id").is_some())
                        });
                        (!has_id, of)
                    }
                };
                let is_list = matches!(field.held, Held::Scalars | Held::Objects(_));
                let rule = match () {
                    _ if field.merge.omit => Rule::Omit,
                    _ if whole || (is_list && field.merge.whole_list) => Rule::Whole,
                    _ => Rule::ByPart,
                };
                let next = match (rule, holds) {
                    (Rule::ByPart, Some(of)) => {
                        if !builder.knows(of) {
                            names.push(of.clone());
                        }
                        Some(builder.state(of))
                    }
                    _ => None,
                };
                builder.step(&name, &field.declared.field, Step { rule, next });
            }
        }
        builder.rules
    }

    /// Merges the list at `path` (`awards/items`) in another way than by id.
    pub fn colliding(mut self, path: &str, how: Collision) -> Rules {
        self.collisions.insert(path.to_owned(), how);
        self
    }

    /// The rule of the field at a path of names (`tender/items/additionalClassifications`).
    pub fn at(&self, path: &str) -> Rule {
        let mut step = Step {
            rule: Rule::ByPart,
            next: self.root(),
        };
        for name in path.split('/') {
            step = self.step(step.next, name);
        }
        step.rule
    }

    pub(crate) fn root(&self) -> Option<u32> {
        (!self.states.is_empty()).then_some(0)
    }

    pub(crate) fn step(&self, state: Option<u32>, name: &str) -> Step {
        state
            .and_then(|state| self.states[state as usize].get(name))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn has_collisions(&self) -> bool {
        !self.collisions.is_empty()
    }

    pub(crate) fn collision(&self, path: &str) -> Option<Collision> {
        self.collisions.get(path).copied()
    }
}

/// Rules while they are read; the first state asked for is that of the record.
#[derive(Default)]
pub(crate) struct Builder {
    pub rules: Rules,
    named: HashMap<String, u32>,
}

impl Builder {
    pub fn knows(&self, name: &str) -> bool {
        self.named.contains_key(name)
    }

    pub fn state(&mut self, name: &str) -> u32 {
        if let Some(state) = self.named.get(name) {
            return *state;
        }
        let state = self.rules.states.len() as u32;
        self.rules.states.push(HashMap::new());
        self.named.insert(name.to_owned(), state);
        state
    }

    pub fn step(&mut self, from: &str, field: &str, step: Step) {
        let state = self.state(from) as usize;
        self.rules.states[state].insert(field.into(), step);
    }
}
