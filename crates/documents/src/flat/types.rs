//! What `_types` says of tables and columns.

use std::collections::HashMap;

use crate::flat::META;
use crate::flat::back::{Sheet, opened};
use crate::flat::cell::Kind;

/// What `_types` says.
#[derive(Default)]
pub(super) struct Types {
    /// The list whose elements the rows of a table are, by its name.
    pub lists: HashMap<String, String>,
    pub columns: HashMap<String, Kind>,
    pub meta: HashMap<String, Kind>,
}

impl Types {
    /// Reads the table, or more of it.
    pub fn read(&mut self, sheet: &Sheet) {
        let Some((_, rows, _)) = opened(sheet, false) else {
            return;
        };
        for row in rows {
            let [table, column, kind] = row.as_slice() else {
                continue;
            };
            match Kind::named(kind) {
                Some(kind) if table == META => drop(self.meta.insert(column.clone(), kind)),
                Some(kind) => drop(self.columns.insert(column.clone(), kind)),
                None if kind == "object" => {
                    self.lists.insert(table.clone(), column.clone());
                }
                None => {}
            }
        }
    }
}
