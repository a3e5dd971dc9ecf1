//! The steps: one for each standard and source. A query is asked once for all the sources that have changed.

use super::tally::{Failure, Tally, add};
use super::{in_standard, look_ups, on_its_left};
use crate::error::Error;
use crate::schema::history;
use crate::split::PROBLEMS_KEPT;
use crate::step::{hex, write_small};
use futures::StreamExt;
use lake::arrow::array::{
    ArrayRef, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use lake::{Engine, Progress, Run, TableName, TableState, system};
use packs::{Check, Packs, Standard};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Changes whenever the same check may find something else.
const CHECKS_VERSION: u32 = 1;

/// Makes the checks of every standard for the sources whose rows have changed.
pub async fn run_all(run: &mut Run, packs: &Packs, progress: &Progress) -> Result<(), Error> {
    run.declare(&system::own("check_result"), &system::check_result());
    let mut wanted = BTreeSet::new();
    for standard in packs.standards.values() {
        if standard.checks.is_empty() {
            continue;
        }
        let in_standard = in_standard(packs, standard);
        let mut stale = BTreeMap::new();
        for source in sources_of(run, standard) {
            let step = format!("checks/{}/{source}", standard.code);
            let known = in_standard.get(&source).copied().unwrap_or_default();
            let fingerprint = fingerprint(run, packs, standard, &source, known);
            if !run.is_current(&step, &fingerprint) {
                stale.insert(source, fingerprint);
            }
            wanted.insert(step);
        }
        if stale.is_empty() {
            continue;
        }
        let found = check_sources(run, standard, &stale, &in_standard, progress).await?;
        for (source, tallies) in found {
            write(run, packs, standard, &source, tallies, &stale[&source])?;
        }
    }
    for step in run.steps_under("checks/") {
        if !wanted.contains(&step) {
            run.remove_owner(&step);
            run.forget(&step);
        }
    }
    Ok(())
}

/// The sources with rows in a standard's tables: a file's owner is `<standard>.<table>/<source>`.
fn sources_of(run: &Run, standard: &Standard) -> BTreeSet<String> {
    let tables = standard
        .tables
        .values()
        .map(|table| history(standard, table));
    let files = tables
        .filter_map(|table| run.table(&table))
        .flat_map(|state| &state.files);
    files
        .map(|file| source_of(&file.owner).to_string())
        .collect()
}

fn source_of(owner: &str) -> &str {
    owner.rsplit('/').next().unwrap_or(owner)
}

/// Whether a table's files each belong to one source.
fn by_source(standard: &Standard, table: &TableName) -> bool {
    *table == system::own("coverage")
        || table.schema.strip_suffix("_history") == Some(&standard.code)
}

fn fingerprint(run: &Run, packs: &Packs, standard: &Standard, source: &str, known: bool) -> String {
    let mut hash = Sha256::new();
    hash.update(CHECKS_VERSION.to_le_bytes());
    hash.update(
        packs
            .folder
            .fingerprint(&format!("standards/{}/checks/", standard.code)),
    );
    hash.update(format!(
        "{known} {:?}",
        packs
            .sources
            .get(source)
            .map(|known| (&known.publishes, &known.place))
    ));
    for (name, state) in run.tables() {
        if !by_source(standard, name) {
            continue;
        }
        for file in state
            .files
            .iter()
            .filter(|file| source_of(&file.owner) == source)
        {
            hash.update(name.to_string());
            hash.update(&file.path);
            hash.update([0]);
        }
    }
    hex(hash)
}

type Found = BTreeMap<String, Vec<(String, Tally)>>;

/// Asks every check of a standard about some sources. Out: by source, the checks in order with what they found.
async fn check_sources(
    run: &Run,
    standard: &Standard,
    stale: &BTreeMap<String, String>,
    in_standard: &BTreeMap<String, bool>,
    progress: &Progress,
) -> Result<Found, Error> {
    let visible = |table: &TableName, state: &TableState| {
        let mut state = state.clone();
        if by_source(standard, table) {
            state
                .files
                .retain(|file| stale.contains_key(source_of(&file.owner)));
        }
        state
    };
    let engine = run.engine_over(&visible).await?;
    let has_rows = |table: &TableName| {
        let stored = match &table.schema {
            schema if *schema == standard.code => {
                TableName::new(&format!("{schema}_history"), &table.name)
            }
            _ => table.clone(),
        };
        let files = run
            .table(&stored)
            .into_iter()
            .flat_map(|state| &state.files);
        by_source(standard, &stored)
            && files
                .into_iter()
                .any(|file| stale.contains_key(source_of(&file.owner)))
    };
    let mut found: Found = stale
        .keys()
        .map(|source| (source.clone(), Vec::new()))
        .collect();
    let bar = progress.bar("checking", standard.checks.len() as u64, false);
    for check in standard.checks.values() {
        bar.set_message(check.name.clone());
        bar.inc(1);
        let mut tallies = BTreeMap::new();
        if let Some(query) = check.query(&BTreeMap::new()) {
            look_ups(&engine, standard, check, in_standard)?;
            let origin = format!("packs/{}check.sql", check.folder);
            let tables = engine.tables_of(&origin, &query).await?;
            if let Some(table) = tables.iter().find(|table| !on_its_left(standard, table)) {
                let message = format!("{origin}: reads {table}, which is not on its left");
                return Err(lake::Error::NotAllowed(message).into());
            }
            if tables.iter().any(has_rows) {
                tallies = match ask(&engine, check, &query).await {
                    Err(error) if error.is_out_of_memory() => {
                        tracing::info!(
                            check = check.name,
                            "out of memory: again, with joins that spill"
                        );
                        engine.spill_joins();
                        ask(&engine, check, &query).await?
                    }
                    outcome => outcome?,
                };
            }
        }
        for (source, checks) in &mut found {
            let tally = tallies.remove(source).unwrap_or_default();
            checks.push((check.name.clone(), tally));
        }
    }
    bar.finish_and_clear();
    Ok(found)
}

/// Runs the query of a check and counts what it answers, by source.
pub(super) async fn ask(
    engine: &Engine,
    check: &Check,
    query: &str,
) -> Result<BTreeMap<String, Tally>, Error> {
    let origin = format!("packs/{}check.sql", check.folder);
    let mut tallies = BTreeMap::new();
    let mut rows = engine.stream(&origin, query).await?;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| lake::Error::Query {
            origin: origin.clone(),
            message: error.strip_backtrace(),
        })?;
        add(&mut tallies, check, &batch).map_err(|source| Error::Arrow {
            step: origin.clone(),
            source,
        })?;
    }
    Ok(tallies)
}

