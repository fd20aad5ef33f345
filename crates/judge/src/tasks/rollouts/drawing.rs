//! The conversation that draws completions from the steps of a reply.

use std::collections::{BTreeMap, VecDeque};

use answer::Verdict;
use chat::{Behind, ChatReply, Dialogue, MOST_ROUNDS, Next, Place, Question, Replies};
use tables::{Finish, Judgment, Rollout};

use super::search::Search;
use super::{COLUMNS, RollsOut, tree};
use crate::completer::{Begun, Heard, foretell};
use crate::task::{Findings, note, state};

/// Questions of one round: each holds the reply up to its step, so all at once would hold a long one hundreds of times.
const A_ROUND: usize = 64;
/// A first step shorter than this may well be begun twice.
const TELLING: usize = 16;

/// Rounds that so many steps may take: each step a first and a second part.
pub(super) fn most_rounds(steps: usize, n: u32) -> usize {
    MOST_ROUNDS + 2 * (steps.saturating_mul(n as usize) / A_ROUND)
}

/// What came of one completion.
pub(super) struct Completion {
    verdict: Verdict,
    /// The final answer, as extracted.
    pub(super) answer: Option<String>,
    pub(super) cut: bool,
    restarted: bool,
    pub(super) tokens: Option<u64>,
    /// What was written, if that is kept.
    pub(super) text: Option<Behind>,
}

impl Completion {
    /// Its answer is right; null where that could not be decided.
    pub(super) fn correct(&self) -> Option<bool> {
        match self.verdict {
            Verdict::Right => Some(true),
            Verdict::Wrong | Verdict::NoAnswer => Some(false),
            Verdict::Undecided | Verdict::NoGold => None,
        }
    }
}

/// Draws.
pub(super) struct Drawing<'a> {
    task: &'a RollsOut,
    begun: Begun<'a>,
    search: Search,
    drawn: BTreeMap<u32, Vec<Completion>>,
    /// Steps and numbers of completions that are to be asked for, and those that are.
    queue: VecDeque<(u32, u32)>,
    asked: Vec<(u32, u32)>,
    heard: Heard,
}

impl Dialogue<Findings> for Drawing<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Findings> {
        if let Err(reason) = self.hear(replies).and_then(|()| self.refill()) {
            return Next::Done(self.ended(Some(reason)));
        }
        let first = self.heard.calls() == 0;
        let mut questions = self.round();
        if questions.is_empty() {
            return Next::Done(self.ended(None));
        }
        if first {
            let (least, most) = self.expects();
            let follow = least.saturating_sub(questions.len());
            foretell(&mut questions, follow, most - least);
        }
        Next::Ask(questions)
    }

    fn most_rounds(&self) -> usize {
        most_rounds(self.begun.item.steps.len(), self.task.n)
    }
}

impl<'a> Drawing<'a> {
    pub(super) fn new(task: &'a RollsOut, begun: Begun<'a>) -> Self {
        let search = task.way.over(begun.item.steps.len() as u32);
        let (drawn, queue) = (BTreeMap::new(), VecDeque::new());
        Self { task, begun, search, drawn, queue, asked: Vec::new(), heard: Heard::default() }
    }

    /// Completions that will be asked for, the least and the most.
    fn expects(&self) -> (usize, usize) {
        let steps = self.task.way.over(self.begun.item.steps.len() as u32).steps();
        ((steps.start() * self.task.first) as usize, (steps.end() * self.task.n) as usize)
    }

    fn hear(&mut self, replies: &Replies) -> Result<(), String> {
        let asked = std::mem::take(&mut self.asked);
        for ((step, _), reply) in asked.iter().zip(self.heard.take(replies)?) {
            let completion = self.read(*step, reply);
            self.drawn.entry(*step).or_default().push(completion);
        }
        Ok(())
    }

