//! A sum foretold from some of its terms.

/// Count, mean and variance of numbers, gathered one by one (Welford).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// Their mean; 0 if there are none.
    pub mean: f64,
    squares: f64,
}

/// What a sum is expected to be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// Probably not less.
    pub low: f64,
    /// The best guess.
    pub middle: f64,
    /// Probably, or certainly, not more.
    pub high: f64,
}

impl Spread {
    /// One more number.
    pub fn add(&mut self, number: f64) {
        self.count += 1;
        let off = number - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (number - self.mean);
    }

    /// The sum of `terms` further numbers like these: an approximate 95 % prediction interval, mean ± 2 s √(n + n²/k)
    /// for n terms foretold from k. `None` from fewer than two.
    pub fn sum_of(&self, terms: u64) -> Option<Range> {
        if self.count < 2 {
            return None;
        }
        let (known, terms) = (self.count as f64, terms as f64);
        let deviation = (self.squares / (known - 1.0)).sqrt();
        let middle = self.mean * terms;
        let off = 2.0 * deviation * (terms + terms * terms / known).sqrt();
        Some(Range { low: (middle - off).max(0.0), middle, high: middle + off })
    }
}

impl Range {
    /// The same with every end through `f`, which must not decrease.
    #[must_use]
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { low: f(self.low), middle: f(self.middle), high: f(self.high) }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, middle: self.middle + other.middle, high: self.high + other.high }
    }

    /// Not beyond `most`.
    #[must_use]
    pub fn at_most(self, most: f64) -> Self {
        self.map(|end| end.min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(numbers: &[f64]) -> Spread {
        let mut spread = Spread::default();
        numbers.iter().for_each(|number| spread.add(*number));
        spread
    }

    #[test]
    fn a_sum_is_foretold_from_its_terms() {
        let known = spread(&[10.0, 20.0, 30.0, 40.0]);
        assert_eq!((known.count, known.mean), (4, 25.0));
        // s² = 500 / 3; four more terms: 2 · s · √(4 + 16/4)
        let range = known.sum_of(4).unwrap();
        let off = 2.0 * (500.0_f64 / 3.0).sqrt() * 8.0_f64.sqrt();
        assert!((range.middle - 100.0).abs() < 1e-9 && (range.high - 100.0 - off).abs() < 1e-9, "{range:?}");
        assert!((range.low - (100.0 - off)).abs() < 1e-9);
        assert_eq!(range.at_most(90.0).high, 90.0);
    }

    #[test]
    fn one_number_foretells_nothing_and_equal_ones_are_certain() {
        assert_eq!(spread(&[5.0]).sum_of(3), None);
        let certain = spread(&[5.0, 5.0, 5.0]).sum_of(10).unwrap();
        assert_eq!(certain, Range { low: 50.0, middle: 50.0, high: 50.0 });
        assert_eq!(spread(&[0.0, 100.0]).sum_of(1).unwrap().low, 0.0);
    }
}
