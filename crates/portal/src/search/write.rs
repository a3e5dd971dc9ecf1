//! Entries into an index: written beside its final place and moved there when all are written.
//!
//! One thread and no merging on the way, so that the same entries give the same answers in the same order,
//! and memory stays within what was allowed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::{Index, IndexSettings, IndexWriter, TantivyDocument, TantivyError};

use crate::Error;
use crate::document::SourceBrief;
use crate::format::{micro, plain};

use super::entry::Entry;
use super::schema::{Fields, tokenizers};
use super::text::{as_written, bare, is_hidden};

/// Least memory the writer can work with, in MiB.
const LEAST: u64 = 16;
/// Memory beyond which more makes it no faster, in MiB.
const MOST: u64 = 512;
/// Signs of a number that count.
const NUMBER: usize = 120;
/// Pesos, dollars and the others are not compared: each currency has its own range of the column.
const RANGE: u32 = 49;

/// An institution that buys, as far as it was seen.
#[derive(Default)]
struct Buyer {
    names: BTreeMap<String, u64>,
    entry: Entry,
    totals: BTreeMap<(String, String), i128>,
}

/// An index under construction.
pub(crate) struct Entries {
    writer: IndexWriter,
    fields: Fields,
    rank: u64,
    places: BTreeMap<String, String>,
    buyers: BTreeMap<String, Buyer>,
    buyer_flags: BTreeMap<String, u64>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Entries {
    /// Begins a new index. One left by a run that died is overwritten.
    pub(crate) fn create(path: &Path, memory_mib: u64) -> Result<Self, Error> {
        let temporary = path.with_extension("search.part");
        remove(&temporary)?;
        std::fs::create_dir_all(&temporary).map_err(|source| io(&temporary, source))?;
        let failed = |source| Error::index(&temporary, source);
        let (schema, fields) = Fields::build();
        let index = Index::builder()
            .schema(schema)
            .settings(IndexSettings {
                docstore_compress_dedicated_thread: false,
                ..IndexSettings::default()
            })
            .tokenizers(tokenizers())
            .fast_field_tokenizers(tokenizers())
            .create_in_dir(&temporary)
            .map_err(failed)?;
        let memory = memory_mib.clamp(LEAST, MOST) as usize * 1024 * 1024;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory)
            .build();
        let writer = index.writer_with_options(options).map_err(failed)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Self {
            writer,
            fields,
            rank: 0,
            places: BTreeMap::new(),
            buyers: BTreeMap::new(),
            buyer_flags: BTreeMap::new(),
            temporary,
            path: path.to_owned(),
        })
    }

    /// Learns the authority of each office.
    pub(crate) fn know(&mut self, sources: &[SourceBrief]) {
        self.places = sources
            .iter()
            .map(|brief| (brief.source.clone(), brief.place.clone()))
            .collect();
    }

    /// Counts an open flag on a buyer: its subject is the buyer's key, perhaps with more after a slash.
    pub(crate) fn flag_buyer(&mut self, subject: &str) {
        *self.buyer_flags.entry(subject.to_owned()).or_default() += 1;
    }

    /// Adds a page, and what it says of its buyer.
    pub(crate) fn add(&mut self, mut entry: Entry) -> Result<(), Error> {
        if entry.places.is_empty() {
            let places = entry.sources.iter();
            entry.places = places
                .filter_map(|source| self.places.get(source).cloned())
                .collect();
        }
        for list in [
            &mut entry.sources,
            &mut entry.places,
            &mut entry.years,
            &mut entry.methods,
        ] {
            list.retain(|value| !value.is_empty());
            list.sort();
            list.dedup();
        }
        if entry.kind != "buyer" && !entry.buyer.is_empty() {
            self.meet(&entry);
        }
        self.write(&entry)
    }

    /// Gathers what a process or work says of its buyer.
    fn meet(&mut self, entry: &Entry) {
        let named = |what: &str| matches!(what, "buyer" | "authority");
        let Some((_, name)) = entry.also.iter().find(|(what, _)| named(what)) else {
            return;
        };
        let buyer = self.buyers.entry(entry.buyer.clone()).or_default();
        *buyer.names.entry(name.clone()).or_default() += 1;
        for (all, more) in [
            (&mut buyer.entry.sources, &entry.sources),
            (&mut buyer.entry.places, &entry.places),
            (&mut buyer.entry.years, &entry.years),
            (&mut buyer.entry.methods, &entry.methods),
        ] {
            for one in more {
                if !all.contains(one) {
                    all.push(one.clone());
                }
            }
        }
        if entry.kind == "process" {
            buyer.entry.contracts += entry.contracts;
            if let Some(amount) = entry.amount.as_deref().and_then(micro) {
                let or = |text: &Option<String>| text.clone().unwrap_or_default();
                let key = (or(&entry.currency), or(&entry.tax_basis));
                *buyer.totals.entry(key).or_default() += amount;
            }
        }
    }

    fn write(&mut self, entry: &Entry) -> Result<(), Error> {
        let fields = &self.fields;
        let mut document = TantivyDocument::default();
        document.add_text(fields.name, &entry.name);
        document.add_text(fields.name_stem, &entry.name);
        for (_, text) in &entry.also {
            document.add_text(fields.also, text);
            document.add_text(fields.also_stem, text);
        }
        for (_, number) in entry.ids.iter().filter(|(_, number)| !is_hidden(number)) {
            let (written, bare) = (cut(&as_written(number)), cut(&bare(number)));
            if written != bare {
                document.add_text(fields.number, &bare);
            }
            document.add_text(fields.number, &written);
        }
        for (field, values) in [
            (fields.place, &entry.places),
            (fields.source, &entry.sources),
            (fields.year, &entry.years),
            (fields.method, &entry.methods),
        ] {
            for value in values {
                document.add_text(field, value);
            }
        }
        document.add_text(fields.kind, &entry.kind);
        if !entry.buyer.is_empty() {
            document.add_text(fields.buyer, &entry.buyer);
        }
        if entry.flags > 0 {
            document.add_text(fields.flagged, "si");
        }
        document.add_u64(
            fields.money,
            money(entry.amount.as_deref(), entry.currency.as_deref()),
        );
        document.add_u64(fields.rank, self.rank);
        self.rank += 1;
        let json = serde_json::to_vec(entry).map_err(|source| Error::Shape {
            kind: "search".to_owned(),
            id: entry.id.clone(),
            source,
        })?;
        document.add_bytes(fields.entry, &json);
        if let Err(source) = self.writer.add_document(document) {
            // Its thread has stopped; why, only a commit says.
            let source = self.writer.commit().err().unwrap_or(source);
            return Err(Error::index(&self.temporary, source));
        }
        Ok(())
    }

    /// Adds the buyers, writes what waits, makes it durable, and moves the folder to its place.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        for (key, buyer) in std::mem::take(&mut self.buyers) {
            let entry = buyer.finish(&key, &self.buyer_flags);
            self.write(&entry)?;
        }
        self.seal()
            .map_err(|source| Error::index(&self.temporary, source))?;
        let Self {
            writer,
            temporary,
            path,
            ..
        } = self;
        writer
            .wait_merging_threads()
            .map_err(|source| Error::index(&temporary, source))?;
        for file in std::fs::read_dir(&temporary).map_err(|source| io(&temporary, source))? {
            let file = file.map_err(|source| io(&temporary, source))?.path();
            std::fs::File::open(&file)
                .and_then(|open| open.sync_all())
                .map_err(|source| io(&file, source))?;
        }
        remove(&path)?;
        std::fs::rename(&temporary, &path).map_err(|source| io(&path, source))
    }

    /// Commits, and makes one segment of many: every query then reads one dictionary.
    fn seal(&mut self) -> Result<(), TantivyError> {
        self.writer.commit()?;
        let segments = self.writer.index().searchable_segment_ids()?;
        if segments.len() > 1 {
            self.writer.merge(&segments).wait()?;
        }
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }
}

