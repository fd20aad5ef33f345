//! What came back, as a row.

use chat::{CallError, ChatReply};
use tables::{Finish, Reply};

use crate::manner::Manner;

/// The row of a reply; of one by a strategy, with what that demanded.
pub(crate) fn row(answer: Result<ChatReply, CallError>, sample: u32, manner: Option<&Manner>) -> Reply {
    let reply = Reply {
        sample,
        strategy: manner.map(|manner| manner.label.clone()),
        demand: manner.map(|manner| manner.demand),
        forced_at: manner.and_then(Manner::forced_at),
        ..Reply::default()
    };
    match answer {
        Err(error) => Reply { finish: Finish::Error, error: Some(error.reason()), ..reply },
        Ok(answer) => Reply {
            content: answer.content,
            reasoning: answer.reasoning,
            reasoning_field: answer.reasoning_field,
            finish: answer.finish,
            finish_word: answer.finish_word,
            prompt_tokens: answer.prompt_tokens,
            cached_prompt_tokens: answer.cached_prompt_tokens,
            completion_tokens: answer.completion_tokens,
            reasoning_tokens: answer.reasoning_tokens,
            seconds: Some(answer.seconds).filter(|seconds| *seconds > 0.0),
            first_token_seconds: answer.first_token_seconds,
            ..reply
        },
    }
}

/// A row without a reply.
pub(crate) fn failed(why: String, sample: u32, manner: &Manner) -> Reply {
    let (strategy, demand) = (Some(manner.label.clone()), Some(manner.demand));
    let forced_at = manner.forced_at();
    Reply { sample, finish: Finish::Error, error: Some(why), strategy, demand, forced_at, ..Reply::default() }
}
