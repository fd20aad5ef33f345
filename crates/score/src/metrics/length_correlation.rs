//! Whether the longer samples of a problem are the wrong ones.

use stats::spearman;
use tables::{Better, Term, Unit};

use crate::metric::{Contribution, Metric, Samples};
use crate::observing::at_least_measured;
use crate::reasons::{length, sigma, why};

/// See [`TERM`].
pub(super) struct LengthCorrelation;

/// Two samples always agree or disagree perfectly.
const LEAST: usize = 3;

static TERM: Term = Term {
    name: "length_correlation",
    title: "Rank correlation of length and accuracy",
    unit: Unit::Correlation,
    better: Better::Neither,
    about: "Spearman's rank correlation between length of thinking and σ over the samples of one problem, then the mean \
            over problems; equal values share the mean of their ranks. Below 0: the longer samples of a problem are more \
            often wrong. Left out: no reply, no known answer, problems with fewer than 3 samples, with all samples \
            right, all wrong or all equally long",
    headline: None,
};

impl Metric for LengthCorrelation {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        let Some(graded) = at_least_measured(LEAST, samples, contribution) else { return };
        let lengths: Vec<f64> = graded.iter().map(|score| length(score)).collect();
        let right: Vec<f64> = graded.iter().map(|score| sigma(score)).collect();
        match spearman(&lengths, &right) {
            Some(correlation) => contribution.together(correlation, graded.len()),
            None => contribution.leave_out(why::ALL_ALIKE, graded.len()),
        }
    }
}
