//! Which steps one question shows: runs of steps that fit into a context, overlapping by some.

use std::ops::Range;

use crate::Item;

/// Tokens that the number tags around a step take.
const TAGS: usize = 14;
/// A token holds hardly more bytes than this, whatever the splitter counted with.
const MOST_BYTES_A_TOKEN: usize = 4;
/// A window that shows so little is not made smaller: then it is not the steps that are too long.
const LEAST: usize = 64;

/// How many tokens each step takes where it is shown, by the splitter's count for the evaluated model. The judging
/// model's own tokenizer is not at hand; it need not be: a context that overflows all the same halves the window.
pub(super) struct Sizes(Vec<usize>);

impl Sizes {
    pub(super) fn of(item: &Item<'_>) -> Self {
        let size = |(step, text): (&tables::Step, &str)| {
            (step.tokens as usize).max(text.len().div_ceil(MOST_BYTES_A_TOKEN)) + TAGS
        };
        Self(item.steps.iter().zip(item.step_texts()).map(size).collect())
    }

    fn sum(&self, window: Range<usize>) -> usize {
        self.0.get(window).unwrap_or_default().iter().sum()
    }

    /// The window from `first` on: as many steps as fit, at least one.
    pub(super) fn from(&self, first: usize, budget: usize) -> Range<usize> {
        let mut end = first;
        let mut left = budget;
        while let Some(rest) = self.0.get(end).and_then(|size| left.checked_sub(*size)) {
            left = rest;
            end += 1;
        }
        first..end.max(first + 1).min(self.0.len())
    }

    /// The window behind `window`: it starts with up to `overlap` steps that were shown already, as far as the next
    /// new one still fits. Nothing if no new one is left.
    pub(super) fn behind(
        &self,
        window: &Range<usize>,
        overlap: usize,
        budget: usize,
    ) -> Option<Range<usize>> {
        let new = window.end;
        if new >= self.0.len() {
            return None;
        }
        let mut first = new;
        while first > window.start && new - first < overlap && self.sum(first - 1..new + 1) <= budget {
            first -= 1;
        }
        Some(self.from(first, budget))
    }

    /// Half of what `window` showed, for a server whose context that overflowed; nothing if that is next to nothing.
    pub(super) fn half(&self, window: &Range<usize>, budget: usize) -> Option<usize> {
        let half = self.sum(window.clone()).min(budget) / 2;
        (half >= LEAST).then_some(half)
    }

    /// The text of a step as it is shown: whole, or without its middle where it would fill more than the window.
    pub(super) fn shown(&self, index: usize, text: &str, budget: usize) -> String {
        let text = text.trim();
        let size = self.0.get(index).copied().unwrap_or_default();
        if size <= budget {
            return text.to_owned();
        }
        // The share of the step's bytes for which there is room.
        let room = budget.saturating_sub(TAGS);
        let kept = (text.len() as u128 * room as u128 / (size - TAGS).max(1) as u128) as usize;
        without_middle(text, kept / 2)
    }
}

/// The first and the last `kept` bytes of a text, and a mark in place of what lies between.
fn without_middle(text: &str, kept: usize) -> String {
    let kept = kept.min(text.len());
    let head = (0..=kept).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let tail = (text.len() - kept..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let Some(middle) = text.get(head..tail).filter(|middle| !middle.is_empty()) else {
        return text.to_owned();
    };
    let left_out = middle.chars().count();
    format!(
        "{}\n[… {left_out} characters of this step are left out here …]\n{}",
        &text[..head],
        &text[tail..]
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All windows in order.
    fn windows(sizes: &[usize], overlap: usize, budget: usize) -> Vec<Range<usize>> {
        let sizes = Sizes(sizes.to_vec());
        let mut found = vec![sizes.from(0, budget)];
        while let Some(next) = sizes.behind(&found[found.len() - 1], overlap, budget) {
            found.push(next);
        }
        found
    }

    #[test]
    fn windows_overlap_and_reach_the_end() {
        let check = |sizes: &[usize], overlap, budget, expect: &[(usize, usize)]| {
            let found = windows(sizes, overlap, budget).into_iter().map(|window| (window.start, window.end));
            assert_eq!(found.collect::<Vec<_>>(), expect, "{sizes:?}");
        };
        check(&[10; 4], 2, 100, &[(0, 4)]);
        check(&[10; 8], 1, 40, &[(0, 4), (3, 7), (6, 8)]);
        check(&[10; 8], 0, 40, &[(0, 4), (4, 8)]);
        check(&[10; 5], 9, 30, &[(0, 3), (1, 4), (2, 5)]);
        // A step of more than a window stands alone, and no overlap keeps it out.
        check(&[10, 10, 99, 10, 10], 2, 30, &[(0, 2), (2, 3), (3, 5)]);
        check(&[99], 2, 30, &[(0, 1)]);
    }

    #[test]
    fn a_long_step_loses_its_middle_and_says_so() {
        let text = "a".repeat(300) + &"z".repeat(300);
        let sizes = Sizes(vec![200 + TAGS]);
        assert_eq!(sizes.shown(0, &text, 200 + TAGS), text);
        let cut = sizes.shown(0, &text, 50 + TAGS);
        let expect = format!(
            "{}\n[… 450 characters of this step are left out here …]\n{}",
            "a".repeat(75),
            "z".repeat(75)
        );
        assert_eq!(cut, expect);
        assert_eq!(
            without_middle("汉字汉字", 4),
            "汉\n[… 2 characters of this step are left out here …]\n字"
        );
        assert_eq!(without_middle("汉字", 99), "汉字");
    }

    #[test]
    fn a_window_is_halved_until_it_shows_next_to_nothing() {
        let sizes = Sizes(vec![100; 4]);
        assert_eq!(sizes.half(&(0..4), 9999), Some(200));
        assert_eq!(sizes.half(&(0..1), 9999), None);
        assert_eq!(Sizes(vec![9999]).half(&(0..1), 300), Some(150));
    }

    proptest! {
        #[test]
        fn every_step_is_shown_and_every_window_brings_a_new_one(
            sizes in proptest::collection::vec(1_usize..60, 1..40), overlap in 0_usize..5, budget in 1_usize..120
        ) {
            let found = windows(&sizes, overlap, budget);
            let mut end = 0;
            for window in &found {
                prop_assert!(window.start <= end && window.end > end && end - window.start <= overlap);
                let size: usize = sizes[window.clone()].iter().sum();
                prop_assert!(size <= budget || window.len() == 1);
                end = window.end;
            }
            prop_assert_eq!(end, sizes.len());
        }
    }
}
