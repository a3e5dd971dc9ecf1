//! The steps of this room: one for each table of a standard and source.

use crate::checking;
use crate::compile::{Compiled, RawColumns, compile};
use crate::error::Error;
use crate::merging;
use crate::schema::{history, table_schema};
use crate::split::{Failed, PROBLEMS_KEPT, Splitter, problem_batch};
use crate::state::{Standing, States, with_state};
use futures::StreamExt;
use lake::arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use lake::arrow::ipc::{reader::FileReader, writer::FileWriter};
use lake::{Engine, Progress, Run, TableName, system};
use packs::{Packs, Source, Standard, Table};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, BufWriter, Seek};
use std::sync::Arc;

/// Changes whenever the same mapping may give other rows.
const STANDARDS_VERSION: u32 = 1;

/// Harmonises every source that has changed since it was harmonised last.
pub async fn run_all(run: &mut Run, packs: &Packs, progress: &Progress) -> Result<(), Error> {
    for standard in packs.standards.values() {
        for table in standard.tables.values() {
            run.declare(&history(standard, table), &table_schema(table));
        }
    }
    run.declare(&system::own("coverage"), &system::coverage());
    write_infos(run, packs)?;
    checking::run_all(run, packs, progress).await?;
    merging::run_all(run, packs, progress).await?;
    let mut wanted = BTreeSet::new();
    let mut work = Vec::new();
    for source in packs.sources.values() {
        let raw = columns_of(run, packs, source, "raw");
        if raw.is_empty() {
            continue;
        }
        let merged = columns_of(run, packs, source, "merged");
        let Some(mapping) = packs.mappings.get(&source.code) else {
            continue;
        };
        let compiled = compile(packs, source, &raw, &merged)?;
        // One for all tables of the source: there are dozens of them.
        let received = received(run, source);
        for standard in mapping.standards() {
            let standard = &packs.standards[standard];
            for table in standard.tables.values() {
                let is_for = |block: &&Compiled| {
                    block.standard == standard.code && block.target == table.name
                };
                let blocks: Vec<Compiled> = compiled.iter().filter(is_for).cloned().collect();
                let step = format!("standards/{}.{}/{}", standard.code, table.name, source.code);
                wanted.insert(step.clone());
                work.push((source, standard, table, blocks, step, received.clone()));
            }
        }
    }
    let bar = progress.bar("harmonising", work.len() as u64, false);
    let mut engine: Option<Engine> = None;
    for (source, standard, table, blocks, step, received) in work {
        bar.set_message(step.clone());
        bar.inc(1);
        let fingerprint = fingerprint(run, packs, source, standard, table, &blocks, &received);
        if run.is_current(&step, &fingerprint) {
            continue;
        }
        // Only raw tables are read, and no step of this room changes them: one session serves all.
        let engine = match &engine {
            Some(engine) => engine,
            None => engine.insert(run.engine().await?),
        };
        let outcome = one_step(
            run,
            engine,
            source,
            standard,
            table,
            &blocks,
            &step,
            &fingerprint,
        )
        .await;
        match outcome {
            Err(error) if error.is_out_of_memory() => {
                tracing::info!(step, "out of memory: again, with joins that spill");
                engine.spill_joins();
                one_step(
                    run,
                    engine,
                    source,
                    standard,
                    table,
                    &blocks,
                    &step,
                    &fingerprint,
                )
                .await?;
            }
            outcome => outcome?,
        }
    }
    bar.finish_and_clear();
    for step in run.steps_under("standards/") {
        if !wanted.contains(&step) {
            run.remove_owner(step.trim_start_matches("standards/"));
            run.forget(&step);
        }
    }
    Ok(())
}

