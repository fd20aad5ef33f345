//! What went wrong with calls, counted by kind: a run's log tells it, no result depends on it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chat::CallError;

use crate::failure::Failure;

/// What went wrong with the calls of everybody who shares it.
#[derive(Debug, Default)]
pub struct CallErrors(Mutex<BTreeMap<Key, Count>>);

type Key = (Outcome, String, String);

#[derive(Clone, Debug, Default)]
struct Count {
    times: u64,
    last: String,
}

/// What followed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Another try.
    Retried,
    /// The call failed for good.
    Failed,
}

/// One kind of trouble with one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorCount {
    /// What followed.
    pub end: Outcome,
    /// The model's name at the server.
    pub model: String,
    /// The kind in a word or two, such as `HTTP 503` or `too_slow`.
    pub kind: String,
    /// How often.
    pub times: u64,
    /// The last one in words, free of keys.
    pub last: String,
}

impl CallErrors {
    /// What was counted since the last time, retries first; counting begins anew.
    pub fn take(&self) -> Vec<ErrorCount> {
        let counted = std::mem::take(&mut *self.lock());
        let told = |((end, model, kind), count): (Key, Count)| ErrorCount {
            end,
            model,
            kind,
            times: count.times,
            last: count.last,
        };
        counted.into_iter().map(told).collect()
    }

    /// A try that is followed by another one.
    pub(crate) fn retried(&self, model: &str, failure: &Failure) {
        match failure {
            Failure::Final(error) => self.count(Outcome::Retried, model, error.kind(), &error.reason()),
            Failure::Unreachable(words) => self.count(Outcome::Retried, model, "unreachable", words),
            Failure::Passing { reason, .. } => self.count(Outcome::Retried, model, beginning(reason), reason),
        }
    }

    /// A call that gave no reply.
    pub(crate) fn failed(&self, model: &str, error: &CallError) {
        self.count(Outcome::Failed, model, error.kind(), &error.reason());
    }

    fn count(&self, end: Outcome, model: &str, kind: &str, words: &str) {
        let mut counted = self.lock();
        let count = counted.entry((end, model.to_owned(), kind.to_owned())).or_default();
        count.times += 1;
        words.clone_into(&mut count.last);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a reason begins with tells its kind: the rest is the server's or a library's own.
fn beginning(reason: &str) -> &str {
    let end = [": ", " (", "; "].iter().filter_map(|mark| reason.find(mark)).min();
    &reason[..end.unwrap_or(reason.len())]
}

impl fmt::Display for ErrorCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model, kind, times, last, .. } = self;
        let what = if *times == 1 { "call" } else { "calls" };
        match self.end {
            Outcome::Retried => write!(f, "{times} {what} of {model} tried again ({kind}), the last: {last}"),
            Outcome::Failed => write!(f, "{times} {what} of {model} failed ({kind}), the last: {last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn troubles_are_counted_by_kind_until_they_are_told() {
        let call_errors = CallErrors::default();
        let busy = |words: &str| Failure::passing(format!("HTTP 503: {words}"));
        call_errors.retried("m", &busy("one"));
        call_errors.retried("m", &Failure::Unreachable("refused".into()));
        call_errors.retried("m", &busy("two (2)"));
        call_errors.retried("a", &Failure::passing("the reply is not JSON (line 1): x"));
        call_errors.failed("m", &CallError::TooSlow { model: "m".into(), seconds: 9 });
        let told: Vec<String> = call_errors.take().iter().map(ErrorCount::to_string).collect();
        assert_eq!(
            told,
            [
                "1 call of a tried again (the reply is not JSON), the last: the reply is not JSON (line 1): x",
                "2 calls of m tried again (HTTP 503), the last: HTTP 503: two (2)",
                "1 call of m tried again (unreachable), the last: refused",
                "1 call of m failed (too_slow), the last: `m` took longer than 9 s for a reply; raise \
                 `timeouts.total` or lower `max_tokens`",
            ]
        );
        assert_eq!(call_errors.take(), []);
    }
}
