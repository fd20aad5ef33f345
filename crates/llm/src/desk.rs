//! Conversations with several models at once: rows go in, results come out in the same order.

use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    task::Poll,
};

use chat::{CallError, ChatReply, Dialogue, Endpoint, Next, Question};
use futures::{
    Stream, StreamExt,
    future::join_all,
    stream::{self, FuturesUnordered},
};
use stage::Observer;

use crate::{Asked, Bill, Client, Execution, LlmError, asking::Asking, waiting::Waiting};

/// A conversation that goes on beyond this many rounds of questions has lost its way.
pub const MOST_ROUNDS: usize = 64;

/// Bytes of results that wait for one before them. Where the slowest replies take twenty times as long as most, as they
/// do where models think, a few thousand results wait.
const MOST_HELD: usize = 128 << 20;

/// Why no more questions are asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The model that was asked is out of reach, or the money is spent.
    #[error(transparent)]
    Dead(CallError),
    /// A person asked to stop.
    #[error("interrupted; run the same command again to go on")]
    Interrupted,
}

/// What a conversation came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk<T> {
    /// Its result; `None` if it went on beyond [`MOST_ROUNDS`].
    pub value: Option<T>,
    /// What it took.
    pub bill: Bill,
}

/// One client for each endpoint that a component asks, with one stop for all of them.
pub struct Desk<'a> {
    askings: Vec<Asking>,
    /// For each endpoint of the component, its place among the clients: equal endpoints share one.
    places: Vec<usize>,
    observer: &'a dyn Observer,
    /// Some row was not worked on, or not to its end.
    cut: AtomicBool,
}

