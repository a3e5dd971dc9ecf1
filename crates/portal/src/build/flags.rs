//! Flags and their rows, rules and their answers.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::Error;
use crate::document::{
    Answers, EvidenceRow, Flag, FlagBrief, FlagPage, Histogram, Missing, Origin, Record, Role,
    Rule, SourceAnswers, SourceBrief, Step, Subject, Visible, VisibleRule,
};
use crate::format::{length, mask_rfcs};
use crate::read::{Originals, Row, RowKey, count, integer, literal, string, text};
use crate::store::Writer;

use super::Tables;
use super::origins::Files;

/// Flags on one page of a list.
const PAGE: usize = 20;
/// Original rows shown with their cells, for each role of a flag.
const SHOWN: usize = 10;
/// Further rows named by file and record, for each role of a flag.
const NAMED: usize = 500;
/// Flags whose evidence is read at once.
const CHUNK: usize = 400;
/// Steps of a histogram, the open last one included.
const STEPS: usize = 24;

/// A flag as read, with what only its own page needs.
struct Held {
    brief: FlagBrief,
    rule_version: String,
    detail: String,
}

/// All flags of the run, and the noted answers that are not flags.
pub(super) struct Flags {
    held: BTreeMap<String, Held>,
    by_subject: HashMap<(String, String), Vec<String>>,
}

impl Flags {
    pub(super) async fn read(tables: &Tables<'_>) -> Result<Self, Error> {
        let flagged = tables
            .rows(&["flags.flag"], "SELECT * FROM flags.flag ORDER BY flag_id")
            .await?;
        // A clear answer with a note keeps its rows too, under the id it would have as a flag.
        let noted = tables
            .rows(
                &["flags.answer", "flags.evidence"],
                "SELECT e.flag_id, a.* FROM flags.answer a \
                 JOIN (SELECT DISTINCT flag_id, indicator, subject_id FROM flags.evidence) e \
                 ON e.indicator = a.indicator AND e.subject_id = a.subject_id \
                 WHERE a.answer = 'clear' AND a.note IS NOT NULL ORDER BY e.flag_id",
            )
            .await?;
        let mut held = BTreeMap::new();
        for (rows, answer) in [(noted, "clear"), (flagged, "flagged")] {
            for row in rows {
                let brief = brief(&row, answer);
                let one = Held {
                    rule_version: string(&row, "rule_version"),
                    detail: string(&row, "detail"),
                    brief,
                };
                held.insert(one.brief.id.clone(), one);
            }
        }
        let mut by_subject: HashMap<(String, String), Vec<String>> = HashMap::new();
        for (id, one) in &held {
            let subject = &one.brief.subject;
            by_subject
                .entry((subject.kind.clone(), subject.id.clone()))
                .or_default()
                .push(id.clone());
        }
        Ok(Self { held, by_subject })
    }

    /// Flags that still hold.
    pub(super) fn open(&self) -> impl Iterator<Item = &FlagBrief> {
        self.held
            .values()
            .map(|one| &one.brief)
            .filter(|flag| flag.answer == "flagged" && flag.closed_on.is_none())
    }

    /// Flags and noted answers about one subject, in order of their id.
    pub(super) fn about(&self, kind: &str, id: &str) -> impl Iterator<Item = &FlagBrief> {
        self.by_subject
            .get(&(kind.to_owned(), id.to_owned()))
            .into_iter()
            .flatten()
            .map(|id| &self.held[id].brief)
    }
}

