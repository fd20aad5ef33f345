//! When the answer is settled: the thinking is ended behind each step and the answer demanded, as Dynasor probes it
//! (arXiv 2412.20993). The first step from which the answer stays the final one needs neither a judge nor the known answer.

#[cfg(test)]
mod tests;

use answer::{Outcome, Policy, Verdict};
use chat::{CUE, Dialogue, Endpoint, MOST_ROUNDS, Next, Question, Replies, Trial};
use plugin::{Component, ConfigErrors, Content, Registry, entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Finish, ForcedAnswer, Generation, Judgment};

use super::TaskEntry;
use crate::Item;
use crate::completer::{Begun, Completer, CompleterConfig, Heard, foretell};
use crate::task::disabled::Disabled;
use crate::task::{Columns, Findings, Task, note, state};

pub(crate) const COLUMNS: Columns = Columns {
    task: "convergence",
    take: |from, to| {
        to.forced = from.forced.take();
        to.converged = from.converged;
        to.converged_right = from.converged_right;
    },
};

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "the step from which the answer stays what it is in the end, by demanding it behind each step",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> =
    Registry::new("way of convergence", &[entry::<Convergence>(), entry::<Disabled>()]);

/// Questions of one round: each holds the reply up to its step.
const A_ROUND: usize = 64;

/// Ends the thinking behind steps and demands the answer, by going on with the reply, which the server must be able to do:
/// `thinkmeter doctor --continue` says whether it is. Temperature 0 and at most 64 tokens an answer unless set.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Convergence {
    #[serde(flatten)]
    completer: CompleterConfig,
    /// How the answer begins that the model has to end.
    #[serde(default = "usual_cue")]
    cue: String,
    /// Not behind every step, but behind the first one that ends at so many tokens of thinking or more, at twice as many, and so on.
    #[serde(default)]
    #[schemars(range(min = 1))]
    every_tokens: Option<u32>,
    /// What counts as the same answer.
    #[serde(default)]
    policy: Policy,
}

fn usual_cue() -> String {
    CUE.to_owned()
}

impl Component for Convergence {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = "has a model answer behind each step";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        let completer = self.completer.build(0.0, 64, content)?;
        let (cue, every, policy) = (self.cue, self.every_tokens, self.policy);
        Ok(Box::new(Converges { completer, cue, every, policy }))
    }
}

struct Converges {
    completer: Completer,
    cue: String,
    /// Tokens between two demands; behind every step where there are none.
    every: Option<u32>,
    policy: Policy,
}

impl Converges {
    /// The steps behind which the answer is demanded; behind the last one the model gave it.
    fn steps(&self, item: &Item<'_>) -> Vec<u32> {
        let (mut through, mut next, mut steps) = (0, self.every.unwrap_or_default(), Vec::new());
        for (number, step) in (0..).zip(item.steps.iter().take(item.steps.len().saturating_sub(1))) {
            through += step.tokens;
            if through >= next {
                steps.push(number);
                next = self.every.map_or(0, |every| (through / every + 1) * every);
            }
        }
        steps
    }
}

impl Task for Converges {
    fn task(&self) -> &'static str {
        COLUMNS.task
    }

    fn judge(&self) -> String {
        self.completer.name()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, _: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let skipped = |reason| {
            let skipped: Box<dyn Dialogue<Findings> + 'a> =
                Box::new(chat::done(Findings::skipped(COLUMNS, &self.judge(), reason)));
            skipped
        };
        let Some(last) = item.grade.extracted.as_deref() else {
            return skipped("the reply gives no final answer".to_owned());
        };
        match self.completer.open(item) {
            Err(reason) => skipped(reason),
            Ok(begun) => Box::new(Demanding {
                task: self,
                begun,
                last,
                left: self.steps(item),
                asked: Vec::new(),
                found: Vec::new(),
                heard: Heard::default(),
            }),
        }
    }

    fn most_rounds(&self, item: &Item<'_>) -> usize {
        MOST_ROUNDS + item.steps.len() / A_ROUND
    }

    fn trial(&self, like: &Generation) -> Option<Trial> {
        self.completer.place(like).ok().map(|place| place.trial_behind())
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.completer.endpoint]
    }
}

