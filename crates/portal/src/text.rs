//! Public words that come from packs: what a rule, a field or a code is called, in each language.
//!
//! The app fills these from the packs before `build`, and they travel with the documents,
//! so that a page always speaks with the words of the run that made it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The languages of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Spanish, at `/`.
    Es,
    /// English, at `/en/`.
    En,
}

impl Lang {
    /// The other language of the pair.
    pub fn other(self) -> Self {
        match self {
            Self::Es => Self::En,
            Self::En => Self::Es,
        }
    }

    /// The tag for `lang` and `hreflang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Es => "es-MX",
            Self::En => "en",
        }
    }
}

/// The same words in Spanish and English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Spanish.
    pub es: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Both languages at once.
    pub fn new(es: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            es: es.into(),
            en: en.into(),
        }
    }

    /// The same words in both languages: a name, or a code without a title.
    pub fn same(words: impl Into<String>) -> Self {
        let words = words.into();
        Self {
            es: words.clone(),
            en: words,
        }
    }

    /// The words in a language; a blank one gives way to the other.
    pub fn get(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::Es => (&self.es, &self.en),
            Lang::En => (&self.en, &self.es),
        };
        if first.is_empty() { second } else { first }
    }
}

/// Everything the packs say that pages repeat.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Texts {
    /// Standards, in the order of the tabs of the compare page.
    #[serde(default)]
    pub standards: Vec<StandardText>,
    /// Rules (indicators), in the order in which they are listed.
    #[serde(default)]
    pub rules: Vec<RuleText>,
    /// States as tiles of a map.
    #[serde(default)]
    pub tiles: Vec<TileText>,
    /// How organisations are linked: what each rule and each warning says, by code.
    #[serde(default)]
    pub links: BTreeMap<String, Text>,
}

/// A state as a tile of its country's map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TileText {
    /// `mx`.
    pub country: String,
    /// `mx-19`.
    pub place: String,
    /// The state's key in the national statistics: `19`.
    pub state_code: String,
    /// Three letters.
    pub abbreviation: String,
    /// What it is called.
    pub name: Text,
    /// Other ways in which its name is written.
    #[serde(default)]
    pub also: Vec<String>,
    /// Column, from 1.
    pub column: u32,
    /// Row, from 1.
    pub row: u32,
}

/// A standard: the common language in which offices are compared.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StandardText {
    /// `ocds`, `oc4ids`, `sanction`.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// Version of the published standard.
    #[serde(default)]
    pub version: String,
    /// Its official address.
    #[serde(default)]
    pub url: String,
    /// Its tables, in the order in which they are shown.
    pub tables: Vec<TableText>,
}

/// A table of a standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TableText {
    /// `contract`.
    pub name: String,
    /// What a row is called.
    pub title: Text,
    /// The lists of a record whose elements are its rows: `tender/documents[]`.
    #[serde(default)]
    pub lists: Vec<String>,
    /// Its fields, in order.
    pub fields: Vec<FieldText>,
}

/// A field of a table.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FieldText {
    /// `value_amount`.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// `text`, `date`, `money`, …
    #[serde(default)]
    pub kind: String,
    /// Where the published standard has it: `contracts[]/value/amount`, or `./url` from an element of the table's lists;
    /// blank when only we declare it.
    #[serde(default)]
    pub path: String,
    /// Personal fields are compared, but their values are never shown.
    #[serde(default)]
    pub personal: bool,
    /// The codes of its codelist and what they mean.
    #[serde(default)]
    pub codes: BTreeMap<String, Text>,
}

