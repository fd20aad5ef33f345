//! Replies on disk, so that none is paid for twice: one SQLite file that several processes may share.
//!
//! Reading takes some microseconds and needs no lock of the file; writing goes through one thread that puts
//! all replies waiting for it into one transaction, and a reply counts as stored when that transaction is on
//! the disk. Failures are never stored.

mod file;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;
use tables::stage::Blame;

use crate::{ChatReply, request::ReplyKey};
use file::Place;
use writer::Writer;

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
    /// A reply could not be stored.
    #[error("cannot write to the reply cache {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong, such as a full disk.
        reason: String,
    },
}

impl CacheError {
    /// Who has to act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Write { .. } => Blame::Other,
            _ => Blame::Input,
        }
    }
}

/// What a cache holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Replies in the file.
    pub replies: u64,
    /// Bytes of the file, its journal not included.
    pub bytes: u64,
}

/// Replies on disk. Share it in an `Arc`; dropping the last one waits for what is being written.
#[derive(Debug)]
pub struct ReplyCache {
    place: Place,
    reader: Mutex<Connection>,
    writer: Writer,
}

impl ReplyCache {
    /// Opens the cache, or makes it together with its folder.
    pub fn open(path: &Path) -> Result<Self, CacheError> {
        let place = Place::new(path);
        let to_write = place.open()?;
        let reader = Mutex::new(place.open()?);
        let writer = Writer::start(place.clone(), to_write)?;
        Ok(Self { place, reader, writer })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// How much there is.
    pub fn stats(&self) -> Result<CacheStats, CacheError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        self.place.stats(&reader)
    }

    /// Forgets every reply and gives the space back; says how many there were.
    pub fn clear(&self) -> Result<u64, CacheError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        self.place.clear(&reader)
    }

    /// Some replies of a model, whatever was asked: for a look at how long they are.
    pub fn some_of(&self, model: &str, most: usize) -> Result<Vec<ChatReply>, CacheError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = self.place.some_of(&reader, model, most)?;
        texts.iter().map(|text| self.place.parse(text)).collect()
    }

    pub(crate) fn get(&self, key: &ReplyKey) -> Result<Option<ChatReply>, CacheError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(text) = self.place.read(&reader, key)? else { return Ok(None) };
        self.place.parse(&text).map(Some)
    }

    /// Stores a reply and returns when it is durable. If somebody stored one for the same key before, that
    /// one is returned, so that everybody sees the same reply.
    pub(crate) async fn put(
        &self,
        key: ReplyKey,
        model: &str,
        reply: ChatReply,
    ) -> Result<ChatReply, CacheError> {
        let text = serde_json::to_string(&reply).map_err(|error| self.place.write_error(error))?;
        match self.writer.put(key, model.to_owned(), text).await? {
            Some(earlier) => self.place.parse(&earlier),
            None => Ok(reply),
        }
    }
}

#[cfg(test)]
mod tests;
