//! Finished runs: which tables there are, and each of them.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use stage::{RunLayout, table};
use tables::{Generation, Grade, Judgment, MetricValue, Problem, Reply, Row, Score, Split, TableReader};

use crate::failure::Failure;
use crate::pool;
use crate::table::Table;

/// The tables of a run folder: name, the model's folder where each model has one, and place.
#[pyfunction]
pub(crate) fn tables_of_run(folder: PathBuf) -> PyResult<Vec<(&'static str, Option<String>, PathBuf)>> {
    let layout = RunLayout::new(&folder);
    let mut found = Vec::new();
    for table in [table::PROBLEMS, table::REPLIES, table::METRICS] {
        let path = layout.of_run(table);
        if path.is_file() {
            found.push((table.name(), None, path));
        }
    }
    for table in [table::GENERATIONS, table::GRADES, table::SPLITS, table::JUDGMENTS, table::SCORES] {
        let folders =
            layout.models_with(table).map_err(|error| Failure::of(&folder.display().to_string(), error))?;
        for model in folders {
            let name = model.file_name().map(|name| name.to_string_lossy().into_owned());
            found.push((table.name(), name, model.join(table.file)));
        }
    }
    Ok(found)
}

/// Tables of one kind, one behind the other.
#[pyfunction]
pub(crate) fn read_table(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<Table> {
    pool::run(py, Some(1), |_| {
        let first = paths.first().ok_or_else(|| Failure::data("no table to read"))?;
        let (kind, _) = tables::peek(first).map_err(Failure::data)?.unwrap_or_default();
        match kind.as_str() {
            Problem::NAME => rows::<Problem>(&paths),
            Reply::NAME => rows::<Reply>(&paths),
            Generation::NAME => rows::<Generation>(&paths),
            Grade::NAME => rows::<Grade>(&paths),
            Split::NAME => rows::<Split>(&paths),
            Judgment::NAME => rows::<Judgment>(&paths),
            MetricValue::NAME => rows::<MetricValue>(&paths),
            // Whatever else it is, it says so itself.
            _ => rows::<Score>(&paths),
        }
    })
}

fn rows<R: Row>(paths: &[impl AsRef<Path>]) -> Result<Table, Failure> {
    let mut rows = Vec::new();
    for path in paths {
        let table = TableReader::<R>::open(path.as_ref()).map_err(Failure::data)?;
        for row in table {
            rows.push(row.map_err(Failure::data)?);
        }
    }
    Table::of(&rows)
}
