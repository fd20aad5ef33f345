//! The unit of all resampling: a problem with all its samples.

/// The differences of one problem's pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Unit {
    /// Their sum.
    pub sum: f64,
    /// Their number.
    pub n: f64,
}

impl Unit {
    /// The problem with one more pair.
    pub fn add(&mut self, difference: f64) {
        self.sum += difference;
        self.n += 1.0;
    }
}

/// The mean difference over all pairs; none without a pair.
pub(crate) fn mean(units: &[Unit]) -> Option<f64> {
    let (sum, n) = units.iter().fold((0.0, 0.0), |(sum, n), unit| (sum + unit.sum, n + unit.n));
    (n > 0.0).then(|| sum / n)
}
