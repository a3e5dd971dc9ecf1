//! The steps of this room: one for each rule, or for each rule and source when a change reaches no further.

use crate::error::Error;
use crate::query::{Queries, queries};
use lake::arrow::array::{ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringArray};
use lake::arrow::datatypes::SchemaRef;
use lake::{Engine, Progress, Run, TableName, TableState, system};
use packs::{Indicator, Packs, ParameterRow};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Changes whenever the same rule may give other answers.
const INDICATORS_VERSION: u32 = 1;

/// Asks every rule whose inputs have changed.
pub async fn run_all(run: &mut Run, packs: &Packs, progress: &Progress) -> Result<(), Error> {
    let [answer, flag, evidence] =
        ["answer", "flag", "evidence"].map(|name| TableName::new("flags", name));
    run.declare(&answer, &system::answer());
    run.declare(&flag, &system::flag());
    run.declare(&evidence, &system::evidence());
    write_parameters(run, packs)?;
    let consulted: BTreeSet<&str> = packs
        .standards
        .values()
        .filter(|standard| standard.consulted)
        .map(|standard| standard.code.as_str())
        .collect();
    let whole = run.engine().await?;
    whole.add_batches(&TableName::new("asked", "answer"), system::answer(), vec![])?;
    whole.add_batches(&TableName::new("asked", "flag"), system::flag(), vec![])?;
    let mut wanted = BTreeSet::new();
    let bar = progress.bar("asking", packs.indicators.len() as u64, false);
    for indicator in packs.indicators.values() {
        bar.set_message(indicator.code.clone());
        bar.inc(1);
        let queries = queries(indicator);
        let tables = inputs(&whole, indicator).await?;
        for source in reaches(run, indicator, &tables, &consulted) {
            let step = match &source {
                Some(source) => format!("indicators/{}/{source}", indicator.code),
                None => format!("indicators/{}", indicator.code),
            };
            wanted.insert(step.clone());
            let visible = |table: &TableName, state: &TableState| match &source {
                Some(source) if is_office(table, &consulted) => of_source(state, source),
                _ => state.clone(),
            };
            let fingerprint = fingerprint(run, packs, indicator, &tables, &visible);
            if run.is_current(&step, &fingerprint) {
                continue;
            }
            match one_step(
                run,
                &queries,
                indicator,
                &step,
                &fingerprint,
                &visible,
                false,
            )
            .await
            {
                Err(error) if error.is_out_of_memory() => {
                    tracing::info!(step, "out of memory: again, with joins that spill");
                    one_step(
                        run,
                        &queries,
                        indicator,
                        &step,
                        &fingerprint,
                        &visible,
                        true,
                    )
                    .await?;
                }
                outcome => outcome?,
            }
        }
    }
    bar.finish_and_clear();
    for step in run.steps_under("indicators/") {
        if !wanted.contains(&step) {
            run.remove_owner(step.trim_start_matches("indicators/"));
            run.forget(&step);
        }
    }
    Ok(())
}

/// The stored tables a rule reads, from the logical plans of its queries.
async fn inputs(whole: &Engine, indicator: &Indicator) -> Result<BTreeSet<TableName>, Error> {
    let mut tables = BTreeSet::new();
    let parts = [
        ("population.sql", &indicator.population_sql),
        ("indicator.sql", &indicator.sql),
        ("evidence.sql", &indicator.evidence_sql),
    ];
    for (name, sql) in parts {
        tables.extend(
            whole
                .tables_of(&format!("packs/{}{name}", indicator.folder), sql)
                .await?,
        );
    }
    // A current view stands for the history behind it.
    let stored = |table: TableName| match table.schema.as_str() {
        "cotejo" | "flags" | "links" | "raw" => table,
        schema if schema.ends_with("_history") => table,
        schema => TableName::new(&format!("{schema}_history"), &table.name),
    };
    // A rule of a workspace stands under the same arrows as ours: it reads what is on its left, and never files as they came.
    if let Some(table) = tables.iter().find(|table| {
        matches!(
            table.schema.as_str(),
            "raw" | "flags" | "information_schema"
        )
    }) {
        return Err(lake::Error::NotAllowed(format!(
            "packs/{}: reads {table}, which is not on its left",
            indicator.folder
        ))
        .into());
    }
    Ok(tables.into_iter().map(stored).collect())
}