fn brief(row: &Row, answer: &str) -> FlagBrief {
    let kind = string(row, "subject_kind");
    let id = string(row, "subject_id");
    let name = text(row, "name").unwrap_or_else(|| id.clone());
    // The id of a group or buyer is made of names and keys; those with a page of their own keep theirs, to link to it.
    let id = if matches!(kind.as_str(), "group" | "buyer") {
        mask_rfcs(&id)
    } else {
        id
    };
    FlagBrief {
        id: string(row, "flag_id"),
        rule: string(row, "indicator"),
        subject: Subject {
            kind,
            id,
            name: mask_rfcs(&name),
        },
        source: string(row, "source"),
        answer: answer.to_owned(),
        value: text(row, "value"),
        threshold: text(row, "threshold"),
        amount: text(row, "amount"),
        currency: text(row, "currency"),
        note: text(row, "note"),
        first_seen: text(row, "first_seen"),
        last_seen: text(row, "last_seen"),
        closed_on: text(row, "closed_on"),
    }
}

/// The answers of all offices together.
pub(super) fn sum(cells: &[Answers]) -> Answers {
    let mut all = Answers::default();
    let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
    for cell in cells {
        all.flagged += cell.flagged;
        all.clear += cell.clear;
        all.not_computable += cell.not_computable;
        for one in &cell.missing {
            *missing.entry(&one.field).or_default() += one.count;
        }
    }
    all.missing = missing
        .into_iter()
        .map(|(field, count)| Missing {
            field: field.to_owned(),
            count,
        })
        .collect();
    all.missing
        .sort_by(|a, b| (b.count, &a.field).cmp(&(a.count, &b.field)));
    all
}

/// Offices × rules. Offices to which no rule applies, such as published lists, have no column.
pub(super) async fn visible(
    tables: &Tables<'_>,
    sources: &[SourceBrief],
) -> Result<Visible, Error> {
    let rows = tables
        .rows(
            &["flags.answer"],
            "SELECT indicator, \"source\", answer, missing, count(*) AS n FROM flags.answer \
             GROUP BY indicator, \"source\", answer, missing ORDER BY indicator, \"source\", answer, missing",
        )
        .await?;
    let mut cells: BTreeMap<(String, String), Answers> = BTreeMap::new();
    for row in &rows {
        let cell = cells
            .entry((string(row, "indicator"), string(row, "source")))
            .or_default();
        let n = count(row, "n");
        match string(row, "answer").as_str() {
            "flagged" => cell.flagged += n,
            "clear" => cell.clear += n,
            _ => {
                cell.not_computable += n;
                cell.missing.push(Missing {
                    field: string(row, "missing"),
                    count: n,
                });
            }
        }
    }
    for cell in cells.values_mut() {
        cell.missing
            .sort_by(|a, b| (b.count, &a.field).cmp(&(a.count, &b.field)));
    }
    let sources: Vec<String> = sources
        .iter()
        .map(|brief| brief.source.clone())
        .filter(|source| cells.keys().any(|(_, of)| of == source))
        .collect();
    let rules = tables
        .texts
        .rules
        .iter()
        .map(|rule| VisibleRule {
            rule: rule.code.clone(),
            cells: sources
                .iter()
                .map(|source| {
                    cells
                        .remove(&(rule.code.clone(), source.clone()))
                        .unwrap_or_default()
                })
                .collect(),
        })
        .collect();
    Ok(Visible { sources, rules })
}

