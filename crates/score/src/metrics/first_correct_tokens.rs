//! T̂: how long until the thinking first asserts the right answer.

use tables::Score;

use super::{Metric, Observation, known, unjudged, why};

/// See [`Metric::about`].
pub(super) struct FirstCorrectTokens;

impl Metric for FirstCorrectTokens {
    fn name(&self) -> &'static str {
        "first_correct_tokens"
    }

    fn title(&self) -> &'static str {
        "Tokens to the first right answer"
    }

    fn unit(&self) -> &'static str {
        "tokens"
    }

    fn about(&self) -> &'static str {
        "mean of T̂: tokens from the start of the thinking through the end of the first step that \
         asserts the known answer as the value of what is asked; T where no step does. Over all \
         generations on which the judge gave a verdict, right or wrong. With [score] judge_error its \
         interval carries the judge's measured error. Left out: no reply, nothing to judge, judge failed. After EvalThink, which stops before that step"
    }

    fn observe(&self, score: &Score) -> Observation {
        known(score.first_correct_tokens, unjudged(score).unwrap_or(why::NOT_JUDGED))
    }

    fn sensitivity(&self, score: &Score) -> f64 {
        f64::from(score.reasoning_tokens)
    }
}