/// The tables of a source in the schema `raw` or `merged`, and their columns.
fn columns_of(run: &Run, packs: &Packs, source: &Source, schema: &str) -> RawColumns {
    let mut lists: BTreeSet<String> = BTreeSet::from([String::new()]);
    if let Some(mapping) = packs.mappings.get(&source.code) {
        lists.extend(
            packs.standards[&mapping.standard]
                .tables
                .values()
                .flat_map(|table| table.places().map(str::to_string)),
        );
        lists.extend(mapping.tables.iter().map(|rule| rule.list.clone()));
    }
    for layout in &source.layouts {
        lists.extend(
            layout
                .document
                .iter()
                .flat_map(|document| document.lists.iter().cloned()),
        );
    }
    let mut raw = RawColumns::new();
    for list in lists {
        let name = merging::raw_name(source, &list);
        if let Some(state) = run
            .table(&TableName::new(schema, &name))
            .filter(|state| !state.files.is_empty())
        {
            raw.insert(
                list,
                state
                    .schema
                    .fields()
                    .iter()
                    .map(|field| field.name().clone())
                    .collect(),
            );
        }
    }
    if !raw.contains_key("") {
        raw.clear();
    }
    raw
}

/// A hash of everything the mapping of a source reads.
fn received(run: &Run, source: &Source) -> String {
    let mut hash = Sha256::new();
    let schemas = ["raw", "merged"];
    for name in run
        .tables()
        .keys()
        .filter(|name| schemas.contains(&name.schema.as_str()))
    {
        let own = name.name == source.code
            || name
                .name
                .strip_prefix(&source.code)
                .is_some_and(|rest| rest.starts_with("__"));
        if own {
            hash.update(name.to_string());
            hash.update(run.content(name, ""));
            // The edition and the place of a file stand in `file`, not in its rows.
            let owners: BTreeSet<&str> = run
                .table(name)
                .into_iter()
                .flat_map(|state| &state.files)
                .map(|file| file.owner.as_str())
                .collect();
            owners
                .into_iter()
                .for_each(|owner| hash.update(run.content(&system::own("file"), owner)));
        }
    }
    hex(hash)
}

fn fingerprint(
    run: &Run,
    packs: &Packs,
    source: &Source,
    standard: &Standard,
    table: &Table,
    blocks: &[Compiled],
    received: &str,
) -> String {
    let mut hash = Sha256::new();
    hash.update(STANDARDS_VERSION.to_le_bytes());
    for block in blocks {
        hash.update(&block.sql);
        hash.update(format!(
            "{:?} {:?} {:?}",
            block.key, block.layouts, block.mapped
        ));
    }
    hash.update(format!("{:?}", source.publishes));
    let merging = format!("merge/{}/{}", standard.code, source.code);
    hash.update(run.content(&merging::merged_record(), &merging));
    hash.update(packs.folder.fingerprint(&format!(
        "standards/{}/tables/{}.toml",
        standard.code, table.name
    )));
    hash.update(
        packs
            .folder
            .fingerprint(&format!("standards/{}/codelists/", standard.code)),
    );
    hash.update(received);
    hex(hash)
}

