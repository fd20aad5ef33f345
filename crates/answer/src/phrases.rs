//! The phrases of a list in a text. Most places of a text are inside of words, where no phrase begins: they are passed over
//! many at a time, and at the others the list is asked only if two of its bytes stand there.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, StartKind};

/// A phrase in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Where it ends.
    pub(crate) end: usize,
    /// Where it begins.
    pub(crate) start: usize,
    /// Its place in the list.
    pub(crate) phrase: usize,
}

/// A list of phrases, whose ASCII letters stand for both cases.
#[derive(Clone, Debug)]
pub(crate) struct Phrases {
    automaton: AhoCorasick,
    openings: Openings,
}

impl Phrases {
    /// Prepares the search; fails only for more phrases than fit into an automaton.
    pub(crate) fn new(phrases: &[String]) -> Result<Self, String> {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .start_kind(StartKind::Anchored)
            .build(phrases)
            .map_err(|error| error.to_string())?;
        Ok(Self { automaton, openings: Openings::of(phrases) })
    }

    /// Places of the text at which a phrase may begin: never inside of a word of ASCII letters.
    pub(crate) fn openings<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> + 'a {
        let bytes = text.as_bytes();
        let letters_alone = self.openings.letters_alone;
        let places = word_starts(bytes, letters_alone);
        places.filter(move |at| self.openings.holds(bytes[*at], bytes.get(at + 1).copied()))
    }

    /// The phrases that begin at a place, shorter ones first.
    pub(crate) fn at<'a>(&'a self, text: &'a str, start: usize) -> impl Iterator<Item = Found> + 'a {
        let here = Input::new(text).range(start..).anchored(Anchored::Yes);
        let mut state = OverlappingState::start();
        let hits = std::iter::from_fn(move || {
            self.automaton.try_find_overlapping(here.clone(), &mut state).ok()?;
            state.get_match()
        });
        // Those that end together with one that begins here come too.
        hits.filter(move |hit| hit.start() == start).map(|hit| Found {
            end: hit.end(),
            start: hit.start(),
            phrase: hit.pattern().as_usize(),
        })
    }
}

/// The places that are no letter behind a letter; `letters_alone` leaves out the other signs of ASCII too.
fn word_starts(bytes: &[u8], letters_alone: bool) -> impl Iterator<Item = usize> {
    let (mut from, mut next, mut starts, mut letter_before) = (0, 0, 0, 0);
    std::iter::from_fn(move || {
        while starts == 0 {
            let Block { letters, foreign } = Block::at(bytes, next)?;
            let begins = !(letters << 1 | letter_before);
            starts = if letters_alone { letters & begins | foreign } else { !letters | begins };
            letter_before = letters >> (BLOCK - 1);
            from = next;
            next += BLOCK;
        }
        let place = from + starts.trailing_zeros() as usize;
        starts &= starts - 1;
        // Behind the end there are zeros.
        (place < bytes.len()).then_some(place)
    })
}

/// Bytes that are looked at together: a bit for each, the first one lowest.
const BLOCK: usize = 64;

/// What the bytes of a block are.
#[derive(Default)]
struct Block {
    /// ASCII letters.
    letters: u64,
    /// No ASCII at all.
    foreign: u64,
}

impl Block {
    /// Of the bytes from a place on, with zeros behind the end; `None` beyond it.
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        Some(match rest.first_chunk() {
            Some(block) => Self::of(block),
            None => {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                Self::of(&block)
            }
        })
    }

    fn of(bytes: &[u8; BLOCK]) -> Self {
        let mut block = Self::default();
        for (eight, at) in bytes.as_chunks::<8>().0.iter().zip((0..).step_by(8)) {
            let eight = u64::from_le_bytes(*eight);
            block.letters |= tops_of(letters_of(eight)) << at;
            block.foreign |= tops_of(eight) << at;
        }
        block
    }
}

/// The highest bit of each of eight bytes.
const TOPS: u64 = 0x8080_8080_8080_8080;

