//! T − T̂: how much is thought after the right answer is there.

use tables::{Better, Headline, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{length, unjudged, why};

/// See [`TERM`].
pub(super) struct ReflectionTokens;

static TERM: Term = Term {
    name: "reflection_tokens",
    title: "Reflection tokens",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean of T − T̂: tokens thought after the step that first asserts the known answer; 0 \
            where no step does. Never negative. Over the same generations as first_correct_tokens. \
            With [score] judge_error its interval carries the judge's measured error. After EvalThink",
    headline: Some(Headline {
        title: "reflection tokens",
        header: "reflection\ntokens",
        short: "after it",
        peer: "evalthink.reflection_tokens",
    }),
};

impl Metric for ReflectionTokens {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        known(score.reflection_tokens, unjudged(score).unwrap_or(why::NOT_JUDGED))
    }

    fn sensitivity(&self, score: &Score) -> f64 {
        -length(score)
    }
}
