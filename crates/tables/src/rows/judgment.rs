//! What a judge found in one generation's steps.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::fields::{count, flag, list, maybe, real, text, total};

/// How a judgment ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeState {
    /// A step asserts the right answer; `step` names it.
    Found,
    /// The judge read everything and no step does.
    Absent,
    /// The judge gave no verdict that can be read; `reason` and `raw` say more. Never a verdict.
    Failed,
    /// There was nothing to judge: no thinking, no known answer, or no reply at all; `reason` says which.
    #[default]
    Skipped,
}

/// A judgment: which step first asserts the right answer as the value of what is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgment {
    /// The problem that was asked.
    pub problem_id: String,
    /// The reply's index among the samples of that problem.
    pub sample: u32,
    /// Who judged, such as `rule` or `llm:qwen3-32b`.
    pub judge: String,
    /// How it ended.
    pub state: JudgeState,
    /// 0-based index into the split's steps when `state` is `found`.
    pub step: Option<u32>,
    /// Earliest step that could be defended: the first mention.
    pub band_first: Option<u32>,
    /// Latest step that could be defended: the first explicit answer.
    pub band_last: Option<u32>,
    /// The chosen step's score under the rule judge.
    pub score: Option<f64>,
    /// 0 to 1: how sure the judge is of `step`.
    pub confidence: Option<f64>,
    /// A later step asserts another answer.
    pub later_changed: Option<bool>,
    /// The first step that asserts the model's *own* final answer.
    pub own_step: Option<u32>,
    /// Steps at which a round of solution ends with an explicit answer; null when nobody looked.
    pub solutions: Option<Vec<u32>>,
    /// Why there is no verdict.
    pub reason: Option<String>,
    /// The judge's own words.
    pub raw: Option<String>,
    /// Model calls that this judgment took.
    pub calls: u32,
    /// Their prompt tokens; unknown is not 0.
    pub prompt_tokens: Option<u64>,
    /// Their completion tokens.
    pub completion_tokens: Option<u64>,
}

impl Row for Judgment {
    const NAME: &'static str = "judgment";
    const VERSION: u32 = 1;

    fn fields() -> Vec<Field> {
        vec![
            text("problem_id"),
            count("sample"),
            text("judge"),
            text("state"),
            maybe(count("step")),
            maybe(count("band_first")),
            maybe(count("band_last")),
            maybe(real("score")),
            maybe(real("confidence")),
            maybe(flag("later_changed")),
            maybe(count("own_step")),
            maybe(list("solutions", count("item"))),
            maybe(text("reason")),
            maybe(text("raw")),
            count("calls"),
            maybe(total("prompt_tokens")),
            maybe(total("completion_tokens")),
        ]
    }
}

#[cfg(test)]
impl Judgment {
    pub(crate) fn example() -> Self {
        Self {
            problem_id: "p-1".into(),
            sample: 1,
            judge: "rule".into(),
            state: JudgeState::Found,
            step: Some(2),
            band_first: Some(1),
            band_last: Some(4),
            score: Some(3.5),
            confidence: Some(0.75),
            later_changed: Some(true),
            own_step: Some(2),
            solutions: Some(vec![2, 4]),
            reason: Some("why".into()),
            raw: Some("\\boxed{2}".into()),
            calls: 1,
            prompt_tokens: Some(900),
            completion_tokens: Some(12),
        }
    }
}
