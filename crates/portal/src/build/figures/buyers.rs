//! Institutions: one name in one government is one institution, and no more is claimed.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::Error;
use crate::build::flags::Flags;
use crate::build::fold;
use crate::document::FlagBrief;
use crate::figures::{BuyerName, BuyerPage, Choice, Choices, chunk_id};
use crate::store::Writer;

/// The authority of rows that name none: names there are put together only within one office.
const UNKNOWN: &str = "unknown";
/// Institutions on one page.
pub(crate) const PAGE: usize = 50;
/// Words of a name from which it can be found.
const STARTS: usize = 6;
/// Flags kept for one institution.
const FLAGS: usize = 50;

/// What is known of one institution so far.
#[derive(Default)]
struct Gathered {
    names: BTreeMap<String, u64>,
}

/// The institutions of the run.
#[derive(Default)]
pub(super) struct Buyers {
    by_id: BTreeMap<String, Gathered>,
    /// Office and key or name as published, to the institution: the subjects of flags are made of them.
    published: BTreeMap<(String, String), String>,
}

impl Buyers {
    /// The id of an institution; blank when none is named.
    pub(super) fn named(
        &mut self,
        place: &str,
        source: &str,
        name: Option<&str>,
        key: Option<&str>,
    ) -> String {
        let Some(name) = name.or(key) else {
            return String::new();
        };
        let scope = if place.is_empty() || place == UNKNOWN {
            source
        } else {
            place
        };
        let id = page_id(&format!("{scope}\u{1f}{}", fold(name)));
        let gathered = self.by_id.entry(id.clone()).or_default();
        *gathered.names.entry(name.to_owned()).or_default() += 1;
        let published = key.unwrap_or(name).to_owned();
        self.published
            .entry((source.to_owned(), published))
            .or_insert_with(|| id.clone());
        id
    }

    /// The name most often written; of equals, the first.
    pub(super) fn name(&self, id: &str) -> String {
        self.by_id
            .get(id)
            .and_then(|gathered| {
                gathered
                    .names
                    .iter()
                    .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))
            })
            .map(|(name, _)| name.clone())
            .unwrap_or_default()
    }

    /// Open flags on institutions and on their groups of contracts, by institution.
    pub(super) fn flags(&self, flags: &Flags) -> BTreeMap<String, Vec<FlagBrief>> {
        let mut of: BTreeMap<String, Vec<FlagBrief>> = BTreeMap::new();
        for flag in flags.open() {
            if !matches!(flag.subject.kind.as_str(), "buyer" | "group") {
                continue;
            }
            let Some(id) = self.subject(&flag.source, &flag.subject.id) else {
                continue;
            };
            let list = of.entry(id.to_owned()).or_default();
            if list.len() < FLAGS {
                list.push(flag.clone());
            }
        }
        of
    }

    /// The institution of a subject: `office/key`, `office/key/year`, `office/key/supplier`.
    fn subject(&self, source: &str, subject: &str) -> Option<&str> {
        let rest = subject.strip_prefix(source)?.strip_prefix('/')?;
        // A key may hold slashes itself, so the longest one wins.
        let ends = std::iter::once(rest.len()).chain(rest.rmatch_indices('/').map(|(at, _)| at));
        ends.filter_map(|end| {
            self.published
                .get(&(source.to_owned(), rest[..end].to_owned()))
        })
        .map(String::as_str)
        .next()
    }
}

/// Writes the lists of institutions, and the names by which they are found.
pub(super) async fn write(
    choices: &Choices,
    mut buyers: Vec<Choice>,
    writer: &mut Writer,
) -> Result<(), Error> {
    buyers.sort_by(|a, b| {
        (b.contracts + b.works, &a.name.es, &a.key).cmp(&(
            a.contracts + a.works,
            &b.name.es,
            &b.key,
        ))
    });
    pages("", &buyers, writer).await?;
    for (source, _) in &choices.buyers_of {
        let of: Vec<Choice> = buyers
            .iter()
            .filter(|buyer| buyer.sources.contains(source))
            .cloned()
            .collect();
        pages(source, &of, writer).await?;
    }
    for buyer in buyers {
        let name = fold(&buyer.name.es);
        let mut starts = BTreeSet::new();
        let mut from = 0;
        for word in name.split(' ').take(STARTS) {
            if from == 0 || word.chars().count() > 2 {
                starts.insert(name[from..].chars().take(60).collect::<String>());
            }
            from += word.len() + 1;
        }
        starts.remove("");
        let found = BuyerName { buyer };
        for start in starts {
            writer
                .put(&format!("{start}\u{1f}{}", found.buyer.key), &found)
                .await?;
        }
    }
    Ok(())
}

async fn pages(scope: &str, buyers: &[Choice], writer: &mut Writer) -> Result<(), Error> {
    for (number, page) in buyers.chunks(PAGE).enumerate() {
        let page = BuyerPage {
            buyers: page.to_vec(),
        };
        writer.put(&chunk_id(scope, number as u64), &page).await?;
    }
    Ok(())
}

/// The id of an institution's page: a hash, so that a long name makes no long address.
fn page_id(key: &str) -> String {
    Sha256::digest(key.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