impl<'a> Desk<'a> {
    /// Makes the clients; nothing is sent yet. [`Question::to`] counts `endpoints`.
    pub fn new<'e>(
        endpoints: impl IntoIterator<Item = &'e Endpoint>,
        execution: &Execution,
        observer: &'a dyn Observer,
    ) -> Result<Self, LlmError> {
        let mut distinct: Vec<&Endpoint> = Vec::new();
        let mut desk =
            Self { askings: Vec::new(), places: Vec::new(), observer, cut: AtomicBool::new(false) };
        for endpoint in endpoints {
            let known = distinct.iter().position(|other| *other == endpoint);
            desk.places.push(known.unwrap_or(distinct.len()));
            if known.is_none() {
                distinct.push(endpoint);
                desk.askings.push(Asking::new(Client::new(endpoint, execution)?));
            }
        }
        Ok(desk)
    }

    /// Plays a conversation to its end; `None` if there was no time left for its questions.
    pub async fn converse<T>(&self, mut dialogue: impl Dialogue<T>) -> Option<Talk<T>> {
        let mut bill = Bill::default();
        let mut replies = Vec::new();
        for _ in 0..=MOST_ROUNDS {
            match dialogue.next(&replies) {
                Next::Done(value) => return Some(Talk { value: Some(value), bill }),
                Next::Ask(questions) => {
                    replies = self.ask_all(&questions).await?;
                    bill.add(&replies);
                }
            }
        }
        Some(Talk { value: None, bill })
    }

    /// Asks all these at once and waits for the last; `None` if there was no time left for one of them.
    pub async fn ask_all(&self, questions: &[Question]) -> Option<Vec<Result<ChatReply, CallError>>> {
        let asked = join_all(questions.iter().map(|question| self.ask(question))).await;
        let answered = |asked| match asked {
            Asked::Answered(reply) => Some(reply),
            Asked::Stopped => None,
        };
        asked.into_iter().map(answered).collect()
    }

    /// Asks one question, unless it is time to stop.
    pub async fn ask(&self, question: &Question) -> Asked {
        let Some(asking) = self.places.get(question.to).and_then(|place| self.askings.get(*place)) else {
            let (to, known) = (question.to, self.places.len());
            return Asked::Answered(Err(CallError::NoEndpoint { to, known }));
        };
        asking.ask_while(&question.request, &|| !self.stopping()).await
    }

    /// Works on rows with `talk`, a bounded number of them at once, and gives the results in the order of the
    /// rows. A row for which `talk` has no time left (`Ok(None)`) gives nothing. The rows under way when it is
    /// time to stop are finished as far as they can be, no further ones are begun, and [`Self::finish`] says so.
    ///
    /// Results that come before their turn wait; `weigh` says how many bytes one holds, so that a slow row does not
    /// keep the others from being asked before 128 MB wait for it.
    pub fn in_order<'s, Row, Out, Error, Talking>(
        &'s self,
        mut rows: impl Iterator<Item = Row> + 's,
        mut talk: impl FnMut(Row) -> Talking + 's,
        weigh: impl Fn(&Out) -> usize + 's,
    ) -> impl Stream<Item = Result<Out, Error>> + 's
    where
        Talking: Future<Output = Result<Option<Out>, Error>> + 's,
        Row: 's,
        Out: 's,
        Error: 's,
    {
        let mut begun = 0;
        let mut more = true;
        let mut under_way = FuturesUnordered::new();
        let mut waiting = Waiting::new();
        let results = stream::poll_fn(move |context| {
            loop {
                while more && under_way.len() < self.rows_at_once() && waiting.bytes() < MOST_HELD {
                    let Some(row) = self.next_of(&mut rows) else {
                        more = false;
                        break;
                    };
                    let (number, talking) = (begun, talk(row));
                    begun += 1;
                    under_way.push(async move { (number, talking.await) });
                }
                // Even where results are ready, whoever is under way goes on first: taking a result may take its time.
                let idle = match under_way.poll_next_unpin(context) {
                    Poll::Ready(Some((number, result))) => {
                        let bytes = result.as_ref().ok().and_then(Option::as_ref).map_or(0, &weigh);
                        waiting.put(number, result, bytes);
                        false
                    }
                    Poll::Ready(None) => !more,
                    Poll::Pending => true,
                };
                if let Some(result) = waiting.next() {
                    return Poll::Ready(Some(result));
                }
                if idle {
                    return if under_way.is_empty() { Poll::Ready(None) } else { Poll::Pending };
                }
            }
        });
        results.filter_map(async |result| match result {
            Ok(Some(out)) => Some(Ok(out)),
            Ok(None) => {
                self.cut.store(true, Ordering::Relaxed);
                None
            }
            Err(error) => Some(Err(error)),
        })
    }

    /// The next row, if there is one and time for it.
    fn next_of<Row>(&self, rows: &mut impl Iterator<Item = Row>) -> Option<Row> {
        let row = rows.next()?;
        let cut = self.stopping();
        self.cut.fetch_or(cut, Ordering::Relaxed);
        (!cut).then_some(row)
    }

    /// Nothing new may start.
    pub fn stopping(&self) -> bool {
        self.observer.interrupted() || self.askings.iter().any(|asking| asking.dead().is_some())
    }

    /// The call that showed that a model is out of reach.
    pub fn dead(&self) -> Option<CallError> {
        self.askings.iter().find_map(Asking::dead)
    }

    /// Behind the last result of [`Self::in_order`]: whether that was all, or why not.
    pub fn finish(&self) -> Result<(), Stopped> {
        match self.dead() {
            Some(error) => Err(Stopped::Dead(error)),
            None if self.cut.load(Ordering::Relaxed) => Err(Stopped::Interrupted),
            None => Ok(()),
        }
    }

    /// Rows that may be under way at this moment: several times as many as calls, for some of them wait for their reply
    /// to be stored, and a queue that is empty for a moment is a server that idles.
    fn rows_at_once(&self) -> usize {
        let calls = self.askings.iter().map(Asking::concurrency).max().unwrap_or(1);
        calls.saturating_mul(4).max(64)
    }
}
