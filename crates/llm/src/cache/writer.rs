//! The one thread that writes: everything that waits goes into one transaction, so that a hundred replies
//! cost one trip to the disk.

use std::{
    sync::mpsc::{self, Receiver, Sender},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::{CacheError, Origin, file::Place};
use crate::request::ReplyKey;

/// The most replies of one transaction.
const MOST_AT_ONCE: usize = 512;

/// So many replies in one trip to the disk are a crowd: the next trip waits a moment for more. Where replies come
/// one by one, each is on the disk as soon as can be.
const CROWD: usize = 8;
/// That moment; a trip takes about as long.
const LINGER: Duration = Duration::from_millis(5);

/// What became of a reply: `Some` is the one that was there before.
type Stored = Result<Option<String>, CacheError>;

struct Job {
    key: ReplyKey,
    origin: Origin,
    what: What,
    /// Nobody listens any more when the caller was dropped; the reply is stored all the same.
    done: oneshot::Sender<Stored>,
}

pub(super) enum What {
    /// The reply, as JSON.
    Reply(String),
    /// There is none: the kind of failure, and the reason in words.
    Failure(&'static str, String),
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

    /// Returns when it is on the disk.
    pub(super) async fn put(&self, key: ReplyKey, origin: Origin, what: What) -> Stored {
        self.begin(key, origin, what)?.await.map_err(|_| self.gone())?
    }

    /// Returns at once; what comes back tells when it is on the disk.
    pub(super) fn begin(
        &self,
        key: ReplyKey,
        origin: Origin,
        what: What,
    ) -> Result<oneshot::Receiver<Stored>, CacheError> {
        let (done, stored) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(|| self.gone())?;
        jobs.send(Job { key, origin, what, done }).map_err(|_| self.gone())?;
        Ok(stored)
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
                for (job, earlier) in jobs.into_iter().zip(stored) {
                    let _ = job.done.send(Ok(earlier));
                }
            }
            Err(error) => {
                for job in jobs {
                    let _ = job.done.send(Err(error.clone()));
                }
            }
        }
    }
}

/// The first one, those that wait with it, and those that come within `linger`. Nobody is held up: their places in
/// the queue of calls are free already.
fn with_company(first: Job, todo: &Receiver<Job>, linger: Duration) -> Vec<Job> {
    let start = Instant::now();
    let mut jobs = vec![first];
    while jobs.len() < MOST_AT_ONCE {
        match todo.recv_timeout(linger.saturating_sub(start.elapsed())) {
            Ok(job) => jobs.push(job),
            Err(_) => break,
        }
    }
    jobs
}

/// All or nothing; returns when it is on the disk.
fn write(
    place: &Place,
    connection: &mut Connection,
    jobs: &[Job],
) -> Result<Vec<Option<String>>, CacheError> {
    // Immediate: a transaction that reads first could not wait for another process later.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| place.write_error(error))?;
    let stored = jobs
        .iter()
        .map(|job| match &job.what {
            What::Reply(text) => place.insert(&transaction, &job.key, &job.origin, text),
            What::Failure(kind, reason) => {
                place.fail(&transaction, &job.key, &job.origin, (kind, reason)).map(|()| None)
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    transaction.commit().map_err(|error| place.write_error(error))?;
    Ok(stored)
}
