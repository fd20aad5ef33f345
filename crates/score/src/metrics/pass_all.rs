//! pass^k: all of k samples are right.

use stats::all_right;
use tables::{Better, Term, Unit};

use crate::observing::at_least;
use crate::reasons::right;
use crate::subsets::OverSubsets;

/// See its term.
pub(super) static PASS_ALL: OverSubsets = OverSubsets {
    term: Term {
        name: "pass^k@k",
        title: "All of k samples are right",
        unit: Unit::Share,
        better: Better::More,
        about: "pass^k: mean over problems of C(c, k)/C(n, k), the chance that all of k of the n samples are right, c being \
                the right ones. Left out: no reply, no known answer, problems with fewer than k samples. After arXiv \
                2406.12045",
        headline: None,
    },
    tries: |plan| plan.tries(2),
    among: at_least,
    chance: |graded, k| all_right(graded.len(), right(graded), k),
    blind: false,
};
