//! Releases of one process become one: what holds now, and what each release changed.
//!
//! One step for each source that publishes releases. Of most processes one thing was published and it holds as it
//! is; the others are merged by the rules of the standard into `merged.<source>`, tables in the form of the raw
//! ones, which the mapping reads beside them. `release` and `change` keep their history.

mod pieces;
mod process;
mod tables;

use crate::error::Error;
use documents::history::Action;
use documents::{Schema, Value, merge};
use lake::{Engine, Progress, Run, TableName, system};
use packs::{Documents, Packs, Publishes, Releases, Source, Standard, path_slug};
pub(crate) use pieces::{Around, Processes, Reading, has_column};
use process::current_rows;
pub(crate) use process::{Kind, Piece, Process, upgrade};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
pub(crate) use tables::{Cell, Fixed};
use tables::{Merged, Origin};

/// Changes whenever the same releases may be merged otherwise.
const MERGING_VERSION: u32 = 1;

/// The raw records whose process was merged, so that they hold no longer by themselves.
pub(crate) fn merged_record() -> TableName {
    system::own("merged_record")
}

/// Merges the releases of every source where something has changed.
pub(crate) async fn run_all(
    run: &mut Run,
    packs: &Packs,
    progress: &Progress,
) -> Result<(), Error> {
    for (name, schema) in [
        ("release", system::release()),
        ("change", system::change()),
        ("merged_record", system::merged_record()),
    ] {
        run.declare(&system::own(name), &schema);
    }
    let mut wanted = BTreeSet::new();
    let mut work = Vec::new();
    for source in packs.sources.values() {
        let Some(mapping) = packs.mappings.get(&source.code) else {
            continue;
        };
        let standard = &packs.standards[&mapping.standard];
        let Some((documents, names)) = releases_of(standard, source) else {
            continue;
        };
        let raw = TableName::new("raw", &source.code);
        let Some(state) = run.table(&raw).filter(|state| !state.files.is_empty()) else {
            continue;
        };
        if state
            .schema
            .index_of(&path_slug(&documents.subject))
            .is_err()
        {
            continue;
        }
        let step = format!("merge/{}/{}", standard.code, source.code);
        wanted.insert(step.clone());
        let fingerprint = fingerprint(run, packs, source, standard);
        if !run.is_current(&step, &fingerprint) {
            work.push((source, standard, documents, names, step, fingerprint));
        }
    }
    let bar = progress.bar("merging", work.len() as u64, false);
    for (source, standard, documents, names, step, fingerprint) in work {
        bar.set_message(step.clone());
        bar.inc(1);
        let engine = run.engine().await?;
        let one = Merging {
            source,
            standard,
            documents,
            names,
            step: &step,
            lists: lists(packs, source, standard),
            upgrades: packs.mappings[&source.code].tables.is_empty()
                && !standard.objects.upgrade.is_empty(),
            made: made(source, standard),
        };
        match one.run(run, &engine, &fingerprint).await {
            Err(error) if error.is_out_of_memory() => {
                tracing::info!(step, "out of memory: again, with joins that spill");
                let engine = run.engine().await?;
                engine.spill_joins();
                one.run(run, &engine, &fingerprint).await?;
            }
            outcome => outcome?,
        }
    }
    bar.finish_and_clear();
    for step in run.steps_under("merge/") {
        if !wanted.contains(&step) {
            run.remove_owner(&step);
            run.forget(&step);
        }
    }
    Ok(())
}

fn releases_of<'p>(
    standard: &'p Standard,
    source: &Source,
) -> Option<(&'p Documents, &'p Releases)> {
    let documents = standard.documents.as_ref()?;
    let names = documents.releases.as_ref()?;
    (source.publishes == Publishes::Releases).then_some((documents, names))
}

/// Every list that may have a raw table.
fn lists(packs: &Packs, source: &Source, standard: &Standard) -> Vec<String> {
    let mut lists: BTreeSet<String> = standard.lists();
    if let Some(mapping) = packs.mappings.get(&source.code) {
        lists.extend(mapping.tables.iter().map(|rule| rule.list.clone()));
    }
    lists.remove("");
    lists.into_iter().collect()
}

fn fingerprint(run: &Run, packs: &Packs, source: &Source, standard: &Standard) -> String {
    let mut hash = Sha256::new();
    hash.update(MERGING_VERSION.to_le_bytes());
    hash.update(format!("{:?}", lists(packs, source, standard)));
    hash.update(format!("{:?}", source.layouts));
    for part in ["standard.toml", "objects.csv", "extensions/"] {
        let path = format!("standards/{}/{part}", standard.code);
        hash.update(packs.folder.fingerprint(&path));
    }
    let raw = TableName::new("raw", &source.code);
    hash.update(run.content(&raw, ""));
    let owners: BTreeSet<&str> = run
        .table(&raw)
        .into_iter()
        .flat_map(|state| &state.files)
        .map(|file| file.owner.as_str())
        .collect();
    for owner in owners {
        hash.update(run.content(&system::own("document"), owner));
        hash.update(run.content(&system::own("file"), owner));
    }
    crate::step::hex(hash)
}

