//! What may be the same thing in several tables: who is mentioned where, which keys link, what forbids a link.

use crate::error::Error;
use crate::folder::Folder;
use crate::indicator::CaseRows;
use crate::text::Text;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A kind of thing to link and everything its folder says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// `organization`, `process`, `contract`.
    pub kind: String,
    /// What it is called.
    pub title: Text,
    /// What is linked, and how far.
    pub description: Text,
    /// What a mention may be there: `supplier`, `tenderer`, in order.
    pub roles: Vec<String>,
    /// More entities than this with one name are paired with one of them only, not each with each.
    #[serde(default = "twelve")]
    pub pairs_up_to: usize,
    /// Columns of `links.mention`, as SQL over what the mentions' queries answer.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Keys that link, the surest first.
    #[serde(rename = "rule")]
    pub rules: Vec<LinkRule>,
    /// What two mentions of one thing never differ in.
    #[serde(default)]
    pub veto: Option<LinkVeto>,
    /// Identifiers a mention takes from another of the same context.
    #[serde(default, rename = "borrow")]
    pub borrows: Vec<LinkBorrow>,
    /// What a reader should be told of an entity.
    #[serde(default, rename = "warning")]
    pub warnings: Vec<LinkWarning>,
    /// The folder in the packs, with a final `/`.
    #[serde(skip)]
    pub folder: String,
    /// `mentions/<standard>.<table>.sql` by table.
    #[serde(skip)]
    pub mentions: BTreeMap<String, String>,
    /// `nobody.csv`: values that stand for nobody in particular.
    #[serde(skip)]
    pub nobody: Vec<NobodyRow>,
    /// `words.csv`: words of names.
    #[serde(skip)]
    pub words: Vec<WordRow>,
    /// `cases/*.toml` by file name.
    #[serde(skip)]
    pub cases: BTreeMap<String, LinkCase>,
}

fn twelve() -> usize {
    12
}

/// A key: mentions that share it are linked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRule {
    /// `rfc`.
    pub code: String,
    /// How a page says it.
    pub title: Text,
    /// How sure.
    pub strength: Strength,
    /// SQL over a row of `links.mention`; null means that the rule says nothing.
    pub key: String,
}

/// How sure a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// The same identifier: one entity.
    Certain,
    /// One entity for want of any identifier, and every page says so.
    Assumed,
    /// Two entities that may be one; never joined without a person.
    Possible,
}

impl Strength {
    /// As written in tables.
    pub fn code(self) -> &'static str {
        match self {
            Strength::Certain => "certain",
            Strength::Assumed => "assumed",
            Strength::Possible => "possible",
        }
    }
}

/// What two mentions of one thing never differ in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkVeto {
    /// `two_rfc`.
    pub code: String,
    /// How a page says it.
    pub title: Text,
    /// SQL over a row of `links.mention`; two different values are two things. A mention with a value has the key of the first rule.
    pub value: String,
}

/// An identifier that a mention without one takes from another of the same context, if all others there agree.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkBorrow {
    /// `same_process`.
    pub code: String,
    /// How a page says it.
    pub title: Text,
    /// The column that is taken.
    pub column: String,
    /// The columns that must be equal.
    pub same: Vec<String>,
}

/// What a reader should be told of an entity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkWarning {
    /// `person_name`.
    pub code: String,
    /// In words.
    pub text: Text,
    /// SQL over a row of `links.mention`: one mention is enough. Without it, the engine knows when.
    #[serde(default)]
    pub when: Option<String>,
}

/// A value that stands for nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NobodyRow {
    /// As written, compared without regard to case and accents.
    pub value: String,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// A word of names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordRow {
    /// The word, upper case, without accents.
    pub word: String,
    /// `abbreviation`, `title`, `particle` or `company`.
    pub kind: String,
    /// What an abbreviation is read as.
    #[serde(default)]
    pub meant: String,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// Rows in, entities and pairs out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkCase {
    /// What the case shows.
    pub title: String,
    /// Rows by table.
    #[serde(default)]
    pub rows: Vec<CaseRows>,
    /// What people decided, in order.
    #[serde(default)]
    pub decisions: Vec<CaseDecision>,
    /// What is expected.
    pub expect: LinkExpected,
}

