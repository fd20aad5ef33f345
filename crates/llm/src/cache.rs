//! Replies on disk, so that none is paid for twice: one SQLite file that several processes may share.
//!
//! Reading takes some microseconds and needs no lock of the file; writing goes through one thread that puts
//! all replies waiting for it into one transaction, and a reply counts as stored when that transaction is on
//! the disk. Failures are kept apart, for a person to see: they answer nothing and are asked again. Only where nobody
//! may be asked, a server's last word on a request stands for it: windows that were halved because a context overflowed
//! are halved again when the run is replayed.

mod error;
mod file;
mod flights;
mod keep;
mod share;
mod writer;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::{CallError, ChatReply, request::ReplyKey};
pub use error::CacheError;
use file::Place;
use flights::Flights;
pub(crate) use flights::{Claim, Flight};
pub use keep::{CacheFilter, CacheStats, FailureStats, ModelStats};
pub use share::{Exported, Imported, ShareError};
use writer::Writer;

/// Where a reply comes from, and when it was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// The model's name at the server.
    pub(crate) model: String,
    /// The server's address, without its query.
    pub(crate) address: String,
    /// Seconds since 1970; 0 is unknown.
    pub(crate) at: i64,
}

impl Origin {
    pub(crate) fn now(model: &str, address: &str) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let at = i64::try_from(since.as_secs()).unwrap_or_default();
        Self { model: model.to_owned(), address: address.to_owned(), at }
    }
}

/// Replies on disk. Share it in an `Arc`; dropping the last one waits for what is being written.
#[derive(Debug)]
pub struct ReplyCache {
    place: Place,
    reader: Mutex<Connection>,
    writer: Writer,
    flights: Flights,
}

impl ReplyCache {
    /// Opens the cache, or makes it together with its folder.
    pub fn open(path: &Path) -> Result<Self, CacheError> {
        let place = Place::new(path);
        let to_write = place.open()?;
        let reader = Mutex::new(place.open()?);
        let writer = Writer::start(place.clone(), to_write)?;
        let flights = Flights::beside(path);
        Ok(Self { place, reader, writer, flights })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Some replies of a model, whatever was asked: for a look at how long they are.
    pub fn some_of(&self, model: &str, most: usize) -> Result<Vec<ChatReply>, CacheError> {
        let reader = self.reader();
        self.place.some_of(&reader, model, most)
    }

    pub(crate) fn get(&self, key: &ReplyKey) -> Result<Option<ChatReply>, CacheError> {
        let reader = self.reader();
        self.place.read(&reader, key)
    }

    /// The server's last word that there is no reply, if it was its [last](CallError::is_final).
    pub(crate) fn final_error(&self, key: &ReplyKey) -> Result<Option<CallError>, CacheError> {
        let reader = self.reader();
        Ok(self.place.failure(&reader, key)?.filter(CallError::is_final))
    }

    /// Stores a reply and returns when it is durable. If somebody stored one for the same key before, that
    /// one is returned, so that everybody sees the same reply.
    pub(crate) async fn put(
        &self,
        key: ReplyKey,
        origin: Origin,
        reply: ChatReply,
    ) -> Result<ChatReply, CacheError> {
        self.writer.put(key, origin, reply).await
    }

    /// Says that a call is about to be made, unless another process makes it.
    pub(crate) fn begin(&self, key: &ReplyKey) -> Flight {
        self.flights.begin(key)
    }

    /// Writes down why a call gave no reply, soon: it will be asked again, whether that is on the disk or not.
    pub(crate) fn put_failure(
        &self,
        key: ReplyKey,
        origin: Origin,
        failure: &CallError,
    ) -> Result<(), CacheError> {
        self.writer.fail(key, origin, failure.clone())
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
