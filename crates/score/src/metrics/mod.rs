//! The figures over sets of generations, one a file.
//!
//! A figure says of every generation either its value or why it is left out; the figure of a group is the
//! **mean over the generations** that have a value, so samples of one problem count alike. A figure over the
//! samples of a problem together, such as pass@k, gives one value a problem instead, and is the mean over problems; a
//! few are sums. A family of figures gives a row for each of its parameters. [`METRICS`] lists all of them in the
//! order in which they are shown.

mod accuracy;
mod accuracy_decided;
mod accuracy_sound;
mod adaptive;
mod arc_score;
mod arc_solved;
mod auc_oaa;
mod best_of;
mod budget;
mod budget_deviation;
mod cells;
mod convergence;
mod discrimination;
mod distinctness;
mod empty;
mod errors;
mod evalthink;
mod first_correct_lag;
mod first_correct_solution;
mod first_correct_tokens;
mod found_then_lost;
mod judge_failed;
mod laconic;
mod length_correlation;
mod length_quintile;
mod length_quintile_within;
/// The example of the manual, which has to work.
#[cfg(test)]
#[path = "../../../../docs/src/long_answer.rs"]
mod long_answer;
mod long_lines;
mod majority;
mod majority_selected;
mod oaa;
mod obeyed;
mod outcome_efficiency;
mod output_tokens;
mod over_budget;
mod overthinking_gap;
mod own_answer_arrival;
mod pass_all;
mod pass_any;
mod per_task;
mod process_efficiency;
mod prompt_tokens;
mod reasoning_tokens;
mod reflection_tokens;
mod reward;
mod reward_agreement;
mod solution_implied;
mod solutions;
mod step_words;
mod thought_switches;
mod token_efficiency;
mod truncated;
mod unclosed;
mod undecided;
mod underthinking;
mod unlocated;
mod verified;
mod vote;
mod waste;

use tables::Term;

use crate::Compat;
use crate::metric::Metric;

/// Our figures, in the order in which they are shown.
pub static METRICS: &[&dyn Metric] = &[
    &accuracy::Accuracy,
    &reasoning_tokens::ReasoningTokens,
    &first_correct_tokens::FirstCorrectTokens,
    &reflection_tokens::ReflectionTokens,
    &token_efficiency::TokenEfficiency,
    &thought_switches::ThoughtSwitches,
    &own_answer_arrival::OwnAnswerArrival,
    &convergence::Convergence,
    &first_correct_lag::FirstCorrectLag,
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
    &pass_any::PASS_ANY,
    &pass_all::PASS_ALL,
    &majority::MAJORITY,
    &majority_selected::MAJORITY_SELECTED,
    &majority_selected::MAJORITY_TOP,
    &laconic::LACONIC,
    &best_of::BEST_OF,
    &discrimination::Discrimination,
    &verified::Brier,
    &verified::VerifiedWrong,
    &verified::FlawedButRight,
    &vote::CREDIT,
    &vote::SAMPLES,
    &vote::TOKENS,
    &adaptive::CREDIT,
    &adaptive::SAMPLES,
    &adaptive::TOKENS,
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
    &output_tokens::OutputTokens,
    &prompt_tokens::PromptTokens,
    &obeyed::Obeyed,
    &step_words::StepWords,
    &long_lines::LongLines,
    &budget_deviation::BudgetDeviation,
    &over_budget::OverBudget,
    &accuracy_decided::AccuracyDecided,
    &accuracy_sound::AccuracySound,
    &arc_score::ArcScore,
    &arc_solved::ArcSolved,
    &per_task::TOKENS,
    &per_task::COST,
    &per_task::COST_SOLVED,
    &cells::UNREADABLE,
    &cells::SHAPE,
    &cells::RIGHT,
    &cells::COPIED,
    &cells::ONE_COLOUR,
];

/// The figures to compute: ours, and another tool's in compatibility mode.
pub(crate) fn selected(compat: Option<Compat>) -> Vec<&'static dyn Metric> {
    let theirs = match compat {
        Some(Compat::Evalthink) => evalthink::METRICS,
        None => &[],
    };
    METRICS.iter().chain(theirs).copied().collect()
}

/// The terms of every figure that can stand in a metrics table, in the order in which they are shown.
pub fn terms() -> Vec<Term> {
    selected(Some(Compat::Evalthink)).into_iter().map(|metric| *metric.term()).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

#[cfg(test)]
#[path = "../together_tests.rs"]
mod together_tests;