/// A rule, in words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RuleText {
    /// `R003`.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// The question it asks.
    pub question: Text,
    /// Why it matters.
    pub why: Text,
    /// The rule in words.
    pub rule: Text,
    /// Innocent explanations: shown beside every flag.
    pub not_proof: Vec<Text>,
    /// Unit of the value.
    pub unit: Text,
    /// What each note code means.
    #[serde(default)]
    pub notes: BTreeMap<String, Text>,
    /// What the rule is about: `process`, `contract`, `award`, `buyer`, `project`, `group`.
    pub subject: String,
    /// How sure the rule itself is: `published`, `ours`, `inferred`.
    #[serde(default)]
    pub status: String,
    /// Who published the rule.
    #[serde(default)]
    pub sources: Vec<SourceText>,
    /// Fields it cannot do without, in order.
    #[serde(default)]
    pub requires: Vec<RequireText>,
    /// Dated thresholds, each with its status and source.
    #[serde(default)]
    pub parameters: Vec<ParameterText>,
    /// What each parameter means, and whether its limit is inclusive.
    #[serde(default)]
    pub parameter_meanings: BTreeMap<String, Text>,
    /// What the named facts of `detail` are called; blank where the words of the pages know them.
    #[serde(default)]
    pub facts: BTreeMap<String, Text>,
    /// What the roles of evidence rows are called.
    #[serde(default)]
    pub roles: BTreeMap<String, Text>,
    /// The query, as it runs.
    pub sql: String,
}

/// A cited source.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SourceText {
    /// Title of the source.
    pub title: String,
    /// Its address.
    #[serde(default)]
    pub url: String,
}

/// A field or parameter a rule needs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RequireText {
    /// The field (`ocds.tender.tender_period_start_date`) or the parameter's name: what `flags.answer.missing` holds.
    pub field: String,
    /// What is missing, in words.
    pub missing: Text,
}

/// One dated threshold, as in the table `parameter`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ParameterText {
    /// Name of the parameter.
    pub name: String,
    /// Where it holds.
    pub place: String,
    /// For which procedure.
    #[serde(default)]
    pub procedure: String,
    /// For which category.
    #[serde(default)]
    pub category: String,
    /// First day, ISO, or blank.
    #[serde(default)]
    pub valid_from: String,
    /// Last day, ISO, or blank.
    #[serde(default)]
    pub valid_to: String,
    /// The number.
    pub value: String,
    /// `published`, `inferred`, `from_memory`, `ours`.
    pub status: String,
    /// Where it was read.
    #[serde(default)]
    pub source: String,
}

impl Texts {
    /// A rule by its code.
    pub fn rule(&self, code: &str) -> Option<&RuleText> {
        self.rules.iter().find(|rule| rule.code == code)
    }

    /// How something was linked, or what a reader is told of it; the code itself when no pack says.
    pub fn link<'a>(&'a self, code: &'a str, lang: Lang) -> &'a str {
        self.links.get(code).map_or(code, |text| text.get(lang))
    }

    /// A standard by its code.
    pub fn standard(&self, code: &str) -> Option<&StandardText> {
        self.standards.iter().find(|standard| standard.code == code)
    }

    /// A field by its full name, `ocds.contract.value_amount`.
    pub fn field(&self, name: &str) -> Option<&FieldText> {
        let mut parts = name.splitn(3, '.');
        let (standard, table, field) = (parts.next()?, parts.next()?, parts.next()?);
        self.standard(standard)?.table(table)?.field(field)
    }

    /// What a field is called; its own name when no pack says.
    pub fn field_title<'a>(&'a self, name: &'a str, lang: Lang) -> &'a str {
        self.field(name)
            .map(|field| field.title.get(lang))
            .unwrap_or_else(|| name.rsplit('.').next().unwrap_or(name))
    }

    /// What a code of a field means; the code itself when no codelist says.
    pub fn code<'a>(&'a self, field: &str, code: &'a str, lang: Lang) -> &'a str {
        self.field(field)
            .and_then(|field| field.codes.get(code))
            .map_or(code, |text| text.get(lang))
    }

    /// What a rule lacks, in words.
    pub fn missing<'a>(&'a self, rule: &str, field: &'a str, lang: Lang) -> &'a str {
        self.rule(rule)
            .and_then(|rule| rule.requires.iter().find(|require| require.field == field))
            .map(|require| require.missing.get(lang))
            .unwrap_or_else(|| self.field_title(field, lang))
    }
}

impl StandardText {
    /// Its fields, each with its table.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&TableText, &FieldText)> {
        self.tables
            .iter()
            .flat_map(|table| table.fields.iter().map(move |field| (table, field)))
    }

    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&TableText> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl TableText {
    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<&FieldText> {
        self.fields.iter().find(|field| field.name == name)
    }
}
