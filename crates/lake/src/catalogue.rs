//! The catalogue: files received, runs, manifests and steps, in one SQLite file.
//!
//! One writer at a time, short transactions, `BEGIN IMMEDIATE` where something is written.

use crate::error::Error;
use crate::manifest::{
    DataFile, Manifest, TableName, TableState, schema_from_text, schema_to_text,
};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The catalogue of a workspace.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pool: SqlitePool,
}

/// A file received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredFile {
    /// Small integer, stable in the workspace.
    pub file_id: i64,
    /// Hash of its bytes.
    pub sha256: String,
    /// The path it was received under last.
    pub path: String,
    /// The source a person named, or empty.
    pub source: String,
    /// The place a person named, or empty.
    pub place: String,
    /// Bytes.
    pub size_bytes: i64,
    /// When (ISO, UTC).
    pub added_at: String,
}

/// A step as it was last done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepState {
    /// Hash of everything it was made from.
    pub fingerprint: String,
    /// Hash of what it made.
    pub output: String,
}

impl Catalogue {
    /// Opens (and brings to this version) the catalogue at `path`.
    pub async fn open(path: &Path) -> Result<Catalogue, Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        migrate(&pool).await?;
        Ok(Catalogue { pool })
    }

    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Registers bytes received under `path`. Out: the file, and whether its bytes are new.
    ///
    /// A path that held other bytes before now holds these; the older bytes stay in the store.
    pub async fn register(
        &self,
        sha256: &str,
        size_bytes: u64,
        path: &str,
        source: &str,
        place: &str,
        now: &str,
    ) -> Result<(i64, bool), Error> {
        let mut write = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let known = sqlx::query("SELECT file_id FROM file WHERE sha256 = ?")
            .bind(sha256)
            .fetch_optional(&mut *write)
            .await?;
        let (file_id, new) = match known {
            Some(row) => (row.get::<i64, _>(0), false),
            None => {
                let added =
                    sqlx::query("INSERT INTO file (sha256, size_bytes, added_at) VALUES (?, ?, ?)");
                let added = added
                    .bind(sha256)
                    .bind(size_bytes as i64)
                    .bind(now)
                    .execute(&mut *write)
                    .await?;
                (added.last_insert_rowid(), true)
            }
        };
        sqlx::query(
            "UPDATE file_path SET gone_at = ? WHERE path = ? AND file_id <> ? AND gone_at IS NULL",
        )
        .bind(now)
        .bind(path)
        .bind(file_id)
        .execute(&mut *write)
        .await?;
        sqlx::query(
            "INSERT INTO file_path (file_id, path, source, place, added_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (file_id, path) DO UPDATE SET gone_at = NULL, source = excluded.source, place = excluded.place",
        )
        .bind(file_id)
        .bind(path)
        .bind(source)
        .bind(place)
        .bind(now)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok((file_id, new))
    }

    /// Every file that is still received under some path, in order of `file_id`.
    pub async fn files(&self) -> Result<Vec<RegisteredFile>, Error> {
        let rows = sqlx::query(
            "SELECT file.file_id, sha256, min(path), source, place, size_bytes, file.added_at
             FROM file JOIN file_path ON file_path.file_id = file.file_id AND gone_at IS NULL
             GROUP BY file.file_id ORDER BY file.file_id",
        )
        .fetch_all(&self.pool)
        .await?;
        let file = |row: &sqlx::sqlite::SqliteRow| RegisteredFile {
            file_id: row.get(0),
            sha256: row.get(1),
            path: row.get(2),
            source: row.get(3),
            place: row.get(4),
            size_bytes: row.get(5),
            added_at: row.get(6),
        };
        Ok(rows.iter().map(file).collect())
    }

    /// The manifest published last; empty before the first.
    pub async fn manifest(&self) -> Result<Manifest, Error> {
        let rows = sqlx::query(
            "SELECT run_id, schema, name, version, columns, files FROM manifest
             WHERE run_id = (SELECT max(run_id) FROM run WHERE published_at IS NOT NULL) ORDER BY schema, name",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut manifest = Manifest::default();
        for row in rows {
            manifest.run_id = row.get(0);
            let table = TableName::new(row.get(1), row.get(2));
            let files: Vec<DataFile> =
                serde_json::from_str(row.get(5)).map_err(|error| Error::Damaged {
                    path: format!("catalogue.db, files of {table}"),
                    message: error.to_string(),
                })?;
            let state = TableState {
                version: Some(row.get::<i64, _>(3) as u64),
                schema: schema_from_text(row.get(4))?,
                files,
            };
            manifest.tables.insert(table, state);
        }
        Ok(manifest)
    }

    /// Every step as it was last done and published.
    pub async fn steps(&self) -> Result<BTreeMap<String, StepState>, Error> {
        let rows = sqlx::query("SELECT step, fingerprint, output FROM step")
            .fetch_all(&self.pool)
            .await?;
        Ok(rows
            .iter()
            .map(|row| {
                (
                    row.get(0),
                    StepState {
                        fingerprint: row.get(1),
                        output: row.get(2),
                    },
                )
            })
            .collect())
    }

    /// The number of the next run.
    pub(crate) async fn begin_run(&self, program: &str, now: &str) -> Result<i64, Error> {
        let mut write = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let begun = sqlx::query("INSERT INTO run (program, started_at) VALUES (?, ?)")
            .bind(program)
            .bind(now)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(begun.last_insert_rowid())
    }

    /// Publishes a run: its manifest and its steps, all or nothing.
    pub(crate) async fn publish(
        &self,
        manifest: &Manifest,
        steps: &BTreeMap<String, Option<StepState>>,
        now: &str,
    ) -> Result<(), Error> {
        let mut write = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (table, state) in &manifest.tables {
            insert_table(&mut write, manifest.run_id, table, state).await?;
        }
        for (step, state) in steps {
            match state {
                Some(state) => {
                    sqlx::query(
                        "INSERT INTO step (step, fingerprint, output, run_id) VALUES (?, ?, ?, ?) ON CONFLICT (step)
                         DO UPDATE SET fingerprint = excluded.fingerprint, output = excluded.output, run_id = excluded.run_id",
                    )
                    .bind(step)
                    .bind(&state.fingerprint)
                    .bind(&state.output)
                    .bind(manifest.run_id)
                    .execute(&mut *write)
                    .await?;
                }
                None => {
                    sqlx::query("DELETE FROM step WHERE step = ?")
                        .bind(step)
                        .execute(&mut *write)
                        .await?;
                }
            }
        }
        sqlx::query("UPDATE run SET published_at = ? WHERE run_id = ?")
            .bind(now)
            .bind(manifest.run_id)
            .execute(&mut *write)
            .await?;
        // Older manifests are kept for ten runs: a reader that began on one can end on it.
        sqlx::query("DELETE FROM manifest WHERE run_id < ?")
            .bind(manifest.run_id - 10)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }
}