/// A decision of a case, about two entities by their keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDecision {
    /// The key of one (`rfc:…`, `name:<source>:…`).
    pub a: String,
    /// The key of the other.
    pub b: String,
    /// `confirm` or `reject`.
    pub decision: String,
}

/// What a case expects. Entities are named by their keys.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkExpected {
    /// Every entity, and how many mentions it has.
    pub entities: BTreeMap<String, i64>,
    /// Every pair: `["possible", "same_name", key, key]`.
    #[serde(default)]
    pub pairs: Vec<[String; 4]>,
    /// Warnings of some entities.
    #[serde(default)]
    pub warnings: BTreeMap<String, Vec<String>>,
}

impl Link {
    /// Reads the kind in `folder` at `root` (with a final `/`).
    pub fn read(folder: &Folder, root: &str) -> Result<Link, Error> {
        let path = format!("{root}link.toml");
        let mut link: Link = folder.toml(&path)?;
        let wrong = |message: String| {
            Err(Error::Wrong {
                path: path.clone(),
                message,
            })
        };
        if !root.ends_with(&format!("/{}/", link.kind)) {
            return wrong(format!("kind is `{}`, the folder is `{root}`", link.kind));
        }
        let codes: BTreeSet<&str> = link.rules.iter().map(|rule| rule.code.as_str()).collect();
        if codes.len() != link.rules.len() {
            return wrong("two rules have the same code".to_string());
        }
        // A key is written `code:value`, and the code is read back from it.
        if let Some(code) = codes.iter().find(|code| code.contains([':', '\''])) {
            return wrong(format!("rule `{code}`: a code has neither `:` nor `'`"));
        }
        if !link.rules.is_sorted_by_key(|rule| rule.strength) {
            return wrong("rules stand in the order certain, assumed, possible".to_string());
        }
        if link.rules.first().map(|rule| rule.strength) != Some(Strength::Certain) {
            return wrong("the first rule is certain".to_string());
        }
        if !link.roles.is_sorted() || link.roles.is_empty() {
            return wrong("roles are some, in alphabetical order".to_string());
        }
        link.folder = root.to_string();
        link.nobody = folder.csv(&format!("{root}nobody.csv"))?;
        link.words = folder.csv(&format!("{root}words.csv"))?;
        for (file, text) in folder.iter() {
            let Some(name) = file.strip_prefix(root) else {
                continue;
            };
            if let Some(table) = named(name, "mentions/", ".sql") {
                link.mentions.insert(table.to_string(), text.to_string());
            }
            if let Some(case) = named(name, "cases/", ".toml") {
                link.cases.insert(case.to_string(), folder.toml(file)?);
            }
        }
        if link.mentions.is_empty() {
            return wrong("there is no mentions/<standard>.<table>.sql".to_string());
        }
        for row in &link.words {
            let known = ["abbreviation", "title", "particle", "company"];
            if !known.contains(&row.kind.as_str()) {
                return wrong(format!(
                    "words.csv, {}: no kind `{}`; there are {}",
                    row.word,
                    row.kind,
                    known.join(", ")
                ));
            }
        }
        Ok(link)
    }

    /// The place of a rule among all; a key whose rule is gone comes last.
    pub fn rank(&self, code: &str) -> usize {
        self.rules
            .iter()
            .position(|rule| rule.code == code)
            .unwrap_or(self.rules.len())
    }

    /// The rules of one strength.
    pub fn of(&self, strength: Strength) -> impl Iterator<Item = &LinkRule> {
        self.rules
            .iter()
            .filter(move |rule| rule.strength == strength)
    }
}

fn named<'a>(path: &'a str, folder: &str, ending: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_suffix(ending)
}
