//! maj:SELECTOR@k: votes that weigh what a selector thinks of them.

use stats::{Effort, Expected, Vote, Weighing, weighted_plurality};
use tables::{Better, Score, Term, Unit};

use crate::by_selector::BySelector;
use crate::plan::Pick;

use super::majority::is_right;

/// The best so much of k samples votes in `maj_top25`.
const TOP: f64 = 0.25;

/// See its term.
pub(super) static MAJORITY_SELECTED: BySelector = BySelector {
    term: Term {
        name: "maj:SELECTOR@k",
        title: "A weighted vote among k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "as maj@k, each vote weighing what the selector thinks of it, by [score] weighting: its value, exp(value / \
                temperature) (arXiv 2502.06233), its place from below, or one for the best share. What weighs 0 or less, or has \
                no value, does not vote. Over all subsets where these are few, else over seeded draws, which the \
                interval's method tells. Left out: no reply, no known answer, problems with fewer than k samples, samples \
                without a value",
        headline: None,
    },
    chance: |graded, pick, effort| weighted(graded, pick, pick.weighing, effort),
};

/// See its term.
pub(super) static MAJORITY_TOP: BySelector = BySelector {
    term: Term {
        name: "maj_top25:SELECTOR@k",
        title: "A vote among the best quarter of k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "as maj@k, where only that quarter of the k samples votes that the selector likes best, rounded up to whole \
                votes; equals at the edge share the places left. After arXiv 2508.15260. Left out: as for maj:SELECTOR@k",
        headline: None,
    },
    chance: |graded, pick, effort| weighted(graded, pick, Weighing::Top { share: TOP }, effort),
};

fn weighted(graded: &[&Score], pick: &Pick, weighing: Weighing, effort: Effort) -> Expected {
    let vote = |score: &&Score| Vote {
        class: score.answer_class,
        value: score.confidence(&pick.selector),
        right: is_right(graded, score.answer_class),
    };
    let votes: Vec<Vote> = graded.iter().map(vote).collect();
    weighted_plurality(&votes, pick.k as usize, weighing, effort)
}
