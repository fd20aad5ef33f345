//! Looking after a cache: what it holds, and making room.

use rusqlite::{Connection, named_params};
use serde::Serialize;

use super::file::{REPLY, Stored};
use super::{CacheError, ReplyCache};
use crate::request::ReplyKey;

/// What a cache holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheStats {
    /// Replies in the file.
    pub replies: u64,
    /// Bytes of the file, its journal not included.
    pub bytes: u64,
    /// The same per model and server, sorted.
    pub models: Vec<ModelStats>,
    /// Calls that gave no reply and will be asked again, sorted.
    pub failures: Vec<FailureStats>,
}

/// The replies of one model at one server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ModelStats {
    /// The model's name at the server.
    pub model: String,
    /// The server; empty if it was not written down.
    pub address: String,
    /// How many replies.
    pub replies: u64,
    /// Bytes of their text.
    pub bytes: u64,
    /// When the first and the last were stored, in seconds since 1970; 0 is unknown.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// Calls of one model that failed alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FailureStats {
    /// The model's name at the server.
    pub model: String,
    /// The kind of failure, such as `exhausted`.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// When the last one happened, in seconds since 1970.
    pub last: i64,
    /// The last one in words.
    pub reason: String,
}

/// Which part of a cache is meant; what is not set restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheFilter {
    /// Replies of this model.
    pub model: Option<String>,
    /// Replies that were stored before, in seconds since 1970. Those of unknown age are older than anything.
    pub before: Option<i64>,
}

pub(super) const MATCHES: &str = "(:model IS NULL OR model = :model) AND (:before IS NULL OR at < :before)";

const MODELS: &str = "SELECT model, address, count(*), sum({size}), min(at), max(at) FROM reply \
     WHERE {matches} GROUP BY model, address ORDER BY model, address";
/// A bare column beside `max` is that of the row with the maximum.
const FAILURES: &str = "SELECT model, kind, count(*), max(at), reason FROM failure \
     WHERE {matches} GROUP BY model, kind ORDER BY model, kind";

/// Bytes of a reply's columns.
const SIZE: &str =
    "octet_length(reply) + ifnull(octet_length(content), 0) + ifnull(octet_length(reasoning), 0)";

fn filtered(sql: &str) -> String {
    sql.replace("{matches}", MATCHES).replace("{size}", SIZE)
}

impl ReplyCache {
    /// How much there is.
    pub fn stats(&self) -> Result<CacheStats, CacheError> {
        self.stats_of(&CacheFilter::default())
    }

    /// How much there is of a part; `bytes` stays the size of the whole file.
    pub fn stats_of(&self, filter: &CacheFilter) -> Result<CacheStats, CacheError> {
        let stats = stats(&self.reader(), filter).map_err(|error| self.place.damaged(error))?;
        let file = std::fs::metadata(self.path()).map_err(|error| self.place.open_error(error))?;
        Ok(CacheStats { bytes: file.len(), ..stats })
    }

    /// Forgets replies and failures and gives the space back; says how many replies there were.
    pub fn clear(&self, filter: &CacheFilter) -> Result<u64, CacheError> {
        let reader = self.reader();
        clear(&reader, filter).map_err(|error| self.place.write_error(error))
    }
}

impl ReplyCache {
    /// Forgets replies that are not what was written, and says how many there were.
    pub fn clear_damaged(&self) -> Result<u64, CacheError> {
        let reader = self.reader();
        let gone = damaged(&reader).and_then(|keys| {
            let mut delete = reader.prepare("DELETE FROM reply WHERE key = ?1")?;
            keys.iter().try_for_each(|key| delete.execute([key]).map(drop))?;
            Ok(keys.len() as u64)
        });
        gone.map_err(|error| self.place.damaged(error))
    }
}

fn damaged(connection: &Connection) -> rusqlite::Result<Vec<ReplyKey>> {
    let mut statement = connection.prepare(&format!("SELECT {REPLY} FROM reply"))?;
    let mut keys = Vec::new();
    for stored in statement.query_map([], Stored::of_row)? {
        let stored = stored?;
        if !stored.is_whole() {
            keys.push(stored.key);
        }
    }
    Ok(keys)
}

fn stats(connection: &Connection, filter: &CacheFilter) -> rusqlite::Result<CacheStats> {
    let values = named_params! {":model": filter.model, ":before": filter.before};
    let mut statement = connection.prepare(&filtered(MODELS))?;
    let count = |row: &rusqlite::Row<'_>, column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    let models = statement.query_map(values, |row| {
        Ok(ModelStats {
            model: row.get(0)?,
            address: row.get(1)?,
            replies: count(row, 2)?,
            bytes: count(row, 3)?,
            first: row.get(4)?,
            last: row.get(5)?,
        })
    })?;
    let models = models.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut statement = connection.prepare(&filtered(FAILURES))?;
    let failures = statement.query_map(values, |row| {
        Ok(FailureStats {
            model: row.get(0)?,
            kind: row.get(1)?,
            count: count(row, 2)?,
            last: row.get(3)?,
            reason: row.get(4)?,
        })
    })?;
    let failures = failures.collect::<rusqlite::Result<Vec<_>>>()?;
    let replies = models.iter().map(|model| model.replies).sum();
    Ok(CacheStats { replies, bytes: 0, models, failures })
}

fn clear(connection: &Connection, filter: &CacheFilter) -> rusqlite::Result<u64> {
    let values = named_params! {":model": filter.model, ":before": filter.before};
    let gone = connection.execute(&filtered("DELETE FROM reply WHERE {matches}"), values)?;
    connection.execute(&filtered("DELETE FROM failure WHERE {matches}"), values)?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(gone as u64)
}
