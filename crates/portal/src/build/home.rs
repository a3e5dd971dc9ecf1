//! The first page: what is here.

use crate::Error;
use crate::document::{Counts, Home, HomeSource, RuleCount, Site, Visible};
use crate::read::{count, string, text};
use crate::store::Writer;

use super::flags::Flags;
use super::{Built, Tables};

/// Flags shown on the first page.
const LATEST: usize = 8;

pub(super) async fn write(
    tables: &Tables<'_>,
    site: &Site,
    visible: &Visible,
    flags: &Flags,
    built: &Built,
    problems: u64,
    writer: &mut Writer,
) -> Result<(), Error> {
    let files = tables
        .rows(
            &["file"],
            "SELECT \"source\", count(DISTINCT file_id) AS files, CAST(sum(records_found) AS BIGINT) AS records_found, \
             CAST(sum(rows_read) AS BIGINT) AS rows_read, CAST(sum(rows_set_aside) AS BIGINT) AS rows_set_aside, \
             max(edition_date) AS edition_date FROM file GROUP BY \"source\" ORDER BY \"source\"",
        )
        .await?;
    let contracts = tables
        .rows(
            &["ocds.contract"],
            "SELECT count(*) AS n FROM ocds.contract",
        )
        .await?;
    let mut counts = Counts {
        problems,
        processes: built.processes,
        contracts: contracts.first().map_or(0, |row| count(row, "n")),
        works: built.works,
        suppliers: built.suppliers,
        flags: flags.open().count() as u64,
        ..Counts::default()
    };
    for row in &files {
        counts.files += count(row, "files");
        counts.records_found += count(row, "records_found");
        counts.rows_read += count(row, "rows_read");
        counts.rows_set_aside += count(row, "rows_set_aside");
    }
    let sources = site
        .sources
        .iter()
        .map(|brief| {
            let row = files
                .iter()
                .find(|row| string(row, "source") == brief.source);
            HomeSource {
                source: brief.source.clone(),
                files: row.map_or(0, |row| count(row, "files")),
                rows_read: row.map_or(0, |row| count(row, "rows_read")),
                edition_date: row.and_then(|row| text(row, "edition_date")),
                flags: visible.sources.contains(&brief.source).then(|| {
                    flags
                        .open()
                        .filter(|flag| flag.source == brief.source)
                        .count() as u64
                }),
            }
        })
        .collect();
    let rules = visible
        .rules
        .iter()
        .map(|rule| RuleCount {
            rule: rule.rule.clone(),
            answers: super::flags::sum(&rule.cells),
        })
        .collect();
    let mut latest: Vec<_> = flags.open().cloned().collect();
    latest.sort_by(|a, b| (&b.first_seen, &a.rule, &a.id).cmp(&(&a.first_seen, &b.rule, &b.id)));
    // One of each rule in turn, so that a rule with many flags does not hide the others.
    let mut turn: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let mut ranked: Vec<(usize, usize)> = Vec::with_capacity(latest.len());
    for (index, flag) in latest.iter().enumerate() {
        let seen = turn.entry(flag.rule.clone()).or_default();
        ranked.push((*seen, index));
        *seen += 1;
    }
    ranked.sort_unstable();
    let latest = ranked
        .into_iter()
        .take(LATEST)
        .map(|(_, index)| latest[index].clone())
        .collect();
    writer
        .put(
            "home",
            &Home {
                counts,
                sources,
                rules,
                latest,
            },
        )
        .await
}
