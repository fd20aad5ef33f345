//! Everything that can be wrong with a table on disk.

use std::path::{Path, PathBuf};

use crate::{Blame, Blamed};

/// An error of reading or writing a table; messages say what, which file, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file is missing or may not be read.
    #[error("cannot open {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Not Parquet at all, or cut off before its footer was written.
    #[error("{path} is not a complete Parquet file ({reason}); write it again with the stage that made it")]
    NotParquet {
        /// The file.
        path: PathBuf,
        /// What the Parquet reader said.
        reason: String,
    },
    /// A Parquet file of somebody else.
    #[error(
        "{path} is Parquet but no table of thinkmeter (its footer has no `thinkmeter.schema`); \
         expected a `{expected}` table"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The table that was asked for.
        expected: &'static str,
    },
    /// One of our tables, but another one than was asked for.
    #[error("{path} holds a `{found}` table; expected a `{expected}` table")]
    WrongTable {
        /// The file.
        path: PathBuf,
        /// The schema that the footer names.
        found: String,
        /// The table that was asked for.
        expected: &'static str,
    },
    /// Written by another version of thinkmeter.
    #[error(
        "{path} holds version {found} of the `{table}` table, this program reads version {expected}; \
         run the stage that wrote it again"
    )]
    WrongVersion {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The version in the footer.
        found: String,
        /// The version that this program reads and writes.
        expected: u32,
    },
    /// The footer was readable, the rows were not.
    #[error("{path} is damaged: {reason}; write it again with the stage that made it")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// Two tables that should describe the same generations do not.
    #[error(
        "{left} and {right} do not belong together: row {row} is {left_key} in the first and {right_key} in the second"
    )]
    Misaligned {
        /// The table that leads.
        left: PathBuf,
        /// The table that should follow it.
        right: PathBuf,
        /// 1-based row.
        row: u64,
        /// What the leading table holds there.
        left_key: String,
        /// What the other one holds there.
        right_key: String,
    },
    /// A generation names a problem that is not in the problems table, or not at this place of its order.
    #[error(
        "{generations} names problem `{problem_id}`, which {problems} does not hold from row {row} on; \
         generations must follow the order of their problems"
    )]
    UnknownProblem {
        /// The table that names the problem.
        generations: PathBuf,
        /// The problems table.
        problems: PathBuf,
        /// The problem that is missing.
        problem_id: String,
        /// 1-based row of the problems table from which on it was looked for.
        row: u64,
    },
    /// The file could not be written; whatever stood there before is untouched.
    #[error("cannot write {path}: {reason}")]
    Write {
        /// The file that was to be published.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

impl TableError {
    pub(crate) fn write(path: &Path, reason: impl ToString) -> Self {
        Self::Write { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn damaged(path: &Path, reason: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), reason: reason.to_string() }
    }
}

impl Blamed for TableError {
    /// Who has to act: a disk that cannot be written is nobody's input.
    fn blame(&self) -> Blame {
        match self {
            Self::Write { .. } => Blame::Other,
            _ => Blame::Input,
        }
    }
}
