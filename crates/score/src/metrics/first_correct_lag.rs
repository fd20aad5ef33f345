//! How far the judge's first right step is behind the one from which the demanded answer stays right.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::{unjudged, why};

/// See [`TERM`].
pub(super) struct FirstCorrectLag;

static TERM: Term = Term {
    name: "first_correct_lag",
    title: "First right step behind the settled answer",
    unit: Unit::Tokens,
    better: Better::Neither,
    about: "mean of T̂ minus the tokens through the first step from which the answer, demanded behind each step, stays right: \
            what a judge's first right step is worth, measured without a judge. Below 0 the judge sees the answer before the \
            model could give it. Left out: no reply, judge failed or found no step, final answer not right, nobody demanded it",
    headline: None,
};

impl Metric for FirstCorrectLag {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::where_any(&TERM, plan.converged)
    }

    fn observe(&self, score: &Score) -> Observation {
        let seen = score.first_correct_tokens.filter(|_| score.located);
        let lag = seen
            .zip(score.converged_right_tokens)
            .map(|(seen, settled)| f64::from(seen) - f64::from(settled));
        let why = match score.correct {
            Some(true) => unjudged(score).unwrap_or(why::NOT_DEMANDED),
            _ => why::WRONG,
        };
        known_of_reply(score, lag, why)
    }
}

#[cfg(test)]
mod tests {
    use tables::JudgeState;

    use super::*;

    #[test]
    fn the_judge_may_be_before_or_behind() {
        let check = |seen, settled, correct, expect| {
            let score = Score {
                first_correct_tokens: Some(seen),
                converged_right_tokens: settled,
                located: true,
                correct: Some(correct),
                judge_state: JudgeState::Found,
                reasoning_tokens: Some(99),
                reasoning_source: "tags".into(),
                ..Score::default()
            };
            assert_eq!(FirstCorrectLag.observe(&score), expect);
        };
        check(30, Some(20), true, Observation::Value(10.0));
        check(20, Some(30), true, Observation::Value(-10.0));
        check(20, None, true, Observation::LeftOut(why::NOT_DEMANDED));
        check(20, None, false, Observation::LeftOut(why::WRONG));
    }
}
