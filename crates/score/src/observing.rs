//! From reasons to observations: what most figures do with a generation, or with the samples of a problem.

use tables::Score;

use crate::metric::{Contribution, Observation, Samples};
use crate::reasons::{is_graded, no_reply, not_graded, unmeasured, why};

/// The samples that accuracy speaks of; the others are left out.
pub(crate) fn graded<'a>(samples: &Samples<'a>, contribution: &mut Contribution) -> Vec<&'a Score> {
    let (kept, others): (Vec<&Score>, Vec<&Score>) =
        samples.scores.iter().partition(|score| is_graded(score));
    others.iter().filter_map(|score| not_graded(score)).for_each(|why| contribution.leave_out(why, 1));
    kept
}

/// The graded samples whose thinking has a length; the others are left out.
pub(crate) fn measured<'a>(samples: &Samples<'a>, contribution: &mut Contribution) -> Vec<&'a Score> {
    let mut kept = graded(samples, contribution);
    kept.retain(|score| match unmeasured(score) {
        Some(why) => {
            contribution.leave_out(why, 1);
            false
        }
        None => true,
    });
    kept
}

/// The graded samples if there are at least `k` of them; else they are left out too.
pub(crate) fn at_least<'a>(
    k: usize,
    samples: &Samples<'a>,
    contribution: &mut Contribution,
) -> Option<Vec<&'a Score>> {
    let kept = graded(samples, contribution);
    enough(k, kept, contribution)
}

/// The same of samples whose thinking has a length.
pub(crate) fn at_least_measured<'a>(
    k: usize,
    samples: &Samples<'a>,
    contribution: &mut Contribution,
) -> Option<Vec<&'a Score>> {
    let kept = measured(samples, contribution);
    enough(k, kept, contribution)
}

fn enough<'a>(k: usize, kept: Vec<&'a Score>, contribution: &mut Contribution) -> Option<Vec<&'a Score>> {
    if kept.len() >= k.max(1) {
        return Some(kept);
    }
    contribution.leave_out(why::FEW_SAMPLES, kept.len());
    None
}

/// The value, or the first reason to leave the generation out.
pub(crate) fn unless<const N: usize>(
    reasons: [Option<&'static str>; N],
    value: impl FnOnce() -> f64,
) -> Observation {
    match reasons.into_iter().flatten().next() {
        Some(why) => Observation::LeftOut(why),
        None => Observation::Value(value()),
    }
}

/// A value that may be missing for a last reason.
pub(crate) fn known(value: Option<impl Into<f64>>, otherwise: &'static str) -> Observation {
    value.map_or(Observation::LeftOut(otherwise), |value| Observation::Value(value.into()))
}

/// The same of a reply, where there is one.
pub(crate) fn known_of_reply(
    score: &Score,
    value: Option<impl Into<f64>>,
    otherwise: &'static str,
) -> Observation {
    no_reply(score).map_or_else(|| known(value, otherwise), Observation::LeftOut)
}
