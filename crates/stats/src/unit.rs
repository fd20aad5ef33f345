//! The unit of all resampling: a problem with all its samples.

/// What one problem adds to a figure: of its samples, or of pairs of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Unit {
    /// The sum of its values.
    pub sum: f64,
    /// Their number, which a mean divides by.
    pub n: f64,
}

impl Unit {
    /// One more value.
    pub fn add(&mut self, value: f64) {
        self.sum += value;
        self.n += 1.0;
    }
}

/// Σ sum / Σ n; none of nothing.
pub(crate) fn mean(units: &[Unit]) -> Option<f64> {
    let (sum, n) = units.iter().fold((0.0, 0.0), |(sum, n), unit| (sum + unit.sum, n + unit.n));
    (n > 0.0).then(|| sum / n)
}

/// The standard error of such a mean, from the spread between problems: the delta method for a ratio of sums (Cochran 1977)
/// over the problems that have an `n`. Needs two of them.
pub(crate) fn standard_error(units: &[Unit], mean: f64) -> f64 {
    let (mut problems, mut n, mut squares) = (0.0, 0.0, 0.0);
    for unit in units.iter().filter(|unit| unit.n > 0.0) {
        problems += 1.0;
        n += unit.n;
        squares += (unit.sum - mean * unit.n).powi(2);
    }
    (problems / (problems - 1.0) * squares).sqrt() / n
}
