//! Ctrl-C: once to finish what is in flight, twice to stop at once.

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
            while tokio::signal::ctrl_c().await.is_ok() {
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
