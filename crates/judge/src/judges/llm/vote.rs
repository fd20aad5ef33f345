//! One verdict: window after window until a step is found, each asked again when its reply cannot be read.

use std::ops::Range;

use chat::{CallError, ChatReply, ChatRequest, Dialogue, Message, Next, Question, Replies};
use prompt::Value;
use serde_json::json;
use tables::Judgment;

use super::window::Sizes;
use super::{LlmJudge, question};
use crate::verdict::{self, Verdict};
use crate::{Item, absent, failed, found};

/// What was said about one window.
struct Said {
    window: Range<usize>,
    words: String,
}

/// The conversation that ends in one verdict.
pub(super) struct Vote<'a> {
    judge: &'a LlmJudge,
    item: &'a Item<'a>,
    sample: u32,
    sizes: Sizes,
    budget: usize,
    window: Range<usize>,
    /// How often this window was asked again.
    reasked: u32,
    /// The last reply about each window that was read.
    said: Vec<Said>,
}

impl<'a> Vote<'a> {
    pub(super) fn new(judge: &'a LlmJudge, item: &'a Item<'a>, sample: u32) -> Self {
        let sizes = Sizes::of(item);
        let window = sizes.from(0, judge.window_tokens);
        let budget = judge.window_tokens;
        Self { judge, item, sample, sizes, budget, window, reasked: 0, said: Vec::new() }
    }

    fn ask(&self, messages: Vec<Message>) -> Next<Judgment> {
        let request = ChatRequest::new(messages, self.judge.sampling.clone(), self.sample);
        Next::Ask(vec![Question::new(request)])
    }

    /// What is shown of the window.
    fn values(&self) -> Value {
        question::values(self.item, &self.sizes, &self.window, self.budget)
    }

    fn ask_window(&mut self) -> Next<Judgment> {
        self.reasked = 0;
        match self.judge.prompts.ask(&self.values()) {
            Ok(question) => self.ask(question),
            Err(problem) => self.done(failed(problem)),
        }
    }

    fn ask_again(&mut self, said: &str, reason: &str) -> Result<Next<Judgment>, String> {
        self.reasked += 1;
        Ok(self.ask(self.judge.prompts.ask_again(&self.values(), said, reason)?))
    }

    /// The words of the window that decided, or of all windows if there were several.
    fn done(&mut self, judgment: Judgment) -> Next<Judgment> {
        let raw = match std::mem::take(&mut self.said).as_mut_slice() {
            [] => None,
            [only] => Some(std::mem::take(&mut only.words)),
            several => {
                let each = |said: &Said| json!({"steps": [said.window.start, said.window.end - 1], "said": said.words});
                Some(several.iter().map(each).collect::<serde_json::Value>().to_string())
            }
        };
        let sampling = &self.judge.sampling;
        let seed = sampling.seed;
        Next::Done(Judgment { raw, temperature: sampling.temperature, seed, ..judgment })
    }

    fn read(&mut self, reply: &ChatReply) -> Next<Judgment> {
        let words = reply.content.clone();
        let verdict = verdict::read_within(&words, self.window.clone());
        // What was cut in the middle may name any step on its way to another.
        let unfinished = reply.finish == tables::Finish::Length && !verdict::concludes(&words);
        let verdict = verdict.and_then(|verdict| {
            if unfinished { Err("the reply comes to no conclusion".to_owned()) } else { Ok(verdict) }
        });
        self.said.push(Said { window: self.window.clone(), words });
        match verdict {
            Ok(Verdict::Step(step)) => self.done(found(step)),
            Ok(Verdict::Absent) => self.next_window(),
            Err(reason) => self.unreadable(reply, reason),
        }
    }

    fn next_window(&mut self) -> Next<Judgment> {
        match self.sizes.behind(&self.window, self.judge.overlap_steps, self.budget) {
            None => self.done(absent()),
            Some(window) => {
                self.window = window;
                self.ask_window()
            }
        }
    }

    fn unreadable(&mut self, reply: &ChatReply, reason: String) -> Next<Judgment> {
        let reason = prompt::unreadable(reason, reply);
        if self.reasked >= self.judge.reasks {
            return self.done(failed(reason));
        }
        self.said.pop();
        self.ask_again(&reply.content, &reason).unwrap_or_else(|problem| self.done(failed(problem)))
    }

    /// A smaller window from the same step on, if there is one; what was said so far stays.
    fn lost(&mut self, error: &CallError) -> Next<Judgment> {
        let overflows = matches!(error, CallError::ContextTooLong { .. });
        match self.sizes.half(&self.window, self.budget).filter(|_| overflows) {
            None => self.done(failed(error.reason())),
            Some(half) => {
                self.budget = half;
                self.window = self.sizes.from(self.window.start, half);
                self.ask_window()
            }
        }
    }
}

impl Dialogue<Judgment> for Vote<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Judgment> {
        match replies {
            [] => self.ask_window(),
            [Ok(reply)] => self.read(reply),
            [Err(error)] => self.lost(error),
            _ => self.done(failed("expected one reply to one question")),
        }
    }
}