#[allow(clippy::too_many_arguments)]
async fn one_step(
    run: &mut Run,
    engine: &Engine,
    source: &Source,
    standard: &Standard,
    table: &Table,
    blocks: &[Compiled],
    step: &str,
    fingerprint: &str,
) -> Result<(), Error> {
    let arrow = |source| Error::Arrow {
        step: step.to_string(),
        source,
    };
    let temporary = |source| Error::Temporary {
        step: step.to_string(),
        source,
    };
    let schema = table_schema(table);
    let mut splitter = Splitter::new(standard, table);
    // What was merged has been read, and counted, release by release.
    let mut uncounted = Splitter::new(standard, table);
    let mut states = States::default();
    // Rows wait in a temporary file, because the state of the first may depend on the last.
    let mut waiting = FileWriter::try_new(
        BufWriter::new(tempfile::tempfile().map_err(temporary)?),
        &schema,
    )
    .map_err(arrow)?;
    for block in blocks {
        let key = block.key.clone().unwrap_or_else(|| table.key.clone());
        let mut stream = engine.stream(step, &block.sql).await?;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|error| lake::Error::Query {
                origin: step.to_string(),
                message: error.strip_backtrace(),
            })?;
            let replaced = batch
                .column_by_name("is_replaced")
                .map(|array| array.as_boolean().clone());
            let standing = |row: usize| match &replaced {
                _ if block.merged => Standing::Merged,
                Some(replaced) if replaced.value(row) => Standing::Replaced,
                _ => Standing::Own,
            };
            let splitter = match block.merged {
                true => &mut uncounted,
                false => &mut splitter,
            };
            let batch = splitter.split(step, &batch, &block.columns)?;
            states.add(&batch, &key, &standing).map_err(arrow)?;
            waiting.write(&batch).map_err(arrow)?;
        }
    }
    let mut file = waiting
        .into_inner()
        .map_err(arrow)?
        .into_inner()
        .map_err(|error| temporary(error.into_error()))?;
    file.rewind().map_err(temporary)?;
    let decided = states.decide(source.publishes);
    let owner = step.trim_start_matches("standards/").to_string();
    let target = history(standard, table);
    let mut writer = run.writer(&target, &owner);
    let mut at = 0;
    for batch in FileReader::try_new(BufReader::new(file), None).map_err(arrow)? {
        let batch = batch.map_err(arrow)?;
        let states = &decided[at..at + batch.num_rows()];
        at += batch.num_rows();
        writer.write(&with_state(&batch, &schema, states).map_err(arrow)?)?;
    }
    let written = writer.finish()?;
    let (rows, output) = (written.rows, written.fingerprint());
    run.replace(&target, &owner, &schema, written);

    let coverage = coverage_batch(source, standard, table, &splitter, blocks).map_err(arrow)?;
    write_small(run, "coverage", &owner, coverage)?;
    let problems = bounded(std::mem::take(&mut splitter.problems));
    write_small(
        run,
        "problem",
        &owner,
        problem_batch(&source.code, step, &problems).map_err(arrow)?,
    )?;
    run.done(step, fingerprint, &output, rows);
    Ok(())
}

/// At most so many problems of one column and code, and one more row that tells how many there were.
fn bounded(problems: Vec<Failed>) -> Vec<Failed> {
    let mut seen: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    let mut kept: Vec<Failed> = Vec::new();
    for problem in problems {
        let (count, last) = seen
            .entry((problem.column.clone(), problem.code.clone()))
            .or_default();
        *count += 1;
        if *count <= PROBLEMS_KEPT {
            *last = kept.len();
            kept.push(problem);
        }
    }
    for (count, last) in seen
        .into_values()
        .filter(|(count, _)| *count > PROBLEMS_KEPT)
    {
        let found = &mut kept[last].found;
        *found = format!("{found} (and {} more like it)", count - PROBLEMS_KEPT);
    }
    kept
}

pub(crate) fn write_small(
    run: &mut Run,
    name: &str,
    owner: &str,
    batch: RecordBatch,
) -> Result<(), Error> {
    let table = system::own(name);
    let mut writer = run.writer(&table, owner);
    writer.write(&batch)?;
    let written = writer.finish()?;
    run.replace(&table, owner, &batch.schema(), written);
    Ok(())
}

