//! Two that did the same problems: their differences, and whether these are more than chance.

use crate::{Unit, mcnemar, permutation};

/// Pairs of values, problem by problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    /// Differences, second − first, by problem.
    pub units: Vec<Unit>,
    /// Number of pairs in which both have a value.
    pub n: u64,
    /// Pairs in which one or both have none.
    pub left_out: u64,
    /// Sums of the values.
    pub sums: [f64; 2],
    /// Pairs in which the first value alone is 1, and in which the second is: what McNemar's test needs.
    pub discordant: [u64; 2],
    /// A pair is one reply and one reply, and no problem has two pairs.
    pub single: bool,
}

impl Default for Pairs {
    fn default() -> Self {
        Self { units: Vec::new(), n: 0, left_out: 0, sums: [0.0; 2], discordant: [0; 2], single: true }
    }
}

/// A test and its p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedTest {
    /// `mcnemar` or `permutation`.
    pub name: &'static str,
    /// Two-sided; none for a single problem, which cannot tell a difference from chance.
    pub p: Option<f64>,
}

impl Pairs {
    /// The first pair of another problem.
    pub fn begin(&mut self, first: f64, second: f64) {
        self.units.push(Unit::default());
        self.add(first, second);
    }

    /// One more pair of the same problem.
    pub fn add(&mut self, first: f64, second: f64) {
        if let Some(unit) = self.units.last_mut() {
            unit.add(second - first);
        }
        self.n += 1;
        self.sums = [self.sums[0] + first, self.sums[1] + second];
        self.discordant[0] += u64::from(first > second);
        self.discordant[1] += u64::from(second > first);
    }

    /// The means of both over the pairs.
    pub fn means(&self) -> Option<[f64; 2]> {
        (self.n > 0).then(|| self.sums.map(|sum| sum / self.n as f64))
    }

    /// Whether the difference may be chance: McNemar's exact test for `binary` values with one pair a problem, else a
    /// permutation test that flips whole problems.
    pub fn test(&self, binary: bool, seed: u64) -> PairedTest {
        let by_mcnemar = binary && self.single;
        let p = if by_mcnemar {
            mcnemar(self.discordant[0], self.discordant[1])
        } else {
            permutation(&self.units, seed)
        };
        let name = if by_mcnemar { "mcnemar" } else { "permutation" };
        PairedTest { name, p: (self.units.len() > 1).then_some(p) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_right_or_wrong_pairs_are_tested_by_mcnemar_and_everything_else_by_permutation() {
        let mut pairs = Pairs::default();
        (0..6).for_each(|_| pairs.begin(0.0, 1.0));
        // Six of six discordant pairs one way: 2 / 2⁶.
        for (binary, name) in [(true, "mcnemar"), (false, "permutation")] {
            let test = pairs.test(binary, 0);
            assert!(test.name == name && (test.p.unwrap() - 0.03125).abs() < 1e-12, "{test:?}");
        }
        assert_eq!(pairs.means(), Some([0.0, 1.0]));
        pairs.single = false;
        assert_eq!(pairs.test(true, 0).name, "permutation");
        let mut one = Pairs::default();
        one.begin(0.0, 1.0);
        assert_eq!(one.test(true, 0).p, None, "one problem cannot tell");
        assert_eq!(Pairs::default().means(), None);
    }
}
