//! laconic@k: the shortest of k samples.

use stats::{Ranked, first_ranked};
use tables::{Better, Score, Term, Unit};

use crate::observing::at_least_measured;
use crate::reasons::{length, sigma};
use crate::subsets::OverSubsets;

/// See its term.
pub(super) static LACONIC: OverSubsets = OverSubsets {
    term: Term {
        name: "laconic@k",
        title: "The shortest of k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "mean over problems of the chance that the sample with the shortest thinking among k of the n is right, exactly: \
                the sample at rank r is picked with probability C(n−r, k−1)/C(n, k), equally long ones with equal chance. \
                Left out: no reply, no known answer, problems with fewer than k samples",
        headline: None,
    },
    tries: |plan| plan.tries(2),
    among: at_least_measured,
    chance: |graded, k| {
        let rank = |score: &&Score| Ranked { key: length(score), credit: sigma(score) };
        let mut ranked: Vec<Ranked> = graded.iter().map(rank).collect();
        first_ranked(&mut ranked, k)
    },
    blind: true,
};