/// Writes the flag and rule documents; returns how many flags and noted answers have a page.
pub(super) async fn write(
    tables: &Tables<'_>,
    originals: &dyn Originals,
    files: &Files,
    flags: &Flags,
    visible: &Visible,
    writer: &mut Writer,
) -> Result<u64, Error> {
    let held: Vec<&Held> = flags.held.values().collect();
    for chunk in held.chunks(CHUNK) {
        write_chunk(tables, originals, files, chunk, writer).await?;
    }
    for (rule, cells) in visible.rules.iter().map(|rule| (&rule.rule, &rule.cells)) {
        let mut counts = [0, 0];
        for (index, answer) in ["flagged", "clear"].into_iter().enumerate() {
            let mut list: Vec<&FlagBrief> = held
                .iter()
                .map(|one| &one.brief)
                .filter(|flag| flag.rule == *rule && flag.answer == answer)
                .collect();
            // Open ones first, then by the amount at stake.
            list.sort_by(|a, b| {
                let amount = |flag: &FlagBrief| {
                    flag.amount
                        .as_deref()
                        .and_then(crate::format::micro)
                        .unwrap_or(0)
                };
                (a.closed_on.is_some(), amount(b), &a.id).cmp(&(
                    b.closed_on.is_some(),
                    amount(a),
                    &b.id,
                ))
            });
            counts[index] = list.len() as u64;
            for (page, flags) in list.chunks(PAGE).enumerate() {
                let page_of = FlagPage {
                    flags: flags.iter().map(|&flag| flag.clone()).collect(),
                };
                writer
                    .put(&format!("{rule}/{answer}/{:06}", page + 1), &page_of)
                    .await?;
            }
        }
        let document = Rule {
            rule: rule.clone(),
            answers: sum(cells),
            by_source: visible
                .sources
                .iter()
                .zip(cells)
                .filter(|(_, answers)| answers.total() > 0)
                .map(|(source, answers)| SourceAnswers {
                    source: source.clone(),
                    answers: answers.clone(),
                })
                .collect(),
            histogram: histogram(tables, rule).await?,
            flags: counts[0],
            noted: counts[1],
        };
        writer.put(rule, &document).await?;
    }
    Ok(held.len() as u64)
}

async fn write_chunk(
    tables: &Tables<'_>,
    originals: &dyn Originals,
    files: &Files,
    chunk: &[&Held],
    writer: &mut Writer,
) -> Result<(), Error> {
    let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else {
        return Ok(());
    };
    let sql = format!(
        "SELECT flag_id, role, file_id, part_id, record, element FROM flags.evidence \
         WHERE flag_id >= {} AND flag_id <= {} ORDER BY flag_id, role, file_id, part_id, record, element",
        literal(&first.brief.id),
        literal(&last.brief.id)
    );
    let mut rows: BTreeMap<String, BTreeMap<String, Vec<Row>>> = BTreeMap::new();
    for row in tables.rows(&["flags.evidence"], &sql).await? {
        let roles = rows.entry(string(&row, "flag_id")).or_default();
        let of_role = roles.entry(string(&row, "role")).or_default();
        // One original row may serve several elements of a document: it is shown once.
        if of_role.last().is_none_or(|last| key(last) != key(&row)) {
            of_role.push(row);
        }
    }
    let wanted: Vec<RowKey> = rows
        .values()
        .flat_map(BTreeMap::values)
        .flat_map(|rows| rows.iter().take(SHOWN))
        .map(key)
        .collect();
    let mut found = originals.raw_rows(&wanted).await?;
    found.resize_with(wanted.len(), || None);
    let raw: HashMap<RowKey, _> = wanted
        .into_iter()
        .zip(found)
        .filter_map(|(key, row)| Some((key, row?)))
        .collect();

    for one in chunk {
        let roles = rows.remove(&one.brief.id).unwrap_or_default();
        let evidence = roles
            .into_iter()
            .map(|(role, rows)| Role {
                role,
                total: rows.len() as u64,
                rows: rows
                    .iter()
                    .take(SHOWN)
                    .map(|row| {
                        let mut origin: Origin = files.origin(row);
                        let raw = raw.get(&key(row));
                        if let Some(raw) = raw {
                            origin.position = raw.position.clone();
                        }
                        let cells = raw.map_or_else(Vec::new, |raw| {
                            raw.columns
                                .iter()
                                .map(|(header, cell)| (mask_rfcs(header), mask_rfcs(cell)))
                                .collect()
                        });
                        EvidenceRow { origin, cells }
                    })
                    .collect(),
                more: rows
                    .iter()
                    .skip(SHOWN)
                    .take(NAMED)
                    .map(|row| files.origin(row))
                    .collect(),
            })
            .collect();
        let flag = Flag {
            flag: one.brief.clone(),
            rule_version: one.rule_version.clone(),
            detail: detail(&one.detail),
            evidence,
        };
        writer.put(&one.brief.id, &flag).await?;
    }
    Ok(())
}

