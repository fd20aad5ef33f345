//! How long the whole reply is.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct OutputTokens;

static TERM: Term = Term {
    name: "output_tokens",
    title: "Output tokens",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean tokens of the whole reply, thinking and answer, under the evaluated model's own tokenizer, with those of a question that was asked before it, such as for a budget. Left out: no reply, hidden thinking that nobody counted",
    headline: None,
};

impl Metric for OutputTokens {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::of_manners(&TERM, plan)
    }

    fn observe(&self, score: &Score) -> Observation {
        let spent =
            score.reply_tokens.map(|tokens| (tokens + score.estimate_tokens.unwrap_or_default()) as f64);
        known_of_reply(score, spent, why::UNCOUNTED)
    }
}
