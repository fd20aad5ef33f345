//! What is wrong with the tables of one generation.

/// What does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The judgment's column names a step that is not there.
    #[error("the judgment's `{column}` names step {step}, which the split does not have")]
    Step {
        /// The column.
        column: &'static str,
        /// What it says.
        step: u32,
    },
    /// `found` without a step.
    #[error("the judgment's `state` is found, and it names no `step`")]
    NoStep,
    /// The steps hold more tokens than the whole.
    #[error("the split counts {steps} tokens in its steps but {total} in the whole")]
    Tokens {
        /// Tokens of the steps.
        steps: u32,
        /// Tokens of the whole.
        total: u32,
    },
    /// A step is no part of the thinking.
    #[error("the split has a step at bytes {start}..{end}, which is no part of the thinking")]
    Span {
        /// First byte.
        start: u32,
        /// One past the last byte.
        end: u32,
    },
}

impl From<solutions::RoundError> for RowError {
    fn from(misfit: solutions::RoundError) -> Self {
        Self::Step { column: "solutions", step: misfit.end }
    }
}