/// These bits side by side, the first byte's lowest.
fn tops_of(eight: u64) -> u64 {
    // Each bit is moved up to its place in the highest byte by one of the factor's bits; no two of them meet.
    ((eight & TOPS) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The highest bit of each of eight bytes that is an ASCII letter.
fn letters_of(eight: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Seven bits each, so that no sum runs over into the next byte.
    let small = (eight & !TOPS) | (EACH * 0x20);
    let (from_a, behind_z) = (small + EACH * (0x80 - 0x61), small + EACH * (0x80 - 0x7b));
    from_a & !behind_z & !eight & TOPS
}

/// A set of two bytes.
#[derive(Clone, Debug)]
struct Openings {
    pairs: Box<[u64]>,
    /// Each first byte is an ASCII letter, or no ASCII at all.
    letters_alone: bool,
}

impl Openings {
    /// With which two bytes a phrase begins; one of a single byte, with any behind it.
    fn of(phrases: &[String]) -> Self {
        let first = |phrase: &String| phrase.as_bytes().first().copied();
        let letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let letters_alone = phrases.iter().filter_map(first).all(letter);
        let mut openings = Self { pairs: vec![0; 1 << 10].into_boxed_slice(), letters_alone };
        for phrase in phrases {
            let (first, second) = (phrase.as_bytes().first(), phrase.as_bytes().get(1));
            for first in cases(first.copied()) {
                match second {
                    Some(second) => cases(Some(*second)).for_each(|second| openings.add(first, second)),
                    None => (0..=u8::MAX).for_each(|second| openings.add(first, second)),
                }
            }
        }
        openings
    }

    fn add(&mut self, first: u8, second: u8) {
        let (word, bit) = place(first, second);
        self.pairs[word] |= bit;
    }

    fn holds(&self, first: u8, second: Option<u8>) -> bool {
        let (word, bit) = place(first, second.unwrap_or_default());
        self.pairs[word] & bit != 0
    }
}

fn place(first: u8, second: u8) -> (usize, u64) {
    (usize::from(first) << 2 | usize::from(second >> 6), 1 << (second & 63))
}

fn cases(byte: Option<u8>) -> impl Iterator<Item = u8> {
    byte.into_iter().flat_map(|byte| [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(phrases: &[String], text: &str) -> Vec<Found> {
        let finder = Phrases::new(phrases).unwrap();
        finder.openings(text).flat_map(|at| finder.at(text, at).collect::<Vec<_>>()).collect()
    }

    /// By looking for each phrase at each place.
    fn plainly(phrases: &[String], text: &str) -> Vec<Found> {
        let here = |start: usize, phrase: &str| {
            let there = text.as_bytes().get(start..start + phrase.len());
            there.is_some_and(|there| there.eq_ignore_ascii_case(phrase.as_bytes()))
        };
        let at = |start: usize| {
            let found = phrases.iter().enumerate().filter(move |(_, phrase)| here(start, phrase));
            found.map(move |(phrase, text)| Found { end: start + text.len(), start, phrase })
        };
        let letter = |at: usize| text.as_bytes()[at].is_ascii_alphabetic();
        let inside = |at: usize| at > 0 && letter(at) && letter(at - 1);
        let mut found: Vec<Found> = (0..text.len()).filter(|at| !inside(*at)).flat_map(at).collect();
        found.sort_by_key(|found| (found.start, found.end, found.phrase));
        found
    }

    #[test]
    fn phrases_are_found_where_they_begin() {
        let list = ["so", "so the", "=", "等等"].map(str::to_owned);
        let check = |text: &str, expect: &[(usize, usize)]| {
            let found: Vec<_> = all(&list, text).iter().map(|found| (found.start, found.end)).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("SO the x =", &[(0, 2), (0, 6), (9, 10)]);
        check("等等，so", &[(0, 6), (9, 11)]);
        check("s", &[]);
    }

    proptest! {
        #[test]
        fn none_is_missed(
            phrases in prop::collection::vec("[aBb 等=]{1,3}", 1..6),
            text in "[abB 等x=@`\\[{]{0,24}|[abB 等x=@`\\[{]{60,200}",
        ) {
            let mut found = all(&phrases, &text);
            found.sort_by_key(|found| (found.start, found.end, found.phrase));
            prop_assert_eq!(found, plainly(&phrases, &text));
        }
    }
}
