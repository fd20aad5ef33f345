//! Samples of a problem that are drawn until a rule has enough of them.
//!
//! Batches follow each other. A batch is asked at once and looked at when all of its replies are there, in the order of
//! the samples, so neither who answers first nor how many are asked at once changes what is drawn. A call that fails for good
//! is a sample without an answer.

use std::sync::Arc;

use chat::{Dialogue, MOST_ROUNDS, Next, Question, Replies};
use stopping::Stopping;
use tables::{Problem, Reply};

use crate::generators::Conversation;
use crate::reading::{Answers, Reading};

/// What ended the drawing when no rule did.
const MOST: &str = "most";

/// When a problem has enough samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Until {
    /// The word for the rule.
    pub(crate) kind: &'static str,
    /// The rule.
    pub(crate) rule: Stopping,
    /// At so many samples it ends.
    pub(crate) most: u32,
}

impl Until {
    /// Samples before the first look, all of which can be asked at once.
    pub(crate) fn first(&self) -> u32 {
        let batch = self.rule.batch.max(1);
        (self.rule.least.max(1).div_ceil(batch) * batch).min(self.most)
    }
}

/// Opens the conversation about a sample.
pub(crate) type Open<'a> = Box<dyn Fn(u32) -> Conversation<'a> + Send + 'a>;

/// The conversation that ends with all samples of a problem.
pub(crate) struct Drawing<'a> {
    until: &'a Until,
    open: Open<'a>,
    problem: Arc<Problem>,
    answers: Answers<'a>,
    /// Samples that were opened.
    drawn: u32,
    batch: Vec<Talk<'a>>,
    /// Samples that are there.
    rows: Vec<Reply>,
    /// A question was not asked at all, so nobody knows what would have come of it.
    unasked: bool,
}

/// The conversation about one sample of a batch.
struct Talk<'a> {
    conversation: Conversation<'a>,
    /// Its questions that are under way.
    asked: usize,
    done: Option<Vec<Reply>>,
}

impl<'a> Drawing<'a> {
    pub(crate) fn new(until: &'a Until, problem: Arc<Problem>, reading: &'a Reading, open: Open<'a>) -> Self {
        let answers = Answers::new(reading);
        Self { until, open, problem, answers, drawn: 0, batch: Vec::new(), rows: Vec::new(), unasked: false }
    }

    /// Opens the next samples; those before the first look are one batch.
    fn begin(&mut self) {
        let wanted = if self.drawn == 0 { self.until.first() } else { self.until.rule.batch.max(1) };
        let end = (self.drawn + wanted).min(self.until.most);
        let open = &self.open;
        let talk = |sample| Talk { conversation: open(sample), asked: 0, done: None };
        self.batch = (self.drawn..end).map(talk).collect();
        self.drawn = end;
    }

    /// Hands each conversation of the batch its replies, and gathers what it asks next.
    fn go_on(&mut self, replies: &Replies) -> Vec<Question> {
        let (mut questions, mut rest) = (Vec::new(), replies);
        for talk in self.batch.iter_mut().filter(|talk| talk.done.is_none()) {
            let (own, others) = rest.split_at(talk.asked.min(rest.len()));
            rest = others;
            talk.asked = 0;
            match talk.conversation.next(own) {
                Next::Done(rows) => talk.done = Some(rows),
                Next::Ask(more) => {
                    talk.asked = more.len();
                    questions.extend(more);
                }
            }
        }
        questions
    }

    /// Takes what the batch came to; says what ends the drawing, if it ends here.
    fn look(&mut self) -> Option<Option<&'static str>> {
        let before = self.rows.len();
        self.rows.extend(std::mem::take(&mut self.batch).into_iter().filter_map(|talk| talk.done).flatten());
        if self.unasked {
            return Some(None);
        }
        let classes = self.answers.classes(&self.problem, &self.rows, before);
        if self.until.rule.enough(&classes) {
            return Some(Some(self.until.kind));
        }
        (self.drawn >= self.until.most).then_some(Some(MOST))
    }

    /// The rows, with what ended the drawing.
    fn ended(&mut self, by: Option<&'static str>) -> Vec<Reply> {
        let mut rows = std::mem::take(&mut self.rows);
        for row in &mut rows {
            row.drawn = Some(self.drawn);
            row.stopped = by.map(str::to_owned);
            row.drawn_first = Some(self.until.first());
            row.drawn_at_once = Some(self.until.rule.batch.max(1));
        }
        rows
    }
}

impl Dialogue<Vec<Reply>> for Drawing<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        // What only counts or writes down the questions gives no replies to go by.
        let own_reason =
            |reply: &Result<_, chat::CallError>| reply.as_ref().is_err_and(|error| !error.is_of_server());
        self.unasked |= replies.iter().any(own_reason);
        let mut questions = self.go_on(replies);
        while questions.is_empty() {
            if self.drawn > 0
                && let Some(by) = self.look()
            {
                return Next::Done(self.ended(by));
            }
            self.begin();
            questions = self.go_on(&[]);
        }
        Next::Ask(questions)
    }

    /// As many as a sample may take, batch after batch.
    fn most_rounds(&self) -> usize {
        MOST_ROUNDS.saturating_mul(self.until.most as usize)
    }
}
