//! SQL over the tables of a manifest, in bounded memory.

use crate::error::Error;
use crate::functions;
use crate::limits::Settings;
use crate::manifest::{TableName, TableState};
use crate::stored::{Kept, Schemas, Stored};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::{MemoryCatalogProvider, TableProvider};
use datafusion::datasource::MemTable;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The schema of the lake's own tables; names without a schema are looked up there.
pub(crate) const OWN: &str = "cotejo";

/// A session: tables, functions and limits.
#[derive(Clone)]
pub struct Engine {
    context: SessionContext,
    schemas: Arc<Schemas>,
}

impl Engine {
    /// A session without tables, under the limits of `settings`; spilled rows go below `spill`.
    pub fn new(settings: &Settings, spill: &Path) -> Result<Engine, Error> {
        Engine::sharing(settings, spill, Arc::default())
    }

    /// A session that shares the small tables kept in memory with others.
    pub(crate) fn sharing(
        settings: &Settings,
        spill: &Path,
        kept: Arc<Kept>,
    ) -> Result<Engine, Error> {
        // The pool does not bound the process: scans, decoded pages and our own buffers stand outside it.
        let pool_bytes = (settings.memory_mib << 20) as usize / 5 * 2;
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![spill.to_path_buf()]))
            .with_max_temp_directory_size(settings.spill_mib << 20);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(pool_bytes)))
            .with_disk_manager_builder(disk)
            .build_arc()
            .map_err(Error::query("the engine"))?;
        let mut config = SessionConfig::new()
            .with_default_catalog_and_schema("cotejo", OWN)
            .with_information_schema(true);
        if settings.threads > 0 {
            config = config.with_target_partitions(settings.threads);
        }
        let options = config.options_mut();
        options.execution.parquet.schema_force_view_types = false;
        // With filters pushed into the scan, comparing decimals of different scales fails in this version of the engine.
        options.execution.parquet.pushdown_filters = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        // Set aside for merging what was spilled, by each partition: a share of the pool, not the fixed 10 MB.
        options.execution.sort_spill_reservation_bytes =
            (pool_bytes / 64).clamp(512 << 10, 10 << 20);
        // Without sizes a join may build on its larger side, which cannot spill.
        options.execution.collect_statistics = true;
        let context = SessionContext::new_with_config_rt(config, runtime);
        let catalog = Arc::new(MemoryCatalogProvider::new());
        context.register_catalog("cotejo", catalog);
        functions::register(&context);
        let schemas = Arc::new(Schemas::sharing(kept));
        let engine = Engine { context, schemas };
        // There before its first table, so that a name without a schema is looked up somewhere.
        engine.schema(OWN)?;
        Ok(engine)
    }

    /// From now on few partitions work at a time, in small batches, and joins sort and spill to disk in place of
    /// building a table in memory: slower, and bounded.
    ///
    /// For a query that ran out of the memory it may use ([`Error::is_out_of_memory`]).
    pub fn spill_joins(&self) {
        let state = self.context.state_ref();
        let mut state = state.write();
        let options = state.config_mut().options_mut();
        options.optimizer.prefer_hash_join = false;
        // With a single partition the planner would build tables in memory all the same.
        options.execution.target_partitions = 2;
        options
            .set("datafusion.execution.batch_size", "1024")
            .expect("a setting of the engine");
    }

    /// The DataFusion session.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Makes a published table visible. `lake` is the folder of all tables.
    ///
    /// Errors: a data file the state names is not there.
    pub fn add_table(
        &self,
        lake: &Path,
        table: &TableName,
        state: &TableState,
    ) -> Result<(), Error> {
        self.add_table_as(lake, table, table, state)
    }

    /// Makes a published table visible under another name.
    pub fn add_table_as(
        &self,
        lake: &Path,
        table: &TableName,
        name: &TableName,
        state: &TableState,
    ) -> Result<(), Error> {
        self.schema(&name.schema)?
            .add_stored(&name.name, lake, table, state);
        Ok(())
    }

    /// Makes the current rows of a published table of history visible, without the end of its schema's name.
    ///
    /// Nothing happens for a table that is no history.
    pub fn add_current(&self, table: &TableName) -> Result<(), Error> {
        if let Some(standard) = table.schema.strip_suffix("_history") {
            let history = self.schema(&table.schema)?;
            self.schema(standard)?.add_current(history, &table.name);
        }
        Ok(())
    }

    fn schema(&self, name: &str) -> Result<Arc<Stored>, Error> {
        let (schema, is_new) = self.schemas.schema(name);
        if is_new {
            self.context
                .catalog("cotejo")
                .expect("registered in `new`")
                .register_schema(name, schema.clone())
                .map_err(Error::query(name))?;
        }
        Ok(schema)
    }

    /// Makes rows in memory visible as a table.
    pub fn add_batches(
        &self,
        table: &TableName,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<(), Error> {
        let provider =
            MemTable::try_new(schema, vec![batches]).map_err(Error::query(&table.to_string()))?;
        self.add_provider(table, Arc::new(provider))
    }

    /// Makes a query visible as a table.
    pub async fn add_view(&self, table: &TableName, sql: &str) -> Result<(), Error> {
        let frame = self.frame(&table.to_string(), sql).await?;
        self.add_provider(table, frame.into_view())
    }

    fn add_provider(
        &self,
        table: &TableName,
        provider: Arc<dyn TableProvider>,
    ) -> Result<(), Error> {
        self.schema(&table.schema)?.add_open(&table.name, provider);
        Ok(())
    }

    /// Plans a query of ours. `origin` names it in errors.
    pub async fn frame(&self, origin: &str, sql: &str) -> Result<DataFrame, Error> {
        self.context.sql(sql).await.map_err(Error::query(origin))
    }

    /// Runs a query of ours to its end.
    pub async fn rows(&self, origin: &str, sql: &str) -> Result<Vec<RecordBatch>, Error> {
        self.frame(origin, sql)
            .await?
            .collect()
            .await
            .map_err(Error::query(origin))
    }

    /// Runs a query of ours, batch by batch.
    pub async fn stream(
        &self,
        origin: &str,
        sql: &str,
    ) -> Result<SendableRecordBatchStream, Error> {
        self.frame(origin, sql)
            .await?
            .execute_stream()
            .await
            .map_err(Error::query(origin))
    }

    /// Runs a query of ours and hands over its rows batch by batch, in their order.
    pub async fn each_batch<E: From<Error>>(
        &self,
        origin: &str,
        sql: &str,
        mut take: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        use futures::StreamExt;
        let mut rows = self.stream(origin, sql).await?;
        while let Some(batch) = rows.next().await {
            take(batch.map_err(Error::query(origin))?)?;
        }
        Ok(())
    }

    /// The tables a query reads, from its logical plan; views are looked through by [`Engine::stored_tables`].
    pub async fn tables_of(&self, origin: &str, sql: &str) -> Result<BTreeSet<TableName>, Error> {
        let plan = self
            .context
            .state()
            .create_logical_plan(sql)
            .await
            .map_err(Error::query(origin))?;
        let mut tables = BTreeSet::new();
        stored_tables(&plan, &mut tables);
        Ok(tables)
    }
}

/// The tables a logical plan scans, in subqueries too.
pub(crate) fn stored_tables(plan: &LogicalPlan, tables: &mut BTreeSet<TableName>) {
    use datafusion::common::tree_node::TreeNodeRecursion;
    // The visitor never fails: it only collects.
    let _ = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let schema = scan.table_name.schema().unwrap_or(OWN);
            tables.insert(TableName::new(schema, scan.table_name.table()));
        }
        Ok(TreeNodeRecursion::Continue)
    });
}

/// Plans a query from outside and refuses anything but reading: no DDL, no DML, no statements, no `COPY`,
/// no files and no settings.
///
/// Errors: [`Error::NotAllowed`] with what was refused, [`Error::Query`] when it does not plan.
pub async fn read_only_sql(engine: &Engine, sql: &str) -> Result<DataFrame, Error> {
    use datafusion::execution::context::SQLOptions;
    let plan = engine
        .context
        .state()
        .create_logical_plan(sql)
        .await
        .map_err(Error::query("the query"))?;
    let options = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    options
        .verify_plan(&plan)
        .map_err(|error| Error::NotAllowed(error.strip_backtrace()))?;
    engine
        .context
        .execute_logical_plan(plan)
        .await
        .map_err(Error::query("the query"))
}