/// One source being merged.
struct Merging<'a> {
    source: &'a Source,
    standard: &'a Standard,
    documents: &'a Documents,
    names: &'a Releases,
    step: &'a str,
    lists: Vec<String>,
    /// Whether documents of older versions of the standard become those of the one declared; a source whose mapping
    /// has rules of its own reads them as they are.
    upgrades: bool,
    /// The raw table that records of older versions have no rows in.
    made: Option<String>,
}

/// What is written of a source.
struct Output {
    release: Fixed,
    change: Fixed,
    replaced: Fixed,
    problem: Fixed,
    /// The records, and each list.
    merged: Vec<Merged>,
    processes: i64,
}

impl Merging<'_> {
    fn wanted(&self, run: &Run) -> Processes<'_> {
        let made = self.made.as_deref().filter(|_| self.upgrades);
        match made {
            None => Processes::Several,
            Some(made) => {
                let table = run.table(&TableName::new("raw", made));
                Processes::SeveralOrOlder(table.map(|_| made))
            }
        }
    }

    async fn run(&self, run: &mut Run, engine: &Engine, fingerprint: &str) -> Result<(), Error> {
        let (source, step) = (self.source, self.step);
        let reading = Reading {
            engine,
            step,
            source,
            documents: self.documents,
            names: Some(self.names),
        };
        let around = Around::read(reading).await?;
        let fixed = |name: &str, schema| Fixed::new(run, system::own(name), schema, step);
        let names: BTreeMap<String, String> = source
            .layouts
            .iter()
            .flat_map(|layout| layout.names.clone())
            .collect();
        let merged = std::iter::once("").chain(self.lists.iter().map(String::as_str));
        let merged = merged.map(|list| {
            let table = TableName::new("merged", &raw_name(source, list));
            Merged::new(run, table, step, names.clone())
        });
        let mut output = Output {
            release: fixed("release", system::release()),
            change: fixed("change", system::change()),
            replaced: fixed("merged_record", system::merged_record()),
            problem: fixed("problem", system::problem()),
            merged: merged.collect(),
            processes: 0,
        };
        let schema = Schema::with_all(self.standard);
        let rules = merge::Rules::new(&schema, &self.documents.record);
        let mut sink = |subject: &str, mut pieces: Vec<Piece>| {
            if self.upgrades {
                upgrade(self.standard, &mut pieces);
            }
            let process = Process::new(self.names, pieces);
            self.history(&mut output, subject, &process, &rules)?;
            self.current(&mut output, &process, &rules)
        };
        around
            .each_process(reading, self.wanted(run), &mut sink)
            .await?;
        let (rows, mut told) = output.release.finish(run, step)?;
        for table in [output.change, output.replaced, output.problem] {
            told.push_str(&table.finish(run, step)?.1);
        }
        for table in output.merged {
            told.push_str(&table.finish(run, step)?);
        }
        let mut hash = Sha256::new();
        hash.update(told);
        run.done(step, fingerprint, &crate::step::hex(hash), rows);
        Ok(())
    }

    /// The releases of a process, and what each changed.
    fn history(
        &self,
        output: &mut Output,
        subject: &str,
        process: &Process,
        rules: &merge::Rules,
    ) -> Result<(), Error> {
        let names = self.names;
        let own = |piece: &Piece, at: usize| {
            let date = piece.text(&names.date);
            let day = lake::functions::parse_date(&date).value;
            (date, day, process.timings[at].name())
        };
        for (sequence, piece) in process.pieces.iter().enumerate() {
            let (date, day, timing) = own(piece, sequence);
            output.release.push([
                Cell::from(self.standard.code.as_str()),
                Cell::from(self.source.code.as_str()),
                Cell::from(self.source.place.as_str()),
                Cell::from(subject),
                Cell::Text(piece.text(&names.id)),
                Cell::Text(date),
                Cell::Day(day),
                Cell::from(piece.kind.name()),
                Cell::Text(piece.tags(&names.tag).join(";")),
                Cell::from(piece.published.as_str()),
                Cell::Day(lake::functions::parse_date(&piece.published).value),
                Cell::Int(sequence as i64),
                Cell::from(timing),
                Cell::Int(piece.file_id),
                Cell::Int(piece.part_id.into()),
                piece.record.map_or(Cell::Null, Cell::Int),
                Cell::from(piece.position.as_str()),
            ])?;
        }
        let releases = process.releases();
        if releases.len() < 2 {
            return Ok(());
        }
        let values: Vec<Value> = releases
            .iter()
            .map(|(_, piece)| piece.value.clone())
            .collect();
        for change in merge::Merger::new(rules).history(&values) {
            let (at, piece) = releases[change.release.unwrap_or_default()];
            let (date, day, timing) = own(piece, at);
            let text = |value: Option<String>| value.map_or(Cell::Null, Cell::Text);
            output.change.push([
                Cell::from(self.standard.code.as_str()),
                Cell::from(self.source.code.as_str()),
                Cell::from(self.source.place.as_str()),
                Cell::from(subject),
                Cell::Int(at as i64),
                Cell::Text(piece.text(&names.id)),
                Cell::Text(date),
                Cell::Day(day),
                Cell::from(timing),
                Cell::Text(change.path),
                Cell::from(match change.action {
                    Action::Added => "added",
                    Action::Changed => "changed",
                    Action::Removed => "removed",
                }),
                text(change.before),
                text(change.after),
                Cell::Int(piece.file_id),
                Cell::Int(piece.part_id.into()),
                piece.record.map_or(Cell::Null, Cell::Int),
                Cell::from(piece.position.as_str()),
            ])?;
        }
        Ok(())
    }

    /// What holds now, where no single raw record says it.
    fn current(
        &self,
        output: &mut Output,
        process: &Process,
        rules: &merge::Rules,
    ) -> Result<(), Error> {
        let layers = process.layers(self.names);
        let told_once = match layers.as_slice() {
            [] => return Ok(()),
            [only] => {
                let piece = &process.pieces[*only];
                piece.record.is_some() && process.records.len() == 1 && !piece.upgraded
            }
            _ => false,
        };
        if told_once {
            return Ok(());
        }
        let value = match layers.as_slice() {
            [only] => process.pieces[*only].value.clone(),
            several => {
                let merged = merged(process, several, self.names, rules);
                for warning in &merged.warnings {
                    let at = warning.release.unwrap_or_default();
                    let piece = &process.pieces[several[at]];
                    self.tell(
                        output,
                        piece,
                        &warning.path,
                        warning.kind.code(),
                        &warning.value,
                    )?;
                }
                merged.value
            }
        };
        for (file, part, record) in &process.records {
            let cells = [
                Cell::from(self.source.code.as_str()),
                Cell::Int(*file),
                Cell::Int((*part).into()),
                Cell::Int(*record),
            ];
            output.replaced.push(cells)?;
        }
        output.processes += 1;
        for current in current_rows(process, &layers, &value, &self.lists) {
            let piece = &process.pieces[current.piece];
            // What an upgrade made stands nowhere in what was published: its record does.
            let made = self.made.as_deref().is_some_and(|made| {
                piece.upgraded
                    && current.row.list > 0
                    && raw_name(self.source, &self.lists[current.row.list - 1]) == made
            });
            let element = match made {
                true => "",
                false => current.element.as_str(),
            };
            let position = match element {
                "" => piece.position.clone(),
                element => format!("{}/{element}", piece.position),
            };
            let origin = Origin {
                file_id: piece.file_id,
                part_id: piece.part_id,
                record: piece.record,
                element,
                layout: &piece.layout,
                position,
            };
            output.merged[current.row.list].push(output.processes, &current.row, &origin)?;
        }
        Ok(())
    }

    fn tell(
        &self,
        output: &mut Output,
        piece: &Piece,
        path: &str,
        code: &str,
        found: &str,
    ) -> Result<(), Error> {
        output.problem.push([
            Cell::from(self.source.code.as_str()),
            Cell::Int(piece.file_id),
            Cell::Int(piece.part_id.into()),
            piece.record.map_or(Cell::Null, Cell::Int),
            Cell::from(piece.position.as_str()),
            Cell::from(path),
            Cell::from(code),
            Cell::from("warning"),
            Cell::Text(found.chars().take(200).collect()),
            Cell::from("merged all the same"),
            Cell::from(self.step),
        ])
    }
}

