//! Rows of the lists while they are gathered: on disk, since a country signs millions of contracts,
//! and read back in the order in which they are listed.

use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::Error;
use crate::figures::{ListRow, Rows, chunk_id};
use crate::store::Writer;

/// Rows of one insert: ten values each, well below SQLite's 32,766.
const BATCH: usize = 500;

/// Where a row stands in the lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// The list: an office, or a state for located works.
    pub(super) list: String,
    /// Authority of the row.
    pub(super) place: String,
    /// Year, blank when none is published.
    pub(super) year: String,
    /// Procedure, blank when it is not published.
    pub(super) part: String,
    /// Id of the institution, blank when none is named.
    pub(super) buyer: String,
    /// True for the first row of its process.
    pub(super) first: bool,
    /// True when another office publishes the same contract.
    pub(super) again: bool,
}

/// The rows that wait to be listed.
pub(super) struct Spool {
    connection: SqliteConnection,
    waiting: Vec<(&'static str, Place, String, String)>,
    path: PathBuf,
}

impl Spool {
    /// Begins beside the documents. A file left by a run that died is overwritten.
    pub(super) async fn create(out: &Path) -> Result<Self, Error> {
        let path = out.with_extension("rows.part");
        // It may not be there.
        let _absent = std::fs::remove_file(&path);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off);
        let failed = failed(&path);
        let mut connection = SqliteConnection::connect_with(&options)
            .await
            .map_err(&failed)?;
        for sql in [
            "CREATE TABLE listed (kind TEXT, list TEXT, place TEXT, year TEXT, part TEXT, buyer TEXT, sort TEXT, first INTEGER, again INTEGER, json TEXT)",
            "BEGIN",
        ] {
            sqlx::query(sql)
                .execute(&mut connection)
                .await
                .map_err(&failed)?;
        }
        Ok(Self {
            connection,
            waiting: Vec::new(),
            path,
        })
    }

    /// Adds a row; `sort` orders it among those of its institution, the last first.
    pub(super) async fn add<T: ListRow>(
        &mut self,
        place: Place,
        sort: String,
        row: &T,
    ) -> Result<(), Error> {
        let json = serde_json::to_string(row).map_err(|source| Error::Shape {
            kind: T::KIND.to_owned(),
            id: sort.clone(),
            source,
        })?;
        self.waiting.push((T::KIND, place, sort, json));
        if self.waiting.len() >= BATCH {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO listed (kind, list, place, year, part, buyer, sort, first, again, json) ",
        );
        query.push_values(
            self.waiting.drain(..),
            |mut row, (kind, place, sort, json)| {
                row.push_bind(kind)
                    .push_bind(place.list)
                    .push_bind(place.place)
                    .push_bind(place.year)
                    .push_bind(place.part)
                    .push_bind(place.buyer)
                    .push_bind(sort)
                    .push_bind(place.first)
                    .push_bind(place.again)
                    .push_bind(json);
            },
        );
        query
            .build()
            .execute(&mut self.connection)
            .await
            .map_err(failed(&self.path))?;
        Ok(())
    }

    /// Writes the lists of one kind of row, and shows `seen` each row with its place and its number in its list.
    pub(super) async fn list<T: ListRow>(
        &mut self,
        writer: &mut Writer,
        mut seen: impl FnMut(&Place, u64, &T),
    ) -> Result<(), Error> {
        self.flush().await?;
        let failed = failed(&self.path);
        let mut rows = sqlx::query(
            "SELECT list, place, year, part, buyer, first, again, json FROM listed WHERE kind = ? \
             ORDER BY list, place, year DESC, part, buyer, sort DESC, json",
        )
        .bind(T::KIND)
        .fetch(&mut self.connection);
        let mut list = String::new();
        let mut number = 0;
        let mut chunk: Vec<T> = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(&failed)? {
            let place = Place {
                list: row.get(0),
                place: row.get(1),
                year: row.get(2),
                part: row.get(3),
                buyer: row.get(4),
                first: row.get(5),
                again: row.get(6),
            };
            let one: T =
                serde_json::from_str(&row.get::<String, _>(7)).map_err(|source| Error::Shape {
                    kind: T::KIND.to_owned(),
                    id: place.list.clone(),
                    source,
                })?;
            if place.list != list || chunk.len() as u64 == crate::figures::CHUNK {
                put(writer, &list, number, &mut chunk).await?;
                if place.list != list {
                    list.clone_from(&place.list);
                    number = 0;
                }
            }
            seen(&place, number, &one);
            number += 1;
            chunk.push(one);
        }
        put(writer, &list, number, &mut chunk).await
    }

    /// Ends, and takes its file away.
    pub(super) async fn close(self) -> Result<(), Error> {
        let failed = failed(&self.path);
        self.connection.close().await.map_err(failed)?;
        std::fs::remove_file(&self.path).map_err(|source| Error::Io {
            path: self.path.display().to_string(),
            source,
        })
    }
}

/// Writes the rows that end before row `number` of a list.
async fn put<T: ListRow>(
    writer: &mut Writer,
    list: &str,
    number: u64,
    chunk: &mut Vec<T>,
) -> Result<(), Error> {
    if chunk.is_empty() {
        return Ok(());
    }
    let rows = Rows {
        rows: std::mem::take(chunk),
    };
    writer
        .put(&chunk_id(list, (number - 1) / crate::figures::CHUNK), &rows)
        .await
}

fn failed(path: &Path) -> impl Fn(sqlx::Error) -> Error + use<> {
    let path = path.display().to_string();
    move |source| Error::Documents {
        path: path.clone(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{CHUNK, ContractRow};
    use crate::store::Documents;

    #[tokio::test]
    async fn rows_are_listed_once_in_order_and_a_list_ends_with_its_document() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("documents.db");
        let mut writer = Writer::create(&out).await.unwrap();
        let mut spool = Spool::create(&out).await.unwrap();
        let total = 2 * CHUNK + 7;
        for number in 0..total {
            for list in ["b", "a"] {
                let place = Place {
                    list: list.into(),
                    year: if number % 3 == 0 { "" } else { "2015" }.into(),
                    ..Place::default()
                };
                let row = ContractRow {
                    id: format!("{list}{number:04}"),
                    ..ContractRow::default()
                };
                spool.add(place, row.id.clone(), &row).await.unwrap();
            }
        }
        let mut seen = Vec::new();
        spool
            .list(&mut writer, |place, number, row: &ContractRow| {
                seen.push((
                    place.list.clone(),
                    number,
                    place.year.clone(),
                    row.id.clone(),
                ));
            })
            .await
            .unwrap();
        spool.close().await.unwrap();
        writer.finish().await.unwrap();
        assert_eq!(seen.len() as u64, 2 * total);
        assert!(
            seen[0].0 == "a" && seen[0].2 == "2015",
            "a year stands before none"
        );
        assert!(
            seen.iter()
                .enumerate()
                .all(|(at, one)| one.1 == at as u64 % total)
        );
        let documents = Documents::open(&out).await.unwrap();
        for (list, number, _, id) in &seen {
            let chunk: Rows<ContractRow> = documents
                .get(&chunk_id(list, number / CHUNK))
                .await
                .unwrap();
            assert_eq!(chunk.rows[(number % CHUNK) as usize].id, *id);
        }
        assert!(!out.with_extension("rows.part").exists());
    }
}
