//! One judge and the tasks beside it, in one pass over a trace.

use chat::{Dialogue, Endpoint, Next, Question, Replies, Usage, abreast, dialogue, metered, shifted};
use tables::{Generation, JudgeState, Judgment, TaskNote, Tree};

use crate::item::{NeedsTrial, Seen};
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

    /// The first judge's conversation, with those of some tasks behind it.
    fn chained<'a>(
        &'a self,
        item: &'a Item<'a>,
        first: Box<dyn Dialogue<Judgment> + 'a>,
        wanted: impl Fn(&dyn Task) -> bool,
    ) -> Box<dyn Dialogue<Judged> + 'a> {
        let alone = |task: &dyn Task| wanted(task) && !task.compares();
        let left = (0..self.tasks.len()).filter(|task| alone(self.tasks[*task].as_ref()));
        Box::new(ChainDialogue {
            chain: self,
            item,
            offsets: self.offsets(),
            first: Some(first),
            judgment: Judgment::default(),
            left: left.collect(),
            running: Vec::new(),
            notes: Vec::new(),
            tree: None,
        })
    }

    /// The tasks that compare, over the replies that there are.
    fn compared<'a>(
        &'a self,
        items: &'a [Seen<'a>],
        judged: Vec<(Judged, Usage)>,
    ) -> impl Dialogue<Vec<(Judged, Usage)>> + 'a {
        let offsets = self.offsets();
        let there: Vec<usize> = (0..items.len()).filter(|at| !items[*at].0.generation.failed()).collect();
        let shown: Vec<&'a Item<'a>> = there.iter().map(|at| &items[*at].0).collect();
        let tasks = self.tasks.iter().map(|task| task.as_ref());
        let comparing = tasks.zip(offsets).filter(|(task, _)| task.compares());
        let open = |(task, by): (&'a dyn Task, usize)| metered(shifted(task.open_together(&shown), by));
        dialogue::then(abreast(comparing.map(open).collect()), move |found| {
            chat::done(with_findings(judged, &there, found))
        })
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
        self.chained(item, first, |_| true)
    }

    /// Only the tasks that are about replies have their turn, where there is one.
    fn open_skipped<'a>(&'a self, item: &'a Item<'a>, skipped: Judgment) -> Box<dyn Dialogue<Judged> + 'a> {
        let replied = !item.generation.failed() && !item.problem.problem.trim().is_empty();
        self.chained(item, crate::known(skipped), |task| replied && task.is_about_replies())
    }

    fn compares(&self) -> bool {
        self.tasks.iter().any(|task| task.compares())
    }

    /// Each by itself, then the tasks that compare them.
    fn open_together<'a>(&'a self, items: &'a [Seen<'a>]) -> Box<dyn Dialogue<Vec<(Judged, Usage)>> + 'a> {
        let each = abreast(items.iter().map(|seen| metered(self.open_seen(seen))).collect());
        Box::new(dialogue::then(each, move |judged| self.compared(items, judged)))
    }

    fn keeps_trees(&self) -> bool {
        self.tasks.iter().any(|task| task.keeps_trees())
    }

    fn trials(&self, like: &Generation) -> Vec<NeedsTrial> {
        let of = |(task, to): (&dyn Task, usize)| {
            let (trial, model) = (task.trial(like)?, task.endpoints().first()?.model.clone());
            Some(NeedsTrial { task: task.task(), to, model, trial })
        };
        self.tasks.iter().map(|task| task.as_ref()).zip(self.offsets()).filter_map(of).collect()
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

/// What comparing replies took stands with the first of them.
fn with_findings(
    mut judged: Vec<(Judged, Usage)>,
    there: &[usize],
    found: Vec<(Vec<Findings>, Usage)>,
) -> Vec<(Judged, Usage)> {
    for (findings, usage) in found {
        for (place, (at, findings)) in there.iter().zip(findings).enumerate() {
            let (Judged { judgment, .. }, own) = &mut judged[*at];
            findings.onto(judgment);
            if let Some(note) = judgment.tasks.last_mut().filter(|_| place == 0) {
                paid(note, usage);
                own.merge(usage);
            }
        }
    }
    judged
}

fn paid(note: &mut TaskNote, usage: Usage) {
    note.calls = Some(usage.calls);
    note.prompt_tokens = usage.prompt_tokens.total();
    note.completion_tokens = usage.completion_tokens.total();
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
    dialogue: Box<dyn Dialogue<(Findings, Usage)> + 'a>,
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
        let mut dialogue = Box::new(chat::metered(self.chain.tasks[task].open(self.item, &self.judgment)));
        let next = dialogue.next(&[]);
        self.take(Running { task, dialogue, asked: 0 }, next, questions);
    }

    fn take(&mut self, running: Running<'a>, next: Next<(Findings, Usage)>, questions: &mut Vec<Question>) {
        match next {
            Next::Done((findings, usage)) => self.finish(running.task, findings, usage),
            Next::Ask(asked) => {
                let by = self.offsets[running.task];
                let count = asked.len();
                questions
                    .extend(asked.into_iter().map(|question| Question { to: question.to + by, ..question }));
                self.running.push(Running { asked: count, ..running });
            }
        }
    }

    /// Of a task that does the work of several, the first note says what they took.
    fn finish(&mut self, task: usize, mut findings: Findings, usage: Usage) {
        self.tree = findings.tree.take().or(self.tree.take());
        let known = self.judgment.tasks.len();
        findings.onto(&mut self.judgment);
        let mut notes = self.judgment.tasks.split_off(known);
        if let Some(note) = notes.first_mut().filter(|_| usage.calls > 0) {
            paid(note, usage);
        }
        self.notes.push((task, notes));
    }

    /// Notes in the order of the tasks, not in the order in which they ended.
    fn conclude(&mut self) -> Judged {
        let mut judgment = std::mem::take(&mut self.judgment);
        self.notes.sort_by_key(|(task, _)| *task);
        judgment.tasks.extend(std::mem::take(&mut self.notes).into_iter().flat_map(|(_, notes)| notes));
        Judged { judgment, tree: self.tree.take() }
    }
}
