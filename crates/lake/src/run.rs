//! A run: steps that replace the rows they own, and one manifest at the end.
//!
//! Nothing a run writes is visible before [`Run::publish`]: data files stand under names no manifest names,
//! and a Delta version nobody published is brought back in line by the next commit.

use crate::catalogue::{Catalogue, StepState};
use crate::delta;
use crate::engine::Engine;
use crate::error::Error;
use crate::manifest::{Manifest, TableName, TableState};
use crate::originals::Originals;
use crate::stored::Kept;
use crate::workspace::Workspace;
use crate::writer::{TableWriter, Written, hex, widened};
use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::Arc;

/// Reads a workspace as one run published it.
pub struct Reader {
    /// What it reads.
    pub manifest: Manifest,
    engine: Engine,
}

impl Reader {
    /// A reader of the manifest published last.
    pub async fn open(workspace: &Workspace) -> Result<Reader, Error> {
        let catalogue = Catalogue::open(&workspace.catalogue()).await?;
        let manifest = catalogue.manifest().await?;
        let engine = Engine::new(&workspace.settings, &spill(workspace)?)?;
        for (table, state) in &manifest.tables {
            engine.add_table(&workspace.lake(), table, state)?;
            engine.add_current(table)?;
        }
        Ok(Reader { manifest, engine })
    }

    /// SQL over it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// Its inputs are unchanged.
    Skipped,
}

/// A step and what became of it.
#[derive(Debug, Clone)]
pub struct StepReport {
    /// `standards/ocds.contract/mx_federal__compranet`.
    pub step: String,
    /// Done or skipped.
    pub outcome: Outcome,
    /// Rows it wrote.
    pub rows: u64,
}

/// A run that has begun and not ended.
pub struct Run {
    workspace: Workspace,
    catalogue: Catalogue,
    published: Manifest,
    tables: BTreeMap<TableName, TableState>,
    touched: BTreeSet<TableName>,
    known_steps: BTreeMap<String, StepState>,
    steps: BTreeMap<String, Option<StepState>>,
    program: String,
    kept: Arc<Kept>,
    /// Steps in the order they were met.
    pub reports: Vec<StepReport>,
    _lock: File,
}

