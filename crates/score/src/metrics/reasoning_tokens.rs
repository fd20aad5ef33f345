//! T: how long the thinking is.

use tables::{Better, Headline, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{length, no_reply, unmeasured};

/// See [`TERM`].
pub(super) struct ReasoningTokens;

static TERM: Term = Term {
    name: "reasoning_tokens",
    title: "Reasoning tokens",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean of T: tokens of the thinking under the evaluated model's own tokenizer; for a model \
            that does not think, of the whole reply; where the thinking is hidden, the server's own count. Left out: no reply, \
            hidden thinking that nobody counted",
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
        unless([no_reply(score), unmeasured(score)], || length(score))
    }
}
