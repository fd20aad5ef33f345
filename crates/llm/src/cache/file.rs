//! The SQLite file: how it is opened, what makes it ours, reading and writing one reply.

#![expect(clippy::disallowed_methods, reason = "the one reply cache")]

use std::{
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use twox_hash::XxHash3_128;

use super::{CacheError, Origin};
use crate::{
    CallError, ChatReply,
    request::{self, ReplyKey},
};

/// In the file's header: "tmrc".
const APPLICATION: i64 = 0x746d_7263;
/// Raised whenever a table or the meaning of its keys changes.
const VERSION: i64 = 6;
/// How long to wait for another process. Tests that wait for it to end wait less.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 5 } else { 30 });

/// Larger pages hold more of a reply in one piece: half the work of the default.
const PAGE: &str = "PRAGMA page_size = 8192";
/// A reply is stored when it is on the disk, not when it is in the system's memory. Of the log, so many pages are
/// brought home together: the longer it is, the longer its end takes when the cache is closed, and at a quarter of the
/// default the replies come in no slower.
const LOG: &str = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 256";
/// The long texts of a reply stand in columns of their own, where nothing has to be escaped; `reply` is the rest of it
/// as JSON.
const SCHEMA: &str = "CREATE TABLE reply (key BLOB PRIMARY KEY, model TEXT NOT NULL, reply TEXT NOT NULL, \
     address TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL DEFAULT 0, content TEXT, reasoning TEXT, sum BLOB)";
const FAILURES: &str = "CREATE TABLE failure (key BLOB PRIMARY KEY, model TEXT NOT NULL, address TEXT NOT NULL, \
     at INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, error TEXT)";
/// From version 1 to 2. What came from where and when is not known of old replies.
const ORIGINS: &str = "ALTER TABLE reply ADD COLUMN address TEXT NOT NULL DEFAULT ''; \
     ALTER TABLE reply ADD COLUMN at INTEGER NOT NULL DEFAULT 0";
/// From version 2 to 3. Old replies keep their texts in their JSON.
const TEXTS: &str = "ALTER TABLE reply ADD COLUMN content TEXT; ALTER TABLE reply ADD COLUMN reasoning TEXT";
/// From version 3 to 4: the whole failure as JSON. Of old ones only their words are known.
const ERRORS: &str = "ALTER TABLE failure ADD COLUMN error TEXT";
/// From version 4 to 5: checksums, so that a bit that changed on the disk is no other reply. Of old ones none is known.
const CHECKSUMS: &str = "ALTER TABLE reply ADD COLUMN sum BLOB";
/// The columns that make a [`ChatReply`], as [`Stored`] takes them.
pub(super) const REPLY: &str = "reply, content, reasoning, sum, key";
const INSERT: &str = "INSERT OR IGNORE INTO reply (key, model, reply, address, at, content, reasoning, sum) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const FAIL: &str = "INSERT OR REPLACE INTO failure (key, model, address, at, kind, reason, error) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const MENDED: &str = "DELETE FROM failure WHERE key = ?1";

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Ours,
    /// Ours, of this earlier version.
    Old(i64),
    /// A file without any table.
    Nothing,
}

/// Where the cache is; turns what SQLite says into errors that name the file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    path: PathBuf,
}

