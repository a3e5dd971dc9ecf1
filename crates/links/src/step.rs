//! The steps of this room: for each kind one for each source (who is mentioned) and one over all (who is who).

use crate::error::Error;
use crate::linking::{self, Store, with_words};
use crate::words::Words;
use crate::{mentions, query};
use lake::arrow::array::RecordBatch;
use lake::arrow::datatypes::SchemaRef;
use lake::{
    Engine, LinkDecision, Progress, Run, TableName, TableState, TableWriter, Written, system,
};
use packs::{Link, Packs};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Changes whenever the same packs may give other links.
const LINKS_VERSION: u32 = 1;

/// The tables of this room.
fn tables() -> [(&'static str, SchemaRef); 4] {
    [
        ("mention", system::link_mention()),
        ("entity", system::link_entity()),
        ("member", system::link_member()),
        ("pair", system::link_pair()),
    ]
}

fn own(name: &str) -> TableName {
    TableName::new("links", name)
}

/// Links every kind whose mentions, packs or decisions have changed.
pub async fn run_all(run: &mut Run, packs: &Packs, progress: &Progress) -> Result<(), Error> {
    for (name, schema) in tables() {
        run.declare(&own(name), &schema);
    }
    let decisions = run.catalogue().link_decisions().await?;
    let whole = run.engine().await?;
    let mut wanted = BTreeSet::new();
    let bar = progress.bar("linking", packs.links.len() as u64, false);
    for link in packs.links.values() {
        bar.set_message(link.kind.clone());
        bar.inc(1);
        let inputs = inputs(&whole, link).await?;
        for source in sources(run, &inputs) {
            let step = format!("links/{}/{source}", link.kind);
            wanted.insert(step.clone());
            let fingerprint = fingerprint(run, packs, link, &inputs, &source);
            if !run.is_current(&step, &fingerprint) {
                write_mentions(run, link, &source, &step, &fingerprint).await?;
            }
        }
        let step = format!("links/{}", link.kind);
        wanted.insert(step.clone());
        let decisions: Vec<LinkDecision> = decisions
            .iter()
            .filter(|decision| decision.kind == link.kind)
            .cloned()
            .collect();
        // A source that is gone takes its mentions with it before they are linked.
        forget_others(run, &format!("{step}/"), &wanted);
        let fingerprint = whole_fingerprint(run, packs, link, &decisions);
        if !run.is_current(&step, &fingerprint) {
            who_is_who(run, link, &decisions, &step, &fingerprint).await?;
        }
    }
    bar.finish_and_clear();
    forget_others(run, "links/", &wanted);
    Ok(())
}

fn forget_others(run: &mut Run, prefix: &str, wanted: &BTreeSet<String>) {
    for step in run.steps_under(prefix) {
        if !wanted.contains(&step) {
            run.remove_owner(step.trim_start_matches("links/"));
            run.forget(&step);
        }
    }
}

/// The stored tables that each query of a kind reads, from their logical plans.
///
/// Errors: a query reads what is not on its left.
async fn inputs(
    whole: &Engine,
    link: &Link,
) -> Result<BTreeMap<String, BTreeSet<TableName>>, Error> {
    let mut inputs = BTreeMap::new();
    for (name, sql) in &link.mentions {
        let path = mentions::mention_path(link, name);
        let read = whole.tables_of(&path, sql).await?;
        let not_left = |table: &&TableName| {
            matches!(
                table.schema.as_str(),
                "raw" | "flags" | "links" | "information_schema"
            )
        };
        if let Some(table) = read.iter().find(not_left) {
            return Err(lake::Error::NotAllowed(format!(
                "{path}: reads {table}, which is not on its left"
            ))
            .into());
        }
        // A current view stands for the history behind it.
        let stored = read.into_iter().map(|table| match table.schema.as_str() {
            "cotejo" => table,
            schema if schema.ends_with("_history") => table,
            schema => TableName::new(&format!("{schema}_history"), &table.name),
        });
        inputs.insert(name.clone(), stored.collect());
    }
    Ok(inputs)
}

/// The sources that have rows in a table some query reads.
fn sources(run: &Run, inputs: &BTreeMap<String, BTreeSet<TableName>>) -> BTreeSet<String> {
    inputs
        .values()
        .flatten()
        .filter_map(|table| run.table(table))
        .flat_map(|state| &state.files)
        .filter_map(|file| file.owner.split_once('/'))
        .map(|(_, source)| source.to_string())
        .collect()
}

/// The rows of one source: their owner is `<standard>.<table>/<source>`.
fn of_source(table: &TableName, state: &TableState, source: &str) -> TableState {
    let mut state = state.clone();
    if table.schema.ends_with("_history") {
        state.files.retain(|file| {
            file.owner
                .split_once('/')
                .is_some_and(|(_, owner)| owner == source)
        });
    }
    state
}

fn fingerprint(
    run: &Run,
    packs: &Packs,
    link: &Link,
    inputs: &BTreeMap<String, BTreeSet<TableName>>,
    source: &str,
) -> String {
    let mut hash = begun(packs, link);
    for table in inputs.values().flatten().collect::<BTreeSet<_>>() {
        hash.update(table.to_string());
        if let Some(state) = run.table(table) {
            for file in of_source(table, state, source).files {
                hash.update(file.path);
                hash.update([0]);
            }
        }
    }
    hex(hash)
}

fn whole_fingerprint(run: &Run, packs: &Packs, link: &Link, decisions: &[LinkDecision]) -> String {
    let mut hash = begun(packs, link);
    let state = run.table(&own("mention"));
    for file in state.iter().flat_map(|state| &state.files) {
        if file.owner.starts_with(&format!("{}/", link.kind)) {
            hash.update(&file.path);
            hash.update([0]);
        }
    }
    hash.update(format!("{decisions:?}"));
    hex(hash)
}

fn begun(packs: &Packs, link: &Link) -> Sha256 {
    let mut hash = Sha256::new();
    hash.update(LINKS_VERSION.to_le_bytes());
    hash.update(packs.folder.fingerprint(&link.folder));
    hash
}

/// Writes who is mentioned in one source.
async fn write_mentions(
    run: &mut Run,
    link: &Link,
    source: &str,
    step: &str,
    fingerprint: &str,
) -> Result<(), Error> {
    let written = match mentions_of(run, link, source, step, false).await {
        Err(error) if error.is_out_of_memory() => {
            tracing::info!(step, "out of memory: again, with joins that spill");
            mentions_of(run, link, source, step, true).await?
        }
        outcome => outcome?,
    };
    let owner = step.trim_start_matches("links/");
    let (output, rows) = (written.fingerprint(), written.rows);
    run.replace(&own("mention"), owner, &system::link_mention(), written);
    run.done(step, fingerprint, &output, rows);
    Ok(())
}

async fn mentions_of(
    run: &Run,
    link: &Link,
    source: &str,
    step: &str,
    spill: bool,
) -> Result<Written, Error> {
    let engine = run
        .engine_over(&|table, state| of_source(table, state, source))
        .await?;
    if spill {
        engine.spill_joins();
    }
    let words = Words::of(&link.words);
    let tables = link.mentions.keys().cloned().collect();
    let sql = mentions::mentions(&engine, link, &tables).await?;
    let mut writer = run.writer(&own("mention"), step.trim_start_matches("links/"));
    let mut write = |batch: RecordBatch| -> Result<(), Error> {
        if batch.num_rows() > 0 {
            writer.write(&with_words(&batch, &words, step)?)?;
        }
        Ok(())
    };
    engine.each_batch(step, &sql, &mut write).await?;
    Ok(writer.finish()?)
}

/// Writes who is who.
async fn who_is_who(
    run: &mut Run,
    link: &Link,
    decisions: &[LinkDecision],
    step: &str,
    fingerprint: &str,
) -> Result<(), Error> {
    let written = match linked(run, link, decisions, false).await {
        Err(error) if error.is_out_of_memory() => {
            tracing::info!(step, "out of memory: again, with joins that spill");
            linked(run, link, decisions, true).await?
        }
        outcome => outcome?,
    };
    let (mut output, mut rows) = (String::new(), 0);
    for (table, schema, written) in written {
        output.push_str(&written.fingerprint());
        rows += written.rows;
        run.replace(&own(table), &link.kind, &schema, written);
    }
    run.done(step, fingerprint, &output, rows);
    Ok(())
}

async fn linked(
    run: &Run,
    link: &Link,
    decisions: &[LinkDecision],
    spill: bool,
) -> Result<Vec<(&'static str, SchemaRef, Written)>, Error> {
    let engine = run.engine().await?;
    if spill {
        engine.spill_joins();
    }
    let mut store = Files {
        run,
        owner: &link.kind,
        lake: run.workspace().lake(),
        open: None,
        written: Vec::new(),
    };
    linking::link(&engine, link, decisions, &mut store).await?;
    Ok(store.written)
}

/// Rows into data files of the run, not yet published.
struct Files<'a> {
    run: &'a Run,
    owner: &'a str,
    lake: PathBuf,
    open: Option<TableWriter>,
    written: Vec<(&'static str, SchemaRef, Written)>,
}

impl Store for Files<'_> {
    fn keep(&mut self, table: &'static str, batch: RecordBatch) -> Result<(), Error> {
        let writer = match &mut self.open {
            Some(writer) => writer,
            None => self.open.insert(self.run.writer(&own(table), self.owner)),
        };
        Ok(writer.write(&batch)?)
    }

    fn end(
        &mut self,
        engine: &Engine,
        table: &'static str,
        schema: SchemaRef,
    ) -> Result<(), Error> {
        let written = match self.open.take() {
            Some(writer) => writer.finish()?,
            None => Written::default(),
        };
        let state = TableState {
            version: None,
            schema: schema.clone(),
            files: written.files.clone(),
        };
        engine.add_table_as(&self.lake, &own(table), &query::asked(table), &state)?;
        self.written.push((table, schema, written));
        Ok(())
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