fn is_office(table: &TableName, consulted: &BTreeSet<&str>) -> bool {
    table
        .schema
        .strip_suffix("_history")
        .is_some_and(|standard| !consulted.contains(standard))
}

/// The files of one source: their owner is `<standard>.<table>/<source>`.
fn of_source(state: &TableState, source: &str) -> TableState {
    let mut state = state.clone();
    state
        .files
        .retain(|file| file.owner.rsplit('/').next() == Some(source));
    state
}

/// The sources to ask one by one, or `None` for all at once.
fn reaches(
    run: &Run,
    indicator: &Indicator,
    tables: &BTreeSet<TableName>,
    consulted: &BTreeSet<&str>,
) -> Vec<Option<String>> {
    if !indicator.reach.within_source() {
        return vec![None];
    }
    let files = tables
        .iter()
        .filter(|table| is_office(table, consulted))
        .filter_map(|table| run.table(table))
        .flat_map(|state| &state.files);
    let sources: BTreeSet<String> = files
        .filter_map(|file| file.owner.rsplit('/').next().map(str::to_string))
        .collect();
    sources.into_iter().map(Some).collect()
}

fn fingerprint(
    run: &Run,
    packs: &Packs,
    indicator: &Indicator,
    tables: &BTreeSet<TableName>,
    visible: &dyn Fn(&TableName, &TableState) -> TableState,
) -> String {
    let mut hash = Sha256::new();
    hash.update(INDICATORS_VERSION.to_le_bytes());
    hash.update(packs.folder.fingerprint(&indicator.folder));
    for row in packs
        .parameters
        .iter()
        .filter(|row| row.indicator == indicator.code)
    {
        hash.update(format!("{row:?}"));
    }
    for table in tables.iter().filter(|table| table.name != "parameter") {
        hash.update(table.to_string());
        if let Some(state) = run.table(table) {
            for file in visible(table, state).files {
                hash.update(file.path);
                hash.update([0]);
            }
        }
    }
    hex(hash)
}

async fn one_step(
    run: &mut Run,
    queries: &Queries,
    indicator: &Indicator,
    step: &str,
    fingerprint: &str,
    visible: &dyn Fn(&TableName, &TableState) -> TableState,
    spill: bool,
) -> Result<(), Error> {
    let owner = step.trim_start_matches("indicators/").to_string();
    let engine = run.engine_over(visible).await?;
    if spill {
        engine.spill_joins();
    }
    let answers = engine
        .rows(
            &format!("packs/{}indicator.sql", indicator.folder),
            &queries.answers,
        )
        .await?;
    let [answer, flag, evidence] =
        ["answer", "flag", "evidence"].map(|name| TableName::new("flags", name));
    let asked = |name: &str| TableName::new("asked", name);
    let answers = as_schema(&answers, &system::answer(), step)?;
    engine.add_batches(&asked("answer"), system::answer(), answers.clone())?;
    let old = run.table(&flag).map(|state| {
        let mut state = state.clone();
        state.files.retain(|file| file.owner == owner);
        state
    });
    engine.add_table_as(
        &run.workspace().lake(),
        &flag,
        &asked("flag"),
        &old.unwrap_or(TableState {
            version: None,
            schema: system::flag(),
            files: vec![],
        }),
    )?;
    let rule_version = &fingerprint_of_rule(indicator)[..12];
    let flags_sql = queries
        .flags
        .replace("$rule_version", &format!("'{rule_version}'"));
    let flags = as_schema(&engine.rows(step, &flags_sql).await?, &system::flag(), step)?;
    let rows = engine
        .rows(
            &format!("packs/{}evidence.sql", indicator.folder),
            &queries.evidence,
        )
        .await?;
    let rows = as_schema(&rows, &system::evidence(), step)?;
    let mut output = String::new();
    let mut count = 0;
    for (table, schema, batches) in [
        (&answer, system::answer(), answers),
        (&flag, system::flag(), flags),
        (&evidence, system::evidence(), rows),
    ] {
        let mut writer = run.writer(table, &owner);
        for batch in &batches {
            writer.write(batch)?;
        }
        let written = writer.finish()?;
        output.push_str(&written.fingerprint());
        count += written.rows;
        run.replace(table, &owner, &schema, written);
    }
    run.done(step, fingerprint, &output, count);
    Ok(())
}

