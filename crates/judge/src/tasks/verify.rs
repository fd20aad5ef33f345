//! What a verifier, who does not know the right answer, thinks of a finished reply.

mod recorded;

use chat::{Dialogue, Endpoint, dialogue};
use plugin::{Component, ConfigErrors, Content, Registry, entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tables::Judgment;
use verify::verifiers::{Choose, Own, Prm, Reward, Score, Steps, YesNo};
use verify::{Case, Outcome, Unverified, Verdict, Verifier};

use self::recorded::Recorded;
use super::TaskEntry;
use crate::Item;
use crate::task::disabled::Disabled;
use crate::task::{Columns, Findings, Task};

pub(crate) const COLUMNS: Columns = Columns {
    task: "verify",
    take: |from, to| {
        to.verifier = from.verifier;
        to.verifier_unread = from.verifier_unread;
        to.step_scores = from.step_scores.take();
    },
};

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "what a verifier, who does not know the right answer, thinks of the reply",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> = Registry::new(
    "verifier",
    &[
        entry::<Verifying<Choose>>(),
        entry::<Disabled>(),
        entry::<Verifying<Prm>>(),
        entry::<Recorded>(),
        entry::<Verifying<Reward>>(),
        entry::<Verifying<Score>>(),
        entry::<Verifying<Own>>(),
        entry::<Verifying<Steps>>(),
        entry::<Verifying<YesNo>>(),
    ],
)
.usually(YesNo::KIND);

/// A configuration of a verifier.
trait Configures:
    Component<Built = dyn Verifier> + Clone + Serialize + DeserializeOwned + JsonSchema + 'static
{
}

impl<C: Component<Built = dyn Verifier> + Clone + 'static> Configures for C {}

/// A verifier at work on finished replies.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(bound = "")]
#[schemars(bound = "C: JsonSchema")]
struct Verifying<C: Configures> {
    /// The verifier.
    #[serde(flatten)]
    verifier: C,
    /// What of a reply it is shown: `answer`, what follows the thinking, or `all`, the thinking too. Who looks at steps is shown
    /// those of the thinking.
    #[serde(default)]
    shows: Shows,
    /// Replies that it is not asked about: `cut`, by the token limit, and `unanswered`, without a final answer.
    #[serde(default)]
    skip: Vec<Skip>,
}

/// What of a reply is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Shows {
    /// What follows the thinking.
    #[default]
    Answer,
    /// The thinking too.
    All,
}

/// Replies that are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Skip {
    /// The token limit cut it.
    Cut,
    /// No final answer was found.
    Unanswered,
}

impl<C: Configures> Component for Verifying<C> {
    const KIND: &'static str = C::KIND;
    const ABOUT: &'static str = C::ABOUT;
    const VERSION: u32 = C::VERSION;
    const EXECUTION_KEYS: &'static [&'static str] = C::EXECUTION_KEYS;
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        let Self { verifier, shows, skip } = self;
        let verifier = verifier.build(content)?;
        // Who is asked of the model's own server is filled in where the model is known.
        let own = verifier.asks_own_model().then(Endpoint::default);
        Ok(Box::new(Verifies { verifier, shows, skip, own }))
    }
}

struct Verifies {
    verifier: Box<dyn Verifier>,
    shows: Shows,
    skip: Vec<Skip>,
    own: Option<Endpoint>,
}

impl Verifies {
    /// Why a reply is not shown, if so.
    fn skipped(&self, item: &Item<'_>) -> Option<&'static str> {
        let left_out = |skip: &Skip| match skip {
            Skip::Cut => item.generation.truncated().then_some("the token limit cut the reply"),
            Skip::Unanswered => item.grade.extracted.is_none().then_some("the reply has no final answer"),
        };
        let stepless = self.verifier.looks_at_steps() && item.steps.is_empty();
        let first = self.skip.iter().find_map(left_out);
        first.or(stepless.then_some("the thinking is not there to be looked at in steps"))
    }

    /// What the verifier sees. What is known of the answer has no place in it.
    fn case(&self, item: &Item<'_>) -> Case {
        let (problem, generation) = (item.problem, item.generation);
        let whole = generation.reasoning_source == tables::Generation::NO_REASONING;
        let thinking = (self.shows == Shows::All && !whole).then(|| generation.thought().trim());
        let parts = thinking.into_iter().chain([generation.answer_text.trim()]);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        Case {
            problem: problem.problem.clone(),
            choices: problem.choices.clone(),
            reply: parts.join("\n\n"),
            steps: if self.verifier.looks_at_steps() { item.stretches() } else { Vec::new() },
            finished: true,
        }
    }
}

impl Task for Verifies {
    fn task(&self) -> &'static str {
        COLUMNS.task
    }

    fn judge(&self) -> String {
        self.verifier.name()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, _: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let judge = self.judge();
        if let Some(why) = self.skipped(item) {
            return Box::new(chat::done(Findings::skipped(COLUMNS, &judge, why.to_owned())));
        }
        let conversation = self.verifier.open(self.case(item));
        Box::new(dialogue::then(conversation, move |outcome| chat::done(findings(&judge, outcome))))
    }

    fn compares(&self) -> bool {
        self.verifier.compares()
    }

    fn open_together<'a>(&'a self, items: &[&'a Item<'a>]) -> Box<dyn Dialogue<Vec<Findings>> + 'a> {
        let judge = self.judge();
        let skipped: Vec<Option<&'static str>> = items.iter().map(|item| self.skipped(item)).collect();
        let shown = items.iter().zip(&skipped).filter(|(_, skipped)| skipped.is_none());
        let together = self.verifier.open_together(shown.map(|(item, _)| self.case(item)).collect());
        Box::new(dialogue::then(together, move |outcomes| {
            let mut outcomes = outcomes.into_iter();
            let each = skipped.into_iter().filter_map(|skipped| match skipped {
                Some(why) => Some(Findings::skipped(COLUMNS, &judge, why.to_owned())),
                None => outcomes.next().map(|outcome| findings(&judge, outcome)),
            });
            chat::done(each.collect::<Vec<Findings>>())
        }))
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.own.iter().chain(self.verifier.endpoints()).collect()
    }

    /// An answer can be right behind thinking that nobody sees.
    fn is_about_replies(&self) -> bool {
        true
    }
}

/// A verdict as the columns of a judgment; none is never a bad one.
fn findings(judge: &str, outcome: Outcome) -> Findings {
    let (mut findings, raw) = match outcome {
        Ok(Verdict { score, steps, unread, raw }) => {
            let found = Judgment {
                verifier: score,
                step_scores: steps,
                verifier_unread: unread,
                ..Judgment::default()
            };
            (Findings::done(COLUMNS, judge, Box::new(found)), Some(raw))
        }
        Err(Unverified { reason, raw }) => (Findings::failed(COLUMNS, judge, reason), raw),
    };
    findings.ends.iter_mut().for_each(|(_, note)| note.raw.clone_from(&raw));
    findings
}

#[cfg(test)]
mod tests;
