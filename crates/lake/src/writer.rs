//! Writes rows of one owner into Parquet files, in bounded memory and with bytes that depend on the rows alone.

use crate::error::Error;
use crate::manifest::DataFile;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use sha2::{Digest, Sha256};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows of a row group: small enough for the memory of wide tables, large enough to compress.
const ROW_GROUP_ROWS: usize = 131_072;
/// Encoded bytes of a row group: rows of long texts would fill the memory before they are many.
const ROW_GROUP_BYTES: usize = 64 << 20;
/// A file is closed beyond this size, so that no reader has to hold a huge one.
const FILE_BYTES: usize = 512 << 20;

/// Files written for one owner of a table, not yet published.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The files.
    pub files: Vec<DataFile>,
    /// Every schema written, widened to one.
    pub schema: Option<SchemaRef>,
    /// Rows in all files.
    pub rows: u64,
}

impl Written {
    /// A hash of what was written: equal rows in equal order give equal hashes.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            hash.update(file.path.as_bytes());
            hash.update([0]);
        }
        hex(&hash.finalize())
    }
}

/// A writer of one owner's rows.
pub struct TableWriter {
    folder: PathBuf,
    owner: String,
    open: Option<OpenFile>,
    written: Written,
}

struct OpenFile {
    writer: ArrowWriter<HashingFile>,
    schema: SchemaRef,
    rows: u64,
}

/// A temporary file that hashes what passes through.
struct HashingFile {
    file: BufWriter<tempfile::NamedTempFile>,
    hash: Sha256,
    size: u64,
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl TableWriter {
    /// A writer into the table's folder `folder` for the rows of `owner`.
    pub(crate) fn new(folder: &Path, owner: &str) -> TableWriter {
        TableWriter {
            folder: folder.to_path_buf(),
            owner: owner.to_string(),
            open: None,
            written: Written::default(),
        }
    }

    /// Writes a batch. A batch with other columns than the one before starts a new file.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            self.widen(&batch.schema())?;
            return Ok(());
        }
        let fits = self
            .open
            .as_ref()
            .is_some_and(|open| open.schema == batch.schema());
        if !fits {
            self.close_file()?;
            self.widen(&batch.schema())?;
            self.open = Some(self.create(batch.schema())?);
        }
        let folder = self.folder.clone();
        let open = self.open.as_mut().expect("opened above");
        let parquet = |source| Error::Parquet {
            path: folder.clone(),
            source,
        };
        open.writer.write(batch).map_err(parquet)?;
        if open.writer.in_progress_size() > ROW_GROUP_BYTES {
            open.writer.flush().map_err(parquet)?;
        }
        open.rows += batch.num_rows() as u64;
        if open.writer.bytes_written() > FILE_BYTES {
            self.close_file()?;
        }
        Ok(())
    }

    /// Closes the last file.
    pub fn finish(mut self) -> Result<Written, Error> {
        self.close_file()?;
        Ok(self.written)
    }

    fn widen(&mut self, schema: &SchemaRef) -> Result<(), Error> {
        self.written.schema = Some(match self.written.schema.take() {
            None => schema.clone(),
            Some(known) => widened(&known, schema),
        });
        Ok(())
    }

    fn create(&self, schema: SchemaRef) -> Result<OpenFile, Error> {
        let folder = self.folder.join(&self.owner);
        std::fs::create_dir_all(&folder).map_err(Error::disk(&folder))?;
        let file = tempfile::Builder::new()
            .prefix(".writing-")
            .tempfile_in(&folder)
            .map_err(Error::disk(&folder))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(
                ZstdLevel::try_new(1).expect("1 is a level of zstd"),
            ))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by("cotejo".to_string())
            .build();
        let sink = HashingFile {
            file: BufWriter::with_capacity(1 << 20, file),
            hash: Sha256::new(),
            size: 0,
        };
        let writer =
            ArrowWriter::try_new(sink, schema.clone(), Some(properties)).map_err(|source| {
                Error::Parquet {
                    path: folder.clone(),
                    source,
                }
            })?;
        Ok(OpenFile {
            writer,
            schema,
            rows: 0,
        })
    }

    fn close_file(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let folder = self.folder.join(&self.owner);
        let sink = open.writer.into_inner().map_err(|source| Error::Parquet {
            path: folder.clone(),
            source,
        })?;
        let hash = hex(&sink.hash.finalize());
        let file = sink.file.into_inner().map_err(|error| Error::Disk {
            path: folder.clone(),
            source: error.into_error(),
        })?;
        file.as_file().sync_data().map_err(Error::disk(&folder))?;
        let name = format!("{}.parquet", &hash[..32]);
        let target = folder.join(&name);
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(file.path(), permissions).map_err(Error::disk(&folder))?;
        file.persist(&target).map_err(|error| Error::Disk {
            path: target,
            source: error.error,
        })?;
        let path = format!("{}/{name}", self.owner);
        self.written.rows += open.rows;
        self.written.files.push(DataFile {
            path,
            owner: self.owner.clone(),
            size_bytes: sink.size,
            rows: open.rows,
        });
        Ok(())
    }
}

/// The columns of `known`, then those of `new` that are not there yet.
pub(crate) fn widened(known: &SchemaRef, new: &SchemaRef) -> SchemaRef {
    let mut fields: Vec<_> = known.fields().iter().cloned().collect();
    fields.extend(
        new.fields()
            .iter()
            .filter(|field| known.column_with_name(field.name()).is_none())
            .cloned(),
    );
    std::sync::Arc::new(arrow::datatypes::Schema::new(fields))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
