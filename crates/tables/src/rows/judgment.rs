//! What a judge found in one generation's steps.

use serde::{Deserialize, Serialize};

use crate::{Column, Field, label, row};

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

impl Column for JudgeState {
    fn column(name: &str) -> Field {
        label::<String>(name)
    }
}

row! {
    /// A round of solution: the stretch of the thinking that ends with an explicit answer. It starts where the round before
    /// it ended; what stands behind the last one belongs to no round.
    #[derive(Eq)]
    pub struct Solution {
        /// The step at which it ends.
        end: u32,
        /// The answer that it arrives at, as written.
        answer: Option<String> as label,
        /// That answer equals the gold; null when it could not be decided, or nobody compared.
        correct: Option<bool>,
        /// It derives its answer; false for a mere tail that repeats a conclusion. Null when nobody looked.
        complete: Option<bool>,
        /// The strategy that it follows, numbered from 0 in the order of their first use; null when nobody looked.
        strategy: Option<u32>,
    }
}

impl Solution {
    /// A round of which nothing is known but where it ends.
    pub fn ending_at(end: u32) -> Self {
        Self { end, ..Self::default() }
    }
}

row! {
    /// A thought: the stretch of the thinking from one change of approach to the next.
    #[derive(Eq)]
    pub struct Thought {
        /// First byte in [`Generation::thought`](super::Generation::thought); the thought ends where the next one starts.
        start: u32,
        /// The step in which it starts.
        step: u32,
        /// The marker that opens it, as written; null for the first one.
        marker: Option<String> as label,
        /// The marker is a genuine change of thought, not a mere word; null when nobody looked.
        genuine: Option<bool>,
        /// How promising the thought is: 0 leads nowhere, 1 may lead to the answer, 2 leads to it. Null when nobody looked.
        promise: Option<u32>,
        /// The thought reaches the right answer.
        correct: Option<bool>,
    }
}

row! {
    /// What came of replies that a model ended itself, from the end of a step of a reply on.
    #[derive(Eq)]
    pub struct Rollout {
        /// The step; the reply was kept through its end.
        step: u32,
        /// Completions that were asked for.
        asked: u32,
        /// Those that end in the right answer.
        right: u32,
        /// Those whose answer could be told neither right nor wrong.
        undecided: u32,
        /// Those that the token limit cut, which are not right.
        cut: u32,
        /// Those that began the reply anew.
        restarted: u32,
        /// No more were asked for because one was right: `right` of `asked` is no estimate then.
        early: bool,
        /// Their tokens; null where a server did not count.
        tokens: Option<u64>,
    }
}

impl Rollout {
    /// Completions whose answer could be told right or wrong.
    pub fn decided(&self) -> u32 {
        self.asked.saturating_sub(self.undecided)
    }

    /// The soft label: the share of the right ones among the decided; null without any, and where that is no estimate.
    pub fn value(&self) -> Option<f64> {
        let decided = Some(self.decided()).filter(|decided| *decided > 0 && !self.early)?;
        Some(f64::from(self.right) / f64::from(decided))
    }

    /// The hard label: some completion is right; null where none could be decided.
    pub fn reached(&self) -> Option<bool> {
        (self.decided() > 0).then_some(self.right > 0)
    }
}

row! {
    /// The answer that a model gives when its thinking is ended behind a step.
    #[derive(Eq)]
    pub struct ForcedAnswer {
        /// The step behind which it was ended.
        step: u32,
        /// The answer; null where it gave none.
        answer: Option<String> as label,
        /// It is the final answer of the reply; null where that could not be decided.
        own: Option<bool>,
        /// It is a right one; null where that could not be decided, or none is known.
        right: Option<bool>,
    }
}

row! {
    /// How one of the further tasks of a judge ended.
    #[derive(Eq)]
    pub struct TaskNote {
        /// The task, such as `strategies`.
        task: String as label,
        /// Who worked on it, such as `rule` or `llm:qwen3-32b`.
        judge: String as label,
        /// `done`, `failed` or `skipped`. The task's columns are null unless it is `done`.
        state: String as label,
        /// Why it failed or was skipped.
        reason: Option<String>,
        /// The judge's own words.
        raw: Option<String>,
        /// Model calls that it took; null where it asks nobody.
        calls: Option<u32>,
        /// Their prompt tokens; unknown is not 0.
        prompt_tokens: Option<u64>,
        /// Their completion tokens.
        completion_tokens: Option<u64>,
    }
}

