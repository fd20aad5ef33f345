//! Tasks beside the first correct step: what a task gets, and what it adds to the judgment.

pub(crate) mod disabled;
#[cfg(test)]
pub(crate) mod dry_run;
pub(crate) mod llm;
pub(crate) mod llm_task;
pub(crate) mod reading;
pub(crate) mod recorded;
pub(crate) mod whole_trace;

use chat::{Dialogue, Endpoint, MOST_ROUNDS, Trial, abreast};
use tables::{Generation, Judgment, TaskNote, Tree};

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

    /// Beyond so many rounds of questions its conversation about an item has lost its way.
    fn most_rounds(&self, _item: &Item<'_>) -> usize {
        MOST_ROUNDS
    }

    /// Its server has to go on with replies such as this one, which this shows.
    fn trial(&self, _like: &Generation) -> Option<Trial> {
        None
    }

    /// It keeps a tree of what it draws.
    fn keeps_trees(&self) -> bool {
        false
    }

    /// It has something to say of a reply whose thinking nobody sees, or that has none.
    fn is_about_replies(&self) -> bool {
        false
    }

    /// It compares replies with each other: then it is opened [together](Self::open_together), behind all else.
    fn compares(&self) -> bool {
        false
    }

    /// Opens the conversation about all replies to a problem, which ends with what was found of each.
    fn open_together<'a>(&'a self, items: &[&'a Item<'a>]) -> Box<dyn Dialogue<Vec<Findings>> + 'a> {
        let nothing = Judgment::default();
        Box::new(abreast(items.iter().map(|item| self.open(item, &nothing)).collect()))
    }

    /// Whom it asks; nobody, for a task that runs on all cores. One without a model is the model that replied, at its own
    /// server.
    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![]
    }
}

/// A task's columns of a judgment.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// The task, as notes name it.
    pub task: &'static str,
    /// Makes these columns of the second judgment what they are in the first; an empty first one clears them.
    pub take: fn(&mut Judgment, &mut Judgment),
}

/// What a task came to.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Whose columns it found, and how it ended; several of a task that does the work of several.
    pub ends: Vec<(Columns, TaskNote)>,
    /// What it found: a judgment of nothing but its columns.
    pub found: Box<Judgment>,
    /// What it drew, if it keeps that.
    pub tree: Option<Box<Tree>>,
}

/// The states of a [`TaskNote`].
pub(crate) mod state {
    pub(crate) const DONE: &str = "done";
    pub(crate) const FAILED: &str = "failed";
    pub(crate) const SKIPPED: &str = "skipped";
}

pub(crate) fn note(task: &str, judge: &str, state: &str, reason: Option<String>) -> TaskNote {
    TaskNote {
        task: task.to_owned(),
        judge: judge.to_owned(),
        state: state.to_owned(),
        reason,
        ..TaskNote::default()
    }
}

impl Findings {
    /// The task was done.
    pub(crate) fn done(columns: Columns, judge: &str, found: Box<Judgment>) -> Self {
        Self { ends: vec![(columns, note(columns.task, judge, state::DONE, None))], found, tree: None }
    }

    /// The task could not be done.
    pub(crate) fn failed(columns: Columns, judge: &str, reason: String) -> Self {
        Self::without(columns, note(columns.task, judge, state::FAILED, Some(reason)))
    }

    /// There was nothing to do.
    pub(crate) fn skipped(columns: Columns, judge: &str, reason: String) -> Self {
        Self::without(columns, note(columns.task, judge, state::SKIPPED, Some(reason)))
    }

    fn without(columns: Columns, note: TaskNote) -> Self {
        Self { ends: vec![(columns, note)], ..Self::default() }
    }

    /// Adds the columns to a judgment. Those of a task that is not done become null: what somebody else said before
    /// must not pass for its word.
    pub fn onto(mut self, judgment: &mut Judgment) {
        for (columns, note) in self.ends {
            let mut nothing = Judgment::default();
            let done = note.state == state::DONE;
            (columns.take)(if done { &mut self.found } else { &mut nothing }, judgment);
            judgment.tasks.push(note);
        }
    }
}
