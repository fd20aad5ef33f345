//! The split stage with somebody to ask: only here do a splitter and a client of models meet.

use std::ops::Range;
use std::path::Path;

use futures::{StreamExt, pin_mut};
use llm::{AsideCheck, Bill, CallError, Desk, Execution, MOST_ROUNDS, Stopped};
use split::{Cut, Sink, SplitError, Splitter};
use stage::{Interrupted, Observer, Summary, Tick};
use tables::{Blame, Blamed};
use tables::{Generation, Provenance, TableError};
use tokens::Tokenizer;
use tokio::runtime::Handle;

/// Cuts that are ready wait for each other up to so many, so that their tokens are counted on all cores.
const AT_ONCE: usize = 256;

/// How a splitter's models are asked; not needed by one that asks none.
#[derive(Clone, Copy)]
pub struct SplitCalls<'a> {
    /// How calls are made.
    pub execution: &'a Execution,
    /// Where they run; never call [`split()`] from one of its own threads.
    pub runtime: &'a Handle,
}

/// Splits a table of generations into another (`paths`), in its order. A generation that failed has no steps. One for
/// which a call failed is cut in another way, its split says so, and it counts as failed: it is worth another try.
/// If models are out of reach, nothing is published.
pub fn split(
    splitter: &dyn Splitter,
    tokenizer: &Tokenizer,
    paths: (&Path, &Path),
    provenance: Provenance,
    calls: SplitCalls<'_>,
    observer: &dyn Observer,
) -> Result<Summary, SplitError> {
    if splitter.endpoints().is_empty() {
        return split::run(splitter, tokenizer, paths, provenance, observer);
    }
    let SplitCalls { execution, runtime } = calls;
    runtime.block_on(ask(splitter, tokenizer, paths, provenance, execution, observer))
}

async fn ask(
    splitter: &dyn Splitter,
    tokenizer: &Tokenizer,
    paths: (&Path, &Path),
    provenance: Provenance,
    execution: &Execution,
    observer: &dyn Observer,
) -> Result<Summary, SplitError> {
    let aside = AsideCheck::new(execution);
    let desk = Desk::new(splitter.endpoints(), execution, observer)
        .map_err(|error| SplitError::Unanswered { reason: error.to_string(), blame: error.blame() })?;
    let (generations, mut sink) = Sink::open(tokenizer, paths, provenance)?;
    observer.total(generations.len());
    let talk = |generation| talk(splitter, &desk, observer, generation);
    let cuts = desk.in_order(generations, talk, texts).ready_chunks(AT_ONCE);
    pin_mut!(cuts);
    while let Some(ready) = cuts.next().await {
        sink.push(ready.into_iter().collect::<Result<_, TableError>>()?)?;
    }
    match desk.finish() {
        Ok(()) => {
            aside.done(execution).map_err(|aside| SplitError::Aside { questions: aside.questions })?;
            Ok(sink.finish()?)
        }
        Err(Stopped::Interrupted) => Err(Interrupted { done: sink.rows() }.into()),
        Err(Stopped::Dead(error)) => Err(out_of_reach(&error)),
    }
}

/// The conversation about one generation; `None` if there was no time left for its questions.
async fn talk(
    splitter: &dyn Splitter,
    desk: &Desk<'_>,
    observer: &dyn Observer,
    generation: Result<Generation, TableError>,
) -> Result<Option<(Generation, Cut)>, TableError> {
    let generation = generation?;
    let text = split::text(&generation);
    let Some(talk) = desk.converse(splitter.open(text)).await else { return Ok(None) };
    let endless = || Cut {
        spans: splitter.spans(text),
        note: Some(format!("no end after {MOST_ROUNDS} rounds of questions")),
        lost: false,
    };
    let cut = talk.value.unwrap_or_else(endless);
    observer.advance(tick(&cut, &talk.bill));
    Ok(Some((generation, cut)))
}

/// Bytes of what a cut generation holds.
fn texts((generation, cut): &(Generation, Cut)) -> usize {
    let spans = cut.spans.capacity() * size_of::<Range<usize>>();
    generation.reasoning.capacity() + generation.answer_text.capacity() + spans
}

fn tick(cut: &Cut, bill: &Bill) -> Tick {
    Tick {
        rows: 1,
        failed: u64::from(cut.lost),
        tokens: bill.completion_tokens.known(),
        cached: u64::from(bill.calls > 0 && bill.fresh == 0),
    }
}

fn out_of_reach(error: &CallError) -> SplitError {
    let reason = format!("{error}; nothing was published, replies that came are in the cache");
    let blame = if matches!(error, CallError::OverBudget { .. }) { Blame::Other } else { error.blame() };
    SplitError::Unanswered { reason, blame }
}
