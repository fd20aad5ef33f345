//! Judges that ask a model: a bounded window of rows under way, out in order.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt;
use futures::future::join_all;
use futures::stream;
use llm::{Asked, Asking, CallError, ChatReply, ChatRequest, Client, Endpoint, Execution, window};
use rayon::prelude::*;
use tables::stage::{Interrupted, Observer, Summary, Tick};
use tables::{JudgeState, Judgment, TableError};

use super::Sink;
use super::pure::next_chunk;
use super::rows::{Row, Rows};
use crate::{Judge, JudgeError, Next, failed};

/// A judge that goes on asking beyond this many rounds has lost its way.
const MOST_ROUNDS: usize = 64;

type Replies = Vec<Result<ChatReply, CallError>>;

pub(super) async fn run(
    judge: &dyn Judge,
    endpoint: &Endpoint,
    rows: Rows,
    mut sink: Sink<'_>,
    exec: &Execution,
    observer: &dyn Observer,
) -> Result<Summary, JudgeError> {
    let name = judge.name();
    let client =
        Client::new(endpoint, exec).map_err(|source| JudgeError::Client { judge: name.clone(), source })?;
    let asking = Asking::new(client, exec, observer);
    let stopped = AtomicBool::new(false);
    let rows = Begun { judge, rows, ready: Vec::new().into_iter() }.take_while(|_| {
        let go_on = !asking.stopping();
        stopped.fetch_or(!go_on, Ordering::Relaxed);
        go_on
    });
    let worker = Worker { judge, name: &name, asking: &asking, observer };
    let mut judgments = stream::iter(rows).map(|row| worker.judge(row)).buffered(window(exec));
    while let Some(judgment) = judgments.next().await {
        match judgment? {
            Some(judgment) => sink.push(judgment)?,
            None => stopped.store(true, Ordering::Relaxed),
        }
    }
    drop(judgments);
    if let Some(source) = asking.dead() {
        return Err(JudgeError::Endpoint { judge: name, source });
    }
    if stopped.into_inner() {
        return Err(Interrupted { done: sink.summary.rows }.into());
    }
    sink.finish()
}

/// Rows with the judge's first word on each. Reading a trace may take the judge a while (its rules, its prompt), so
/// that is done on all cores, a chunk ahead.
struct Begun<'a> {
    judge: &'a dyn Judge,
    rows: Rows,
    ready: std::vec::IntoIter<(Row, Next)>,
}

impl Iterator for Begun<'_> {
    type Item = Result<(Row, Next), TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(begun) = self.ready.next() {
            return Some(Ok(begun));
        }
        let begun = |row: Row| {
            let next = row.skipped().map_or_else(|| self.judge.begin(&row.item()), Next::Done);
            (row, next)
        };
        match next_chunk(&mut self.rows) {
            Ok(chunk) => self.ready = chunk.into_par_iter().map(begun).collect::<Vec<_>>().into_iter(),
            Err(error) => return Some(Err(error)),
        }
        self.ready.next().map(Ok)
    }
}

struct Worker<'a> {
    judge: &'a dyn Judge,
    name: &'a str,
    asking: &'a Asking<'a>,
    observer: &'a dyn Observer,
}

impl Worker<'_> {
    /// The judgment of one row; `None` if there was no time left for its questions.
    async fn judge(&self, begun: Result<(Row, Next), TableError>) -> Result<Option<Judgment>, TableError> {
        let (row, next) = begun?;
        let Some((judgment, bill)) = self.converse(&row, next).await else { return Ok(None) };
        let judgment = bill.on(row.seal(judgment, self.name));
        self.observer.advance(bill.tick(&judgment));
        Ok(Some(judgment))
    }

    async fn converse(&self, row: &Row, mut next: Next) -> Option<(Judgment, Bill)> {
        let mut bill = Bill::default();
        let item = row.item();
        for round in 0..MOST_ROUNDS {
            match next {
                Next::Done(judgment) => return Some((judgment, bill)),
                Next::Ask(requests) => {
                    let replies = self.ask_all(&requests).await?;
                    bill.add(&replies);
                    next = self.judge.resume(&item, round, &replies);
                }
            }
        }
        Some((failed(format!("no verdict after {MOST_ROUNDS} rounds of questions")), bill))
    }

    async fn ask_all(&self, requests: &[ChatRequest]) -> Option<Replies> {
        let asked = join_all(requests.iter().map(|request| self.asking.ask(request))).await;
        let answered = |asked| match asked {
            Asked::Answered(reply) => Some(reply),
            Asked::Stopped => None,
        };
        asked.into_iter().map(answered).collect()
    }
}

/// What a judgment took.
#[derive(Default)]
struct Bill {
    calls: u32,
    fresh: u32,
    prompt_tokens: Sum,
    completion_tokens: Sum,
}

/// A sum of which one unknown part makes the whole unknown.
#[derive(Default)]
struct Sum {
    known: u64,
    unknown: bool,
}

impl Sum {
    fn add(&mut self, part: Option<u64>) {
        self.known += part.unwrap_or_default();
        self.unknown |= part.is_none();
    }

    fn total(&self) -> Option<u64> {
        (!self.unknown).then_some(self.known)
    }
}

impl Bill {
    fn add(&mut self, replies: &Replies) {
        for reply in replies {
            self.calls += 1;
            self.fresh += u32::from(!reply.as_ref().is_ok_and(|reply| reply.cached));
            let reply = reply.as_ref().ok();
            self.prompt_tokens.add(reply.and_then(|reply| reply.prompt_tokens));
            self.completion_tokens.add(reply.and_then(|reply| reply.completion_tokens));
        }
    }

    fn on(&self, judgment: Judgment) -> Judgment {
        if self.calls == 0 {
            return judgment;
        }
        let (prompt_tokens, completion_tokens) = (self.prompt_tokens.total(), self.completion_tokens.total());
        Judgment { calls: self.calls, prompt_tokens, completion_tokens, ..judgment }
    }

    fn tick(&self, judgment: &Judgment) -> Tick {
        Tick {
            rows: 1,
            failed: u64::from(judgment.state == JudgeState::Failed),
            tokens: self.completion_tokens.known,
            cached: u64::from(self.calls > 0 && self.fresh == 0),
        }
    }
}
