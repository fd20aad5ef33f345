//! The right answer was found and is not the final one.

use tables::Score;

use super::{Metric, Observation, share, ungraded, unjudged, unless};

/// See [`Metric::about`].
pub(super) struct FoundThenLost;

impl Metric for FoundThenLost {
    fn name(&self) -> &'static str {
        "found_then_lost"
    }

    fn title(&self) -> &'static str {
        "Found, then lost"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of generations whose thinking asserts the known answer while the final answer is \
         wrong. Left out: no reply, no known answer, undecided, judge failed, nothing to judge"
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([ungraded(score), unjudged(score)], || share(score.found_then_lost))
    }
}
