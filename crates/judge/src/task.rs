//! Tasks beside the first correct step: what a task gets, and what it adds to the judgment.

pub(crate) mod llm_task;
pub(crate) mod llm;
pub(crate) mod disabled;
pub(crate) mod windows;
pub(crate) mod reading;
pub(crate) mod recorded;
#[cfg(test)]
pub(crate) mod dry_run;
pub(crate) mod whole_trace;

use chat::{Dialogue, Endpoint};
use tables::{Judgment, Solution, TaskNote, Thought};

use crate::Item;

/// Looks at a trace that was judged and adds columns of its own to the judgment. It never does any IO.
pub trait Task: Send + Sync {
    /// Its name, such as `strategies`.
    fn task(&self) -> &'static str;

    /// Who works on it: `rule`, `llm:<model>` or `recorded`.
    fn judge(&self) -> String;

    /// Tasks whose columns it reads; it starts when they are over, however they ended.
    fn after(&self) -> &'static [&'static str] {
        &[]
    }

    /// Starts on an item; `so_far` is the judgment with what the tasks before it added.
    fn open<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment) -> Box<dyn Dialogue<Findings> + 'a>;

    /// Whom it asks; nobody, for a task that runs on all cores.
    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![]
    }
}

/// What a task came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// How it ended; several notes of a task that does the work of several.
    pub notes: Vec<TaskNote>,
    /// What it found; only what belongs to a note that says `done` counts.
    pub columns: Columns,
}

/// Columns of a judgment; what is absent is left as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Rounds of solution.
    pub solutions: Option<Vec<Solution>>,
    /// The strategy of each of the judgment's solutions.
    pub strategies: Option<Vec<u32>>,
    /// Thoughts.
    pub thoughts: Option<Vec<Thought>>,
    /// The reasoning is valid.
    pub reasoning_valid: Option<bool>,
    /// The final solution is valid.
    pub solution_valid: Option<bool>,
    /// 0 to 9.
    pub verbosity: Option<u32>,
    /// 0 to 9.
    pub difficulty: Option<u32>,
}

/// The states of a [`TaskNote`].
pub(crate) mod state {
    pub(crate) const DONE: &str = "done";
    pub(crate) const FAILED: &str = "failed";
    pub(crate) const SKIPPED: &str = "skipped";
}

pub(crate) fn note(task: &str, judge: &str, state: &str, reason: Option<String>) -> TaskNote {
    TaskNote { task: task.to_owned(), judge: judge.to_owned(), state: state.to_owned(), reason, raw: None }
}

impl Findings {
    /// The task was done.
    pub(crate) fn done(task: &str, judge: &str, columns: Columns) -> Self {
        Self { notes: vec![note(task, judge, state::DONE, None)], columns }
    }

    /// The task could not be done.
    pub(crate) fn failed(task: &str, judge: &str, reason: String) -> Self {
        Self { notes: vec![note(task, judge, state::FAILED, Some(reason))], columns: Columns::default() }
    }

    /// There was nothing to do.
    pub(crate) fn skipped(task: &str, judge: &str, reason: String) -> Self {
        Self { notes: vec![note(task, judge, state::SKIPPED, Some(reason))], columns: Columns::default() }
    }

    /// Adds the columns to a judgment. Those of a task that is not done become null: what somebody else said before
    /// must not pass for its word.
    pub fn onto(mut self, judgment: &mut Judgment) {
        for note in &self.notes {
            clear(judgment, &note.task);
            if note.state != state::DONE {
                self.columns.drop_those_of(&note.task);
            }
        }
        self.columns.onto(judgment);
        judgment.tasks.append(&mut self.notes);
    }
}

impl Columns {
    fn drop_those_of(&mut self, task: &str) {
        match task {
            "solutions" => self.solutions = None,
            "strategies" => self.strategies = None,
            "thoughts" => self.thoughts = None,
            "validity" => (self.reasoning_valid, self.solution_valid) = (None, None),
            "verbosity" => self.verbosity = None,
            "difficulty" => self.difficulty = None,
            _ => {}
        }
    }

    fn onto(self, judgment: &mut Judgment) {
        judgment.solutions = self.solutions.or(judgment.solutions.take());
        judgment.thoughts = self.thoughts.or(judgment.thoughts.take());
        judgment.reasoning_valid = self.reasoning_valid.or(judgment.reasoning_valid);
        judgment.solution_valid = self.solution_valid.or(judgment.solution_valid);
        judgment.verbosity = self.verbosity.or(judgment.verbosity);
        judgment.difficulty = self.difficulty.or(judgment.difficulty);
        let solutions = judgment.solutions.iter_mut().flatten();
        for (solution, strategy) in solutions.zip(self.strategies.into_iter().flatten()) {
            solution.strategy = Some(strategy);
        }
    }
}

/// Takes the columns of a task out of a judgment.
fn clear(judgment: &mut Judgment, task: &str) {
    match task {
        "solutions" => judgment.solutions = None,
        "strategies" => {
            judgment.solutions.iter_mut().flatten().for_each(|solution| solution.strategy = None);
        }
        "thoughts" => judgment.thoughts = None,
        "validity" => (judgment.reasoning_valid, judgment.solution_valid) = (None, None),
        "verbosity" => judgment.verbosity = None,
        "difficulty" => judgment.difficulty = None,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged() -> Judgment {
        let solutions = vec![Solution { strategy: Some(0), ..Solution::ending_at(3) }];
        Judgment { solutions: Some(solutions), verbosity: Some(4), ..Judgment::default() }
    }

    #[test]
    fn what_is_done_replaces_its_own_columns_and_no_others() {
        let mut judgment = judged();
        let columns = Columns { difficulty: Some(7), strategies: Some(vec![1]), ..Columns::default() };
        Findings::done("difficulty", "llm:m", columns).onto(&mut judgment);
        assert_eq!((judgment.verbosity, judgment.difficulty), (Some(4), Some(7)));
        assert_eq!(judgment.tasks, [note("difficulty", "llm:m", "done", None)]);
    }

    #[test]
    fn a_task_that_failed_leaves_its_columns_null_and_the_others_alone() {
        let mut judgment = judged();
        Findings::failed("solutions", "llm:m", "no list".into()).onto(&mut judgment);
        assert_eq!((judgment.solutions.as_ref(), judgment.verbosity), (None, Some(4)));
        let mut judgment = judged();
        let columns = Columns { strategies: Some(vec![0]), ..Columns::default() };
        Findings { columns, ..Findings::failed("strategies", "llm:m", "no list".into()) }.onto(&mut judgment);
        assert_eq!(judgment.solutions, Some(vec![Solution::ending_at(3)]));
    }
}
