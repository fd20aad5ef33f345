//! laconic@k: the shortest of k samples.

use stats::{Ranked, first_ranked};
use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::at_least_measured;
use crate::plan::Plan;
use crate::reasons::{length, sigma, why};

/// See [`TERM`].
pub(super) struct Laconic;

static TERM: Term = Term {
    name: "laconic@k",
    title: "The shortest of k samples is right",
    unit: Unit::Share,
    better: Better::More,
    about: "mean over problems of the chance that the sample with the shortest thinking among k of the n is right, exactly: \
            the sample at rank r is picked with probability C(n−r, k−1)/C(n, k), equally long ones with equal chance. \
            Left out: no reply, no known answer, problems with fewer than k samples",
    headline: None,
};

impl Metric for Laconic {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, contribution: &mut Contribution) {
        if let Some(graded) = at_least_measured(k as usize, samples, contribution) {
            let rank = |score: &&Score| Ranked { key: length(score), credit: sigma(score) };
            let mut ranked: Vec<Ranked> = graded.iter().map(rank).collect();
            contribution.together(first_ranked(&mut ranked, k as usize), graded.len());
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.tries(2))
    }
}