/// The conversation about one reply.
struct Demanding<'a> {
    task: &'a Converges,
    begun: Begun<'a>,
    /// The final answer of the reply.
    last: &'a str,
    left: Vec<u32>,
    asked: Vec<u32>,
    found: Vec<ForcedAnswer>,
    heard: Heard,
}

impl Dialogue<Findings> for Demanding<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Findings> {
        if let Err(reason) = self.hear(replies) {
            return Next::Done(self.ended(state::FAILED, Some(reason)));
        }
        let first = self.heard.calls() == 0;
        let mut questions = self.round();
        if questions.is_empty() {
            return Next::Done(self.ended(state::DONE, None));
        }
        if first {
            foretell(&mut questions, self.left.len(), 0);
        }
        Next::Ask(questions)
    }

    fn most_rounds(&self) -> usize {
        self.task.most_rounds(self.begun.item)
    }
}

impl Demanding<'_> {
    fn round(&mut self) -> Vec<Question> {
        self.asked = self.left.drain(..self.left.len().min(A_ROUND)).collect();
        let begun = &self.begun;
        let closed = |step: &u32| begun.place.closing(begun.through(*step).trim_end(), &self.task.cue);
        self.asked.iter().map(|step| begun.question(closed(step), 0)).collect()
    }

    fn hear(&mut self, replies: &Replies) -> Result<(), String> {
        let asked = std::mem::take(&mut self.asked);
        for (step, reply) in asked.into_iter().zip(self.heard.take(replies)?) {
            let said = format!("{}{}", self.task.cue, reply.joined());
            self.found.push(self.read(step, &said, reply.finish == Finish::Length));
        }
        Ok(())
    }

    fn read(&self, step: u32, said: &str, cut: bool) -> ForcedAnswer {
        let problem = self.begun.item.problem;
        let (choices, policy) = (&problem.choices, &self.task.policy);
        let reply = answer::Reply { text: said, cut, unclosed: false };
        let grade = answer::grade(&problem.gold, choices, reply, policy);
        let right = match grade.verdict {
            Verdict::Right => Some(true),
            Verdict::Wrong | Verdict::NoAnswer => Some(false),
            Verdict::Undecided | Verdict::NoGold => None,
        };
        let answer = grade.extracted.map(|found| found.raw);
        let own = match answer
            .as_deref()
            .map(|own| answer::compare_any(&[self.last], own, choices, policy).outcome)
        {
            Some(Outcome::Equal) => Some(true),
            Some(Outcome::Different) | None => Some(false),
            Some(Outcome::Unknown) => None,
        };
        ForcedAnswer { step, answer, own, right }
    }

    fn ended(&mut self, state: &str, reason: Option<String>) -> Findings {
        let note = self.heard.onto(note(COLUMNS.task, &self.task.completer.name(), state, reason));
        let forced = std::mem::take(&mut self.found);
        let last = (self.begun.item.steps.len() as u32).saturating_sub(1);
        let right = self.begun.item.grade.verdict.correct() == Some(true);
        let found = Judgment {
            converged: Some(from_when(&forced, last, |answer| answer.own)),
            converged_right: right.then(|| from_when(&forced, last, |answer| answer.right)),
            forced: Some(forced),
            ..Judgment::default()
        };
        Findings { ends: vec![(COLUMNS, note)], found: Box::new(found), tree: None }
    }
}

/// The first step from which all answers hold; the last one where none before it does. What is unknown does not hold.
fn from_when(answers: &[ForcedAnswer], last: u32, holds: fn(&ForcedAnswer) -> Option<bool>) -> u32 {
    let held = answers.iter().rev().take_while(|answer| holds(answer) == Some(true));
    held.last().map_or(last, |answer| answer.step)
}
