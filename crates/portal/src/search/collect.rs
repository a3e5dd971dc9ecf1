//! Walks once through what a query finds: filters it, counts beside every filter, and keeps the best.
//!
//! The count beside a value of a filter is what choosing it would give: all other filters hold, its own does not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Instant;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

use super::ask::{FACETS, Order};
use super::schema::{MONEY, RANK};

/// Filters whose values are counted: all but the buyer.
const COUNTED: usize = FACETS.len() - 1;
/// Pages between two looks at the clock.
const LOOK: u64 = 1_024;

/// Counts of a filter's values.
pub(crate) type Counts = BTreeMap<String, u64>;

/// What a walk gives.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    /// Pages the query finds, whatever the filters.
    pub(super) matched: u64,
    /// Pages that pass all filters.
    pub(super) total: u64,
    /// Counts of values, in the order of `FACETS`.
    pub(super) counts: Vec<Counts>,
    /// The best, best first.
    pub(super) best: Vec<DocAddress>,
    /// True when time was up before the end.
    pub(super) is_partial: bool,
}

/// What to keep of a walk.
pub(super) struct Gather<'a> {
    pub(super) chosen: &'a [Option<String>; FACETS.len()],
    pub(super) order: Order,
    pub(super) keep: usize,
    pub(super) until: Instant,
}

/// Worth, then the order in which pages were added; the greatest is the worst, so that it leaves first.
type Worst = (Reverse<u64>, u64, DocAddress);

/// A column of codes, and the code that was chosen.
struct Codes {
    column: Option<StrColumn>,
    is_chosen: bool,
    chosen: Option<u64>,
    counts: Vec<u64>,
}

/// The walk through one segment.
pub(super) struct Walk {
    codes: Vec<Codes>,
    money: Option<Column<u64>>,
    rank: Column<u64>,
    segment: SegmentOrdinal,
    keep: usize,
    until: Instant,
    best: BinaryHeap<Worst>,
    gathered: Gathered,
}

/// What is left of a walk through one segment.
pub(super) struct Walked {
    best: Vec<Worst>,
    gathered: Gathered,
}

impl Collector for Gather<'_> {
    type Fruit = Gathered;
    type Child = Walk;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<Walk> {
        let columns = reader.fast_fields();
        let mut codes = Vec::with_capacity(FACETS.len());
        for (facet, chosen) in FACETS.iter().zip(self.chosen) {
            let column = columns.str(facet.column)?;
            let ord = match (&column, chosen) {
                (Some(column), Some(code)) => column.dictionary().term_ord(code)?,
                _ => None,
            };
            let values = column.as_ref().map_or(0, |column| column.num_terms());
            codes.push(Codes {
                counts: vec![0; if codes.len() < COUNTED { values } else { 0 }],
                column,
                is_chosen: chosen.is_some(),
                chosen: ord,
            });
        }
        Ok(Walk {
            codes,
            money: match self.order {
                Order::Amount => Some(columns.u64(MONEY)?),
                Order::Relevance => None,
            },
            rank: columns.u64(RANK)?,
            segment,
            keep: self.keep,
            until: self.until,
            best: BinaryHeap::new(),
            gathered: Gathered::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Relevance
    }

    fn merge_fruits(&self, walks: Vec<tantivy::Result<Walked>>) -> tantivy::Result<Gathered> {
        let mut all = Gathered {
            counts: vec![Counts::new(); COUNTED],
            ..Gathered::default()
        };
        let mut best = Vec::new();
        for walked in walks {
            let walked = walked?;
            all.matched += walked.gathered.matched;
            all.total += walked.gathered.total;
            all.is_partial |= walked.gathered.is_partial;
            for (sum, part) in all.counts.iter_mut().zip(walked.gathered.counts) {
                for (code, count) in part {
                    *sum.entry(code).or_default() += count;
                }
            }
            best.extend(walked.best);
        }
        best.sort_unstable();
        best.truncate(self.keep);
        all.best = best.into_iter().map(|(_, _, address)| address).collect();
        Ok(all)
    }
}

impl Walk {
    /// How many filters a page fails, and the last of them.
    fn failed(&self, doc: DocId) -> (usize, usize) {
        let mut failed = (0, 0);
        for (index, codes) in self.codes.iter().enumerate() {
            if !codes.is_chosen {
                continue;
            }
            let passes = match (&codes.column, codes.chosen) {
                (Some(column), Some(chosen)) => column.term_ords(doc).any(|ord| ord == chosen),
                _ => false,
            };
            if !passes {
                failed = (failed.0 + 1, index);
            }
        }
        failed
    }

    fn count(&mut self, index: usize, doc: DocId) {
        if index >= COUNTED {
            return;
        }
        let codes = &mut self.codes[index];
        if let Some(column) = &codes.column {
            for ord in column.term_ords(doc) {
                if let Some(count) = codes.counts.get_mut(ord as usize) {
                    *count += 1;
                }
            }
        }
    }

    fn keep(&mut self, doc: DocId, score: Score) {
        if self.keep == 0 {
            return;
        }
        // Scores are not negative, and then their bits are in the same order.
        let worth = match &self.money {
            Some(money) => money.first(doc).unwrap_or(0),
            None => u64::from(score.max(0.0).to_bits()),
        };
        let rank = self.rank.first(doc).unwrap_or(u64::MAX);
        let one = (Reverse(worth), rank, DocAddress::new(self.segment, doc));
        if self.best.len() < self.keep {
            self.best.push(one);
        } else if self.best.peek().is_some_and(|worst| one < *worst) {
            self.best.pop();
            self.best.push(one);
        }
    }
}

impl SegmentCollector for Walk {
    type Fruit = tantivy::Result<Walked>;

    fn collect(&mut self, doc: DocId, score: Score) {
        if self.gathered.is_partial {
            return;
        }
        self.gathered.matched += 1;
        if self.gathered.matched.is_multiple_of(LOOK) && Instant::now() > self.until {
            self.gathered.is_partial = true;
        }
        match self.failed(doc) {
            (0, _) => {
                self.gathered.total += 1;
                for index in 0..COUNTED {
                    self.count(index, doc);
                }
                self.keep(doc, score);
            }
            (1, only) => self.count(only, doc),
            _ => {}
        }
    }

    fn harvest(mut self) -> tantivy::Result<Walked> {
        for codes in self.codes.iter().take(COUNTED) {
            let mut counts = Counts::new();
            for (ord, count) in codes
                .counts
                .iter()
                .enumerate()
                .filter(|(_, count)| **count > 0)
            {
                let mut code = String::new();
                if let Some(column) = &codes.column {
                    column
                        .ord_to_str(ord as u64, &mut code)
                        .map_err(TantivyError::from)?;
                }
                counts.insert(code, *count);
            }
            self.gathered.counts.push(counts);
        }
        Ok(Walked {
            best: self.best.into_vec(),
            gathered: self.gathered,
        })
    }
}
