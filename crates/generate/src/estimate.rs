//! A budget that the model names itself: two questions in a row.

use std::sync::Arc;

use chat::{CallError, ChatReply, ChatRequest, Dialogue, Message, Next, Question, Replies, Sampling};
use tables::{Finish, Problem, Reply};

use crate::manner::Manner;
use crate::reply::{failed, row};

/// The estimate's question, then the problem's own with what came of it.
pub(crate) struct Estimated<'a> {
    pub(crate) first: Arc<Vec<Message>>,
    pub(crate) manner: &'a Manner,
    pub(crate) problem: Arc<Problem>,
    pub(crate) sampling: &'a Sampling,
    pub(crate) sample: u32,
    /// The reply to the first question and the budget in it.
    pub(crate) estimate: Option<(ChatReply, u64)>,
}

impl Dialogue<Vec<Reply>> for Estimated<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        match (replies.first(), self.estimate.take()) {
            (None, _) => self.ask(self.first.to_vec()),
            (Some(answer), Some(estimate)) => Next::Done(vec![self.replied(answer.clone(), estimate)]),
            (Some(Err(error)), None) => Next::Done(vec![failed(error.reason(), self.sample, self.manner)]),
            (Some(Ok(reply)), None) => match self.budgeted(reply) {
                Ok(messages) => self.ask(messages),
                Err(why) => Next::Done(vec![Reply {
                    prompt_tokens: reply.prompt_tokens,
                    completion_tokens: reply.completion_tokens,
                    ..failed(why, self.sample, self.manner)
                }]),
            },
        }
    }
}

impl Estimated<'_> {
    fn ask(&self, messages: Vec<Message>) -> Next<Vec<Reply>> {
        let sampling = self.sampling.clone();
        Next::Ask(vec![Question::new(ChatRequest::new(messages, sampling, self.sample))])
    }

    /// The second question, if the first reply holds a number.
    fn budgeted(&mut self, reply: &ChatReply) -> Result<Vec<Message>, String> {
        let said = reply.content.trim();
        let tokens =
            last_number(said).ok_or_else(|| format!("the estimate of a budget holds no number: `{said}`"))?;
        let messages = self.manner.messages.with(("tokens", tokens), &self.problem)?;
        self.estimate = Some((reply.clone(), tokens));
        Ok(messages)
    }

    /// The row of the second reply; what is paid for holds the first one too.
    fn replied(&self, answer: Result<ChatReply, CallError>, (first, tokens): (ChatReply, u64)) -> Reply {
        let reply = row(answer, self.sample, Some(self.manner));
        if reply.finish == Finish::Error {
            return reply;
        }
        let both = |a: Option<u64>, b: Option<u64>| Some(a? + b?);
        let demand = reply.demand.map(|demand| tables::Demand { budget: Some(tokens), ..demand });
        Reply {
            demand,
            estimate_tokens: first.completion_tokens,
            prompt_tokens: both(reply.prompt_tokens, first.prompt_tokens),
            // Where the server says nothing of its cache, all is charged in full.
            cached_prompt_tokens: both(reply.cached_prompt_tokens, first.cached_prompt_tokens),
            completion_tokens: both(reply.completion_tokens, first.completion_tokens),
            seconds: reply.seconds.map(|seconds| seconds + first.seconds),
            ..reply
        }
    }
}

/// The last whole number above 0 of a text; commas between thousands are part of one.
fn last_number(text: &str) -> Option<u64> {
    let digit = |c: char| c.is_ascii_digit();
    let end = text.rfind(digit)? + 1;
    let start = text[..end]
        .rfind(|c: char| !digit(c) && c != ',')
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let digits: String = text[start..end].chars().filter(|c| digit(*c)).collect();
    digits.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_of_an_estimate_is_the_budget() {
        let check = |text, expect| assert_eq!(last_number(text), expect, "{text}");
        check("120", Some(120));
        check("Between 100 and 1,500 tokens.", Some(1500));
        check("<think>3 steps</think>\n**80**", Some(80));
        check("约200个", Some(200));
        check("0", None);
        check("none", None);
        check("99999999999999999999999", None);
    }
}
