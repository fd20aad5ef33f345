//! Near-duplicate texts: MinHash signatures in bands propose pairs, sketches discard most of them, and the shingles
//! themselves decide.

use crate::words::{mixed, words};

/// Words in a shingle. Numbers and signs are words: problems that differ in a number share few shingles.
const SHINGLE: usize = 3;
/// Bands of a signature: texts that agree in one band are compared.
pub(crate) const BANDS: usize = 20;
/// Minima in a band. Texts of similarity 0.8 agree in a band with a probability of 1 − (1 − 0.8⁷)²⁰ = 0.99, texts of
/// similarity 0.3 with one of 0.004.
const ROWS: usize = 7;
/// Shingles in a sketch.
const SKETCH: usize = 64;
/// An estimate from sketches is rarely off by more: three standard deviations at a similarity of 0.8.
const UNSURE: f64 = 0.15;

/// What is kept of a text to find those that resemble it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// Hashes of its bands.
    pub(crate) bands: [u32; BANDS],
    /// The smallest hashes of its shingles, sorted; behind the last one the largest number.
    sketch: [u32; SKETCH],
}

/// The distinct shingles of a text, sorted; a text of fewer words is one shingle.
pub(crate) fn shingles(text: &str) -> Vec<u64> {
    let words: Vec<u64> = words(text, true).into_iter().map(|word| word.hash).collect();
    let joined = |run: &[u64]| mixed(run.iter().fold(0, |hash: u64, word| hash.rotate_left(17) ^ word));
    let mut shingles: Vec<u64> = match words.len() {
        0 => vec![],
        1..SHINGLE => vec![joined(&words)],
        _ => words.windows(SHINGLE).map(joined).collect(),
    };
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

impl Signature {
    pub(crate) fn of(shingles: &[u64]) -> Self {
        Self { bands: bands(shingles), sketch: sketch(shingles) }
    }

    /// Two texts with these signatures may reach a similarity. Almost never wrong about those that do.
    pub(crate) fn may_reach(&self, other: &Self, threshold: f64) -> bool {
        let (mut left, mut right) = (self.sketch.iter().peekable(), other.sketch.iter().peekable());
        let (mut seen, mut both) = (0_u32, 0_u32);
        // Whoever differs in more than this of a full sketch is a stranger; most are, soon.
        let strange = (1.0 - (threshold - UNSURE)) * SKETCH as f64;
        while seen < SKETCH as u32 {
            let (Some(one), Some(another)) = (left.peek(), right.peek()) else { break };
            let (one, another) = (**one, **another);
            if one == u32::MAX && another == u32::MAX {
                break;
            }
            seen += 1;
            both += u32::from(one == another);
            if f64::from(seen - both) > strange {
                return false;
            }
            if one <= another {
                left.next();
            }
            if another <= one {
                right.next();
            }
        }
        f64::from(both) >= (threshold - UNSURE) * f64::from(seen)
    }
}

fn sketch(shingles: &[u64]) -> [u32; SKETCH] {
    let hash = |shingle: &u64| upper(mixed(*shingle)).min(u32::MAX - 1);
    let mut hashes: Vec<u32> = shingles.iter().map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    std::array::from_fn(|at| hashes.get(at).copied().unwrap_or(u32::MAX))
}

/// The upper half of a hash.
fn upper(hash: u64) -> u32 {
    let [a, b, c, d, ..] = hash.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

fn bands(shingles: &[u64]) -> [u32; BANDS] {
    // Shingles are well mixed already, so that a product with an odd number is as good a permutation as any.
    let minimum = |row: usize| {
        let odd = mixed(row as u64 + 1) | 1;
        shingles.iter().map(|shingle| shingle.wrapping_mul(odd)).min().unwrap_or(0)
    };
    std::array::from_fn(|band| {
        let rows = (0..ROWS).map(|row| minimum(band * ROWS + row));
        let hash = rows.fold(band as u64, |hash, row| mixed(hash ^ row));
        upper(hash)
    })
}

/// Jaccard similarity: the share of shingles that both have.
pub(crate) fn similarity(a: &[u64], b: &[u64]) -> f64 {
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    let mut both = 0_usize;
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        match one.cmp(other) {
            std::cmp::Ordering::Less => drop(left.next()),
            std::cmp::Ordering::Greater => drop(right.next()),
            std::cmp::Ordering::Equal => {
                both += 1;
                left.next();
                right.next();
            }
        }
    }
    let either = a.len() + b.len() - both;
    if either == 0 { 1.0 } else { both as f64 / either as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "A train leaves the station at 8:15 and travels at 60 kilometres an hour towards a town that is \
                        150 kilometres away. At what time does it arrive there, if it stops for 12 minutes on the way?";

    #[test]
    fn sketches_discard_strangers_and_keep_what_is_alike() {
        let check = |a: &str, b: &str, expect| {
            let [a, b] = [a, b].map(|text| Signature::of(&shingles(text)));
            assert_eq!((a.may_reach(&b, 0.8), b.may_reach(&a, 0.8)), (expect, expect));
        };
        check(TEXT, &TEXT.replace("town", "city"), true);
        check(TEXT, TEXT, true);
        check(TEXT, "How many prime numbers lie between 20 and 50?", false);
        check("2 + 2", "2 + 3", false);
        check("", "", true);
    }

    proptest! {
        #[test]
        fn what_reaches_the_threshold_is_hardly_ever_discarded(
            words in prop::collection::vec(0u32..2000, 20..120), at in 0usize..20, other in 2000u32..3000
        ) {
            let text = |words: &[u32]| words.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ");
            let mut changed = words.clone();
            changed[at] = other;
            let (a, b) = (shingles(&text(&words)), shingles(&text(&changed)));
            if similarity(&a, &b) >= 0.8 {
                prop_assert!(Signature::of(&a).may_reach(&Signature::of(&b), 0.8));
            }
        }
    }

    fn shared_bands(a: &str, b: &str) -> usize {
        let (a, b) = (bands(&shingles(a)), bands(&shingles(b)));
        a.iter().zip(b).filter(|(a, b)| *a == b).count()
    }

    #[test]
    fn a_changed_word_leaves_a_near_duplicate() {
        let changed = TEXT.replace("town", "city");
        let similar = similarity(&shingles(TEXT), &shingles(&changed));
        assert!((0.8..0.95).contains(&similar), "{similar}");
        assert!(shared_bands(TEXT, &changed) > 0);
        assert_eq!(shared_bands(TEXT, TEXT), BANDS);
        let other = "How many prime numbers lie between 20 and 50?";
        assert_eq!(similarity(&shingles(TEXT), &shingles(other)), 0.0);
        assert_eq!(shared_bands(TEXT, other), 0);
    }

    #[test]
    fn other_numbers_and_signs_make_another_problem() {
        let check = |a: &str, b: &str, most: f64| {
            let similar = similarity(&shingles(a), &shingles(b));
            assert!(similar <= most, "{a} | {b}: {similar}");
        };
        check("What is 12 times 34?", "What is 12 times 35?", 0.5);
        check("Solve x + 2 = 5.", "Solve x - 2 = 5.", 0.5);
    }

    #[test]
    fn short_and_empty_texts_are_compared_too() {
        assert_eq!(similarity(&shingles("2+"), &shingles("2 +")), 1.0);
        assert_eq!(similarity(&shingles(""), &shingles("")), 1.0);
        assert_eq!(similarity(&shingles("a b"), &shingles("a c")), 0.0);
    }
}
