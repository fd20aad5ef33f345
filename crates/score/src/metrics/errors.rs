//! Calls that gave no reply.

use tables::Score;

use super::{Metric, Observation, no_reply, share};

/// See [`Metric::about`].
pub(super) struct Errors;

impl Metric for Errors {
    fn name(&self) -> &'static str {
        "errors"
    }

    fn title(&self) -> &'static str {
        "Errors"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of generations for which there is no reply because the call failed for good. \
         Nothing is left out"
    }

    fn observe(&self, score: &Score) -> Observation {
        Observation::Value(share(no_reply(score).is_some()))
    }
}
