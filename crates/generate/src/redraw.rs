//! A reply in which no answer can be read is asked for again: what ARC Prize's own runs do, and others may have to imitate.

use std::sync::Arc;

use chat::{ChatRequest, Dialogue, MayFollow, Message, Next, Question, Replies, Sampling};
use serde_json::json;
use tables::{Finish, Problem, Reply};

use crate::reading::{Reading, is_readable};
use crate::reply::row;

/// One question, and the same again as long as nothing can be read in the reply.
pub(crate) struct Redrawn<'a> {
    pub(crate) messages: Arc<Vec<Message>>,
    pub(crate) sampling: &'a Sampling,
    pub(crate) problem: Arc<Problem>,
    pub(crate) reading: &'a Reading,
    pub(crate) sample: u32,
    /// Samples of each problem: the numbers of draws begin behind theirs.
    pub(crate) samples: u32,
    /// The most replies that are thrown away.
    pub(crate) most: u32,
    /// Those that were.
    pub(crate) thrown: Vec<Reply>,
}

impl Dialogue<Vec<Reply>> for Redrawn<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        let Some(answer) = replies.first() else { return self.ask() };
        let reply = row(answer.clone(), self.sample, None);
        let enough = self.left() == 0 || reply.finish == Finish::Error;
        if enough || is_readable(&reply, &self.problem, self.reading) {
            return Next::Done(vec![with_thrown(reply, &self.thrown)]);
        }
        self.thrown.push(reply);
        self.ask()
    }
}

impl Redrawn<'_> {
    fn left(&self) -> u32 {
        self.most.saturating_sub(u32::try_from(self.thrown.len()).unwrap_or(u32::MAX))
    }

    fn ask(&self) -> Next<Vec<Reply>> {
        let draw = self.sample + self.samples * (self.most - self.left());
        let mut request = ChatRequest::new(self.messages.to_vec(), self.sampling.clone(), draw);
        let may_follow = MayFollow::alike(self.left());
        request.may_follow = Some(may_follow).filter(|may| may.questions > 0);
        Next::Ask(vec![Question::new(request)])
    }
}

/// The reply that counts, with what the others took: they were paid for.
fn with_thrown(reply: Reply, thrown: &[Reply]) -> Reply {
    if thrown.is_empty() {
        return reply;
    }
    let all =
        |count: fn(&Reply) -> Option<u64>| thrown.iter().chain([&reply]).map(count).sum::<Option<u64>>();
    Reply {
        prompt_tokens: all(|reply| reply.prompt_tokens),
        cached_prompt_tokens: all(|reply| reply.cached_prompt_tokens),
        completion_tokens: all(|reply| reply.completion_tokens),
        estimate_tokens: thrown.iter().map(|reply| reply.completion_tokens).sum(),
        seconds: thrown.iter().chain([&reply]).map(|reply| reply.seconds).sum(),
        extra: Some(json!({"redrawn": thrown.len()}).to_string()),
        ..reply
    }
}

#[cfg(test)]
mod tests {
    use chat::ChatReply;

    use super::*;

    fn said(text: &str) -> Result<ChatReply, chat::CallError> {
        let completion_tokens = Some(10);
        Ok(ChatReply {
            content: text.into(),
            completion_tokens,
            prompt_tokens: Some(5),
            ..ChatReply::default()
        })
    }

    /// What is asked for (the numbers of the draws), and the reply that counts.
    fn drawn(replies: &[&str], most: u32) -> (Vec<u32>, Reply) {
        let (sampling, reading) = (Sampling::default(), Reading { grids: true, ..Reading::default() });
        let mut redrawn = Redrawn {
            messages: Arc::default(),
            sampling: &sampling,
            problem: Arc::default(),
            reading: &reading,
            sample: 1,
            samples: 2,
            most,
            thrown: Vec::new(),
        };
        let (mut asked, mut next) = (Vec::new(), redrawn.next(&[]));
        for reply in replies {
            let Next::Ask(questions) = next else { panic!("{reply:?} was not asked for") };
            asked.push(questions[0].request.sample);
            next = redrawn.next(&[said(reply)]);
        }
        let Next::Done(mut rows) = next else { panic!("more is asked") };
        (asked, rows.remove(0))
    }

    #[test]
    fn what_cannot_be_read_is_asked_for_again_and_paid_for() {
        let check =
            |replies: &[&str], most, asked: &[u32], content: &str, tokens: u64, thrown: Option<u64>| {
                let (draws, reply) = drawn(replies, most);
                assert_eq!((draws.as_slice(), reply.sample, reply.content.as_str()), (asked, 1, content));
                assert_eq!((reply.completion_tokens, reply.estimate_tokens), (Some(tokens), thrown));
            };
        check(&["```\n1 2\n3 4\n```"], 1, &[1], "```\n1 2\n3 4\n```", 10, None);
        check(&["No idea.", "[[1]]"], 1, &[1, 3], "[[1]]", 20, Some(10));
        check(&["No idea.", "Still none."], 1, &[1, 3], "Still none.", 20, Some(10));
        check(&["No.", "No!", "[[1]]"], 2, &[1, 3, 5], "[[1]]", 30, Some(20));
        check(&["No."], 0, &[1], "No.", 10, None);
    }
}
