//! Judges that ask models: a bounded number of rows under way, out in order.

use std::sync::atomic::{AtomicBool, Ordering};

use chat::{CallError, Dialogue, Next, Replies};
use futures::{StreamExt, pin_mut};
use llm::{AsideCheck, Bill, Desk, Execution, MOST_ROUNDS, Stopped};
use rayon::prelude::*;
use stage::{Interrupted, Observer, Summary, Tick};
use tables::{JudgeState, Judgment, TableError};

use super::Sink;
use super::pure::next_chunk;
use super::rows::{Row, Rows};
use crate::{Judge, JudgeError, failed};

pub(super) async fn run(
    judge: &dyn Judge,
    rows: Rows,
    mut sink: Sink<'_>,
    exec: &Execution,
    observer: &dyn Observer,
) -> Result<Summary, JudgeError> {
    let name = judge.name();
    let (aside, total) = (AsideCheck::new(exec), rows.len());
    let desk = Desk::new(judge.endpoints(), exec, observer)
        .map_err(|source| JudgeError::Client { judge: name.clone(), source })?;
    let worker = Worker { judge, name: &name, desk: &desk, observer };
    let rows = Begun { judge, rows, ready: Vec::new().into_iter() };
    let judgments = desk.in_order(rows, |row| worker.judge(row), Judged::bytes);
    pin_mut!(judgments);
    while let Some(judgment) = judgments.next().await {
        let Judged { judgment, broken } = judgment?;
        sink.push(judgment, broken)?;
    }
    match desk.finish() {
        Ok(()) => {
            aside.done(exec)?;
            sink.finish()
        }
        Err(Stopped::Dead(source @ CallError::OverBudget { .. })) => {
            let done = sink.summary.rows - sink.summary.failed;
            Err(JudgeError::OverBudget { judge: name.clone(), done, total, source: Box::new(source) })
        }
        Err(Stopped::Dead(source)) => Err(JudgeError::Endpoint { judge: name.clone(), source }),
        Err(Stopped::Interrupted) => Err(Interrupted { done: sink.summary.rows }.into()),
    }
}

/// A row, and the judge's first word on it if that is its last.
type Begin = (Row, Option<Judgment>);

/// Reading a trace may take the judge a while (its rules), so its first word is heard on all cores, a chunk ahead; who
/// then asks is opened once more when it is its turn.
struct Begun<'a> {
    judge: &'a dyn Judge,
    rows: Rows,
    ready: std::vec::IntoIter<Begin>,
}

impl Iterator for Begun<'_> {
    type Item = Result<Begin, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(begun) = self.ready.next() {
            return Some(Ok(begun));
        }
        let begun = |row: Row| {
            let known = row.skipped().or_else(|| first_word(self.judge, &row));
            (row, known)
        };
        match next_chunk(&mut self.rows) {
            Ok(chunk) => self.ready = chunk.into_par_iter().map(begun).collect::<Vec<_>>().into_iter(),
            Err(error) => return Some(Err(error)),
        }
        self.ready.next().map(Ok)
    }
}

fn first_word(judge: &dyn Judge, row: &Row) -> Option<Judgment> {
    if !judge.may_know() {
        return None;
    }
    let item = row.item();
    let first = judge.open(&item).next(&[]);
    match first {
        Next::Done(judgment) => Some(judgment),
        Next::Ask(_) => None,
    }
}

struct Worker<'a> {
    judge: &'a dyn Judge,
    name: &'a str,
    desk: &'a Desk<'a>,
    observer: &'a dyn Observer,
}

impl Worker<'_> {
    /// The judgment of one row; `None` if there was no time left for its questions.
    async fn judge(&self, begun: Result<Begin, TableError>) -> Result<Option<Judged>, TableError> {
        let (row, known) = begun?;
        let broken = AtomicBool::new(false);
        let judged = match known {
            Some(judgment) => Some((judgment, Bill::default())),
            None => self.converse(&row, &broken).await,
        };
        let Some((judgment, bill)) = judged else { return Ok(None) };
        let judgment = billed(row.seal(judgment, self.name), &bill);
        self.observer.advance(tick(&judgment, &bill));
        Ok(Some(Judged { judgment, broken: broken.into_inner() }))
    }

    async fn converse(&self, row: &Row, broken: &AtomicBool) -> Option<(Judgment, Bill)> {
        let item = row.item();
        let talk = self.desk.converse(Watched { dialogue: self.judge.open(&item), broken }).await?;
        let endless = || failed(format!("no verdict after {MOST_ROUNDS} rounds of questions"));
        Some((talk.value.unwrap_or_else(endless), talk.bill))
    }
}

/// A judgment, and whether one of its calls failed for a reason that may have passed by the next run.
struct Judged {
    judgment: Judgment,
    broken: bool,
}

impl Judged {
    /// Of what models said, by far the most of it.
    fn bytes(&self) -> usize {
        let words = self.judgment.tasks.iter().map(|task| &task.raw).chain([&self.judgment.raw]);
        words.flatten().map(String::capacity).sum()
    }
}

/// A conversation that is listened in to for failed calls.
struct Watched<'a> {
    dialogue: Box<dyn Dialogue<Judgment> + 'a>,
    broken: &'a AtomicBool,
}

impl Dialogue<Judgment> for Watched<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Judgment> {
        if replies.iter().filter_map(|reply| reply.as_ref().err()).any(|error| !error.is_last_word()) {
            self.broken.store(true, Ordering::Relaxed);
        }
        self.dialogue.next(replies)
    }
}

fn billed(judgment: Judgment, bill: &Bill) -> Judgment {
    if bill.calls == 0 {
        return judgment;
    }
    let (prompt_tokens, completion_tokens) = (bill.prompt_tokens.total(), bill.completion_tokens.total());
    Judgment { calls: bill.calls, prompt_tokens, completion_tokens, ..judgment }
}

fn tick(judgment: &Judgment, bill: &Bill) -> Tick {
    Tick {
        rows: 1,
        failed: u64::from(judgment.state == JudgeState::Failed),
        tokens: bill.completion_tokens.known(),
        cached: u64::from(bill.calls > 0 && bill.fresh == 0),
    }
}
