//! What the trace as a whole says about an answer: its own final answer agrees, or disagrees, or there is none.

use tables::{Grade, Verdict};

/// How likely the trace is to assert an answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stance {
    /// It ends with this answer: somewhere it arrives there.
    Supported,
    /// It gives no answer.
    Open,
    /// It gives answers, and only other ones: a value that it merely passes by is no assertion.
    Contradicted,
}

impl Stance {
    /// Of a graded trace; where its end gives no answer, of what its steps claim: whether each claim is right.
    pub(super) fn of(grade: &Grade, claims: impl Iterator<Item = Option<bool>>) -> Self {
        match grade.verdict {
            Verdict::Right => Self::Supported,
            Verdict::Wrong => Self::Contradicted,
            _ if grade.extracted.is_some() => Self::Open,
            _ => claims.map(Self::beside).fold(Self::Open, Self::and),
        }
    }

    /// Of one claim.
    fn beside(right: Option<bool>) -> Self {
        match right {
            Some(true) => Self::Supported,
            Some(false) => Self::Contradicted,
            None => Self::Open,
        }
    }

    /// One claim of the answer outweighs any number of others.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Supported, _) | (_, Self::Supported) => Self::Supported,
            (Self::Open, other) => other,
            (own, _) => own,
        }
    }
}