fn key(row: &Row) -> RowKey {
    RowKey {
        file_id: integer(row, "file_id"),
        part_id: integer(row, "part_id") as i32,
        record: integer(row, "record"),
    }
}

/// The named facts of a rule, each as text.
fn detail(json: &str) -> Record {
    let Ok(Value::Object(facts)) = serde_json::from_str::<Value>(json) else {
        return Record::new();
    };
    facts
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name, Value::String(mask_rfcs(&text)))
        })
        .collect()
}

/// How the values of a rule lie, in steps that a person can read; none when there are fewer than ten values.
async fn histogram(tables: &Tables<'_>, rule: &str) -> Result<Option<Histogram>, Error> {
    let sql = format!(
        "SELECT value, threshold, answer, count(*) AS n FROM flags.answer \
         WHERE indicator = {} AND value IS NOT NULL AND answer <> 'not_computable' \
         GROUP BY value, threshold, answer ORDER BY value, threshold, answer",
        literal(rule)
    );
    let rows = tables.rows(&["flags.answer"], &sql).await?;
    let mut values: Vec<(f64, bool, u64)> = Vec::new();
    let mut thresholds: Vec<f64> = Vec::new();
    for row in &rows {
        let Some(value) = length(text(row, "value").as_deref()) else {
            continue;
        };
        values.push((value, string(row, "answer") == "flagged", count(row, "n")));
        if let Some(threshold) = length(text(row, "threshold").as_deref()) {
            thresholds.push(threshold);
        }
    }
    thresholds.sort_by(f64::total_cmp);
    thresholds.dedup();
    let total: u64 = values.iter().map(|(.., n)| n).sum();
    if total < 10 {
        return Ok(None);
    }
    // Nineteen in twenty values fit; the rest go to the open last step. The threshold always fits.
    let mut seen = 0;
    let most = values
        .iter()
        .find(|(.., n)| {
            seen += n;
            seen * 20 >= total * 19
        })
        .map_or(0.0, |(value, ..)| *value)
        .max(thresholds.last().copied().unwrap_or(0.0) * 1.2);
    let least = values
        .first()
        .map_or(0.0, |(value, ..)| value.min(0.0))
        .max(-most);
    let closed = (STEPS - 1) as f64;
    let mut width = nice((most - least) / closed);
    if most <= 1.0 && least >= 0.0 {
        width = 0.05;
    }
    let from = (least / width).floor() * width;
    let steps = (((most - from) / width).floor() as usize + 1).min(STEPS * 2);
    let mut histogram = Histogram {
        steps: (0..=steps)
            .map(|index| Step {
                from: tidy(from + width * index as f64),
                to: (index < steps).then(|| tidy(from + width * (index + 1) as f64)),
                ..Step::default()
            })
            .collect(),
        threshold: (thresholds.len() == 1).then(|| thresholds[0]),
    };
    for (value, flagged, n) in values {
        let index = (((value - from) / width).floor().max(0.0) as usize).min(steps);
        let step = &mut histogram.steps[index];
        if flagged {
            step.flagged += n
        } else {
            step.clear += n
        }
    }
    // An open step in which nothing lies says nothing.
    if histogram
        .steps
        .last()
        .is_some_and(|step| step.flagged + step.clear == 0)
    {
        histogram.steps.pop();
    }
    Ok(Some(histogram))
}

/// The next of 1, 2, 5 × 10ⁿ.
fn nice(width: f64) -> f64 {
    if width <= 0.0 || !width.is_finite() {
        return 1.0;
    }
    let scale = 10_f64.powf(width.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps
        .into_iter()
        .map(|step| step * scale)
        .find(|step| *step >= width * 0.999_999)
        .unwrap_or(10.0 * scale)
}

/// Takes the dust off a float, so that documents are the same on every machine.
fn tidy(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
