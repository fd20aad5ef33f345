//! The chains of all sources as a small index: some bytes each, texts as hashes.

use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize;
use stage::{Interrupted, Observer, Tick};
use tables::{Finish, Generation, Problem, ProblemCursor, TableError};

use super::Verify;
use super::histogram::in_range;
use super::problems::Problems;
use crate::correct::correct;
use crate::prefetch::Prefetch;
use crate::projections::{Graded, Length, Owned, ProblemName, Ratings, ReplyHashes, TextHash};
use crate::walk::unusable;
use crate::words::mixed;
use crate::{CurateError, Source};

/// Why a chain is not among those that are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// It is.
    Verified,
    /// There is no reply.
    FailedCall,
    /// The token limit cut it.
    Truncated,
    /// Its thinking never ended.
    Unclosed,
    /// Its thinking is hidden.
    HiddenThinking,
    /// It holds no text.
    Empty,
    /// The rule says that it is not valid.
    NotValid,
    /// The rule could not be applied: nobody judged it.
    NotJudged,
    /// A rating is not between 0 and 9.
    RatingOutOfRange,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::FailedCall => "failed_call",
            Self::Truncated => "truncated",
            Self::Unclosed => "unclosed",
            Self::HiddenThinking => "hidden_thinking",
            Self::Empty => "empty",
            Self::NotValid => "not_valid",
            Self::NotJudged => "not_judged",
            Self::RatingOutOfRange => "rating_out_of_range",
        }
    }
}

/// One chain in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChainEntry {
    /// A hash of thinking and answer.
    pub(super) text: u64,
    /// Its problem.
    pub(super) problem: u32,
    /// Tokens of the thinking; null where nobody counted.
    pub(super) tokens: Option<u32>,
    pub(super) verbosity: Option<u8>,
    pub(super) difficulty: Option<u8>,
    pub(super) state: State,
}

/// All chains; those of one source stand together in its order.
pub(super) struct Chains {
    pub(super) entries: Vec<ChainEntry>,
    /// One past the last chain of each source.
    pub(super) ends: Vec<usize>,
}

/// What the judgments hold at all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Survey {
    pub(super) judgments: u64,
    pub(super) validated: u64,
    pub(super) verbosity: u64,
    pub(super) difficulty: u64,
}

impl Survey {
    pub(super) fn of(sources: &[Source]) -> Result<Self, CurateError> {
        let mut survey = Self::default();
        for path in sources.iter().filter_map(|source| source.judgments.as_deref()) {
            for row in Prefetch::<Ratings>::open(path)? {
                let row = row?;
                survey.judgments += 1;
                survey.validated += u64::from(row.reasoning_valid.is_some() && row.solution_valid.is_some());
                survey.verbosity += u64::from(row.verbosity.is_some());
                survey.difficulty += u64::from(row.difficulty.is_some());
            }
        }
        Ok(survey)
    }
}

impl Chains {
    pub(super) fn read(
        sources: &[Source],
        problems: &Problems,
        verify: Verify,
        observer: &dyn Observer,
    ) -> Result<Self, CurateError> {
        let mut chains = Self { entries: Vec::new(), ends: Vec::new() };
        for source in sources {
            chains.source(source, problems, verify, observer)?;
            chains.ends.push(chains.entries.len());
        }
        Ok(chains)
    }

    fn source(
        &mut self,
        source: &Source,
        problems: &Problems,
        verify: Verify,
        observer: &dyn Observer,
    ) -> Result<(), CurateError> {
        let leader = &source.generations;
        let mut names = Names::open(source, problems)?;
        let mut lengths = source.splits.as_deref().map(Prefetch::<Length>::open).transpose()?;
        let mut ratings = source.judgments.as_deref().map(Prefetch::<Ratings>::open).transpose()?;
        let mut grades = source.grades.as_deref().map(Prefetch::<Graded>::open).transpose()?;
        let mut replies = HashedReplies::open(source, verify)?;
        let mut done = Tick::default();
        while let Some((reply, own_grade)) = replies.next()? {
            let owner = reply.owner();
            let length = lengths.as_mut().map(|rows| rows.next_for(owner, leader)).transpose()?;
            let rated = ratings.as_mut().map(|rows| rows.next_for(owner, leader)).transpose()?;
            let graded = grades.as_mut().map(|rows| rows.next_for(owner, leader)).transpose()?;
            // Without judgments nobody rated: every column is null.
            let rated = rated.unwrap_or_default();
            let correct = graded.map_or(own_grade, |row| row.verdict.correct());
            let mut entry = entry(&reply, &rated, correct, verify);
            entry.problem = names.index_of(owner.0, leader)?;
            entry.tokens = length.map(|row| row.tokens);
            self.entries.push(entry);
            done.rows += 1;
            if done.rows == 1024 {
                if observer.interrupted() {
                    return Err(Interrupted { done: self.entries.len() as u64 }.into());
                }
                observer.advance(std::mem::take(&mut done));
            }
        }
        observer.advance(done);
        lengths.map_or(Ok(()), |rows| rows.finish(leader))?;
        ratings.map_or(Ok(()), |rows| rows.finish(leader))?;
        grades.map_or(Ok(()), |rows| rows.finish(leader))?;
        Ok(())
    }
}

