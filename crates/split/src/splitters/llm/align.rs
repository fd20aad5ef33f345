//! From the places that a model names to places in the text.

use std::ops::Range;

use answer::Work;

use super::pieces::Pieces;
use super::reply::Named;
use crate::verbatim;

/// Letters and digits that words must have to be looked for anywhere in the text.
const LEAST_LETTERS: usize = 8;

/// Places in the text that were named, in order, and how many could not be found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) cuts: Vec<usize>,
    pub(super) missed: usize,
}

/// Aligns what was named to a window. A number counts if the words beside it stand there, or if there are none. If
/// they do not, the nearest piece that begins with the words is meant; else the words are looked for behind the place
/// before. Words are compared as they are and, failing that, by their letters and digits alone.
pub(super) fn align(pieces: &Pieces<'_>, window: &Range<usize>, named: &[Named]) -> Found {
    let aligner = Aligner::new(pieces, window);
    let mut found = Found::default();
    let mut behind = aligner.bytes.start;
    for named in named {
        match aligner.place(named, behind) {
            Some(place) => {
                behind = behind.max(place + 1);
                found.cuts.push(place);
            }
            None => found.missed += 1,
        }
    }
    found.cuts.sort_unstable();
    found.cuts.dedup();
    found
}

struct Aligner<'a> {
    pieces: &'a Pieces<'a>,
    window: &'a Range<usize>,
    bytes: Range<usize>,
    letters: Letters,
    verbatim: Vec<Range<usize>>,
}

impl<'a> Aligner<'a> {
    fn new(pieces: &'a Pieces<'a>, window: &'a Range<usize>) -> Self {
        let bytes = pieces.bytes(window);
        let text = pieces.text.get(bytes.clone()).unwrap_or_default();
        let shift = |span: Range<usize>| span.start + bytes.start..span.end + bytes.start;
        let verbatim = verbatim::spans(text, &Work::unbounded()).into_iter().map(shift).collect();
        let letters = Letters::of(text, bytes.start);
        Self { pieces, window, bytes, letters, verbatim }
    }

    fn place(&self, named: &Named, behind: usize) -> Option<usize> {
        let number = named.number.filter(|number| self.window.contains(number));
        let words = Letters::of(&named.words, 0).letters;
        match number {
            Some(number) if words.is_empty() || self.begins(number, &named.words, &words) => {
                return Some(self.pieces.start(number));
            }
            _ => {}
        }
        let line = Letters::of(&named.line, 0).letters;
        let texts = [(named.line.as_str(), &line), (named.words.as_str(), &words)];
        let mut texts = texts.into_iter().filter(|(_, letters)| !letters.is_empty());
        texts.find_map(|(text, letters)| {
            self.piece_with(text, letters, number.or(named.number))
                .or_else(|| self.search(text, letters, behind))
        })
    }

    /// The piece begins with the words.
    fn begins(&self, index: usize, words: &str, letters: &[char]) -> bool {
        let start = self.pieces.start(index);
        let text = self.pieces.text.get(start..self.bytes.end).unwrap_or_default();
        text.starts_with(words) || self.letters.from(start).starts_with(letters)
    }

    /// The piece nearest to `number` that begins with the words.
    fn piece_with(&self, words: &str, letters: &[char], number: Option<usize>) -> Option<usize> {
        let near = number.unwrap_or(self.window.start);
        let fitting = self.window.clone().filter(|index| self.begins(*index, words, letters));
        let unsure = number.is_none() && letters.len() < LEAST_LETTERS;
        fitting
            .min_by_key(|index| index.abs_diff(near))
            .filter(|_| !unsure)
            .map(|index| self.pieces.start(index))
    }

    /// Where the words stand next behind a place, as they are or by their letters; never inside a word, and in front
    /// of a formula or code rather than inside.
    fn search(&self, words: &str, letters: &[char], behind: usize) -> Option<usize> {
        if letters.len() < LEAST_LETTERS {
            return None;
        }
        let rest = self.pieces.text.get(behind..self.bytes.end).unwrap_or_default();
        let exact = rest.match_indices(words).map(|(at, _)| behind + at).find(|at| self.begins_word(*at));
        let place = exact.or_else(|| self.letters.find(letters, behind, |at| self.begins_word(at)))?;
        let inside = self.verbatim.iter().find(|span| span.start < place && place < span.end);
        Some(inside.map_or(place, |span| span.start))
    }

