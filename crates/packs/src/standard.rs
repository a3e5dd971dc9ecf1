//! A published standard: its tables, fields and codelists, and where its records stand in a document.

use crate::check::Check;
use crate::error::Error;
use crate::folder::Folder;
use crate::objects::Objects;
use crate::text::Text;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A standard and everything declared of it.
#[derive(Debug, Clone)]
pub struct Standard {
    /// `ocds`, `oc4ids`, `sanction`.
    pub code: String,
    /// The version the declaration follows.
    pub version: String,
    /// What it is called.
    pub title: Text,
    /// Where it is published.
    pub url: String,
    /// Where records stand in a JSON document, in the order to try.
    pub entries: Vec<Entry>,
    /// Whether its rows are a list that every source is looked up in, and not the rows of one office.
    pub consulted: bool,
    /// Tables by name.
    pub tables: BTreeMap<String, Table>,
    /// Codelists by name.
    pub codelists: BTreeMap<String, Vec<CodeRow>>,
    /// Its JSON objects as published; none for a standard that has no documents.
    pub objects: Objects,
    /// What its documents are called, when it has any.
    pub documents: Option<Documents>,
    /// Checks of the quality of its data, by name.
    pub checks: BTreeMap<String, Check>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardFile {
    code: String,
    version: String,
    title: Text,
    #[serde(default)]
    url: String,
    #[serde(default, rename = "entry")]
    entries: Vec<Entry>,
    #[serde(default)]
    consulted: bool,
    #[serde(default)]
    documents: Option<Documents>,
}

/// The names by which the documents of a standard are known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// The object a record is: `Release`, `Project`.
    pub record: String,
    /// The field that says what it is about: `ocid`.
    pub subject: String,
    /// The objects that hold records, each by the list that holds them: `releases` → `ReleasePackage`.
    pub packages: BTreeMap<String, String>,
    /// How records about the same thing are merged; absent where each stands for itself.
    #[serde(default)]
    pub releases: Option<Releases>,
}

/// Where releases say what they are, and where a package keeps them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Releases {
    /// The field with the identifier of a release.
    pub id: String,
    /// The field with its date.
    pub date: String,
    /// The list of what it is.
    pub tag: String,
    /// The tag of a release that others were merged into.
    pub compiled_tag: String,
    /// In a record: the release that others were merged into.
    pub compiled: String,
    /// In a record: the release that keeps every version of each field.
    pub versioned: String,
    /// In a record: the releases, whole or as links.
    pub releases: String,
    /// In a link to a release: its address.
    pub link: String,
    /// In a package: when it was published.
    pub published: String,
    /// What a release that is built from tables says in any case.
    #[serde(default)]
    pub constant: BTreeMap<String, String>,
    /// Where the standard lets such a release say its subject for want of an identifier: `tender/id`.
    #[serde(default)]
    pub subject_again: Vec<String>,
}

/// A place in a document where records of the standard stand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// `records[]/compiledRelease`, `releases[]`, `""`.
    pub path: String,
    /// Paths a record must have.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Paths a record must not have.
    #[serde(default)]
    pub without: Vec<String>,
}

/// A table of a standard.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// `contract`.
    pub name: String,
    /// What a row is called.
    pub title: Text,
    /// What a row is.
    #[serde(default)]
    pub description: Text,
    /// The list inside a record whose elements are its rows; `""` for the record; absent when no document has it.
    #[serde(default)]
    pub path: Option<String>,
    /// The lists, instead of `path`, when the same object stands in several places of a record.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Fields that make two rows the same thing.
    pub key: Vec<String>,
    /// Fields in order.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// Columns that stand before the fields of every table, and what a row is sorted by.
const ENGINE_COLUMNS: [&str; 10] = [
    "source",
    "place",
    "layout",
    "file_id",
    "part_id",
    "record",
    "element",
    "position",
    "edition_date",
    "row_state",
];

