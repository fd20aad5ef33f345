//! Why a generation is left out of a figure, in the words that stand next to the figure.

use tables::{Finish, Generation, JudgeState, Score, Verdict};

/// Reasons to leave a generation out.
pub(crate) mod why {
    pub(crate) const NO_REPLY: &str = "without reply";
    pub(crate) const NO_GOLD: &str = "without known answer";
    pub(crate) const NO_THINKING: &str = "without thinking";
    pub(crate) const HIDDEN: &str = "with hidden thinking";
    pub(crate) const UNCOUNTED: &str = "with hidden thinking that nobody counted";
    pub(crate) const UNDECIDED: &str = "undecided";
    pub(crate) const WRONG: &str = "wrong";
    pub(crate) const JUDGE_FAILED: &str = "judge failed";
    pub(crate) const NOT_JUDGED: &str = "not judged";
    pub(crate) const TRUNCATED: &str = "truncated";
    pub(crate) const UNCLOSED: &str = "unclosed";
    pub(crate) const RIGHT: &str = "right";
    pub(crate) const TOGETHER: &str = "counted by problem";
    pub(crate) const NO_SOLUTIONS: &str = "without a look for solutions";
    pub(crate) const NO_STRATEGIES: &str = "without strategies";
    pub(crate) const NO_THOUGHTS: &str = "without a look for thoughts";
    pub(crate) const NO_RIGHT_SOLUTION: &str = "without a right solution";
    pub(crate) const FEWER_SOLUTIONS: &str = "with fewer solutions";
    pub(crate) const FEW_SAMPLES: &str = "with too few samples";
    pub(crate) const NO_CONFIDENCE: &str = "without a score to go by";
    pub(crate) const ALL_ALIKE: &str = "with samples all alike";
    pub(crate) const NO_PRICE: &str = "without a price";
    pub(crate) const NO_TIME: &str = "without a recorded time";
    pub(crate) const NO_CRITERION: &str = "without anything to obey";
    pub(crate) const NO_NOTES: &str = "without notes";
    pub(crate) const NOT_DEMANDED: &str = "of which no answer was demanded";
    pub(crate) const NO_BUDGET: &str = "without a budget";
    pub(crate) const NO_USAGE: &str = "without the provider's count";
    pub(crate) const NO_REWARD: &str = "without a reward";
    pub(crate) const LATER: &str = "drawn later, where a rule stopped early";
    pub(crate) const FLAWED: &str = "to problems that are graded unfairly";
    pub(crate) const FIXED: &str = "whose number was fixed";
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

/// Why there is no reply, if there is none.
pub(crate) fn no_reply(score: &Score) -> Option<&'static str> {
    (score.finish == Finish::Error).then_some(why::NO_REPLY)
}

/// Why nothing can be said of the thinking but its length, if so.
pub(crate) fn hidden(score: &Score) -> Option<&'static str> {
    (score.reasoning_source == Generation::HIDDEN).then_some(why::HIDDEN)
}

/// Why T is unknown, if it is.
pub(crate) fn unmeasured(score: &Score) -> Option<&'static str> {
    score.reasoning_tokens.is_none().then_some(why::UNCOUNTED)
}

/// T as a number; where it is unknown a figure has left the reply out before it asks.
pub(crate) fn length(score: &Score) -> f64 {
    f64::from(score.reasoning_tokens.unwrap_or_default())
}

/// Tokens of the whole reply, thinking and answer; none where the thinking's are unknown. What a model writes that does not
/// think is its thinking, as in every other figure, and then no answer's tokens are counted.
pub(crate) fn output_tokens(score: &Score) -> Option<f64> {
    score.reasoning_tokens.map(|thinking| f64::from(thinking) + f64::from(score.answer_tokens))
}

/// How many of these are right.
pub(crate) fn right(graded: &[&Score]) -> usize {
    graded.iter().filter(|score| score.correct == Some(true)).count()
}

/// Why there is no verdict on the final answer, if there is none.
pub(crate) fn ungraded(score: &Score) -> Option<&'static str> {
    if score.correct.is_some() {
        None
    } else if let Some(why) = no_reply(score) {
        Some(why)
    } else if score.grade == Verdict::NoGold {
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
pub(crate) fn sigma(score: &Score) -> f64 {
    indicator(score.correct == Some(true))
}

/// Why accuracy leaves a generation out, if it does.
pub(crate) fn not_graded(score: &Score) -> Option<&'static str> {
    ungraded(score).filter(|why| *why != why::UNDECIDED)
}

/// Why there is no verdict on the thinking, if there is none.
pub(crate) fn unjudged(score: &Score) -> Option<&'static str> {
    match score.judge_state {
        JudgeState::Found | JudgeState::Absent => None,
        JudgeState::Failed => Some(why::JUDGE_FAILED),
        JudgeState::Skipped => Some(skipped(score)),
    }
}

fn skipped(score: &Score) -> &'static str {
    if let Some(why) = no_reply(score) {
        why
    } else if hidden(score).is_some() {
        why::HIDDEN
    } else if score.grade == Verdict::NoGold {
        why::NO_GOLD
    } else if score.reasoning_tokens == Some(0) {
        why::NO_THINKING
    } else {
        why::NOT_JUDGED
    }
}

/// 1 where it is so.
pub(crate) fn indicator(flag: bool) -> f64 {
    f64::from(u8::from(flag))
}