    fn begins_word(&self, at: usize) -> bool {
        let before = self.pieces.text.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_ascii_alphanumeric())
    }
}

/// The letters and digits of a text in lower case, each with its place.
struct Letters {
    letters: Vec<char>,
    places: Vec<usize>,
}

impl Letters {
    fn of(text: &str, shift: usize) -> Self {
        let (mut letters, mut places) = (Vec::new(), Vec::new());
        for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            for lower in c.to_lowercase() {
                letters.push(lower);
                places.push(shift + at);
            }
        }
        Self { letters, places }
    }

    /// Those at a place and behind.
    fn from(&self, place: usize) -> &[char] {
        let first = self.places.partition_point(|at| *at < place);
        self.letters.get(first..).unwrap_or_default()
    }

    fn find(&self, letters: &[char], behind: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let first = self.places.partition_point(|at| *at < behind);
        let rest = self.letters.get(first..)?;
        let starts = rest.windows(letters.len().max(1)).enumerate().filter(|(_, window)| *window == letters);
        let mut places = starts.filter_map(|(at, _)| self.places.get(first + at).copied());
        places.find(|place| fits(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::splitters::llm::reply::read;

    /// Five pieces; the marks in `expect` say where the reply cuts.
    fn check(reply: &str, expect: &str, missed: usize) {
        let text =
            "Okay, let me see. First 2 + 3 = 5.\nBut wait, is it $a + b = 7$ then? No, it is not. So 5.";
        let starts = [0, 18, 35, 69, 84];
        let ends = [17, 34, 68, 83, text.len()];
        let spans = starts.into_iter().zip(ends).map(|(start, end)| start..end).collect();
        let pieces = Pieces::new(text, spans);
        let found = align(&pieces, &(0..5), &read(reply).unwrap());
        let mut marked = text.to_owned();
        found.cuts.iter().rev().for_each(|at| marked.insert(*at, '|'));
        assert_eq!((marked.as_str(), found.missed), (expect, missed), "{reply}");
    }

    #[test]
    fn numbers_with_the_right_words() {
        let expect =
            "|Okay, let me see. First 2 + 3 = 5.\n|But wait, is it $a + b = 7$ then? No, it is not. So 5.";
        check("0: Okay, let me\n2: But wait, is", expect, 0);
        check("0: okay let ME\n2: **But** wait…", expect, 0);
        check("0\n2", expect, 0);
        check("2, 0", expect, 0);
    }

    #[test]
    fn the_words_decide_where_number_and_words_disagree() {
        let expect =
            "Okay, let me see. First 2 + 3 = 5.\n|But wait, is it $a + b = 7$ then? No, it is not. So 5.";
        check("3: But wait, is", expect, 0);
        check("17: But wait, is", expect, 0);
        check("But wait, is it", expect, 0);
    }

    #[test]
    fn words_inside_a_piece_and_words_that_begin_with_a_number() {
        check(
            "\"is it $a + b = 7$ then\"",
            "Okay, let me see. First 2 + 3 = 5.\nBut wait, |is it $a + b = 7$ then? No, it is not. So 5.",
            0,
        );
        check(
            "\"a + b = 7$ then? No\"",
            "Okay, let me see. First 2 + 3 = 5.\nBut wait, is it |$a + b = 7$ then? No, it is not. So 5.",
            0,
        );
        check(
            "2 + 3 = 5. But wait",
            "Okay, let me see. First |2 + 3 = 5.\nBut wait, is it $a + b = 7$ then? No, it is not. So 5.",
            0,
        );
    }

    #[test]
    fn what_is_not_there_is_missed() {
        let plain =
            "Okay, let me see. First 2 + 3 = 5.\nBut wait, is it $a + b = 7$ then? No, it is not. So 5.";
        check("9", plain, 1);
        check("1: In conclusion we have shown", plain, 1);
        check("So", plain, 1);
        check("4: So 5\nsomething else entirely", &plain.replace("So 5", "|So 5"), 1);
    }
}
