//! discrimination:SELECTOR: whether a selector tells right from wrong.

use stats::discrimination;
use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::by_selector::picks;
use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::observing::graded;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct Discrimination;

static TERM: Term = Term {
    name: "discrimination:SELECTOR",
    title: "A right sample outranks a wrong one",
    unit: Unit::Share,
    better: Better::More,
    about: "mean over problems of the chance that the selector likes a right sample better than a wrong one of the same problem, \
            equals half; 0.5 is a coin. How well it does over all problems together says nothing of this (arXiv \
            2502.06233). Left out: no reply, no known answer, samples without a value, problems whose samples are all \
            right or all wrong",
    headline: None,
};

impl Metric for Discrimination {
    fn term(&self) -> &Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, at: u32, contribution: &mut Contribution) {
        let selector = &samples.plan.picks[at as usize].selector;
        let kept = graded(samples, contribution);
        let values = |right: bool| -> Vec<f64> {
            let alike = kept.iter().filter(|score: &&&Score| (score.correct == Some(true)) == right);
            alike.filter_map(|score| score.confidence(selector)).collect()
        };
        let (right, wrong) = (values(true), values(false));
        let valued = right.len() + wrong.len();
        contribution.leave_out(why::NO_CONFIDENCE, kept.len() - valued);
        match discrimination(&right, &wrong) {
            Some(chance) => contribution.together(chance, valued),
            None => contribution.leave_out(why::ALL_ALIKE, valued),
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        picks(plan, |pick| pick.k == 0, |pick| TERM.member(&pick.selector))
    }
}
