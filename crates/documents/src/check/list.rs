//! Lists: how many elements, which, none twice; and the releases of a record, which are links or whole.

use super::finding::{Code, Finding};
use super::same::Seen;
use super::walk::{Step, View, Walk};
use crate::{Field, Held, Value};

impl<'w> Walk<'w> {
    /// Whether a field's list may hold one of two objects.
    pub fn is_linked_list(&self, field: &Field) -> bool {
        matches!(&field.held, Held::Objects(names) if names.len() > 1)
    }

    /// Checks a list and its elements.
    pub fn list(&mut self, field: &'w Field, elements: &'w [Value], view: View<'w>) {
        let declared = &field.declared;
        if self.is_linked_list(field) {
            return self.linked_list(field, elements, view);
        }
        let is_list = declared.types.iter().any(|kind| kind == "array");
        if view.rules && is_list {
            self.list_rules(field, elements, view.name);
        }
        for (place, element) in elements.iter().enumerate() {
            self.path.push(Step::At(place));
            let view = View {
                rules: view.rules && is_list,
                ..view
            };
            self.listed(field, element, view);
            self.path.pop();
        }
    }

    fn list_rules(&mut self, field: &'w Field, elements: &[Value], object: &str) {
        let declared = &field.declared;
        let least = declared.min_items.unwrap_or(0);
        if elements.len() < least {
            let (found, least) = (elements.len().to_string(), least.to_string());
            self.tell_found(Code::TooFewItems, object, found, least);
        }
        if declared.unique {
            for found in Seen::repeated_in(elements, self.checker.key(field)) {
                self.tell_found(Code::NotUnique, object, found, String::new());
            }
        }
    }

    fn listed(&mut self, field: &'w Field, element: &'w Value, view: View<'w>) {
        let declared = &field.declared;
        match &field.held {
            Held::Objects(names) => {
                let name = names[0].as_str();
                self.listed_object(element, name, field, view);
            }
            Held::Object(name) => {
                if element.as_object().is_some() {
                    self.held_object(element, name, false);
                }
            }
            Held::Scalars if view.rules => {
                self.types(&declared.of, element, view.name);
                if !matches!(element, Value::List(_)) {
                    self.scalar_rules(field, element, view.name);
                }
                self.loose(element, true);
            }
            Held::Scalar | Held::Scalars => {
                if element.as_object().is_some() {
                    self.loose(element, true);
                }
            }
        }
    }

    fn listed_object(
        &mut self,
        element: &'w Value,
        name: &'w str,
        field: &'w Field,
        outer: View<'w>,
    ) {
        if element.as_object().is_none() {
            if outer.rules {
                self.tell(Code::TypeWrong, outer.name, element, "object");
            }
            return;
        }
        let view = View {
            rules: outer.rules,
            ..self.view(name, true)
        };
        let Some(object) = view.object else {
            return self.loose(element, true);
        };
        if let Some(least) = field.declared.min_properties.filter(|_| outer.rules) {
            self.members_at_least(least, element, name);
        }
        let id = object.field("id");
        let optional = id.is_some_and(|id| !id.declared.required) && !field.merge.whole_list;
        if optional && element.get("id").is_none() {
            self.at(Step::Name("id"), |walk| {
                walk.tell_found(Code::IdMissing, name, String::new(), String::new());
            });
        }
        self.object(element, view);
    }

    /// One element of a list that is checked piece by piece.
    pub fn element(&mut self, field: &'w Field, element: &'w Value, object: &'w str) {
        let view = self.view(object, false);
        self.listed(field, element, view);
    }

    /// Links have no `id`, whole releases do; the rules of the one or the other hold for the whole list.
    fn linked_list(&mut self, field: &'w Field, elements: &'w [Value], view: View<'w>) {
        let Held::Objects(names) = &field.held else {
            return;
        };
        let (link, whole) = (names[0].as_str(), names[1].as_str());
        let declared = &field.declared;
        let least = declared.min_items.unwrap_or(0);
        if view.rules && elements.len() < least {
            let (found, least) = (elements.len().to_string(), least.to_string());
            self.tell_found(Code::TooFewItems, view.name, found, least);
        }
        let with_id = elements.iter().filter(|e| e.get("id").is_some()).count();
        let are_links = with_id == 0 || self.are_good(elements, link);
        let is_mixed = !are_links && with_id < elements.len();
        if view.rules && is_mixed {
            let found = format!("{with_id} of {}", elements.len());
            self.tell_found(Code::ReleasesMixed, view.name, found, String::new());
        }
        if view.rules && are_links && !elements.is_empty() && self.are_good(elements, whole) {
            let count = elements.len().to_string();
            self.tell_found(Code::ReleasesAmbiguous, view.name, count, String::new());
        }
        for (place, element) in elements.iter().enumerate() {
            self.path.push(Step::At(place));
            let is_link = are_links || (is_mixed && element.get("id").is_none());
            let (name, other) = match is_link {
                true => (link, whole),
                false => (whole, link),
            };
            let rules = view.rules && !is_mixed;
            match element {
                Value::Object(_) => {
                    let view = View {
                        rules,
                        also: self.checker.schema.object(other),
                        ..self.view(name, true)
                    };
                    self.object(element, view);
                }
                element if rules => self.tell(Code::TypeWrong, view.name, element, "object"),
                _ => {}
            }
            self.path.pop();
        }
    }

    fn are_good(&self, elements: &[Value], object: &str) -> bool {
        elements.iter().all(|element| {
            let mut good = true;
            let mut sink = |finding: Finding| good &= !breaks(finding.code);
            let mut walk = Walk::new(self.checker, &mut sink);
            walk.document(element, object);
            good
        })
    }
}

/// Whether a finding makes an element no release, or no link, of the standard.
fn breaks(code: Code) -> bool {
    use Code::*;
    matches!(
        code,
        RequiredMissing
            | TypeWrong
            | NumberAsText
            | TextTooShort
            | TooFewItems
            | TooFewMembers
            | NumberTooSmall
            | FormatWrong
            | DateWithoutZone
            | DateWithoutTime
            | PatternWrong
            | NotUnique
            | CodeUnknown
            | CurrencyUnknown
    )
}
