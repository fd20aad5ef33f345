//! The split stage with somebody to ask: only here do a splitter and a client of models meet.

use std::path::Path;

use llm::{AsideCheck, Asker, CallError, Execution, Stopped};
use split::{Models, SplitError, Splitter};
use tables::Provenance;
use tables::stage::{Blame, Interrupted, Observer, Summary};
use tokens::Tokenizer;
use tokio::runtime::Handle;

/// How a splitter's models are asked; not needed by one that asks none.
#[derive(Clone, Copy)]
pub struct SplitCalls<'a> {
    /// How calls are made.
    pub execution: &'a Execution,
    /// Where they run; never call [`split()`] from one of its own threads.
    pub runtime: &'a Handle,
}

/// Splits a table of generations.
pub fn split(
    splitter: &dyn Splitter,
    tokenizer: &Tokenizer,
    (generations, out): (&Path, &Path),
    provenance: Provenance,
    calls: SplitCalls<'_>,
    observer: &dyn Observer,
) -> Result<Summary, SplitError> {
    let endpoints = splitter.endpoints();
    if endpoints.is_empty() {
        return split::run(splitter, None, tokenizer, generations, out, provenance, observer);
    }
    let SplitCalls { execution, runtime } = calls;
    let aside = AsideCheck::new(execution);
    let asker = Asker::new(endpoints, execution, observer, runtime.clone())
        .map_err(|error| SplitError::Unanswered { reason: error.to_string(), blame: error.blame() })?;
    let stop = || match asker.stopped() {
        None => aside.done(execution).map_err(|aside| SplitError::Aside { questions: aside.questions }),
        Some(Stopped::Interrupted) => Err(Interrupted { done: 0 }.into()),
        Some(Stopped::Dead(error)) => Err(out_of_reach(&error)),
    };
    let models = Models { ask: &asker, stop: &stop };
    split::run(splitter, Some(models), tokenizer, generations, out, provenance, observer)
}

fn out_of_reach(error: &CallError) -> SplitError {
    let reason = format!("{error}; nothing was published, replies that came are in the cache");
    let blame = if matches!(error, CallError::OverBudget { .. }) { Blame::Other } else { error.blame() };
    SplitError::Unanswered { reason, blame }
}