impl Run {
    /// Begins a run: takes the workspace's lock and reads what is published.
    ///
    /// Errors: [`Error::Busy`] when another process holds the lock.
    pub async fn begin(workspace: &Workspace, program: &str) -> Result<Run, Error> {
        let path = workspace.root().join(".lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::disk(&path))?;
        if lock.try_lock().is_err() {
            return Err(Error::Busy(workspace.root().to_path_buf()));
        }
        let catalogue = Catalogue::open(&workspace.catalogue()).await?;
        let published = catalogue.manifest().await?;
        let known_steps = catalogue.steps().await?;
        Ok(Run {
            workspace: workspace.clone(),
            tables: published.tables.clone(),
            published,
            touched: BTreeSet::new(),
            known_steps,
            steps: BTreeMap::new(),
            program: program.to_string(),
            kept: Arc::default(),
            catalogue,
            reports: Vec::new(),
            _lock: lock,
        })
    }

    /// The workspace.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The store of originals.
    pub fn originals(&self) -> Originals {
        Originals::new(self.workspace.files())
    }

    /// A table as this run sees it.
    pub fn table(&self, table: &TableName) -> Option<&TableState> {
        self.tables.get(table)
    }

    /// All tables as this run sees them.
    pub fn tables(&self) -> &BTreeMap<TableName, TableState> {
        &self.tables
    }

    /// A session over the tables as this run sees them now.
    pub async fn engine(&self) -> Result<Engine, Error> {
        self.engine_over(&|_, state| state.clone()).await
    }

    /// A session over the part of each table that `visible` leaves.
    pub async fn engine_over(
        &self,
        visible: &dyn Fn(&TableName, &TableState) -> TableState,
    ) -> Result<Engine, Error> {
        let spill = spill(&self.workspace)?;
        let engine = Engine::sharing(&self.workspace.settings, &spill, self.kept.clone())?;
        let lake = self.workspace.lake();
        for (table, state) in &self.tables {
            engine.add_table(&lake, table, &visible(table, state))?;
            engine.add_current(table)?;
        }
        Ok(engine)
    }

    /// A hash of what `owner` (or everyone, when empty) holds in `table` now.
    pub fn content(&self, table: &TableName, owner: &str) -> String {
        let mut hash = Sha256::new();
        if let Some(state) = self.tables.get(table) {
            for file in state
                .files
                .iter()
                .filter(|file| owner.is_empty() || file.owner == owner)
            {
                hash.update(file.path.as_bytes());
                hash.update([0]);
            }
        }
        hex(&hash.finalize())
    }

    /// Whether `step` was last done from the same `fingerprint`; says so in the reports.
    pub fn is_current(&mut self, step: &str, fingerprint: &str) -> bool {
        let state = self
            .steps
            .get(step)
            .cloned()
            .unwrap_or_else(|| self.known_steps.get(step).cloned());
        let current = state.is_some_and(|state| state.fingerprint == fingerprint);
        if current {
            self.reports.push(StepReport {
                step: step.to_string(),
                outcome: Outcome::Skipped,
                rows: 0,
            });
        }
        current
    }

    /// The steps known from earlier runs whose name starts with `prefix`.
    pub fn steps_under(&self, prefix: &str) -> Vec<String> {
        self.known_steps
            .keys()
            .filter(|step| step.starts_with(prefix))
            .cloned()
            .collect()
    }

    /// A writer of the rows of `owner` in `table`.
    pub fn writer(&self, table: &TableName, owner: &str) -> TableWriter {
        TableWriter::new(&self.workspace.lake().join(table.folder()), owner)
    }

    /// Replaces the rows of `owner` in `table`. The table's columns are widened by those of `written`.
    pub fn replace(
        &mut self,
        table: &TableName,
        owner: &str,
        schema: &SchemaRef,
        written: Written,
    ) {
        let state = self
            .tables
            .entry(table.clone())
            .or_insert_with(|| TableState {
                version: None,
                schema: schema.clone(),
                files: Vec::new(),
            });
        state.schema = widened(&state.schema, schema);
        if let Some(schema) = &written.schema {
            state.schema = widened(&state.schema, schema);
        }
        state.files.retain(|file| file.owner != owner);
        state.files.extend(written.files);
        state.files.sort();
        state.files.dedup();
        self.touched.insert(table.clone());
    }

    /// Says that a table exists, with these columns, even if it has no rows.
    pub fn declare(&mut self, table: &TableName, schema: &SchemaRef) {
        let known = self
            .tables
            .get(table)
            .map(|state| widened(&state.schema, schema));
        let unchanged = known
            .as_ref()
            .is_some_and(|known| Some(known) == self.tables.get(table).map(|state| &state.schema));
        if !unchanged {
            self.replace(table, "", schema, Written::default());
        }
    }

    /// Takes away every row of `owner`, in every table.
    pub fn remove_owner(&mut self, owner: &str) {
        for (table, state) in &mut self.tables {
            let before = state.files.len();
            state.files.retain(|file| file.owner != owner);
            if state.files.len() != before {
                self.touched.insert(table.clone());
            }
        }
    }

    /// Says that `step` was done from `fingerprint` and wrote `rows`.
    pub fn done(&mut self, step: &str, fingerprint: &str, output: &str, rows: u64) {
        let state = StepState {
            fingerprint: fingerprint.to_string(),
            output: output.to_string(),
        };
        self.steps.insert(step.to_string(), Some(state));
        self.reports.push(StepReport {
            step: step.to_string(),
            outcome: Outcome::Done,
            rows,
        });
    }

    /// Says that `step` no longer exists.
    pub fn forget(&mut self, step: &str) {
        self.steps.insert(step.to_string(), None);
    }

    /// Whether anything is left to publish.
    pub fn has_changes(&self) -> bool {
        !self.steps.is_empty() || !self.touched.is_empty()
    }

    /// Publishes what was done so far: one Delta commit for each changed table, then the manifest and the steps at once.
    ///
    /// Out: the run's number, or the earlier one when nothing changed. The run can go on and publish again.
    pub async fn publish(&mut self) -> Result<i64, Error> {
        if !self.has_changes() {
            return Ok(self.published.run_id);
        }
        let now = jiff::Timestamp::now().to_string();
        let run_id = self.catalogue.begin_run(&self.program, &now).await?;
        for table in std::mem::take(&mut self.touched) {
            let Some(state) = self.tables.get_mut(&table) else {
                continue;
            };
            let folder = self.workspace.lake().join(table.folder());
            state.version = Some(delta::commit(&folder, &table, state).await?);
            crash_point("after-commit");
        }
        let manifest = Manifest {
            run_id,
            tables: self.tables.clone(),
        };
        crash_point("before-publish");
        let now = jiff::Timestamp::now().to_string();
        self.catalogue.publish(&manifest, &self.steps, &now).await?;
        crash_point("after-publish");
        for (step, state) in std::mem::take(&mut self.steps) {
            match state {
                Some(state) => self.known_steps.insert(step, state),
                None => self.known_steps.remove(&step),
            };
        }
        self.published = manifest;
        Ok(run_id)
    }
}

/// A place where the tests of crashes may stop the process: `COTEJO_CRASH_AT=name:count`.
fn crash_point(name: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var("COTEJO_CRASH_AT") else {
        return;
    };
    if let Some((at, count)) = wanted.split_once(':')
        && at == name
        && count.parse() == Ok(PASSED.fetch_add(1, Ordering::SeqCst) + 1)
    {
        std::process::abort();
    }
}

/// `<standard>.<table>` are the current rows of `<standard>_history.<table>`.
fn spill(workspace: &Workspace) -> Result<std::path::PathBuf, Error> {
    let folder = workspace.root().join(".spill");
    std::fs::create_dir_all(&folder).map_err(Error::disk(&folder))?;
    Ok(folder)
}
