//! Replies that the token limit cut.

use tables::{Finish, Score};

use super::{Metric, Observation, no_reply, share, unless};

/// See [`Metric::about`].
pub(super) struct Truncated;

impl Metric for Truncated {
    fn name(&self) -> &'static str {
        "truncated"
    }

    fn title(&self) -> &'static str {
        "Truncated"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of replies that ended at the token limit. They are kept in every figure; figures \
         without them have the scope completed. Left out: no reply"
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || share(score.finish == Finish::Length))
    }

    fn has_completed_scope(&self) -> bool {
        false
    }
}
