//! How often a trace turns to another line of thought.

use tables::{Better, Headline, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{no_reply, why};

/// See [`TERM`].
pub(super) struct ThoughtSwitches;

static TERM: Term = Term {
    name: "thought_switches",
    title: "Thought switches",
    unit: Unit::Count,
    better: Better::Neither,
    about: "mean number of switch markers in the thinking (such as \"alternatively\"; the lists are \
            part of the configuration), matched case-insensitively on word boundaries. Left out: no \
            reply, hidden thinking. After arXiv 2501.18585",
    headline: Some(Headline {
        title: "thought switches",
        header: "thought\nswitches",
        short: "switch",
        peer: "evalthink.thought_num",
    }),
};

impl Metric for ThoughtSwitches {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        known(score.thought_switches, no_reply(score).unwrap_or(why::HIDDEN))
    }
}
