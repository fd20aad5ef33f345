//! Replies in whose thinking no solution was found.

use tables::Score;

use super::{Metric, Observation, no_reply, share, unless, why};

/// See [`Metric::about`].
pub(super) struct SolutionImplied;

impl Metric for SolutionImplied {
    fn name(&self) -> &'static str {
        "solution_implied"
    }

    fn title(&self) -> &'static str {
        "No solution in the thinking"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of replies in whose thinking no solution was found; they count as one solution as a whole, which makes \
         outcome and process efficiency look good. Left out: no reply, nobody looked for solutions"
    }

    fn observe(&self, score: &Score) -> Observation {
        let unseen = score.solutions.is_none().then_some(why::NO_SOLUTIONS);
        unless([no_reply(score), unseen], || share(score.solution_implied))
    }
}
