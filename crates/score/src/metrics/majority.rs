//! maj@k: the answer that most of k samples give.

use stats::{Class, plurality};
use tables::{Better, Score, Term, Unit};

use crate::observing::at_least;
use crate::subsets::OverSubsets;

/// See its term.
pub(super) static MAJORITY: OverSubsets = OverSubsets {
    term: Term {
        name: "maj@k",
        title: "A vote among k samples is right",
        unit: Unit::Share,
        better: Better::More,
        about: "mean over problems of the chance that the most frequent answer among k of the n samples is right, exactly, \
                over all subsets. Equal answers vote together, told by the answer engine without a look at the known one; \
                answers that tie share the credit, and a reply without an answer does not vote. Left out: no reply, no \
                known answer, problems with fewer than k samples. After arXiv 2203.11171",
        headline: None,
    },
    tries: |plan| plan.tries(2),
    among: at_least,
    chance: |graded, k| {
        let (classes, silent) = classes(graded);
        plurality(&classes, silent, k)
    },
    blind: true,
};

/// Whether voting for a class is right: as right as its first answer, by which the others joined it.
pub(super) fn is_right(samples: &[&Score], class: Option<u32>) -> bool {
    let first = samples.iter().find(|score| score.answer_class == class);
    first.is_some_and(|score| score.correct == Some(true))
}

/// The classes of answers, and how many samples have none.
pub(super) fn classes(samples: &[&Score]) -> (Vec<Class>, usize) {
    let count =
        samples.iter().filter_map(|score| score.answer_class).max().map_or(0, |most| most as usize + 1);
    let mut classes = vec![Class { votes: 0, right: false }; count];
    for (score, at) in samples.iter().filter_map(|score| Some((score, score.answer_class? as usize))) {
        classes[at].votes += 1;
        classes[at].right = is_right(samples, score.answer_class);
    }
    let silent = samples.iter().filter(|score| score.answer_class.is_none()).count();
    classes.retain(|class| class.votes > 0);
    (classes, silent)
}
