//! Cutting what is to be judged into questions that fit, and texts into lengths that do.
//!
//! The judge of the first step walks windows one after the other and stops early; a task that looks at everything
//! asks about all its windows at once, and about each piece exactly once.

use std::ops::Range;

/// A run of pieces for one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Pieces that are shown; the first ones may be there only for their context.
    pub shown: Range<usize>,
    /// Pieces that are asked about: the end of those shown.
    pub asked: Range<usize>,
}

/// Runs over pieces of such sizes: each piece is asked about once, a run is within `room` where its first new piece is,
/// holds at most `most` new ones, and shows up to `context` pieces of the run before as far as they fit.
pub fn runs(sizes: &[usize], room: usize, most: usize, context: usize) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut next = 0;
    while next < sizes.len() {
        let (mut first, mut left) = (next, room.saturating_sub(sizes[next]));
        while first > 0 && next - first < context && sizes[first - 1] <= left / 2 {
            first -= 1;
            left -= sizes[first];
        }
        let mut end = next + 1;
        while end < sizes.len() && end - next < most && sizes[end] <= left {
            left -= sizes[end];
            end += 1;
        }
        found.push(Run { shown: first..end, asked: next..end });
        next = end;
    }
    found
}

/// Tokens that the tags around a piece take.
const TAGS: usize = 14;
/// A token holds hardly more bytes than this, whatever tokenizer counts.
const MOST_BYTES_A_TOKEN: usize = 4;

/// About how many tokens a text takes where it is shown, if the splitter counted so many (0 where it did not count).
pub fn tokens(text: &str, counted: u32) -> usize {
    (counted as usize).max(text.len().div_ceil(MOST_BYTES_A_TOKEN)) + TAGS
}

/// A text that takes so many tokens, cut down to where it takes about `room`.
pub fn fitted(text: &str, tokens: usize, room: usize) -> String {
    let text = text.trim();
    if tokens <= room {
        return text.to_owned();
    }
    let kept = text.chars().count() as u128 * room as u128 / tokens.max(1) as u128;
    shortened(text, usize::try_from(kept).unwrap_or(usize::MAX))
}

/// A text of at most about `most` characters: the middle of a longer one is left out, and that is said.
fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most / 2).collect();
    let tail: String = text.chars().skip(count - most / 2).collect();
    format!("{head}\n[… {} characters are left out here …]\n{tail}", count - most / 2 * 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn runs_show_some_context_and_ask_about_each_piece_once() {
        let check = |sizes: &[usize], room, most, expect: &[(Range<usize>, Range<usize>)]| {
            let found = runs(sizes, room, most, 1);
            let found: Vec<_> = found.into_iter().map(|run| (run.shown, run.asked)).collect();
            assert_eq!(found, expect, "{sizes:?}");
        };
        check(&[], 100, 9, &[]);
        check(&[10; 4], 100, 9, &[(0..4, 0..4)]);
        check(&[10; 6], 40, 9, &[(0..4, 0..4), (3..6, 4..6)]);
        check(&[10; 6], 100, 4, &[(0..4, 0..4), (3..6, 4..6)]);
        // A piece that fills a question leaves no room for context.
        check(&[10, 99, 10], 40, 9, &[(0..1, 0..1), (1..2, 1..2), (2..3, 2..3)]);
    }

    #[test]
    fn long_texts_lose_their_middle_and_say_so() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(fitted(" abcdefgh ", 8, 8), "abcdefgh");
        assert_eq!(fitted("abcdefgh", 8, 4), "ab\n[… 4 characters are left out here …]\ngh");
        assert_eq!((tokens("abcdefgh", 0), tokens("abcdefgh", 9)), (2 + TAGS, 9 + TAGS));
        assert_eq!(shortened("汉字abc汉字", 4), "汉字\n[… 3 characters are left out here …]\n汉字");
    }

    proptest! {
        #[test]
        fn every_piece_is_asked_about_once(
            sizes in proptest::collection::vec(1_usize..50, 0..40), room in 0_usize..99, most in 1_usize..9,
            context in 0_usize..4
        ) {
            let found = runs(&sizes, room, most, context);
            let asked: Vec<usize> = found.iter().flat_map(|run| run.asked.clone()).collect();
            prop_assert_eq!(asked, (0..sizes.len()).collect::<Vec<_>>());
            for run in &found {
                prop_assert!(run.shown.end == run.asked.end && run.shown.start <= run.asked.start);
                prop_assert!(run.asked.len() <= most && run.asked.start - run.shown.start <= context);
                let size: usize = sizes[run.shown.clone()].iter().sum();
                prop_assert!(size <= room || run.shown.len() == 1);
            }
        }
    }
}
