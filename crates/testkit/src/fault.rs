//! What goes wrong, and when: by plan for the first requests, by seed and rate for the others.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde::{Deserialize, Serialize};

/// One thing that a server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 without a word about when to come back.
    TooManyRequests,
    /// 429 with `Retry-After`, see [`Faults::retry_after`].
    RetryAfter,
    /// 500.
    InternalError,
    /// 502 with a page instead of JSON.
    BadGateway,
    /// 503.
    Unavailable,
    /// 504.
    GatewayTimeout,
    /// 400 because the prompt is too long.
    ContextTooLong,
    /// 400 for another reason.
    BadRequest,
    /// 401; the answer repeats the key that was sent.
    Unauthorized,
    /// 404: the model is unknown.
    UnknownModel,
    /// 429 because the money is gone.
    NoMoney,
    /// The connection is reset before an answer.
    Reset,
    /// The connection is reset inside the answer.
    ResetInside,
    /// No answer at all for [`Faults::stall_seconds`].
    StallBefore,
    /// Silence inside the answer.
    StallInside,
    /// The answer ends inside a character.
    CutCharacter,
    /// An error object inside an answer that began with 200.
    ErrorAfter200,
    /// The answer ends inside a JSON value.
    HalfJson,
    /// The answer ends in order, but in the middle of the reply.
    EndsEarly,
    /// An answer without any choice.
    EmptyChoices,
    /// Everything is there except `[DONE]`: harmless.
    MissingDone,
    /// [`Faults::slow_seconds`] more before the first byte: harmless.
    Slow,
}

/// Which faults, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Faults {
    /// What happens to the first requests, in the order in which they arrive; `null` is nothing.
    pub first: Vec<Option<Fault>>,
    /// Part of a body → the fault of every such request, before anything else is looked at.
    pub on: BTreeMap<String, Fault>,
    /// The chance of each fault for every other request. Whether it strikes follows from the seed, the
    /// request's body and how often that body came before, never from the order of arrival.
    pub rates: BTreeMap<Fault, f64>,
    /// The seed of the rates.
    pub seed: u64,
    /// What `Retry-After` says: seconds or a date.
    pub retry_after: String,
    /// How long a stall lasts.
    pub stall_seconds: f64,
    /// How long a slow answer waits.
    pub slow_seconds: f64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            on: BTreeMap::new(),
            rates: BTreeMap::new(),
            seed: 0,
            retry_after: "0".to_owned(),
            stall_seconds: 3600.0,
            slow_seconds: 0.05,
        }
    }
}

impl Fault {
    /// It strikes in the middle of a reply.
    pub(crate) fn is_inside(self) -> bool {
        matches!(
            self,
            Self::ResetInside
                | Self::StallInside
                | Self::HalfJson
                | Self::CutCharacter
                | Self::ErrorAfter200
                | Self::EndsEarly
        )
    }
}

impl Faults {
    /// Always the same fault.
    pub fn always(fault: Fault) -> Self {
        Self { rates: BTreeMap::from([(fault, 1.0)]), ..Self::default() }
    }

    /// These faults for the first requests, none afterwards.
    pub fn first(faults: &[Fault]) -> Self {
        Self { first: faults.iter().copied().map(Some).collect(), ..Self::default() }
    }

    /// The fault of request `number` (from 0), whose body came `before` times already.
    pub(crate) fn pick(&self, number: usize, body: &[u8], before: usize) -> Option<Fault> {
        let holds = |part: &str| body.windows(part.len().max(1)).any(|window| window == part.as_bytes());
        if let Some((_, fault)) = self.on.iter().find(|(part, _)| holds(part)) {
            return Some(*fault);
        }
        if let Some(planned) = self.first.get(number) {
            return *planned;
        }
        let mut hasher = DefaultHasher::new();
        (self.seed, body, before).hash(&mut hasher);
        let mut chance = (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64;
        for (fault, rate) in &self.rates {
            if chance < *rate {
                return Some(*fault);
            }
            chance -= rate;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_strike_by_plan_then_by_rate() {
        let rates = BTreeMap::from([(Fault::Reset, 0.1), (Fault::InternalError, 0.2)]);
        let faults = Faults { rates, first: vec![Some(Fault::Slow), None], ..Faults::default() };
        assert_eq!(faults.pick(0, b"x", 0), Some(Fault::Slow));
        assert_eq!(faults.pick(1, b"x", 0), None);
        let struck: Vec<_> = (2..10_002).filter_map(|n: usize| faults.pick(n, &n.to_le_bytes(), 0)).collect();
        assert!((2_800..3_200).contains(&struck.len()), "{}", struck.len());
        let resets = struck.iter().filter(|fault| **fault == Fault::Reset).count();
        assert!((850..1_150).contains(&resets), "{resets}");
    }

    #[test]
    fn a_fault_may_wait_for_a_text() {
        let on = BTreeMap::from([("broken".to_owned(), Fault::InternalError)]);
        let faults = Faults { on, first: vec![Some(Fault::Slow)], ..Faults::default() };
        assert_eq!(faults.pick(0, b"is it broken?", 7), Some(Fault::InternalError));
        assert_eq!(faults.pick(0, b"no", 0), Some(Fault::Slow));
    }

    #[test]
    fn the_same_request_fares_the_same_whenever_it_comes() {
        let faults = Faults { rates: BTreeMap::from([(Fault::Reset, 0.5)]), ..Faults::default() };
        let fates = |number| (0..64).map(|before| faults.pick(number, b"x", before)).collect::<Vec<_>>();
        assert_eq!(fates(3), fates(900));
        assert!(fates(3).contains(&None) && fates(3).contains(&Some(Fault::Reset)));
    }
}
