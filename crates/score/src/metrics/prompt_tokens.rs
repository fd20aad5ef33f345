//! How long the question is, with all that stands in front of it.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct PromptTokens;

static TERM: Term = Term {
    name: "prompt_tokens",
    title: "Prompt tokens",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean tokens of what the model is asked, worked examples included, as the provider counted. Left out: no reply, no count",
    headline: None,
};

impl Metric for PromptTokens {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::of_manners(&TERM, plan)
    }

    fn observe(&self, score: &Score) -> Observation {
        known_of_reply(score, score.prompt_tokens.map(|tokens| tokens as f64), why::NO_USAGE)
    }
}
