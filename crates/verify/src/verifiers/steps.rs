//! `steps`: a critic that marks each step.

use chat::{ChatReply, Endpoint};
use plugin::{Component, ConfigErrors, Content};
use prompt::{Run, Value, context, fenced, runs, tokens};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::yes_no::{self, Asks, Vote};
use crate::asking::{Asker, Asking, Wordy};
use crate::conversation::of_all;
use crate::whole::example;
use crate::{Aggregate, Case, Conversation, Verdict, Verifier, reading};

const QUESTION: &str = include_str!("../../prompts/steps.txt");

/// Asks a model which steps are right, many in one question; or, with `each`, whether it is right so far, one question a step.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Steps {
    /// Whom to ask, and how; the temperature is 0 unless set.
    #[serde(flatten)]
    wordy: Wordy,
    /// How the scores of the steps become one of the reply: `min`, `product`, `last`, `mean` or `geometric`.
    #[serde(default)]
    aggregate: Aggregate,
    /// Ask about each step by itself, with those before it: yes or no, and how likely the word was.
    #[serde(default)]
    each: bool,
    /// The most steps that one question asks about.
    #[serde(default = "many")]
    #[schemars(range(min = 1))]
    at_once: usize,
}

fn many() -> usize {
    40
}

/// Steps of the question before that are shown once more.
const CONTEXT: usize = 3;

impl Component for Steps {
    const KIND: &'static str = "steps";
    const ABOUT: &'static str = "asks a model which steps are right";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Verifier;

    fn build(self, content: &mut Content) -> Result<Box<dyn Verifier>, ConfigErrors> {
        let Self { wordy, aggregate, each, at_once } = self;
        let case = Case { steps: vec!["5".into()], ..Case::default() };
        let in_steps = shown(&case, &Run { shown: 0..1, asked: 0..1 }, 64);
        let asker = match each {
            true => wordy.build(0.0, yes_no::QUESTION, &example(), content)?,
            false => wordy.build(0.0, QUESTION, &in_steps, content)?,
        };
        Ok(Box::new(Critic { asker, aggregate, each, at_once }))
    }
}

struct Critic {
    asker: Asker,
    aggregate: Aggregate,
    each: bool,
    at_once: usize,
}

/// Some steps with their numbers.
fn shown(case: &Case, run: &Run, room: usize) -> Value {
    let room = room / run.shown.len().max(1);
    let step = |at: usize| {
        let text = case.steps[at].trim();
        // Only what is longer than its share loses its middle, and only where all do not fit.
        fenced(&format!("step_{}", at + 1), &prompt::fitted(text, tokens(text, 0), room.max(64)))
    };
    let steps: Vec<String> = run.shown.clone().map(step).collect();
    context! { steps, from => run.asked.start + 1, to => run.asked.end, ..case.values() }
}

impl Critic {
    fn windows(&self, case: &Case) -> Vec<Run> {
        let sizes: Vec<usize> = case.steps.iter().map(|step| tokens(step, 0)).collect();
        runs(&sizes, self.asker.room, self.at_once, CONTEXT)
    }

    /// A question about some steps.
    fn window<'a>(&'a self, case: &Case, run: Run) -> Asking<'a, Vec<Option<f64>>> {
        let (case, asked) = (case.clone(), run.asked.clone());
        let read = move |reply: &ChatReply| reading::marks(&reply.content, asked.start + 1, asked.end);
        self.asker.ask(move |room| shown(&case, &run, room), read)
    }

    /// A question about a step with those before it.
    fn prefix<'a>(&'a self, case: &Case, step: usize) -> Asking<'a, Vote> {
        let finished = case.finished && step + 1 == case.steps.len();
        let case = Case { reply: case.through(step), finished, ..case.clone() };
        yes_no::question(&self.asker, Asks::plainly(), &case)
    }
}

impl Verifier for Critic {
    fn name(&self) -> String {
        self.asker.named(Steps::KIND)
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.asker.endpoint.iter().collect()
    }

    fn looks_at_steps(&self) -> bool {
        true
    }

    /// A question is about one step at least.
    fn most_questions(&self, steps: u64) -> Option<u64> {
        Some(self.asker.tries(steps))
    }

    fn open<'a>(&'a self, case: Case) -> Conversation<'a> {
        let aggregate = self.aggregate;
        if self.each {
            let prefixes = (0..case.steps.len()).map(|step| self.prefix(&case, step)).collect();
            return Box::new(of_all(prefixes, move |votes: Vec<Vote>| {
                Ok(of_steps(votes.into_iter().map(|(score, _)| Some(score)).collect(), aggregate))
            }));
        }
        let windows = self.windows(&case).into_iter().map(|run| self.window(&case, run)).collect();
        Box::new(of_all(windows, move |marks: Vec<Vec<Option<f64>>>| Ok(of_steps(marks.concat(), aggregate))))
    }
}

/// The verdict that scores of steps come to.
pub(super) fn of_steps(steps: Vec<Option<f64>>, aggregate: Aggregate) -> Verdict {
    Verdict { score: aggregate.of(&steps), steps: Some(steps), ..Verdict::default() }
}
