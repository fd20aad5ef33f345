//! best_of@k: the sample of k that a verifier likes best.

use stats::{Ranked, first_ranked};
use tables::{Better, Score, Term, Unit};

use crate::observing::at_least;
use crate::reasons::{sigma, why};
use crate::subsets::OverSubsets;

/// See its term.
pub(super) static BEST_OF: OverSubsets = OverSubsets {
    term: Term {
        name: "best_of@k",
        title: "The best of k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "mean over problems of the chance that the sample with the highest score among k of the n is right, exactly, \
                over all subsets; the score is the verifier's column, and without one ([score] verifier) there is no such \
                figure. Equal scores are picked with equal chance, a sample without one comes last. Left out: no reply, no \
                known answer, problems with fewer than k samples or without any score",
        headline: None,
    },
    tries: |plan| plan.verified_tries(2),
    among: at_least,
    chance: |graded, k, _| {
        if graded.iter().all(|score| score.verifier.is_none()) {
            return Err(why::NO_CONFIDENCE);
        }
        let rank = |score: &&Score| Ranked {
            key: score.verifier.map_or(f64::INFINITY, |key| -key),
            credit: sigma(score),
        };
        let mut ranked: Vec<Ranked> = graded.iter().map(rank).collect();
        Ok(first_ranked(&mut ranked, k))
    },
};
