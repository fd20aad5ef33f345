//! The steps of one generation's thinking.

use crate::row;

row! {
    /// A step: a span of [`Generation::thought`](super::Generation::thought).
    #[derive(Copy, Eq)]
    pub struct Step {
        /// First byte.
        start: u32,
        /// One past the last byte.
        end: u32,
        /// Tokens that start in the step or in the separator behind it (before the first step: in front of it),
        /// so that the steps' tokens add up to the whole's.
        tokens: u32,
    }
}

row! {
    /// The steps of one generation: ordered, disjoint, with only separators and blanks between them.
    pub struct Split is "split", version 1 {
        /// The problem that was asked.
        problem_id: String as label,
        /// The reply's index among the samples of that problem.
        sample: u32,
        /// The steps; empty where there is no thinking.
        steps: Vec<Step>,
        /// T: tokens of the measured text under the model's tokenizer.
        tokens: u32,
        /// Tokens of what follows the thinking; 0 for a model that does not think (they are in `tokens`).
        answer_tokens: u32,
        /// What the splitter has to say about this trace, such as that it had to fall back.
        note: Option<String> as label,
    }
}

impl Split {
    /// Tokens from the start of the thinking through the end of step `k`.
    pub fn tokens_through(&self, k: u32) -> u32 {
        self.steps.iter().take(k as usize + 1).map(|step| step.tokens).sum()
    }
}
