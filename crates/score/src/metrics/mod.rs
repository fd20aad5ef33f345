//! The figures over sets of generations, one a file.
//!
//! A figure says of every generation either its value or why it is left out; the figure of a group is the
//! **mean over the generations** that have a value, so samples of one problem count alike. A figure over the
//! samples of a problem together, such as pass@k, gives one value a problem instead, and is the mean over problems; a
//! few are sums. A family of figures gives a row for each of its parameters. [`METRICS`] lists all of them in the
//! order in which they are shown.

mod accuracy;
mod auc_oaa;
mod best_of;
mod budget;
mod distinctness;
mod empty;
mod errors;
mod evalthink;
mod first_correct_solution;
mod first_correct_tokens;
mod found_then_lost;
mod judge_failed;
mod laconic;
mod length_correlation;
mod length_quintile;
mod length_quintile_within;
mod majority;
mod majority_weighted;
mod oaa;
mod outcome_efficiency;
mod overthinking_gap;
mod own_answer_arrival;
mod pass_all;
mod pass_any;
mod process_efficiency;
mod reasoning_tokens;
mod reflection_tokens;
mod reward;
mod reward_agreement;
mod solution_implied;
mod solutions;
mod thought_switches;
mod token_efficiency;
mod truncated;
mod unclosed;
mod undecided;
mod underthinking;
mod unlocated;
mod waste;

use tables::{Finish, Generation, JudgeState, Score};

use crate::survey::Fifths;
use crate::{Compat, Grade, Plan};

/// What one generation contributes to a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation {
    /// A value that enters the mean.
    Value(f64),
    /// It does not count, for this reason; reasons read well behind a number: `3 wrong`.
    LeftOut(&'static str),
}

/// How the observations of a group become its figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aggregate {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
}

/// One row of a family of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The name in tables, such as `pass@4`.
    pub name: String,
    /// The parameter.
    pub parameter: u32,
}

impl Member {
    /// `family@parameter`.
    fn of(family: &str, parameter: u32) -> Self {
        Self { name: format!("{family}@{parameter}"), parameter }
    }

    fn all(family: &str, parameters: impl IntoIterator<Item = u32>) -> Vec<Self> {
        parameters.into_iter().map(|parameter| Self::of(family, parameter)).collect()
    }
}

/// The samples of one problem within a group.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    /// Their scores, in order.
    pub scores: &'a [&'a Score],
    /// The lengths that cut the group's replies into fifths.
    pub fifths: Fifths,
    /// The parameters of this run.
    pub plan: &'a Plan,
}

/// What one problem contributes to a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Share {
    /// Sum of its observations.
    pub(crate) sum: f64,
    /// How many observations a mean divides by.
    pub(crate) weight: f64,
    /// Generations behind them.
    pub(crate) n: u64,
    /// How much the sum moves when every judged T̂/T moves by one.
    pub(crate) sensitivity: f64,
    /// Generations that are left out, by reason.
    pub(crate) left_out: Vec<(&'static str, u64)>,
}

impl Share {
    /// Takes what one generation contributes.
    pub(crate) fn add(&mut self, observation: Observation) {
        match observation {
            Observation::Value(value) => {
                self.sum += value;
                self.weight += 1.0;
                self.n += 1;
            }
            Observation::LeftOut(why) => self.leave_out(why, 1),
        }
    }

    /// Takes one value of the problem as a whole, with the generations behind it.
    pub(crate) fn together(&mut self, value: f64, generations: usize) {
        self.sum += value;
        self.weight += 1.0;
        self.n += generations as u64;
    }