row! {
    /// A judgment: which step first asserts the right answer as the value of what is asked.
    pub struct Judgment is "judgment", version 4 since 3 {
        /// The problem that was asked.
        problem_id: String as label,
        /// The reply's index among the samples of that problem.
        sample: u32,
        /// Who judged, such as `rule` or `llm:qwen3-32b`.
        judge: String as label,
        /// How it ended.
        state: JudgeState,
        /// 0-based index into the split's steps when `state` is `found`.
        step: Option<u32>,
        /// Earliest step that could be defended: the first mention.
        band_first: Option<u32>,
        /// Latest step that could be defended: the first explicit answer.
        band_last: Option<u32>,
        /// The chosen step's score under the rule judge.
        score: Option<f64>,
        /// 0 to 1: how sure the judge is of `step`.
        confidence: Option<f64>,
        /// A later step asserts another answer.
        later_changed: Option<bool>,
        /// The first step that asserts the model's *own* final answer.
        own_step: Option<u32>,
        /// One past the last byte of the chosen step, in the thinking.
        offset: Option<u32>,
        /// Verdicts that were asked for, of one judge several times or of several judges; null when it was one.
        votes: Option<u32>,
        /// The share of those votes that agree with the verdict, 0 to 1.
        agreement: Option<f64>,
        /// Rounds of solution in order; null when nobody looked.
        solutions: Option<Vec<Solution>>,
        /// Thoughts in order; null when nobody looked.
        thoughts: Option<Vec<Thought>>,
        /// The reasoning is valid, whatever the answer.
        reasoning_valid: Option<bool>,
        /// The final solution is valid, whatever the reasoning.
        solution_valid: Option<bool>,
        /// Reasoning verbosity, 0 to 9.
        verbosity: Option<u32>,
        /// Cognitive difficulty, 0 to 9.
        difficulty: Option<u32>,
        /// What a verifier, who does not know the right answer, thinks of the reply: the higher the better. Null where none was
        /// asked, or it gave no score.
        verifier: Option<f64>,
        /// The share of its chances that is neither yes nor no; null where it does not answer in these words.
        verifier_unread: Option<f64>,
        /// What it thinks of each step, null where it gave no score; null where it looks at whole replies.
        step_scores: Option<Vec<Option<f64>>>,
        /// Completions from the ends of steps, in their order; null when nobody drew any.
        rollouts: Option<Vec<Rollout>>,
        /// By these the first step from which no completion came to the right answer; null where there is none.
        first_error: Option<u32>,
        /// Answers that were demanded behind steps, in their order; null when nobody did.
        forced: Option<Vec<ForcedAnswer>>,
        /// The first step from which the demanded answer stays the final one of the reply.
        converged: Option<u32>,
        /// The first step from which it stays right.
        converged_right: Option<u32>,
        /// How each further task ended.
        tasks: Vec<TaskNote>,
        /// Why there is no verdict.
        reason: Option<String>,
        /// The judge's own words.
        raw: Option<String>,
        /// Model calls that this judgment took.
        calls: u32,
        /// Their prompt tokens; unknown is not 0.
        prompt_tokens: Option<u64>,
        /// Their completion tokens.
        completion_tokens: Option<u64>,
        /// The temperature at which the judge was asked.
        temperature: Option<f64>,
        /// The seed with which the judge was asked.
        seed: Option<i64>,
    }
}

impl Judgment {
    /// Steps from which a completion came right behind one from which none did: an error that was mended, or chance. Null when
    /// nobody drew any.
    pub fn surprises(&self) -> Option<u32> {
        let mut behind =
            self.rollouts.as_ref()?.iter().skip_while(|rollout| rollout.reached() != Some(false));
        behind.next();
        Some(behind.filter(|rollout| rollout.right > 0).count() as u32)
    }
}
