//! Offices: what each one publishes, and how well.

use std::collections::BTreeMap;

use crate::Error;
use crate::document::{
    FilePart, ProblemCount, RuleCount, Site, Source, SourceBrief, SourceCoverage, Visible,
};
use crate::figures::{Choices, Level};
use crate::format::mask_rfcs;
use crate::read::{count, string, text};
use crate::store::Writer;
use crate::text::Text;

use super::Tables;
use super::flags::Flags;

/// Flags shown on the page of an office.
const FLAGS: usize = 6;

/// What the authorities are called.
pub(super) async fn places(tables: &Tables<'_>) -> Result<BTreeMap<String, Text>, Error> {
    let rows = tables
        .rows(
            &["place_info"],
            "SELECT place, name_es, name_en FROM place_info ORDER BY place",
        )
        .await?;
    let name = |row| Text::new(string(row, "name_es"), string(row, "name_en"));
    Ok(rows
        .iter()
        .map(|row| (string(row, "place"), name(row)))
        .collect())
}

/// The offices that gave at least one file, by place and code.
pub(super) async fn briefs(
    tables: &Tables<'_>,
    places: &BTreeMap<String, Text>,
) -> Result<Vec<SourceBrief>, Error> {
    let rows = tables
        .rows(
            &["source_info", "file"],
            "SELECT s.* FROM source_info s WHERE s.\"source\" IN (SELECT \"source\" FROM file) \
             ORDER BY s.place, s.\"source\"",
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            let place = string(row, "place");
            SourceBrief {
                source: string(row, "source"),
                title: Text::new(string(row, "title_es"), string(row, "title_en")),
                place_name: places
                    .get(&place)
                    .cloned()
                    .unwrap_or_else(|| Text::same(&place)),
                place,
                publisher: string(row, "publisher"),
                covers: string(row, "covers"),
            }
        })
        .collect())
}

/// The newest date of an edition.
pub(super) async fn data_date(tables: &Tables<'_>) -> Result<Option<String>, Error> {
    let rows = tables
        .rows(&["file"], "SELECT max(edition_date) AS newest FROM file")
        .await?;
    Ok(rows.first().and_then(|row| text(row, "newest")))
}

/// Writes the offices' documents; returns how many problems there are in all.
pub(super) async fn write(
    tables: &Tables<'_>,
    site: &Site,
    visible: &Visible,
    flags: &Flags,
    mut coverage: BTreeMap<String, Vec<SourceCoverage>>,
    choices: &Choices,
    writer: &mut Writer,
) -> Result<u64, Error> {
    let infos = tables
        .rows(
            &["source_info"],
            "SELECT * FROM source_info ORDER BY \"source\"",
        )
        .await?;
    let mut files: BTreeMap<String, Vec<FilePart>> = BTreeMap::new();
    let rows = tables
        .rows(
            &["file"],
            "SELECT * FROM file ORDER BY \"source\", path, part, part_id, file_id",
        )
        .await?;
    for row in &rows {
        files
            .entry(string(row, "source"))
            .or_default()
            .push(FilePart {
                path: string(row, "path"),
                part: string(row, "part"),
                sha256: string(row, "sha256"),
                layout: string(row, "layout"),
                format: string(row, "format"),
                encoding: string(row, "encoding"),
                size_bytes: count(row, "size_bytes"),
                records_found: count(row, "records_found"),
                rows_read: count(row, "rows_read"),
                rows_set_aside: count(row, "rows_set_aside"),
                edition_date: text(row, "edition_date"),
                status: string(row, "status"),
            });
    }
    let mut problems: BTreeMap<String, Vec<ProblemCount>> = BTreeMap::new();
    let mut total = 0;
    let rows = tables
        .rows(
            &["problem"],
            "SELECT \"source\", code, \"column\", severity, count(*) AS n, min(found) AS found, min(\"action\") AS \"action\" \
             FROM problem GROUP BY \"source\", code, \"column\", severity \
             ORDER BY \"source\", count(*) DESC, code, \"column\", severity",
        )
        .await?;
    for row in &rows {
        total += count(row, "n");
        problems
            .entry(string(row, "source"))
            .or_default()
            .push(ProblemCount {
                code: string(row, "code"),
                column: string(row, "column"),
                severity: string(row, "severity"),
                count: count(row, "n"),
                found: mask_rfcs(&string(row, "found")).chars().take(120).collect(),
                action: string(row, "action"),
            });
    }
    for brief in &site.sources {
        let source = &brief.source;
        let Some(info) = infos.iter().find(|row| string(row, "source") == *source) else {
            continue;
        };
        let column = visible.sources.iter().position(|of| of == source);
        let rules = visible
            .rules
            .iter()
            .filter_map(|rule| {
                let answers = column.map(|column| rule.cells[column].clone())?;
                (answers.total() > 0).then(|| RuleCount {
                    rule: rule.rule.clone(),
                    answers,
                })
            })
            .collect();
        let key = Level::Source.key(source);
        let choice = choices.choices.iter().find(|choice| choice.key == key);
        let document = Source {
            contracts: choice.map_or(0, |choice| choice.contracts),
            works: choice.map_or(0, |choice| choice.works),
            buyers: choices
                .buyers_of
                .iter()
                .find(|(own, _)| own == source)
                .map_or(0, |(_, buyers)| *buyers),
            source: source.clone(),
            publisher: string(info, "publisher"),
            url: string(info, "url"),
            license: string(info, "license"),
            publishes: string(info, "publishes"),
            covers: string(info, "covers"),
            covers_note: Text::new(
                string(info, "covers_note_es"),
                string(info, "covers_note_en"),
            ),
            tax_basis: string(info, "tax_basis"),
            files: files.remove(source).unwrap_or_default(),
            coverage: coverage.remove(source).unwrap_or_default(),
            problems: problems.remove(source).unwrap_or_default(),
            rules,
            flags: flags
                .open()
                .filter(|flag| flag.source == *source)
                .take(FLAGS)
                .cloned()
                .collect(),
        };
        writer.put(source, &document).await?;
    }
    Ok(total)
}
