//! Counts the calls that a stage would make, in the place of a server.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use llm::{Backend, Call, CallError, ChatReply, Failure};
use tokens::Tokenizer;

use stats::Spread;

/// Tokens that a chat template puts around a message, about.
const AROUND_A_MESSAGE: u64 = 4;

/// What would be asked of one model.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// Calls that a server would get.
    pub(super) calls: u64,
    /// Calls that may follow and need not; unknown if one of them does not say.
    pub(super) more: Option<u64>,
    /// The most tokens that the replies to these may have.
    pub(super) most_following: Option<u64>,
    /// Calls to others that may come of them; unknown if one of them does not say.
    pub(super) to_others: Option<u64>,
    /// Calls that may come of those to others, in the same way.
    pub(super) led_to: Option<u64>,
    /// Calls that the reply cache answers.
    pub(super) cached: u64,
    /// Tokens of the prompts of the former.
    pub(super) prompt_tokens: u64,
    /// The most tokens that their replies may have; unknown if one of them has no limit.
    pub(super) most_tokens: Option<u64>,
    /// Tokens and seconds of the latter's replies.
    pub(super) known: Known,
}

impl Asked {
    /// All is known: nothing.
    pub(super) fn nothing() -> Self {
        let none = Some(0);
        Self {
            most_tokens: none,
            more: none,
            most_following: none,
            to_others: none,
            led_to: none,
            ..Self::default()
        }
    }
}

/// What replies of a model are known to be like.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) tokens: Spread,
    pub(super) seconds: Spread,
}

impl Known {
    pub(super) fn add(&mut self, completion_tokens: Option<u64>, seconds: Option<f64>) {
        completion_tokens.into_iter().for_each(|tokens| self.tokens.add(tokens as f64));
        seconds.filter(|seconds| *seconds > 0.0).into_iter().for_each(|seconds| self.seconds.add(seconds));
    }
}

/// A model at a server.
pub(super) type Whom = (String, String);

/// Answers nobody.
pub(super) struct Tally {
    tokenizer: Tokenizer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    asked: BTreeMap<Whom, Asked>,
    /// Equal requests are one reply.
    seen: HashSet<[u8; 32]>,
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tally").field("tokenizer", &self.tokenizer.name()).finish()
    }
}

impl Tally {
    pub(super) fn new(tokenizer: Tokenizer) -> Self {
        Self { tokenizer, state: Mutex::default() }
    }

    pub(super) fn asked(&self) -> BTreeMap<Whom, Asked> {
        self.state().asked.clone()
    }

    fn count(&self, call: &Call<'_>) {
        let texts = call.request.messages.iter().map(|message| message.content.as_str());
        let begun = call.request.continues.iter().flat_map(|begun| [&begun.thinking, &begun.text]);
        let texts = texts.chain(begun.flatten().map(String::as_str));
        let count = |text| self.tokenizer.try_count(text).map_or(0, u64::from) + AROUND_A_MESSAGE;
        let tokens: u64 = texts.map(count).sum();
        // What probably follows is about the same problem, and taken for as long.
        let times = 1 + u64::from(call.request.followed_by);
        let mut state = self.state();
        if let Some(asked) = self.first(&mut state, call) {
            asked.calls += times;
            let more = call.request.may_follow;
            asked.more = asked.more.zip(more).map(|(sum, more)| sum + u64::from(more.questions));
            if let Some(more) = more {
                let others = more.to_others.map(u64::from);
                asked.to_others = asked.to_others.zip(others).map(|(sum, others)| sum + others);
                let own = || limit(call).map(|limit| limit * u64::from(more.questions));
                asked.most_following =
                    asked.most_following.zip(more.most_tokens.or_else(own)).map(|(sum, most)| sum + most);
            }
            asked.prompt_tokens += times * tokens;
            asked.most_tokens = asked.most_tokens.zip(limit(call)).map(|(sum, limit)| sum + times * limit);
        }
    }

    /// The other side of a call, the first time that the call is seen.
    fn first<'a>(&self, state: &'a mut State, call: &Call<'_>) -> Option<&'a mut Asked> {
        let whom = (call.address.to_owned(), call.model.to_owned());
        let asked = state.asked.entry(whom);
        let asked = asked.or_insert_with(Asked::nothing);
        state.seen.insert(*call.key).then_some(asked)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for Tally {
    fn send<'a>(&'a self, call: &'a Call<'a>) -> BoxFuture<'a, Result<ChatReply, Failure>> {
        let counted = CallError::Batch { message: "only counted, not asked".to_owned() };
        self.count(call);
        ready(Err(Failure::Final(counted))).boxed()
    }

    fn cached(&self, call: &Call<'_>, said: Result<&ChatReply, &CallError>) {
        // Who refused is not asked again and costs nothing.
        let Ok(reply) = said else { return };
        let mut state = self.state();
        if let Some(asked) = self.first(&mut state, call) {
            asked.cached += 1;
            asked.known.add(reply.completion_tokens, Some(reply.seconds));
        }
    }

    fn deferred(&self) -> u64 {
        self.state().asked.values().map(|asked| asked.calls).sum()
    }
}

/// The most tokens of the reply, under either of its names.
fn limit(call: &Call<'_>) -> Option<u64> {
    ["max_tokens", "max_completion_tokens"].iter().find_map(|key| call.body.get(*key)?.as_u64())
}
