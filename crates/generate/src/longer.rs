//! A reply that its limit cut goes on for some tokens more.

use chat::{CallError, ChatReply, ChatRequest, Continuation, Dialogue, MayFollow, Next, Question, Replies};
use tables::{Finish, Reply};

use crate::generators::Conversation;

/// Waits for the reply of a conversation, and goes on with it once where it was cut.
pub(crate) struct Longer<'a> {
    pub(crate) conversation: Conversation<'a>,
    /// The most tokens that it takes more.
    pub(crate) most: u64,
    /// What was asked last.
    pub(crate) asked: Option<ChatRequest>,
    /// The reply that goes on, and how it begins.
    pub(crate) cut: Option<(Reply, Continuation)>,
}

impl Dialogue<Vec<Reply>> for Longer<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        if let (Some((cut, beginning)), Some(more)) = (self.cut.take(), replies.first()) {
            return Next::Done(vec![whole(cut, beginning, more.clone())]);
        }
        match self.conversation.next(replies) {
            Next::Ask(mut questions) => {
                let more = MayFollow { most_tokens: Some(self.most), ..MayFollow::alike(1) };
                questions.iter_mut().for_each(|question| question.request.may_follow = Some(more));
                self.asked = questions.last().map(|question| question.request.clone());
                Next::Ask(questions)
            }
            Next::Done(rows) => match <[Reply; 1]>::try_from(rows) {
                Ok([row]) if row.finish == Finish::Length => self.go_on(row),
                Ok([row]) => Next::Done(vec![row]),
                Err(rows) => Next::Done(rows),
            },
        }
    }
}

impl Longer<'_> {
    fn go_on(&mut self, cut: Reply) -> Next<Vec<Reply>> {
        let (Some(asked), Some(beginning)) = (self.asked.take(), beginning(&cut)) else {
            return Next::Done(vec![cut]);
        };
        let mut request =
            ChatRequest { continues: Some(beginning.clone()), followed_by: 0, may_follow: None, ..asked };
        request.sampling.max_tokens = Some(self.most);
        self.cut = Some((cut, beginning));
        Next::Ask(vec![Question::new(request)])
    }
}

/// All that there is of a reply; none where there is nothing to go on with.
fn beginning(cut: &Reply) -> Option<Continuation> {
    let there = |text: &String| !text.is_empty();
    let (thinking, text) = (cut.reasoning.clone().filter(there), Some(cut.content.clone()).filter(there));
    (thinking.is_some() || text.is_some()).then_some(Continuation { thinking, text })
}

/// The row of both parts, which were both paid for. Where the second one failed, the row did: it is asked for again by whoever runs
/// this once more, and the first part lies in the cache.
fn whole(cut: Reply, beginning: Continuation, more: Result<ChatReply, CallError>) -> Reply {
    let more = match more {
        Ok(more) => more,
        Err(error) => {
            let why = format!("it was cut at its limit, and going on failed: {}", error.reason());
            return Reply { finish: Finish::Error, error: Some(why), ..cut };
        }
    };
    let both = |a: Option<u64>, b: Option<u64>| Some(a? + b?);
    let inside = beginning.inside_thinking();
    let reasoning = match (cut.reasoning, more.reasoning.as_deref()) {
        (Some(thought), Some(rest)) if inside => Some(thought + rest),
        (thought, _) => thought,
    };
    // Text that goes on may be filed under thinking by a server that was told nothing else.
    let said = if inside { more.content.clone() } else { more.joined() };
    Reply {
        reasoning,
        content: cut.content + &said,
        finish: more.finish,
        finish_word: more.finish_word,
        prompt_tokens: both(cut.prompt_tokens, more.prompt_tokens),
        cached_prompt_tokens: both(cut.cached_prompt_tokens, more.cached_prompt_tokens),
        completion_tokens: both(cut.completion_tokens, more.completion_tokens),
        reasoning_tokens: both(cut.reasoning_tokens, more.reasoning_tokens),
        seconds: cut.seconds.map(|seconds| seconds + more.seconds),
        ..cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(reasoning: Option<&str>, content: &str) -> Reply {
        let reasoning = reasoning.map(str::to_owned);
        let tokens = Some(10);
        Reply {
            content: content.into(),
            reasoning,
            completion_tokens: tokens,
            finish: Finish::Length,
            ..Reply::default()
        }
    }

    #[test]
    fn both_parts_are_one_reply_in_the_fields_of_the_first() {
        let check = |cut: Reply, more: (Option<&str>, &str), expect: (Option<&str>, &str)| {
            let beginning = beginning(&cut).unwrap();
            let more = ChatReply {
                reasoning: more.0.map(str::to_owned),
                content: more.1.into(),
                completion_tokens: Some(5),
                finish: Finish::Stop,
                ..ChatReply::default()
            };
            let whole = whole(cut, beginning, Ok(more));
            assert_eq!((whole.reasoning.as_deref(), whole.content.as_str()), expect);
            assert_eq!((whole.completion_tokens, whole.finish), (Some(15), Finish::Stop));
        };
        check(row(None, "<think>2 + "), (None, "3</think>5"), (None, "<think>2 + 3</think>5"));
        check(row(Some("2 + "), ""), (Some("3"), "5"), (Some("2 + 3"), "5"));
        check(row(Some("2 + 3"), "It is "), (None, "5."), (Some("2 + 3"), "It is 5."));
        // The parser of some servers takes what goes on for thinking, though the thinking is over.
        check(row(Some("2 + 3"), "It is "), (Some("5."), ""), (Some("2 + 3"), "It is 5."));
    }

    #[test]
    fn a_second_part_that_fails_fails_the_row_and_nothing_begets_nothing() {
        let cut = row(None, "<think>2 + ");
        let whole =
            whole(cut.clone(), beginning(&cut).unwrap(), Err(CallError::Offline { model: "m".into() }));
        assert_eq!(whole.finish, Finish::Error);
        assert!(whole.error.unwrap().starts_with("it was cut at its limit, and going on failed: "));
        assert_eq!(beginning(&row(None, "")), None);
        assert_eq!(beginning(&row(Some(""), "")), None);
    }
}
