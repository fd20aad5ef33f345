//! Words that were merged before: most words of a text are.
//!
//! Where the tokens of a word of at most 64 bytes start is a set of bits, one a byte. Short words, which are
//! nearly all, are their own key; the table forgets a word when another one wants its place.

use std::collections::HashMap;

/// Places for short words; 24 bytes each.
const SHORT_PLACES: usize = 1 << 15;
/// The longest word that is its own key: 15 bytes and its length.
const SHORT: usize = 15;
/// The longest word whose starts are a set of bits.
pub(super) const LONGEST: usize = 64;
/// Longer words that are kept before all of them are forgotten.
const LONG_WORDS: usize = 1 << 13;

/// What a thread knows of the words it has seen.
pub(super) struct Words {
    /// Word, word, starts; a place that was never used holds the key of no word.
    short: Vec<[u64; 3]>,
    long: HashMap<Box<[u8]>, u64>,
}

/// A short word as a number that no other short word has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Key([u64; 2]);

impl Key {
    /// Of `length` bytes at `start`; none if they are too many, or none at all.
    #[inline]
    pub(super) fn of(text: &[u8], start: usize, length: usize) -> Option<Self> {
        if length == 0 || length > SHORT {
            return None;
        }
        let rest = text.get(start..)?;
        let bytes = match rest.first_chunk::<16>() {
            Some(bytes) => u128::from_le_bytes(*bytes),
            None => {
                let mut bytes = [0; 16];
                bytes.get_mut(..rest.len())?.copy_from_slice(rest);
                u128::from_le_bytes(bytes)
            }
        };
        let word = bytes & ((1 << (8 * length)) - 1) | (length as u128) << (8 * SHORT);
        Some(Self([word as u64, (word >> 64) as u64]))
    }

    fn place(self) -> usize {
        let [low, high] = self.0;
        let mixed = low.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ high.wrapping_mul(0xd6e8_feb8_6659_fd93);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (64 - SHORT_PLACES.trailing_zeros())) as usize
    }
}

impl Words {
    pub(super) fn new() -> Self {
        Self { short: vec![[0; 3]; SHORT_PLACES], long: HashMap::new() }
    }

    /// Starts of a short word.
    #[inline]
    pub(super) fn short(&self, key: Key) -> Option<u64> {
        let [low, high, starts] = self.short.get(key.place())?;
        (key.0 == [*low, *high]).then_some(*starts)
    }

    pub(super) fn keep_short(&mut self, key: Key, starts: u64) {
        if let Some(place) = self.short.get_mut(key.place()) {
            *place = [key.0[0], key.0[1], starts];
        }
    }

    /// Starts of a longer word.
    pub(super) fn long(&self, word: &[u8]) -> Option<u64> {
        self.long.get(word).copied()
    }

    pub(super) fn keep_long(&mut self, word: &[u8], starts: u64) {
        if self.long.len() >= LONG_WORDS {
            self.long.clear();
        }
        self.long.insert(word.into(), starts);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_tell_short_words_apart_wherever_they_stand() {
        let text = b"\0\0\0aaaaaaaaaaaaaaaaaaaaaaaa\0\xff\xff";
        let mut keys = HashMap::new();
        for start in 0..text.len() {
            for length in 1..=SHORT.min(text.len() - start) {
                let key = Key::of(text, start, length).unwrap();
                let word = &text[start..start + length];
                assert_eq!(*keys.entry(key.0).or_insert(word), word);
            }
        }
        let words: HashSet<_> = keys.values().collect();
        assert_eq!(words.len(), keys.len());
        assert_eq!(Key::of(text, 0, 0), None);
        assert_eq!(Key::of(text, 0, 16), None);
        assert_eq!(Key::of(text, text.len() + 1, 1), None);
    }

    #[test]
    fn kept_words_come_back() {
        let mut words = Words::new();
        let key = Key::of(b"word", 0, 4).unwrap();
        assert_eq!(words.short(key), None);
        words.keep_short(key, 5);
        assert_eq!(words.short(key), Some(5));
        assert_eq!(words.short(Key::of(b"wor", 0, 3).unwrap()), None);
        for round in 0..LONG_WORDS as u64 + 2 {
            words.keep_long(&round.to_le_bytes(), round);
            assert_eq!(words.long(&round.to_le_bytes()), Some(round));
        }
        assert!(words.long.len() <= LONG_WORDS);
    }
}
