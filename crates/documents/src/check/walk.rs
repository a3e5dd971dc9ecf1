//! A walk through one document: each member is asked what its standard says of it.

use std::collections::HashSet;

use super::finding::{Code, Finding};
use super::{Checker, format};
use crate::{Field, Held, Object, Value};

/// One step of a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'v> {
    Name(&'v str),
    At(usize),
}

/// What a found value is told with at most.
const SHORT: usize = 100;

pub(super) struct Walk<'w> {
    pub checker: &'w Checker,
    pub path: Vec<Step<'w>>,
    /// A list of the outermost object whose elements are checked by themselves, and how many there are.
    pub left_out: Option<(&'w str, usize)>,
    pub ocid: Option<&'w str>,
    pub release: Option<&'w str>,
    /// Identifiers of the parties of the release at hand; `None` where parties are not asked for.
    pub parties: Option<HashSet<String>>,
    pub is_versioned: bool,
    sink: &'w mut dyn FnMut(Finding),
}

/// How an object is looked at.
#[derive(Clone, Copy)]
pub(super) struct View<'w> {
    pub name: &'w str,
    pub object: Option<&'w Object>,
    /// Another object whose fields are known here too.
    pub also: Option<&'w Object>,
    /// Whether rules count, or only which fields there are: where an object stands in place of a list, say.
    pub rules: bool,
    /// Whether it stands in a list.
    pub in_list: bool,
}

