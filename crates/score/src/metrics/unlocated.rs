//! No step of the thinking asserts the right answer.

use tables::Score;

use super::{Metric, Observation, share, unjudged, unless};

/// See [`Metric::about`].
pub(super) struct Unlocated;

impl Metric for Unlocated {
    fn name(&self) -> &'static str {
        "unlocated"
    }

    fn title(&self) -> &'static str {
        "Not located"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of judged generations in which no step asserts the known answer, so that T̂ = T. \
         Left out: no reply, nothing to judge, judge failed"
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([unjudged(score)], || share(!score.located))
    }
}
