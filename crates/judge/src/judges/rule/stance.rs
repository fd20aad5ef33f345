//! What the trace as a whole says about an answer: its own final answer agrees, or disagrees, or there is none.

use answer::{Outcome, Policy};

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
    /// Of a trace that ends with the answer `own`, or else claims answers in its steps.
    pub(super) fn of(
        golds: &[String],
        own: Option<&str>,
        claims: &[Option<String>],
        policy: &Policy,
    ) -> Self {
        match own {
            Some(own) => Self::beside(golds, own, policy),
            None => claims
                .iter()
                .flatten()
                .map(|claim| Self::beside(golds, claim, policy))
                .fold(Self::Open, Self::and),
        }
    }

    /// Of one given answer.
    pub(super) fn beside(golds: &[String], given: &str, policy: &Policy) -> Self {
        let all: Vec<Outcome> =
            golds.iter().map(|gold| answer::compare(gold, given, policy).outcome).collect();
        if all.contains(&Outcome::Equal) {
            Self::Supported
        } else if all.contains(&Outcome::Unknown) || all.is_empty() {
            Self::Open
        } else {
            Self::Contradicted
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
