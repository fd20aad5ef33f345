//! What becomes of a reply from the end of each of its steps on: completions are drawn there, and how many come to the right
//! answer is the value of the step (Math-Shepherd, arXiv 2312.08935), or shows the first error by halving (OmegaPRM,
//! arXiv 2406.06592). These are values of whoever completes, no proofs.

mod drawing;
mod search;
#[cfg(test)]
mod tests;
mod tree;

use answer::Policy;
use chat::{Dialogue, Endpoint, Trial};
use plugin::{Component, ConfigError, ConfigErrors, Content, Registry, entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Generation, Judgment};

use super::TaskEntry;
use crate::Item;
use crate::completer::{Completer, CompleterConfig};
use crate::task::disabled::Disabled;
use crate::task::{Columns, Findings, Task};
use drawing::Drawing;
use search::Search;

pub(crate) const COLUMNS: Columns = Columns {
    task: "rollouts",
    take: |from, to| {
        to.rollouts = from.rollouts.take();
        to.first_error = from.first_error;
    },
};

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "how often a model comes to the right answer from the end of each step: values without people",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> =
    Registry::new("way of rollouts", &[entry::<Rollouts>(), entry::<Disabled>()]);

/// Which steps are drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// All but the last, whose outcome is known.
    #[default]
    All,
    /// Those that halve what is left, until the first step is found from which nothing comes right: only of wrong replies.
    Halving,
}

/// Which replies are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// Right ones and wrong ones.
    #[default]
    All,
    /// Right ones.
    Right,
    /// Wrong ones.
    Wrong,
}

/// Asks a model to go on from the ends of steps, which its server must be able to do: `thinkmeter doctor --continue` says whether it
/// is. Temperature 0.8 and at most 2,048 tokens a completion unless set; completions differ by their seed, so set `seed` where a
/// server does not draw its own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Rollouts {
    #[serde(flatten)]
    completer: CompleterConfig,
    /// Completions from each step.
    #[serde(default = "eight")]
    #[schemars(range(min = 1))]
    n: u32,
    /// `all` steps, or by `halving` the first error of wrong replies: about log₂ as many completions.
    #[serde(default)]
    search: Way,
    /// `all` replies, or only `right` or `wrong` ones.
    #[serde(default)]
    which: Which,
    /// Ask for so many first, and for the rest only if none of them is right: enough for hard labels, no estimate of a value.
    #[serde(default)]
    #[schemars(range(min = 1))]
    first_n: Option<u32>,
    /// Write the texts of the completions too, into `rollouts.parquet`.
    #[serde(default)]
    keep: bool,
    /// What counts as the same answer.
    #[serde(default)]
    policy: Policy,
}

fn eight() -> u32 {
    8
}

impl Rollouts {
    fn faults(&self) -> Vec<ConfigError> {
        let first = self
            .first_n
            .filter(|first| *first >= self.n)
            .map(|first| ConfigError::new("first_n", format!("{first} of `n` = {} is not fewer", self.n)));
        let halves = self.search == Way::Halving && self.which == Which::Right;
        let halved = halves.then(|| {
            ConfigError::new("which", "`halving` looks for the first error, and right replies have none")
                .hint("use `search = \"all\"`, or `which = \"wrong\"`")
        });
        first.into_iter().chain(halved).collect()
    }
}

impl Component for Rollouts {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = "asks a model to go on from the ends of steps";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Err(ConfigErrors(faults));
        }
        let completer = self.completer.build(0.8, 2048, content)?;
        let (n, first) = (self.n, self.first_n.unwrap_or(self.n));
        let (way, which, keep, policy) = (self.search, self.which, self.keep, self.policy);
        Ok(Box::new(RollsOut { completer, n, first, way, which, keep, policy }))
    }
}

/// The task.
pub(super) struct RollsOut {
    completer: Completer,
    /// Completions from a step.
    n: u32,
    /// Those of them that are asked for first.
    first: u32,
    way: Way,
    which: Which,
    keep: bool,
    policy: Policy,
}

impl RollsOut {
    /// Why there is nothing to do.
    fn aside(&self, item: &Item<'_>) -> Option<&'static str> {
        let right = item.grade.verdict.correct();
        match (self.which, right) {
            _ if item.problem.gold.is_empty() => Some("the problem has no known answer"),
            _ if right.is_none() => Some("nobody knows whether the reply is right"),
            (Which::Wrong, Some(true)) => Some("the reply is right, and `which` = \"wrong\""),
            (Which::Right, Some(false)) => Some("the reply is wrong, and `which` = \"right\""),
            (_, Some(true)) if self.way == Way::Halving => {
                Some("the reply is right: halving has no error to find")
            }
            _ => None,
        }
    }

    /// How it goes about things, as trees name it.
    fn policy(&self) -> String {
        let way = if self.way == Way::All { "all" } else { "halving" };
        format!("rollouts {} {way}", self.n)
    }
}

impl Task for RollsOut {
    fn task(&self) -> &'static str {
        COLUMNS.task
    }

    fn judge(&self) -> String {
        self.completer.name()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, _: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let judge = self.judge();
        if let Some(reason) = self.aside(item) {
            return Box::new(chat::done(Findings::skipped(COLUMNS, &judge, reason.to_owned())));
        }
        match self.completer.open(item) {
            Ok(begun) => Box::new(Drawing::new(self, begun)),
            Err(reason) => Box::new(chat::done(Findings::skipped(COLUMNS, &judge, reason))),
        }
    }

    fn most_rounds(&self, item: &Item<'_>) -> usize {
        drawing::most_rounds(item.steps.len(), self.n)
    }

    fn trial(&self, like: &Generation) -> Option<Trial> {
        self.completer.place(like).ok().map(|place| place.trial_inside())
    }

    fn keeps_trees(&self) -> bool {
        self.keep
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.completer.endpoint]
    }
}

impl Way {
    fn over(self, steps: u32) -> Search {
        let last = steps.saturating_sub(1);
        match self {
            Self::All => Search::all(last),
            Self::Halving => Search::halving(last),
        }
    }
}
