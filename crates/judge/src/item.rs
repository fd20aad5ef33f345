//! What a judge gets and what it gives.

use llm::{CallError, ChatReply, ChatRequest, Endpoint};
use tables::{Generation, JudgeState, Judgment, Problem, Step};

/// One generation with what there is to know about it. A judge only ever sees items with a reply and at
/// least one step, and, if it [needs](Judge::needs_gold) one, a known answer: the stage writes the other
/// rows as `skipped`.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The problem, with its acceptable answers.
    pub problem: &'a Problem,
    /// The reply.
    pub generation: &'a Generation,
    /// Spans of [`Generation::thought`], in order.
    pub steps: &'a [Step],
}

impl<'a> Item<'a> {
    /// The text of step `index`; empty if there is no such step.
    pub fn step_text(&self, index: usize) -> &'a str {
        let span = self.steps.get(index).map(|step| step.start as usize..step.end as usize);
        span.and_then(|span| self.generation.thought().get(span)).unwrap_or_default()
    }

    /// The texts of all steps, in order.
    pub fn step_texts(&self) -> impl ExactSizeIterator<Item = &'a str> + '_ {
        (0..self.steps.len()).map(|index| self.step_text(index))
    }
}

/// How a judge goes on.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "short-lived, and nearly always a judgment")]
pub enum Next {
    /// The verdict. The stage fills in which generation it is about, the number of calls and their tokens,
    /// and the judge's name unless the judge has named who of several decided.
    Done(Judgment),
    /// Questions to a model; [`Judge::resume`] gets the replies in the same order.
    Ask(Vec<ChatRequest>),
}

/// Finds the first step that asserts the right answer. Pure: a test needs a string, not a server.
pub trait Judge: Send + Sync {
    /// Its name in the table, such as `rule` or `llm:qwen3-32b`.
    fn name(&self) -> String;

    /// Starts on an item.
    fn begin(&self, item: &Item<'_>) -> Next;

    /// Goes on with the replies to what [`Next::Ask`] asked; `round` is 0 for the first questions.
    fn resume(&self, item: &Item<'_>, round: usize, replies: &[Result<ChatReply, CallError>]) -> Next;

    /// Where to ask; a judge without an endpoint runs on all cores and may never [`Next::Ask`].
    fn endpoint(&self) -> Option<&Endpoint> {
        None
    }

    /// Whether a judgment comes from the dearer of two judges in a row; `None` from a judge that is only one. The
    /// stage counts these as `sent_on`.
    fn sent_on(&self, _judgment: &Judgment) -> Option<bool> {
        None
    }

    /// Items without a known answer are skipped before the judge sees them. A judge that has something to
    /// say about them too (such as where the model's own answer arrives) says `false` and sets the state
    /// itself.
    fn needs_gold(&self) -> bool {
        true
    }
}

/// A verdict: this step is the first.
pub fn found(step: u32) -> Judgment {
    Judgment { state: JudgeState::Found, step: Some(step), ..Judgment::default() }
}

/// A verdict: everything was read and no step asserts the answer.
pub fn absent() -> Judgment {
    Judgment { state: JudgeState::Absent, ..Judgment::default() }
}

/// No verdict, and why.
pub fn failed(reason: impl Into<String>) -> Judgment {
    Judgment { state: JudgeState::Failed, reason: Some(reason.into()), ..Judgment::default() }
}
