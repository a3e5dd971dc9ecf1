//! Offices × fields: who captures what, one document for each standard.

use std::collections::BTreeMap;

use crate::Error;
use crate::document::{
    Cell, Compare, CompareField, CompareTable, Office, Published, Site, SourceCoverage,
};
use crate::read::{claim, count, string};
use crate::store::Writer;

use super::Tables;

/// Counts of one field in one layout of one office.
type Counts = (bool, u64, u64);

/// Counts by table and field.
type Fields = BTreeMap<(String, String), Counts>;

/// Each office's own summary, by source.
type Summaries = BTreeMap<String, Vec<SourceCoverage>>;

/// Writes the compare documents; returns the standards that have one, and each office's own summary.
pub(super) async fn write(
    tables: &Tables<'_>,
    site: &Site,
    writer: &mut Writer,
) -> Result<(Vec<String>, Summaries), Error> {
    // An office's rows may belong to several places; the page compares offices, so places are added up.
    let rows = tables
        .rows(
            &["coverage"],
            "SELECT \"source\", layout, \"standard\", \"table\", field, \
             CAST(sum(\"rows\") AS BIGINT) AS \"rows\", CAST(sum(filled) AS BIGINT) AS filled, \
             max(CASE WHEN mapped THEN 1 ELSE 0 END) = 1 AS mapped \
             FROM coverage GROUP BY \"source\", layout, \"standard\", \"table\", field \
             ORDER BY \"standard\", \"source\", layout, \"table\", field",
        )
        .await?;
    let mut counts: BTreeMap<(String, String, String), Fields> = BTreeMap::new();
    for row in &rows {
        counts
            .entry((
                string(row, "standard"),
                string(row, "source"),
                string(row, "layout"),
            ))
            .or_default()
            .insert(
                (string(row, "table"), string(row, "field")),
                (
                    claim(row, "mapped"),
                    count(row, "rows"),
                    count(row, "filled"),
                ),
            );
    }
    let order = |source: &str| {
        site.sources
            .iter()
            .position(|brief| brief.source == source)
            .unwrap_or(usize::MAX)
    };
    let mut summaries = Summaries::new();
    let mut compared: Vec<(String, usize)> = Vec::new();
    for standard in &tables.texts.standards {
        let mut offices: Vec<Office> = counts
            .keys()
            .filter(|(code, ..)| *code == standard.code)
            .map(|(_, source, layout)| Office {
                source: source.clone(),
                layout: layout.clone(),
                several: false,
            })
            .collect();
        offices.sort_by(|a, b| {
            (order(&a.source), &a.source, &a.layout).cmp(&(order(&b.source), &b.source, &b.layout))
        });
        for index in 0..offices.len() {
            offices[index].several = offices
                .iter()
                .filter(|other| other.source == offices[index].source)
                .count()
                > 1;
        }
        if offices.is_empty() {
            continue;
        }
        let of = |office: &Office, table: &str, field: &str| -> Cell {
            counts
                .get(&(
                    standard.code.clone(),
                    office.source.clone(),
                    office.layout.clone(),
                ))
                .and_then(|fields| fields.get(&(table.to_owned(), field.to_owned())))
                .map(|&(mapped, rows, filled)| Cell {
                    state: Published::of(mapped, rows, filled),
                    rows,
                    filled,
                })
                .unwrap_or_default()
        };
        let compare_tables: Vec<CompareTable> = standard
            .tables
            .iter()
            .map(|table| CompareTable {
                table: table.name.clone(),
                fields: table
                    .fields
                    .iter()
                    .map(|field| CompareField {
                        field: field.name.clone(),
                        cells: offices
                            .iter()
                            .map(|office| of(office, &table.name, &field.name))
                            .collect(),
                    })
                    .collect(),
            })
            .collect();
        for (index, office) in offices.iter().enumerate() {
            let mut summary = SourceCoverage {
                standard: standard.code.clone(),
                layout: office.layout.clone(),
                ..SourceCoverage::default()
            };
            for cell in compare_tables
                .iter()
                .flat_map(|table| &table.fields)
                .map(|field| &field.cells[index])
            {
                match cell.state {
                    Published::Full => summary.full += 1,
                    Published::Partial => summary.partial += 1,
                    Published::Empty => summary.empty += 1,
                    Published::Absent => summary.absent += 1,
                    Published::NotApplicable => summary.not_applicable += 1,
                }
            }
            summaries
                .entry(office.source.clone())
                .or_default()
                .push(summary);
        }
        let compare = Compare {
            standard: standard.code.clone(),
            offices,
            tables: compare_tables,
        };
        compared.push((standard.code.clone(), compare.offices.len()));
        writer.put(&standard.code, &compare).await?;
    }
    // The standard with most offices is the one with most to compare.
    compared.sort_by_key(|(_, offices)| std::cmp::Reverse(*offices));
    Ok((
        compared.into_iter().map(|(standard, _)| standard).collect(),
        summaries,
    ))
}
