//! The one Parquet writer: rows in, a complete file out, or nothing.

#![expect(clippy::disallowed_methods, reason = "the one Parquet writer")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
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
/// A table that holds less than this in memory is not compressed: it fits into few blocks of a disk either way, and runs of
/// thousands of models have tens of thousands of such tables.
const SMALL_BYTES: usize = 128 << 10;

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
        if self.pending.len() >= BATCH_ROWS { self.flush(false) } else { Ok(()) }
    }

    /// Publishes the table: checksums, footer, fsync, rename, fsync of the folder. Returns the number of rows.
    pub fn finish(mut self) -> Result<u64, TableError> {
        self.flush(true)?;
        self.table.finish()?;
        Ok(self.rows)
    }

    /// The same of a table of whose rows so many record a failure; its footer says so.
    pub fn finish_having_failed(mut self, failed: u64) -> Result<u64, TableError> {
        self.table.note(format!("{NOTE_PREFIX}{FAILED}"), failed.to_string());
        self.finish()
    }

    fn flush(&mut self, last: bool) -> Result<(), TableError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let batch = R::to_batch(&self.pending).map_err(|e| TableError::write(&self.table.path, e))?;
        self.pending.clear();
        self.table.write(&batch, last)
    }
}

/// What knows Parquet and no row type, so that it is compiled once.
struct BatchWriter {
    path: PathBuf,
    /// Until the first rows are there: they tell how to pack the table.
    waiting: Option<Waiting>,
    parquet: Option<ArrowWriter<PendingFile>>,
    group_bytes: usize,
    group_rows: usize,
    most_rows: usize,
}

/// A table of which nothing is written.
struct Waiting {
    file: PendingFile,
    fields: Vec<Field>,
    footer: Vec<KeyValue>,
}

impl Waiting {
    fn begin(self, small: bool) -> Result<ArrowWriter<PendingFile>, ParquetError> {
        let Self { file, fields, footer } = self;
        let properties = properties(&fields, footer, small);
        ArrowWriter::try_new(file, Schema::new(fields).into(), Some(properties))
    }
}

impl BatchWriter {
    fn create(path: &Path, fields: Vec<Field>, footer: Vec<KeyValue>) -> Result<Self, TableError> {
        let file = PendingFile::create(path).map_err(|e| TableError::write(path, e))?;
        let waiting = Some(Waiting { file, fields, footer });
        let (path, most_rows) = (path.to_owned(), usize::MAX);
        Ok(Self { path, waiting, parquet: None, group_bytes: 0, group_rows: 0, most_rows })
    }

    fn note(&mut self, key: String, value: String) {
        let note = KeyValue::new(key, value);
        match (&mut self.waiting, &mut self.parquet) {
            (Some(waiting), _) => waiting.footer.push(note),
            (None, Some(parquet)) => parquet.append_key_value_metadata(note),
            // What could not be begun is not finished either.
            (None, None) => {}
        }
    }

    /// `last` where no rows follow these.
    fn write(&mut self, batch: &RecordBatch, last: bool) -> Result<(), TableError> {
        self.add(batch, last).map_err(|error| TableError::write(&self.path, error))
    }

    fn add(&mut self, batch: &RecordBatch, last: bool) -> Result<(), ParquetError> {
        let bytes = batch.get_array_memory_size();
        self.group_bytes += bytes;
        self.group_rows += batch.num_rows();
        let is_full = self.group_bytes >= ROW_GROUP_BYTES || self.group_rows >= self.most_rows;
        let parquet = self.begun(last && bytes < SMALL_BYTES)?;
        parquet.write(batch)?;
        if is_full {
            parquet.flush()?;
            (self.group_bytes, self.group_rows) = (0, 0);
        }
        Ok(())
    }

    fn begun(&mut self, small: bool) -> Result<&mut ArrowWriter<PendingFile>, ParquetError> {
        if let Some(waiting) = self.waiting.take() {
            return Ok(self.parquet.insert(waiting.begin(small)?));
        }
        self.parquet.as_mut().ok_or_else(|| ParquetError::General("it could not be begun".to_owned()))
    }

    fn finish(mut self) -> Result<(), TableError> {
        if let Err(error) = self.begun(true) {
            return Err(TableError::write(&self.path, error));
        }
        let Some(parquet) = self.parquet.take() else { return Ok(()) };
        let file = with_sums(parquet).map_err(|reason| TableError::write(&self.path, reason))?;
        file.publish().map_err(|e| TableError::write(&self.path, e))
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

fn properties(fields: &[Field], footer: Vec<KeyValue>, small: bool) -> WriterProperties {
    let builder = WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::None)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_key_value_metadata(Some(footer))
        .set_created_by(concat!("thinkmeter ", env!("CARGO_PKG_VERSION")).to_owned());
    packing::of(fields, !small, builder).build()
}
