//! The one Parquet writer: rows in, a complete file out, or nothing.

#![expect(clippy::disallowed_methods, reason = "the one Parquet writer")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::sums::{SUMS_KEY, Sums};
use crate::{PendingFile, Row, TableError, packing};

/// Rows are handed to Arrow in batches of about this many serialised bytes.
const BATCH_ROWS: usize = 256;
/// A row group is closed when it holds about this many bytes of raw columns.
const ROW_GROUP_BYTES: usize = 32 << 20;
/// What is compressed at once. Texts repeat within a few of their own pages, so more would only take memory.
const PAGE_BYTES: usize = 256 << 10;

pub(crate) const SCHEMA_KEY: &str = "thinkmeter.schema";
pub(crate) const VERSION_KEY: &str = "thinkmeter.version";
pub(crate) const FINGERPRINT_KEY: &str = "thinkmeter.fingerprint";
pub(crate) const NOTE_PREFIX: &str = "thinkmeter.note.";

/// The note of how many rows of a table record a failure; a table without it does not say.
pub const FAILED: &str = "failed";

/// Where a table comes from; stands in its footer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Fingerprint of the stage that writes it; empty for a stage run by hand.
    pub fingerprint: String,
    /// Facts about the whole table, such as the tokenizer's name under `tokenizer`.
    pub notes: BTreeMap<String, String>,
}

impl Provenance {
    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.notes.insert(key.to_owned(), value.into());
        self
    }
}

/// Writes one table. Nothing is visible under its name until [`TableWriter::finish`]; a writer that is
/// dropped before leaves what stood there as it was.
pub struct TableWriter<R: Row> {
    table: BatchWriter,
    pending: Vec<R>,
    rows: u64,
}

impl<R: Row> TableWriter<R> {
    /// Starts a table that will be published at `path`; missing folders are made.
    pub fn create(path: &Path, provenance: &Provenance) -> Result<Self, TableError> {
        let footer = footer(R::NAME, R::VERSION, provenance);
        let table = BatchWriter::create(path, R::fields(), footer)?;
        Ok(Self { table, pending: Vec::with_capacity(BATCH_ROWS), rows: 0 })
    }

    /// Closes a row group after about so many rows, however few bytes they are: whoever begins in the middle of the table
    /// passes over whole groups unread.
    #[must_use]
    pub fn in_groups_of(mut self, rows: usize) -> Self {
        self.table.most_rows = rows;
        self
    }

    /// Adds a row.
    pub fn push(&mut self, row: R) -> Result<(), TableError> {
        self.pending.push(row);
        self.rows += 1;
        if self.pending.len() >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    /// Publishes the table: checksums, footer, fsync, rename, fsync of the folder. Returns the number of rows.
    pub fn finish(mut self) -> Result<u64, TableError> {
        self.flush()?;
        self.table.finish()?;
        Ok(self.rows)
    }

    /// The same of a table of whose rows so many record a failure; its footer says so.
    pub fn finish_having_failed(mut self, failed: u64) -> Result<u64, TableError> {
        self.table.note(format!("{NOTE_PREFIX}{FAILED}"), failed.to_string());
        self.finish()
    }

    fn flush(&mut self) -> Result<(), TableError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let batch = R::to_batch(&self.pending).map_err(|e| TableError::write(&self.table.path, e))?;
        self.pending.clear();
        self.table.write(&batch)
    }
}

/// What knows Parquet and no row type, so that it is compiled once.
struct BatchWriter {
    path: PathBuf,
    parquet: ArrowWriter<PendingFile>,
    group_bytes: usize,
    group_rows: usize,
    most_rows: usize,
}

impl BatchWriter {
    fn create(path: &Path, fields: Vec<Field>, footer: Vec<KeyValue>) -> Result<Self, TableError> {
        let file = PendingFile::create(path).map_err(|e| TableError::write(path, e))?;
        let properties = properties(&fields, footer);
        let parquet = ArrowWriter::try_new(file, Schema::new(fields).into(), Some(properties))
            .map_err(|e| TableError::write(path, e))?;
        Ok(Self { path: path.to_owned(), parquet, group_bytes: 0, group_rows: 0, most_rows: usize::MAX })
    }

    fn note(&mut self, key: String, value: String) {
        self.parquet.append_key_value_metadata(KeyValue::new(key, value));
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        self.group_bytes += batch.get_array_memory_size();
        self.group_rows += batch.num_rows();
        self.parquet.write(batch).map_err(|e| TableError::write(&self.path, e))?;
        if self.group_bytes >= ROW_GROUP_BYTES || self.group_rows >= self.most_rows {
            self.parquet.flush().map_err(|e| TableError::write(&self.path, e))?;
            (self.group_bytes, self.group_rows) = (0, 0);
        }
        Ok(())
    }

    fn finish(self) -> Result<(), TableError> {
        let Self { path, parquet, .. } = self;
        let file = with_sums(parquet).map_err(|reason| TableError::write(&path, reason))?;
        file.publish().map_err(|e| TableError::write(&path, e))
    }
}

/// Ends a file, with the checksums of what it holds in its footer.
fn with_sums(mut parquet: ArrowWriter<PendingFile>) -> Result<PendingFile, String> {
    let said = |error: std::io::Error| error.to_string();
    parquet.flush().map_err(|error| error.to_string())?;
    parquet.sync().map_err(said)?;
    let end = parquet.bytes_written() as u64;
    let sums = Sums::take(&mut parquet.inner().reopen().map_err(said)?, end).map_err(said)?;
    parquet.append_key_value_metadata(KeyValue::new(SUMS_KEY.to_owned(), sums));
    let file = parquet.into_inner().map_err(|error| error.to_string())?;
    Sums::seal(&mut file.reopen().map_err(said)?).map_err(said)?;
    Ok(file)
}

fn footer(name: &str, version: u32, provenance: &Provenance) -> Vec<KeyValue> {
    let pair = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let mut footer = vec![
        pair(SCHEMA_KEY, name),
        pair(VERSION_KEY, &version.to_string()),
        pair(FINGERPRINT_KEY, &provenance.fingerprint),
    ];
    footer.extend(provenance.notes.iter().map(|(key, value)| pair(&format!("{NOTE_PREFIX}{key}"), value)));
    footer
}

fn properties(fields: &[Field], footer: Vec<KeyValue>) -> WriterProperties {
    let builder = WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::None)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_key_value_metadata(Some(footer))
        .set_created_by(concat!("thinkmeter ", env!("CARGO_PKG_VERSION")).to_owned());
    packing::of(fields, builder).build()
}
