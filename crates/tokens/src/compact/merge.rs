//! Merging the bytes of a word: the pair of the lowest rank, the leftmost of several, until none is left.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::pairs::{NONE, Pairs, product};

/// Up to so many bytes, looking through all pairs for the best beats keeping them in a queue.
const SHORT: usize = 40;
/// The neighbour of a part at the end of the word.
const END: u32 = u32::MAX;

/// Buffers of a thread that merges.
#[derive(Default)]
pub(super) struct Merger {
    parts: Vec<Part>,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
}

/// A run of bytes that is one symbol.
#[derive(Clone, Copy)]
struct Part {
    start: u32,
    symbol: u32,
    /// What it and the part behind it merge into, see [`Pairs::get`]; [`NONE`] also where it is merged away.
    merge: u64,
    left: u32,
    right: u32,
}

impl Merger {
    /// Merges a word and gives the byte at which each of its tokens starts.
    pub(super) fn merge(
        &mut self,
        pairs: Pairs<'_>,
        symbols: &[u32; 256],
        word: &[u8],
    ) -> impl Iterator<Item = u32> {
        self.spell(pairs, symbols, word);
        if word.len() <= SHORT {
            self.merge_by_search(pairs);
        } else {
            self.merge_by_queue(pairs);
        }
        self.parts.iter().map(|part| part.start)
    }

    /// The word as single bytes.
    fn spell(&mut self, pairs: Pairs<'_>, symbols: &[u32; 256], word: &[u8]) {
        self.parts.clear();
        let mut right = END;
        for (start, byte) in (0..).zip(word) {
            let symbol = symbols[usize::from(*byte)];
            if let Some(last) = self.parts.last_mut() {
                last.merge = pairs.get(last.symbol, symbol);
                last.right = start;
            }
            self.parts.push(Part { start, symbol, merge: NONE, left: start.wrapping_sub(1), right: END });
            right = start;
        }
        debug_assert!(right == END || right as usize + 1 == word.len());
    }

    fn merge_by_search(&mut self, pairs: Pairs<'_>) {
        let parts = &mut self.parts;
        loop {
            let (mut best, mut at) = (NONE, 0);
            for (index, part) in parts.iter().enumerate() {
                if part.merge < best {
                    (best, at) = (part.merge, index);
                }
            }
            if best == NONE {
                return;
            }
            parts.remove(at + 1);
            let symbol = product(best);
            let behind = parts.get(at + 1).map(|part| part.symbol);
            if let Some(part) = parts.get_mut(at) {
                part.symbol = symbol;
                part.merge = behind.map_or(NONE, |behind| pairs.get(symbol, behind));
            }
            if let Some(before) = at.checked_sub(1).and_then(|before| parts.get_mut(before)) {
                before.merge = pairs.get(before.symbol, symbol);
            }
        }
    }

    fn merge_by_queue(&mut self, pairs: Pairs<'_>) {
        self.queue.clear();
        let ready = self.parts.iter().filter(|part| part.merge != NONE);
        self.queue.extend(ready.map(|part| Reverse((part.merge, part.start))));
        // In a word of single bytes a part's start is its index.
        while let Some(Reverse((merge, at))) = self.queue.pop() {
            // What a part merges into may have changed since it was queued.
            if self.part(at).is_some_and(|part| part.merge == merge) {
                self.apply(pairs, at, merge);
            }
        }
        let (mut kept, mut next) = (0, if self.parts.is_empty() { END } else { 0 });
        while let Some(part) = self.part(next).copied() {
            next = part.right;
            if let Some(place) = self.parts.get_mut(kept) {
                *place = part;
            }
            kept += 1;
        }
        self.parts.truncate(kept);
    }

    /// Merges a part with the one behind it and looks at its new pairs.
    fn apply(&mut self, pairs: Pairs<'_>, at: u32, merge: u64) {
        let Some(mut part) = self.part(at).copied() else { return };
        let Some(gone) = self.part_mut(part.right) else { return };
        gone.merge = NONE;
        part.right = gone.right;
        part.symbol = product(merge);
        part.merge = NONE;
        if let Some(behind) = self.part_mut(part.right) {
            behind.left = at;
            part.merge = pairs.get(part.symbol, behind.symbol);
        }
        self.set(at, part);
        if let Some(mut before) = self.part(part.left).copied() {
            before.merge = pairs.get(before.symbol, part.symbol);
            self.set(part.left, before);
        }
    }

    fn set(&mut self, at: u32, part: Part) {
        if part.merge != NONE {
            self.queue.push(Reverse((part.merge, at)));
        }
        if let Some(place) = self.part_mut(at) {
            *place = part;
        }
    }

    fn part(&self, at: u32) -> Option<&Part> {
        self.parts.get(at as usize)
    }

    fn part_mut(&mut self, at: u32) -> Option<&mut Part> {
        self.parts.get_mut(at as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::pairs::{Table, join};
    use super::*;

    /// Merges of random symbols, some products formed in several ways.
    fn table(merges: &[(u32, u32, u32)]) -> Table {
        let mut table = Table::for_pairs(merges.len()).unwrap();
        for (rank, (left, right, product)) in (0..).zip(merges) {
            table.put(join(*left, *right), join(rank, *product));
        }
        table
    }

    #[test]
    fn the_queue_does_what_the_search_does() {
        let merges = prop::collection::vec((0..12u32, 0..12u32, 3..12u32), 0..40);
        let word = prop::collection::vec(0..3u8, 0..120);
        proptest!(|(merges in merges, word in word)| {
            let table = table(&merges);
            let bytes: Vec<u8> = table.bytes().collect();
            let pairs = Pairs::over(&bytes, table.homes()).unwrap();
            let symbols = std::array::from_fn(|byte| byte as u32);
            let run = |way: fn(&mut Merger, Pairs<'_>)| {
                let mut merger = Merger::default();
                merger.spell(pairs, &symbols, &word);
                way(&mut merger, pairs);
                merger.parts.iter().map(|part| (part.start, part.symbol)).collect::<Vec<_>>()
            };
            prop_assert_eq!(run(Merger::merge_by_search), run(Merger::merge_by_queue));
        });
    }

    #[test]
    fn the_leftmost_of_equal_pairs_goes_first() {
        let table = table(&[(0, 0, 3)]);
        let bytes: Vec<u8> = table.bytes().collect();
        let pairs = Pairs::over(&bytes, table.homes()).unwrap();
        let symbols = std::array::from_fn(|byte| byte as u32);
        let mut merger = Merger::default();
        for (word, expect) in [(&[0, 0, 0][..], &[0, 2][..]), (&[1, 0, 0], &[0, 1]), (&[], &[]), (&[7], &[0])]
        {
            assert_eq!(merger.merge(pairs, &symbols, word).collect::<Vec<_>>(), expect, "{word:?}");
        }
        let long = vec![0; 101];
        assert_eq!(merger.merge(pairs, &symbols, &long).count(), 51);
    }
}
