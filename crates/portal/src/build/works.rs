//! Public works.

use std::collections::{BTreeMap, HashSet};

use crate::Error;
use crate::document::{ProcessRef, Record, Subject, SubjectAnswer, Work};
use crate::format::mask_rfcs;
use crate::history::History;
use crate::read::{Row, literal, string, text};
use crate::store::Writer;
use crate::text::TableText;

use super::Tables;
use super::figures::Gather;
use super::flags::Flags;
use super::history;
use super::origins::Files;
use super::records::{columns, of, record};

/// Works whose tables are read at once.
const CHUNK: usize = 5_000;
/// Rows of a list inside one work: enough for any real one, and a bound for a wrong one.
const LIST: usize = 500;

/// Writes the works' documents; returns how many there are.
pub(super) async fn write(
    tables: &Tables<'_>,
    files: &Files,
    flags: &Flags,
    gather: &mut Gather,
    writer: &mut Writer,
) -> Result<u64, Error> {
    let Some(standard) = tables.texts.standard("oc4ids") else {
        return Ok(0);
    };
    let Some(project) = standard.table("project") else {
        return Ok(0);
    };
    let ids = tables
        .rows(
            &["oc4ids.project"],
            "SELECT DISTINCT id FROM oc4ids.project ORDER BY id",
        )
        .await?;
    let ids: Vec<String> = ids.iter().filter_map(|row| text(row, "id")).collect();
    let known: HashSet<String> = tables
        .rows(&["ocds.tender", "oc4ids.contracting_process"], "SELECT DISTINCT t.ocid FROM ocds.tender t JOIN oc4ids.contracting_process p ON p.ocid = t.ocid ORDER BY t.ocid")
        .await?
        .iter()
        .map(|row| string(row, "ocid"))
        .collect();
    for chunk in ids.chunks(CHUNK) {
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else {
            continue;
        };
        let within = |column: &str| {
            format!(
                "\"{column}\" >= {} AND \"{column}\" <= {}",
                literal(first),
                literal(last)
            )
        };
        let sql = format!(
            "SELECT {} FROM oc4ids.project WHERE {} ORDER BY id, \"source\", file_id, record",
            columns(project),
            within("id")
        );
        let mut projects: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in tables.rows(&["oc4ids.project"], &sql).await? {
            projects.entry(string(&row, "id")).or_default().push(row);
        }
        let mut finance = list(
            tables,
            standard.table("finance"),
            "\"year\"",
            &within("project_id"),
        )
        .await?;
        let mut locations = list(
            tables,
            standard.table("location"),
            "id",
            &within("project_id"),
        )
        .await?;
        let mut budget = list(
            tables,
            standard.table("budget_line"),
            "id",
            &within("project_id"),
        )
        .await?;
        let mut processes = list(
            tables,
            standard.table("contracting_process"),
            "id",
            &within("project_id"),
        )
        .await?;
        let mut parties =
            list(tables, standard.table("party"), "id", &within("project_id")).await?;
        let mut answers = answers(tables, &within("subject_id")).await?;
        let mut histories = history::read(tables, files, standard, chunk, writer).await?;
        for (id, rows) in projects {
            let row = &rows[0];
            let fields = record(project, row);
            let source = string(row, "source");
            let title = of(&fields, "title").unwrap_or_else(|| id.clone());
            let mut history = histories.remove(&id);
            if let Some(history) = &mut history {
                history.begin(&title, &source);
                writer.put(&History::id("oc4ids", &id), history).await?;
            }
            let work = Work {
                history: history.and_then(|history| history.brief()),
                source,
                place: string(row, "place"),
                title,
                finance: finance.remove(&id).unwrap_or_default(),
                locations: locations.remove(&id).unwrap_or_default(),
                budget: budget.remove(&id).unwrap_or_default(),
                processes: processes
                    .remove(&id)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|process| of(process, "ocid").or_else(|| of(process, "id")))
                    .map(|ocid| ProcessRef {
                        known: known.contains(&ocid),
                        ocid,
                    })
                    .collect(),
                parties: parties.remove(&id).unwrap_or_default(),
                flags: flags.about("project", &id).cloned().collect(),
                answers: answers.remove(&id).unwrap_or_default(),
                origins: rows.iter().map(|row| files.origin(row)).collect(),
                project: fields,
                id: id.clone(),
            };
            gather.work(&work, row).await?;
            writer.put(&id, &work).await?;
        }
    }
    Ok(ids.len() as u64)
}

/// The records of a table of lists, by project.
async fn list(
    tables: &Tables<'_>,
    table: Option<&TableText>,
    order: &str,
    within: &str,
) -> Result<BTreeMap<String, Vec<Record>>, Error> {
    let mut lists: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    let Some(table) = table else { return Ok(lists) };
    let name = format!("oc4ids.{}", table.name);
    let sql = format!(
        "SELECT {} FROM oc4ids.\"{}\" WHERE {within} ORDER BY project_id, {order}, \"source\", file_id, record, element",
        columns(table),
        table.name
    );
    for row in tables.rows(&[&name], &sql).await? {
        let of_project = lists.entry(string(&row, "project_id")).or_default();
        if of_project.len() < LIST {
            of_project.push(record(table, &row));
        }
    }
    Ok(lists)
}

/// The answers about works that are not flags.
async fn answers(
    tables: &Tables<'_>,
    within: &str,
) -> Result<BTreeMap<String, Vec<SubjectAnswer>>, Error> {
    let sql = format!(
        "SELECT indicator, subject_kind, subject_id, name, answer, missing, note FROM flags.answer \
         WHERE subject_kind = 'project' AND answer <> 'flagged' AND {within} ORDER BY subject_id, indicator"
    );
    let mut answers: BTreeMap<String, Vec<SubjectAnswer>> = BTreeMap::new();
    for row in tables.rows(&["flags.answer"], &sql).await? {
        answers
            .entry(string(&row, "subject_id"))
            .or_default()
            .push(answer(&row));
    }
    Ok(answers)
}

/// An answer as a page of its subject shows it.
pub(super) fn answer(row: &Row) -> SubjectAnswer {
    let id = string(row, "subject_id");
    SubjectAnswer {
        rule: string(row, "indicator"),
        subject: Subject {
            kind: string(row, "subject_kind"),
            name: mask_rfcs(&text(row, "name").unwrap_or_else(|| id.clone())),
            id,
        },
        answer: string(row, "answer"),
        missing: text(row, "missing"),
        note: text(row, "note"),
    }
}
