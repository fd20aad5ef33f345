//! What a verifier is shown.

use prompt::{Value, context};

/// A reply to a problem, or the beginning of one. The known answer is not among it and has no place to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// The problem.
    pub problem: String,
    /// Its choices, where it has some.
    pub choices: Vec<String>,
    /// What was written, as far as it is shown.
    pub reply: String,
    /// The same in steps.
    pub steps: Vec<String>,
    /// It was written to its end; a search shows beginnings.
    pub finished: bool,
}

impl Case {
    /// What every prompt may show.
    pub(crate) fn values(&self) -> Value {
        let problem = prompt::problem(&self.problem, &self.choices);
        context! { finished => self.finished, ..problem }
    }

    /// The text through a step, counted from 0.
    pub(crate) fn through(&self, step: usize) -> String {
        self.steps[..=step.min(self.steps.len().saturating_sub(1))].concat()
    }
}
