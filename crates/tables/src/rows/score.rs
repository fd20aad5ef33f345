//! The measures of one generation.

use super::generation::withholds;
use super::{ChoiceFacts, Finish, GridFacts, JudgeState, Verdict};
use crate::row;

row! {
    /// The figures that EvalScope's EvalThink would give one sample (`compat = "evalthink"`).
    pub struct EvalThink {
        /// Tokens of the thinking text.
        reasoning_tokens: u32,
        /// Tokens of the steps before the judged one, re-joined with blank lines.
        first_correct_tokens: u32,
        /// The difference of the two; negative when re-joining added tokens.
        reflection_tokens: f64,
        /// Their quotient.
        token_efficiency: f64,
        /// Occurrences of its seven phrases.
        thought_num: u32,
        /// 1 when `first_correct_tokens` is above 0.
        accuracy: f64,
    }
}

row! {
    /// A round of solution with what figures need of it.
    #[derive(Eq)]
    pub struct SolutionScore {
        /// Tokens of its steps: those since the end of the round before it.
        tokens: u32,
        /// It arrives at the right answer; null when that could not be decided, or nobody compared.
        correct: Option<bool>,
        /// The strategy that it follows, numbered from 0; null when nobody looked.
        strategy: Option<u32>,
    }
}

row! {
    /// What a selector thinks of a reply.
    pub struct Confidence {
        /// Its name, such as `stated`.
        selector: String,
        /// The higher the better.
        value: f64,
    }
}

row! {
    /// What rules that reward short answers would give a reply among the samples of its problem.
    #[derive(Copy)]
    pub struct Rewards {
        /// How much shorter than the mean of the problem's samples, as a share of it.
        relative: f64,
        /// The length reward of Kimi k1.5.
        kimi: f64,
        /// The length-harmonizing reward of O1-Pruner.
        o1_pruner: f64,
        /// LCPO-Exact, for models that are asked for a length.
        lcpo_exact: f64,
        /// LCPO-Max, for models that are given a bound.
        lcpo_max: f64,
    }
}