impl Table {
    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The lists whose elements are its rows, in the order declared; none when no document has it.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.path.iter().chain(&self.paths).map(String::as_str)
    }

    fn check(&self) -> Result<(), String> {
        if self.path.is_some() && !self.paths.is_empty() {
            return Err("`path` and `paths` exclude each other".to_string());
        }
        if let Some(key) = self.key.iter().find(|key| self.field(key).is_none()) {
            return Err(format!("key `{key}` is not a field"));
        }
        for field in &self.fields {
            if ENGINE_COLUMNS.contains(&field.name.as_str()) {
                return Err(format!("field `{}` is a column of every table", field.name));
            }
            let origins = [
                field.path.is_some(),
                field.parent_path.is_some(),
                field.section,
                field.list_name,
            ];
            if origins.into_iter().filter(|given| *given).count() > 1 {
                return Err(format!(
                    "field `{}`: `path`, `parent_path`, `section` and `list_name` exclude each other",
                    field.name
                ));
            }
        }
        Ok(())
    }
}

/// A field of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// `value_amount`.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Its path from the record in the published standard; with `./` before it, from the element of the list.
    #[serde(default)]
    pub path: Option<String>,
    /// Its path in the list element the row hangs from; each `../` before it is one list further up.
    #[serde(default)]
    pub parent_path: Option<String>,
    /// Whether it tells the section of the record the row stands in: `tender`, `contracts/implementation`.
    #[serde(default)]
    pub section: bool,
    /// Whether it tells the name of the list the row stands in: `attendees`, `officials`.
    #[serde(default)]
    pub list_name: bool,
    /// Its unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// The codelist of its values.
    #[serde(default)]
    pub codelist: Option<String>,
    /// Whether the standard requires it.
    #[serde(default)]
    pub required: bool,
    /// Whether it is about a private person.
    #[serde(default)]
    pub personal: bool,
    /// What it is called.
    pub title: Text,
    /// What it says.
    #[serde(default)]
    pub description: Text,
}

impl Field {
    /// What it says of every row of `list`, when it tells where a row stands; none at the record itself.
    pub fn told_by(&self, list: &str) -> Option<String> {
        let (above, name) = list.rsplit_once('/').unwrap_or(("", list));
        let told = match (self.section, self.list_name) {
            (true, _) => above,
            (_, true) => name,
            _ => "",
        };
        (!told.is_empty()).then(|| told.replace("[]", ""))
    }

    /// Its path from the record, for a row that is an element of `list`; none when it has none there.
    pub fn path_in(&self, list: &str) -> Option<String> {
        if let Some(path) = &self.parent_path {
            let mut above = list_above(list)?;
            let mut path = path.as_str();
            while let Some(rest) = path.strip_prefix("../") {
                above = list_above(above)?;
                path = rest;
            }
            return Some(format!("{above}/{path}"));
        }
        let path = self.path.as_deref()?;
        Some(match path.strip_prefix("./") {
            Some(below) if list.is_empty() => below.to_string(),
            Some(below) => format!("{list}/{below}"),
            None => path.to_string(),
        })
    }
}

/// The nearest list around `list`: `contracts[]` of `contracts[]/implementation/documents[]`.
fn list_above(list: &str) -> Option<&str> {
    list.rfind("[]/").map(|end| &list[..end + 2])
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Free text.
    Text,
    /// A code of a list.
    Code,
    /// An identifier.
    Identifier,
    /// An address on the web.
    Url,
    /// A decimal number.
    Number,
    /// A whole number.
    Integer,
    /// An amount of money.
    Money,
    /// A day, with its precision and zone in two more columns.
    Date,
    /// Yes or no.
    Boolean,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
}

/// A code and its meaning.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRow {
    /// The code.
    pub code: String,
    /// In Spanish.
    pub es: String,
    /// In English.
    pub en: String,
}

impl Standard {
    /// The lists inside a record whose elements are rows of some table; `""` for the record itself.
    pub fn lists(&self) -> BTreeSet<String> {
        let tables = self.tables.values();
        tables
            .flat_map(|table| table.places().map(str::to_string))
            .collect()
    }

