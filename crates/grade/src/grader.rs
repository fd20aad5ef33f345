//! What a grader gets and what it gives.

use answer::Policy;
use chat::{Dialogue, Endpoint, Next};
use plugin::Value;
use stage::StageError;
use tables::{Generation, Grade, Problem, Test, Verdict};

use crate::number;

/// A reply and the problem that it replies to.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The problem, with its acceptable answers.
    pub problem: &'a Problem,
    /// The reply.
    pub generation: &'a Generation,
    /// The tests of the problem, where it is answered by a program.
    pub tests: &'a [Test],
}

impl<'a> Item<'a> {
    /// A reply to a problem without tests.
    pub fn new(problem: &'a Problem, generation: &'a Generation) -> Self {
        Self { problem, generation, tests: &[] }
    }
}

/// Says whether a reply is right. Pure: a test needs a string, not a server.
pub trait Grader: Send + Sync {
    /// Its name in the table, such as `answer` or `llm:qwen3-32b`.
    fn name(&self) -> String;

    /// What whoever reads its verdicts must know.
    fn caution(&self) -> Option<&'static str> {
        None
    }

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

    /// Makes sure that it can work, before anything is paid for.
    ///
    /// # Errors
    /// It cannot work on this machine.
    fn ready(&self) -> Result<(), StageError> {
        Ok(())
    }

    /// What its verdicts depend on beside its keys, such as the version of an interpreter.
    fn identity(&self) -> Option<Value> {
        None
    }

    /// Its rows may fail for reasons that have passed by the next run.
    fn may_fail(&self) -> bool {
        !self.endpoints().is_empty()
    }

    /// Numbers the answers of a problem's samples: equal ones share a number.
    fn number(&self, problem: &Problem, samples: &mut [Grade]) {
        number(problem, self.policy(), samples);
    }
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
