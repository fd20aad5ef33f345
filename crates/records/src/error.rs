//! Everything that can be wrong with a foreign file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file, or the name of an embedded one.
    pub file: Arc<str>,
    /// 1-based line; in Parquet the row.
    pub line: u64,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// An error of reading a file; messages say what, where, and what to do. All of them are the input's fault.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The file is missing or may not be read.
    #[error("cannot read {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The name does not tell how to read the file.
    #[error("{path}: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is the matter and what to do.
        reason: String,
    },
    /// A file without a row.
    #[error("{file} is empty; expected at least one row")]
    Empty {
        /// The file.
        file: String,
    },
    /// Text that is not UTF-8.
    #[error("{at}, byte {byte}: not UTF-8; convert the file, for instance with `iconv -t utf-8`")]
    NotUtf8 {
        /// The line.
        at: Origin,
        /// 1-based byte in the line.
        byte: usize,
    },
    /// A line that is no JSON object, whole or at all.
    #[error("{at}, column {column}: {reason}; read `{excerpt}`")]
    Json {
        /// The line.
        at: Origin,
        /// 1-based byte in the line.
        column: usize,
        /// What the parser said.
        reason: String,
        /// What stands before that column.
        excerpt: String,
    },
    /// A record of a CSV file that does not fit its header.
    #[error("{at}: {reason}")]
    Csv {
        /// The line.
        at: Origin,
        /// What is the matter.
        reason: String,
    },
    /// A member of a JSON document that is no table, or a document that is no JSON.
    #[error("{at}, member {member}: {reason}")]
    Member {
        /// The line.
        at: Origin,
        /// 1-based number of the member; 0 before the first.
        member: u64,
        /// What is the matter.
        reason: String,
    },
    /// A file that is no ZIP archive, or not a whole one.
    #[error("{file} cannot be read as a ZIP archive: {reason}; is the file whole?")]
    Zip {
        /// The file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// A member of an archive that is damaged or no JSON table.
    #[error("{member} cannot be unpacked: {reason}")]
    Unpack {
        /// The archive and the member's name in it.
        member: String,
        /// What the reader said.
        reason: String,
    },
    /// A row of a table in memory that cannot be decoded.
    #[error("{at}: {reason}")]
    Table {
        /// The row.
        at: Origin,
        /// What is wrong with it.
        reason: String,
    },
    /// A Parquet file that cannot be decoded.
    #[error("{file} cannot be read as Parquet: {reason}")]
    Parquet {
        /// The file.
        file: String,
        /// What the reader said.
        reason: String,
    },
}

impl RowError {
    pub(crate) fn open(path: &Path, source: std::io::Error) -> Self {
        Self::Open { path: path.to_owned(), source }
    }
}
