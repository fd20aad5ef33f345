//! Whether the longer samples of a problem are the wrong ones.

use tables::Score;

use super::{Metric, Observation, Samples, Share, at_least, sigma, why};
use stats::spearman;

/// See [`Metric::about`].
pub(super) struct LengthCorrelation;

/// Two samples always agree or disagree perfectly.
const LEAST: usize = 3;

impl Metric for LengthCorrelation {
    fn name(&self) -> &'static str {
        "length_correlation"
    }

    fn title(&self) -> &'static str {
        "Rank correlation of length and accuracy"
    }

    fn unit(&self) -> &'static str {
        "correlation"
    }

    fn about(&self) -> &'static str {
        "Spearman's rank correlation between length of thinking and σ over the samples of one problem, then the mean \
         over problems; equal values share the mean of their ranks. Below 0: the longer samples of a problem are more \
         often wrong. Left out: no reply, no known answer, problems with fewer than 3 samples, with all samples \
         right, all wrong or all equally long"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, share: &mut Share) {
        let Some(graded) = at_least(LEAST, samples, share) else { return };
        let lengths: Vec<f64> = graded.iter().map(|score| f64::from(score.reasoning_tokens)).collect();
        let right: Vec<f64> = graded.iter().map(|score| sigma(score)).collect();
        match spearman(&lengths, &right) {
            Some(correlation) => share.together(correlation, graded.len()),
            None => share.leave_out(why::ALL_ALIKE, graded.len()),
        }
    }
}
