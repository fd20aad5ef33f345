//! maj@k with votes weighted by a verifier.

use stats::{Vote, weighted_plurality};
use tables::{Better, Score, Term, Unit};

use crate::observing::at_least;
use crate::reasons::why;
use crate::subsets::OverSubsets;

use super::majority::is_right;

/// See its term.
pub(super) static MAJORITY_WEIGHTED: OverSubsets = OverSubsets {
    term: Term {
        name: "maj_weighted@k",
        title: "A weighted vote among k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "as maj@k, each vote weighing what the verifier's column says; without one ([score] verifier) there is no \
                such figure. What weighs less than 0, or has no weight, does not vote. Over all subsets where there are at \
                most 20,000, else over as many seeded draws. Left out: no reply, no known answer, problems with fewer than k samples or \
                without any weight",
        headline: None,
    },
    tries: |plan| plan.verified_tries(2),
    among: at_least,
    chance: |graded, k, plan| {
        if graded.iter().all(|score| score.verifier.is_none()) {
            return Err(why::NO_CONFIDENCE);
        }
        let vote = |score: &&Score| Vote {
            class: score.answer_class,
            // A vote of weight 0 is none.
            weight: score.verifier.unwrap_or(0.0),
            right: is_right(graded, score.answer_class),
        };
        let votes: Vec<Vote> = graded.iter().map(vote).collect();
        Ok(weighted_plurality(&votes, k, plan.seed))
    },
};
