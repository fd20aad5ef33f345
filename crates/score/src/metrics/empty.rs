//! Replies without any text.

use tables::Score;

use super::{Metric, Observation, no_reply, share, unless};

/// See [`Metric::about`].
pub(super) struct Empty;

impl Metric for Empty {
    fn name(&self) -> &'static str {
        "empty"
    }

    fn title(&self) -> &'static str {
        "Empty"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of replies with neither thinking nor answer. Left out: no reply at all (see \
         errors)"
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || share(score.reasoning_tokens == 0 && score.answer_tokens == 0))
    }
}