/// Every migration in order; `user_version` says how many a catalogue has had. They are never edited, only added to.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_catalogue.sql"),
    include_str!("../migrations/0002_link_decisions.sql"),
];

async fn migrate(pool: &SqlitePool) -> Result<(), Error> {
    let mut write = pool.begin_with("BEGIN IMMEDIATE").await?;
    let had: i64 = sqlx::query("PRAGMA user_version")
        .fetch_one(&mut *write)
        .await?
        .get(0);
    if had as usize > MIGRATIONS.len() {
        return Err(Error::NewerFormat {
            found: had as u32,
            known: MIGRATIONS.len() as u32,
        });
    }
    for migration in &MIGRATIONS[had as usize..] {
        sqlx::raw_sql(*migration).execute(&mut *write).await?;
    }
    let now = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {}", MIGRATIONS.len()));
    sqlx::raw_sql(now).execute(&mut *write).await?;
    write.commit().await?;
    Ok(())
}

async fn insert_table(
    write: &mut SqliteConnection,
    run_id: i64,
    table: &TableName,
    state: &TableState,
) -> Result<(), Error> {
    let files = serde_json::to_string(&state.files).map_err(|error| Error::Damaged {
        path: format!("files of {table}"),
        message: error.to_string(),
    })?;
    sqlx::query("INSERT INTO manifest (run_id, schema, name, version, columns, files) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(run_id)
        .bind(&table.schema)
        .bind(&table.name)
        .bind(state.version.unwrap_or(0) as i64)
        .bind(schema_to_text(&state.schema)?)
        .bind(files)
        .execute(write)
        .await?;
    Ok(())
}
