//! pass@k: one of k samples is right.

use stats::any_right;
use tables::{Better, Term, Unit};

use crate::observing::at_least;
use crate::reasons::right;
use crate::subsets::OverSubsets;

/// See its term.
pub(super) static PASS_ANY: OverSubsets = OverSubsets {
    term: Term {
        name: "pass@k",
        title: "One of k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "mean over problems of 1 − C(n−c, k)/C(n, k): the chance that at least one of k of the n samples is right, c \
                being the right ones; every problem counts alike. Left out: no reply, no known answer, problems with fewer \
                than k samples. After arXiv 2107.03374",
        headline: None,
    },
    tries: |plan| plan.tries(1),
    among: at_least,
    chance: |graded, k| any_right(graded.len(), right(graded), k),
    blind: false,
};
