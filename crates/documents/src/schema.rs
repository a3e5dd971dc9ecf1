//! The objects of a standard, ready to be asked for: one look-up for each field of a document.

use std::collections::{BTreeSet, HashMap};

use packs::{ObjectField, Standard};

/// The objects of a standard with the extensions that count.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    objects: HashMap<String, Object>,
    /// Published codes by list.
    pub codes: HashMap<String, BTreeSet<String>>,
}

/// An object of a standard.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// Its fields in the order of the standard, those of extensions after them.
    pub fields: Vec<Field>,
    by_name: HashMap<String, usize>,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// What is declared of it.
    pub declared: ObjectField,
    /// What it holds.
    pub held: Held,
    /// How it is merged.
    pub merge: Merge,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// A text, number, … or anything.
    Scalar,
    /// An object of this name.
    Object(String),
    /// A list of objects; of two names, the first is that of a link to the second.
    Objects(Vec<String>),
    /// A list of texts or numbers.
    Scalars,
}

/// How a field is merged when releases become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merge {
    /// A list that is replaced whole.
    pub whole_list: bool,
    /// Left out of a merged release.
    pub omit: bool,
    /// An identifier whose changes a versioned release keeps.
    pub version_id: bool,
}

impl Schema {
    /// The standard with these of its extensions; a field declared twice is what the last says.
    pub fn new(standard: &Standard, extensions: &BTreeSet<String>) -> Schema {
        let mut schema = Schema::default();
        schema.add_all(&standard.objects.fields);
        for (list, codes) in &standard.objects.codes {
            schema.codes.insert(list.clone(), codes.clone());
        }
        for name in extensions {
            let Some(extension) = standard.objects.extensions.get(name) else {
                continue;
            };
            schema.add_all(&extension.fields);
            for (list, codes) in &extension.codes {
                match list.strip_prefix('+') {
                    Some(list) => {
                        let known = schema.codes.entry(list.to_owned()).or_default();
                        known.extend(codes.iter().cloned());
                    }
                    None => {
                        schema.codes.insert(list.clone(), codes.clone());
                    }
                }
            }
        }
        schema
    }

    /// The standard with all the extensions it knows.
    pub fn with_all(standard: &Standard) -> Schema {
        let all = standard.objects.extensions.keys().cloned().collect();
        Schema::new(standard, &all)
    }

    fn add_all(&mut self, fields: &[ObjectField]) {
        fields.iter().for_each(|field| self.add(field.clone()));
    }

    /// Adds a field, or replaces it.
    pub fn add(&mut self, declared: ObjectField) {
        let is_scalar = |name: &String| {
            matches!(
                name.as_str(),
                "string" | "integer" | "number" | "boolean" | "null"
            )
        };
        let is_list = declared.types.iter().any(|kind| kind == "array");
        let objects: Vec<String> = declared
            .of
            .iter()
            .filter(|of| !is_scalar(of))
            .cloned()
            .collect();
        let held = match (is_list, objects.is_empty()) {
            (true, true) => Held::Scalars,
            (true, false) => Held::Objects(objects),
            (false, true) => Held::Scalar,
            (false, false) => Held::Object(objects[0].clone()),
        };
        let has = |word: &str| declared.merge.iter().any(|merge| merge == word);
        let merge = Merge {
            whole_list: has("whole_list"),
            omit: has("omit"),
            version_id: has("version_id"),
        };
        let object = self.objects.entry(declared.object.clone()).or_default();
        let name = declared.field.clone();
        let field = Field {
            declared,
            held,
            merge,
        };
        match object.by_name.get(&name) {
            Some(index) => object.fields[*index] = field,
            None => {
                object.by_name.insert(name, object.fields.len());
                object.fields.push(field);
            }
        }
    }

    /// The object called `name`.
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.get(name)
    }
}

impl Object {
    /// The field called `name`, as published.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|index| &self.fields[*index])
    }

    /// The field of which `name` (`title_es`) is the same in another language.
    pub fn translated(&self, name: &str) -> Option<&Field> {
        let (field, language) = name.rsplit_once('_')?;
        let is_tag = !language.is_empty()
            && language.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            })
            && language.split('-').next().is_some_and(|first| {
                (first.len() >= 2 || first == "x") && first.bytes().all(|b| b.is_ascii_alphabetic())
            });
        let found = self.field(field)?;
        (is_tag && found.declared.translated).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(object: &str, name: &str, types: &str, of: &str, merge: &str) -> ObjectField {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        ObjectField {
            object: object.to_owned(),
            field: name.to_owned(),
            types: words(types),
            of: words(of),
            required: false,
            format: String::new(),
            codelist: String::new(),
            open: false,
            min_length: None,
            min_items: None,
            min_properties: None,
            minimum: None,
            unique: false,
            pattern: String::new(),
            merge: words(merge),
            translated: name == "title",
            deprecated: String::new(),
        }
    }

    #[test]
    fn a_field_knows_what_it_holds() {
        let mut schema = Schema::default();
        schema.add(field("Tender", "title", "string null", "", ""));
        schema.add(field("Tender", "items", "array", "Item", ""));
        schema.add(field(
            "Tender",
            "submissionMethod",
            "array null",
            "string",
            "",
        ));
        schema.add(field("Tender", "value", "object", "Value", ""));
        schema.add(field("Tender", "items", "array", "Item", "whole_list"));
        let tender = schema.object("Tender").expect("it was added");
        let held = |name: &str| tender.field(name).map(|field| field.held.clone());
        assert_eq!(tender.fields.len(), 4);
        assert_eq!(held("title"), Some(Held::Scalar));
        assert_eq!(held("items"), Some(Held::Objects(vec!["Item".to_owned()])));
        assert_eq!(held("submissionMethod"), Some(Held::Scalars));
        assert_eq!(held("value"), Some(Held::Object("Value".to_owned())));
        assert!(
            tender
                .field("items")
                .is_some_and(|field| field.merge.whole_list)
        );
        assert!(tender.translated("title_es").is_some());
        assert!(tender.translated("title_es-419").is_some());
        assert!(tender.translated("title_").is_none());
        assert!(tender.translated("value_es").is_none());
    }
}
