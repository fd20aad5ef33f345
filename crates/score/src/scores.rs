//! Where scores are read from, more than once: tables on the disk, or rows in memory.

use std::path::{Path, PathBuf};

use tables::{Score, TableError, TableReader};

/// The scores of a model, or of several, that can be read more than once: a table's, or rows in memory.
pub trait Scores: Sync {
    /// What messages call them.
    fn name(&self) -> &Path;

    /// All of them, in their order; a problem's samples stand together.
    ///
    /// # Errors
    /// The table cannot be read.
    fn read(&self) -> Result<ScoreRows<'_>, TableError>;
}

/// Scores, one at a time.
pub type ScoreRows<'a> = Box<dyn Iterator<Item = Result<Score, TableError>> + 'a>;

impl Scores for PathBuf {
    fn name(&self) -> &Path {
        self
    }

    fn read(&self) -> Result<ScoreRows<'_>, TableError> {
        Ok(Box::new(TableReader::open(self)?))
    }
}

/// A name for messages, and rows in memory.
impl Scores for (PathBuf, Vec<Score>) {
    fn name(&self) -> &Path {
        &self.0
    }

    fn read(&self) -> Result<ScoreRows<'_>, TableError> {
        Ok(Box::new(self.1.iter().cloned().map(Ok)))
    }
}
