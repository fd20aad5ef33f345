//! What is wrong with the tables of one generation.

/// What does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowError {
    /// The judgment's column names a step that is not there.
    Step { column: &'static str, step: u32 },
    /// `found` without a step.
    NoStep,
    /// The steps hold more tokens than the whole.
    Tokens { steps: u32, total: u32 },
    /// A step is no part of the thinking.
    Span { start: u32, end: u32 },
}

impl From<solutions::RoundError> for RowError {
    fn from(misfit: solutions::RoundError) -> Self {
        Self::Step { column: "solutions", step: misfit.end }
    }
}