row! {
    /// A score: everything that is measured on one generation, and all that metrics are made from.
    pub struct Score is "score", version 11 since 6 {
        /// The problem that was asked.
        problem_id: String as label,
        /// The reply's index among the samples of that problem.
        sample: u32,
        /// The model's name in the pipeline.
        model: String as label,
        /// The collection that the problem belongs to.
        dataset: String as label,
        /// The problem's group, such as `Level 3`.
        subset: String as label,
        /// σ: the final answer equals the gold. Null: could not be decided, no gold, or no reply; `grade` says which.
        correct: Option<bool>,
        /// Whether the reply is right, by the grader.
        grade: Verdict,
        /// How the comparison was decided, or why it was not.
        grade_how: Option<String> as label,
        /// The final answer as extracted.
        extracted: Option<String> as label,
        /// The extraction rule that fired.
        extraction_rule: Option<String> as label,
        /// Equal answers among the samples of the problem share a number; null where there is no answer.
        answer_class: Option<u32>,
        /// How much of the answer is right, from 0 to 1, where that has a sense.
        partial: Option<f64>,
        /// What is known of the right grid, where grids are asked for.
        grid: Option<GridFacts>,
        /// The grid that is answered has the shape of the right one; null where there is none.
        shape_right: Option<bool>,
        /// Which option is chosen, where there are options.
        choice: Option<ChoiceFacts>,
        /// Why the problem is known to be graded unfairly; null where nobody knows of anything.
        flaw: Option<String> as label,
        /// What became of a program: `pass`, or its first failure; null where none was run.
        outcome: Option<String> as label,
        /// Where the thinking was found, see [`Generation`](super::Generation).
        reasoning_source: String as label,
        /// Why the reply ended.
        finish: Finish,
        /// The source's word for that, where it is none that we know; `finish` is `unknown` then.
        finish_word: Option<String> as label,
        /// Who judged, such as `rule`.
        judge: String as label,
        /// How the judgment ended.
        judge_state: JudgeState,
        /// What kind of answer is asked for: `integer`, `formula` (any other value, and words) or `choice`; empty where none
        /// is known.
        answer_kind: String as label,
        /// T; where the thinking is hidden the server's count, null if it gave none.
        reasoning_tokens: Option<u32>,
        /// Tokens of the thinking, as the provider counted.
        served_reasoning_tokens: Option<u64>,
        /// A reply came, and neither thinking nor answer can be read in it.
        empty: bool,
        /// Tokens of what follows the thinking.
        answer_tokens: u32,
        /// Number of steps.
        steps: u32,
        /// A step asserts the gold answer.
        located: bool,
        /// Its index.
        first_correct_step: Option<u32>,
        /// T̂: tokens through the end of that step; T when the judge found none; null when it gave no verdict.
        first_correct_tokens: Option<u32>,
        /// T − T̂.
        reflection_tokens: Option<u32>,
        /// T̂ / T; null when T = 0.
        token_efficiency: Option<f64>,
        /// Occurrences of the switch markers; null where the thinking is hidden.
        thought_switches: Option<u32>,
        /// `thought_switches` + 1 when T > 0; null where the thinking is hidden.
        thoughts: Option<u32>,
        /// The right answer was found in the thinking and is not the final one.
        found_then_lost: bool,
        /// Tokens through the first step that asserts the model's own final answer.
        own_answer_arrival: Option<u32>,
        /// Tokens through the first step from which the answer, demanded behind each, stays the final one; null when nobody did.
        converged_tokens: Option<u32>,
        /// Tokens through the first step from which it stays right; null also where the final answer is not.
        converged_right_tokens: Option<u32>,
        /// Rounds of solution in order; null when nobody looked for them. A reply in whose thinking there is none is one
        /// solution as a whole.
        solutions: Option<Vec<SolutionScore>>,
        /// No round of solution was found in the thinking, so the reply itself is the only one.
        solution_implied: bool,
        /// Index of the first solution that is right.
        first_correct_solution: Option<u32>,
        /// ξ_O of this reply: tokens through its first right solution over T; 0 when the final answer is wrong; null when
        /// that is unknown or nobody looked for solutions.
        outcome_efficiency: Option<f64>,
        /// ξ_P of this reply: tokens of the solutions that open a new strategy over T; null when a strategy is unknown.
        process_efficiency: Option<f64>,
        /// Tokens through the end of the first thought that reaches the right answer; T when none does; null when nobody
        /// looked.
        first_correct_thought_tokens: Option<u32>,
        /// Tokens without use: those after the answer was there when the final answer is right, all of T when it is wrong.
        wasted_tokens: Option<u32>,
        /// What they cost at the model's price for replies.
        wasted_cost: Option<f64>,
        /// How long they took at the reply's own speed.
        wasted_seconds: Option<f64>,
        /// The judge's confidence.
        judge_confidence: Option<f64>,
        /// What selectors think of the reply, who do not know the right answer; one that has no value of it is not there.
        confidences: Vec<Confidence>,
        /// The least that a verifier thinks of a step; null where none looked at steps.
        least_step_score: Option<f64>,
        /// Tokens that a verifier read to look at the reply, as its provider counted; null where none did.
        verifier_prompt_tokens: Option<u64>,
        /// Tokens that it wrote.
        verifier_completion_tokens: Option<u64>,
        /// What that cost at the verifier's price; null where that, or a count, is unknown.
        verifier_cost: Option<f64>,
        /// Tokens that a search generated for all replies of the problem together, those of paths that were given up too; null
        /// where the reply is no path of a search.
        spent_tokens: Option<u64>,
        /// Those of them that are in no path that was returned.
        pruned_tokens: Option<u64>,
        /// The tokens of a search that one waits for: the longest step of each round.
        waiting_tokens: Option<u64>,
        /// The reasoning is valid, whatever the answer.
        reasoning_valid: Option<bool>,
        /// The final solution is valid, whatever the reasoning.
        solution_valid: Option<bool>,
        /// Reasoning verbosity, 0 to 9.
        verbosity: Option<u32>,
        /// Cognitive difficulty, 0 to 9.
        difficulty: Option<u32>,
        /// What length rewards would give the reply; null when it is unknown whether it is right.
        rewards: Option<Rewards>,
        /// The manner of asking, with the keys that make it: `chain_of_draft words=5`.
        strategy: Option<String> as label,
        /// T + answer: tokens of the whole reply; null where the thinking is hidden and nobody counted.
        reply_tokens: Option<u64>,
        /// Tokens of replies to questions that were asked before this one, as the provider counted.
        estimate_tokens: Option<u64>,
        /// Tokens whose chance the server told.
        logprob_tokens: Option<u64>,
        /// Samples of the problem that were drawn before a rule had enough; null where their number was fixed.
        drawn: Option<u32>,
        /// What ended that: the rule, such as `beta95`, or `most`; null where it was not decided.
        stopped: Option<String> as label,
        /// Samples that were drawn before the rule's first look: whatever they say, they are there.
        drawn_first: Option<u32>,
        /// Samples that were drawn at once.
        drawn_at_once: Option<u32>,
        /// The strategy was obeyed: 0 or 1, or the share of lines that did; null where it asks nothing that can be checked.
        obeyed: Option<f64>,
        /// The tokens that the strategy allows.
        budget: Option<u64>,
        /// The tokens that count against the budget.
        budgeted_tokens: Option<u64>,
        /// The budget at which the thinking is ended and the answer demanded; null where no strategy does so.
        forced_at: Option<u64>,
        /// Mean words of a line of notes; null where the strategy asks for none.
        step_words: Option<f64>,
        /// Share of lines of notes that are longer than asked.
        long_lines: Option<f64>,
        /// Tokens of the prompt, as the provider counted.
        prompt_tokens: Option<u64>,
        /// Tokens of the whole reply, as the provider counted.
        completion_tokens: Option<u64>,
        /// What the reply cost, prompt included, at the model's price; null when the price or the provider's counts are
        /// unknown.
        cost: Option<f64>,
        /// Seconds from the request to the reply's end.
        seconds: Option<f64>,
        /// Seconds from the request to the first token.
        first_token_seconds: Option<f64>,
        /// The problem's cluster, see [`Problem`](super::Problem): the unit of intervals where it is there.
        cluster: Option<String> as label,
        /// What was changed in the problem; null where there are no variants.
        variant: Option<String> as label,
        /// The id of the original, where the problem is a variant.
        origin: Option<String> as label,
        /// The peer's figures for the same sample, in compatibility mode.
        evalthink: Option<EvalThink>,
    }
}

impl Score {
    /// What a selector thinks of the reply, if it has a value of it.
    pub fn confidence(&self, selector: &str) -> Option<f64> {
        self.confidences.iter().find(|known| known.selector == selector).map(|known| known.value)
    }

    /// The server tells the chances of some tokens and not of others: those of the thinking are missing.
    pub fn withholds_logprobs(&self) -> bool {
        withholds(self.logprob_tokens, self.completion_tokens)
    }

    /// It was drawn because of what the samples before it said, so a mean over it and them would speak of hard problems most.
    pub fn drawn_later(&self) -> bool {
        self.drawn_first.is_some_and(|first| self.sample >= first)
    }
}
