//! T̂ / T over the correctly answered.

use tables::Score;

use super::{Metric, Observation, known, ungraded, unjudged, why};

/// See [`Metric::about`].
pub(super) struct TokenEfficiency;

impl Metric for TokenEfficiency {
    fn name(&self) -> &'static str {
        "token_efficiency"
    }

    fn title(&self) -> &'static str {
        "Token efficiency"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "(1/N) Σ T̂/T over the N correctly answered generations, as EvalThink defines it (its program \
         averages in zeros for wrong ones). 1 means that the thinking stops where the answer is \
         there; a right answer that no step asserts has T̂ = T and is counted (see unlocated). With \
         [score] judge_error its interval carries the judge's measured error. Left out: no reply, no known answer, undecided, wrong, judge failed, not judged, no thinking"
    }

    fn observe(&self, score: &Score) -> Observation {
        let wrong = (score.correct == Some(false)).then_some(why::WRONG);
        match ungraded(score).or(wrong).or_else(|| unjudged(score)) {
            Some(reason) => Observation::LeftOut(reason),
            None => known(score.token_efficiency, why::NO_THINKING),
        }
    }

    fn sensitivity(&self, _: &Score) -> f64 {
        1.0
    }
}
