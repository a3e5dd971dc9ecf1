//! Versioned releases: a field holds all the values it had, each with the release that said it.

use super::finding::Code;
use super::walk::{Step, View, Walk};
use crate::{Field, Held, Value};

impl<'w> Walk<'w> {
    /// Whether a versioned release has the values of this field, and not the field itself.
    pub fn is_field_versioned(&self, field: &Field, view: View<'_>) -> bool {
        let is_plain = matches!(field.held, Held::Scalar | Held::Scalars);
        if !is_plain {
            return field.merge.whole_list;
        }
        match field.declared.field.as_str() {
            "ocid" => false,
            "id" => !view.in_list || field.merge.version_id,
            _ => true,
        }
    }

    /// Checks the values a field had.
    pub fn versions(&mut self, field: &'w Field, value: &'w Value, view: View<'w>) {
        let Value::List(versions) = value else {
            if view.rules {
                self.tell(Code::TypeWrong, view.name, value, "array");
            }
            return self.loose(value, true);
        };
        for (place, version) in versions.iter().enumerate() {
            self.path.push(Step::At(place));
            match version.as_object() {
                Some(members) => self.version(field, members, view),
                None if view.rules => self.tell(Code::TypeWrong, view.name, version, "object"),
                None => {}
            }
            self.path.pop();
        }
    }

    fn version(&mut self, field: &'w Field, members: &'w [(Box<str>, Value)], view: View<'w>) {
        for (name, value) in members {
            self.path.push(Step::Name(name));
            match &**name {
                "releaseDate" | "releaseID" => self.origin(name, value, view),
                "releaseTag" => match value {
                    Value::List(tags) => {
                        for (place, tag) in tags.iter().enumerate() {
                            self.path.push(Step::At(place));
                            self.origin(name, tag, view);
                            self.path.pop();
                        }
                    }
                    value => self.tell(Code::TypeWrong, view.name, value, "array"),
                },
                "value" => {
                    self.is_versioned = false;
                    self.value(field, value, view);
                    self.is_versioned = true;
                }
                _ => {
                    self.tell(Code::FieldAdditional, "", value, "");
                    self.loose(value, false);
                }
            }
            self.path.pop();
        }
    }

    fn origin(&mut self, name: &str, value: &Value, view: View<'_>) {
        match value {
            Value::Text(text) if name == "releaseDate" => {
                self.format("date-time", value, text, view.name);
            }
            Value::Text(_) => {}
            value => self.tell(Code::TypeWrong, view.name, value, "string"),
        }
    }
}
