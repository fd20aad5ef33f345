//! The figures over sets of generations, one a file.
//!
//! A figure says of every generation either its value or why it is left out; the figure of a group is the
//! **mean over the generations** that have a value, so samples of one problem count alike. [`METRICS`] lists
//! them in the order in which they are shown.

mod accuracy;
mod empty;
mod errors;
mod evalthink;
mod first_correct_tokens;
mod found_then_lost;
mod judge_failed;
mod own_answer_arrival;
mod reasoning_tokens;
mod reflection_tokens;
mod thought_switches;
mod token_efficiency;
mod truncated;
mod unclosed;
mod undecided;
mod unlocated;

use tables::{Finish, Generation, JudgeState, Score};

use crate::{Compat, Grade};

/// What one generation contributes to a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation {
    /// A value that enters the mean.
    Value(f64),
    /// It does not count, for this reason; reasons read well behind a number: `3 wrong`.
    LeftOut(&'static str),
}

/// A figure over a set of generations: the mean of its observations.
pub trait Metric: Sync {
    /// The name in tables, such as `token_efficiency`.
    fn name(&self) -> &'static str;
    /// The name for people.
    fn title(&self) -> &'static str;
    /// `share`, `ratio`, `tokens` or `count`.
    fn unit(&self) -> &'static str;
    /// What it is: formula, what is left out, source.
    fn about(&self) -> &'static str;
    /// What one generation contributes.
    fn observe(&self, score: &Score) -> Observation;
    /// The figure over completed generations alone says something of its own.
    fn has_completed_scope(&self) -> bool {
        true
    }
}

/// Our figures, in the order in which they are shown.
pub static METRICS: &[&dyn Metric] = &[
    &accuracy::Accuracy,
    &reasoning_tokens::ReasoningTokens,
    &first_correct_tokens::FirstCorrectTokens,
    &reflection_tokens::ReflectionTokens,
    &token_efficiency::TokenEfficiency,
    &thought_switches::ThoughtSwitches,
    &own_answer_arrival::OwnAnswerArrival,
    &found_then_lost::FoundThenLost,
    &unlocated::Unlocated,
    &truncated::Truncated,
    &unclosed::Unclosed,
    &empty::Empty,
    &undecided::Undecided,
    &judge_failed::JudgeFailed,
    &errors::Errors,
];

/// The figures to compute: ours, and another tool's in compatibility mode.
pub(crate) fn selected(compat: Option<Compat>) -> Vec<&'static dyn Metric> {
    let theirs = match compat {
        Some(Compat::Evalthink) => evalthink::METRICS,
        None => &[],
    };
    METRICS.iter().chain(theirs).copied().collect()
}

/// What a figure means, for whoever lists or prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The name in tables.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// `share`, `ratio`, `tokens` or `count`.
    pub unit: &'static str,
    /// Formula, what is left out, source.
    pub about: &'static str,
}

/// Every figure that can stand in a metrics table, in the order in which they are shown.
pub fn glossary() -> Vec<Term> {
    let term = |metric: &dyn Metric| Term {
        name: metric.name(),
        title: metric.title(),
        unit: metric.unit(),
        about: metric.about(),
    };
    selected(Some(Compat::Evalthink)).into_iter().map(term).collect()
}

/// Reasons to leave a generation out.
mod why {
    pub(super) const NO_REPLY: &str = "without reply";
    pub(super) const NO_GOLD: &str = "without known answer";
    pub(super) const NO_THINKING: &str = "without thinking";
    pub(super) const UNDECIDED: &str = "undecided";
    pub(super) const WRONG: &str = "wrong";
    pub(super) const JUDGE_FAILED: &str = "judge failed";
    pub(super) const NOT_JUDGED: &str = "not judged";
    pub(super) const TRUNCATED: &str = "truncated";
    pub(super) const UNCLOSED: &str = "unclosed";
}

/// Why a generation is not among the completed ones, if it is not.
pub(crate) fn incomplete(score: &Score) -> Option<&'static str> {
    if score.finish == Finish::Length {
        Some(why::TRUNCATED)
    } else if score.reasoning_source == Generation::UNCLOSED {
        Some(why::UNCLOSED)
    } else {
        None
    }
}

fn no_reply(score: &Score) -> Option<&'static str> {
    (score.finish == Finish::Error).then_some(why::NO_REPLY)
}

/// Why there is no verdict on the final answer, if there is none.
fn ungraded(score: &Score) -> Option<&'static str> {
    if score.correct.is_some() {
        None
    } else if let Some(why) = no_reply(score) {
        Some(why)
    } else if score.grade == Grade::NoGold.name() {
        Some(why::NO_GOLD)
    } else {
        Some(why::UNDECIDED)
    }
}

/// Why there is no verdict on the thinking, if there is none.
fn unjudged(score: &Score) -> Option<&'static str> {
    match score.judge_state {
        JudgeState::Found | JudgeState::Absent => None,
        JudgeState::Failed => Some(why::JUDGE_FAILED),
        JudgeState::Skipped => Some(skipped(score)),
    }
}

fn skipped(score: &Score) -> &'static str {
    if let Some(why) = no_reply(score) {
        why
    } else if score.grade == Grade::NoGold.name() {
        why::NO_GOLD
    } else if score.reasoning_tokens == 0 {
        why::NO_THINKING
    } else {
        why::NOT_JUDGED
    }
}

/// The value, or the first reason to leave the generation out.
fn unless<const N: usize>(reasons: [Option<&'static str>; N], value: impl FnOnce() -> f64) -> Observation {
    match reasons.into_iter().flatten().next() {
        Some(why) => Observation::LeftOut(why),
        None => Observation::Value(value()),
    }
}

/// A value that may be missing for a last reason.
fn known(value: Option<impl Into<f64>>, otherwise: &'static str) -> Observation {
    value.map_or(Observation::LeftOut(otherwise), |value| Observation::Value(value.into()))
}

fn share(flag: bool) -> f64 {
    f64::from(u8::from(flag))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
