//! What a judge gets and what it gives.

use answer::{Outcome, Policy, Work, compare_any_within};
use chat::{Dialogue, Endpoint, Next, Trial, Usage, abreast, metered};
use prompt::{Value, context};
use tables::{Generation, Grade, JudgeState, Judgment, Problem, Step, Tree};

/// One generation with what there is to know about it. A judge only ever sees items with a reply and at
/// least one step, and, if it [needs](Judge::needs_gold) one, a known answer: the stage writes the other
/// rows as `skipped`.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The problem, with its acceptable answers.
    pub problem: &'a Problem,
    /// The reply.
    pub generation: &'a Generation,
    /// Its final answer, and whether that is right.
    pub grade: &'a Grade,
    /// Spans of [`Generation::thought`], in order.
    pub steps: &'a [Step],
}

impl<'a> Item<'a> {
    /// What every prompt about the item may show: what [`prompt::about`] names, and `gold`.
    pub(crate) fn values(&self) -> Value {
        let gold = &self.problem.gold;
        context! { gold, ..prompt::about(self.problem) }
    }

    /// The text of step `index`; empty if there is no such step.
    pub fn step_text(&self, index: usize) -> &'a str {
        let span = self.steps.get(index).map(|step| step.start as usize..step.end as usize);
        span.and_then(|span| self.generation.thought().get(span)).unwrap_or_default()
    }

    /// The thinking in steps, each with what stands between it and the next one, so that together they are all of it.
    pub fn stretches(&self) -> Vec<String> {
        let text = self.generation.thought();
        let cuts = || self.steps.iter().skip(1).map(|step| step.start as usize);
        let spans = std::iter::once(0).chain(cuts()).zip(cuts().chain([text.len()]));
        let spans = spans.take(self.steps.len());
        spans.filter_map(|(start, end)| text.get(start..end)).map(str::to_owned).collect()
    }

    /// Whether an answer that a step gives is a known one; nothing if that cannot be decided.
    pub(crate) fn is_known(&self, answer: &str, policy: &Policy, work: &Work) -> Option<bool> {
        let Problem { gold, choices, .. } = self.problem;
        match compare_any_within(gold, answer, choices, policy, work).outcome {
            Outcome::Equal => Some(true),
            Outcome::Different => Some(false),
            Outcome::Unknown => None,
        }
    }

    /// The texts of all steps, in order.
    pub fn step_texts(&self) -> impl ExactSizeIterator<Item = &'a str> + '_ {
        (0..self.steps.len()).map(|index| self.step_text(index))
    }
}

/// A judgment, and what was drawn on the way to it.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// The judgment.
    pub judgment: Judgment,
    /// Texts that a task drew and keeps.
    pub tree: Option<Box<Tree>>,
}

impl From<Judgment> for Judged {
    fn from(judgment: Judgment) -> Self {
        Self { judgment, tree: None }
    }
}

/// A server that has to go on with replies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedsTrial {
    /// Who needs it.
    pub task: &'static str,
    /// The endpoint among the judge's.
    pub to: usize,
    /// Its model.
    pub model: String,
    /// What shows it.
    pub trial: Trial,
}

/// A generation with why there is nothing to judge about it, if so.
pub type Seen<'a> = (Item<'a>, Option<Judgment>);

/// Finds the first step that asserts the right answer. Pure: a test needs a string, not a server.
pub trait Judge: Send + Sync {
    /// Its name in the table, such as `rule` or `llm:qwen3-32b`.
    fn name(&self) -> String;

    /// Opens the conversation that ends in the verdict on an item. The stage fills in which generation it is
    /// about, where the step ends, the number of calls and their tokens, and the judge's name unless the judge
    /// has named who of several decided.
    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a>;

    /// The same with what the tasks beside it keep.
    fn open_all<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judged> + 'a> {
        Box::new(chat::then(self.open(item), |judgment| chat::done(judgment.into())))
    }

    /// The same of an item that there is nothing to judge about, in the stage's own words: tasks may still have something to say.
    fn open_skipped<'a>(&'a self, _item: &'a Item<'a>, skipped: Judgment) -> Box<dyn Dialogue<Judged> + 'a> {
        Box::new(chat::done(skipped.into()))
    }

    /// Whatever there is to say of a generation.
    fn open_seen<'a>(&'a self, (item, skipped): &'a Seen<'a>) -> Box<dyn Dialogue<Judged> + 'a> {
        match skipped {
            None => self.open_all(item),
            Some(skipped) => self.open_skipped(item, skipped.clone()),
        }
    }

    /// It compares the generations of a problem with each other, so all of them are opened [together](Self::open_together).
    fn compares(&self) -> bool {
        false
    }

    /// Opens the conversation about all generations of a problem, which ends with a judgment of each and what it took.
    fn open_together<'a>(&'a self, items: &'a [Seen<'a>]) -> Box<dyn Dialogue<Vec<(Judged, Usage)>> + 'a> {
        Box::new(abreast(items.iter().map(|seen| metered(self.open_seen(seen))).collect()))
    }

    /// It keeps trees of what was drawn.
    fn keeps_trees(&self) -> bool {
        false
    }

    /// What has to be tried before anything is asked about replies such as this one: whether these servers go on with them.
    fn trials(&self, _like: &Generation) -> Vec<NeedsTrial> {
        vec![]
    }

    /// Where its questions go; a judge without endpoints runs on all cores and may never ask.
    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![]
    }

    /// Whether a judgment comes from the dearer of two judges in a row; `None` from a judge that is only one. The
    /// stage counts these as `sent_on`.
    fn sent_on(&self, _judgment: &Judgment) -> Option<bool> {
        None
    }

    /// Whether the judge may have a verdict before it asks anybody. Its first word on each row is then heard
    /// ahead, on all cores; a judge that always asks would only write its questions twice.
    fn may_know(&self) -> bool {
        true
    }

    /// Items without a known answer are skipped before the judge sees them. A judge that has something to
    /// say about them too (such as where the model's own answer arrives) says `false` and sets the state
    /// itself.
    fn needs_gold(&self) -> bool {
        true
    }
}

/// A verdict: this step is the first.
pub fn found(step: u32) -> Judgment {
    Judgment { state: JudgeState::Found, step: Some(step), ..Judgment::default() }
}

/// A verdict: everything was read and no step asserts the answer.
pub fn absent() -> Judgment {
    Judgment { state: JudgeState::Absent, ..Judgment::default() }
}

/// No verdict, and why.
pub fn failed(reason: impl Into<String>) -> Judgment {
    Judgment { state: JudgeState::Failed, reason: Some(reason.into()), ..Judgment::default() }
}

/// A verdict that needs no question.
pub fn known<'a>(judgment: Judgment) -> Box<dyn Dialogue<Judgment> + 'a> {
    Box::new(chat::done(judgment))
}

/// The verdict of a judge that asks nobody; one that does ask has none.
pub fn at_once(judge: &dyn Judge, item: &Item<'_>) -> Judgment {
    match judge.open(item).next(&[]) {
        Next::Done(judgment) => judgment,
        Next::Ask(_) => failed("the judge wants to ask a model but names no endpoint"),
    }
}