impl Place {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A connection to a file that is a reply cache of this version, made if there was none.
    pub(super) fn open(&self) -> Result<Connection, CacheError> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| self.open_error(error))?;
        }
        let connection = Connection::open(&self.path).map_err(|error| self.open_error(error))?;
        connection.busy_timeout(PATIENCE).map_err(|error| self.open_error(error))?;
        self.claim(&connection)?;
        self.use_wal(&connection)?;
        connection.execute_batch(LOG).map_err(|error| self.open_error(error))?;
        Ok(connection)
    }

    /// Checks that the file is ours, or makes an empty one ours; nobody else can come between.
    fn claim(&self, connection: &Connection) -> Result<(), CacheError> {
        let run = |sql: &str| connection.execute_batch(sql).map_err(|error| self.open_error(error));
        // One transaction, so that a file that another process is making is seen before or after, never halfway.
        run("BEGIN")?;
        let found = self.found(connection);
        run("COMMIT")?;
        match found? {
            Found::Ours => return Ok(()),
            // Made in the log, the tables cost a few trips to the disk less.
            Found::Nothing => run(PAGE).and_then(|()| self.use_wal(connection))?,
            Found::Old(_) => {}
        }
        run("BEGIN IMMEDIATE")?;
        let claimed = self.found(connection).and_then(|found| {
            match found {
                Found::Ours => return Ok(()),
                Found::Old(1) => [ORIGINS, FAILURES, TEXTS, CHECKSUMS].into_iter().try_for_each(run)?,
                Found::Old(2) => [TEXTS, ERRORS, CHECKSUMS].into_iter().try_for_each(run)?,
                Found::Old(3) => [ERRORS, CHECKSUMS].into_iter().try_for_each(run)?,
                Found::Old(4) => run(CHECKSUMS)?,
                // The sums of version 5 are longer ones, and stay.
                Found::Old(_) => {}
                Found::Nothing => [SCHEMA, FAILURES].into_iter().try_for_each(run)?,
            }
            run(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}"))
        });
        run(if claimed.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        claimed
    }

    fn found(&self, connection: &Connection) -> Result<Found, CacheError> {
        let number = |sql: &str| {
            connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|error| self.strange(error))
        };
        let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
        let tables = number("SELECT count(*) FROM sqlite_schema")?;
        match (application, version, tables) {
            (APPLICATION, VERSION, _) => Ok(Found::Ours),
            (APPLICATION, old @ 1..VERSION, _) => Ok(Found::Old(old)),
            (APPLICATION, found, _) => {
                Err(CacheError::WrongVersion { path: self.path.clone(), found, expected: VERSION })
            }
            (_, _, 0) => Ok(Found::Nothing),
            _ => {
                let reason = "it is an SQLite file of another program".to_owned();
                Err(CacheError::Foreign { path: self.path.clone(), reason })
            }
        }
    }

    /// Switching to the write-ahead log does not wait for others by itself.
    fn use_wal(&self, connection: &Connection) -> Result<(), CacheError> {
        let start = Instant::now();
        loop {
            let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
            match mode {
                Ok(mode) if mode == "wal" => return Ok(()),
                Ok(mode) => {
                    let reason =
                        format!("its file system allows no write-ahead log (mode {mode}); use a local disk");
                    return Err(self.open_error(reason));
                }
                Err(error) if is_busy(&error) && start.elapsed() < PATIENCE => {
                    sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(self.strange(error)),
            }
        }
    }

    pub(super) fn read(
        &self,
        connection: &Connection,
        key: &ReplyKey,
    ) -> Result<Option<ChatReply>, CacheError> {
        let sql = format!("SELECT {REPLY} FROM reply WHERE key = ?1");
        let mut statement = connection.prepare_cached(&sql).map_err(|error| self.damaged(error))?;
        let stored = statement.query_row([key], Stored::of_row).optional();
        stored.map_err(|error| self.damaged(error))?.map(|stored| self.reply(stored)).transpose()
    }

    /// Some replies of a model, the same ones as long as nothing is added.
    pub(super) fn some_of(
        &self,
        connection: &Connection,
        model: &str,
        most: usize,
    ) -> Result<Vec<ChatReply>, CacheError> {
        let sql = format!("SELECT {REPLY} FROM reply WHERE model = ?1 LIMIT ?2");
        let mut statement = connection.prepare_cached(&sql).map_err(|error| self.damaged(error))?;
        let rows = statement.query_map(params![model, most as i64], Stored::of_row);
        let rows = rows.map_err(|error| self.damaged(error))?;
        rows.map(|row| self.reply(row.map_err(|error| self.damaged(error))?)).collect()
    }

    /// Stores a reply; gives back the one that was there before, if any. A failure to get it is forgotten.
    pub(super) fn insert(
        &self,
        connection: &Connection,
        key: &ReplyKey,
        origin: &Origin,
        reply: &ChatReply,
    ) -> Result<Option<ChatReply>, CacheError> {
        let failed = |error| self.write_error(error);
        connection.prepare_cached(MENDED).and_then(|mut mended| mended.execute([key])).map_err(failed)?;
        let mut insert = connection.prepare_cached(INSERT).map_err(failed)?;
        let Origin { model, address, at } = origin;
        let rest = serde_json::to_string(&without_texts(reply)).map_err(|error| self.write_error(error))?;
        let sum = checksum(key, &rest, Some(&reply.content), reply.reasoning.as_deref());
        let values = params![key, model, rest, address, at, reply.content, reply.reasoning, sum];
        if insert.execute(values).map_err(failed)? == 0 { self.read(connection, key) } else { Ok(None) }
    }

    /// Writes down why there is no reply.
    pub(super) fn fail(
        &self,
        connection: &Connection,
        key: &ReplyKey,
        origin: &Origin,
        failure: &CallError,
    ) -> Result<(), CacheError> {
        let Origin { model, address, at } = origin;
        let error = serde_json::to_string(failure).map_err(|error| self.write_error(error))?;
        let values = params![key, model, address, at, failure.kind(), failure.reason(), error];
        let fail = connection.prepare_cached(FAIL).and_then(|mut fail| fail.execute(values));
        fail.map(drop).map_err(|error| self.write_error(error))
    }

    /// Why there is no reply, if that is known in full.
    pub(super) fn failure(
        &self,
        connection: &Connection,
        key: &ReplyKey,
    ) -> Result<Option<CallError>, CacheError> {
        let sql = "SELECT error FROM failure WHERE key = ?1 AND error IS NOT NULL";
        let error = connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row([key], |row| row.get::<_, String>(0)).optional());
        error.map_err(|error| self.damaged(error))?.map(|error| self.error(&error)).transpose()
    }

    /// Reads a failure's column `error`.
    pub(super) fn error(&self, error: &str) -> Result<CallError, CacheError> {
        serde_json::from_str(error).map_err(|error| self.damaged(error))
    }

    /// Puts together what the columns of a row hold.
    pub(super) fn reply(&self, stored: Stored) -> Result<ChatReply, CacheError> {
        if !stored.is_whole() {
            return Err(CacheError::Changed { path: self.path.clone(), key: request::key_text(&stored.key) });
        }
        let rest: ChatReply = serde_json::from_str(&stored.reply).map_err(|error| self.damaged(error))?;
        Ok(match stored.content {
            // A reply of an earlier version, which is whole.
            None => rest,
            Some(content) => ChatReply { content, reasoning: stored.reasoning, ..rest },
        })
    }

    pub(super) fn open_error(&self, reason: impl ToString) -> CacheError {
        CacheError::Open { path: self.path.clone(), reason: reason.to_string() }
    }

    pub(super) fn write_error(&self, reason: impl ToString) -> CacheError {
        CacheError::Write { path: self.path.clone(), reason: reason.to_string() }
    }

    pub(super) fn damaged(&self, reason: impl ToString) -> CacheError {
        CacheError::Damaged { path: self.path.clone(), reason: reason.to_string() }
    }

    /// An error while looking at a file that may be anything.
    fn strange(&self, error: rusqlite::Error) -> CacheError {
        let (path, reason) = (self.path.clone(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => CacheError::Foreign { path, reason },
            Some(ErrorCode::DatabaseCorrupt) => CacheError::Damaged { path, reason },
            _ => CacheError::Open { path, reason },
        }
    }
}

