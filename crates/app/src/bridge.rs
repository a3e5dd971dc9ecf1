//! What the portal asks of the house, answered by the lake.

use crate::original_rows;
use async_trait::async_trait;
use lake::{Engine, Originals, TableName, TableState, Workspace};
use packs::Packs;
use portal::{Original, OriginalStore, RawRow, Row, RowKey, TableReader};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

/// Tables for the portal.
pub struct PortalReader {
    engine: Engine,
    tables: BTreeSet<String>,
}

impl PortalReader {
    /// The tables of a session.
    pub fn over(engine: Engine, tables: &BTreeMap<TableName, TableState>) -> PortalReader {
        let mut names = BTreeSet::new();
        for table in tables.keys() {
            names.insert(match table.schema.as_str() {
                "cotejo" => table.name.clone(),
                _ => table.to_string(),
            });
            if let Some(standard) = table.schema.strip_suffix("_history") {
                names.insert(format!("{standard}.{}", table.name));
            }
        }
        PortalReader {
            engine,
            tables: names,
        }
    }
}

#[async_trait]
impl TableReader for PortalReader {
    async fn tables(&self) -> Result<BTreeSet<String>, portal::Error> {
        Ok(self.tables.clone())
    }

    async fn rows(&self, sql: &str) -> Result<Vec<Row>, portal::Error> {
        let mut answered = self.engine.rows("a page", sql).await;
        if matches!(&answered, Err(error) if error.is_out_of_memory()) {
            self.engine.spill_joins();
            answered = self.engine.rows("a page", sql).await;
        }
        let batches = answered.map_err(|error| portal::Error::Reading {
            what: sql.to_string(),
            source: Box::new(error),
        })?;
        Ok(batches.iter().flat_map(crate::print::objects).collect())
    }
}

/// Original rows for the portal.
pub struct RawRows {
    engine: Engine,
    tables: BTreeMap<TableName, TableState>,
    packs: Packs,
}

impl RawRows {
    /// The raw tables of a session.
    pub fn new(engine: Engine, tables: &BTreeMap<TableName, TableState>, packs: &Packs) -> RawRows {
        RawRows {
            engine,
            tables: tables.clone(),
            packs: packs.clone(),
        }
    }
}

#[async_trait]
impl portal::Originals for RawRows {
    async fn raw_rows(&self, wanted: &[RowKey]) -> Result<Vec<Option<RawRow>>, portal::Error> {
        let keys: BTreeSet<original_rows::Key> = wanted
            .iter()
            .map(|key| (key.file_id, key.part_id, key.record))
            .collect();
        let found = original_rows::read(&self.engine, &self.tables, &self.packs, &keys, false)
            .await
            .map_err(|error| portal::Error::Reading {
                what: "original rows".to_string(),
                source: error.into(),
            })?;
        let one = |key: &RowKey| {
            let row = found.get(&(key.file_id, key.part_id, key.record))?;
            Some(RawRow {
                path: file_name(&row.path),
                sha256: row.sha256.clone(),
                position: row.position.clone(),
                columns: row.columns.clone(),
            })
        };
        Ok(wanted.iter().map(one).collect())
    }
}

/// Original files for download. A file is public unless it has personal columns whose publication no obligation covers.
pub struct Downloads {
    files: RwLock<BTreeMap<String, (String, bool)>>,
    originals: Originals,
}

impl Downloads {
    /// The files of a workspace.
    pub async fn open(workspace: &Workspace, packs: &Packs) -> anyhow::Result<Downloads> {
        let downloads = Downloads {
            files: RwLock::default(),
            originals: Originals::new(workspace.files()),
        };
        downloads.refresh(workspace, packs).await?;
        Ok(downloads)
    }

    /// Looks again which files there are.
    pub async fn refresh(&self, workspace: &Workspace, packs: &Packs) -> anyhow::Result<()> {
        let reader = lake::Reader::open(workspace).await?;
        let mut files = BTreeMap::new();
        if reader
            .manifest
            .tables
            .contains_key(&lake::system::own("file"))
        {
            for batch in reader
                .engine()
                .rows(
                    "files",
                    "SELECT sha256, path, source FROM file ORDER BY file_id, part_id",
                )
                .await?
            {
                for object in crate::print::objects(&batch) {
                    let text = |name: &str| object[name].as_str().unwrap_or("").to_string();
                    let public = is_public(packs, &text("source"));
                    let entry = files
                        .entry(text("sha256"))
                        .or_insert((file_name(&text("path")), true));
                    entry.1 &= public;
                }
            }
        }
        *self.files.write().unwrap_or_else(PoisonError::into_inner) = files;
        Ok(())
    }
}

impl OriginalStore for Downloads {
    fn open(&self, sha256: &str) -> Option<Original> {
        let (name, public) = self
            .files
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(sha256)
            .cloned()?;
        Some(Original {
            path: self.originals.path(sha256),
            name,
            public,
        })
    }
}

fn is_public(packs: &Packs, source: &str) -> bool {
    match packs.sources.get(source) {
        // What no pack describes may hold anything.
        None => false,
        Some(known) => {
            known.personal_data == "obligation"
                || original_rows::personal_columns(packs, source).is_empty()
        }
    }
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_string()
}
