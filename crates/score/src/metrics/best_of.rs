//! best_of:SELECTOR@k: the sample of k that a selector likes best.

use stats::{Expected, Ranked, first_ranked};
use tables::{Better, Score, Term, Unit};

use crate::by_selector::BySelector;
use crate::reasons::sigma;

/// See its term.
pub(super) static BEST_OF: BySelector = BySelector {
    term: Term {
        name: "best_of:SELECTOR@k",
        title: "The best of k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "mean over problems of the chance that the sample that the selector likes best among k of the n is right, \
                exactly, over all subsets. Equals are picked with equal chance, a sample without a value comes last. Left \
                out: no reply, no known answer, problems with fewer than k samples, samples without a value",
        headline: None,
    },
    chance: |graded, pick, _| {
        let rank = |score: &&Score| Ranked {
            key: score.confidence(&pick.selector).map_or(f64::INFINITY, |value| -value),
            credit: sigma(score),
        };
        let mut ranked: Vec<Ranked> = graded.iter().map(rank).collect();
        Expected { value: first_ranked(&mut ranked, pick.k as usize), drawn: false }
    },
};
