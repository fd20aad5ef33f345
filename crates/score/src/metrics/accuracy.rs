//! Accuracy: the share of right final answers.

use tables::{Better, Headline, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Draws, Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, no_reply, ungraded, why};

/// See [`TERM`].
pub(super) struct Accuracy;

static TERM: Term = Term {
    name: "accuracy",
    title: "Accuracy (pass@1)",
    unit: Unit::Share,
    better: Better::More,
    about: "mean of σ: 1 where the final answer, read from what follows the thinking, equals a known \
            answer. Several samples of a problem are averaged (pass@1). An answer that could not be \
            decided counts as not equal and has its own share (undecided); a reply that is cut or \
            gives no answer is wrong. Where a rule stopped early it is over the first sample alone: hard problems drew more. \
            Left out: no reply, no known answer",
    headline: Some(Headline {
        title: "accuracy",
        header: "accuracy",
        short: "right",
        peer: "evalthink.accuracy",
    }),
};

impl Metric for Accuracy {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let no_gold = ungraded(score).filter(|reason| *reason == why::NO_GOLD);
        let later = (score.drawn.is_some() && score.sample > 0).then_some(why::LATER);
        unless([later, no_reply(score), no_gold], || indicator(score.correct == Some(true)))
    }

    fn draws(&self, _: &Plan, _: u32) -> Option<Draws> {
        Some(Draws::Samples(1))
    }
}
