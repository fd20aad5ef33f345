//! The one loop that works on rows: on all cores where nobody is asked, else a bounded number of conversations at once.
//! Either way results come out in the order of the rows, and everybody hears when it is time to stop.

use std::sync::atomic::{AtomicBool, Ordering};

use chat::{Ask, Dialogue, InOrder, Next, Replies, Usage, run_dialogue};
use futures::{StreamExt, pin_mut};
use rayon::prelude::*;

use crate::{Interrupted, Observer, StageError, Tick, chunk};

/// Results that are ready wait for each other up to so many, so that they are completed on all cores.
const AT_ONCE: usize = 256;

/// What a stage does with one row.
pub trait RowWork: Sync {
    /// A row.
    type Row: Send;
    /// A row as its conversation sees it.
    type View<'a>
    where
        Self: 'a;
    /// What the conversation about it comes to.
    type Found: Send;
    /// What is written about it.
    type Written: Send;

    /// Who asks, for messages: ``model `m` ``.
    fn who(&self) -> String;

    /// A row as its conversation sees it.
    fn view<'a>(&'a self, row: &'a mut Self::Row) -> Self::View<'a>;

    /// The conversation about a row.
    fn open<'a>(&'a self, view: &'a mut Self::View<'_>) -> Box<dyn Dialogue<Self::Found> + 'a>;

    /// What a row comes to whose conversation did not end, and why.
    fn given_up(&self, row: &Self::Row, why: String) -> Self::Found;

    /// Completes what is written. Called on all cores; the row goes where it was read, for memory that is given back from
    /// another core is not used again soon.
    fn complete(
        &self,
        row: &Self::Row,
        found: Self::Found,
        end: DialogueEnd,
    ) -> Result<Self::Written, StageError>;

    /// How far it brings the stage.
    fn tick(&self, found: &Self::Found, usage: &Usage) -> Tick;

    /// Bytes of a row's texts.
    fn row_bytes(&self, row: &Self::Row) -> usize;

    /// Bytes that a row and its result hold while they wait for those before them.
    fn held_bytes(&self, row: &Self::Row, found: &Self::Found) -> usize;

    /// It may know before it asks anybody. Its first word on each row is then heard ahead, on all cores; who always
    /// asks would only write its questions twice.
    fn may_know(&self) -> bool {
        true
    }

    /// Questions that a row asks at once, about.
    fn width(&self) -> usize {
        1
    }
}

/// How the conversation about a row went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialogueEnd {
    /// What it took.
    pub usage: Usage,
    /// A call failed for a reason that may have passed by the next run.
    pub broken: bool,
}

/// Works on `total` rows and hands what is written to `sink`, in the order of the rows. Without anybody to `ask`, a row
/// that asks is given up.
///
/// # Errors
/// Of the rows and the sink; [`StageError`] if it was time to stop, a model is out of reach, or questions were deferred.
pub fn drive<W: RowWork>(
    work: &W,
    rows: impl Iterator<Item = Result<W::Row, StageError>>,
    total: u64,
    ask: Option<&dyn Ask>,
    observer: &dyn Observer,
    mut sink: impl FnMut(W::Written) -> Result<(), StageError>,
) -> Result<(), StageError> {
    observer.total(total);
    let Some(ask) = ask else { return alone(work, rows, observer, &mut sink) };
    let mut result = Ok(());
    let asking = Asking { work, ask, observer, total };
    ask.block_on(Box::pin(async { result = asking.run(rows, &mut sink).await }));
    result
}

/// A row, what was found, and how.
type Done<W> = (<W as RowWork>::Row, <W as RowWork>::Found, DialogueEnd);

fn alone<W: RowWork>(
    work: &W,
    mut rows: impl Iterator<Item = Result<W::Row, StageError>>,
    observer: &dyn Observer,
    sink: &mut impl FnMut(W::Written) -> Result<(), StageError>,
) -> Result<(), StageError> {
    let mut done = 0;
    loop {
        if observer.interrupted() {
            return Err(Interrupted { done }.into());
        }
        let mut rows = chunk(&mut rows, |row| work.row_bytes(row))?;
        if rows.is_empty() {
            return Ok(());
        }
        // Asked before every row, for a chunk of long ones takes a while.
        let worked = |row: &mut W::Row| {
            if observer.interrupted() { Err(Interrupted { done }.into()) } else { unasked(work, row) }
        };
        let worked = rows.par_iter_mut().map(worked).collect::<Result<Vec<_>, StageError>>()?;
        let (ticks, written): (Vec<Tick>, Vec<W::Written>) = worked.into_iter().unzip();
        written.into_iter().try_for_each(&mut *sink)?;
        let tick = ticks.into_iter().fold(Tick::default(), Tick::plus);
        done += tick.rows;
        observer.advance(tick);
    }
}

/// What is written about a row, without asking anybody.
fn unasked<W: RowWork>(work: &W, row: &mut W::Row) -> Result<(Tick, W::Written), StageError> {
    let found = match first_word(work, row) {
        Next::Done(found) => found,
        Next::Ask(_) => work.given_up(row, "it wants to ask a model but names no endpoint".to_owned()),
    };
    let tick = work.tick(&found, &Usage::default());
    Ok((tick, work.complete(row, found, DialogueEnd::default())?))
}

