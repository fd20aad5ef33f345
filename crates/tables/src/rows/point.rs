//! A way to answer, with what it gets right and what it costs.

use crate::row;

row! {
    /// An operating point: one way to answer with one model's samples over one group of problems. Costs are means a problem.
    pub struct OperatingPoint is "point", version 2 since 1 {
        /// The dataset.
        dataset: String as label,
        /// The model.
        model: String as label,
        /// The group, such as `Level 3`; [`MetricValue::OVERALL`](super::MetricValue::OVERALL) for all together.
        subset: String as label,
        /// How it answers, by the name of its figure: `accuracy` is one sample, `maj@4` a vote of four;
        /// `forced@256` is one sample whose thinking was ended at 256 tokens.
        rule: String as label,
        /// Samples that it draws.
        samples: Option<f64>,
        /// Problems of the group that were asked of any model.
        asked: u64,
        /// Those of them that every model has a graded reply to: over these all points are taken.
        problems: u64,
        /// Problems of these for which it has no value; a point that misses some is no part of the frontier.
        missing: u64,
        /// The expected share of right answers.
        accuracy: Option<f64>,
        /// Lower end of its 95 % interval.
        low: Option<f64>,
        /// Upper end of its 95 % interval.
        high: Option<f64>,
        /// Tokens that it generates, thinking and answer.
        generated_tokens: Option<f64>,
        /// Lower end of their 95 % interval.
        generated_low: Option<f64>,
        /// Upper end of their 95 % interval.
        generated_high: Option<f64>,
        /// Tokens that it reads.
        prompt_tokens: Option<f64>,
        /// Tokens that a verifier reads and writes for it.
        verifier_tokens: Option<f64>,
        /// Tokens that one waits for: the longest of samples drawn at once, the sum of those that follow each other.
        waiting_tokens: Option<f64>,
        /// What it costs; null where no price is known.
        money: Option<f64>,
        /// The cost that the frontier is about: `spent`, `generated`, `waiting` or `money`.
        cost: String as label,
        /// No other point costs no more and is at least as right, one of the two strictly; null where its cost is unknown.
        undominated: Option<bool>,
        /// The share of draws of problems in which that holds.
        on_frontier: Option<f64>,
        /// How far its accuracy is behind the most accurate point that no other dominates, over the same problems.
        behind: Option<f64>,
        /// The chance of so large a difference between two ways that are equally right: a permutation test over problems, after
        /// Holm's correction for the number of points.
        behind_p: Option<f64>,
        /// Its accuracy is a mean over seeded draws, not over all subsets or orders.
        drawn: bool,
    }
}

impl OperatingPoint {
    /// What it costs by the cost that the frontier is about.
    pub fn price(&self) -> Option<f64> {
        match self.cost.as_str() {
            // Older tables know of no verifier.
            "spent" => self.generated_tokens.map(|own| own + self.verifier_tokens.unwrap_or(0.0)),
            "waiting" => self.waiting_tokens,
            "money" => self.money,
            _ => self.generated_tokens,
        }
    }
}