fn write(
    run: &mut Run,
    packs: &Packs,
    standard: &Standard,
    source: &str,
    tallies: Vec<(String, Tally)>,
    fingerprint: &str,
) -> Result<(), Error> {
    let step = format!("checks/{}/{source}", standard.code);
    let arrow = |source| Error::Arrow {
        step: step.clone(),
        source,
    };
    let place = packs
        .sources
        .get(source)
        .map_or("", |known| known.place.as_str());
    let mut results = Vec::new();
    let mut problems = Vec::new();
    for (name, mut tally) in tallies {
        let check = &standard.checks[&name];
        let failures = tally.failures();
        let more = tally.failed as usize - failures.len();
        for (index, failure) in failures.iter().enumerate() {
            let more = if index + 1 == failures.len() { more } else { 0 };
            problems.push(problem(check, failure, more));
        }
        if check.level == packs::Level::Dataset && tally.failed > 0 {
            problems.push(of_data_set(check, &tally));
        }
        results.push((check, tally));
    }
    let rows = results.len() + problems.len();
    let results = result_batch(standard, source, place, &results).map_err(arrow)?;
    write_small(run, "check_result", &step, results)?;
    write_small(
        run,
        "problem",
        &step,
        problem_batch(source, &step, &problems).map_err(arrow)?,
    )?;
    run.done(&step, fingerprint, "", rows as u64);
    Ok(())
}

/// A row of `problem` before its source and step.
struct Problem<'a> {
    check: &'a Check,
    file_id: Option<i64>,
    part_id: Option<i32>,
    record: Option<i64>,
    position: String,
    column: String,
    found: String,
}

fn problem<'a>(check: &'a Check, failure: &Failure, more: usize) -> Problem<'a> {
    let mut found = failure.value.clone();
    if more > 0 {
        found = format!("{found} (and {more} more like it)");
    }
    let position = match failure.element.as_str() {
        "" => failure.subject.clone(),
        element => format!("{} {element}", failure.subject),
    };
    Problem {
        check,
        file_id: failure.file_id,
        part_id: failure.part_id,
        record: failure.record,
        position,
        column: failure.path.clone(),
        found,
    }
}

