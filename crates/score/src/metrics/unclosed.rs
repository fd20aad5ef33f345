//! Replies whose thinking never ended.

use tables::{Generation, Score};

use super::{Metric, Observation, no_reply, share, unless};

/// See [`Metric::about`].
pub(super) struct Unclosed;

impl Metric for Unclosed {
    fn name(&self) -> &'static str {
        "unclosed"
    }

    fn title(&self) -> &'static str {
        "Unclosed"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of replies whose thinking never ended, so that there is no answer to grade. Left \
         out: no reply"
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || share(score.reasoning_source == Generation::UNCLOSED))
    }

    fn has_completed_scope(&self) -> bool {
        false
    }
}
