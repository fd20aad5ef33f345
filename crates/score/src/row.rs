//! One generation's score from its problem, its steps and its judgment.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use solutions::Measures;
use tables::{Confidence, EvalThink, Generation, Grade, JudgeState, Judgment, Problem, Score, Split};
use tokens::Tokenizer;

use crate::adherence::Adherence;
use crate::row_error::RowError;
use crate::selector::{Seen, Selector};
use crate::switches::Matcher;
use crate::verified::{Asking, least_step, search_cost, verified};
use crate::waste::{self, Spent, Waste};
use crate::{Compat, Price, ScoreConfig, ScoreError, evalthink, rewards, thoughts};

/// What is scored besides tables: the model that replied.
#[derive(Clone, Copy, Debug)]
pub struct ScoredModel<'a> {
    /// The tokenizer of the evaluated model (used by `compat` alone, since splits already hold the counts).
    pub tokenizer: &'a Tokenizer,
    /// What its tokens cost, if that is known.
    pub price: Option<Price>,
}

/// Scores generations one by one; cheap to share between threads.
pub struct Scorer {
    config: ScoreConfig,
    tokenizer: Tokenizer,
    price: Option<Price>,
    selectors: Vec<Box<dyn Selector>>,
    switches: Matcher,
    switches_of: BTreeMap<String, Matcher>,
    passed_over: OnceLock<String>,
}

impl Scorer {
    /// Prepares the marker lists.
    pub fn new(config: &ScoreConfig, model: ScoredModel<'_>) -> Result<Self, ScoreError> {
        let faults = config.faults("score");
        if !faults.0.is_empty() {
            return Err(ScoreError::Config(faults));
        }
        let built = |model: Option<&str>| {
            let fault =
                |why| ScoreError::Config(plugin::ConfigError::new("score.switch_markers", why).into());
            config.matcher(model).map_err(fault)
        };
        let own = config.switch_markers.models.keys();
        let switches_of =
            own.map(|model| Ok((model.clone(), built(Some(model))?))).collect::<Result<_, ScoreError>>()?;
        let (tokenizer, price) = (model.tokenizer.clone(), model.price);
        let selectors = config.selectors().map_err(ScoreError::Config)?;
        let (config, switches, passed_over) = (config.clone(), built(None)?, OnceLock::new());
        Ok(Self { selectors, switches, switches_of, config, tokenizer, price, passed_over })
    }

    /// What picks among samples.
    pub(crate) fn selectors(&self) -> &[Box<dyn Selector>] {
        &self.selectors
    }

