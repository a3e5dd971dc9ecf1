//! Answers questions from a finished index, within bounds of time and results.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tantivy::directory::MmapDirectory;
use tantivy::schema::Value;
use tantivy::{IndexReader, ReloadPolicy, Searcher, TantivyDocument};
use tokio::sync::Semaphore;

use crate::Error;

use super::ask::{Asked, MOST_PAGES, PAGE, Sought};
use super::collect::{Counts, Gather, Gathered};
use super::entry::Entry;
use super::query::{forgives, query};
use super::schema::{Fields, tokenizers};
use super::why::{Why, why};

/// What a walk through the results may take; what was found by then is shown, and said to be a part.
const WALK: Duration = Duration::from_millis(800);
/// What a reader waits at most.
const WAIT: Duration = Duration::from_secs(5);
/// Questions answered at once: each may keep one core busy.
const AT_ONCE: usize = 4;
/// With fewer pages than this found by the words as written, similar words are looked for, too.
const FEW: u64 = PAGE as u64;

/// How a question was understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All words, as written or in another form.
    #[default]
    Written,
    /// All words, or similar ones.
    Similar,
    /// Most of the words, or similar ones.
    Most,
}

/// A page that was found.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// What is known of it.
    pub(crate) entry: Entry,
    /// By what it was found.
    pub(crate) why: Vec<Why>,
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// How the question was understood.
    pub(crate) mode: Mode,
    /// True when similar words could find more.
    pub(crate) may_be_similar: bool,
    /// Pages found, whatever the filters.
    pub(crate) matched: u64,
    /// Pages found that pass the filters.
    pub(crate) total: u64,
    /// Counts beside the filters.
    pub(crate) counts: Vec<Counts>,
    /// True when time was up.
    pub(crate) is_partial: bool,
    /// The page of the list that is shown, from 1.
    pub(crate) page: usize,
    /// What is on it.
    pub(crate) hits: Vec<Hit>,
}

/// A finished index.
pub(crate) struct Index {
    reader: IndexReader,
    fields: Fields,
    path: String,
    permits: Arc<Semaphore>,
    everything: OnceLock<Gathered>,
}

impl Index {
    /// Opens an index to read. Its files are mapped, not loaded.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let open = || {
            let mut index = tantivy::Index::open(MmapDirectory::open(path)?)?;
            index.set_tokenizers(tokenizers());
            index.set_fast_field_tokenizers(tokenizers());
            let reader = index
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .try_into()?;
            Ok((index, reader))
        };
        let (index, reader): (tantivy::Index, IndexReader) =
            open().map_err(|source| Error::index(path, source))?;
        let (schema, fields) = Fields::build();
        if index.schema() != schema {
            let other = "it was written by another version of this program: run it again";
            let source = tantivy::TantivyError::SchemaError(other.to_owned());
            return Err(Error::index(path, source));
        }
        Ok(Self {
            reader,
            fields,
            path: path.display().to_string(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            everything: OnceLock::new(),
        })
    }

    /// Answers a question away from the threads that serve. `most` is how many results are wanted at most;
    /// none is the page that was asked for.
    ///
    /// Errors: only if the index cannot be read. A question that takes too long has a partial answer.
    pub(crate) async fn find(
        self: &Arc<Self>,
        asked: Asked,
        most: Option<usize>,
    ) -> Result<Outcome, Error> {
        let index = Arc::clone(self);
        let answer = async move {
            let permit = Arc::clone(&index.permits).acquire_owned().await;
            tokio::task::spawn_blocking(move || {
                let _permit = permit;
                index.answer(&asked, most)
            })
            .await
        };
        match tokio::time::timeout(WAIT, answer).await {
            Ok(Ok(found)) => found.map_err(|source| Error::index(Path::new(&self.path), source)),
            Ok(Err(stopped)) => Err(Error::Io {
                path: self.path.clone(),
                source: std::io::Error::other(stopped),
            }),
            Err(_) => Ok(Outcome {
                is_partial: true,
                page: 1,
                ..Outcome::default()
            }),
        }
    }

    fn answer(&self, asked: &Asked, most: Option<usize>) -> tantivy::Result<Outcome> {
        let searcher = self.reader.searcher();
        let page = asked.page.clamp(1, MOST_PAGES);
        let keep = match most {
            Some(most) => most,
            None => page * PAGE,
        };
        let (mode, gathered) = if asked.is_blank() && !asked.is_filtered() {
            (Mode::Written, self.all(&searcher)?)
        } else {
            self.gather(&searcher, asked, keep)?
        };
        // A page beyond the end is the last one.
        let last = (gathered.best.len().div_ceil(PAGE)).max(1);
        let (page, from) = match most {
            Some(_) => (1, 0),
            None => (page.min(last), (page.min(last) - 1) * PAGE),
        };
        let to = match most {
            Some(most) => most,
            None => from + PAGE,
        };
        let mut hits = Vec::new();
        for address in gathered.best.iter().take(to).skip(from) {
            let entry = self.entry(&searcher, *address)?;
            hits.push(Hit {
                why: why(asked, &entry, mode),
                entry,
            });
        }
        Ok(Outcome {
            mode,
            may_be_similar: mode == Mode::Written
                && gathered.matched >= FEW
                && asked.words.iter().any(|one| forgives(one) > 0),
            matched: gathered.matched,
            total: gathered.total,
            counts: gathered.counts,
            is_partial: gathered.is_partial,
            page,
            hits,
        })
    }

    /// As written first; then with similar words, where that finds little or they are asked for; then most of the words.
    fn gather(
        &self,
        searcher: &Searcher,
        asked: &Asked,
        keep: usize,
    ) -> tantivy::Result<(Mode, Gathered)> {
        let until = Instant::now() + WALK;
        let walk = |mode| {
            let gather = Gather {
                chosen: &asked.chosen,
                order: asked.order,
                keep,
                until,
            };
            searcher.search(&query(asked, &self.fields, mode), &gather)
        };
        let forgiving = asked.words.iter().any(|one| forgives(one) > 0);
        let mut found = (Mode::Written, Gathered::default());
        if !(asked.similar && forgiving) {
            found.1 = walk(Mode::Written)?;
        }
        if forgiving && found.1.matched < FEW && !found.1.is_partial {
            let similar = walk(Mode::Similar)?;
            if asked.similar || similar.matched > found.1.matched {
                found = (Mode::Similar, similar);
            }
        }
        let loose = |one: &&Sought| !one.is_small && !one.is_exact;
        let several = asked.words.iter().filter(loose).count() > 1;
        if several && found.1.matched == 0 && !found.1.is_partial {
            found = (Mode::Most, walk(Mode::Most)?);
        }
        Ok(found)
    }

    /// Counts of everything there is; they never change, since the index never does.
    fn all(&self, searcher: &Searcher) -> tantivy::Result<Gathered> {
        if let Some(all) = self.everything.get() {
            return Ok(all.clone());
        }
        let (_, all) = self.gather(searcher, &Asked::default(), 0)?;
        if !all.is_partial {
            return Ok(self.everything.get_or_init(|| all).clone());
        }
        Ok(all)
    }

    fn entry(&self, searcher: &Searcher, address: tantivy::DocAddress) -> tantivy::Result<Entry> {
        let document: TantivyDocument = searcher.doc(address)?;
        let bytes = document
            .get_first(self.fields.entry)
            .and_then(|value| value.as_bytes().map(<[u8]>::to_vec))
            .unwrap_or_default();
        Ok(serde_json::from_slice(&bytes)?)
    }
}
