//! Problems compared with benchmarks: the clean ones go into a table, every overlap into a list.

use std::path::{Path, PathBuf};

use serde::Serialize;
use stage::{Interrupted, Observer, Tick};
use tables::{Problem, Provenance, TableReader, TableWriter};

use crate::CurateError;
use crate::contamination::Benchmarks;
use crate::decontamination_filter::DecontaminationFilter;
use crate::output::{Published, below, write_json};
use crate::table::ledger;
use crate::walk::Ledger;

/// What a run found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ContaminationReport {
    /// Words in a row that make an overlap.
    pub ngram: usize,
    /// Problems of the benchmarks.
    pub benchmark_problems: u64,
    /// Problems: a kept one overlaps with no benchmark.
    pub problems: Ledger,
    /// Files below the output folder.
    pub files: Vec<Published>,
}

impl ContaminationReport {
    /// The report as text.
    pub fn to_text(&self) -> String {
        let mut text =
            format!("{} problems of benchmarks, {} words in a row\n", self.benchmark_problems, self.ngram);
        text += &ledger("problems", "clean", &self.problems);
        for file in &self.files {
            text += &format!("{}: {} rows\n", file.path, file.rows);
        }
        text
    }
}

/// Compares tables of problems with benchmarks. Writes `problems.parquet` with the clean ones, `contamination.jsonl`
/// with every overlap, and `report.json`.
///
/// # Errors
/// See [`CurateError`].
pub fn decontaminate(
    tables: &[PathBuf],
    benchmarks: &Benchmarks,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<ContaminationReport, CurateError> {
    let mut report = ContaminationReport {
        ngram: benchmarks.n(),
        benchmark_problems: benchmarks.len() as u64,
        ..ContaminationReport::default()
    };
    let mut filter = DecontaminationFilter::start(Some(benchmarks), folder)?;
    let clean = folder.join("problems.parquet");
    let mut writer = TableWriter::<Problem>::create(&clean, &Provenance::default())?;
    let readers =
        tables.iter().map(|path| TableReader::<Problem>::open(path)).collect::<Result<Vec<_>, _>>()?;
    observer.total(readers.iter().map(TableReader::len).sum());
    for problem in readers.into_iter().flatten() {
        let problem = problem?;
        if observer.interrupted() {
            return Err(Interrupted { done: report.problems.taken }.into());
        }
        if filter.catches(&problem)? {
            report.problems.leave("contaminated");
        } else {
            report.problems.keep();
            writer.push(problem)?;
        }
        observer.advance(Tick { rows: 1, ..Tick::default() });
    }
    report.files.push(Published { path: below(folder, &clean), rows: writer.finish()? });
    report.files.extend(filter.finish(folder)?);
    write_json(&folder.join("report.json"), &report)?;
    Ok(report)
}
