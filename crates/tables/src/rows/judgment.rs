//! What a judge found in one generation's steps.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::fields::{count, flag, label, list, maybe, real, record, signed, text, total};

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

/// A round of solution: the stretch of the thinking that ends with an explicit answer. It starts where the round before
/// it ended; what stands behind the last one belongs to no round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    /// The step at which it ends.
    pub end: u32,
    /// The answer that it arrives at, as written.
    pub answer: Option<String>,
    /// That answer equals the gold; null when it could not be decided, or nobody compared.
    pub correct: Option<bool>,
    /// It derives its answer; false for a mere tail that repeats a conclusion. Null when nobody looked.
    pub complete: Option<bool>,
    /// The strategy that it follows, numbered from 0 in the order of their first use; null when nobody looked.
    pub strategy: Option<u32>,
}

impl Solution {
    /// A round of which nothing is known but where it ends.
    pub fn ending_at(end: u32) -> Self {
        Self { end, ..Self::default() }
    }
}

/// A thought: the stretch of the thinking from one change of approach to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thought {
    /// First byte in [`Generation::thought`](super::Generation::thought); the thought ends where the next one starts.
    pub start: u32,
    /// The step in which it starts.
    pub step: u32,
    /// The marker that opens it, as written; null for the first one.
    pub marker: Option<String>,
    /// The marker is a genuine change of thought, not a mere word; null when nobody looked.
    pub genuine: Option<bool>,
    /// How promising the thought is: 0 leads nowhere, 1 may lead to the answer, 2 leads to it. Null when nobody looked.
    pub promise: Option<u32>,
    /// The thought reaches the right answer.
    pub correct: Option<bool>,
}

/// How one of the further tasks of a judge ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskNote {
    /// The task, such as `strategies`.
    pub task: String,
    /// Who worked on it, such as `rule` or `llm:qwen3-32b`.
    pub judge: String,
    /// `done`, `failed` or `skipped`. The task's columns are null unless it is `done`.
    pub state: String,
    /// Why it failed or was skipped.
    pub reason: Option<String>,
    /// The judge's own words.
    pub raw: Option<String>,
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
    /// One past the last byte of the chosen step, in the thinking.
    pub offset: Option<u32>,
    /// Verdicts that were asked for, of one judge several times or of several judges; null when it was one.
    pub votes: Option<u32>,
    /// The share of those votes that agree with the verdict, 0 to 1.
    pub agreement: Option<f64>,
    /// Whether the final answer equals the gold, by a judge who was asked because the rules could not tell.
    pub answer_equal: Option<bool>,
    /// Rounds of solution in order; null when nobody looked.
    pub solutions: Option<Vec<Solution>>,
    /// Thoughts in order; null when nobody looked.
    pub thoughts: Option<Vec<Thought>>,
    /// The reasoning is valid, whatever the answer.
    pub reasoning_valid: Option<bool>,
    /// The final solution is valid, whatever the reasoning.
    pub solution_valid: Option<bool>,
    /// Reasoning verbosity, 0 to 9.
    pub verbosity: Option<u32>,
    /// Cognitive difficulty, 0 to 9.
    pub difficulty: Option<u32>,
    /// How each further task ended.
    pub tasks: Vec<TaskNote>,
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
    /// The temperature at which the judge was asked.
    pub temperature: Option<f64>,
    /// The seed with which the judge was asked.
    pub seed: Option<i64>,
}

impl Row for Judgment {
    const NAME: &'static str = "judgment";
    const VERSION: u32 = 2;

    fn fields() -> Vec<Field> {
        vec![
            label("problem_id"),
            count("sample"),
            label("judge"),
            label("state"),
            maybe(count("step")),
            maybe(count("band_first")),
            maybe(count("band_last")),
            maybe(real("score")),
            maybe(real("confidence")),
            maybe(flag("later_changed")),
            maybe(count("own_step")),
            maybe(count("offset")),
            maybe(count("votes")),
            maybe(real("agreement")),
            maybe(flag("answer_equal")),
            maybe(list("solutions", record("item", solution_fields()))),
            maybe(list("thoughts", record("item", thought_fields()))),
            maybe(flag("reasoning_valid")),
            maybe(flag("solution_valid")),
            maybe(count("verbosity")),
            maybe(count("difficulty")),
            list("tasks", record("item", task_fields())),
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

fn solution_fields() -> Vec<Field> {
    vec![
        count("end"),
        maybe(label("answer")),
        maybe(flag("correct")),
        maybe(flag("complete")),
        maybe(count("strategy")),
    ]
}

fn thought_fields() -> Vec<Field> {
    vec![
        count("start"),
        count("step"),
        maybe(label("marker")),
        maybe(flag("genuine")),
        maybe(count("promise")),
        maybe(flag("correct")),
    ]
}

fn task_fields() -> Vec<Field> {
    vec![label("task"), label("judge"), label("state"), maybe(text("reason")), maybe(text("raw"))]
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
            offset: Some(120),
            votes: Some(3),
            agreement: Some(1.0),
            answer_equal: Some(true),
            solutions: Some(vec![Solution {
                end: 2,
                answer: Some("5".into()),
                correct: Some(true),
                complete: Some(true),
                strategy: Some(0),
            }]),
            thoughts: Some(vec![Thought {
                start: 40,
                step: 1,
                marker: Some("Wait".into()),
                genuine: Some(true),
                promise: Some(2),
                correct: Some(false),
            }]),
            reasoning_valid: Some(true),
            solution_valid: Some(false),
            verbosity: Some(4),
            difficulty: Some(3),
            tasks: vec![TaskNote {
                task: "strategies".into(),
                judge: "llm:m".into(),
                state: "failed".into(),
                reason: Some("no list".into()),
                raw: Some("well".into()),
            }],
            reason: Some("why".into()),
            raw: Some("\\boxed{2}".into()),
            calls: 1,
            prompt_tokens: Some(900),
            completion_tokens: Some(12),
            temperature: Some(0.0),
            seed: Some(-7),
        }
    }
}