fn coverage_batch(
    source: &Source,
    standard: &Standard,
    table: &Table,
    splitter: &Splitter<'_>,
    blocks: &[Compiled],
) -> Result<RecordBatch, lake::arrow::error::ArrowError> {
    /// Place, layout, field, rows; filled, valid, in codelist; mapped.
    type CoverageRow = (String, String, String, i64, [Option<i64>; 3], bool);
    let mut rows: Vec<CoverageRow> = Vec::new();
    for (layout, count) in &splitter.counts {
        let of_layout =
            |block: &&Compiled| block.layouts.is_empty() || block.layouts.contains(layout);
        let mapped: BTreeSet<&String> = blocks
            .iter()
            .filter(of_layout)
            .flat_map(|block| &block.mapped)
            .collect();
        for field in &table.fields {
            let found = count.fields.get(&field.name).copied().unwrap_or_default();
            let in_codelist = splitter.has_codes(&field.name).then_some(found.in_codelist);
            let counts = [Some(found.filled), Some(found.valid), in_codelist];
            rows.push((
                count.place.clone(),
                layout.clone(),
                field.name.clone(),
                count.rows,
                counts,
                mapped.contains(&field.name),
            ));
        }
    }
    let same = |value: &str| {
        Arc::new(rows.iter().map(|_| Some(value)).collect::<StringArray>()) as ArrayRef
    };
    let text = |of: &dyn Fn(usize) -> String| {
        Arc::new(
            (0..rows.len())
                .map(|row| Some(of(row)))
                .collect::<StringArray>(),
        ) as ArrayRef
    };
    let number = |of: &dyn Fn(usize) -> Option<i64>| {
        Arc::new((0..rows.len()).map(of).collect::<Int64Array>()) as ArrayRef
    };
    RecordBatch::try_new(
        system::coverage(),
        vec![
            text(&|row| rows[row].0.clone()),
            same(&source.code),
            text(&|row| rows[row].1.clone()),
            same(&standard.code),
            same(&table.name),
            text(&|row| rows[row].2.clone()),
            number(&|row| Some(rows[row].3)),
            number(&|row| rows[row].4[0]),
            number(&|row| rows[row].4[1]),
            number(&|row| rows[row].4[2]),
            Arc::new(rows.iter().map(|row| Some(row.5)).collect::<BooleanArray>()),
        ],
    )
}

/// What the packs say of sources and places, as tables.
fn write_infos(run: &mut Run, packs: &Packs) -> Result<(), Error> {
    let wrong = |source| Error::Arrow {
        step: "standards/info".to_string(),
        source,
    };
    let column =
        |of: Vec<String>| Arc::new(of.into_iter().map(Some).collect::<StringArray>()) as ArrayRef;
    let sources: Vec<&Source> = packs.sources.values().collect();
    let of = |text: &dyn Fn(&Source) -> String| {
        column(sources.iter().map(|source| text(source)).collect())
    };
    let batch = RecordBatch::try_new(
        system::source_info(),
        vec![
            of(&|s| s.code.clone()),
            of(&|s| s.place.clone()),
            of(&|s| s.title.es.clone()),
            of(&|s| s.title.en.clone()),
            of(&|s| s.publisher.clone()),
            of(&|s| s.url.clone()),
            of(&|s| s.license.clone()),
            of(&|s| format!("{:?}", s.publishes).to_lowercase()),
            of(&|s| format!("{:?}", s.covers).to_lowercase()),
            of(&|s| s.covers_note.es.clone()),
            of(&|s| s.covers_note.en.clone()),
            of(&|s| s.tax_basis.clone()),
        ],
    );
    info(run, "source_info", batch.map_err(wrong)?)?;
    let places: Vec<_> = packs.places.values().collect();
    let country = |code: &str| code.split('-').next().unwrap_or(code).to_string();
    let batch = RecordBatch::try_new(
        system::place_info(),
        vec![
            column(places.iter().map(|place| place.code.clone()).collect()),
            column(places.iter().map(|place| place.name.es.clone()).collect()),
            column(places.iter().map(|place| place.name.en.clone()).collect()),
            column(places.iter().map(|place| place.kind.clone()).collect()),
            column(places.iter().map(|place| country(&place.code)).collect()),
        ],
    );
    info(run, "place_info", batch.map_err(wrong)?)
}

fn info(run: &mut Run, name: &str, batch: RecordBatch) -> Result<(), Error> {
    let mut hash = Sha256::new();
    hash.update(format!("{batch:?}"));
    let (step, fingerprint) = (format!("packs/{name}"), hex(hash));
    if !run.is_current(&step, &fingerprint) {
        write_small(run, name, "packs", batch)?;
        run.done(&step, &fingerprint, "", 0);
    }
    Ok(())
}

pub(crate) fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
