//! Whether one generation's reply is right, and which answer it gives.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::fields::{count, label, maybe, real, signed, text, total};

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

/// A grade: what a reply answers in the end, and whether that is right. The thinking is never read for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// The problem that was asked.
    pub problem_id: String,
    /// The reply's index among the samples of that problem.
    pub sample: u32,
    /// Who decided, such as `answer` or `llm:qwen3-32b`.
    pub grader: String,
    /// Whether the reply is right.
    pub verdict: Verdict,
    /// How that was decided, or why it was not.
    pub how: Option<String>,
    /// The final answer, found without a look at the acceptable ones.
    pub extracted: Option<String>,
    /// The rule that found it.
    pub rule: Option<String>,
    /// Equal answers among the samples of the problem share a number, told without a look at the acceptable ones; null
    /// where there is no answer.
    pub class: Option<u32>,
    /// Why a grader that was asked gave no verdict.
    pub reason: Option<String>,
    /// The grader's own words.
    pub raw: Option<String>,
    /// Model calls that this grade took.
    pub calls: u32,
    /// Their prompt tokens; unknown is not 0.
    pub prompt_tokens: Option<u64>,
    /// Their completion tokens.
    pub completion_tokens: Option<u64>,
    /// The temperature at which the grader was asked.
    pub temperature: Option<f64>,
    /// The seed with which the grader was asked.
    pub seed: Option<i64>,
}

impl Row for Grade {
    const NAME: &'static str = "grade";
    const VERSION: u32 = 1;

    fn fields() -> Vec<Field> {
        vec![
            label("problem_id"),
            count("sample"),
            label("grader"),
            label("verdict"),
            maybe(label("how")),
            maybe(label("extracted")),
            maybe(label("rule")),
            maybe(count("class")),
            maybe(text("reason")),
            maybe(text("raw")),
            count("calls"),
            maybe(total("prompt_tokens")),
            maybe(total("completion_tokens")),
            maybe(real("temperature")),
            maybe(signed("seed")),
        ]
    }
}

#[cfg(test)]
impl Grade {
    pub(crate) fn example() -> Self {
        Self {
            problem_id: "p-1".into(),
            sample: 1,
            grader: "llm:m".into(),
            verdict: Verdict::Right,
            how: Some("rational".into()),
            extracted: Some("5".into()),
            rule: Some("boxed".into()),
            class: Some(0),
            reason: Some("why".into()),
            raw: Some("\\boxed{yes}".into()),
            calls: 1,
            prompt_tokens: Some(90),
            completion_tokens: Some(4),
            temperature: Some(0.0),
            seed: Some(-7),
        }
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
