//! A record as rows: one for the record, one for each element of a declared list.
//!
//! The rows are those a reader of the published file makes of the same record: objects inside become paths,
//! lists of scalars one text joined by `;`. Lists of objects nobody declared are left out.

use std::collections::HashSet;

use crate::Value;

/// A row: the record, or an element of a declared list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// 0 for the record, else 1 + the index of its list.
    pub list: usize,
    /// Where it stands in the record (`awards/0/suppliers/1`); empty for the record.
    pub element: String,
    /// The element of the declared list it hangs from, or empty.
    pub parent: String,
    /// The same place by identifiers where the elements have them: `awards[2016-1]/suppliers[0]`.
    pub named: String,
    /// Path within the row, and text.
    pub values: Vec<(String, String)>,
}

/// The rows of a record. `lists` are paths (`awards[]/suppliers[]`); the record comes first, an element before what
/// hangs from it.
pub fn rows(record: &Value, lists: &[String]) -> Vec<Row> {
    let mut on_the_way = HashSet::new();
    for list in lists {
        for (at, _) in list.match_indices("[]/") {
            on_the_way.insert(&list[..at + 2]);
        }
    }
    let mut walk = Walk {
        lists,
        on_the_way,
        rows: vec![Row {
            list: 0,
            element: String::new(),
            parent: String::new(),
            named: String::new(),
            values: Vec::new(),
        }],
    };
    if let Value::Object(members) = record {
        walk.object(members, &At::default(), Some(0), 0);
    }
    walk.rows
}

/// Where a member of a list is called by its identifier, or by its ordinal when it has none.
pub(crate) fn name_of(element: &Value, index: usize) -> String {
    match element.get("id").and_then(Value::scalar) {
        Some(id) => format!("[{id}]"),
        None => format!("[{index}]"),
    }
}

#[derive(Clone, Default)]
struct At {
    /// From the record, `[]` for lists.
    path: String,
    /// From the record, with ordinals.
    place: String,
    /// From the record, with identifiers.
    named: String,
    /// Bytes of `path` that lead to the row.
    prefix: usize,
}

impl At {
    fn member(&self, name: &str) -> At {
        let join = |text: &str| match text {
            "" => name.to_owned(),
            text => format!("{text}/{name}"),
        };
        At {
            path: join(&self.path),
            place: join(&self.place),
            named: join(&self.named),
            prefix: self.prefix,
        }
    }

    fn element(&self, element: &Value, index: usize) -> At {
        At {
            path: format!("{}[]", self.path),
            place: format!("{}/{index}", self.place),
            named: format!("{}{}", self.named, name_of(element, index)),
            prefix: self.prefix,
        }
    }
}

struct Walk<'l> {
    lists: &'l [String],
    on_the_way: HashSet<&'l str>,
    rows: Vec<Row>,
}

impl Walk<'_> {
    /// `into` takes the values, if any row does; `nearest` is the row they hang from.
    fn object(
        &mut self,
        members: &[(Box<str>, Value)],
        at: &At,
        into: Option<usize>,
        nearest: usize,
    ) {
        for (name, value) in members {
            let at = at.member(name);
            match value {
                Value::Object(members) => self.object(members, &at, into, nearest),
                Value::List(elements) => self.list(elements, &at, into, nearest),
                scalar => {
                    if let (Some(into), Some(text)) = (into, scalar.scalar()) {
                        self.value(into, &at, text.into_owned());
                    }
                }
            }
        }
    }

    fn list(&mut self, elements: &[Value], at: &At, into: Option<usize>, nearest: usize) {
        let path = format!("{}[]", at.path);
        let declared = self.lists.iter().position(|list| *list == path);
        let has_parts = |value: &Value| matches!(value, Value::Object(_) | Value::List(_));
        if declared.is_none() && !elements.iter().any(has_parts) {
            let texts: Vec<_> = elements.iter().filter_map(Value::scalar).collect();
            if let (Some(into), false) = (into, texts.is_empty()) {
                self.value(into, at, texts.join(";"));
            }
            return;
        }
        if declared.is_none() && !self.on_the_way.contains(path.as_str()) {
            return;
        }
        for (index, element) in elements.iter().enumerate() {
            let mut at = at.element(element, index);
            match (declared, element) {
                (Some(list), element) => {
                    at.prefix = at.path.len() + 1;
                    let row = self.rows.len();
                    let parent = self.rows[nearest].element.clone();
                    self.rows.push(Row {
                        list: list + 1,
                        element: at.place.clone(),
                        parent,
                        named: at.named.clone(),
                        values: Vec::new(),
                    });
                    match element {
                        Value::Object(members) => self.object(members, &at, Some(row), row),
                        Value::Null => self.value(row, &at, "null".to_owned()),
                        Value::List(_) => self.value(row, &at, element.to_string()),
                        scalar => {
                            let text = scalar.scalar().unwrap_or_default().into_owned();
                            self.value(row, &at, text);
                        }
                    }
                }
                (None, Value::Object(members)) => self.object(members, &at, None, nearest),
                (None, _) => {}
            }
        }
    }

    fn value(&mut self, row: usize, at: &At, text: String) {
        let path = at.path.get(at.prefix..).unwrap_or_default().to_owned();
        self.rows[row].values.push((path, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_beside_the_record() {
        let text = r#"{"ocid":"a","tag":["x","y"],"value":{"amount":1.50},"empty":[],"none":null,
            "awards":[{"id":"1","suppliers":[{"id":"S","name":"N"},{"name":"M"}],"items":[{"id":1}]},{"title":"t"}]}"#;
        let value = Value::parse(text, 16).expect("it is JSON");
        let lists = ["awards[]".to_owned(), "awards[]/suppliers[]".to_owned()];
        let found = rows(&value, &lists);
        let shown: Vec<String> = found
            .iter()
            .map(|row| {
                let values: Vec<String> = row
                    .values
                    .iter()
                    .map(|(path, text)| format!("{path}={text}"))
                    .collect();
                format!(
                    "{} {} < {} ({}): {}",
                    row.list,
                    row.element,
                    row.parent,
                    row.named,
                    values.join(", ")
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "0  <  (): ocid=a, tag=x;y, value/amount=1.50",
                "1 awards/0 <  (awards[1]): id=1",
                "2 awards/0/suppliers/0 < awards/0 (awards[1]/suppliers[S]): id=S, name=N",
                "2 awards/0/suppliers/1 < awards/0 (awards[1]/suppliers[1]): name=M",
                "1 awards/1 <  (awards[1]): title=t",
            ]
        );
    }

    #[test]
    fn a_list_below_an_undeclared_one() {
        let text = r#"{"records":[{"id":1,"awards":[{"id":"a"}]}]}"#;
        let value = Value::parse(text, 16).expect("it is JSON");
        let found = rows(&value, &["records[]/awards[]".to_owned()]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].element, "records/0/awards/0");
        assert_eq!(found[1].values, [("id".to_owned(), "a".to_owned())]);
    }
}