/// The columns [`REPLY`] of a row.
pub(super) struct Stored {
    reply: String,
    content: Option<String>,
    reasoning: Option<String>,
    /// `None` of an old reply.
    sum: Option<Vec<u8>>,
    pub(super) key: ReplyKey,
}

/// The checksum of a reply to this key: what is looked for is chance, not malice, and in a long reply that has to cost nothing.
fn checksum(key: &ReplyKey, reply: &str, content: Option<&str>, reasoning: Option<&str>) -> [u8; 16] {
    let mut hasher = XxHash3_128::new();
    summed(key, [Some(reply), content, reasoning], |bytes| hasher.write(bytes));
    hasher.finish_128().to_le_bytes()
}

/// The same in caches of version 5.
fn long_checksum(key: &ReplyKey, reply: &str, content: Option<&str>, reasoning: Option<&str>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    summed(key, [Some(reply), content, reasoning], |bytes| _ = hasher.update(bytes));
    *hasher.finalize().as_bytes()
}

/// What is summed up; no two replies come to the same.
fn summed(key: &ReplyKey, texts: [Option<&str>; 3], mut add: impl FnMut(&[u8])) {
    add(key);
    for text in texts {
        add(&text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
        add(text.unwrap_or("").as_bytes());
    }
}

impl Stored {
    /// Of a row that begins with them.
    pub(super) fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            reply: row.get(0)?,
            content: row.get(1)?,
            reasoning: row.get(2)?,
            sum: row.get(3)?,
            key: row.get(4)?,
        })
    }

    /// It is what was written, as far as that is known.
    pub(super) fn is_whole(&self) -> bool {
        let Self { reply, content, reasoning, sum, key } = self;
        let (content, reasoning) = (content.as_deref(), reasoning.as_deref());
        sum.as_ref().is_none_or(|sum| match sum.len() {
            32 => *sum == long_checksum(key, reply, content, reasoning),
            _ => *sum == checksum(key, reply, content, reasoning),
        })
    }
}

/// What is left for JSON.
fn without_texts(reply: &ChatReply) -> ChatReply {
    ChatReply {
        content: String::new(),
        reasoning: None,
        reasoning_field: reply.reasoning_field.clone(),
        finish: reply.finish,
        finish_word: reply.finish_word.clone(),
        stopped_by: reply.stopped_by.clone(),
        echoed: reply.echoed,
        prompt_tokens: reply.prompt_tokens,
        cached_prompt_tokens: reply.cached_prompt_tokens,
        completion_tokens: reply.completion_tokens,
        reasoning_tokens: reply.reasoning_tokens,
        seconds: reply.seconds,
        first_token_seconds: reply.first_token_seconds,
        logprobs: reply.logprobs.clone(),
        scores: reply.scores.clone(),
        cached: reply.cached,
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
