//! Walking the tables of one model together, a chunk of samples at a time, while the next ones are being read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;
use solutions::{Round, RoundError, rounds};
use tables::{Generation, Problem, ProblemCursor, Rollout, Split, Verdict};

use crate::correct::correct;
use crate::prefetch::Prefetch;
use crate::projections::{GenerationText, Graded, JudgedSteps, Owned};
use crate::{CurateError, Source};

/// A chunk ends at this many samples…
const CHUNK_ROWS: usize = 1024;
/// …or at about this many bytes of text.
const CHUNK_BYTES: usize = 8 << 20;

/// Why a sample is no example of right thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unfit {
    /// There is no reply.
    FailedCall,
    /// The token limit cut it.
    Truncated,
    /// Its thinking never ended.
    Unclosed,
    /// Its thinking is hidden.
    HiddenThinking,
    /// Nobody wrote down what was asked.
    NoQuestion,
    /// Its answer is wrong.
    Wrong,
    /// Nobody can tell whether its answer is right.
    Undecided,
    /// Its text holds a think tag, so thinking and answer could not be told apart again.
    HoldsThinkTag,
}

impl Unfit {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::FailedCall => "failed_call",
            Self::Truncated => "truncated",
            Self::Unclosed => "unclosed",
            Self::HiddenThinking => "hidden_thinking",
            Self::NoQuestion => "no_question",
            Self::Wrong => "wrong",
            Self::Undecided => "undecided",
            Self::HoldsThinkTag => "holds_think_tag",
        }
    }
}

/// What is wrong with a generation before anybody asks for its answer.
pub(crate) fn unusable(finish: tables::Finish, reasoning_source: &str) -> Option<Unfit> {
    match finish {
        tables::Finish::Error => Some(Unfit::FailedCall),
        tables::Finish::Length => Some(Unfit::Truncated),
        _ if reasoning_source == Generation::HIDDEN => Some(Unfit::HiddenThinking),
        _ => (reasoning_source == Generation::UNCLOSED).then_some(Unfit::Unclosed),
    }
}

/// One sample with everything that is known about it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) problem: Arc<Problem>,
    pub(crate) generation: Generation,
    pub(crate) split: Split,
    /// Null when no judge looked for rounds of solution.
    pub(crate) rounds: Option<Vec<Round>>,
    /// Null when nobody drew completions.
    pub(crate) rollouts: Option<Vec<Rollout>>,
    /// By these, the first wrong step.
    pub(crate) first_error: Option<u32>,
    /// Null when no verifier scored steps.
    pub(crate) step_scores: Option<Vec<Option<f64>>>,
    /// The final answer is right.
    pub(crate) correct: Option<bool>,
}

impl Sample {
    /// Why it is no example of right thinking; null if it is one.
    pub(crate) fn fault(&self) -> Option<Unfit> {
        let unusable = unusable(self.generation.finish, &self.generation.reasoning_source);
        let unasked = self.problem.problem.trim().is_empty().then_some(Unfit::NoQuestion);
        unusable.or(unasked).or(match self.correct {
            Some(true) => None,
            Some(false) => Some(Unfit::Wrong),
            None => Some(Unfit::Undecided),
        })
    }

    /// One past the last byte of a step, in what was thought.
    pub(crate) fn end_of(&self, step: u32) -> Option<usize> {
        Some(self.split.steps.get(step as usize)?.end as usize)
    }
}

/// Samples as they are read.
struct Raw {
    row: u64,
    problem: Arc<Problem>,
    generation: Generation,
    split: Split,
    judged: JudgedSteps,
    graded: Option<Verdict>,
}

/// The tables of one model, read in step.
pub(crate) struct Walk<'a> {
    source: &'a Source,
    problems: ProblemCursor,
    generations: Prefetch<GenerationText>,
    splits: Prefetch<Split>,
    judgments: Prefetch<JudgedSteps>,
    grades: Option<Prefetch<Graded>>,
}

