//! The one thread that writes: everything that waits goes into one transaction, so that a hundred replies
//! cost one trip to the disk.

use std::{
    sync::mpsc::{self, Receiver, Sender},
    thread::{JoinHandle, sleep},
    time::Duration,
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::{CacheError, Origin, file::Place};
use crate::{CallError, ChatReply, request::ReplyKey};

/// The most replies of one transaction.
const MOST_AT_ONCE: usize = 512;

/// So many replies in one trip to the disk are a crowd: the next trip waits a moment for more. Where replies come
/// one by one, each is on the disk as soon as can be.
const CROWD: usize = 8;
/// That moment; a trip takes about as long.
const LINGER: Duration = Duration::from_millis(5);

/// What became of a reply: it comes back, or the one that was there before.
type Stored = Result<ChatReply, CacheError>;

struct Job {
    key: ReplyKey,
    origin: Origin,
    what: What,
}

enum What {
    /// The reply, and who waits for it to be stored. Nobody listens any more when the caller was dropped; it is stored
    /// all the same.
    Reply(ChatReply, oneshot::Sender<Stored>),
    /// There is none.
    Failure(CallError),
}

impl Job {
    /// Tells who waits.
    fn done(self, outcome: Result<Option<ChatReply>, CacheError>) {
        if let What::Reply(reply, waiting) = self.what {
            let _ = waiting.send(outcome.map(|earlier| earlier.unwrap_or(reply)));
        }
    }
}

#[derive(Debug)]
pub(super) struct Writer {
    place: Place,
    /// Taken when the cache is dropped, which ends the thread.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(place: Place, connection: Connection) -> Result<Self, CacheError> {
        let (jobs, todo) = mpsc::channel();
        let own = place.clone();
        let thread = std::thread::Builder::new()
            .name("reply-cache".to_owned())
            .spawn(move || write_all(&own, connection, &todo))
            .map_err(|error| place.write_error(error))?;
        Ok(Self { place, jobs: Some(jobs), thread: Some(thread) })
    }

    /// Returns the reply when it is on the disk, or the one that was there before.
    pub(super) async fn put(&self, key: ReplyKey, origin: Origin, reply: ChatReply) -> Stored {
        let (done, stored) = oneshot::channel();
        self.begin(Job { key, origin, what: What::Reply(reply, done) })?;
        stored.await.map_err(|_| self.gone())?
    }

    /// Returns at once.
    pub(super) fn fail(&self, key: ReplyKey, origin: Origin, failure: CallError) -> Result<(), CacheError> {
        self.begin(Job { key, origin, what: What::Failure(failure) })
    }

    fn begin(&self, job: Job) -> Result<(), CacheError> {
        let jobs = self.jobs.as_ref().ok_or_else(|| self.gone())?;
        jobs.send(job).map_err(|_| self.gone())
    }

    fn gone(&self) -> CacheError {
        self.place.write_error("its writer has ended")
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has answered nobody, and everybody knows.
            let _ = thread.join();
        }
    }
}

fn write_all(place: &Place, mut connection: Connection, todo: &Receiver<Job>) {
    let mut before = 0;
    while let Ok(first) = todo.recv() {
        let linger = if before >= CROWD { LINGER } else { Duration::ZERO };
        let jobs = with_company(first, todo, linger);
        before = jobs.len();
        match write(place, &mut connection, &jobs) {
            Ok(stored) => {
                jobs.into_iter().zip(stored).for_each(|(job, earlier)| job.done(Ok(earlier)));
            }
            Err(error) => jobs.into_iter().for_each(|job| job.done(Err(error.clone()))),
        }
    }
}

/// The first one, those that wait with it, and those that come within `linger`. Nobody is held up: their places in
/// the queue of calls are free already.
fn with_company(first: Job, todo: &Receiver<Job>, linger: Duration) -> Vec<Job> {
    // Asleep, and not waiting for the next one: that would be woken by each.
    sleep(linger);
    let mut jobs = vec![first];
    jobs.extend(todo.try_iter().take(MOST_AT_ONCE - 1));
    jobs
}

/// All or nothing; returns when it is on the disk.
fn write(
    place: &Place,
    connection: &mut Connection,
    jobs: &[Job],
) -> Result<Vec<Option<ChatReply>>, CacheError> {
    // Immediate: a transaction that reads first could not wait for another process later.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| place.write_error(error))?;
    let stored = jobs
        .iter()
        .map(|job| match &job.what {
            What::Reply(reply, _) => place.insert(&transaction, &job.key, &job.origin, reply),
            What::Failure(failure) => place.fail(&transaction, &job.key, &job.origin, failure).map(|()| None),
        })
        .collect::<Result<Vec<_>, _>>()?;
    transaction.commit().map_err(|error| place.write_error(error))?;
    Ok(stored)
}
