//! Judges that need no model: chunks of rows on all cores.

use rayon::prelude::*;
use stage::{Interrupted, Observer, Summary, Tick};
use tables::{JudgeState, Judgment, TableError};

use super::Sink;
use super::rows::{Row, Rows};
use crate::{Judge, JudgeError, at_once};

/// A chunk ends at about this many bytes of text…
const CHUNK_BYTES: usize = 8 << 20;
/// …or at this many rows.
const CHUNK_ROWS: usize = 2048;

pub(super) fn run(
    judge: &dyn Judge,
    mut rows: Rows,
    mut sink: Sink<'_>,
    observer: &dyn Observer,
) -> Result<Summary, JudgeError> {
    let name = judge.name();
    loop {
        let chunk = next_chunk(&mut rows)?;
        if chunk.is_empty() {
            return sink.finish();
        }
        if observer.interrupted() {
            return Err(Interrupted { done: sink.summary.rows }.into());
        }
        let judgments: Vec<Judgment> =
            chunk.par_iter().map(|row| row.seal(judge_one(judge, row), &name)).collect();
        let failed = judgments.iter().filter(|judgment| judgment.state == JudgeState::Failed).count() as u64;
        observer.advance(Tick { rows: judgments.len() as u64, failed, ..Tick::default() });
        judgments.into_iter().try_for_each(|judgment| sink.push(judgment, false))?;
    }
}

pub(super) fn next_chunk(rows: &mut Rows) -> Result<Vec<Row>, TableError> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while bytes < CHUNK_BYTES && chunk.len() < CHUNK_ROWS {
        let Some(row) = rows.next().transpose()? else { break };
        bytes += row.size();
        chunk.push(row);
    }
    Ok(chunk)
}

fn judge_one(judge: &dyn Judge, row: &Row) -> Judgment {
    row.skipped().unwrap_or_else(|| at_once(judge, &row.item()))
}
