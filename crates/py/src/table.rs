//! A table that Python's libraries take without a copy.

use std::sync::Arc;

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{ArrayRef, RecordBatchIterator};
use arrow_pyarrow::FromPyArrow;
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, Field, Metadata, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use serde_json::{Map, Value};
use tables::{RecordBatch, Row};

use crate::failure::Failure;

/// Columns of equal length, held as Arrow holds them. pyarrow, polars, pandas, DuckDB and others read it as it lies.
#[pyclass(frozen, module = "thinkmeter._native")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// Of rows.
    pub(crate) fn of<R: Row>(rows: &[R]) -> Result<Self, Failure> {
        Self::of_batch(&R::to_batch(rows).map_err(|error| Failure::of(R::NAME, error))?, vec![])
    }

    /// Of a batch, with further columns behind its own.
    pub(crate) fn of_batch(batch: &RecordBatch, more: Vec<(Field, ArrayRef)>) -> Result<Self, Failure> {
        // How a column is packed on the disk is nobody's business here.
        let bare = |field: &Arc<Field>| Field::clone(field).with_metadata(Metadata::default());
        let mut fields: Vec<Field> = batch.schema().fields().iter().map(bare).collect();
        let mut columns = batch.columns().to_vec();
        for (field, column) in more {
            fields.push(field);
            columns.push(column);
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(Failure::data)?;
        Ok(Self { schema, batches: vec![batch] })
    }

    /// Its batches.
    pub(crate) fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }
}

/// The batches of anything that has `__arrow_c_stream__`, as they lie.
pub(crate) fn imported(table: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    let reader = RecordBatchStreamReader::from_pyarrow_bound(table)?;
    let batches = reader.collect::<Result<Vec<RecordBatch>, _>>();
    Ok(batches.map_err(|error| Failure::of("table", error))?)
}

#[pymethods]
impl Table {
    /// A table of somebody else's, without a copy.
    #[new]
    fn new(table: &Bound<'_, PyAny>) -> PyResult<Self> {
        let batches = imported(table)?;
        let schema = batches.first().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        Ok(Self { schema, batches })
    }

    /// The stream of the Arrow PyCapsule interface. A schema that somebody asks for is a wish, and not granted.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches: Vec<Result<RecordBatch, ArrowError>> = self.batches.iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    /// The schema of the Arrow PyCapsule interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.schema).map_err(|error| Failure::of("table", error))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The names of its columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __repr__(&self) -> String {
        format!("<thinkmeter.Table of {} rows: {}>", self.__len__(), self.column_names().join(", "))
    }

    /// Its rows as a text of JSON: an array of objects.
    fn to_json(&self) -> PyResult<String> {
        let mut rows: Vec<Map<String, Value>> = Vec::with_capacity(self.__len__());
        for batch in &self.batches {
            for at in 0..batch.num_rows() {
                let origin = records::Origin { file: "table".into(), line: at as u64 + 1 };
                rows.push(records::row_in(batch, at, origin).map_err(Failure::data)?.cells);
            }
        }
        Ok(serde_json::to_string(&rows).map_err(Failure::data)?)
    }
}
