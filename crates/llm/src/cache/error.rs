//! What can go wrong with the file.

use std::path::PathBuf;

use tables::{Blame, Blamed};

/// The reply cache cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CacheError {
    /// The file cannot be opened or made.
    #[error("cannot open the reply cache {path}: {reason}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// The file is something else.
    #[error("{path} is no reply cache of thinkmeter ({reason}); name another file, or move this one away")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// How that was seen.
        reason: String,
    },
    /// Written by another version of thinkmeter.
    #[error(
        "the reply cache {path} has version {found}, this program reads version {expected}; name another file"
    )]
    WrongVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The version that this program reads and writes.
        expected: i64,
    },
    /// The file was a reply cache and is damaged.
    #[error("the reply cache {path} is damaged: {reason}; move it away, and replies will be asked for again")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// A reply in it is not what was written.
    #[error(
        "the reply {key} in the cache {path} is not what was written: bits of it changed; `thinkmeter cache clear \
         --damaged` forgets such replies, and they will be asked for again"
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The key of its request.
        key: String,
    },
    /// A reply could not be stored.
    #[error("cannot write to the reply cache {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong, such as a full disk.
        reason: String,
    },
}

impl Blamed for CacheError {
    fn blame(&self) -> Blame {
        match self {
            Self::Write { .. } => Blame::Other,
            _ => Blame::Input,
        }
    }
}
