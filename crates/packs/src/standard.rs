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
    /// Whether records about the same thing are releases, merged by date into one.
    #[serde(default)]
    pub releases: bool,
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
    /// Fields that make two rows the same thing.
    pub key: Vec<String>,
    /// Fields in order.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

impl Table {
    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
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
    /// Its path from the record in the published standard.
    #[serde(default)]
    pub path: Option<String>,
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
        let names: BTreeSet<String> = folder.iter().filter_map(|(path, _)| of_check(path)).collect();
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
            if let Some(key) = table.key.iter().find(|key| table.field(key).is_none()) {
                return Err(wrong(path, format!("key `{key}` is not a field")));
            }
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
