//! The measures of one generation.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::{Finish, JudgeState, Row};
use crate::fields::{count, flag, label, list, maybe, real, record, total};

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

/// A round of solution with what figures need of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolutionScore {
    /// Tokens of its steps: those since the end of the round before it.
    pub tokens: u32,
    /// It arrives at the right answer; null when that could not be decided, or nobody compared.
    pub correct: Option<bool>,
    /// The strategy that it follows, numbered from 0; null when nobody looked.
    pub strategy: Option<u32>,
}

/// What rules that reward short answers would give a reply among the samples of its problem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rewards {
    /// How much shorter than the mean of the problem's samples, as a share of it.
    pub relative: f64,
    /// The length reward of Kimi k1.5.
    pub kimi: f64,
    /// The length-harmonizing reward of O1-Pruner.
    pub o1_pruner: f64,
    /// LCPO-Exact, for models that are asked for a length.
    pub lcpo_exact: f64,
    /// LCPO-Max, for models that are given a bound.
    pub lcpo_max: f64,
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
    /// Equal answers among the samples of the problem share a number; null where there is no answer.
    pub answer_class: Option<u32>,
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
    /// Rounds of solution in order; null when nobody looked for them. A reply in whose thinking there is none is one
    /// solution as a whole.
    pub solutions: Option<Vec<SolutionScore>>,
    /// No round of solution was found in the thinking, so the reply itself is the only one.
    pub solution_implied: bool,
    /// Index of the first solution that is right.
    pub first_correct_solution: Option<u32>,
    /// ξ_O of this reply: tokens through its first right solution over T; 0 when the final answer is wrong; null when
    /// that is unknown or nobody looked for solutions.
    pub outcome_efficiency: Option<f64>,
    /// ξ_P of this reply: tokens of the solutions that open a new strategy over T; null when a strategy is unknown.
    pub process_efficiency: Option<f64>,
    /// Tokens through the end of the first thought that reaches the right answer; T when none does; null when nobody
    /// looked.
    pub first_correct_thought_tokens: Option<u32>,
    /// Tokens without use: those after the answer was there when the final answer is right, all of T when it is wrong.
    pub wasted_tokens: Option<u32>,
    /// What they cost at the model's price for replies.
    pub wasted_cost: Option<f64>,
    /// How long they took at the reply's own speed.
    pub wasted_seconds: Option<f64>,
    /// The judge's confidence.
    pub judge_confidence: Option<f64>,
    /// A verifier's score of the reply, from the recorded column that the configuration names.
    pub verifier: Option<f64>,
    /// The reasoning is valid, whatever the answer.
    pub reasoning_valid: Option<bool>,
    /// The final solution is valid, whatever the reasoning.
    pub solution_valid: Option<bool>,
    /// Reasoning verbosity, 0 to 9.
    pub verbosity: Option<u32>,
    /// Cognitive difficulty, 0 to 9.
    pub difficulty: Option<u32>,
    /// What length rewards would give the reply; null when it is unknown whether it is right.
    pub rewards: Option<Rewards>,
    /// Tokens of the prompt, as the provider counted.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the whole reply, as the provider counted.
    pub completion_tokens: Option<u64>,
    /// What the reply cost, prompt included, at the model's price; null when the price or the provider's counts are
    /// unknown.
    pub cost: Option<f64>,
    /// Seconds from the request to the reply's end.
    pub seconds: Option<f64>,
    /// Seconds from the request to the first token.
    pub first_token_seconds: Option<f64>,
    /// The peer's figures for the same sample, in compatibility mode.
    pub evalthink: Option<EvalThink>,
}

impl Row for Score {
    const NAME: &'static str = "score";
    const VERSION: u32 = 2;

    fn fields() -> Vec<Field> {
        vec![
            label("problem_id"),
            count("sample"),
            label("model"),
            label("dataset"),
            label("subset"),
            maybe(flag("correct")),
            label("grade"),
            maybe(label("grade_how")),
            maybe(label("extracted")),
            maybe(label("extraction_rule")),
            maybe(count("answer_class")),
            label("reasoning_source"),
            label("finish"),
            label("judge_state"),
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
            maybe(list("solutions", record("item", solution_fields()))),
            flag("solution_implied"),
            maybe(count("first_correct_solution")),
            maybe(real("outcome_efficiency")),
            maybe(real("process_efficiency")),
            maybe(count("first_correct_thought_tokens")),
            maybe(count("wasted_tokens")),
            maybe(real("wasted_cost")),
            maybe(real("wasted_seconds")),
            maybe(real("judge_confidence")),
            maybe(real("verifier")),
            maybe(flag("reasoning_valid")),
            maybe(flag("solution_valid")),
            maybe(count("verbosity")),
            maybe(count("difficulty")),
            maybe(record("rewards", reward_fields())),
            maybe(total("prompt_tokens")),
            maybe(total("completion_tokens")),
            maybe(real("cost")),
            maybe(real("seconds")),
            maybe(real("first_token_seconds")),
            maybe(record("evalthink", evalthink_fields())),
        ]
    }
}

fn solution_fields() -> Vec<Field> {
    vec![count("tokens"), maybe(flag("correct")), maybe(count("strategy"))]
}

fn reward_fields() -> Vec<Field> {
    ["relative", "kimi", "o1_pruner", "lcpo_exact", "lcpo_max"].map(real).to_vec()
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
            answer_class: Some(1),
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
            solutions: Some(vec![
                SolutionScore { tokens: 4, correct: Some(true), strategy: Some(0) },
                SolutionScore { tokens: 5, correct: None, strategy: None },
            ]),
            solution_implied: true,
            first_correct_solution: Some(0),
            outcome_efficiency: Some(0.4),
            process_efficiency: Some(0.9),
            first_correct_thought_tokens: Some(4),
            wasted_tokens: Some(6),
            wasted_cost: Some(0.0001),
            wasted_seconds: Some(1.2),
            judge_confidence: Some(0.9),
            verifier: Some(-1.5),
            reasoning_valid: Some(true),
            solution_valid: Some(false),
            verbosity: Some(4),
            difficulty: Some(2),
            rewards: Some(Rewards {
                relative: 0.1,
                kimi: 0.5,
                o1_pruner: 0.2,
                lcpo_exact: 0.9,
                lcpo_max: 0.6,
            }),
            prompt_tokens: Some(20),
            completion_tokens: Some(13),
            cost: Some(0.002),
            seconds: Some(2.5),
            first_token_seconds: Some(0.5),
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
