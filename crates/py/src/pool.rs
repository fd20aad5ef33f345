//! Work on all cores: without the interpreter's lock, deaf to nobody, and never on threads that a fork left behind.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use stage::Observer;

use crate::failure::Failure;

/// The interpreter is asked this often whether somebody pressed Ctrl-C.
const ASK: Duration = Duration::from_millis(50);

/// Who listens to the work: whether it is time to stop.
#[derive(Debug, Default)]
pub(crate) struct Watch(AtomicBool);

impl Observer for Watch {
    fn interrupted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A process and a number of threads: threads do not survive a fork, so a child makes its own.
type Key = (u32, usize);

/// The pool of this process with so many threads; as many as there are processors unless said.
///
/// Called with the interpreter's lock held, and a fork is made by a thread that holds it: no child ever finds this lock taken.
fn pool(_held: Python<'_>, threads: Option<usize>) -> Result<Arc<ThreadPool>, Failure> {
    static POOLS: Mutex<Option<HashMap<Key, Arc<ThreadPool>>>> = Mutex::new(None);
    let threads = threads.map_or_else(processors, |threads| threads.max(1));
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let pools = pools.get_or_insert_default();
    let key = (std::process::id(), threads);
    if let Some(pool) = pools.get(&key) {
        return Ok(Arc::clone(pool));
    }
    let named = |at| format!("thinkmeter-{at}");
    let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(named).build();
    let pool = Arc::new(pool.map_err(|error| Failure::of("threads", error))?);
    pools.insert(key, Arc::clone(&pool));
    Ok(pool)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Does the work on the pool while this thread waits for it and lets the interpreter handle signals.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce(&Watch) -> Result<T, Failure> + Send,
) -> PyResult<T> {
    let pool = pool(py, threads)?;
    let watch = Watch::default();
    let done = py.detach(|| {
        pool.in_place_scope(|scope| {
            let (sender, receiver) = channel();
            let watch = &watch;
            // Whoever waits is there until the work is done.
            scope.spawn(move |_| drop(sender.send(work(watch))));
            wait(&receiver, watch)
        })
    });
    Ok(done?)
}

fn wait<T>(receiver: &Receiver<Result<T, Failure>>, watch: &Watch) -> Result<T, Failure> {
    let mut raised = None;
    loop {
        match receiver.recv_timeout(ASK) {
            Ok(done) => return raised.map_or(done, |raised| Err(Failure::Raised(raised))),
            // The work panicked, which the pool tells in its own way.
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::data("the work ended early")),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(error) = Python::attach(|py| py.check_signals()).err() {
                    watch.0.store(true, Ordering::Relaxed);
                    raised = Some(error);
                }
            }
        }
    }
}
