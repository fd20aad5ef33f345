//! Judgments that gave no verdict.

use tables::Score;

use super::{Metric, Observation, share, unjudged, unless, why};

/// See [`Metric::about`].
pub(super) struct JudgeFailed;

impl Metric for JudgeFailed {
    fn name(&self) -> &'static str {
        "judge_failed"
    }

    fn title(&self) -> &'static str {
        "Judge failed"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of generations put to the judge on which it gave no verdict that can be read. A \
         failure is no verdict: nothing is assumed in its place. Left out: no reply, nothing to \
         judge"
    }

    fn observe(&self, score: &Score) -> Observation {
        let reason = unjudged(score);
        let failed = reason == Some(why::JUDGE_FAILED);
        unless([reason.filter(|_| !failed)], || share(failed))
    }
}