impl Buyer {
    fn finish(mut self, key: &str, flags: &BTreeMap<String, u64>) -> Entry {
        let (_, id) = key.split_once('/').unwrap_or(("", key));
        let most = self
            .names
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
        let name = most.map(|(name, _)| name.clone()).unwrap_or_default();
        let others = self.names.into_keys().filter(|other| *other != name);
        self.entry.also = others
            .take(20)
            .map(|other| ("other_name".to_owned(), other))
            .collect();
        if id != name {
            self.entry
                .ids
                .push(("ocds.tender.buyer_id".to_owned(), id.to_owned()));
        }
        // Sums are shown only where nothing has to be added that cannot be.
        if let [((currency, basis), amount)] = self.totals.iter().collect::<Vec<_>>().as_slice() {
            self.entry.amount = Some(plain(**amount));
            self.entry.currency = Some(currency.clone()).filter(|text| !text.is_empty());
            self.entry.tax_basis = Some(basis.clone()).filter(|text| !text.is_empty());
        }
        let parts = flags.range(format!("{key}/")..format!("{key}0"));
        self.entry.flags =
            flags.get(key).copied().unwrap_or(0) + parts.map(|(_, count)| count).sum::<u64>();
        Entry {
            kind: "buyer".to_owned(),
            id: key.to_owned(),
            buyer: key.to_owned(),
            name,
            ..self.entry
        }
    }
}

/// Order of an amount: pesos first, then the other currencies by their codes, what has no amount last.
fn money(amount: Option<&str>, currency: Option<&str>) -> u64 {
    let Some(amount) = amount.and_then(micro) else {
        return 0;
    };
    let code = currency.unwrap_or_default().bytes().take(3);
    let letters = code.fold(0_u64, |sum, byte| {
        sum * 27 + u64::from(byte.to_ascii_uppercase().saturating_sub(b'@').min(26))
    });
    // 27³ codes lie below the range of the peso.
    let class = match currency {
        Some("MXN") => 27 * 27 * 27 + 1,
        _ => 27 * 27 * 27 - letters,
    };
    let cents = (amount / 10_000).clamp(0, (1 << RANGE) - 1) as u64;
    (class << RANGE) | cents
}

fn cut(text: &str) -> String {
    text.chars().take(NUMBER).collect()
}

fn remove(folder: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(io(folder, source)),
        _ => Ok(()),
    }
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::money;

    #[test]
    fn currencies_are_not_mixed_and_nothing_published_is_last() {
        let mut amounts = [
            (Some("900.00"), Some("USD")),
            (None, None),
            (Some("5.10"), Some("MXN")),
            (Some("-3"), Some("MXN")),
            (Some("7"), Some("EUR")),
            (Some("5.20"), Some("MXN")),
        ];
        amounts.sort_by_key(|(amount, currency)| std::cmp::Reverse(money(*amount, *currency)));
        let order: Vec<&str> = amounts
            .iter()
            .map(|(amount, _)| amount.unwrap_or("none"))
            .collect();
        assert_eq!(order, ["5.20", "5.10", "-3", "7", "900.00", "none"]);
    }
}
