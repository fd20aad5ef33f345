//! Tasks that look at a trace as a whole: one question about all of it.

use prompt::{Value, context, fitted, tokens};
use tables::Judgment;

use super::llm_task::{Outcome, Plan, Query};

use crate::Item;

/// What becomes of a trace that does not fit into a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Long {
    /// Its middle is left out, and the model is told how much of it.
    LosesItsMiddle,
    /// It is not sent: a verdict on a part would be none.
    Fails,
}

/// One question about the whole trace.
pub(crate) fn question<'a, T: 'a>(
    item: &'a Item<'a>,
    room: usize,
    long: Long,
    read: impl Fn(&str, bool) -> Result<T, String> + Send + 'a,
    merge: impl FnOnce(T) -> Outcome + Send + 'a,
) -> Plan<'a, T> {
    let size = tokens(item.generation.thought(), item.steps.iter().map(|step| step.tokens).sum());
    if size > room && long == Long::Fails {
        return Plan::Fail(format!(
            "the thinking takes about {size} tokens, more than `window_tokens` = {room}"
        ));
    }
    let queries = vec![Query { values: shown(item, size, room), read: Box::new(read) }];
    let merge = move |mut answers: Vec<T>| match answers.pop() {
        Some(answer) => merge(answer),
        None => Box::<Judgment>::default().into(),
    };
    Plan::Ask(queries, Box::new(merge))
}

/// The thinking and the answer behind it; for a model that does not think both are the whole reply, shown once.
fn shown(item: &Item<'_>, size: usize, room: usize) -> Value {
    let generation = item.generation;
    let whole = generation.reasoning_source == tables::Generation::NO_REASONING;
    let answer = if whole || generation.unclosed() { "" } else { generation.answer_text.trim() };
    let thinking = fitted(generation.thought(), size, room);
    context! { thinking, answer, whole }
}
