//! Paths of changes, and the fields of the standard they are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::text::{FieldText, TableText, Texts};

/// The declared fields of a standard by their paths.
pub(crate) struct Paths<'a> {
    fields: BTreeMap<String, (&'a TableText, &'a FieldText)>,
    personal: BTreeSet<String>,
    /// Objects all of whose fields are personal wherever they are declared: `contactPoint`.
    private: BTreeSet<String>,
    /// Last two steps of fields that are personal wherever they are declared: `contactPoint/email`.
    ends: BTreeSet<String>,
}

/// A declared field, and the member of the list it belongs to.
pub(crate) struct Declared<'a> {
    /// The table.
    pub(crate) table: &'a TableText,
    /// The field.
    pub(crate) field: &'a FieldText,
    /// Ids of the members of lists, outermost first.
    pub(crate) members: Vec<String>,
}

impl<'a> Paths<'a> {
    /// The fields of a standard. What is personal in one standard is so in every one.
    pub(crate) fn of(texts: &'a Texts, standard: &str) -> Self {
        let mut fields = BTreeMap::new();
        let mut personal = BTreeSet::new();
        let mut open = BTreeSet::new();
        let mut objects: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for one in &texts.standards {
            for (table, field) in one.fields().filter(|(_, field)| !field.path.is_empty()) {
                for path in places(table, field) {
                    let object = path.rsplit('/').nth(1);
                    if let Some(object) = object.filter(|object| !object.ends_with(']')) {
                        let (of, all) = objects.entry(object.to_owned()).or_default();
                        *of += usize::from(field.personal);
                        *all += 1;
                    }
                    if field.personal {
                        personal.insert(path.clone());
                    } else {
                        open.insert(end(&path));
                    }
                    if one.code == standard {
                        fields.entry(path).or_insert((table, field));
                    }
                }
            }
        }
        let private = objects
            .into_iter()
            .filter(|(_, (of, all))| of == all)
            .map(|(object, _)| object)
            .collect();
        Self {
            ends: personal
                .iter()
                .map(|path| end(path))
                .filter(|end| !open.contains(end))
                .collect(),
            fields,
            personal,
            private,
        }
    }

    /// True for a field that the standard marks personal, for one of the same name in an object of the same name that
    /// it does not declare, and for what stands in an object of which it marks everything.
    pub(crate) fn is_personal(&self, path: &str) -> bool {
        let (bare, _) = split(path);
        self.is_private(&bare)
    }

    /// True when a value holds something personal: a list without ids changes as a whole, with all its objects.
    pub(crate) fn holds_personal(&self, path: &str, value: &str) -> bool {
        value.starts_with(['[', '{'])
            && serde_json::from_str(value)
                .is_ok_and(|value: Value| self.holds(split(path).0.trim_end_matches("[]"), &value))
    }

    fn holds(&self, bare: &str, value: &Value) -> bool {
        match value {
            Value::Array(members) => members
                .iter()
                .any(|member| self.holds(&format!("{bare}[]"), member)),
            Value::Object(fields) => fields.iter().any(|(name, value)| {
                let path = format!("{bare}/{name}");
                self.is_private(&path) || self.holds(&path, value)
            }),
            _ => false,
        }
    }

    fn is_private(&self, bare: &str) -> bool {
        self.personal.contains(bare)
            || !self.fields.contains_key(bare)
                && (self.ends.contains(&end(bare))
                    || bare
                        .split('/')
                        .any(|step| self.private.contains(step.trim_end_matches("[]"))))
    }

    /// The declared field of a path.
    pub(crate) fn declared(&self, path: &str) -> Option<Declared<'a>> {
        let (bare, members) = split(path);
        let (table, field) = self.find(&bare)?;
        Some(Declared {
            table,
            field,
            members,
        })
    }

    fn find(&self, bare: &str) -> Option<(&'a TableText, &'a FieldText)> {
        // A list of plain values may change as a whole.
        self.fields
            .get(bare)
            .or_else(|| self.fields.get(&format!("{bare}[]")))
            .copied()
    }
}

/// The paths of a field, in each list of its table.
fn places(table: &TableText, field: &FieldText) -> Vec<String> {
    let Some(below) = field.path.strip_prefix("./") else {
        return vec![field.path.clone()];
    };
    let place = |list: &String| match list.as_str() {
        "" => below.to_owned(),
        list => format!("{list}/{below}"),
    };
    table.lists.iter().map(place).collect()
}

/// The last two steps of a path.
fn end(path: &str) -> String {
    let mut steps = path.rsplit('/');
    let (last, before) = (steps.next().unwrap_or(path), steps.next().unwrap_or(""));
    format!("{before}/{last}")
}

