//! Where a row was read: the file behind its numbers.

use std::collections::BTreeMap;

use crate::Error;
use crate::document::Origin;
use crate::read::{Row, integer, string};

use super::Tables;

/// The files of the run, by their numbers.
pub(super) struct Files(BTreeMap<(i64, i64), (String, String, String)>);

impl Files {
    pub(super) async fn read(tables: &Tables<'_>) -> Result<Self, Error> {
        let rows = tables
            .rows(
                &["file"],
                "SELECT file_id, part_id, path, part, sha256 FROM file ORDER BY file_id, part_id",
            )
            .await?;
        Ok(Self(
            rows.iter()
                .map(|row| {
                    let key = (integer(row, "file_id"), integer(row, "part_id"));
                    (
                        key,
                        (
                            string(row, "path"),
                            string(row, "part"),
                            string(row, "sha256"),
                        ),
                    )
                })
                .collect(),
        ))
    }

    /// The origin of a row that carries the engine's columns.
    pub(super) fn origin(&self, row: &Row) -> Origin {
        let (file, part) = (integer(row, "file_id"), integer(row, "part_id"));
        let (path, part, sha256) = self.0.get(&(file, part)).cloned().unwrap_or_default();
        Origin {
            path,
            part,
            sha256,
            record: integer(row, "record"),
            position: String::new(),
            element: string(row, "element"),
        }
    }
}
