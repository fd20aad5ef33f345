//! The final answer of a reply, and whether it is the right one.

use answer::{Extracted, Outcome, Policy, compare, extract};

use crate::Item;

/// How a reply ends: its final answer and what the answer engine says of it.
pub(crate) struct Ending {
    pub(crate) answer: Extracted,
    /// Equal to any of the known answers, else undecided by any, else different.
    pub(crate) outcome: Outcome,
}

impl Ending {
    /// Nothing if there is no final answer. A reply that was cut gives only what it states outright.
    pub(crate) fn of(item: &Item<'_>, policy: &Policy) -> Option<Self> {
        let generation = item.generation;
        if generation.unclosed() {
            return None;
        }
        let answer =
            extract(&generation.answer_text).filter(|answer| !(answer.weak && generation.truncated()))?;
        let outcomes = item.problem.gold.iter().map(|gold| compare(gold, &answer.raw, policy).outcome);
        let outcomes: Vec<Outcome> = outcomes.collect();
        let best = [Outcome::Equal, Outcome::Unknown].into_iter().find(|outcome| outcomes.contains(outcome));
        Some(Self { answer, outcome: best.unwrap_or(Outcome::Different) })
    }
}
