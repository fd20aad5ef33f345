//! The question, and what came back.

use generate::think::{Survey, Think, generation};
use llm::{CallError, ChatReply, ChatRequest, Message, Sampling};
use tables::{Generation, Reply};

/// Easy enough for any model, and long enough that one that thinks does so.
const QUESTION: &str = "A box holds 17 pencils, and 25 more are put into it. Then a third of all pencils are taken out. \
                        How many are left? Think it through, then give the final answer in \\boxed{}.";

/// Its answer.
pub(crate) const ANSWER: &str = "28";

pub(crate) fn question(max_tokens: u64) -> ChatRequest {
    let sampling = Sampling { temperature: Some(0.0), max_tokens: Some(max_tokens), ..Sampling::default() };
    ChatRequest::new(vec![Message::user(QUESTION)], sampling, 0)
}

/// One reply, thinking and answer told apart as the generate stage does it.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) reply: Result<ChatReply, CallError>,
    pub(crate) generation: Generation,
}

impl Probe {
    pub(crate) fn of(reply: Result<ChatReply, CallError>) -> Self {
        // No reply holds neither thinking nor answer; the error stands next to it.
        let generation = reply.as_ref().map(divided).unwrap_or_default();
        Self { reply, generation }
    }

    /// Where the thinking was found: `field:…`, `tags`, `open_tag_in_prompt`, `unclosed`, `none`, `hidden` or `blank`.
    pub(crate) fn source(&self) -> &str {
        &self.generation.reasoning_source
    }

    pub(crate) fn thinks(&self) -> bool {
        !self.generation.reasoning.trim().is_empty()
    }
}

fn divided(reply: &ChatReply) -> Generation {
    let raw = Reply {
        content: reply.content.clone(),
        reasoning: reply.reasoning.clone(),
        reasoning_field: reply.reasoning_field.clone(),
        finish: reply.finish,
        reasoning_tokens: reply.reasoning_tokens,
        ..Reply::default()
    };
    let mut survey = Survey::new(&Think::default());
    survey.add(&raw);
    generation(raw, "", &survey.conclude().format)
}
