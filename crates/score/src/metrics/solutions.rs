//! How many times a reply arrives at an answer.

use tables::Score;

use super::{Metric, Observation, known, no_reply, why};

/// See [`Metric::about`].
pub(super) struct Solutions;

impl Metric for Solutions {
    fn name(&self) -> &'static str {
        "solutions"
    }

    fn title(&self) -> &'static str {
        "Solutions per reply"
    }

    fn unit(&self) -> &'static str {
        "count"
    }

    fn about(&self) -> &'static str {
        "mean number of solutions in a reply: stretches of the thinking that each end in an explicit answer, a check \
         that arrives at an answer among them. A reply without any in its thinking has one, itself (see \
         solution_implied). Left out: no reply, nobody looked for solutions. After arXiv 2412.21187"
    }

    fn observe(&self, score: &Score) -> Observation {
        let count = score.solutions.as_ref().map(|solutions| solutions.len() as f64);
        known(count, no_reply(score).unwrap_or(why::NO_SOLUTIONS))
    }
}
