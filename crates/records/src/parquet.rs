//! Parquet of whoever: columns become JSON, a bounded number of rows at a time.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::json::WriterBuilder;
use arrow::json::writer::LineDelimited;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::ParquetMetaData;
use serde_json::Value;

use crate::{Origin, Row, RowError, Rows};

/// A batch holds about this many bytes of decoded columns…
const BATCH_BYTES: i64 = 4 << 20;
/// …and at most this many rows.
const BATCH_ROWS: i64 = 512;

pub(super) fn read(path: &Path, name: Arc<str>) -> Result<Rows, RowError> {
    let file = File::open(path).map_err(|e| RowError::open(path, e))?;
    if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
        return Err(RowError::Empty { file: name.to_string() });
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(&name, &e))?;
    let rows = batch_rows(builder.metadata());
    let batches = builder.with_batch_size(rows).build().map_err(|e| damaged(&name, &e))?;
    Ok(Box::new(Batches { batches, name, row: 0, ready: Vec::new().into_iter(), ended: false }))
}

struct Batches {
    batches: ParquetRecordBatchReader,
    name: Arc<str>,
    row: u64,
    ready: std::vec::IntoIter<Value>,
    ended: bool,
}

impl Iterator for Batches {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(Value::Object(cells)) = self.ready.next() {
                self.row += 1;
                let origin = Origin { file: self.name.clone(), line: self.row };
                return Some(Ok(Row { origin, key: None, cells }));
            }
            if self.ended {
                return None;
            }
            match self.batches.next()?.and_then(|batch| rows_of(&batch)) {
                Ok(rows) => self.ready = rows.into_iter(),
                Err(error) => {
                    self.ended = true;
                    return Some(Err(damaged(&self.name, &error)));
                }
            }
        }
    }
}

fn rows_of(batch: &RecordBatch) -> Result<Vec<Value>, ArrowError> {
    let batch = with_text(batch)?;
    let mut text = Vec::new();
    // A null column is still a column, for messages about missing ones.
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut text);
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    let values = serde_json::Deserializer::from_slice(&text).into_iter::<Value>();
    values.collect::<Result<_, _>>().map_err(|e| ArrowError::JsonError(e.to_string()))
}

/// Some writers do not mark text as text; bytes that are UTF-8 throughout are read as such.
fn with_text(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let is_bytes =
        |kind: &DataType| matches!(kind, DataType::Binary | DataType::LargeBinary | DataType::BinaryView);
    let mut fields: Vec<Field> = batch.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    for (field, column) in fields.iter_mut().zip(&mut columns) {
        if !is_bytes(field.data_type()) {
            continue;
        }
        if let Ok(text) = cast_with_options(column, &DataType::LargeUtf8, &strict) {
            *field = field.clone().with_data_type(DataType::LargeUtf8);
            *column = text;
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn batch_rows(metadata: &ParquetMetaData) -> usize {
    let bytes: i64 = metadata.row_groups().iter().map(|group| group.total_byte_size()).sum();
    let rows = metadata.file_metadata().num_rows().max(1);
    let fit = BATCH_BYTES / (bytes / rows).max(1);
    usize::try_from(fit.clamp(1, BATCH_ROWS)).unwrap_or(1)
}

fn damaged(name: &str, error: &dyn std::error::Error) -> RowError {
    RowError::Parquet { file: name.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use arrow::array::{BinaryArray, Int64Array, LargeStringArray, ListArray, StructArray};
    use arrow::datatypes::{Fields, Int32Type};
    use parquet::arrow::ArrowWriter;

    use super::*;
    use crate::testing::{read, read_path};

    #[test]
    fn columns_of_any_type_become_json() {
        let level: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), None]));
        let fields = Fields::from(vec![Field::new("level", DataType::Int64, true)]);
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]), None]);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("question", Arc::new(LargeStringArray::from(vec!["a?", "b \"c\"?"]))),
            ("bytes", Arc::new(BinaryArray::from(vec!["text".as_bytes(), "ä".as_bytes()]))),
            ("extra", Arc::new(StructArray::new(fields, vec![level], None))),
            ("list", Arc::new(list)),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let shown = read_path(&path).replace(&format!("{}/", folder.path().display()), "");
        assert_eq!(
            shown,
            "a.parquet:1 {\"bytes\":\"text\",\"extra\":{\"level\":3},\"list\":[1,null],\"question\":\"a?\"}\n\
             a.parquet:2 {\"bytes\":\"ä\",\"extra\":{\"level\":null},\"list\":null,\"question\":\"b \\\"c\\\"?\"}"
        );
    }

    #[test]
    fn bad_files_say_so() {
        assert_eq!(read("a.parquet", b""), "error: a.parquet is empty; expected at least one row");
        let shown = read("a.parquet", b"this is no parquet at all");
        assert!(shown.starts_with("error: a.parquet cannot be read as Parquet: "), "{shown}");
    }
}
