//! best_of@k: the sample of k that a verifier likes best.

use stats::{Ranked, first_ranked};
use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::at_least;
use crate::plan::Plan;
use crate::reasons::{sigma, why};

/// See [`TERM`].
pub(super) struct BestOf;

static TERM: Term = Term {
    name: "best_of@k",
    title: "The best of k samples is right",
    unit: Unit::Share,
    better: Better::More,
    about: "mean over problems of the chance that the sample with the highest score among k of the n is right, exactly, \
            over all subsets; the score is the verifier's column, and without one ([score] verifier) there is no such \
            figure. Equal scores are picked with equal chance, a sample without one comes last. Left out: no reply, no \
            known answer, problems with fewer than k samples or without any score",
    headline: None,
};

impl Metric for BestOf {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, contribution: &mut Contribution) {
        let Some(graded) = at_least(k as usize, samples, contribution) else { return };
        let keys: Vec<Option<f64>> = graded.iter().map(|score| score.verifier).collect();
        if keys.iter().all(Option::is_none) {
            return contribution.leave_out(why::NO_CONFIDENCE, graded.len());
        }
        let rank = |(score, key): (&&Score, &Option<f64>)| Ranked {
            key: key.map_or(f64::INFINITY, |key| -key),
            credit: sigma(score),
        };
        let mut ranked: Vec<Ranked> = graded.iter().zip(&keys).map(rank).collect();
        contribution.together(first_ranked(&mut ranked, k as usize), graded.len());
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.verified_tries(2))
    }
}
