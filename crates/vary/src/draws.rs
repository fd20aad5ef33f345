//! Drawing: a stream of random numbers for each purpose, so that adding one changes no other.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random numbers of one purpose.
pub struct Draws(ChaCha8Rng);

impl Draws {
    /// Those of a seed for what has this name, its `number`th.
    pub fn new(seed: u64, name: &str, number: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        hasher.update(&number.to_le_bytes());
        hasher.update(name.as_bytes());
        Self(ChaCha8Rng::from_seed(*hasher.finalize().as_bytes()))
    }

    /// A number below `bound`, each as likely; 0 where `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A place in a list of so many.
    pub fn place(&mut self, count: usize) -> usize {
        // No list is longer than 64 bits can count.
        usize::try_from(self.below(count as u64)).unwrap_or(0)
    }

    /// One of these; none of none.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.place(of.len()))
    }

    /// A number from 0 to below 1.
    pub fn part(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Puts these in an order, each as likely.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.place(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_apart_and_stay_what_they_are() {
        let first = |seed, name, number| Draws::new(seed, name, number).below(1_000_000);
        assert_eq!(first(1, "a", 0), first(1, "a", 0));
        assert_ne!(first(1, "a", 0), first(2, "a", 0));
        assert_ne!(first(1, "a", 0), first(1, "b", 0));
        assert_ne!(first(1, "a", 0), first(1, "a", 1));
        let mut draws = Draws::new(3, "x", 0);
        assert!((0..1000).all(|_| draws.below(7) < 7 && draws.part() < 1.0));
        let mut order: Vec<u32> = (0..20).collect();
        draws.shuffle(&mut order);
        assert_ne!(order, (0..20).collect::<Vec<u32>>());
        order.sort_unstable();
        assert_eq!(order, (0..20).collect::<Vec<u32>>());
    }
}