impl<'w> Walk<'w> {
    pub fn new(checker: &'w Checker, sink: &'w mut dyn FnMut(Finding)) -> Walk<'w> {
        Walk {
            checker,
            path: Vec::new(),
            left_out: None,
            ocid: None,
            release: None,
            parties: None,
            is_versioned: false,
            sink,
        }
    }

    pub fn document(&mut self, document: &'w Value, object: &'w str) {
        let view = self.view(object, false);
        if document.as_object().is_some() {
            self.object(document, view);
        } else {
            self.tell(Code::TypeWrong, view.name, document, "object");
        }
    }

    /// How objects of this name are looked at.
    pub fn view(&self, name: &'w str, in_list: bool) -> View<'w> {
        View {
            name,
            object: self.checker.schema.object(name),
            also: None,
            rules: true,
            in_list,
        }
    }

    pub fn tell(&mut self, code: Code, object: &str, value: &Value, expected: impl Into<String>) {
        self.tell_found(code, object, short(value), expected.into());
    }

    pub fn tell_found(&mut self, code: Code, object: &str, found: String, expected: String) {
        let (mut path, mut field) = (String::new(), String::new());
        for step in &self.path {
            if !path.is_empty() {
                path.push('/');
            }
            match step {
                Step::Name(name) => {
                    path.push_str(name);
                    if !field.is_empty() {
                        field.push('/');
                    }
                    field.push_str(name);
                }
                Step::At(place) => path.push_str(&place.to_string()),
            }
        }
        (self.sink)(Finding {
            code,
            path,
            field,
            object: object.to_owned(),
            found,
            expected,
            ocid: self.ocid.map(str::to_owned),
            release: self.release.map(str::to_owned),
        });
    }

    pub fn at<T>(&mut self, step: Step<'w>, what: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let answer = what(self);
        self.path.pop();
        answer
    }

    /// Checks an object and all it holds.
    pub fn object(&mut self, value: &'w Value, view: View<'w>) {
        let before = (self.ocid, self.release, self.parties.take());
        self.enter(value, view, &before.2);
        let left_out = self.left_out.take();
        if view.rules && !(self.is_versioned && view.object.is_none()) {
            self.required(value, view, left_out);
        }
        self.identifier(value, view);
        for (name, held) in value.as_object().unwrap_or_default() {
            let is_versioned = self.is_versioned;
            let is_here = |field: &&Field| !(is_versioned && field.merge.omit);
            let known = |object: Option<&'w Object>| {
                let field = object.and_then(|object| object.field(name));
                field.filter(is_here)
            };
            self.path.push(Step::Name(name));
            self.blank(held, view.name);
            if left_out.is_some_and(|(list, _)| list == &**name) {
            } else if let Some(field) = known(view.object) {
                self.field(field, held, view);
            } else if let Some(field) = known(view.also) {
                let view = View {
                    rules: false,
                    ..view
                };
                self.field(field, held, view);
            } else {
                self.unknown(name, held, view);
            }
            self.amount(name, value, held, view.name);
            self.path.pop();
        }
        (self.ocid, self.release, self.parties) = before;
    }

    /// Takes note of the process, the release and its parties.
    fn enter(&mut self, value: &'w Value, view: View<'w>, outer: &Option<HashSet<String>>) {
        let has = |name: &str| {
            view.object
                .is_some_and(|object| object.field(name).is_some())
        };
        if has("ocid") {
            if let Some(ocid) = value.get("ocid").and_then(Value::as_text) {
                if let Some(outer) = self.ocid.filter(|outer| *outer != ocid) {
                    let step = Step::Name("ocid");
                    let (found, outer) = (ocid.to_owned(), outer.to_owned());
                    self.at(step, |walk| {
                        walk.tell_found(Code::OcidDiffers, view.name, found, outer)
                    });
                }
                self.ocid = Some(ocid);
            }
            if has("id") {
                self.release = value.get("id").and_then(Value::as_text);
            }
        }
        self.parties = if has("parties") && !self.is_versioned {
            let parties = value.get("parties").and_then(Value::as_list);
            let ids = parties
                .unwrap_or_default()
                .iter()
                .filter_map(|party| party.get("id"));
            Some(ids.map(identity).collect())
        } else {
            outer.clone()
        };
    }

    fn required(&mut self, value: &'w Value, view: View<'w>, left_out: Option<(&'w str, usize)>) {
        let fields = view.object.map(|object| object.fields.as_slice());
        for field in fields.unwrap_or_default() {
            let name = field.declared.field.as_str();
            if left_out.is_some_and(|(list, _)| list == name) {
                let least = field.declared.min_items.unwrap_or(0);
                let count = left_out.map_or(0, |(_, count)| count);
                if count < least {
                    self.at(Step::Name(name), |walk| {
                        let least = least.to_string();
                        walk.tell_found(Code::TooFewItems, view.name, count.to_string(), least);
                    });
                }
                continue;
            }
            let omitted = self.is_versioned && field.merge.omit;
            if field.declared.required && !omitted && value.get(name).is_none() {
                self.at(Step::Name(name), |walk| {
                    walk.tell_found(
                        Code::RequiredMissing,
                        view.name,
                        String::new(),
                        field.declared.types.join(" "),
                    );
                });
            }
        }
    }

    /// What a standard asks of identifiers: their prefix, an entry among the parties.
    fn identifier(&mut self, value: &'w Value, view: View<'w>) {
        let checker = self.checker;
        let rule = checker
            .prefixes
            .iter()
            .find(|prefix| prefix.object == view.name);
        if let Some(rule) = rule.filter(|_| !self.is_versioned) {
            let id = value.get(&rule.field);
            if let Some(id) = id.filter(|id| id.as_text().is_some_and(|id| !rule.is_in(id))) {
                let expected = format!("{}??????", rule.prefix);
                self.at(Step::Name(&rule.field), |walk| {
                    walk.tell(Code::PrefixWrong, view.name, id, expected);
                });
            }
        }
        let refers = view.name == "OrganizationReference";
        let id = value.get("id").filter(|_| refers);
        if let (Some(id), Some(parties)) = (id, &self.parties) {
            let is_leaf = !matches!(id, Value::List(list) if !list.is_empty())
                && !matches!(id, Value::Object(members) if !members.is_empty());
            if is_leaf && !parties.contains(&identity(id)) {
                self.at(Step::Name("id"), |walk| {
                    walk.tell(Code::PartyAbsent, view.name, id, "parties");
                });
            }
        }
    }

    fn blank(&mut self, value: &Value, object: &str) {
        let is_blank = match value {
            Value::Text(text) => text.trim().is_empty(),
            Value::List(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        if is_blank {
            self.tell(Code::Empty, object, value, "");
        }
    }

    fn blank_elements(&mut self, elements: &'w [Value], object: &str) {
        for (place, element) in elements.iter().enumerate() {
            if !matches!(element, Value::Object(_)) {
                self.path.push(Step::At(place));
                self.blank(element, object);
                self.path.pop();
            }
        }
    }

    /// `amount` stands beside `currency`, `estimatedAmount` beside `estimatedCurrency`.
    fn amount(&mut self, name: &str, holder: &Value, held: &Value, object: &str) {
        let Some(start) = name.strip_suffix("amount") else {
            return;
        };
        let is_leaf = |value: &Value| match value {
            Value::List(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => true,
        };
        let currency = match start {
            "" => holder.get("currency"),
            start => holder.get(&format!("{start}currency")),
        };
        if is_leaf(held) && !currency.is_some_and(is_leaf) {
            self.tell(Code::CurrencyMissing, object, held, "currency");
        }
    }

    /// A member that the standard does not have under this name.
    fn unknown(&mut self, name: &str, value: &'w Value, view: View<'w>) {
        let translated = view.object.and_then(|object| object.translated(name));
        if translated.is_none() {
            self.tell(Code::FieldAdditional, "", value, "");
            self.loose(value, false);
            return;
        }
        if !matches!(value, Value::Text(_) | Value::Null) && !self.is_versioned {
            self.tell(Code::TranslationWrong, view.name, value, "string null");
        }
        self.loose(value, !self.is_versioned);
    }

    /// What is inside a value of which the standard says nothing; `outermost` if the value itself is known.
    pub fn loose(&mut self, value: &'w Value, outermost: bool) {
        match value {
            Value::Object(members) => {
                for (name, held) in members {
                    self.path.push(Step::Name(name));
                    let code = match outermost {
                        true => Code::FieldAdditional,
                        false => Code::FieldInsideAdditional,
                    };
                    self.tell(code, "", held, "");
                    self.blank(held, "");
                    self.amount(name, value, held, "");
                    self.loose(held, false);
                    self.path.pop();
                }
            }
            Value::List(elements) => {
                self.blank_elements(elements, "");
                for (place, element) in elements.iter().enumerate() {
                    if matches!(element, Value::Object(_)) {
                        self.path.push(Step::At(place));
                        self.loose(element, outermost);
                        self.path.pop();
                    }
                }
            }
            _ => {}
        }
    }

    /// Checks the value of a field.
    pub fn field(&mut self, field: &'w Field, value: &'w Value, view: View<'w>) {
        let declared = &field.declared;
        if !declared.deprecated.is_empty() {
            let since = declared.deprecated.as_str();
            self.tell(Code::FieldDeprecated, view.name, value, since);
        }
        if let Value::List(elements) = value {
            self.blank_elements(elements, view.name);
        }
        if self.is_versioned && self.is_field_versioned(field, view) {
            return self.versions(field, value, view);
        }
        self.value(field, value, view);
    }

    /// The same, of one value of a field that may have had several.
    pub fn value(&mut self, field: &'w Field, value: &'w Value, view: View<'w>) {
        let declared = &field.declared;
        if view.rules {
            self.types(&declared.types, value, view.name);
            // Of a list of texts they are said of the texts.
            if field.held == Held::Scalar {
                self.scalar_rules(field, value, view.name);
            }
        }
        self.codes(field, value, view.name);
        match (value, &field.held) {
            (Value::List(elements), _) => self.list(field, elements, view),
            (Value::Object(_), Held::Object(name)) => {
                if let Some(least) = declared.min_properties.filter(|_| view.rules) {
                    self.members_at_least(least, value, view.name);
                }
                self.held_object(value, name, view.rules);
            }
            (Value::Object(_), Held::Objects(names)) => {
                let name = names.last().expect("a list of objects names them");
                self.held_object(value, name, false);
            }
            (Value::Object(_), Held::Scalar | Held::Scalars) => self.loose(value, true),
            _ => {}
        }
    }

    pub fn members_at_least(&mut self, least: usize, value: &Value, object: &str) {
        let count = value.as_object().map_or(least, <[_]>::len);
        if count < least {
            self.tell(Code::TooFewMembers, object, value, least.to_string());
        }
    }

    pub fn held_object(&mut self, value: &'w Value, name: &'w str, rules: bool) {
        let unversioned = name.strip_prefix("Versioned");
        let is_new = self.checker.schema.object(name).is_none();
        let before = self.is_versioned;
        let name = match unversioned.filter(|_| is_new) {
            Some(name) => {
                self.is_versioned = true;
                name
            }
            None => name,
        };
        let view = View {
            rules,
            ..self.view(name, false)
        };
        match view.object {
            Some(_) => self.object(value, view),
            None => self.loose(value, true),
        }
        self.is_versioned = before;
    }

    /// Whether a value has one of these types.
    pub fn types(&mut self, types: &[String], value: &Value, object: &str) {
        if types.is_empty() || types.iter().any(|kind| has_type(value, kind)) {
            return;
        }
        let is_number = |kind: &String| matches!(kind.as_str(), "number" | "integer");
        let code = match value {
            Value::Text(text) if types.iter().any(is_number) && reads_as_number(text) => {
                Code::NumberAsText
            }
            _ => Code::TypeWrong,
        };
        self.tell(code, object, value, types.join(" "));
    }

    /// Length, pattern, format and least number of a value that is no list.
    pub fn scalar_rules(&mut self, field: &'w Field, value: &Value, object: &str) {
        let declared = &field.declared;
        match value {
            Value::Text(text) => {
                let least = declared.min_length.unwrap_or(0);
                if least > 0 && text.chars().count() < least {
                    self.tell(Code::TextTooShort, object, value, least.to_string());
                }
                let pattern = self.checker.patterns.get(&declared.pattern);
                if pattern.is_some_and(|pattern| !pattern.is_in(text)) {
                    self.tell(Code::PatternWrong, object, value, declared.pattern.as_str());
                }
                self.format(&declared.format, value, text, object);
            }
            Value::Number(text) => {
                let least = declared.minimum.unwrap_or(i64::MIN);
                if text
                    .parse::<f64>()
                    .is_ok_and(|number| number < least as f64)
                {
                    self.tell(Code::NumberTooSmall, object, value, least.to_string());
                }
            }
            _ => {}
        }
    }

    pub fn format(&mut self, format: &str, value: &Value, text: &str, object: &str) {
        if format.is_empty() || format::is_of(format, text) {
            return;
        }
        let code = match format {
            "date-time" if format::lacks_zone(text) => Code::DateWithoutZone,
            "date-time" if format::is_day(text.as_bytes()) => Code::DateWithoutTime,
            _ => Code::FormatWrong,
        };
        self.tell(code, object, value, format);
    }

    /// Whether values are in the list of codes; what is empty, zero or false is no code and asked nothing.
    pub fn codes(&mut self, field: &'w Field, value: &'w Value, object: &str) {
        let declared = &field.declared;
        if declared.codelist.is_empty() {
            return;
        }
        let checker = self.checker;
        let Some(codes) = checker.schema.codes.get(&declared.codelist) else {
            return;
        };
        match value {
            Value::List(elements) if !matches!(elements.first(), Some(Value::Object(_))) => {
                for (place, element) in elements.iter().enumerate() {
                    self.path.push(Step::At(place));
                    self.code(field, codes, element, object, false);
                    self.path.pop();
                }
            }
            Value::List(_) | Value::Object(_) => {}
            value => self.code(field, codes, value, object, true),
        }
    }

    fn code(
        &mut self,
        field: &Field,
        codes: &std::collections::BTreeSet<String>,
        value: &Value,
        object: &str,
        alone: bool,
    ) {
        let is_nothing = match value {
            Value::Null | Value::Bool(false) => true,
            Value::Text(text) => text.is_empty(),
            Value::Number(text) => text.parse::<f64>().is_ok_and(|number| number == 0.0),
            _ => false,
        };
        let text = match value {
            Value::Null => "null".into(),
            value => value.scalar().unwrap_or_default(),
        };
        if (alone && is_nothing) || codes.contains(&*text) {
            return;
        }
        let code = match (field.declared.open, field.declared.codelist.as_str()) {
            (true, _) => Code::CodeNotInList,
            (false, "currency") => Code::CurrencyUnknown,
            (false, _) => Code::CodeUnknown,
        };
        self.tell(code, object, value, field.declared.codelist.as_str());
    }
}

/// An identifier so that `1` and `"1"` are two.
fn identity(id: &Value) -> String {
    match id {
        Value::Text(text) => format!("\"{text}"),
        id => id.to_string(),
    }
}

fn has_type(value: &Value, kind: &str) -> bool {
    match (value, kind) {
        (Value::Number(_), "number") => true,
        // 1.0 is no integer in the draft of JSON Schema that the standards are written in.
        (Value::Number(text), "integer") => !text.contains(['.', 'e', 'E']),
        (Value::Number(_), _) => false,
        (value, kind) => value.type_name() == kind,
    }
}

fn reads_as_number(text: &str) -> bool {
    let text = text.trim().trim_start_matches('$').replace(',', "");
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.parse::<f64>().is_ok()
}

/// A value as JSON, texts as they are, no longer than it can be shown.
fn short(value: &Value) -> String {
    let whole = match value {
        Value::Text(text) => return text.chars().take(SHORT).collect(),
        Value::List(elements) => return format!("[{}]", elements.len()),
        Value::Object(members) => {
            let names: Vec<&str> = members.iter().map(|(name, _)| &**name).take(8).collect();
            format!("{{{}}}", names.join(", "))
        }
        value => value.to_string(),
    };
    whole.chars().take(SHORT).collect()
}
