//! Replies out and in: a published run can be scored again by anybody, without a key.
//!
//! A line holds one reply as JSON: the key of its request, where it comes from, and the reply itself. Lines
//! are sorted by key, so the same replies give the same file. A key is a hash: who imports a reply can only
//! use it by asking the very same question of the same server and model.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, ErrorKind, Write},
};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, named_params};
use serde::{Deserialize, Serialize};
use tables::stage::Blame;

use super::{
    CacheError, CacheFilter, Origin, ReplyCache,
    file::{REPLY, Stored},
    keep::MATCHES,
};
use crate::{
    ChatReply,
    request::{self, ReplyKey},
};

/// Replies cannot be taken out or in.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// The cache itself.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// A line of an exported file is no reply. Nothing of the file was taken in.
    #[error("line {line} is no exported reply ({reason}); nothing of the file was taken in")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl ShareError {
    /// Who has to act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Cache(error) => error.blame(),
            Self::Line { .. } => Blame::Input,
            Self::Io(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::InvalidData => Blame::Input,
                _ => Blame::Other,
            },
        }
    }
}

/// What became of the lines of an exported file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Replies that were not there before.
    pub new: u64,
    /// Replies that were there, word for word.
    pub known: u64,
    /// Requests to which there was another reply; it stays.
    pub different: u64,
}

/// The columns of a reply's key and origin, behind [`REPLY`].
const LABELS: &str = "key, model, address, at";

/// A row of [`REPLY`] and [`LABELS`].
struct Row {
    stored: Stored,
    key: ReplyKey,
    origin: Origin,
}

impl Row {
    fn of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let origin = Origin { model: row.get(4)?, address: row.get(5)?, at: row.get(6)? };
        Ok(Self { stored: Stored::of_row(row)?, key: row.get(3)?, origin })
    }
}

#[derive(Serialize, Deserialize)]
struct Line {
    key: String,
    #[serde(flatten)]
    origin: Origin,
    reply: ChatReply,
}

impl ReplyCache {
    /// Writes the replies that a filter names, a line each; says how many.
    pub fn export(&self, filter: &CacheFilter, out: &mut dyn Write) -> Result<u64, ShareError> {
        let reader = self.reader();
        let sql = format!("SELECT {REPLY}, {LABELS} FROM reply WHERE {MATCHES} ORDER BY key");
        let damaged = |error| self.place.damaged(error);
        let mut statement = reader.prepare(&sql).map_err(damaged)?;
        let values = named_params! {":model": filter.model, ":before": filter.before};
        let rows = statement.query_map(values, Row::of_row).map_err(damaged)?;
        let mut written = 0;
        for row in rows {
            out.write_all(self.line(row.map_err(damaged)?)?.as_bytes())?;
            written += 1;
        }
        Ok(written)
    }

    /// Writes the replies with these keys, sorted, a line each; says how many of them there were.
    pub fn export_keys(&self, keys: &BTreeSet<[u8; 32]>, out: &mut dyn Write) -> Result<u64, ShareError> {
        let reader = self.reader();
        let damaged = |error| self.place.damaged(error);
        let sql = format!("SELECT {REPLY}, {LABELS} FROM reply WHERE key = ?1");
        let mut statement = reader.prepare(&sql).map_err(damaged)?;
        let mut written = 0;
        for key in keys {
            if let Some(row) = statement.query_row([key], Row::of_row).optional().map_err(damaged)? {
                out.write_all(self.line(row)?.as_bytes())?;
                written += 1;
            }
        }
        Ok(written)
    }

    /// Takes in what [`Self::export`] wrote: all of it or, if a line is none of ours, nothing.
    pub fn import(&self, lines: &mut dyn BufRead) -> Result<Imported, ShareError> {
        let mut connection = self.reader();
        let failed = |error| self.place.write_error(error);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let mut imported = Imported::default();
        let mut number = 0;
        let mut text = String::new();
        loop {
            text.clear();
            number += 1;
            if lines.read_line(&mut text)? == 0 {
                break;
            }
            if text.trim().is_empty() {
                continue;
            }
            let line = parse(&text).map_err(|reason| ShareError::Line { line: number, reason })?;
            self.take_in(&transaction, &line, &mut imported)?;
        }
        transaction.commit().map_err(failed)?;
        Ok(imported)
    }

    fn line(&self, row: Row) -> Result<String, CacheError> {
        let Row { stored, key, origin } = row;
        let reply = self.place.reply(stored)?;
        let line = Line { key: request::key_text(&key), origin, reply };
        let mut text = serde_json::to_string(&line).map_err(|error| self.place.damaged(error))?;
        text.push('\n');
        Ok(text)
    }

    fn take_in(
        &self,
        connection: &Connection,
        (key, origin, reply): &(ReplyKey, Origin, ChatReply),
        imported: &mut Imported,
    ) -> Result<(), CacheError> {
        match self.place.insert(connection, key, origin, reply)? {
            None => imported.new += 1,
            Some(earlier) if earlier == *reply => imported.known += 1,
            Some(_) => imported.different += 1,
        }
        Ok(())
    }
}

fn parse(text: &str) -> Result<(ReplyKey, Origin, ChatReply), String> {
    let line: Line = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let key = request::key_of(&line.key).ok_or("its `key` is not made of 64 hexadecimal digits")?;
    Ok((key, line.origin, line.reply))
}
