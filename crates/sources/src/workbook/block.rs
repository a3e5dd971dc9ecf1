//! Puts the rows of a sheet together into records with lists beside them.
//!
//! Offices merge a contract's cells over as many rows as its longest list and write each list downwards, so
//! the lists of one record share rows and nothing else. It refuses to know which columns those are: the plan says.

use std::collections::BTreeMap;

use super::sheet::SheetRow;
use crate::reading::{BlockGroup, BlockPlan};

/// Rows of one record. The longest known has 26; a form that never starts a new one must not eat the memory.
const MOST_ROWS: usize = 2_000;

/// A record being put together.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) rows: Vec<SheetRow>,
    /// The last row that may still belong to it without a gap.
    reach: u32,
    pub(crate) group: String,
}

/// One element of a list: its row, and its cells.
pub(crate) type Element<'b> = (u32, Vec<(usize, &'b str)>);

impl Block {
    pub(crate) fn new(first: SheetRow, group: &str) -> Self {
        let reach = first.merged_down_to;
        Block {
            rows: vec![first],
            reach,
            group: group.to_owned(),
        }
    }

    /// Whether a row that starts no record goes on with this one.
    pub(crate) fn goes_on(&self, row: &SheetRow, plan: &BlockPlan) -> bool {
        let last = self.rows.last().map_or(0, |r| r.row);
        let near = row.row <= self.reach.max(last) + 1;
        let in_list = row
            .cells
            .iter()
            .any(|cell| plan.is_in_list(cell.column as usize));
        near && (in_list || row.row <= self.reach) && self.rows.len() < MOST_ROWS
    }

    pub(crate) fn add(&mut self, row: SheetRow) {
        self.rows.push(row);
    }

    /// The cells of the record itself: those of its first row, and of cells merged from above over it.
    pub(crate) fn record<'b>(&'b self, plan: &BlockPlan) -> Vec<(usize, &'b str)> {
        let first = &self.rows[0];
        let mut cells: BTreeMap<usize, &str> = BTreeMap::new();
        for (column, text) in &first.from_above {
            cells.insert(*column as usize, text);
        }
        for cell in &first.cells {
            cells.insert(cell.column as usize, &cell.text);
        }
        cells.retain(|column, _| !plan.is_in_list(*column) && *column < plan.width);
        cells.into_iter().collect()
    }

    /// What stands in further rows and belongs to no list, and what stands right of the header.
    pub(crate) fn rest<'b>(&'b self, plan: &BlockPlan) -> Vec<(u32, usize, &'b str)> {
        let mut rest = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            for cell in &row.cells {
                let column = cell.column as usize;
                if column >= plan.width || (index > 0 && !plan.is_in_list(column)) {
                    rest.push((row.row, column, cell.text.as_str()));
                }
            }
        }
        rest
    }

    /// The elements of one list, and whether its groups were of different length.
    ///
    /// The n-th element of each group makes one; a group of one goes with all of them.
    pub(crate) fn elements<'b>(&'b self, groups: &[BlockGroup]) -> (Vec<Element<'b>>, bool) {
        let of_group: Vec<Vec<Element<'b>>> = groups.iter().map(|g| self.group_rows(g)).collect();
        let longest = of_group.iter().map(Vec::len).max().unwrap_or(0);
        let differ = of_group
            .iter()
            .any(|rows| rows.len() > 1 && rows.len() < longest);
        let mut elements = Vec::with_capacity(longest);
        for n in 0..longest {
            let mut element: Option<Element<'b>> = None;
            for rows in &of_group {
                let found = match rows.len() {
                    1 => rows.first(),
                    _ => rows.get(n),
                };
                let Some((row, cells)) = found else { continue };
                match &mut element {
                    None => element = Some((*row, cells.clone())),
                    Some((at, all)) => {
                        // A group of one stands for all of them: the others say which row it is.
                        if rows.len() == longest && longest > 1 {
                            *at = (*at).max(*row);
                        }
                        all.extend(cells);
                    }
                }
            }
            elements.extend(element);
        }
        (elements, differ)
    }

    fn group_rows<'b>(&'b self, group: &BlockGroup) -> Vec<Element<'b>> {
        let starts = if group.starts.is_empty() {
            &group.columns
        } else {
            &group.starts
        };
        let mut found = Vec::new();
        for row in &self.rows {
            let filled = |columns: &[usize]| {
                row.cells
                    .iter()
                    .any(|c| columns.contains(&(c.column as usize)) && !c.text.trim().is_empty())
            };
            if !filled(starts) {
                continue;
            }
            let mut cells: BTreeMap<usize, &str> = BTreeMap::new();
            for (column, text) in &row.from_above {
                cells.insert(*column as usize, text);
            }
            for cell in &row.cells {
                cells.insert(cell.column as usize, &cell.text);
            }
            cells.retain(|column, _| group.columns.contains(column));
            found.push((row.row, cells.into_iter().collect()));
        }
        found
    }
}

impl BlockPlan {
    pub(crate) fn is_in_list(&self, column: usize) -> bool {
        self.lists
            .iter()
            .flat_map(|list| &list.groups)
            .any(|group| group.columns.contains(&column))
    }

    pub(crate) fn starts_record(&self, row: &SheetRow) -> bool {
        if self.starts.is_empty() {
            return true;
        }
        // A note under the table may stand in any column; a record fills a good part of them.
        row.cells.len() * 6 >= self.width.min(30)
            && row
                .cells
                .iter()
                .any(|c| self.starts.contains(&(c.column as usize)))
    }
}