/// A path without the ids of members, `awards[]/value/amount`, and those ids.
///
/// An id ends at the bracket that ends a step, so it may hold slashes and brackets of its own.
fn split(path: &str) -> (String, Vec<String>) {
    let mut bare = String::with_capacity(path.len());
    let mut members = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find('[') {
        bare.push_str(&rest[..at]);
        let inside = &rest[at + 1..];
        let ends = inside
            .match_indices(']')
            .map(|(end, _)| end)
            .find(|end| matches!(inside.as_bytes().get(end + 1), None | Some(b'/')));
        let Some(end) = ends else {
            rest = &rest[at..];
            break;
        };
        bare.push_str("[]");
        members.push(inside[..end].to_owned());
        rest = &inside[end + 1..];
    }
    bare.push_str(rest);
    (bare, members)
}

/// The sections of a record, in the order in which pages show them.
const SECTIONS: [&str; 16] = [
    "general",
    "planning",
    "tender",
    "bids",
    "awards",
    "contracts",
    "parties",
    "relatedProcesses",
    "budget",
    "completion",
    "contractingProcesses",
    "locations",
    "documents",
    "forecasts",
    "metrics",
    "other",
];

/// The section of a path: its place and its code.
pub(crate) fn section(path: &str) -> (usize, &'static str) {
    let first = path.split(['/', '[']).next().unwrap_or(path);
    let code = match first {
        "buyer" | "publicAuthority" | "period" => "general",
        _ if first == path => "general",
        _ => first,
    };
    let place = SECTIONS
        .iter()
        .position(|section| *section == code)
        .unwrap_or(SECTIONS.len() - 1);
    (place, SECTIONS[place])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{StandardText, Text};

    fn texts() -> Texts {
        let field = |path: &str, personal| FieldText {
            name: path.replace('/', "_"),
            path: path.into(),
            personal,
            ..FieldText::default()
        };
        let table = TableText {
            name: "party".into(),
            title: Text::same("Party"),
            lists: vec!["parties[]".into(), "tender/x[]".into()],
            fields: vec![
                field("./nickname", true),
                field("beneficialOwners[]/address/region", true),
                field("parties[]/name", false),
                field("parties[]/roles[]", false),
                field("parties[]/contactPoint/name", true),
                field("parties[]/contactPoint/email", true),
                field("parties[]/address/region", false),
                field("parties[]/address/streetAddress", true),
            ],
        };
        let standard = StandardText {
            code: "ocds".into(),
            tables: vec![table],
            ..StandardText::default()
        };
        Texts {
            standards: vec![standard],
            ..Texts::default()
        }
    }

    #[test]
    fn ids_of_members_may_hold_any_sign() {
        let (bare, members) = split("awards[A/1]/items[x[2]]/value");
        assert_eq!(bare, "awards[]/items[]/value");
        assert_eq!(members, ["A/1", "x[2]"]);
        assert_eq!(split("awards[1").0, "awards[1");
        assert_eq!(split("awards[]").1, [""]);
    }

    #[test]
    fn what_is_personal_is_so_wherever_it_stands() {
        let texts = texts();
        let paths = Paths::of(&texts, "ocds");
        assert!(Paths::of(&texts, "oc4ids").is_personal("x/contactPoint/email"));
        for path in [
            "parties[MX-1]/contactPoint/email",
            "parties[MX-1]/contactPoint/faxNumber",
            "tender/procuringEntity/contactPoint/name",
            "tender/x[3]/nickname",
            "beneficialOwners[1]/address/region",
            "parties[MX-1]/additionalContactPoints[1]/contactPoint/url",
            "parties[MX-1]/address/streetAddress",
            "buyer/address/streetAddress",
        ] {
            assert!(paths.is_personal(path), "{path}");
        }
        for path in [
            "parties[MX-1]/name",
            "buyer/name",
            "parties[MX-1]/address/region",
            "tender/deliveryAddress/address/region",
        ] {
            assert!(!paths.is_personal(path), "{path}");
        }
        let whole = r#"[{"contactPoint": {"name": "A"}}]"#;
        assert!(paths.holds_personal("parties", whole));
        assert!(paths.holds_personal("x/parties", whole));
        assert!(!paths.holds_personal("parties", r#"[{"name": "A", "roles": ["buyer"]}]"#));
        assert!(!paths.holds_personal("tender/title", "[sic"));
        assert_eq!(
            paths.declared("parties[7]/roles").unwrap().field.path,
            "parties[]/roles[]"
        );
        assert_eq!(paths.declared("parties[7]/name").unwrap().members, ["7"]);
        assert!(paths.declared("parties/name").is_none());
    }

    #[test]
    fn sections_are_the_first_steps() {
        assert_eq!(section("awards[1]/value/amount").1, "awards");
        assert_eq!(section("language").1, "general");
        assert_eq!(section("buyer/name").1, "general");
        assert_eq!(section("x_extension/y").1, "other");
    }
}
