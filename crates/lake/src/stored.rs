//! Tables of a manifest as the engine sees them: opened when a query first names them.
//!
//! A workspace has hundreds of tables and a step reads a handful. Tables of many small files, such as `file`
//! with one file for each file received, are read into memory once and shared by the sessions of a run.

use crate::error::Error;
use crate::manifest::{DataFile, TableName, TableState};
use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{MemTable, SchemaProvider, TableProvider};
use datafusion::common::{DataFusionError, Result, TableReference};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{LogicalPlanBuilder, col, lit};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

/// From this many files on, opening them costs more than what they hold.
const MANY_FILES: usize = 24;
/// Bytes on disk of a table that may be kept in memory, and of all that are.
const SMALL_BYTES: u64 = 4 << 20;
const KEPT_BYTES: u64 = 32 << 20;

/// Tables of many small files, kept in memory.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    tables: Mutex<KeptTables>,
}

#[derive(Debug, Default)]
struct KeptTables {
    bytes: u64,
    by_files: HashMap<Vec<PathBuf>, Arc<MemTable>>,
}

/// What a name stands for.
#[derive(Clone)]
enum Entry {
    /// A table on disk, and the folder of all tables.
    Stored(PathBuf, TableName, TableState),
    /// The current rows of a table of this other schema.
    Current(Arc<Stored>, String),
    /// Something already open.
    Open(Arc<dyn TableProvider>),
}

/// One schema of the catalogue.
pub(crate) struct Stored {
    schema: String,
    kept: Arc<Kept>,
    entries: RwLock<BTreeMap<String, Entry>>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "schema {}", self.schema)
    }
}

impl Stored {
    pub(crate) fn new(schema: &str, kept: Arc<Kept>) -> Stored {
        Stored {
            schema: schema.to_string(),
            kept,
            entries: RwLock::default(),
        }
    }

    pub(crate) fn add_stored(
        &self,
        name: &str,
        lake: &Path,
        table: &TableName,
        state: &TableState,
    ) {
        self.set(
            name,
            Entry::Stored(lake.to_path_buf(), table.clone(), state.clone()),
        );
    }

    /// The rows of `name` in `history` that are current, under the same name here.
    pub(crate) fn add_current(&self, history: Arc<Stored>, name: &str) {
        self.set(name, Entry::Current(history, name.to_string()));
    }

    pub(crate) fn add_open(&self, name: &str, provider: Arc<dyn TableProvider>) {
        self.set(name, Entry::Open(provider));
    }

    fn set(&self, name: &str, entry: Entry) {
        let mut entries = self.entries.write().unwrap_or_else(|e| e.into_inner());
        entries.insert(name.to_string(), entry);
    }

    fn get(&self, name: &str) -> Option<Entry> {
        let entries = self.entries.read().unwrap_or_else(|e| e.into_inner());
        entries.get(name).cloned()
    }

    fn open(
        &self,
        lake: &Path,
        table: &TableName,
        state: &TableState,
    ) -> Result<Arc<dyn TableProvider>, Error> {
        let query = |error| Error::query(&table.to_string())(error);
        if state.files.is_empty() {
            let empty = MemTable::try_new(state.schema.clone(), vec![vec![]]).map_err(query)?;
            return Ok(Arc::new(empty));
        }
        let folder = lake.join(table.folder());
        let one = |file: &DataFile| {
            let path = folder.join(&file.path);
            // A listing would take a missing file for one without rows.
            match path.exists() {
                true => Ok(path),
                false => Err(Error::Damaged {
                    path: path.display().to_string(),
                    message: "a data file of a published table is missing".to_string(),
                }),
            }
        };
        let paths = state.files.iter().map(one).collect::<Result<Vec<_>, _>>()?;
        let bytes = state.files.iter().map(|file| file.size_bytes).sum::<u64>();
        if paths.len() >= MANY_FILES && bytes <= SMALL_BYTES {
            return Ok(self
                .kept
                .table(&state.schema, paths, bytes)
                .map_err(query)?);
        }
        let urls = paths
            .iter()
            .map(|path| file_url(path))
            .collect::<Result<Vec<_>, _>>()?;
        let options =
            ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(options)
            .with_schema(state.schema.clone());
        Ok(Arc::new(ListingTable::try_new(config).map_err(query)?))
    }
}