/// Pieces merged in this order.
pub(crate) fn merged(
    process: &Process,
    layers: &[usize],
    names: &Releases,
    rules: &merge::Rules,
) -> merge::Merged {
    let merger = merge::Merger::new(rules);
    let pieces = || layers.iter().map(|at| &process.pieces[*at]);
    if pieces().all(|piece| piece.moment.is_empty() || piece.moment == piece.text(&names.date)) {
        let values: Vec<Value> = pieces().map(|piece| piece.value.clone()).collect();
        return merger.compiled(&values);
    }
    // They follow each other by another date than their own.
    let mut merging = merger.start();
    for piece in pieces() {
        merging.add(&piece.value);
    }
    merging.compiled()
}

/// The raw table of the list that an upgrade makes, and that records of older versions therefore lack.
fn made(source: &Source, standard: &Standard) -> Option<String> {
    let steps = standard.objects.upgrade.iter();
    let list = steps
        .map(|step| step.into.as_str())
        .find(|into| !into.is_empty())?;
    Some(raw_name(source, &format!("{list}[]")))
}

/// The name of the raw table of a list.
pub(crate) fn raw_name(source: &Source, list: &str) -> String {
    match list {
        "" => source.code.clone(),
        list => format!("{}__{}", source.code, path_slug(list)),
    }
}
