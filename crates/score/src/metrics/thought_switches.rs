//! How often a trace turns to another line of thought.

use tables::Score;

use super::{Metric, Observation, no_reply, unless};

/// See [`Metric::about`].
pub(super) struct ThoughtSwitches;

impl Metric for ThoughtSwitches {
    fn name(&self) -> &'static str {
        "thought_switches"
    }

    fn title(&self) -> &'static str {
        "Thought switches"
    }

    fn unit(&self) -> &'static str {
        "count"
    }

    fn about(&self) -> &'static str {
        "mean number of switch markers in the thinking (such as \"alternatively\"; the lists are \
         part of the configuration), matched case-insensitively on word boundaries. Left out: no \
         reply. After arXiv 2501.18585"
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || f64::from(score.thought_switches))
    }
}
