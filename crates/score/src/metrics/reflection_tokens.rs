//! T − T̂: how much is thought after the right answer is there.

use tables::Score;

use super::{Metric, Observation, known, unjudged, why};

/// See [`Metric::about`].
pub(super) struct ReflectionTokens;

impl Metric for ReflectionTokens {
    fn name(&self) -> &'static str {
        "reflection_tokens"
    }

    fn title(&self) -> &'static str {
        "Reflection tokens"
    }

    fn unit(&self) -> &'static str {
        "tokens"
    }

    fn about(&self) -> &'static str {
        "mean of T − T̂: tokens thought after the step that first asserts the known answer; 0 \
         where no step does. Never negative. Over the same generations as first_correct_tokens. \
         With [score] judge_error its interval carries the judge's measured error. After EvalThink"
    }

    fn observe(&self, score: &Score) -> Observation {
        known(score.reflection_tokens, unjudged(score).unwrap_or(why::NOT_JUDGED))
    }

    fn sensitivity(&self, score: &Score) -> f64 {
        -f64::from(score.reasoning_tokens)
    }
}
