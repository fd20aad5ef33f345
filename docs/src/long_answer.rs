//! How many replies say much after they have thought.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, no_reply};

/// An answer of more tokens than this is long.
const LONG: u32 = 100;

/// See [`TERM`].
pub(crate) struct LongAnswer;

static TERM: Term = Term {
    name: "long_answer",
    title: "Long answers",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of replies with more than 100 tokens after the thinking. Left out: no reply at all (see errors)",
    headline: None,
};

impl Metric for LongAnswer {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || indicator(score.answer_tokens > LONG))
    }
}

#[cfg(test)]
mod tests {
    use tables::Finish;

    use super::*;

    #[test]
    fn an_answer_is_long_by_its_tokens() {
        let check = |answer_tokens, finish, expect| {
            let score = Score { answer_tokens, finish, ..Score::default() };
            assert_eq!(LongAnswer.observe(&score), expect, "{answer_tokens} {finish:?}");
        };
        check(100, Finish::Stop, Observation::Value(0.0));
        check(101, Finish::Stop, Observation::Value(1.0));
        check(101, Finish::Length, Observation::Value(1.0));
        check(0, Finish::Error, Observation::LeftOut("without reply"));
    }
}
