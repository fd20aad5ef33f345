//! The row types, one a file, in the order in which stages write them.

mod demand;
mod generation;
mod grade;
mod judgment;
mod metric;
mod point;
mod problem;
mod rating;
mod reply;
mod score;
mod split;
mod test;
mod tree;
mod vote;

#[cfg(test)]
pub(crate) mod full;
#[cfg(test)]
mod tests;

pub use demand::Demand;
pub use generation::Generation;
pub use grade::{Block, ChoiceFacts, Grade, GridFacts, Verdict};
pub use judgment::{ForcedAnswer, JudgeState, Judgment, Rollout, Solution, TaskNote, Thought};
pub use metric::MetricValue;
pub use point::OperatingPoint;
pub use problem::Problem;
pub use rating::Rating;
pub use reply::{Finish, Reply};
pub use score::{Confidence, EvalThink, Rewards, Score, SolutionScore};
pub use split::{Split, Step};
pub use test::Test;
pub use tree::{SearchCost, Tree, TreeNode};
pub use vote::{Vote, VoteState};