/// What is wrong with all records together stands in no one file.
fn of_data_set<'a>(check: &'a Check, tally: &Tally) -> Problem<'a> {
    let measure = tally
        .value
        .map(lake::functions::to_text)
        .unwrap_or_default();
    let examples = tally.examples.as_deref().unwrap_or_default();
    Problem {
        check,
        file_id: None,
        part_id: None,
        record: None,
        position: String::new(),
        column: String::new(),
        found: format!("{measure} {examples}").trim().to_string(),
    }
}

/// What a test of a check's parameters and lists can tell apart.
fn parameter_hash(check: &Check) -> String {
    let mut hash = Sha256::new();
    hash.update(check.query(&BTreeMap::new()).unwrap_or_default());
    hash.update(format!("{:?}", check.list));
    hex(hash)[..12].to_string()
}

fn result_batch(
    standard: &Standard,
    source: &str,
    place: &str,
    results: &[(&Check, Tally)],
) -> Result<RecordBatch, lake::arrow::error::ArrowError> {
    let text = |of: &dyn Fn(&Check, &Tally) -> Option<String>| {
        let values = results.iter().map(|(check, tally)| of(check, tally));
        Arc::new(values.collect::<StringArray>()) as ArrayRef
    };
    let count = |of: fn(&Tally) -> i64| {
        let values = results.iter().map(|(_, tally)| of(tally));
        Arc::new(Int64Array::from_iter_values(values)) as ArrayRef
    };
    let known = |check: &Check| check.not_computable.is_none();
    let value: Decimal128Array = results.iter().map(|(_, tally)| tally.measure()).collect();
    RecordBatch::try_new(
        system::check_result(),
        vec![
            text(&|_, _| Some(standard.code.clone())),
            text(&|check, _| Some(check.name.clone())),
            text(&|check, _| Some(check.level.name().to_string())),
            text(&|check, _| Some(check.severity.clone())),
            text(&|_, _| Some(source.to_string())),
            text(&|_, _| Some(place.to_string())),
            text(&|check, tally| {
                let result = if known(check) {
                    tally.result(check)
                } else {
                    "not_computable"
                };
                Some(result.to_string())
            }),
            count(|tally| tally.applicable),
            count(|tally| tally.passed),
            count(|tally| tally.failed),
            Arc::new(value.with_precision_and_scale(24, 6)?),
            text(&|_, tally| tally.examples.clone()),
            text(&|check, tally| match tally.result(check) {
                _ if !known(check) => Some("not_in_tables".to_string()),
                "not_applicable" => {
                    Some(tally.note.clone().unwrap_or("nothing_to_check".to_string()))
                }
                _ => None,
            }),
            text(&|check, _| Some(parameter_hash(check))),
        ],
    )
}

fn problem_batch(
    source: &str,
    step: &str,
    problems: &[Problem<'_>],
) -> Result<RecordBatch, lake::arrow::error::ArrowError> {
    let text = |of: &dyn Fn(&Problem<'_>) -> String| {
        let values = problems.iter().map(|problem| Some(of(problem)));
        Arc::new(values.collect::<StringArray>()) as ArrayRef
    };
    RecordBatch::try_new(
        system::problem(),
        vec![
            text(&|_| source.to_string()),
            Arc::new(
                problems
                    .iter()
                    .map(|problem| problem.file_id)
                    .collect::<Int64Array>(),
            ),
            Arc::new(
                problems
                    .iter()
                    .map(|problem| problem.part_id)
                    .collect::<Int32Array>(),
            ),
            Arc::new(
                problems
                    .iter()
                    .map(|problem| problem.record)
                    .collect::<Int64Array>(),
            ),
            text(&|problem| problem.position.clone()),
            text(&|problem| problem.column.clone()),
            text(&|problem| problem.check.name.clone()),
            text(&|problem| problem.check.severity.clone()),
            text(&|problem| problem.found.clone()),
            text(&|_| "kept as read".to_string()),
            text(&|_| step.to_string()),
        ],
    )
}

const _: () = assert!(
    PROBLEMS_KEPT > 0,
    "the last problem kept tells how many more there were"
);
