//! Replies on disk.

use std::path::Path;

use tables::stage::Blame;

/// The reply cache cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file cannot be opened or made.
    #[error("cannot use the reply cache {path}: {reason}")]
    Open {
        /// The file.
        path: std::path::PathBuf,
        /// What went wrong.
        reason: String,
    },
}

impl CacheError {
    /// Who has to act.
    pub fn blame(&self) -> Blame {
        Blame::Input
    }
}

/// What a cache holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Replies in the file.
    pub replies: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Replies on disk, so that none is paid for twice.
#[derive(Debug)]
pub struct ReplyCache {}

impl ReplyCache {
    /// Opens the cache, or makes it.
    pub fn open(path: &Path) -> Result<Self, CacheError> {
        Err(CacheError::Open { path: path.to_owned(), reason: String::new() })
    }
}