    /// What a completion comes to, told as it would be of a whole reply.
    fn read(&self, step: u32, reply: &ChatReply) -> Completion {
        let begun = &self.begun;
        let behind = begun.place.behind(reply);
        let cut = reply.finish == Finish::Length;
        let open = (begun.place == Place::Text).then(|| format!("{}{}", begun.through(step), behind.thought));
        let text = open.as_deref().or(behind.answer.as_deref());
        let said = answer::Reply { text: text.unwrap_or_default(), cut, unclosed: text.is_none() };
        let problem = begun.item.problem;
        let grade = answer::grade(&problem.gold, &problem.choices, said, &self.task.policy);
        Completion {
            verdict: grade.verdict,
            answer: grade.extracted.map(|found| found.raw),
            cut,
            restarted: self.restarts(&behind.thought),
            tokens: reply.completion_tokens,
            text: self.task.keep.then_some(behind),
        }
    }

    fn restarts(&self, thought: &str) -> bool {
        let first = self.begun.item.step_text(0).trim();
        first.len() >= TELLING && thought.trim_start().starts_with(first)
    }

    /// What came from a step so far.
    fn rollout(&self, step: u32) -> Rollout {
        let drawn = self.drawn.get(&step).map_or(&[][..], Vec::as_slice);
        let count = |is: fn(&Completion) -> bool| drawn.iter().filter(|one| is(one)).count() as u32;
        let asked = drawn.len() as u32;
        Rollout {
            step,
            asked,
            right: count(|one| one.verdict == Verdict::Right),
            undecided: count(|one| one.correct().is_none()),
            cut: count(|one| one.cut),
            restarted: count(|one| one.restarted),
            early: asked < self.task.n,
            tokens: drawn.iter().map(|one| one.tokens).sum(),
        }
    }

    /// Queues what follows from what is there: the second part of a step of which no completion is right yet, else further steps.
    fn refill(&mut self) -> Result<(), String> {
        if !self.queue.is_empty() {
            return Ok(());
        }
        let (first, n) = (self.task.first, self.task.n);
        let unsure = |step: &u32| {
            let rollout = self.rollout(*step);
            rollout.asked < n && rollout.right == 0
        };
        let again: Vec<u32> = self.drawn.keys().copied().filter(unsure).collect();
        let rest = again.iter().flat_map(|step| (first..n).map(|sample| (*step, sample)));
        self.queue.extend(rest);
        if self.queue.is_empty() {
            let rollouts: BTreeMap<u32, Rollout> =
                self.drawn.keys().map(|step| (*step, self.rollout(*step))).collect();
            let steps = self.search.next(|step| rollouts.get(&step)?.reached())?;
            self.queue.extend(steps.iter().flat_map(|step| (0..first).map(|sample| (*step, sample))));
        }
        Ok(())
    }

    fn round(&mut self) -> Vec<Question> {
        self.asked = self.queue.drain(..self.queue.len().min(A_ROUND)).collect();
        let begun = &self.begun;
        let question =
            |(step, sample): &(u32, u32)| begun.question(begun.place.inside(begun.through(*step)), *sample);
        self.asked.iter().map(question).collect()
    }

    /// What it came to, or why it failed; either way what it took.
    fn ended(&mut self, reason: Option<String>) -> Findings {
        let judge = self.task.completer.name();
        let done = if reason.is_some() { state::FAILED } else { state::DONE };
        let note = self.heard.onto(note(COLUMNS.task, &judge, done, reason));
        let rollouts: Vec<Rollout> = self.drawn.keys().map(|step| self.rollout(*step)).collect();
        let tree = (self.task.keep && note.state == state::DONE)
            .then(|| tree::tree(&self.begun, &self.drawn, &rollouts, (self.task.policy(), &self.heard)));
        let first_error = self.search.found().or_else(|| self.first_unreached(&rollouts));
        let found = Judgment { rollouts: Some(rollouts), first_error, ..Judgment::default() };
        Findings { ends: vec![(COLUMNS, note)], found: Box::new(found), tree: tree.map(Box::new) }
    }

    /// The first step from which nothing came right; the last one of a wrong reply was drawn from by the reply itself.
    fn first_unreached(&self, rollouts: &[Rollout]) -> Option<u32> {
        let unreached =
            rollouts.iter().find(|rollout| rollout.reached() == Some(false)).map(|rollout| rollout.step);
        let wrong = self.begun.item.grade.verdict.correct() == Some(false);
        let last = (self.begun.item.steps.len() as u32).checked_sub(1).filter(|_| wrong);
        unreached.or(last)
    }
}