    /// Reads `standards/<code>/` out of `folder`.
    ///
    /// Errors: a file that is missing or not understood, a table whose key names no field, a field whose codelist is absent.
    pub fn read(folder: &Folder, code: &str) -> Result<Standard, Error> {
        let root = format!("standards/{code}/");
        let path = format!("{root}standard.toml");
        let file: StandardFile = folder.toml(&path)?;
        let wrong = |path: &str, message: String| Error::Wrong {
            path: path.to_string(),
            message,
        };
        if file.code != code {
            return Err(wrong(
                &path,
                format!("code is `{}`, the folder is `{code}`", file.code),
            ));
        }
        let mut standard = Standard {
            code: file.code,
            version: file.version,
            title: file.title,
            url: file.url,
            entries: file.entries,
            consulted: file.consulted,
            objects: Objects::read(folder, &root)?,
            documents: file.documents,
            tables: BTreeMap::new(),
            codelists: BTreeMap::new(),
            checks: BTreeMap::new(),
        };
        let checks = format!("{root}checks/");
        let of_check = |path: &str| {
            let rest = path.strip_prefix(&checks)?;
            Some(rest.split_once('/')?.0.to_string())
        };
        let names: BTreeSet<String> = folder
            .iter()
            .filter_map(|(path, _)| of_check(path))
            .collect();
        for name in names {
            let check = Check::read(folder, &format!("{checks}{name}/"))?;
            standard.checks.insert(name, check);
        }
        for (path, _) in folder.iter() {
            if let Some(name) = path
                .strip_prefix(&format!("{root}codelists/"))
                .and_then(|rest| rest.strip_suffix(".csv"))
            {
                standard
                    .codelists
                    .insert(name.to_string(), folder.csv(path)?);
            }
        }
        for (path, _) in folder.iter() {
            let Some(name) = path
                .strip_prefix(&format!("{root}tables/"))
                .and_then(|rest| rest.strip_suffix(".toml"))
            else {
                continue;
            };
            let table: Table = folder.toml(path)?;
            if table.name != name {
                return Err(wrong(
                    path,
                    format!("name is `{}`, the file is `{name}`", table.name),
                ));
            }
            table.check().map_err(|message| wrong(path, message))?;
            for field in &table.fields {
                if let Some(list) = &field.codelist
                    && !standard.codelists.contains_key(list)
                {
                    return Err(wrong(
                        path,
                        format!("field `{}`: no codelists/{list}.csv", field.name),
                    ));
                }
            }
            standard.tables.insert(name.to_string(), table);
        }
        Ok(standard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> Field {
        let words = "name = 'x'\ntype = 'text'\ntitle = { es = 'x', en = 'x' }\n";
        toml::from_str(&format!("{words}{text}")).unwrap()
    }

    #[test]
    fn a_path_is_found_wherever_the_table_stands() {
        let deep = "contracts[]/implementation/documents[]";
        let own = field("path = './url'");
        assert_eq!(
            own.path_in(deep).as_deref(),
            Some("contracts[]/implementation/documents[]/url")
        );
        assert_eq!(own.path_in("").as_deref(), Some("url"));
        let fixed = field("path = 'ocid'");
        assert_eq!(fixed.path_in(deep).as_deref(), Some("ocid"));
        let parent = field("parent_path = 'id'");
        assert_eq!(parent.path_in(deep).as_deref(), Some("contracts[]/id"));
        assert_eq!(parent.path_in("tender/documents[]"), None);
        let grandparent = field("parent_path = '../id'");
        assert_eq!(
            grandparent
                .path_in("contracts[]/items[]/codes[]")
                .as_deref(),
            Some("contracts[]/id")
        );
        assert_eq!(grandparent.path_in(deep), None);
    }

    #[test]
    fn a_row_tells_where_it_stands() {
        let section = field("section = true");
        let list = field("list_name = true");
        let told = |field: &Field, at: &str| field.told_by(at);
        assert_eq!(
            told(&section, "tender/documents[]").as_deref(),
            Some("tender")
        );
        let deep = "contracts[]/implementation/documents[]";
        assert_eq!(
            told(&section, deep).as_deref(),
            Some("contracts/implementation")
        );
        assert_eq!(told(&section, "documents[]"), None);
        assert_eq!(told(&list, deep).as_deref(), Some("documents"));
        assert_eq!(told(&list, ""), None);
        assert_eq!(told(&field("path = './url'"), deep), None);
    }
}
