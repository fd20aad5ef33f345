//! The rows that a judge works on: three tables walked together.

use std::path::PathBuf;
use std::sync::Arc;

use tables::{
    Aligned, Generation, JudgeState, Judgment, Keyed, Problem, ProblemCursor, Solution, Split, Step,
    TableError, TableReader,
};

use crate::{Item, Judge, JudgeIo};

/// One generation with its problem and steps, and whether there is anything to judge.
pub(super) struct Row {
    problem: Arc<Problem>,
    generation: Generation,
    steps: Vec<Step>,
    needs_gold: bool,
}

impl Row {
    pub(super) fn item(&self) -> Item<'_> {
        Item { problem: &self.problem, generation: &self.generation, steps: &self.steps }
    }

    /// Bytes of text, for chunks that fit into memory.
    pub(super) fn size(&self) -> usize {
        self.generation.reasoning.len() + self.generation.answer_text.len()
    }

    /// Why there is nothing to judge, if so: the only place that decides it.
    pub(super) fn skipped(&self) -> Option<Judgment> {
        let reason = if self.generation.failed() {
            let why = self.generation.error.as_deref().unwrap_or("no reason was recorded");
            format!("there is no reply: {why}")
        } else if self.steps.is_empty() {
            "there is no thinking to judge".to_owned()
        } else if self.needs_gold && self.problem.gold.is_empty() {
            "the problem has no known answer".to_owned()
        } else {
            return None;
        };
        Some(Judgment { state: JudgeState::Skipped, reason: Some(reason), ..Judgment::default() })
    }

    /// Fills in which generation a judgment is about and where its step ends, and refuses a step that does not
    /// exist.
    pub(super) fn seal(&self, judgment: Judgment, judge: &str) -> Judgment {
        let mut judgment = self.in_range(judgment);
        judgment.offset = judgment.step.and_then(|step| self.steps.get(step as usize)).map(|step| step.end);
        judgment.problem_id.clone_from(&self.generation.problem_id);
        judgment.sample = self.generation.sample;
        if judgment.judge.is_empty() {
            judgment.judge = judge.to_owned();
        }
        judgment
    }

    fn in_range(&self, judgment: Judgment) -> Judgment {
        let named = [judgment.step, judgment.band_first, judgment.band_last, judgment.own_step];
        let solutions = judgment.solutions.iter().flatten().map(|solution| solution.end);
        let stray =
            named.into_iter().flatten().chain(solutions).find(|step| *step as usize >= self.steps.len());
        match stray {
            Some(step) => {
                let reason = format!("the judge names step {step}, the last one is {}", self.steps.len() - 1);
                self.refused(judgment, reason)
            }
            None if judgment.state == JudgeState::Found && judgment.step.is_none() => {
                self.refused(judgment, "the judge names no step".to_owned())
            }
            None => judgment,
        }
    }

    /// A verdict that is none; what tasks found beside it stays.
    fn refused(&self, judgment: Judgment, reason: String) -> Judgment {
        let exist = |solutions: &Vec<Solution>| {
            !judgment.tasks.is_empty() && solutions.iter().all(|one| (one.end as usize) < self.steps.len())
        };
        Judgment {
            state: JudgeState::Failed,
            reason: Some(reason),
            solutions: judgment.solutions.filter(exist),
            step: None,
            band_first: None,
            band_last: None,
            score: None,
            confidence: None,
            later_changed: None,
            own_step: None,
            votes: None,
            agreement: None,
            ..judgment
        }
    }
}

/// Reads generations with their problems and splits; ends with an error if the tables end apart.
pub(super) struct Rows {
    generations: TableReader<Generation>,
    path: PathBuf,
    problems: ProblemCursor,
    splits: Option<Aligned<Split>>,
    current: Arc<Problem>,
    needs_gold: bool,
}

impl Rows {
    pub(super) fn open(io: &JudgeIo, judge: &dyn Judge) -> Result<Self, TableError> {
        Ok(Self {
            generations: TableReader::open(&io.generations)?,
            path: io.generations.clone(),
            problems: ProblemCursor::new(TableReader::open(&io.problems)?),
            splits: Some(Aligned::new(TableReader::open(&io.splits)?)),
            current: Arc::default(),
            needs_gold: judge.needs_gold(),
        })
    }

    pub(super) fn len(&self) -> u64 {
        self.generations.len()
    }

    fn complete(&mut self, generation: Generation) -> Result<Row, TableError> {
        let problem = self.problems.seek(&generation.problem_id, &self.path)?;
        if problem.id != self.current.id {
            self.current = Arc::new(problem.clone());
        }
        let split = match &mut self.splits {
            Some(splits) => splits.next_for(&generation.key(), &self.path)?,
            None => Split::default(),
        };
        let problem = Arc::clone(&self.current);
        Ok(Row { problem, generation, steps: split.steps, needs_gold: self.needs_gold })
    }
}

impl Iterator for Rows {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.generations.next() {
            Some(generation) => Some(generation.and_then(|generation| self.complete(generation))),
            None => self.splits.take()?.finish(&self.path).err().map(Err),
        }
    }
}
