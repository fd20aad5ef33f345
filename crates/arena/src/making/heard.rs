//! What is heard of a meeting, once for each order in which a judge saw it.

use chat::{CallError, ChatReply};
use tables::{Vote, VoteState};

use super::verdict;

/// What is heard of a meeting, once for each order in which a judge saw it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    /// `ab`, `ba` or [`Vote::UNSHOWN`].
    pub(crate) order: &'static str,
    pub(crate) state: VoteState,
    /// How much is for the first of the two models by name, whoever was shown first.
    pub(crate) outcome: Option<f64>,
    pub(crate) verdict: Option<&'static str>,
    pub(crate) reason: Option<String>,
    pub(crate) raw: Option<String>,
}

/// The orders: what they are called, and who is shown first and second.
pub(super) const ORDERS: [(&str, [usize; 2]); 2] = [("ab", [0, 1]), ("ba", [1, 0])];

impl Heard {
    /// Of a meeting that nobody is shown.
    pub(super) fn unshown(state: VoteState, outcome: Option<f64>) -> Self {
        let (verdict, reason, raw) = (None, None, None);
        Self { order: Vote::UNSHOWN, state, outcome, verdict, reason, raw }
    }

    /// In each order that nothing came of it.
    pub(super) fn failed(reason: &str) -> Vec<Self> {
        let state = VoteState::Failed;
        let one = |order| Self { order, reason: Some(reason.to_owned()), ..Self::unshown(state, None) };
        ORDERS.iter().map(|(order, _)| one(order)).collect()
    }

    pub(super) fn of(order: &'static str, reply: &Result<ChatReply, CallError>) -> Self {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                let reason = Some(error.reason());
                return Self { order, reason, ..Self::unshown(VoteState::Failed, None) };
            }
        };
        let raw = Some(reply.content.clone());
        match verdict::read(&reply.content) {
            Ok((word, first)) => {
                let outcome = Some(if order == "ab" { first } else { 1.0 - first });
                let verdict = Some(word);
                Self { order, verdict, raw, ..Self::unshown(VoteState::Judged, outcome) }
            }
            Err(reason) => {
                let reason = Some(prompt::unreadable(reason, reply));
                Self { order, reason, raw, ..Self::unshown(VoteState::NoVerdict, None) }
            }
        }
    }
}
