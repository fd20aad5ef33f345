//! When a trace first asserts the model's own final answer.

use tables::Score;

use super::{Metric, Observation, known, no_reply};

/// See [`Metric::about`].
pub(super) struct OwnAnswerArrival;

impl Metric for OwnAnswerArrival {
    fn name(&self) -> &'static str {
        "own_answer_arrival"
    }

    fn title(&self) -> &'static str {
        "Tokens to the model's own answer"
    }

    fn unit(&self) -> &'static str {
        "tokens"
    }

    fn about(&self) -> &'static str {
        "mean tokens through the first step that asserts the model's own final answer, right or \
         wrong; needs no known answer. Left out: no reply, no such step found"
    }

    fn observe(&self, score: &Score) -> Observation {
        known(score.own_answer_arrival, no_reply(score).unwrap_or("without such a step"))
    }
}
