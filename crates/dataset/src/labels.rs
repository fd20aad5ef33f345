//! `labels.jsonl`: what people or judges said of recorded replies, in the words of the judge's recorded tasks.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use tables::{PendingFile, Reply};

use crate::DatasetError;
use crate::foreign::Labels;

/// Takes labels; the file appears only if there are any, and only when it is whole.
#[derive(Default)]
pub(crate) struct LabelsFile {
    path: Option<PathBuf>,
    file: Option<BufWriter<PendingFile>>,
    rows: u64,
}

impl LabelsFile {
    /// Will stand at `path`; without one, labels go nowhere.
    pub(crate) fn new(path: Option<&Path>) -> Self {
        Self { path: path.map(Path::to_owned), file: None, rows: 0 }
    }

    /// Adds what is said of a reply.
    pub(crate) fn add(&mut self, reply: &Reply, labels: &Labels) -> Result<(), DatasetError> {
        let Some(path) = &self.path else { return Ok(()) };
        if labels.is_empty() {
            return Ok(());
        }
        let fault = |e: std::io::Error| at(path, e);
        if self.file.is_none() {
            self.file = Some(BufWriter::new(PendingFile::create(path).map_err(fault)?));
        }
        let row = json!({
            "problem_id": reply.problem_id, "sample": reply.sample, "model": reply.model,
            "verbosity": labels.verbosity, "difficulty": labels.difficulty,
            "reasoning_valid": labels.reasoning_valid, "solution_valid": labels.solution_valid,
        });
        if let Some(file) = &mut self.file {
            writeln!(file, "{row}").map_err(fault)?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Publishes the file, or removes that of an earlier import.
    pub(crate) fn finish(self) -> Result<u64, DatasetError> {
        let Some(path) = self.path else { return Ok(0) };
        let fault = |e: std::io::Error| at(&path, e);
        let Some(file) = self.file else {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fault(error)),
                _ => return Ok(0),
            }
        };
        let file = file.into_inner().map_err(|e| fault(e.into_error()))?;
        file.publish().map_err(fault)?;
        Ok(self.rows)
    }
}

fn at(path: &Path, source: std::io::Error) -> DatasetError {
    DatasetError::Write { path: path.to_owned(), source }
}