fn fingerprint_of_rule(indicator: &Indicator) -> String {
    let mut hash = Sha256::new();
    hash.update(&indicator.population_sql);
    hash.update(&indicator.sql);
    hex(hash)
}

/// Batches with exactly the columns of a table.
pub(crate) fn as_schema(
    batches: &[RecordBatch],
    schema: &SchemaRef,
    step: &str,
) -> Result<Vec<RecordBatch>, Error> {
    let wrong = |source| Error::Arrow {
        step: step.to_string(),
        source,
    };
    let one = |batch: &RecordBatch| {
        let columns = schema.fields().iter().map(|field| {
            let column = batch.column_by_name(field.name()).ok_or_else(|| {
                lake::arrow::error::ArrowError::SchemaError(format!(
                    "no column `{}` in what the query answers",
                    field.name()
                ))
            })?;
            lake::arrow::compute::cast(column, field.data_type())
        });
        RecordBatch::try_new(schema.clone(), columns.collect::<Result<Vec<_>, _>>()?)
    };
    batches
        .iter()
        .filter(|batch| batch.num_rows() > 0)
        .map(|batch| one(batch).map_err(wrong))
        .collect()
}

fn write_parameters(run: &mut Run, packs: &Packs) -> Result<(), Error> {
    let table = system::own("parameter");
    run.declare(&table, &system::parameter());
    let batch = parameter_batch(&packs.parameters)?;
    let mut hash = Sha256::new();
    hash.update(format!("{:?}", packs.parameters));
    let fingerprint = hex(hash);
    if !run.is_current("packs/parameter", &fingerprint) {
        let mut writer = run.writer(&table, "packs");
        writer.write(&batch)?;
        let written = writer.finish()?;
        run.replace(&table, "packs", &batch.schema(), written);
        run.done("packs/parameter", &fingerprint, "", batch.num_rows() as u64);
    }
    Ok(())
}

/// Dated numbers as rows of the table `parameter`.
///
/// Errors: a value that is not a decimal, a date that is not ISO.
pub fn parameter_batch(rows: &[ParameterRow]) -> Result<RecordBatch, Error> {
    let text = |of: fn(&ParameterRow) -> &str| {
        Arc::new(
            rows.iter()
                .map(|row| Some(of(row)))
                .collect::<StringArray>(),
        ) as ArrayRef
    };
    let wrong = |row: &ParameterRow, value: &str, wanted| Error::Parameter {
        indicator: row.indicator.clone(),
        name: row.name.clone(),
        value: value.to_string(),
        wanted,
    };
    let day = |row: &ParameterRow, value: &str| match lake::functions::parse_date(value) {
        found if value.is_empty() || found.value.is_some() => Ok(found.value),
        _ => Err(wrong(row, value, "date")),
    };
    let from = rows
        .iter()
        .map(|row| day(row, &row.valid_from))
        .collect::<Result<Date32Array, Error>>()?;
    let to = rows
        .iter()
        .map(|row| day(row, &row.valid_to))
        .collect::<Result<Date32Array, Error>>()?;
    let value = rows
        .iter()
        .map(|row| match lake::functions::parse_decimal(&row.value) {
            (Some(value), None) => Ok(Some(value)),
            _ => Err(wrong(row, &row.value, "number")),
        });
    let value = value.collect::<Result<Decimal128Array, Error>>()?;
    let arrow = |source| Error::Arrow {
        step: "packs/parameter".to_string(),
        source,
    };
    let columns = vec![
        text(|row| &row.indicator),
        text(|row| &row.name),
        text(|row| &row.place),
        text(|row| &row.procedure),
        text(|row| &row.category),
        Arc::new(from) as ArrayRef,
        Arc::new(to),
        Arc::new(value.with_precision_and_scale(24, 6).map_err(arrow)?),
        text(|row| &row.status),
        text(|row| &row.source),
    ];
    RecordBatch::try_new(system::parameter(), columns).map_err(arrow)
}

fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
