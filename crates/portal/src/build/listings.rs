//! Entries of published lists that name a supplier, for certain or perhaps.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::document::{Listing, ListingEvent};
use crate::format::mask_rfcs;
use crate::read::{Row, string, text};

use super::Tables;
use super::origins::Files;
use super::suppliers::rfc;

/// List entries shown on one page.
const SHORT: usize = 50;

/// Whom to look for.
pub(super) struct Wanted<'a> {
    /// Its tax number.
    pub(super) rfc: Option<&'a str>,
    /// Its names, as keys.
    pub(super) name_keys: &'a BTreeSet<String>,
    /// The entries that links found (`list/id`), when there are links: then nothing else is looked for.
    pub(super) linked: Option<Vec<LinkedEntry>>,
}

/// An entry that links found.
#[derive(Debug, Clone)]
pub(super) struct LinkedEntry {
    /// `list/id`.
    pub(super) entry: String,
    /// Whether it is the same taxpayer, by an identifier or by a person's word.
    pub(super) certain: bool,
    /// The rule that says so.
    pub(super) how: String,
    /// Different taxpayers of that name.
    pub(super) homonyms: u64,
}

/// The published lists, by identifier and by name.
#[derive(Default)]
pub(super) struct Listings {
    rows: Vec<Row>,
    by_entry: BTreeMap<String, Vec<usize>>,
    by_rfc: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
    events: BTreeMap<String, BTreeSet<ListingEvent>>,
}

impl Listings {
    pub(super) async fn read(tables: &Tables<'_>) -> Result<Self, Error> {
        // A suppressed identity is nobody: it is not even read.
        let rows = tables
            .rows(
                &["sanction.sanction"],
                "SELECT id, list, authority_name, identifier_id, name, name_key, status, \
                 term_start_date, term_end_date, term_text, file_id, part_id, record, element \
                 FROM sanction.sanction WHERE is_suppressed IS NOT TRUE ORDER BY list, id, file_id, record",
            )
            .await?;
        let mut listings = Self::default();
        for (index, row) in rows.iter().enumerate() {
            let entry = format!("{}/{}", string(row, "list"), string(row, "id"));
            listings.by_entry.entry(entry).or_default().push(index);
            if let Some(rfc) = text(row, "identifier_id").and_then(|id| rfc(&id)) {
                listings.by_rfc.entry(rfc).or_default().push(index);
            }
            if let Some(name_key) = text(row, "name_key") {
                listings.by_name.entry(name_key).or_default().push(index);
            }
        }
        let events = tables
            .rows(
                &["sanction.event"],
                "SELECT sanction_id, status, published_where, \"date\" FROM sanction.event \
                 WHERE \"date\" IS NOT NULL ORDER BY sanction_id, \"date\", status, published_where",
            )
            .await?;
        for row in &events {
            listings
                .events
                .entry(string(row, "sanction_id"))
                .or_default()
                .insert(ListingEvent {
                    date: string(row, "date"),
                    status: string(row, "status"),
                    published_where: string(row, "published_where"),
                });
        }
        listings.rows = rows;
        Ok(listings)
    }

    /// The entries that name a supplier: by identifier for certain, by name perhaps.
    pub(super) fn of(&self, wanted: &Wanted<'_>, files: &Files) -> Vec<Listing> {
        let found = match &wanted.linked {
            Some(entries) => self.linked(entries),
            None => self.alike(wanted),
        };
        found
            .into_iter()
            .take(SHORT)
            .map(|(index, entry)| self.listing(index, &entry, files))
            .collect()
    }

    fn linked(&self, entries: &[LinkedEntry]) -> Vec<(usize, LinkedEntry)> {
        let mut found: Vec<(usize, LinkedEntry)> = entries
            .iter()
            .flat_map(|entry| {
                let rows = self.by_entry.get(&entry.entry).into_iter().flatten();
                rows.map(|index| (*index, entry.clone()))
            })
            .collect();
        found.sort_by_key(|(index, entry)| (!entry.certain, *index));
        found.dedup_by_key(|(index, _)| *index);
        found
    }

    /// Where nothing was linked: equal tax numbers, then equal names.
    fn alike(&self, wanted: &Wanted<'_>) -> Vec<(usize, LinkedEntry)> {
        let certain: BTreeSet<usize> = wanted
            .rfc
            .and_then(|rfc| self.by_rfc.get(rfc))
            .into_iter()
            .flatten()
            .copied()
            .collect();
        let perhaps: BTreeSet<usize> = wanted
            .name_keys
            .iter()
            .filter_map(|name_key| self.by_name.get(name_key))
            .flatten()
            .copied()
            .filter(|index| !certain.contains(index))
            // Two different tax keys are two different taxpayers, whatever their names.
            .filter(|index| {
                let listed = text(&self.rows[*index], "identifier_id").and_then(|id| rfc(&id));
                wanted.rfc.is_none() || listed.is_none()
            })
            .collect();
        let entry = |certain: bool| LinkedEntry {
            entry: String::new(),
            certain,
            how: if certain { "rfc" } else { "same_name" }.to_owned(),
            homonyms: 0,
        };
        certain
            .into_iter()
            .map(|index| (index, entry(true)))
            .chain(perhaps.into_iter().map(|index| (index, entry(false))))
            .collect()
    }

    fn listing(&self, index: usize, entry: &LinkedEntry, files: &Files) -> Listing {
        let row = &self.rows[index];
        let term = match (text(row, "term_start_date"), text(row, "term_end_date")) {
            (Some(start), Some(end)) => Some(format!("{start} – {end}")),
            _ => text(row, "term_text"),
        };
        Listing {
            list: string(row, "list"),
            certain: entry.certain,
            how: entry.how.clone(),
            homonyms: entry.homonyms,
            name: mask_rfcs(&string(row, "name")),
            identifier: text(row, "identifier_id").map(|id| mask_rfcs(&id)),
            authority: text(row, "authority_name"),
            status: text(row, "status"),
            term,
            events: self
                .events
                .get(&string(row, "id"))
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            origin: Some(files.origin(row)),
        }
    }
}