fn entry(reply: &ReplyHashes, rated: &Ratings, correct: Option<bool>, verify: Verify) -> ChainEntry {
    let (verbosity, difficulty) = (in_range(rated.verbosity), in_range(rated.difficulty));
    let valid =
        rated.reasoning_valid.zip(rated.solution_valid).map(|(reasoning, solution)| reasoning && solution);
    let verdict = match verify {
        Verify::Valid => valid,
        Verify::Correct => correct,
        Verify::Both => valid.zip(correct).map(|(valid, correct)| valid && correct),
    };
    let state = match (unusable(reply.finish, &reply.reasoning_source), verdict) {
        (Some(crate::walk::Unfit::Truncated), _) => State::Truncated,
        (Some(crate::walk::Unfit::Unclosed), _) => State::Unclosed,
        (Some(crate::walk::Unfit::HiddenThinking), _) => State::HiddenThinking,
        (Some(_), _) => State::FailedCall,
        _ if reply.answer_text.blank => State::Empty,
        _ if verbosity.is_err() || difficulty.is_err() => State::RatingOutOfRange,
        (None, None) => State::NotJudged,
        (None, Some(false)) => State::NotValid,
        (None, Some(true)) => State::Verified,
    };
    ChainEntry {
        text: mixed(reply.reasoning.hash ^ mixed(reply.answer_text.hash)),
        problem: 0,
        tokens: None,
        // What is out of range is no rating; the state says so.
        verbosity: verbosity.unwrap_or_default(),
        difficulty: difficulty.unwrap_or_default(),
        state,
    }
}

/// Finds the index of a problem; generations follow the order of their problems.
struct Names {
    rows: Prefetch<ProblemName>,
    path: PathBuf,
    start: u32,
    current: Option<String>,
}

impl Names {
    fn open(source: &Source, problems: &Problems) -> Result<Self, CurateError> {
        let unread = || TableError::Open {
            path: source.problems.clone(),
            source: std::io::Error::other("its problems were not read"),
        };
        let start = problems.starts.get(&source.problems).copied().ok_or_else(unread)?;
        Ok(Self {
            rows: Prefetch::open(&source.problems)?,
            path: source.problems.clone(),
            start,
            current: None,
        })
    }

    fn index_of(&mut self, problem_id: &str, leader: &std::path::Path) -> Result<u32, CurateError> {
        let from = self.rows.row().max(1);
        while self.current.as_deref() != Some(problem_id) {
            let next = self.rows.next().transpose()?;
            self.current = Some(next.map(|row| row.id).ok_or_else(|| TableError::UnknownProblem {
                generations: leader.to_owned(),
                problems: self.path.clone(),
                problem_id: problem_id.to_owned(),
                row: from,
            })?);
        }
        Ok(self.start + u32::try_from(self.rows.row().saturating_sub(1)).unwrap_or(u32::MAX))
    }
}

/// The hashes of replies; where no grades say whether the answers are right and that is needed, the texts are read and
/// the answers compared.
enum HashedReplies {
    Hashed(Box<Prefetch<ReplyHashes>>),
    Compared {
        rows: Box<Prefetch<Generation>>,
        problems: Box<ProblemCursor>,
        ready: std::vec::IntoIter<(ReplyHashes, Option<bool>)>,
    },
}

/// Answers that are compared at once.
const COMPARED: usize = 512;

impl HashedReplies {
    fn open(source: &Source, verify: Verify) -> Result<Self, CurateError> {
        if source.grades.is_some() || verify == Verify::Valid {
            return Ok(Self::Hashed(Box::new(Prefetch::open(&source.generations)?)));
        }
        Ok(Self::Compared {
            rows: Box::new(Prefetch::open(&source.generations)?),
            problems: Box::new(ProblemCursor::open(&source.problems)?),
            ready: Vec::new().into_iter(),
        })
    }

    fn next(&mut self) -> Result<Option<(ReplyHashes, Option<bool>)>, CurateError> {
        let (rows, problems, ready) = match self {
            Self::Hashed(rows) => return Ok(rows.next().transpose()?.map(|reply| (reply, None))),
            Self::Compared { rows, problems, ready } => (rows, problems, ready),
        };
        if let Some(next) = ready.next() {
            return Ok(Some(next));
        }
        let leader = rows.path().to_owned();
        let mut pairs = Vec::with_capacity(COMPARED);
        for row in rows.by_ref().take(COMPARED) {
            let row = row?;
            let problem = problems.asked(&row.problem_id, row.permutation.as_deref(), &leader)?;
            pairs.push((problem, row));
        }
        let compared: Vec<_> = pairs.into_par_iter().map(|(problem, row)| compared(&problem, &row)).collect();
        *ready = compared.into_iter();
        Ok(ready.next())
    }
}

fn compared(problem: &Problem, row: &Generation) -> (ReplyHashes, Option<bool>) {
    let asked = row.finish != Finish::Error && !row.unclosed();
    let reply = ReplyHashes {
        problem_id: row.problem_id.clone(),
        sample: row.sample,
        reasoning: TextHash::of(&row.reasoning),
        answer_text: TextHash::of(&row.answer_text),
        reasoning_source: row.reasoning_source.clone(),
        finish: row.finish,
    };
    (reply, if asked { correct(problem, row) } else { None })
}