#[async_trait]
impl SchemaProvider for Stored {
    fn table_names(&self) -> Vec<String> {
        let entries = self.entries.read().unwrap_or_else(|e| e.into_inner());
        entries.keys().cloned().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let provider: Arc<dyn TableProvider> = match self.get(name) {
            None => return Ok(None),
            Some(Entry::Open(provider)) => return Ok(Some(provider)),
            Some(Entry::Stored(lake, table, state)) => self
                .open(&lake, &table, &state)
                .map_err(|error| DataFusionError::External(Box::new(error)))?,
            Some(Entry::Current(history, name)) => {
                let Some(rows) = history.table(&name).await? else {
                    return Ok(None);
                };
                let from = TableReference::partial(history.schema.as_str(), name.as_str());
                let plan = LogicalPlanBuilder::scan(from, provider_as_source(rows), None)?
                    .filter(col("row_state").in_list(vec![lit("current"), lit("merged")], false))?
                    .build()?;
                Arc::new(ViewTable::new(plan, None))
            }
        };
        self.add_open(name, provider.clone());
        Ok(Some(provider))
    }

    fn register_table(
        &self,
        name: String,
        table: Arc<dyn TableProvider>,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        self.add_open(&name, table);
        Ok(None)
    }

    fn deregister_table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let mut entries = self.entries.write().unwrap_or_else(|e| e.into_inner());
        entries.remove(name);
        Ok(None)
    }

    fn table_exist(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl Kept {
    fn table(&self, schema: &SchemaRef, paths: Vec<PathBuf>, bytes: u64) -> Result<Arc<MemTable>> {
        let mut kept = self.tables.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = kept.by_files.get(&paths) {
            // A table can be seen under a wider schema than when it was read.
            if known.schema() == *schema {
                return Ok(known.clone());
            }
        }
        let mut batches = Vec::with_capacity(paths.len());
        for path in &paths {
            let file = std::fs::File::open(path)?;
            for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
                batches.push(widened(&batch?, schema)?);
            }
        }
        let whole = arrow::compute::concat_batches(schema, &batches)?;
        let table = Arc::new(MemTable::try_new(schema.clone(), vec![vec![whole]])?);
        if kept.bytes + bytes > KEPT_BYTES {
            *kept = KeptTables::default();
        }
        kept.bytes += bytes;
        kept.by_files.insert(paths, table.clone());
        Ok(table)
    }
}

/// A batch with the columns of `schema`, null where the file has none.
fn widened(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => Ok(arrow::compute::cast(column, field.data_type())?),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        })
        .collect::<Result<Vec<ArrayRef>>>()?;
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}

fn file_url(path: &Path) -> Result<ListingTableUrl, Error> {
    let damaged = |message: String| Error::Damaged {
        path: path.display().to_string(),
        message,
    };
    let url = url::Url::from_file_path(path).map_err(|()| damaged("no URL".to_string()))?;
    ListingTableUrl::parse(url).map_err(|error| damaged(error.to_string()))
}

/// The schemas of a session, made as they are named.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    pub(crate) kept: Arc<Kept>,
    by_name: Mutex<BTreeMap<String, Arc<Stored>>>,
}

impl Schemas {
    pub(crate) fn sharing(kept: Arc<Kept>) -> Schemas {
        Schemas {
            kept,
            by_name: Mutex::default(),
        }
    }

    /// The schema of this name, and whether it is new.
    pub(crate) fn schema(&self, name: &str) -> (Arc<Stored>, bool) {
        let mut by_name = self.by_name.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = by_name.get(name) {
            return (known.clone(), false);
        }
        let made = Arc::new(Stored::new(name, self.kept.clone()));
        by_name.insert(name.to_string(), made.clone());
        (made, true)
    }
}
