//! Accuracy: the share of right final answers.

use tables::Score;

use super::{Metric, Observation, no_reply, share, ungraded, unless, why};

/// See [`Metric::about`].
pub(super) struct Accuracy;

impl Metric for Accuracy {
    fn name(&self) -> &'static str {
        "accuracy"
    }

    fn title(&self) -> &'static str {
        "Accuracy (pass@1)"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "mean of σ: 1 where the final answer, read from what follows the thinking, equals a known \
         answer. Several samples of a problem are averaged (pass@1). An answer that could not be \
         decided counts as not equal and has its own share (undecided); a reply that is cut or \
         gives no answer is wrong. Left out: no reply, no known answer"
    }

    fn observe(&self, score: &Score) -> Observation {
        let no_gold = ungraded(score).filter(|reason| *reason == why::NO_GOLD);
        unless([no_reply(score), no_gold], || share(score.correct == Some(true)))
    }
}
