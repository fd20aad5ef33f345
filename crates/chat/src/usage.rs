//! What a conversation took.

use crate::{CallError, ChatReply};

/// Calls and tokens of one row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Questions that were asked.
    pub calls: u32,
    /// Those among them that the reply cache did not answer.
    pub fresh: u32,
    /// Tokens of their prompts.
    pub prompt_tokens: TokenSum,
    /// Tokens of their replies.
    pub completion_tokens: TokenSum,
}

/// A sum of which one unknown part makes the whole unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenSum {
    known: u64,
    unknown: bool,
}

impl TokenSum {
    /// One more part.
    pub fn add(&mut self, part: Option<u64>) {
        self.known += part.unwrap_or_default();
        self.unknown |= part.is_none();
    }

    /// Another sum.
    fn merge(&mut self, other: Self) {
        self.known += other.known;
        self.unknown |= other.unknown;
    }

    /// The whole, if every part is known.
    pub fn total(&self) -> Option<u64> {
        (!self.unknown).then_some(self.known)
    }

    /// The parts that are known.
    pub fn known(&self) -> u64 {
        self.known
    }
}

impl Usage {
    /// Adds what a round of questions took.
    pub fn add(&mut self, replies: &[Result<ChatReply, CallError>]) {
        for reply in replies {
            let reply = reply.as_ref().ok();
            self.calls += 1;
            self.fresh += u32::from(!reply.is_some_and(|reply| reply.cached));
            self.prompt_tokens.add(reply.and_then(|reply| reply.prompt_tokens));
            self.completion_tokens.add(reply.and_then(|reply| reply.completion_tokens));
        }
    }

    /// Adds what another conversation took.
    pub fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.fresh += other.fresh;
        self.prompt_tokens.merge(other.prompt_tokens);
        self.completion_tokens.merge(other.completion_tokens);
    }

    /// Every call was answered by the reply cache.
    pub fn is_free(&self) -> bool {
        self.calls > 0 && self.fresh == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_call_is_a_call_of_unknown_tokens() {
        let reply = |cached| {
            Ok(ChatReply {
                cached,
                prompt_tokens: Some(2),
                completion_tokens: Some(3),
                ..ChatReply::default()
            })
        };
        let mut usage = Usage::default();
        usage.add(&[reply(true), reply(true)]);
        assert!(usage.is_free());
        assert_eq!((usage.prompt_tokens.total(), usage.completion_tokens.total()), (Some(4), Some(6)));
        usage.add(&[reply(false), Err(CallError::Offline { model: "m".into() })]);
        assert_eq!((usage.calls, usage.fresh, usage.is_free()), (4, 2, false));
        assert_eq!((usage.completion_tokens.total(), usage.completion_tokens.known()), (None, 9));
    }
}
