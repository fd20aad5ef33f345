//! The measures of one generation.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::{Finish, JudgeState, Row};
use crate::fields::{count, flag, maybe, real, record, text, total};

/// The figures that EvalScope's EvalThink would give one sample (`compat = "evalthink"`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EvalThink {
    /// Tokens of the thinking text.
    pub reasoning_tokens: u32,
    /// Tokens of the steps before the judged one, re-joined with blank lines.
    pub first_correct_tokens: u32,
    /// The difference of the two; negative when re-joining added tokens.
    pub reflection_tokens: f64,
    /// Their quotient.
    pub token_efficiency: f64,
    /// Occurrences of its seven phrases.
    pub thought_num: u32,
    /// 1 when `first_correct_tokens` is above 0.
    pub accuracy: f64,
}

/// A score: everything that is measured on one generation, and all that metrics are made from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The problem that was asked.
    pub problem_id: String,
    /// The reply's index among the samples of that problem.
    pub sample: u32,
    /// The model's name in the pipeline.
    pub model: String,
    /// The collection that the problem belongs to.
    pub dataset: String,
    /// The problem's group, such as `Level 3`.
    pub subset: String,
    /// σ: the final answer equals the gold. Null: could not be decided, no gold, or no reply; `grade` says which.
    pub correct: Option<bool>,
    /// `equal` · `different` · `undecided` · `no_answer` · `no_gold` · `error`.
    pub grade: String,
    /// How the comparison was decided, or why it was not.
    pub grade_how: Option<String>,
    /// The final answer as extracted.
    pub extracted: Option<String>,
    /// The extraction rule that fired.
    pub extraction_rule: Option<String>,
    /// Where the thinking was found, see [`Generation`](super::Generation).
    pub reasoning_source: String,
    /// Why the reply ended.
    pub finish: Finish,
    /// How the judgment ended.
    pub judge_state: JudgeState,
    /// T.
    pub reasoning_tokens: u32,
    /// Tokens of what follows the thinking.
    pub answer_tokens: u32,
    /// Number of steps.
    pub steps: u32,
    /// A step asserts the gold answer.
    pub located: bool,
    /// Its index.
    pub first_correct_step: Option<u32>,
    /// T̂: tokens through the end of that step; T when the judge found none; null when it gave no verdict.
    pub first_correct_tokens: Option<u32>,
    /// T − T̂.
    pub reflection_tokens: Option<u32>,
    /// T̂ / T; null when T = 0.
    pub token_efficiency: Option<f64>,
    /// Occurrences of the switch markers.
    pub thought_switches: u32,
    /// `thought_switches` + 1 when T > 0.
    pub thoughts: u32,
    /// The right answer was found in the thinking and is not the final one.
    pub found_then_lost: bool,
    /// Tokens through the first step that asserts the model's own final answer.
    pub own_answer_arrival: Option<u32>,
    /// The judge's confidence.
    pub judge_confidence: Option<f64>,
    /// Tokens of the prompt, as the provider counted.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the whole reply, as the provider counted.
    pub completion_tokens: Option<u64>,
    /// Seconds from the request to the reply's end.
    pub seconds: Option<f64>,
    /// The peer's figures for the same sample, in compatibility mode.
    pub evalthink: Option<EvalThink>,
}

impl Row for Score {
    const NAME: &'static str = "score";
    const VERSION: u32 = 1;

    fn fields() -> Vec<Field> {
        vec![
            text("problem_id"),
            count("sample"),
            text("model"),
            text("dataset"),
            text("subset"),
            maybe(flag("correct")),
            text("grade"),
            maybe(text("grade_how")),
            maybe(text("extracted")),
            maybe(text("extraction_rule")),
            text("reasoning_source"),
            text("finish"),
            text("judge_state"),
            count("reasoning_tokens"),
            count("answer_tokens"),
            count("steps"),
            flag("located"),
            maybe(count("first_correct_step")),
            maybe(count("first_correct_tokens")),
            maybe(count("reflection_tokens")),
            maybe(real("token_efficiency")),
            count("thought_switches"),
            count("thoughts"),
            flag("found_then_lost"),
            maybe(count("own_answer_arrival")),
            maybe(real("judge_confidence")),
            maybe(total("prompt_tokens")),
            maybe(total("completion_tokens")),
            maybe(real("seconds")),
            maybe(record("evalthink", evalthink_fields())),
        ]
    }
}

fn evalthink_fields() -> Vec<Field> {
    vec![
        count("reasoning_tokens"),
        count("first_correct_tokens"),
        real("reflection_tokens"),
        real("token_efficiency"),
        count("thought_num"),
        real("accuracy"),
    ]
}

#[cfg(test)]
impl Score {
    pub(crate) fn example() -> Self {
        Self {
            problem_id: "p-1".into(),
            sample: 1,
            model: "m".into(),
            dataset: "demo".into(),
            subset: "Level 1".into(),
            correct: Some(true),
            grade: "equal".into(),
            grade_how: Some("rational".into()),
            extracted: Some("5".into()),
            extraction_rule: Some("boxed".into()),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            judge_state: JudgeState::Found,
            reasoning_tokens: 10,
            answer_tokens: 3,
            steps: 2,
            located: true,
            first_correct_step: Some(0),
            first_correct_tokens: Some(4),
            reflection_tokens: Some(6),
            token_efficiency: Some(0.4),
            thought_switches: 1,
            thoughts: 2,
            found_then_lost: true,
            own_answer_arrival: Some(4),
            judge_confidence: Some(0.9),
            prompt_tokens: Some(20),
            completion_tokens: Some(13),
            seconds: Some(2.5),
            evalthink: Some(EvalThink {
                reasoning_tokens: 10,
                first_correct_tokens: 4,
                reflection_tokens: 6.0,
                token_efficiency: 0.4,
                thought_num: 1,
                accuracy: 1.0,
            }),
        }
    }
}
