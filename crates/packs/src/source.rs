//! A public file or API of one publisher: how it is recognised and what it covers.

use crate::text::Text;
use serde::Deserialize;
use std::collections::BTreeMap;

/// An authority: a country, a state, a city.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// `mx`, `mx-19`.
    pub code: String,
    /// `country`, `state`, `city`, `agency`.
    pub kind: String,
    /// What it is called.
    pub name: Text,
    /// Its key in the national statistics, if it has one.
    #[serde(default)]
    pub inegi: Option<String>,
    /// Whether it was invented for the demonstration.
    #[serde(default)]
    pub invented: bool,
}

/// A state as a tile of the map of its country: a row of `tiles.csv`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    /// `mx`, made from the folder.
    #[serde(skip)]
    pub country: String,
    /// The place, whether a pack knows it or not: `mx-19`.
    pub place: String,
    /// The state's key in the national statistics: `19`.
    pub state_code: String,
    /// Three letters.
    pub abbreviation: String,
    /// What it is called in Spanish.
    pub es: String,
    /// What it is called in English.
    pub en: String,
    /// Other ways in which its name is written, with `|` between them.
    #[serde(default)]
    pub also: String,
    /// Column, from 1.
    pub column: u32,
    /// Row, from 1.
    pub row: u32,
}

/// A source of one publisher.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `mx_federal__compranet`, made from the folders.
    #[serde(skip)]
    pub code: String,
    /// The folder in the packs, with a final `/`.
    #[serde(skip)]
    pub folder: String,
    /// What it is called.
    pub title: Text,
    /// What it is.
    #[serde(default)]
    pub description: Text,
    /// Who publishes it.
    pub publisher: String,
    /// Where.
    #[serde(default)]
    pub url: String,
    /// Under which licence.
    #[serde(default)]
    pub license: String,
    /// The authority of its rows.
    pub place: String,
    /// What a newer file means for older ones.
    pub publishes: Publishes,
    /// How its rows were chosen.
    #[serde(default)]
    pub covers: Covers,
    /// In words.
    #[serde(default)]
    pub covers_note: Text,
    /// Whether its amounts carry tax.
    #[serde(default = "unknown")]
    pub tax_basis: String,
    /// Why personal data in it may be public: `obligation` when the law orders its publication, else `none`.
    #[serde(default)]
    pub personal_data: String,
    /// How many rows are expected.
    #[serde(default)]
    pub rows: Option<RowsExpected>,
    /// The date of an edition.
    #[serde(default)]
    pub as_of: Option<AsOf>,
    /// Days after which a newer edition is expected.
    #[serde(default)]
    pub last_changed_within_days: Option<u32>,
    /// The forms its files have had.
    #[serde(rename = "layout")]
    pub layouts: Vec<Layout>,
}

fn unknown() -> String {
    "unknown".to_string()
}

/// What a newer file means for older ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publishes {
    /// It replaces them.
    Snapshot,
    /// It adds to them.
    Append,
    /// It adds releases of the same processes; the latest of each counts.
    Releases,
}

/// How the rows of a source were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    /// All there are.
    #[default]
    All,
    /// Some, not chosen by content.
    Sample,
    /// Some, chosen by content.
    Selection,
}

/// How many rows a file is expected to have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsExpected {
    /// At least.
    #[serde(default)]
    pub min: Option<u64>,
    /// At most.
    #[serde(default)]
    pub max: Option<u64>,
}

/// Where the date of an edition stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// In the lines above the header.
    #[serde(default)]
    pub preamble: bool,
    /// In a column (the latest value counts).
    #[serde(default)]
    pub column: Option<String>,
}

/// One form the files of a source have had.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// `1`, `A`.
    pub name: String,
    /// Headers that must be there.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Headers that must not be there.
    #[serde(default)]
    pub without: Vec<String>,
    /// How many values most rows of a table have, whatever its header.
    #[serde(default)]
    pub width: Option<usize>,
    /// What most values of a column look like: digits are `9`, letters `A`, other signs themselves.
    #[serde(default)]
    pub shapes: BTreeMap<String, String>,
    /// Slugs to rename.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// The standard its documents follow.
    #[serde(default)]
    pub standard: Option<String>,
    /// Conditions on a document.
    #[serde(default, rename = "where")]
    pub conditions: Vec<Condition>,
    /// How to read a document that follows no standard.
    #[serde(default)]
    pub document: Option<DocumentPlan>,
    /// The form its sheets follow, by the code of the form.
    #[serde(default)]
    pub form: Option<String>,
    /// Texts of which one stands in the first rows of the file or in their links, in small letters without accents:
    /// how the files of one publisher of a form are told from those of another.
    #[serde(default)]
    pub says: Vec<String>,
}

/// How to read a document that follows no standard.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentPlan {
    /// Where its records are.
    pub record_path: String,
    /// Which lists become rows.
    #[serde(default)]
    pub lists: Vec<String>,
}

/// A condition on a value of a document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Path from the top of the document.
    pub path: String,
    /// The value is this.
    #[serde(default)]
    pub equals: Option<String>,
    /// The value starts with this.
    #[serde(default)]
    pub starts_with: Option<String>,
    /// The value contains this.
    #[serde(default)]
    pub contains: Option<String>,
}

impl Condition {
    /// Whether one of the sampled values satisfies the condition; no test at all asks only that the path exists.
    pub fn holds(&self, sample: &[(String, String)]) -> bool {
        sample
            .iter()
            .filter(|(path, _)| *path == self.path)
            .any(|(_, value)| {
                self.equals.as_ref().is_none_or(|wanted| value == wanted)
                    && self
                        .starts_with
                        .as_ref()
                        .is_none_or(|wanted| value.starts_with(wanted.as_str()))
                    && self
                        .contains
                        .as_ref()
                        .is_none_or(|wanted| value.contains(wanted.as_str()))
            })
    }
}
