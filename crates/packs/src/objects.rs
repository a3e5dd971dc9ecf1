//! What a published standard says of its JSON objects, field by field, and of its extensions.
//!
//! One line of `objects.csv` for each field; the same lines say how a document is checked, how releases are
//! merged and how a document becomes a table and comes back.

use crate::error::Error;
use crate::folder::Folder;
use crate::text::Text;
use crate::upgrade::UpgradeStep;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};

/// The objects of a standard, its published codes and its extensions.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    /// Fields in the order of `objects.csv`.
    pub fields: Vec<ObjectField>,
    /// Published codes by list, as published.
    pub codes: BTreeMap<String, BTreeSet<String>>,
    /// How identifiers begin.
    pub prefixes: Vec<Prefix>,
    /// Extensions by the name of their folder.
    pub extensions: BTreeMap<String, Extension>,
    /// How documents of older versions become documents of this one.
    pub upgrade: Vec<UpgradeStep>,
}

/// A set of objects and fields that a package may declare on top of the standard.
#[derive(Debug, Clone, Default)]
pub struct Extension {
    /// What it is called.
    pub title: Text,
    /// Where it is published.
    pub url: String,
    /// The address by which a package declares it.
    pub address: Option<String>,
    /// What the address holds by which a package declares it.
    pub declared_by: Vec<String>,
    /// Fields that it adds, or declares anew.
    pub fields: Vec<ObjectField>,
    /// Codes that it adds; a list named `+partyRole` adds to `partyRole`.
    pub codes: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtensionFile {
    title: Text,
    #[serde(default)]
    url: String,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    declared_by: Vec<String>,
}

/// A field of an object, as published.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectField {
    /// `Tender`.
    pub object: String,
    /// `tenderPeriod`.
    pub field: String,
    /// JSON types it may have, with blanks between; empty for any.
    #[serde(rename = "type", deserialize_with = "words")]
    pub types: Vec<String>,
    /// The object it holds, or the object or type of its elements; a list may hold one of two.
    #[serde(deserialize_with = "words")]
    pub of: Vec<String>,
    /// Whether the object must have it.
    #[serde(deserialize_with = "yes")]
    pub required: bool,
    /// `date-time`, `uri`, `email`.
    #[serde(default)]
    pub format: String,
    /// The published list of its values.
    #[serde(default)]
    pub codelist: String,
    /// Whether other values than those of the list are allowed.
    #[serde(default, deserialize_with = "yes")]
    pub open: bool,
    /// Characters it must have at least.
    #[serde(default)]
    pub min_length: Option<usize>,
    /// Elements it must have at least.
    #[serde(default)]
    pub min_items: Option<usize>,
    /// Members it must have at least.
    #[serde(default)]
    pub min_properties: Option<usize>,
    /// The least number.
    #[serde(default)]
    pub minimum: Option<i64>,
    /// Whether no two elements may be the same.
    #[serde(default, deserialize_with = "yes")]
    pub unique: bool,
    /// A regular expression its text must match.
    #[serde(default)]
    pub pattern: String,
    /// `whole_list`, `omit`, `version_id`: how releases are merged.
    #[serde(default, deserialize_with = "words")]
    pub merge: Vec<String>,
    /// Whether `field_es`, `field_fr` … are the same in other languages.
    #[serde(default, deserialize_with = "yes")]
    pub translated: bool,
    /// The version since which it should not be used.
    #[serde(default)]
    pub deprecated: String,
}

/// How identifiers of an object begin: the prefix of the standard and six small letters or digits of a publisher.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefix {
    /// `Release`.
    pub object: String,
    /// `ocid`.
    pub field: String,
    /// `ocds-`.
    pub prefix: String,
    /// Whether something must follow.
    #[serde(default, deserialize_with = "yes")]
    pub more: bool,
}

impl Prefix {
    /// Whether an identifier begins so; an empty one is not asked.
    pub fn is_in(&self, id: &str) -> bool {
        let Some(rest) = id.strip_prefix(&self.prefix) else {
            return id.is_empty() && !self.more;
        };
        let bytes = rest.as_bytes();
        let publisher = bytes.get(..6).is_some_and(|six| {
            six.iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        publisher && (!self.more || bytes.len() > 6)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeOfList {
    list: String,
    code: String,
}

impl Objects {
    /// Reads `objects.csv`, `codes.csv`, `prefixes.csv`, `upgrade.csv` and `extensions/*/` below `root`; a standard without them has none.
    pub(crate) fn read(folder: &Folder, root: &str) -> Result<Objects, Error> {
        let mut objects = Objects {
            fields: fields(folder, root)?,
            codes: codes(folder, root)?,
            prefixes: prefixes(folder, root)?,
            extensions: BTreeMap::new(),
            upgrade: rows(folder, &format!("{root}upgrade.csv"))?,
        };
        let below = format!("{root}extensions/");
        let files = folder.iter().filter_map(|(path, _)| {
            let (name, file) = path.strip_prefix(&below)?.split_once('/')?;
            (file == "extension.toml").then(|| (name.to_string(), path.to_string()))
        });
        for (name, path) in files.collect::<Vec<_>>() {
            let file: ExtensionFile = folder.toml(&path)?;
            let root = format!("{below}{name}/");
            let extension = Extension {
                title: file.title,
                url: file.url,
                address: file.address,
                declared_by: file.declared_by,
                fields: fields(folder, &root)?,
                codes: codes(folder, &root)?,
            };
            objects.extensions.insert(name, extension);
        }
        Ok(objects)
    }

    /// The extensions that these addresses declare, and the addresses that no extension here answers to.
    pub fn declared<'a>(&self, addresses: &[&'a str]) -> (BTreeSet<String>, Vec<&'a str>) {
        let (mut known, mut unknown) = (BTreeSet::new(), Vec::new());
        for address in addresses {
            let found = self.extensions.iter().find(|(_, extension)| {
                let mut words = extension.declared_by.iter();
                words.any(|word| address.contains(word.as_str()))
            });
            match found {
                Some((name, _)) => {
                    known.insert(name.clone());
                }
                None => unknown.push(*address),
            }
        }
        (known, unknown)
    }
}

fn fields(folder: &Folder, root: &str) -> Result<Vec<ObjectField>, Error> {
    rows(folder, &format!("{root}objects.csv"))
}

fn rows<T: serde::de::DeserializeOwned>(folder: &Folder, path: &str) -> Result<Vec<T>, Error> {
    match folder.get(path) {
        Some(_) => folder.csv(path),
        None => Ok(Vec::new()),
    }
}

fn prefixes(folder: &Folder, root: &str) -> Result<Vec<Prefix>, Error> {
    let path = format!("{root}prefixes.csv");
    match folder.get(&path) {
        Some(_) => folder.csv(&path),
        None => Ok(Vec::new()),
    }
}

fn codes(folder: &Folder, root: &str) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let path = format!("{root}codes.csv");
    let mut codes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if folder.get(&path).is_some() {
        for row in folder.csv::<CodeOfList>(&path)? {
            codes.entry(row.list).or_default().insert(row.code);
        }
    }
    Ok(codes)
}

fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(from)?;
    Ok(text.split_whitespace().map(str::to_string).collect())
}

fn yes<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    match String::deserialize(from)?.as_str() {
        "yes" => Ok(true),
        "" | "no" => Ok(false),
        other => Err(serde::de::Error::custom(format!(
            "`{other}`: yes, no or nothing"
        ))),
    }
}