fn first_word<W: RowWork>(work: &W, row: &mut W::Row) -> Next<W::Found> {
    let mut view = work.view(row);
    let mut dialogue = work.open(&mut view);
    dialogue.next(&[])
}

fn written<W: RowWork>(work: &W, done: Vec<Done<W>>) -> Result<Vec<W::Written>, StageError> {
    let (mut rows, found): (Vec<W::Row>, Vec<_>) =
        done.into_iter().map(|(row, found, talk)| (row, (found, talk))).unzip();
    let each = rows.par_iter_mut().zip(found);
    each.map(|(row, (found, talk))| work.complete(row, found, talk)).collect()
}

struct Asking<'a, W> {
    work: &'a W,
    ask: &'a dyn Ask,
    observer: &'a dyn Observer,
    total: u64,
}

impl<W: RowWork> Asking<'_, W> {
    async fn run(
        &self,
        rows: impl Iterator<Item = Result<W::Row, StageError>>,
        sink: &mut impl FnMut(W::Written) -> Result<(), StageError>,
    ) -> Result<(), StageError> {
        let in_order = InOrder::new(self.ask, self.work.width());
        let good = std::cell::Cell::new(0);
        let (work, observer) = (self.work, self.observer);
        let heard = Prejudged { work, observer, rows, ready: Vec::new().into_iter() };
        let talk = async |heard: Result<Heard<W>, StageError>| {
            let done = self.row(heard?).await;
            if let Some((_, found, talk)) = &done {
                let tick = self.work.tick(found, &talk.usage);
                good.set(good.get() + tick.rows - tick.failed);
                self.observer.advance(tick);
            }
            Ok::<_, StageError>(done)
        };
        let held = |(row, found, _): &Done<W>| self.work.held_bytes(row, found);
        let results = in_order.results(heard, talk, held).ready_chunks(AT_ONCE);
        pin_mut!(results);
        while let Some(ready) = results.next().await {
            let ready = ready.into_iter().collect::<Result<Vec<_>, StageError>>()?;
            written(self.work, ready)?.into_iter().try_for_each(&mut *sink)?;
        }
        let stopped = |stopped| StageError::stopped(stopped, self.work.who(), good.get(), self.total);
        in_order.finish().map_err(stopped)?;
        match self.ask.deferred() {
            0 => Ok(()),
            questions => Err(StageError::Deferred { questions }),
        }
    }

    /// What a row comes to; `None` if there was no time left for its questions.
    async fn row(&self, (mut row, known): Heard<W>) -> Option<Done<W>> {
        if let Some(found) = known {
            return Some((row, found, DialogueEnd::default()));
        }
        let broken = AtomicBool::new(false);
        let conversation = {
            let mut view = self.work.view(&mut row);
            let overheard = Overheard { dialogue: self.work.open(&mut view), broken: &broken };
            run_dialogue(self.ask, overheard).await?
        };
        let calls = conversation.usage.calls;
        let endless = || self.work.given_up(&row, format!("no end after {calls} questions"));
        let found = conversation.value.unwrap_or_else(endless);
        Some((row, found, DialogueEnd { usage: conversation.usage, broken: broken.into_inner() }))
    }
}

/// A row, and the first word on it if that is the last.
type Heard<W> = (<W as RowWork>::Row, Option<<W as RowWork>::Found>);

/// Reading a row may take a while (the rules of a judge), so the first word is heard on all cores, a chunk ahead; a row
/// that then asks is opened once more when it is its turn.
struct Prejudged<'a, W: RowWork, Rows> {
    work: &'a W,
    observer: &'a dyn Observer,
    rows: Rows,
    ready: std::vec::IntoIter<Heard<W>>,
}

impl<W: RowWork, Rows: Iterator<Item = Result<W::Row, StageError>>> Iterator for Prejudged<'_, W, Rows> {
    type Item = Result<Heard<W>, StageError>;

    fn next(&mut self) -> Option<Self::Item> {
        let work = self.work;
        if !work.may_know() {
            return Some(self.rows.next()?.map(|row| (row, None)));
        }
        if let Some(heard) = self.ready.next() {
            return Some(Ok(heard));
        }
        // Nothing is heard ahead any more once it is time to stop.
        let observer = self.observer;
        let first = |row: &mut W::Row| (!observer.interrupted()).then(|| first_word(work, row));
        let heard = |mut row: W::Row| {
            let first = first(&mut row);
            (row, if let Some(Next::Done(found)) = first { Some(found) } else { None })
        };
        match chunk(&mut self.rows, |row| work.row_bytes(row)) {
            Ok(rows) => self.ready = rows.into_par_iter().map(heard).collect::<Vec<_>>().into_iter(),
            Err(error) => return Some(Err(error)),
        }
        self.ready.next().map(Ok)
    }
}

/// A conversation that is listened in to for failed calls.
struct Overheard<'a, T> {
    dialogue: Box<dyn Dialogue<T> + 'a>,
    broken: &'a AtomicBool,
}

impl<T> Dialogue<T> for Overheard<'_, T> {
    fn next(&mut self, replies: &Replies) -> Next<T> {
        if replies.iter().filter_map(|reply| reply.as_ref().err()).any(|error| !error.is_final()) {
            self.broken.store(true, Ordering::Relaxed);
        }
        self.dialogue.next(replies)
    }

    fn most_rounds(&self) -> usize {
        self.dialogue.most_rounds()
    }
}
