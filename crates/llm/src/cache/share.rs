//! Replies out and in: a published run can be scored again by anybody, without a key.
//!
//! A line holds one reply as JSON: the key of its request, where it comes from, and the reply itself, or the server's
//! last word that there is none (`failure`). Lines are sorted by key, so the same replies give the same file. A key is a
//! hash: who imports a reply can only use it by asking the very same question of the same server and model.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, ErrorKind, Read, Write},
};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, named_params};
use serde::{Deserialize, Serialize};
use tables::{Blame, Blamed};

use super::{
    CacheError, CacheFilter, Origin, ReplyCache,
    file::{REPLY, Stored},
    keep::MATCHES,
};
use crate::{
    CallError, ChatReply,
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
    /// A line has more bytes than it may. Nothing of the file was taken in.
    #[error(
        "line {line} has more than {} MB; raise --max-line-mb if it is a reply; nothing of the file was taken in",
        most / 1_000_000
    )]
    Long {
        /// The line, from 1.
        line: u64,
        /// The most bytes.
        most: u64,
    },
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Blamed for ShareError {
    fn blame(&self) -> Blame {
        match self {
            Self::Cache(error) => error.blame(),
            Self::Line { .. } | Self::Long { .. } => Blame::Input,
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
    /// Replies, or last words, that were not there before.
    pub new: u64,
    /// Those that were there, word for word.
    pub known: u64,
    /// Requests to which there was another reply; it stays.
    pub different: u64,
}

/// What an export wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Replies.
    pub replies: u64,
    /// Last words of servers that there is no reply.
    pub refusals: u64,
}

/// Replies, and failures of which all is known: the columns of [`REPLY`], the failure, and the origin.
fn lines(matches: &str) -> String {
    format!(
        "SELECT {REPLY}, NULL AS error, model, address, at FROM reply WHERE {matches} \
         UNION ALL SELECT '', NULL, NULL, NULL, key, error, model, address, at FROM failure \
         WHERE error IS NOT NULL AND {matches} ORDER BY key"
    )
}

/// A row of [`lines`].
struct Row {
    stored: Stored,
    error: Option<String>,
    origin: Origin,
}

impl Row {
    fn of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let origin = Origin { model: row.get(6)?, address: row.get(7)?, at: row.get(8)? };
        Ok(Self { stored: Stored::of_row(row)?, error: row.get(5)?, origin })
    }
}

#[derive(Serialize, Deserialize)]
struct Line {
    key: String,
    #[serde(flatten)]
    origin: Origin,
    #[serde(flatten)]
    said: Said,
}

/// What a server said to a request.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Reply(ChatReply),
    Failure(CallError),
}

impl ReplyCache {
    /// Writes the replies that a filter names, a line each, and the last words of servers.
    pub fn export(&self, filter: &CacheFilter, out: &mut dyn Write) -> Result<Exported, ShareError> {
        let reader = self.reader();
        let damaged = |error| self.place.damaged(error);
        let mut statement = reader.prepare(&lines(MATCHES)).map_err(damaged)?;
        let values = named_params! {":model": filter.model, ":before": filter.before};
        let rows = statement.query_map(values, Row::of_row).map_err(damaged)?;
        let mut exported = Exported::default();
        for row in rows {
            self.write_line(row.map_err(damaged)?, out, &mut exported)?;
        }
        Ok(exported)
    }

    /// The same for the requests with these keys.
    pub fn export_keys(
        &self,
        keys: &BTreeSet<[u8; 32]>,
        out: &mut dyn Write,
    ) -> Result<Exported, ShareError> {
        let reader = self.reader();
        let damaged = |error| self.place.damaged(error);
        let mut statement = reader.prepare(&lines("key = ?1")).map_err(damaged)?;
        let mut exported = Exported::default();
        for key in keys {
            if let Some(row) = statement.query_row([key], Row::of_row).optional().map_err(damaged)? {
                self.write_line(row, out, &mut exported)?;
            }
        }
        Ok(exported)
    }

    /// Takes in what [`Self::export`] wrote: all of it or, if a line is none of ours or has more than `most` bytes, nothing.
    pub fn import(&self, mut lines: &mut dyn BufRead, most: u64) -> Result<Imported, ShareError> {
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
            if (&mut lines).take(most.saturating_add(1)).read_line(&mut text)? == 0 {
                break;
            }
            if text.len() as u64 > most {
                return Err(ShareError::Long { line: number, most });
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

    /// Nothing is written of a failure that may pass.
    fn write_line(&self, row: Row, out: &mut dyn Write, exported: &mut Exported) -> Result<(), ShareError> {
        let Row { stored, error, origin } = row;
        let key = stored.key;
        let said = match error {
            None => Said::Reply(self.place.reply(stored)?),
            Some(error) => Said::Failure(self.place.error(&error)?),
        };
        match &said {
            Said::Reply(_) => exported.replies += 1,
            Said::Failure(error) if error.is_final() => exported.refusals += 1,
            Said::Failure(_) => return Ok(()),
        }
        let line = Line { key: request::key_text(&key), origin, said };
        let mut text = serde_json::to_string(&line).map_err(|error| self.place.damaged(error))?;
        text.push('\n');
        Ok(out.write_all(text.as_bytes())?)
    }

    fn take_in(
        &self,
        connection: &Connection,
        (key, Line { origin, said, .. }): &(ReplyKey, Line),
        imported: &mut Imported,
    ) -> Result<(), CacheError> {
        let place = &self.place;
        let count = match said {
            Said::Reply(reply) => match place.insert(connection, key, origin, reply)? {
                None => &mut imported.new,
                Some(earlier) if earlier == *reply => &mut imported.known,
                Some(_) => &mut imported.different,
            },
            Said::Failure(_) if place.read(connection, key)?.is_some() => &mut imported.different,
            Said::Failure(error) if place.failure(connection, key)?.as_ref() == Some(error) => {
                &mut imported.known
            }
            Said::Failure(error) => {
                place.fail(connection, key, origin, error)?;
                &mut imported.new
            }
        };
        *count += 1;
        Ok(())
    }
}

fn parse(text: &str) -> Result<(ReplyKey, Line), String> {
    let line: Line = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let key = request::key_of(&line.key).ok_or("its `key` is not made of 64 hexadecimal digits")?;
    match &line.said {
        Said::Failure(error) if !error.is_final() => {
            Err(format!("a failure of the kind `{}` may pass and is none to keep", error.kind()))
        }
        _ => Ok((key, line)),
    }
}
