//! Everything that can be wrong with a source.

use std::path::{Path, PathBuf};

use records::{Origin, RowError};
use stage::Interrupted;
use tables::{Blame, Blamed, TableError};

/// An error of reading a source; messages say what, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The file is missing or may not be read.
    #[error("cannot read {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A pattern that matches nothing, or a folder without usable files.
    #[error("{pattern} matches no file{hint}")]
    NoFile {
        /// The pattern or folder.
        pattern: String,
        /// What was expected there.
        hint: String,
    },
    /// The name does not tell how to read the file.
    #[error("{path}: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is the matter and what to do.
        reason: String,
    },
    /// A column that a row should have.
    #[error("{at}: no column for `{wanted}` ({looked_for}); the row has: {columns}{hint}")]
    MissingColumn {
        /// The row.
        at: Origin,
        /// What is missing, a key of `[dataset.columns]`.
        wanted: &'static str,
        /// The path or names that were looked for.
        looked_for: String,
        /// What the row has instead.
        columns: String,
        /// The nearest name, or how to say what to take.
        hint: String,
    },
    /// A column that holds something else than it should.
    #[error("{at}: column `{column}` {reason}")]
    Value {
        /// The row.
        at: Origin,
        /// The column.
        column: String,
        /// What it holds and what was expected.
        reason: String,
    },
    /// Replies of nobody.
    #[error(
        "{at}: nothing says whose replies these are (read as {format}); say it with `model = \"…\"`, or with \
         `--model` on the command line"
    )]
    NoModel {
        /// The row.
        at: Origin,
        /// The format that it was read as.
        format: &'static str,
    },
    /// Rows of two files that describe one reply do not fit together.
    #[error("{at}: {reason}")]
    Joined {
        /// The row.
        at: Origin,
        /// What is the matter, and the other row.
        reason: String,
    },
    /// Two rows that must differ do not, or must agree and do not.
    #[error("{first} and {second}: {reason}")]
    Conflict {
        /// The earlier row.
        first: Origin,
        /// The later row.
        second: Origin,
        /// What is the matter and what to do.
        reason: String,
    },
    /// The selection names what is not there, or leaves nothing.
    #[error("{0}")]
    Selection(String),
    /// Replies were asked of a source that holds none.
    #[error("the source holds problems and no replies; use kind = \"recorded\" for recorded replies")]
    NoReplies,
    /// A file could not be read, or holds something else than rows.
    #[error(transparent)]
    Rows(#[from] RowError),
    /// The hub.
    #[error(transparent)]
    Hub(#[from] hub::HubError),
    /// A table could not be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file beside the tables could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The temporary file between reading and writing.
    #[error("cannot use a temporary file in {folder}: {source}")]
    Temporary {
        /// Where it was to stand.
        folder: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A person asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl DatasetError {
    pub(crate) fn open(path: &Path, source: std::io::Error) -> Self {
        Self::Open { path: path.to_owned(), source }
    }

    pub(crate) fn value(at: &Origin, column: &str, reason: impl Into<String>) -> Self {
        Self::Value { at: at.clone(), column: column.to_owned(), reason: reason.into() }
    }

    /// The same, where a column is missing, with what the rows look like.
    pub(crate) fn hinted(self, looks_like: Option<&str>) -> Self {
        match (self, looks_like) {
            (Self::MissingColumn { at, wanted, looked_for, columns, hint }, Some(like)) => {
                let hint = format!("{hint}; the {like}, so they were not read as that");
                Self::MissingColumn { at, wanted, looked_for, columns, hint }
            }
            (error, _) => error,
        }
    }
}

impl Blamed for DatasetError {
    fn blame(&self) -> Blame {
        match self {
            Self::Hub(error) => error.blame(),
            Self::Table(error) => error.blame(),
            Self::Temporary { .. } | Self::Write { .. } => Blame::Other,
            Self::Interrupted(_) => Blame::Interrupted,
            _ => Blame::Input,
        }
    }
}
