//! Final answers that could not be compared.

use tables::Score;

use super::{Metric, Observation, no_reply, share, ungraded, unless, why};

/// See [`Metric::about`].
pub(super) struct Undecided;

impl Metric for Undecided {
    fn name(&self) -> &'static str {
        "undecided"
    }

    fn title(&self) -> &'static str {
        "Undecided"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of replies whose final answer could neither be shown equal to a known answer nor \
         different from all of them. Left out: no reply, no known answer"
    }

    fn observe(&self, score: &Score) -> Observation {
        let reason = ungraded(score);
        let no_gold = reason.filter(|reason| *reason == why::NO_GOLD);
        unless([no_reply(score), no_gold], || share(reason == Some(why::UNDECIDED)))
    }
}