    /// Everything that is measured on one generation alone.
    ///
    /// # Errors
    /// The rows do not describe one generation.
    pub fn score(
        &self,
        problem: &Problem,
        generation: &Generation,
        grade: &Grade,
        split: &Split,
        judgment: &Judgment,
    ) -> Result<Score, RowError> {
        check(split, judgment)?;
        let correct = grade.verdict.correct();
        let first = FirstCorrect::of(split, judgment);
        let total = if generation.hidden() { generation.hidden_tokens() } else { Some(split.tokens) };
        let switches = (!generation.hidden()).then(|| self.switches_in(generation));
        let unseen = generation.failed() || generation.hidden();
        let measures = if unseen { None } else { measures(split, judgment, correct)? };
        let reflection = first.tokens.map(|tokens| split.tokens.saturating_sub(tokens));
        let spent = Spent { thinking: total, answer: split.answer_tokens };
        let waste = Waste::of(generation, spent, correct, reflection, self.price);
        let adherence = Adherence::of(generation, split, total);
        let search = search_cost(generation);
        let asking = Asking::of(judgment, search.as_ref(), self.config.verifier_price);
        Ok(Score {
            problem_id: generation.problem_id.clone(),
            sample: generation.sample,
            model: generation.model.clone(),
            dataset: problem.dataset.clone(),
            subset: problem.subset.clone(),
            cluster: problem.cluster.clone(),
            variant: problem.variant.clone(),
            origin: problem.origin.clone(),
            correct,
            grade: grade.verdict,
            grade_how: grade.how.clone(),
            extraction_rule: grade.rule.clone(),
            extracted: grade.extracted.clone(),
            answer_class: grade.class,
            partial: grade.partial,
            grid: grade.grid.clone(),
            shape_right: grade.shape_right,
            choice: grade.choice,
            flaw: problem.flaw.clone(),
            outcome: grade.outcome.clone(),
            reasoning_source: generation.reasoning_source.clone(),
            finish: generation.finish,
            finish_word: generation.finish_word.clone(),
            judge: judgment.judge.clone(),
            judge_state: judgment.state,
            answer_kind: answer::answer_kind(&problem.gold, &problem.choices).to_owned(),
            reasoning_tokens: total,
            served_reasoning_tokens: generation.reasoning_tokens,
            empty: generation.empty(),
            answer_tokens: split.answer_tokens,
            steps: u32::try_from(split.steps.len()).unwrap_or(u32::MAX),
            located: first.step.is_some(),
            first_correct_step: first.step,
            first_correct_tokens: first.tokens,
            reflection_tokens: reflection,
            token_efficiency: first.efficiency(split.tokens),
            thought_switches: switches,
            thoughts: switches.map(|switches| if split.tokens > 0 { switches + 1 } else { 0 }),
            found_then_lost: first.step.is_some() && correct == Some(false),
            own_answer_arrival: judgment.own_step.map(|step| split.tokens_through(step)),
            converged_tokens: judgment.converged.map(|step| split.tokens_through(step)),
            converged_right_tokens: judgment.converged_right.map(|step| split.tokens_through(step)),
            solution_implied: measures.as_ref().is_some_and(|measures| measures.implied),
            first_correct_solution: measures.as_ref().and_then(|measures| measures.first_correct),
            outcome_efficiency: measures.as_ref().and_then(|measures| measures.outcome),
            process_efficiency: measures.as_ref().and_then(|measures| measures.process),
            solutions: measures.map(|measures| measures.solutions),
            first_correct_thought_tokens: thoughts::first_correct_tokens(split, judgment)?,
            wasted_tokens: waste.tokens,
            wasted_cost: waste.cost,
            wasted_seconds: waste.seconds,
            judge_confidence: judgment.confidence,
            confidences: self.confidences(&Seen {
                generation,
                thinking: total,
                verified: verified(judgment),
            }),
            least_step_score: least_step(judgment),
            verifier_prompt_tokens: asking.prompt_tokens,
            verifier_completion_tokens: asking.completion_tokens,
            verifier_cost: asking.cost,
            spent_tokens: search.and_then(|search| search.generated_tokens),
            pruned_tokens: search.and_then(|search| search.pruned_tokens),
            waiting_tokens: search.and_then(|search| search.waiting_tokens),
            reasoning_valid: judgment.reasoning_valid,
            solution_valid: judgment.solution_valid,
            verbosity: judgment.verbosity,
            difficulty: judgment.difficulty,
            strategy: generation.strategy.clone(),
            reply_tokens: total.map(|thinking| u64::from(thinking) + u64::from(split.answer_tokens)),
            estimate_tokens: generation.estimate_tokens,
            logprob_tokens: generation.logprob_tokens,
            drawn: generation.drawn,
            stopped: generation.stopped.clone(),
            drawn_first: generation.drawn_first,
            drawn_at_once: generation.drawn_at_once,
            obeyed: adherence.obeyed,
            budget: adherence.budget,
            budgeted_tokens: adherence.budgeted,
            forced_at: generation.forced_at,
            step_words: adherence.words,
            long_lines: adherence.long_lines,
            prompt_tokens: generation.prompt_tokens,
            completion_tokens: generation.completion_tokens,
            cost: match &search {
                Some(search) => waste::search_cost(search, self.price),
                None => waste::cost(generation, self.price),
            },
            seconds: generation.seconds,
            first_token_seconds: generation.first_token_seconds,
            evalthink: self.evalthink(generation, split, judgment)?,
            // What needs the other samples of the problem comes when all of them are there.
            rewards: None,
        })
    }

    fn switches_in(&self, generation: &Generation) -> u32 {
        let matcher = self.switches_of.get(&generation.model).unwrap_or(&self.switches);
        matcher.count(generation.thought())
    }

