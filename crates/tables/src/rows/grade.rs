//! Whether one generation's reply is right, and which answer it gives.

use serde::{Deserialize, Serialize};

use crate::{Column, Field, label, row};

/// Whether a reply is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its final answer equals an acceptable one.
    Right,
    /// It equals none.
    Wrong,
    /// It could not be decided whether it does.
    Undecided,
    /// The reply gives no final answer, which is wrong.
    NoAnswer,
    /// No answer is known to compare with.
    #[default]
    NoGold,
    /// There is no reply.
    Failed,
}

impl Column for Verdict {
    fn column(name: &str) -> Field {
        label::<String>(name)
    }
}

impl Verdict {
    /// The word in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Undecided => "undecided",
            Self::NoAnswer => "no_answer",
            Self::NoGold => "no_gold",
            Self::Failed => "failed",
        }
    }

    /// σ; null where nothing was or could be decided.
    pub const fn correct(self) -> Option<bool> {
        match self {
            Self::Right => Some(true),
            Self::Wrong | Self::NoAnswer => Some(false),
            Self::Undecided | Self::NoGold | Self::Failed => None,
        }
    }
}

row! {
    /// A program or a grid inside the thinking, and whether it is right.
    #[derive(Copy, Eq)]
    pub struct Block {
        /// First byte in [`Generation::thought`](super::Generation::thought).
        start: u32,
        /// One past the last byte.
        end: u32,
        /// It is right.
        right: bool,
    }
}

row! {
    /// What is known of a grid that is asked for, whatever is answered.
    pub struct GridFacts {
        /// The share of cells that answering the input as it is would get; null where its input is not known.
        copied: Option<f64>,
        /// The share that answering one colour would get at best.
        one_colour: f64,
        /// Test inputs of its task: each of them is a problem, and all of them together one task.
        inputs: u32,
    }
}

row! {
    /// Where the options of a multiple-choice problem stood, and which of them a reply chooses; places count from 0.
    #[derive(Copy, Eq)]
    pub struct ChoiceFacts {
        /// How many options there are.
        options: u32,
        /// Where the right one stood when it was asked; null where none, or more than one, is right.
        right: Option<u32>,
        /// Where the chosen one stood; null where the answer is none of them.
        chosen: Option<u32>,
        /// The chosen one's place in the table of problems, whatever the order in which this sample was asked.
        option: Option<u32>,
        /// This sample was asked in an order of its own.
        own_order: bool,
    }
}

row! {
    /// A grade: what a reply answers in the end, and whether that is right. The thinking is never read for it.
    pub struct Grade is "grade", version 3 since 1 {
        /// The problem that was asked.
        problem_id: String as label,
        /// The reply's index among the samples of that problem.
        sample: u32,
        /// Who decided, such as `answer` or `llm:qwen3-32b`.
        grader: String as label,
        /// Whether the reply is right.
        verdict: Verdict,
        /// How that was decided, or why it was not.
        how: Option<String> as label,
        /// The final answer, found without a look at the acceptable ones.
        extracted: Option<String> as label,
        /// The rule that found it.
        rule: Option<String> as label,
        /// Equal answers among the samples of the problem share a number, told without a look at the acceptable ones; null
        /// where there is no answer.
        class: Option<u32>,
        /// Why a grader that was asked gave no verdict.
        reason: Option<String>,
        /// The grader's own words.
        raw: Option<String>,
        /// Model calls that this grade took.
        calls: u32,
        /// Their prompt tokens; unknown is not 0.
        prompt_tokens: Option<u64>,
        /// Their completion tokens.
        completion_tokens: Option<u64>,
        /// The temperature at which the grader was asked.
        temperature: Option<f64>,
        /// The seed with which the grader was asked.
        seed: Option<i64>,
        /// How much of the answer is right, from 0 to 1; secondary, for a part is not an answer. Null where that has no sense.
        partial: Option<f64>,
        /// Tests of the problem, where a program was run.
        tests: Option<u32>,
        /// Those that it passed before it was stopped.
        passed: Option<u32>,
        /// The first test that it did not pass.
        failed_at: Option<u32>,
        /// What became of the program: `pass`, or what the first failure was, such as `time_limit`.
        outcome: Option<String> as label,
        /// Milliseconds of CPU of its longest test.
        cpu_ms: Option<u64>,
        /// Tests that it passed in more than 80 % of the time that it has.
        near_limit: Option<u32>,
        /// The answers found inside the thinking, each once, in their order; null where nobody looked.
        blocks: Option<Vec<Block>>,
        /// What is known of the right grid, where grids are asked for.
        grid: Option<GridFacts>,
        /// The grid that is answered has the shape of the right one; null where there is none.
        shape_right: Option<bool>,
        /// Which option is chosen, where there are options.
        choice: Option<ChoiceFacts>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_called_as_it_is_written() {
        use Verdict::{Failed, NoAnswer, NoGold, Right, Undecided, Wrong};
        for verdict in [Right, Wrong, Undecided, NoAnswer, NoGold, Failed] {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
        }
    }
}
