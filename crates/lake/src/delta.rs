//! Commits the files of a table to its Delta log, so that any Delta reader can open it.
//!
//! A commit brings the log from whatever it says now (a killed run may have left a version nobody published)
//! to exactly the files of the state to publish.

use crate::error::Error;
use crate::manifest::{TableName, TableState};
use arrow::datatypes::Schema;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TableReference};
use deltalake::kernel::{Action, Add, MetadataExt, Remove, StructType};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use url::Url;

/// Commits `state` to the table in `folder`. Out: the Delta version that holds exactly its files.
pub(crate) async fn commit(
    folder: &Path,
    table: &TableName,
    state: &TableState,
) -> Result<u64, Error> {
    let wrong = |source: DeltaTableError| Error::Delta {
        table: table.to_string(),
        source: Box::new(source),
    };
    std::fs::create_dir_all(folder).map_err(Error::disk(folder))?;
    let url = Url::from_directory_path(folder).map_err(|()| {
        wrong(DeltaTableError::Generic(format!(
            "no URL for {}",
            folder.display()
        )))
    })?;
    let schema = kernel_schema(&state.schema).map_err(wrong)?;
    let delta = open_or_create(url, table, &schema).await.map_err(wrong)?;
    let snapshot = delta.snapshot().map_err(wrong)?;

    let mut now: BTreeMap<String, i64> = snapshot
        .log_data()
        .iter()
        .map(|file| (file.path().to_string(), file.size()))
        .collect();
    let mut actions = Vec::new();
    if *snapshot.schema() != schema {
        actions.push(Action::Metadata(
            snapshot
                .metadata()
                .clone()
                .with_schema(&schema)
                .map_err(|error| wrong(error.into()))?,
        ));
    }
    // The clock stands in the log only; no table holds it.
    let moment = jiff::Timestamp::now().as_millisecond();
    for file in &state.files {
        if now.remove(&file.path).is_none() {
            actions.push(Action::Add(Add {
                path: file.path.clone(),
                size: file.size_bytes as i64,
                modification_time: moment,
                data_change: true,
                stats: Some(format!("{{\"numRecords\":{}}}", file.rows)),
                ..Default::default()
            }));
        }
    }
    actions.extend(now.into_iter().map(|(path, size)| {
        Action::Remove(Remove {
            path,
            data_change: true,
            deletion_timestamp: Some(moment),
            extended_file_metadata: Some(true),
            partition_values: Some(HashMap::new()),
            size: Some(size),
            ..Default::default()
        })
    }));
    if actions.is_empty() {
        return Ok(snapshot.version());
    }
    let operation = DeltaOperation::Write {
        mode: SaveMode::Overwrite,
        partition_by: None,
        predicate: None,
    };
    let reference: &dyn TableReference = snapshot;
    let properties = CommitProperties::default().with_cleanup_expired_logs(Some(false));
    let done = CommitBuilder::from(properties)
        .with_actions(actions)
        .build(Some(reference), delta.log_store(), operation)
        .await
        .map_err(wrong)?;
    Ok(done.version())
}

async fn open_or_create(
    url: Url,
    table: &TableName,
    schema: &StructType,
) -> Result<DeltaTable, DeltaTableError> {
    let mut delta = DeltaTableBuilder::from_url(url)?.build()?;
    if delta.verify_deltatable_existence().await? {
        delta.load().await?;
        return Ok(delta);
    }
    CreateBuilder::new()
        .with_log_store(delta.log_store())
        .with_table_name(table.to_string())
        .with_columns(schema.fields().cloned())
        .await
}

fn kernel_schema(schema: &Schema) -> Result<StructType, DeltaTableError> {
    schema.try_into_kernel().map_err(DeltaTableError::from)
}
