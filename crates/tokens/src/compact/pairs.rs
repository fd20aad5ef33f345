//! Which two symbols merge, how early and into what: a hash table that is used as it lies in the file.
//!
//! An entry is 16 bytes, little endian: the pair (left in the high half), then the rank (high half) and the
//! product. Entries lie at their hash or behind it with no gap between; some room at the end takes what the
//! last places push over it, so that a search never has to wrap around.

/// Bytes of an entry.
pub(super) const ENTRY: usize = 16;
/// What stands in the place of a pair that does not merge: later than every rank.
pub(super) const NONE: u64 = u64::MAX;
/// No pair: nobody has this many symbols.
const FREE: [u64; 2] = [u64::MAX, NONE];

/// The table over borrowed bytes.
#[derive(Clone, Copy)]
pub(super) struct Pairs<'a> {
    entries: &'a [[u8; ENTRY]],
    homes: u64,
}

impl<'a> Pairs<'a> {
    /// Over the bytes that [`Table::bytes`] gave; none if they cannot be a table.
    pub(super) fn over(bytes: &'a [u8], homes: u32) -> Option<Self> {
        let (entries, rest) = bytes.as_chunks::<ENTRY>();
        let fits = rest.is_empty() && homes > 0 && entries.len() >= homes as usize;
        fits.then_some(Self { entries, homes: u64::from(homes) })
    }

    /// Rank and product of a pair as one number that orders by rank, or [`NONE`].
    #[inline]
    pub(super) fn get(&self, left: u32, right: u32) -> u64 {
        let pair = join(left, right);
        let from = home(pair, self.homes);
        for entry in self.entries.get(from..).unwrap_or_default() {
            let entry = u128::from_le_bytes(*entry);
            let found = entry as u64;
            if found == pair {
                return (entry >> 64) as u64;
            }
            if found == u64::MAX {
                return NONE;
            }
        }
        NONE
    }
}

/// Two halves as one number.
pub(super) fn join(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// The product of what [`Pairs::get`] found.
pub(super) fn product(merge: u64) -> u32 {
    merge as u32
}

/// Where a pair's entry would like to be. Only the high bits of a product depend on all bits of its factor,
/// hence the shifts to and fro.
fn home(pair: u64, homes: u64) -> usize {
    let mixed = (pair ^ (pair >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((u128::from(mixed) * u128::from(homes)) >> 64) as usize
}

/// The table while it is filled.
pub(super) struct Table {
    entries: Vec<[u64; 2]>,
    homes: u32,
}

impl Table {
    /// For at most so many pairs.
    pub(super) fn for_pairs(pairs: usize) -> Option<Self> {
        // Three places in five taken: most questions are about pairs that do not merge, and those end at the
        // first free place.
        let homes = u32::try_from(pairs.checked_mul(5)? / 3 + 1).ok()?;
        Some(Self { entries: vec![FREE; homes as usize], homes })
    }

    /// Puts a pair in; of two equal ones the later counts, as in the library.
    pub(super) fn put(&mut self, pair: u64, merge: u64) {
        let mut at = home(pair, u64::from(self.homes));
        loop {
            match self.entries.get_mut(at) {
                Some(entry) if entry[0] == pair || *entry == FREE => {
                    *entry = [pair, merge];
                    return;
                }
                Some(_) => at += 1,
                None => self.entries.push(FREE),
            }
        }
    }

    /// How many places the hash distinguishes.
    pub(super) fn homes(&self) -> u32 {
        self.homes
    }

    /// What goes into the file.
    pub(super) fn bytes(&self) -> impl Iterator<Item = u8> {
        self.entries.iter().flatten().flat_map(|half| half.to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_come_back_and_others_do_not() {
        proptest!(|(list in prop::collection::vec((0..50u32, 0..50u32, any::<u32>()), 0..300))| {
            let mut table = Table::for_pairs(list.len()).unwrap();
            let mut expect = HashMap::new();
            for (rank, (left, right, product)) in (0..).zip(&list) {
                table.put(join(*left, *right), join(rank, *product));
                expect.insert((*left, *right), join(rank, *product));
            }
            let bytes: Vec<u8> = table.bytes().collect();
            let pairs = Pairs::over(&bytes, table.homes()).unwrap();
            for left in 0..50 {
                for right in 0..50 {
                    let known = expect.get(&(left, right)).copied().unwrap_or(NONE);
                    prop_assert_eq!(pairs.get(left, right), known);
                }
            }
        });
    }

    #[test]
    fn bytes_that_are_no_table() {
        assert!(Pairs::over(&[0; 16], 1).is_some());
        assert!(Pairs::over(&[0; 17], 1).is_none());
        assert!(Pairs::over(&[0; 16], 2).is_none());
        assert!(Pairs::over(&[], 0).is_none());
    }
}
