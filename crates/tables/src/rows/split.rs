//! The steps of one generation's thinking.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::fields::{count, label, list, maybe, record};

/// A step: a span of [`Generation::thought`](super::Generation::thought).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Tokens that start in the step or in the separator behind it (before the first step: in front of it),
    /// so that the steps' tokens add up to the whole's.
    pub tokens: u32,
}

/// The steps of one generation: ordered, disjoint, with only separators and blanks between them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// The problem that was asked.
    pub problem_id: String,
    /// The reply's index among the samples of that problem.
    pub sample: u32,
    /// The steps; empty where there is no thinking.
    pub steps: Vec<Step>,
    /// T: tokens of the measured text under the model's tokenizer.
    pub tokens: u32,
    /// Tokens of what follows the thinking; 0 for a model that does not think (they are in `tokens`).
    pub answer_tokens: u32,
    /// What the splitter has to say about this trace, such as that it had to fall back.
    pub note: Option<String>,
}

impl Split {
    /// Tokens from the start of the thinking through the end of step `k`.
    pub fn tokens_through(&self, k: u32) -> u32 {
        self.steps.iter().take(k as usize + 1).map(|step| step.tokens).sum()
    }
}

impl Row for Split {
    const NAME: &'static str = "split";
    const VERSION: u32 = 1;

    fn fields() -> Vec<Field> {
        vec![
            label("problem_id"),
            count("sample"),
            list("steps", record("item", vec![count("start"), count("end"), count("tokens")])),
            count("tokens"),
            count("answer_tokens"),
            maybe(label("note")),
        ]
    }
}

#[cfg(test)]
impl Split {
    pub(crate) fn example() -> Self {
        let steps = vec![Step { start: 0, end: 4, tokens: 2 }, Step { start: 6, end: 9, tokens: 1 }];
        Self {
            problem_id: "p-1".into(),
            sample: 1,
            steps,
            tokens: 3,
            answer_tokens: 1,
            note: Some("fell back".into()),
        }
    }
}
