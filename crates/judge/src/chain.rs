//! One judge and the tasks beside it, in one pass over a trace.

use chat::{Dialogue, Endpoint, Next, Question, Replies};
use tables::{Generation, JudgeState, Judgment, TaskNote, Tree};

use crate::item::NeedsTrial;
use crate::task::{Findings, Task};
use crate::{Item, Judge, Judged};

/// The judge of the first correct step first, then tasks. Tasks that do not wait for each other ask side by side; a task
/// that fails spoils nobody else's columns. The stage sees one judge.
pub struct Chain {
    first: Box<dyn Judge>,
    tasks: Vec<Box<dyn Task>>,
}

impl Chain {
    /// A judge with tasks behind it, whose notes stand in this order.
    pub fn new(first: Box<dyn Judge>, tasks: Vec<Box<dyn Task>>) -> Self {
        Self { first, tasks }
    }

    /// Where the endpoints of each task begin among ours.
    fn offsets(&self) -> Vec<usize> {
        let mut before = self.first.endpoints().len();
        let offset = |task: &dyn Task| {
            let at = before;
            before += task.endpoints().len();
            at
        };
        self.tasks.iter().map(|task| task.as_ref()).map(offset).collect()
    }
}

impl Judge for Chain {
    /// The judgments are the first judge's; what the tasks add, their notes sign.
    fn name(&self) -> String {
        self.first.name()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        Box::new(chat::then(self.open_all(item), |judged: Judged| chat::done(judged.judgment)))
    }

    fn open_all<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judged> + 'a> {
        let first: Box<dyn Dialogue<Judgment> + 'a> =
            if self.first.needs_gold() && item.problem.gold.is_empty() {
                crate::known(without_gold())
            } else {
                self.first.open(item)
            };
        Box::new(ChainDialogue {
            chain: self,
            item,
            offsets: self.offsets(),
            first: Some(first),
            judgment: Judgment::default(),
            left: (0..self.tasks.len()).collect(),
            running: Vec::new(),
            notes: Vec::new(),
            tree: None,
        })
    }

    fn keeps_trees(&self) -> bool {
        self.tasks.iter().any(|task| task.keeps_trees())
    }

    fn trials(&self, like: &Generation) -> Vec<NeedsTrial> {
        let of = |(task, to): (&Box<dyn Task>, usize)| {
            let (trial, model) = (task.trial(like)?, task.endpoints().first()?.model.clone());
            Some(NeedsTrial { task: task.task(), to, model, trial })
        };
        self.tasks.iter().zip(self.offsets()).filter_map(of).collect()
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        let tasks = self.tasks.iter().flat_map(|task| task.endpoints());
        self.first.endpoints().into_iter().chain(tasks).collect()
    }

    fn sent_on(&self, judgment: &Judgment) -> Option<bool> {
        self.first.sent_on(judgment)
    }

    /// The tasks have their turn behind the first judge.
    fn may_know(&self) -> bool {
        self.first.may_know()
    }

    /// Most tasks have something to say where no answer is known.
    fn needs_gold(&self) -> bool {
        self.tasks.is_empty() && self.first.needs_gold()
    }
}

/// The first judge cannot work without a known answer; in the stage's own words.
fn without_gold() -> Judgment {
    let reason = Some("the problem has no known answer".to_owned());
    Judgment { state: JudgeState::Skipped, reason, ..Judgment::default() }
}

/// The conversation: first the judge's, then those of the tasks that are ready.
struct ChainDialogue<'a> {
    chain: &'a Chain,
    item: &'a Item<'a>,
    offsets: Vec<usize>,
    first: Option<Box<dyn Dialogue<Judgment> + 'a>>,
    judgment: Judgment,
    /// Tasks that have not begun.
    left: Vec<usize>,
    running: Vec<Running<'a>>,
    /// By task.
    notes: Vec<(usize, Vec<TaskNote>)>,
    /// What a task keeps of what it drew.
    tree: Option<Box<Tree>>,
}

struct Running<'a> {
    task: usize,
    dialogue: Box<dyn Dialogue<Findings> + 'a>,
    /// How many replies it waits for.
    asked: usize,
}

impl Dialogue<Judged> for ChainDialogue<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Judged> {
        if let Some(first) = &mut self.first {
            match first.next(replies) {
                Next::Ask(questions) => return Next::Ask(questions),
                Next::Done(judgment) => {
                    self.judgment = judgment;
                    self.first = None;
                }
            }
        }
        let mut questions = self.go_on(replies);
        while let Some(task) = self.ready() {
            self.begin(task, &mut questions);
        }
        if questions.is_empty() { Next::Done(self.conclude()) } else { Next::Ask(questions) }
    }

    /// The first judge's, and in the worst case those of the tasks behind each other.
    fn most_rounds(&self) -> usize {
        let tasks = self.chain.tasks.iter().map(|task| task.most_rounds(self.item));
        self.first.as_ref().map_or(0, Dialogue::most_rounds) + tasks.sum::<usize>()
    }
}

impl<'a> ChainDialogue<'a> {
    /// Hands each running task its replies.
    fn go_on(&mut self, mut replies: &Replies) -> Vec<Question> {
        let mut questions = Vec::new();
        for mut running in std::mem::take(&mut self.running) {
            let (own, rest) = replies.split_at(running.asked.min(replies.len()));
            replies = rest;
            let next = running.dialogue.next(own);
            self.take(running, next, &mut questions);
        }
        questions
    }

    /// The next task that waits for no other one. Those that wait for each other would wait forever: then the first
    /// of them begins.
    fn ready(&mut self) -> Option<usize> {
        let busy = |task: usize| {
            let unfinished = self.left.iter().copied().chain(self.running.iter().map(|running| running.task));
            let names: Vec<&str> = unfinished.map(|index| self.chain.tasks[index].task()).collect();
            self.chain.tasks[task].after().iter().any(|before| names.contains(before))
        };
        let stuck = self.running.is_empty();
        let place = self.left.iter().position(|task| !busy(*task));
        let place = place.or_else(|| (stuck && !self.left.is_empty()).then_some(0))?;
        Some(self.left.remove(place))
    }

    fn begin(&mut self, task: usize, questions: &mut Vec<Question>) {
        let mut dialogue = self.chain.tasks[task].open(self.item, &self.judgment);
        let next = dialogue.next(&[]);
        self.take(Running { task, dialogue, asked: 0 }, next, questions);
    }

    fn take(&mut self, running: Running<'a>, next: Next<Findings>, questions: &mut Vec<Question>) {
        match next {
            Next::Done(findings) => self.finish(running.task, findings),
            Next::Ask(asked) => {
                let by = self.offsets[running.task];
                let count = asked.len();
                questions
                    .extend(asked.into_iter().map(|question| Question { to: question.to + by, ..question }));
                self.running.push(Running { asked: count, ..running });
            }
        }
    }

    fn finish(&mut self, task: usize, mut findings: Findings) {
        self.tree = findings.tree.take().or(self.tree.take());
        let known = self.judgment.tasks.len();
        findings.onto(&mut self.judgment);
        self.notes.push((task, self.judgment.tasks.split_off(known)));
    }

    /// Notes in the order of the tasks, not in the order in which they ended.
    fn conclude(&mut self) -> Judged {
        let mut judgment = std::mem::take(&mut self.judgment);
        self.notes.sort_by_key(|(task, _)| *task);
        judgment.tasks.extend(std::mem::take(&mut self.notes).into_iter().flat_map(|(_, notes)| notes));
        Judged { judgment, tree: self.tree.take() }
    }
}
