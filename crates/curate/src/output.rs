//! Files that appear under their names when they are complete, and lists that are written beside them.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tables::PendingFile;

use crate::CurateError;

/// A file that was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// Its path below the output folder.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
}

/// A file in the making; dropped, it leaves nothing.
pub(crate) struct Draft {
    path: PathBuf,
    file: BufWriter<PendingFile>,
}

impl Draft {
    /// Starts a file that will appear at `path`; missing folders are made.
    pub(crate) fn create(path: &Path) -> Result<Self, CurateError> {
        let file = PendingFile::create(path).map_err(CurateError::write(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 20, file) })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), CurateError> {
        self.file.write_all(bytes).map_err(CurateError::write(&self.path))
    }

    /// Hands the complete content to `check`; if that agrees, the file appears.
    pub(crate) fn publish(
        self,
        check: impl FnOnce(&Path) -> Result<(), CurateError>,
    ) -> Result<(), CurateError> {
        let Self { path, file } = self;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        let file = file.map_err(CurateError::write(&path))?;
        check(file.unpublished())?;
        file.publish().map_err(CurateError::write(&path))
    }
}

/// A list of JSON lines beside the data: reasons, hits, duplicates.
pub(crate) struct List {
    draft: Draft,
    path: PathBuf,
    rows: u64,
    line: Vec<u8>,
}

impl List {
    pub(crate) fn create(path: &Path) -> Result<Self, CurateError> {
        Ok(Self { draft: Draft::create(path)?, path: path.to_owned(), rows: 0, line: Vec::new() })
    }

    pub(crate) fn push(&mut self, row: &impl Serialize) -> Result<(), CurateError> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, row).map_err(|e| CurateError::write(&self.path)(e.into()))?;
        self.line.push(b'\n');
        self.rows += 1;
        self.draft.write(&self.line)
    }

    pub(crate) fn finish(self, folder: &Path) -> Result<Published, CurateError> {
        let Self { draft, path, rows, .. } = self;
        draft.publish(|_| Ok(()))?;
        Ok(Published { path: below(folder, &path), rows })
    }
}

/// Writes a report as indented JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), CurateError> {
    let mut draft = Draft::create(path)?;
    let mut text = serde_json::to_vec_pretty(value).map_err(|e| CurateError::write(path)(e.into()))?;
    text.push(b'\n');
    draft.write(&text)?;
    draft.publish(|_| Ok(()))
}

/// A path as a report names it.
pub(crate) fn below(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_appears_when_its_check_agrees_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/train.jsonl");
        let mut draft = Draft::create(&path).unwrap();
        draft.write(b"one\n").unwrap();
        assert!(!path.exists());
        let refused = draft.publish(|_| {
            Err(CurateError::ReadBack { path: path.clone(), row: 1, reason: "other text".into() })
        });
        assert!(refused.unwrap_err().to_string().contains("row 1 does not read back"));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
        let mut draft = Draft::create(&path).unwrap();
        draft.write(b"one\n").unwrap();
        draft
            .publish(|written| {
                assert_eq!(fs::read(written).unwrap(), b"one\n");
                Ok(())
            })
            .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
    }
}
