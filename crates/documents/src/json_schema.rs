//! The rules of merging that a published JSON Schema declares.
//!
//! It knows the words of OCDS 1.0 and 1.1 for them. A `$ref` inside the schema is followed; of one to another
//! document nothing is known.

use crate::merge::{Builder, Rule, Rules, Step};
use crate::value::Value;

/// A `$ref` that leads to another, and so on: no schema needs more, and a circle ends.
const HOPS: usize = 64;

impl Rules {
    /// The rules of a release schema.
    pub fn from_json_schema(schema: &Value) -> Rules {
        let mut builder = Builder::default();
        builder.state("");
        let mut open = vec![(String::new(), schema)];
        while let Some((pointer, object)) = open.pop() {
            let properties = object.get("properties").and_then(Value::as_object);
            for (name, property) in properties.unwrap_or_default() {
                let at = format!("{pointer}/properties/{}", token(name));
                let (at, property) = followed(schema, at, property);
                let (rule, holds) = rule(schema, &at, property);
                let next = holds.map(|(at, object)| {
                    if !builder.knows(&at) {
                        open.push((at.clone(), object));
                    }
                    builder.state(&at)
                });
                builder.step(&pointer, name, Step { rule, next });
            }
        }
        builder.rules
    }
}

/// How a property is merged, and the object it holds if its members have rules of their own.
fn rule<'s>(
    schema: &'s Value,
    at: &str,
    property: &'s Value,
) -> (Rule, Option<(String, &'s Value)>) {
    let strategy = property.get("mergeStrategy").and_then(Value::as_text);
    let says = |word: &str| matches!(property.get(word), Some(Value::Bool(true)));
    if says("omitWhenMerged") || strategy == Some("ocdsOmit") {
        return (Rule::Omit, None);
    }
    let types = types(property);
    let is_list = types.contains(&"array");
    if is_list && (says("wholeListMerge") || strategy == Some("ocdsVersion")) {
        return (Rule::Whole, None);
    }
    if types.contains(&"object") && property.get("properties").is_some() {
        return (Rule::ByPart, Some((at.to_owned(), property)));
    }
    let Some(items) = property.get("items").filter(|_| is_list) else {
        return (Rule::ByPart, None);
    };
    let (at, items) = followed(schema, format!("{at}/items"), items);
    let types = self::types(items);
    let properties = items.get("properties");
    match (types.iter().any(|kind| *kind != "object"), properties) {
        (true, _) => (Rule::Whole, None),
        (false, Some(properties)) if !types.is_empty() => match properties.get("id") {
            None => (Rule::Whole, None),
            Some(_) => (Rule::ByPart, Some((at, items))),
        },
        _ => (Rule::ByPart, None),
    }
}

fn types(property: &Value) -> Vec<&str> {
    match property.get("type") {
        Some(Value::Text(kind)) => vec![kind],
        Some(Value::List(kinds)) => kinds.iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    }
}

/// Where a schema stands, and the schema, after following its `$ref`s.
fn followed<'s>(schema: &'s Value, at: String, found: &'s Value) -> (String, &'s Value) {
    let (mut at, mut found) = (at, found);
    for _ in 0..HOPS {
        let Some(to) = found.get("$ref").and_then(Value::as_text) else {
            break;
        };
        let Some(pointer) = to.strip_prefix('#') else {
            break;
        };
        let target = pointer.split('/').skip(1).try_fold(schema, |value, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            match value {
                Value::List(list) => list.get(step.parse::<usize>().ok()?),
                value => value.get(&step),
            }
        });
        let Some(target) = target else {
            break;
        };
        at = pointer.to_owned();
        found = target;
    }
    (at, found)
}

fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
