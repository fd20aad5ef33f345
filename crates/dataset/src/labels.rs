//! `labels.jsonl`: what people or judges said of recorded replies, in the words of the judge's recorded tasks.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use tables::Reply;
use tempfile::NamedTempFile;

use crate::DatasetError;
use crate::foreign::Labels;

/// Takes labels; the file appears only if there are any, and only when it is whole.
#[derive(Default)]
pub(crate) struct LabelsFile {
    path: Option<PathBuf>,
    file: Option<BufWriter<NamedTempFile>>,
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
            let folder =
                path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            self.file = Some(BufWriter::new(NamedTempFile::new_in(folder).map_err(fault)?));
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
        let file: File = file.persist(&path).map_err(|e| fault(e.error))?;
        open_to_all(&file).and_then(|()| file.sync_all()).map_err(fault)?;
        Ok(self.rows)
    }
}

/// A temporary file is its owner's alone; what comes of it is like any other file.
#[cfg(unix)]
fn open_to_all(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_all(_: &File) -> std::io::Result<()> {
    Ok(())
}

fn at(path: &Path, source: std::io::Error) -> DatasetError {
    DatasetError::Write { path: path.to_owned(), source }
}
