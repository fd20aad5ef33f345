//! One generation with its problem and steps: whether there is anything to judge, and what a verdict must look like.

use stage::Walked;
use tables::{Grade, JudgeState, Judgment, Solution, Split, Step};

use crate::Item;

/// What a judge works on; [`Judging::row`](crate::Judging::row) makes it.
pub struct Row {
    walked: Walked<(Grade, Split)>,
    needs: Needs,
}

/// What a judge needs of a problem.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    /// A known answer.
    pub(crate) gold: bool,
    /// The text, since a model is shown it.
    pub(crate) question: bool,
}

impl Row {
    pub(crate) fn new(walked: Walked<(Grade, Split)>, needs: Needs) -> Self {
        Self { walked, needs }
    }

    pub(crate) fn item(&self) -> Item<'_> {
        let Walked { problem, generation, rows: (grade, split) } = &self.walked;
        Item { problem, generation, grade, steps: &split.steps }
    }

    fn steps(&self) -> &[Step] {
        &self.walked.rows.1.steps
    }

    /// Bytes of text, for chunks that fit into memory.
    pub(crate) fn bytes(&self) -> usize {
        self.walked.bytes()
    }

    /// Why there is nothing to judge, if so: the only place that decides it.
    pub(crate) fn skipped(&self) -> Option<Judgment> {
        let reason = if self.walked.generation.failed() {
            let why = self.walked.generation.error.as_deref().unwrap_or("no reason was recorded");
            format!("there is no reply: {why}")
        } else if self.walked.generation.hidden() {
            "the thinking is hidden".to_owned()
        } else if self.steps().is_empty() {
            "there is no thinking to judge".to_owned()
        } else if self.needs.gold && self.walked.problem.gold.is_empty() {
            "the problem has no known answer".to_owned()
        } else if self.needs.question && self.walked.problem.problem.trim().is_empty() {
            "the problem has no text that a model could be shown".to_owned()
        } else {
            return None;
        };
        Some(Judgment { state: JudgeState::Skipped, reason: Some(reason), ..Judgment::default() })
    }

    /// Fills in which generation a judgment is about and where its step ends, and refuses a step that does not
    /// exist.
    pub(crate) fn seal(&self, judgment: Judgment, judge: &str) -> Judgment {
        let mut judgment = self.in_range(judgment);
        judgment.offset = judgment.step.and_then(|step| self.steps().get(step as usize)).map(|step| step.end);
        judgment.problem_id.clone_from(&self.walked.generation.problem_id);
        judgment.sample = self.walked.generation.sample;
        if judgment.judge.is_empty() {
            judgment.judge = judge.to_owned();
        }
        judgment
    }

    fn in_range(&self, judgment: Judgment) -> Judgment {
        let named = [judgment.step, judgment.band_first, judgment.band_last, judgment.own_step];
        let solutions = judgment.solutions.iter().flatten().map(|solution| solution.end);
        let stray =
            named.into_iter().flatten().chain(solutions).find(|step| *step as usize >= self.steps().len());
        match stray {
            Some(step) => {
                let reason =
                    format!("the judge names step {step}, the last one is {}", self.steps().len() - 1);
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
            !judgment.tasks.is_empty() && solutions.iter().all(|one| (one.end as usize) < self.steps().len())
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