impl<'a> Walk<'a> {
    pub(crate) fn open(source: &'a Source) -> Result<Self, CurateError> {
        Ok(Self {
            source,
            problems: ProblemCursor::open(&source.problems)?,
            splits: Prefetch::open(source.need_splits()?)?,
            judgments: Prefetch::open(source.need_judgments()?)?,
            grades: source.grades.as_deref().map(Prefetch::open).transpose()?,
            generations: Prefetch::open(&source.generations)?,
        })
    }

    /// Samples in all.
    pub(crate) fn len(&self) -> u64 {
        self.generations.len()
    }

    /// The next samples in order; none at the end.
    pub(crate) fn chunk(&mut self) -> Result<Vec<Sample>, CurateError> {
        let (mut raw, mut bytes) = (Vec::new(), 0);
        while raw.len() < CHUNK_ROWS && bytes < CHUNK_BYTES {
            let Some(next) = self.next()? else { break };
            bytes += next.generation.reasoning.len() + next.generation.answer_text.len();
            raw.push(next);
        }
        let judgments = self.judgments.path();
        raw.into_par_iter().map(|raw| sample(raw, judgments)).collect()
    }

    fn next(&mut self) -> Result<Option<Raw>, CurateError> {
        let Some(text) = self.generations.next().transpose()? else { return Ok(None) };
        let generation = Generation::from(text);
        let leader = &self.source.generations;
        let owner = generation.owner();
        let split = self.splits.next_for(owner, leader)?;
        let judged = self.judgments.next_for(owner, leader)?;
        let graded = self.grades.as_mut().map(|grades| grades.next_for(owner, leader)).transpose()?;
        let order = generation.permutation.as_deref();
        let problem = self.problems.asked(&generation.problem_id, order, leader)?;
        Ok(Some(Raw {
            row: self.generations.row(),
            problem,
            split,
            judged,
            graded: graded.map(|grade| grade.verdict),
            generation,
        }))
    }

    /// Checks that all tables end together.
    pub(crate) fn finish(self) -> Result<(), CurateError> {
        let leader = &self.source.generations;
        self.splits.finish(leader)?;
        self.judgments.finish(leader)?;
        self.grades.map_or(Ok(()), |grades| grades.finish(leader))?;
        Ok(())
    }
}

fn sample(raw: Raw, judgments: &Path) -> Result<Sample, CurateError> {
    let Raw { row, problem, generation, split, judged, graded } = raw;
    let misfit = |reason| CurateError::Misfit {
        path: judgments.to_owned(),
        row,
        problem_id: generation.problem_id.clone(),
        sample: generation.sample,
        reason,
    };
    let found = judged.solutions.as_deref().map(|solutions| rounds(solutions, &split)).transpose();
    let found = found.map_err(|wrong: RoundError| misfit(wrong.to_string()))?;
    if let Some(step) =
        split.steps.iter().find(|step| generation.thought().get(..step.end as usize).is_none())
    {
        return Err(misfit(format!("a step ends at byte {}, which is no place in its text", step.end)));
    }
    let correct = match (unusable(generation.finish, &generation.reasoning_source), graded) {
        (Some(_), _) => None,
        (None, Some(verdict)) => verdict.correct(),
        (None, None) => correct(&problem, &generation),
    };
    let JudgedSteps { rollouts, first_error, step_scores, .. } = judged;
    Ok(Sample { problem, generation, split, rounds: found, rollouts, first_error, step_scores, correct })
}

/// What came in, what was of use, and why the rest was not. Everything that came in is in one of the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Came in.
    pub taken: u64,
    /// Was of use.
    pub kept: u64,
    /// Was not, by reason.
    pub left_out: BTreeMap<String, u64>,
}

impl Ledger {
    pub(crate) fn keep(&mut self) {
        self.taken += 1;
        self.kept += 1;
    }

    pub(crate) fn leave(&mut self, reason: &str) {
        self.leave_many(reason, 1);
    }

    pub(crate) fn leave_many(&mut self, reason: &str, count: u64) {
        self.taken += count;
        if count > 0 {
            *self.left_out.entry(reason.to_owned()).or_default() += count;
        }
    }
}
