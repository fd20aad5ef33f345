//! Many rows under way at once, their results in the order of the rows.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use futures::stream::{self, FuturesUnordered};
use futures::{Stream, StreamExt};

use crate::reorder::ReorderBuffer;
use crate::{Ask, CallError};

/// Bytes of results that wait for one before them. Where the slowest replies take twenty times as long as most, as they
/// do where models think, a few thousand results wait.
const MOST_HELD: usize = 128 << 20;

/// Why rows were left that nobody worked on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The model that was asked is out of reach, or the money is spent.
    #[error(transparent)]
    Dead(CallError),
    /// A person asked to stop.
    #[error("interrupted; run the same command again to go on")]
    Interrupted,
}

/// Works on rows as long as whoever is asked has time for them.
pub struct InOrder<'a, A: ?Sized> {
    ask: &'a A,
    /// Questions that a row asks at once, about; so many fewer rows are under way.
    width: usize,
    /// Some row was not worked on, or not to its end.
    cut: AtomicBool,
}

impl<'a, A: Ask + ?Sized> InOrder<'a, A> {
    /// Over `ask`; a row asks about `width` questions at once.
    pub fn new(ask: &'a A, width: usize) -> Self {
        Self { ask, width: width.max(1), cut: AtomicBool::new(false) }
    }

    /// Works on rows with `talk`, a bounded number of them at once, and gives the results in the order of the
    /// rows. A row for which `talk` has no time left (`Ok(None)`) gives nothing. The rows under way when it is
    /// time to stop are finished as far as they can be, no further ones are begun, and [`Self::finish`] says so.
    ///
    /// Results that come before their turn wait; `weigh` says how many bytes one holds, so that a slow row does not
    /// keep the others from being asked before 128 MB wait for it.
    pub fn results<'s, Row, Out, Error, Talking>(
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
        let mut early = ReorderBuffer::new();
        let results = stream::poll_fn(move |context| {
            loop {
                while more && under_way.len() < self.at_once() && early.bytes() < MOST_HELD {
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
                        early.put(number, result, bytes);
                        false
                    }
                    Poll::Ready(None) => !more,
                    Poll::Pending => true,
                };
                if let Some(result) = early.next() {
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

    /// After the last result: whether that was all, or why not.
    pub fn finish(&self) -> Result<(), Stopped> {
        match self.ask.dead() {
            Some(error) => Err(Stopped::Dead(error)),
            None if self.cut.load(Ordering::Relaxed) => Err(Stopped::Interrupted),
            None => Ok(()),
        }
    }

    /// The next row, if there is one and time for it.
    fn next_of<Row>(&self, rows: &mut impl Iterator<Item = Row>) -> Option<Row> {
        let row = rows.next()?;
        let cut = self.ask.stopping();
        self.cut.fetch_or(cut, Ordering::Relaxed);
        (!cut).then_some(row)
    }

    /// With one row more than fills the queue, the last slow question of a wide row lets nobody idle.
    fn at_once(&self) -> usize {
        let rows = self.ask.rows_at_once();
        if self.width == 1 { rows } else { rows / self.width + 2 }
    }
}