    /// What selectors think of the reply; where there is none, nothing.
    fn confidences(&self, seen: &Seen<'_>) -> Vec<Confidence> {
        if seen.generation.failed() {
            return Vec::new();
        }
        let told = |selector: &dyn Selector| {
            Some(Confidence { value: selector.value(seen)?, selector: selector.label().to_owned() })
        };
        if let Some(column) = self.selectors.iter().find_map(|selector| selector.passed_over(seen)) {
            self.passed_over.get_or_init(|| column.to_owned());
        }
        self.selectors.iter().filter_map(|selector| told(selector.as_ref())).collect()
    }

    /// A recorded column that some reply has a number in and that another source came before.
    pub(crate) fn passed_over(&self) -> Option<&str> {
        self.passed_over.get().map(String::as_str)
    }

    /// Adds to all samples of a problem what needs the others: rewards.
    pub fn complete(&self, samples: &mut [Score]) {
        rewards::reward(samples, &self.config.rewards);
    }

    /// A generation that failed would never have reached the peer, and one whose thinking is hidden has nothing for it.
    fn evalthink(
        &self,
        generation: &Generation,
        split: &Split,
        judgment: &Judgment,
    ) -> Result<Option<EvalThink>, RowError> {
        if self.config.compat != Some(Compat::Evalthink) || generation.failed() || generation.hidden() {
            return Ok(None);
        }
        let thinking = generation.thought();
        let text = |step: &tables::Step| {
            let span = step.start as usize..step.end as usize;
            thinking.get(span).ok_or(RowError::Span { start: step.start, end: step.end })
        };
        let steps = split.steps.iter().map(text).collect::<Result<Vec<&str>, RowError>>()?;
        let judged = evalthink::reported(judgment);
        // The peer cuts a reply at its closing tag and leaves the opening one in the thinking.
        let opened = matches!(generation.reasoning_source.as_str(), "tags" | Generation::UNCLOSED);
        Ok(Some(if opened {
            let begin = split.steps.first().map_or(0, |step| step.start as usize);
            let first = steps.first().map(|first| format!("{OPENING_TAG}{}{first}", &thinking[..begin]));
            let steps: Vec<&str> =
                first.as_deref().into_iter().chain(steps.iter().skip(1).copied()).collect();
            evalthink::figures(&self.tokenizer, &format!("{OPENING_TAG}{thinking}"), &steps, judged)
        } else {
            evalthink::figures(&self.tokenizer, thinking, &steps, judged)
        }))
    }
}

/// What is measured on the solutions, if anybody looked for them.
fn measures(split: &Split, judgment: &Judgment, correct: Option<bool>) -> Result<Option<Measures>, RowError> {
    let found = judgment.solutions.as_deref().map(|found| solutions::rounds(found, split)).transpose()?;
    Ok(solutions::measure(found.as_deref(), correct, split.tokens))
}

/// The only tag that the peer knows.
const OPENING_TAG: &str = "<think>";

fn check(split: &Split, judgment: &Judgment) -> Result<(), RowError> {
    if judgment.state == JudgeState::Found && judgment.step.is_none() {
        return Err(RowError::NoStep);
    }
    let converged = [("converged", judgment.converged), ("converged_right", judgment.converged_right)];
    let first =
        [("step", judgment.step), ("own_step", judgment.own_step), ("first_error", judgment.first_error)];
    for (column, step) in first.into_iter().chain(converged) {
        if let Some(step) = step.filter(|step| *step as usize >= split.steps.len()) {
            return Err(RowError::Step { column, step });
        }
    }
    let steps = split.tokens_through(u32::MAX - 1);
    if steps > split.tokens {
        return Err(RowError::Tokens { steps, total: split.tokens });
    }
    Ok(())
}

/// When the thinking first held the right answer.
struct FirstCorrect {
    /// k, if there is one.
    step: Option<u32>,
    /// T̂; none when there is no verdict.
    tokens: Option<u32>,
}

impl FirstCorrect {
    fn of(split: &Split, judgment: &Judgment) -> Self {
        match judgment.state {
            JudgeState::Found => {
                Self { step: judgment.step, tokens: judgment.step.map(|k| split.tokens_through(k)) }
            }
            JudgeState::Absent => Self { step: None, tokens: Some(split.tokens) },
            JudgeState::Failed | JudgeState::Skipped => Self { step: None, tokens: None },
        }
    }

    fn efficiency(&self, total: u32) -> Option<f64> {
        let tokens = self.tokens.filter(|_| total > 0)?;
        Some(f64::from(tokens) / f64::from(total))
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
