//! T̂: how long until the thinking first asserts the right answer.

use tables::{Better, Headline, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{length, unjudged, why};

/// See [`TERM`].
pub(super) struct FirstCorrectTokens;

static TERM: Term = Term {
    name: "first_correct_tokens",
    title: "Tokens to the first right answer",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean of T̂: tokens from the start of the thinking through the end of the first step that \
            asserts the known answer as the value of what is asked; T where no step does. Over all \
            generations on which the judge gave a verdict, right or wrong. With [score] judge_error its \
            interval carries the judge's measured error. Left out: no reply, nothing to judge (no thinking, or hidden), judge failed. After EvalThink, which stops before that step",
    headline: Some(Headline {
        title: "first-correct tokens",
        header: "first-correct\ntokens",
        short: "to answer",
        peer: "evalthink.first_correct_tokens",
    }),
};

impl Metric for FirstCorrectTokens {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        known(score.first_correct_tokens, unjudged(score).unwrap_or(why::NOT_JUDGED))
    }

    fn sensitivity(&self, score: &Score) -> f64 {
        length(score)
    }
}
