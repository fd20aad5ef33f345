//! Ctrl-C, and whatever else asks a program to end: once to finish what is in flight, twice to stop at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Runtime;

use crate::exit::Exit;
use crate::output;

/// Whether a person asked to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn listen(runtime: &Runtime) -> Self {
        let interrupt = Self::default();
        let flag = interrupt.clone();
        runtime.spawn(async move {
            loop {
                asked_to_end().await;
                if flag.0.swap(true, Ordering::SeqCst) {
                    output::say("stopped; finished replies are kept");
                    std::process::exit(Exit::Interrupted as i32);
                }
                output::say("interrupted: finishing what is in flight (again to stop at once)");
            }
        });
        interrupt
    }

    /// A person asked to stop.
    pub(crate) fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Returns when somebody asks the program to end: Ctrl-C, a scheduler (SIGTERM), a terminal that goes away (SIGHUP).
#[cfg(unix)]
pub(crate) async fn asked_to_end() {
    use tokio::signal::unix::SignalKind;
    let [a, b, c] = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    tokio::select! { () = a => {} () = b => {} () = c => {} }
}

/// One that cannot be listened for never comes.
#[cfg(unix)]
async fn signal(kind: tokio::signal::unix::SignalKind) {
    let listening = tokio::signal::unix::signal(kind);
    let came = match listening {
        Ok(mut signal) => signal.recv().await,
        Err(_) => None,
    };
    if came.is_none() {
        std::future::pending().await
    }
}

/// Returns when somebody asks the program to end.
#[cfg(not(unix))]
pub(crate) async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
