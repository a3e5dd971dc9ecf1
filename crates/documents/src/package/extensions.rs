//! Which known extensions some documents use.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use packs::Standard;

use crate::schema::{Held, Schema};
use crate::value::Value;

/// Takes note of the extensions whose fields are used.
#[derive(Debug)]
pub struct ExtensionsUsed<'s> {
    standard: &'s Standard,
    schema: Schema,
    /// Fields of extensions that the standard itself has not: extensions by object and field.
    of_extension: HashMap<(String, String), Vec<String>>,
    used: BTreeMap<Vec<String>, u64>,
}

/// An extension that is used and that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    /// The extension, or the ones of which each has the fields that are used.
    pub any_of: Vec<String>,
    /// How often one of its fields was met.
    pub uses: u64,
}

impl<'s> ExtensionsUsed<'s> {
    /// Nothing used so far.
    pub fn new(standard: &'s Standard) -> Self {
        let own = Schema::new(standard, &BTreeSet::new());
        let mut of_extension: HashMap<(String, String), Vec<String>> = HashMap::new();
        for (name, extension) in &standard.objects.extensions {
            for field in &extension.fields {
                let is_own = own
                    .object(&field.object)
                    .is_some_and(|object| object.field(&field.field).is_some());
                if !is_own {
                    let key = (field.object.clone(), field.field.clone());
                    of_extension.entry(key).or_default().push(name.clone());
                }
            }
        }
        ExtensionsUsed {
            standard,
            schema: Schema::with_all(standard),
            of_extension,
            used: BTreeMap::new(),
        }
    }

    /// Looks at a document that is an object called `object`.
    pub fn see(&mut self, object: &str, value: &Value) {
        let (schema, of_extension) = (&self.schema, &self.of_extension);
        see(schema, of_extension, &mut self.used, object, value);
    }

    /// The extensions used that these addresses do not declare, for the caller to declare.
    pub fn undeclared(&self, addresses: &[&str]) -> Vec<Undeclared> {
        let (declared, _) = self.standard.objects.declared(addresses);
        let missing = self.used.iter().filter(|(any_of, _)| {
            let mut names = any_of.iter();
            !names.any(|name| declared.contains(name))
        });
        missing
            .map(|(any_of, uses)| Undeclared {
                any_of: any_of.clone(),
                uses: *uses,
            })
            .collect()
    }
}

fn see(
    schema: &Schema,
    of_extension: &HashMap<(String, String), Vec<String>>,
    used: &mut BTreeMap<Vec<String>, u64>,
    name: &str,
    value: &Value,
) {
    let (Some(object), Some(members)) = (schema.object(name), value.as_object()) else {
        return;
    };
    for (member, value) in members {
        let found = object.field(member).or_else(|| object.translated(member));
        let Some(field) = found else {
            continue;
        };
        let key = (name.to_owned(), field.declared.field.clone());
        if let Some(extensions) = of_extension.get(&key) {
            *used.entry(extensions.clone()).or_default() += 1;
        }
        match (&field.held, value) {
            (Held::Object(of), _) => see(schema, of_extension, used, of, value),
            (Held::Objects(of), Value::List(elements)) => {
                let Some(of) = of.last() else {
                    continue;
                };
                for element in elements {
                    see(schema, of_extension, used, of, element);
                }
            }
            _ => {}
        }
    }
}
