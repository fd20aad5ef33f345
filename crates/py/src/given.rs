//! Tables as they are given: batches of whoever made them, or Python's own lists of dicts.

use dataset::BATCH;
use pyo3::prelude::*;
use pyo3::types::PyList;
use records::{Mended, Origin};
use serde_json::{Map, Value};
use tables::{RecordBatch, Row};

use crate::failure::Failure;
use crate::table::{Table, imported};
use crate::values;

/// Ctrl-C is asked for at every so many rows.
const SIGNALS: usize = 64;

/// A table that somebody gave.
pub(crate) enum Given {
    /// Of anything with `__arrow_c_stream__`.
    Batches(Vec<RecordBatch>),
    /// Of Python's own lists and dicts.
    Rows(Vec<Map<String, Value>>),
}

impl<'py> FromPyObject<'_, 'py> for Given {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(table) = object.cast::<Table>() {
            return Ok(Self::Batches(table.get().batches().to_vec()));
        }
        if let Ok(rows) = object.cast::<PyList>() {
            let numbered = rows.iter().enumerate();
            return Ok(Self::Rows(numbered.map(|(at, row)| read(&row, at)).collect::<PyResult<_>>()?));
        }
        Ok(Self::Batches(imported(&object)?))
    }
}

impl Given {
    /// The rows of a table that stages exchange; `what` is what messages call it. A column that may be null may be missing.
    pub(crate) fn rows<R: Row>(&self, what: &str) -> Result<Vec<R>, Failure> {
        match self {
            Self::Batches(batches) => {
                let mut rows = Vec::new();
                for batch in batches {
                    complete::<R>(batch, what)?;
                    rows.extend(R::from_batch(batch).map_err(|error| Failure::of(what, error))?);
                }
                Ok(rows)
            }
            Self::Rows(rows) => rows.iter().enumerate().map(|(at, row)| typed(row, what, at)).collect(),
        }
    }

    /// The lists of texts in a column; empty ones where there is no such column.
    pub(crate) fn texts(&self, column: &str) -> Result<Vec<Vec<String>>, Failure> {
        match self {
            Self::Batches(batches) => {
                let parts = batches.iter().map(|batch| column_texts(batch, column));
                Ok(parts.collect::<Result<Vec<_>, Failure>>()?.concat())
            }
            Self::Rows(rows) => Ok(rows.iter().map(|row| texts(row.get(column))).collect()),
        }
    }

    /// Foreign rows, one at a time, as a file of them would be read.
    pub(crate) fn foreign(&self) -> Box<dyn Iterator<Item = Result<records::Row, records::RowError>> + '_> {
        let origin = |line: usize| Origin { file: BATCH.into(), line: line as u64 };
        match self {
            Self::Batches(batches) => {
                let places =
                    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |at| (batch, at)));
                Box::new(
                    places.zip(1..).map(move |((batch, at), line)| records::row_in(batch, at, origin(line))),
                )
            }
            Self::Rows(rows) => {
                let row = move |(cells, line): (&Map<String, Value>, usize)| {
                    Ok(records::Row {
                        origin: origin(line),
                        key: None,
                        cells: cells.clone(),
                        mended: Mended::default(),
                    })
                };
                Box::new(rows.iter().zip(1..).map(row))
            }
        }
    }
}

fn read(row: &Bound<'_, PyAny>, at: usize) -> PyResult<Map<String, Value>> {
    if at.is_multiple_of(SIGNALS) {
        row.py().check_signals()?;
    }
    values::row(row)
        .map_err(|error| Failure::of("rows", format!("row {}: {}", at + 1, error.value(row.py()))).into())
}

fn column_texts(batch: &RecordBatch, column: &str) -> Result<Vec<Vec<String>>, Failure> {
    let Some((at, _)) = batch.schema().column_with_name(column) else {
        return Ok(vec![Vec::new(); batch.num_rows()]);
    };
    let alone = batch.project(&[at]).map_err(Failure::data)?;
    let origin = |row: usize| Origin { file: column.into(), line: row as u64 + 1 };
    let read = |row| records::row_in(&alone, row, origin(row)).map_err(Failure::data);
    (0..batch.num_rows()).map(|row| Ok(texts(read(row)?.cells.get(column)))).collect()
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Says which column is missing, and what there is.
fn complete<R: Row>(batch: &RecordBatch, what: &str) -> Result<(), Failure> {
    let schema = batch.schema();
    let known = |name: &str| schema.column_with_name(name).is_some();
    let fields = R::fields();
    let Some(missing) = fields.iter().find(|field| !field.is_nullable() && !known(field.name())) else {
        return Ok(());
    };
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let columns = if columns.is_empty() { "none".to_owned() } else { columns.join(", ") };
    Err(Failure::of(
        what,
        format!("no column `{}` in a table of {}s; its columns: {columns}", missing.name(), R::NAME),
    ))
}

fn typed<R: Row>(row: &Map<String, Value>, what: &str, at: usize) -> Result<R, Failure> {
    let read = serde_json::from_value(Value::Object(row.clone()));
    read.map_err(|error| Failure::of(what, format!("row {}: {error}", at + 1)))
}
