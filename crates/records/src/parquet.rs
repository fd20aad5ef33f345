//! Parquet of whoever: columns become JSON, a row at a time out of a bounded number of decoded ones.

mod cells;
mod written;

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::ParquetMetaData;
use tables::guarded;

use crate::budget::Budget;
use crate::{Origin, Row, RowError, Rows, unpack, until_error};
pub use cells::BYTES;
use cells::Cells;

/// A batch holds about this many bytes of decoded columns…
const BATCH_BYTES: i64 = 4 << 20;
/// …and at most this many rows.
const BATCH_ROWS: i64 = 512;

/// A row of a table in memory, read as a row of a file; `at` counts from 0, `origin` is for messages.
///
/// # Errors
/// A column of the table is broken.
pub fn row_in(batch: &RecordBatch, at: usize, origin: Origin) -> Result<Row, RowError> {
    let mut cells = Cells::default();
    match guarded(|| cells.row(batch, at)).and_then(|row| row) {
        Ok(row) => Ok(Row { origin, key: None, cells: row, mended: cells.mended }),
        Err(reason) => Err(RowError::Table { at: origin, reason }),
    }
}

pub(super) fn read(path: &Path, name: Arc<str>) -> Result<Rows, RowError> {
    let file = unpack::file(path)?;
    let size = file.metadata().map_err(|e| RowError::open(path, e))?.len();
    if size == 0 {
        return Err(RowError::Empty { file: name.to_string() });
    }
    let fault = |reason: String| RowError::Parquet { file: name.to_string(), reason };
    let budget = Budget::of(size).map_err(fault)?;
    let batches = guarded(|| open(file, budget)).and_then(|batches| batches).map_err(fault)?;
    let mut batches = Batches { batches, name: name.clone(), budget, line: 0, batch: None, row: 0 };
    Ok(until_error(move || batches.next_row()))
}

fn open(file: File, budget: Budget) -> Result<ParquetRecordBatchReader, String> {
    // Whatever the writer's own types were: what Parquet says of its columns is enough, and is always there.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&file, options).map_err(|e| e.to_string())?;
    distinct(metadata.schema().fields())?;
    fits(metadata.metadata(), budget)?;
    let schema = Schema::new(metadata.schema().fields().iter().map(viewed).collect::<Fields>());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let metadata =
        ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).map_err(|e| e.to_string())?;
    let rows = batch_rows(metadata.metadata());
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    builder.with_batch_size(rows).build().map_err(|e| e.to_string())
}

/// A row must not have two columns of one name: only one of them could be read.
fn distinct(fields: &Fields) -> Result<(), String> {
    let mut seen = HashSet::new();
    for field in fields {
        if !seen.insert(field.name()) {
            return Err(format!("two columns are named `{}`; rename one of them", field.name()));
        }
        if let DataType::Struct(inner) = field.data_type() {
            distinct(inner)?;
        }
    }
    Ok(())
}

/// No row group unpacks to more than the file may, nor do the texts of all rows, where the writer says how long they are.
fn fits(metadata: &ParquetMetaData, mut budget: Budget) -> Result<(), String> {
    let groups = metadata.row_groups();
    let largest = groups.iter().map(|group| group.total_byte_size().unsigned_abs()).max();
    largest.map_or(Ok(()), |largest| Budget::clone(&budget).take(largest))?;
    let columns = groups.iter().flat_map(|group| group.columns());
    let texts = columns.filter_map(|column| column.unencoded_byte_array_data_bytes());
    budget.take(texts.map(i64::unsigned_abs).fold(0, u64::saturating_add))
}

/// The field as it is read. Texts are looked at where they were decoded: one that stands in many rows takes room once.
fn viewed(field: &FieldRef) -> FieldRef {
    let kind = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::List(item) => DataType::List(viewed(item)),
        DataType::LargeList(item) => DataType::LargeList(viewed(item)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(viewed(item), *size),
        DataType::Map(entry, sorted) => DataType::Map(viewed(entry), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(viewed).collect()),
        // Written with a name, times could be read with a list of all time zones alone.
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        other => other.clone(),
    };
    Arc::new(Field::clone(field).with_data_type(kind))
}

struct Batches {
    batches: ParquetRecordBatchReader,
    name: Arc<str>,
    budget: Budget,
    /// Rows that were given.
    line: u64,
    batch: Option<RecordBatch>,
    /// The next row of the batch.
    row: usize,
}

impl Batches {
    fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        let fault = |reason: String| RowError::Parquet { file: self.name.to_string(), reason };
        while self.batch.as_ref().is_none_or(|batch| self.row >= batch.num_rows()) {
            let Some(batch) = guarded(|| self.batches.next()).map_err(fault)? else { return Ok(None) };
            self.batch = Some(batch.map_err(|e| fault(e.to_string()))?);
            self.row = 0;
        }
        let Some(batch) = &self.batch else { return Ok(None) };
        let mut cells = Cells::default();
        let row = guarded(|| cells.row(batch, self.row)).and_then(|row| row).map_err(fault)?;
        self.budget.take(cells.bytes).map_err(fault)?;
        self.row += 1;
        self.line += 1;
        let origin = Origin { file: self.name.clone(), line: self.line };
        Ok(Some(Row { origin, key: None, cells: row, mended: cells.mended }))
    }
}

fn batch_rows(metadata: &ParquetMetaData) -> usize {
    let bytes: i64 = metadata.row_groups().iter().map(|group| group.total_byte_size().max(0)).sum();
    let rows = metadata.file_metadata().num_rows().max(1);
    let fit = BATCH_BYTES / (bytes / rows).max(1);
    usize::try_from(fit.clamp(1, BATCH_ROWS)).unwrap_or(1)
}

#[cfg(test)]
mod tests;
