//! How much of the thinking passes before the answer is settled.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct Convergence;

static TERM: Term = Term {
    name: "convergence",
    title: "Thinking until the answer is settled",
    unit: Unit::Ratio,
    better: Better::Neither,
    about: "mean share of the thinking through the first step from which the answer, demanded behind each step, stays the \
            final one, right or wrong; needs no judge and no known answer (task `convergence`). Left out: no reply, no \
            thinking, no final answer, nobody demanded it",
    headline: None,
};

impl Metric for Convergence {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::where_any(&TERM, plan.converged)
    }

    fn observe(&self, score: &Score) -> Observation {
        let total = score.reasoning_tokens.filter(|total| *total > 0);
        let share =
            score.converged_tokens.zip(total).map(|(until, total)| f64::from(until) / f64::from(total));
        known_of_reply(score, share, why::NOT_DEMANDED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_the_thinking_that_it_takes() {
        let check = |converged_tokens, reasoning_tokens, expect| {
            let score = Score { converged_tokens, reasoning_tokens, ..Score::default() };
            assert_eq!(Convergence.observe(&score), expect);
        };
        check(Some(30), Some(40), Observation::Value(0.75));
        check(Some(0), Some(0), Observation::LeftOut(why::NOT_DEMANDED));
        check(None, Some(40), Observation::LeftOut(why::NOT_DEMANDED));
    }
}
