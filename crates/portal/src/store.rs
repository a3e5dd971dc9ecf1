//! The database of documents and the index of the search beside it: written once, whole, and only read from then on.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::Error;
use crate::document::{Document, SourceBrief};
use crate::search::{Entries, Entry, Index};

/// Rows of one insert: three values each, well below SQLite's 32,766.
const BATCH: usize = 500;
/// Memory for the writer of the index, in MiB, when nobody says otherwise.
const INDEX_MIB: u64 = 64;

/// Writes documents and their index beside their final places and moves them there when all are written.
///
/// `documents.db` has its index in the folder `documents.search`.
pub struct Writer {
    connection: SqliteConnection,
    entries: Entries,
    waiting: Vec<(&'static str, String, String)>,
    written: u64,
    temporary: PathBuf,
    path: PathBuf,
}

impl Writer {
    /// Begins a new file. A file left by a run that died is overwritten.
    pub async fn create(path: &Path) -> Result<Self, Error> {
        Self::within(path, INDEX_MIB).await
    }

    /// The same, with as much memory for the index as is said.
    pub(crate) async fn within(path: &Path, index_mib: u64) -> Result<Self, Error> {
        let temporary = path.with_extension("db.part");
        match std::fs::remove_file(&temporary) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Io {
                    path: temporary.display().to_string(),
                    source,
                });
            }
            _ => {}
        }
        // No journal: the file is nobody's until it is renamed.
        let options = SqliteConnectOptions::new()
            .filename(&temporary)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off);
        let failed = |source| Error::Documents {
            path: temporary.display().to_string(),
            source,
        };
        let mut connection = SqliteConnection::connect_with(&options)
            .await
            .map_err(failed)?;
        sqlx::query("CREATE TABLE document (kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id))")
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        sqlx::query("BEGIN")
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        Ok(Self {
            connection,
            entries: Entries::create(&beside(path), index_mib)?,
            waiting: Vec::new(),
            written: 0,
            temporary,
            path: path.to_owned(),
        })
    }

    /// Adds a document, to the index too when it is found there.
    /// The same kind and id twice is our error, and stops the build.
    pub async fn put<D: Document>(&mut self, id: &str, document: &D) -> Result<(), Error> {
        if let Some(entry) = document.entry() {
            self.entries.add(entry)?;
        }
        let json = to_json(D::KIND, id, document)?;
        self.waiting.push((D::KIND, id.to_owned(), json));
        if self.waiting.len() >= BATCH {
            self.flush().await?;
        }
        Ok(())
    }

    /// Adds an entry of the index alone.
    pub fn found(&mut self, entry: Entry) -> Result<(), Error> {
        self.entries.add(entry)
    }

    /// Tells the index the authority of each office, for pages that do not say theirs.
    pub(crate) fn know(&mut self, sources: &[SourceBrief]) {
        self.entries.know(sources);
    }

    /// Tells the index of an open flag on a buyer.
    pub(crate) fn flag_buyer(&mut self, subject: &str) {
        self.entries.flag_buyer(subject);
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO document (kind, id, json) ");
        self.written += self.waiting.len() as u64;
        query.push_values(self.waiting.drain(..), |mut row, (kind, id, json)| {
            row.push_bind(kind).push_bind(id).push_bind(json);
        });
        let path = &self.temporary;
        query
            .build()
            .execute(&mut self.connection)
            .await
            .map_err(|source| Error::Documents {
                path: path.display().to_string(),
                source,
            })?;
        Ok(())
    }

    /// Writes what waits, makes it durable, and moves the index and then the documents to their places.
    /// Returns how many documents there are.
    pub async fn finish(mut self) -> Result<u64, Error> {
        self.flush().await?;
        let entries = self.entries;
        tokio::task::spawn_blocking(move || entries.finish())
            .await
            .map_err(|stopped| Error::Io {
                path: self.path.display().to_string(),
                source: std::io::Error::other(stopped),
            })??;
        let temporary = self.temporary.clone();
        let failed = |source| Error::Documents {
            path: temporary.display().to_string(),
            source,
        };
        sqlx::query("COMMIT")
            .execute(&mut self.connection)
            .await
            .map_err(failed)?;
        self.connection.close().await.map_err(failed)?;
        let io = |source| Error::Io {
            path: self.path.display().to_string(),
            source,
        };
        std::fs::File::open(&self.temporary)
            .and_then(|file| file.sync_all())
            .map_err(io)?;
        std::fs::rename(&self.temporary, &self.path).map_err(io)?;
        // The rename itself must outlive a crash.
        if let Some(folder) = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(io)?;
        }
        Ok(self.written)
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Writer")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The folder of the index that belongs to a database of documents.
fn beside(documents: &Path) -> PathBuf {
    documents.with_extension("search")
}

/// Opens the index that belongs to a database of documents.
pub(crate) fn index_of(documents: &Path) -> Result<Index, Error> {
    Index::open(&beside(documents))
}

fn to_json(kind: &str, id: &str, document: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(document).map_err(|source| Error::Shape {
        kind: kind.to_owned(),
        id: id.to_owned(),
        source,
    })
}

/// A finished database of documents.
#[derive(Debug, Clone)]
pub(crate) struct Documents {
    pool: SqlitePool,
    path: String,
}

impl Documents {
    /// Opens a database to read.
    pub(crate) async fn open(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .immutable(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .map_err(|source| Error::Documents {
                path: shown.clone(),
                source,
            })?;
        Ok(Self { pool, path: shown })
    }

    fn failed(&self, source: sqlx::Error) -> Error {
        Error::Documents {
            path: self.path.clone(),
            source,
        }
    }

    /// One document, when there is one.
    pub(crate) async fn find<D: Document>(&self, id: &str) -> Result<Option<D>, Error> {
        let row = sqlx::query("SELECT json FROM document WHERE kind = ? AND id = ?")
            .bind(D::KIND)
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| self.failed(source))?;
        row.map(|row| read(id, &row.get::<String, _>(0)))
            .transpose()
    }

    /// One document that must be there.
    pub(crate) async fn get<D: Document>(&self, id: &str) -> Result<D, Error> {
        self.find(id).await?.ok_or(Error::NotFound)
    }

    /// The documents of a few ids that there are, in order of id.
    pub(crate) async fn find_all<D: Document>(
        &self,
        ids: &[String],
    ) -> Result<Vec<(String, D)>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new("SELECT id, json FROM document WHERE kind = ");
        query.push_bind(D::KIND).push(" AND id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id);
        }
        query.push(") ORDER BY id");
        let rows = query
            .build()
            .fetch_all(&self.pool)
            .await
            .map_err(|source| self.failed(source))?;
        rows.iter()
            .map(|row| {
                let id: String = row.get(0);
                let document = read(&id, &row.get::<String, _>(1))?;
                Ok((id, document))
            })
            .collect()
    }

    /// The documents whose id begins with a prefix, in order of id, `limit` at most.
    pub(crate) async fn begin_with<D: Document>(
        &self,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<D>, Error> {
        let rows = sqlx::query("SELECT id, json FROM document WHERE kind = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?")
            .bind(D::KIND)
            .bind(prefix)
            .bind(format!("{prefix}\u{10ffff}"))
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .map_err(|source| self.failed(source))?;
        rows.iter()
            .map(|row| read(&row.get::<String, _>(0), &row.get::<String, _>(1)))
            .collect()
    }
}

fn read<D: Document>(id: &str, json: &str) -> Result<D, Error> {
    serde_json::from_str(json).map_err(|source| Error::Shape {
        kind: D::KIND.to_owned(),
        id: id.to_owned(),
        source,
    })
}