    /// Leaves generations out.
    pub(crate) fn leave_out(&mut self, why: &'static str, generations: usize) {
        match self.left_out.iter_mut().find(|(known, _)| *known == why) {
            _ if generations == 0 => {}
            Some((_, count)) => *count += generations as u64,
            None => self.left_out.push((why, generations as u64)),
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        let mut left_out = std::mem::take(&mut self.left_out);
        left_out.clear();
        *self = Self { left_out, ..Self::default() };
    }
}

/// A figure over a set of generations, or a family of figures.
pub trait Metric: Sync {
    /// The name in tables, such as `token_efficiency`; of a family with a word for its parameter: `pass@k`.
    fn name(&self) -> &'static str;
    /// The name for people.
    fn title(&self) -> &'static str;
    /// `share`, `ratio`, `tokens`, `count`, `money`, `seconds`, `reward` or `correlation`.
    fn unit(&self) -> &'static str;
    /// What it is: formula, what is left out, source.
    fn about(&self) -> &'static str;
    /// What one generation contributes; a figure over samples together has no such thing.
    fn observe(&self, score: &Score) -> Observation;
    /// What one problem contributes to the row with this parameter: by default, what each of its samples does.
    fn observe_together(&self, samples: &Samples<'_>, _parameter: u32, share: &mut Share) {
        for score in samples.scores {
            let observation = self.observe(score);
            if matches!(observation, Observation::Value(_)) {
                share.sensitivity += self.sensitivity(score);
            }
            share.add(observation);
        }
    }
    /// The rows that it gives; a single figure gives one by its own name.
    fn members(&self, _plan: &Plan) -> Vec<Member> {
        vec![Member { name: self.name().to_owned(), parameter: 0 }]
    }
    /// Mean or sum.
    fn aggregate(&self) -> Aggregate {
        Aggregate::Mean
    }
    /// How much a generation's value moves when the judged T̂/T moves by one.
    fn sensitivity(&self, _score: &Score) -> f64 {
        0.0
    }
    /// It depends on the other generations of the group, by their fifths.
    fn depends_on_group(&self) -> bool {
        false
    }
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
    &outcome_efficiency::OutcomeEfficiency,
    &process_efficiency::ProcessEfficiency,
    &solutions::Solutions,
    &solution_implied::SolutionImplied,
    &first_correct_solution::FirstCorrectSolution,
    &distinctness::Distinctness,
    &underthinking::Underthinking,
    &overthinking_gap::OverthinkingGap,
    &oaa::Oaa,
    &auc_oaa::AucOaa,
    &budget::Budget,
    &pass_any::PassAny,
    &pass_all::PassAll,
    &majority::Majority,
    &majority_weighted::MajorityWeighted,
    &laconic::Laconic,
    &best_of::BestOf,
    &length_quintile::LengthQuintile,
    &length_quintile_within::LengthQuintileWithin,
    &length_correlation::LengthCorrelation,
    &waste::OVERTHINKING_TOKENS,
    &waste::FUTILITY_TOKENS,
    &waste::OVERTHINKING_COST,
    &waste::FUTILITY_COST,
    &waste::OVERTHINKING_SECONDS,
    &waste::FUTILITY_SECONDS,
    &reward::RIGHT,
    &reward::WRONG,
    &reward_agreement::RewardAgreement,
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
    /// As in [`Metric::unit`].
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
    pub(super) const RIGHT: &str = "right";
    pub(super) const TOGETHER: &str = "counted by problem";
    pub(super) const NO_SOLUTIONS: &str = "without a look for solutions";
    pub(super) const NO_STRATEGIES: &str = "without strategies";
    pub(super) const NO_THOUGHTS: &str = "without a look for thoughts";
    pub(super) const NO_RIGHT_SOLUTION: &str = "without a right solution";
    pub(super) const FEWER_SOLUTIONS: &str = "with fewer solutions";
    pub(super) const FEW_SAMPLES: &str = "with too few samples";
    pub(super) const NO_CONFIDENCE: &str = "without a score to go by";
    pub(super) const ALL_ALIKE: &str = "with samples all alike";
    pub(super) const NO_PRICE: &str = "without a price";
    pub(super) const NO_TIME: &str = "without a recorded time";
    pub(super) const NO_REWARD: &str = "without a reward";
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

/// Accuracy speaks of it: there is a reply and a known answer.
pub(crate) fn is_graded(score: &Score) -> bool {
    !matches!(ungraded(score), Some(why::NO_REPLY | why::NO_GOLD))
}

/// σ of accuracy: an answer that could not be decided is not right.
fn sigma(score: &Score) -> f64 {
    share(score.correct == Some(true))
}

/// Why accuracy leaves a generation out, if it does.
fn not_graded(score: &Score) -> Option<&'static str> {
    ungraded(score).filter(|why| *why != why::UNDECIDED)
}

/// The samples that accuracy speaks of; the others are left out.
fn graded<'a>(samples: &Samples<'a>, share: &mut Share) -> Vec<&'a Score> {
    let (kept, others): (Vec<&Score>, Vec<&Score>) =
        samples.scores.iter().partition(|score| is_graded(score));
    others.iter().filter_map(|score| not_graded(score)).for_each(|why| share.leave_out(why, 1));
    kept
}

/// The graded samples if there are at least `k` of them; else they are left out too.
fn at_least<'a>(k: usize, samples: &Samples<'a>, share: &mut Share) -> Option<Vec<&'a Score>> {
    let kept = graded(samples, share);
    if kept.len() >= k.max(1) {
        return Some(kept);
    }
    share.leave_out(why::FEW_SAMPLES, kept.len());
    None
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

#[cfg(test)]
#[path = "../together_tests.rs"]
mod together_tests;
