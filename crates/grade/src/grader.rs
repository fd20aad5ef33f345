//! What a grader gets and what it gives.

use answer::Policy;
use chat::{Dialogue, Endpoint, Next};
use tables::{Generation, Grade, Problem, Verdict};

/// A reply and the problem that it replies to.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The problem, with its acceptable answers.
    pub problem: &'a Problem,
    /// The reply.
    pub generation: &'a Generation,
}

/// Says whether a reply is right. Pure: a test needs a string, not a server.
pub trait Grader: Send + Sync {
    /// Its name in the table, such as `answer` or `llm:qwen3-32b`.
    fn name(&self) -> String;

    /// Opens the conversation that ends in the grade of an item. The stage fills in which generation it is about, the
    /// class of its answer, the number of calls and their tokens, and the grader's name unless the grader has named
    /// who decided.
    fn open<'a>(&'a self, item: Item<'a>) -> Box<dyn Dialogue<Grade> + 'a>;

    /// Where its questions go; a grader without endpoints runs on all cores and may never ask.
    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![]
    }

    /// What counts as the same answer, also among the samples of a problem.
    fn policy(&self) -> &Policy;
}

/// The grade of a grader that asks nobody; one that does ask has none.
pub fn at_once(grader: &dyn Grader, item: Item<'_>) -> Grade {
    match grader.open(item).next(&[]) {
        Next::Done(grade) => grade,
        Next::Ask(_) => Grade {
            verdict: Verdict::Undecided,
            reason: Some("the grader wants to ask a model but names no endpoint".to_owned()),
            ..Grade::default()
        },
    }
}
