//! When a trace first asserts the model's own final answer.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{hidden, no_reply};

/// See [`TERM`].
pub(super) struct OwnAnswerArrival;

static TERM: Term = Term {
    name: "own_answer_arrival",
    title: "Tokens to the model's own answer",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean tokens through the first step that asserts the model's own final answer, right or \
            wrong; needs no known answer. Left out: no reply, no such step found",
    headline: None,
};

impl Metric for OwnAnswerArrival {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        known(
            score.own_answer_arrival,
            no_reply(score).or_else(|| hidden(score)).unwrap_or("without such a step"),
        )
    }
}
