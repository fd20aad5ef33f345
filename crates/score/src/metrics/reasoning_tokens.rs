//! T: how long the thinking is.

use tables::{Better, Headline, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::no_reply;

/// See [`TERM`].
pub(super) struct ReasoningTokens;

static TERM: Term = Term {
    name: "reasoning_tokens",
    title: "Reasoning tokens",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean of T: tokens of the thinking under the evaluated model's own tokenizer; for a model \
            that does not think, of the whole reply. Left out: no reply",
    headline: Some(Headline {
        title: "reasoning tokens",
        header: "reasoning\ntokens",
        short: "think",
        peer: "evalthink.reasoning_tokens",
    }),
};

impl Metric for ReasoningTokens {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || f64::from(score.reasoning_tokens))
    }
}
