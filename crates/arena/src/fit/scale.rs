//! From log-odds to points, and where zero is.

use stats::Square;

/// Points for one unit of log-odds: ten to one is 400.
pub(crate) const POINTS: f64 = 400.0 / std::f64::consts::LN_10;
/// Points of the mean, where no model is anchored.
pub(crate) const MIDDLE: f64 = 1000.0;

/// Where the scale is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gauge {
    /// By this model alone; by the mean of all if none.
    pub(crate) model: Option<usize>,
    /// At so many points.
    pub(crate) points: f64,
}

impl Gauge {
    /// Strengths of all models, the first of which is 0, in points.
    pub(crate) fn scores(self, strengths: &[f64]) -> Vec<f64> {
        let zero = match self.model {
            Some(model) => strengths[model],
            None => strengths.iter().sum::<f64>() / strengths.len() as f64,
        };
        strengths.iter().map(|strength| self.points + POINTS * (strength - zero)).collect()
    }

    /// Standard errors of these scores, from the covariance of the strengths.
    pub(crate) fn errors(self, covariance: &Square, models: usize) -> Vec<f64> {
        let part = |model: usize| match self.model {
            Some(held) => f64::from(u8::from(held == model)),
            None => 1.0 / models as f64,
        };
        let with_zero =
            |model: usize| (0..models).map(|other| part(other) * covariance.at(model, other)).sum::<f64>();
        let zeros: Vec<f64> = (0..models).map(with_zero).collect();
        let of_zero: f64 = zeros.iter().enumerate().map(|(model, with)| part(model) * with).sum();
        let variance = |model: usize| covariance.at(model, model) - 2.0 * zeros[model] + of_zero;
        (0..models).map(|model| POINTS * variance(model).max(0.0).sqrt()).collect()
    }
}

/// The strengths of all models: the first is 0, the others are the first parameters.
pub(crate) fn strengths(parameters: &[f64], models: usize) -> Vec<f64> {
    std::iter::once(0.0).chain(parameters.iter().copied()).take(models).collect()
}
