//! The most likely ratings: Bradley–Terry as a logistic regression, by Newton's method, without a penalty.

use stats::{Cholesky, Square};

use super::sample::Sample;

/// The gradient may be so far from 0 at the end, in votes.
const CLOSE: f64 = 1e-10;
/// So far, where rounding allows no better.
const CLOSE_ENOUGH: f64 = 1e-6;
const STEPS: usize = 200;
/// A step of less, in log-odds, leads nowhere.
const AT_REST: f64 = 1e-6;
/// A parameter beyond this (17,000 points) is on its way to infinity.
const FAR: f64 = 100.0;

/// There is no finite maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Endless;

/// Chance that the first wins at these log-odds.
pub(crate) fn logistic(odds: f64) -> f64 {
    if odds >= 0.0 { 1.0 / (1.0 + (-odds).exp()) } else { odds.exp() / (1.0 + odds.exp()) }
}

/// Log-odds of a row: the sum of its parameters times their factors.
pub(crate) fn odds(cells: &[(usize, f64)], parameters: &[f64]) -> f64 {
    cells.iter().map(|(at, factor)| parameters[*at] * factor).sum()
}

/// The parameters at which the votes are most likely, from `start` on: the models but the first, then the controls.
/// Rows must be connected and not separated.
pub(crate) fn maximum(sample: &Sample, start: &[f64]) -> Result<Vec<f64>, Endless> {
    let mut parameters = start.to_vec();
    let mut here = Slope::at(sample, &parameters);
    for _ in 0..STEPS {
        let mut step = here.gradient.clone();
        here.factor()?.solve(&mut step);
        // On the way to infinity the gradient vanishes and the steps do not.
        if here.steepest() <= CLOSE && step.iter().all(|step| step.abs() < AT_REST) {
            return Ok(parameters);
        }
        match higher(sample, &parameters, &step, &here) {
            Some((there, next)) => (parameters, here) = (there, next),
            None if here.steepest() <= CLOSE_ENOUGH => return Ok(parameters),
            None => return Err(Endless),
        }
        if parameters.iter().any(|value| value.abs() > FAR) {
            return Err(Endless);
        }
    }
    Err(Endless)
}

/// The inverse of the information in the sample at these parameters.
pub(crate) fn inverse_information(sample: &Sample, parameters: &[f64]) -> Result<Square, Endless> {
    Ok(Slope::at(sample, parameters).factor()?.inverse())
}

/// A step, halved until it leads up, or where rounding hides that, to where it is flatter.
fn higher(sample: &Sample, from: &[f64], step: &[f64], here: &Slope) -> Option<(Vec<f64>, Slope)> {
    let flat = here.value - here.value.abs() * 1e-12;
    let mut part = 1.0;
    while part > 1e-10 {
        let there: Vec<f64> = from.iter().zip(step).map(|(at, step)| at + part * step).collect();
        let slope = Slope::at(sample, &there);
        if slope.value > here.value || (slope.value > flat && slope.steepest() < here.steepest()) {
            return Some((there, slope));
        }
        part /= 2.0;
    }
    None
}

/// The likelihood and its derivatives at a point.
struct Slope {
    value: f64,
    gradient: Vec<f64>,
    information: Square,
}

impl Slope {
    fn at(sample: &Sample, parameters: &[f64]) -> Self {
        let size = sample.parameters();
        let mut slope = Self { value: 0.0, gradient: vec![0.0; size], information: Square::zero(size) };
        let mut cells = Vec::new();
        for (at, row) in sample.rows.iter().enumerate() {
            sample.cells(at, &mut cells);
            let odds = odds(&cells, parameters);
            let chance = logistic(odds);
            // ln p = −ln(1 + e^−x), ln(1 − p) = −x − ln(1 + e^−x).
            slope.value -=
                row.weight * ((-odds.abs()).exp().ln_1p() + (-odds).max(0.0) + (1.0 - row.share) * odds);
            let off = row.weight * (row.share - chance);
            cells.iter().for_each(|(at, factor)| slope.gradient[*at] += off * factor);
            slope.information.add_outer(&cells, row.weight * chance * (1.0 - chance));
        }
        slope
    }

    fn steepest(&self) -> f64 {
        self.gradient.iter().fold(0.0, |most, value| most.max(value.abs()))
    }

    fn factor(&self) -> Result<Cholesky, Endless> {
        self.information.factor().ok_or(Endless)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Row;
    use super::*;

    fn sample(models: usize, votes: &[(usize, usize, f64)]) -> Sample {
        let row = |(a, b, share): &(usize, usize, f64)| Row {
            a: *a,
            b: *b,
            share: *share,
            weight: 1.0,
            cluster: None,
        };
        Sample { models, rows: votes.iter().map(row).collect(), ..Sample::default() }
    }

    #[test]
    fn two_models_have_a_closed_form() {
        let found =
            maximum(&sample(2, &[(0, 1, 1.0), (0, 1, 0.0), (1, 0, 0.0), (0, 1, 0.5)]), &[0.0]).unwrap();
        assert!((found[0] + (2.5_f64 / 1.5).ln()).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn what_is_separated_has_no_maximum() {
        assert_eq!(maximum(&sample(2, &[(0, 1, 1.0), (1, 0, 0.0)]), &[0.0]), Err(Endless));
        assert_eq!(maximum(&sample(3, &[(0, 1, 0.5)]), &[0.0, 0.0]), Err(Endless), "the third never played");
    }

    #[test]
    fn pairs_put_together_say_the_same() {
        let votes = [(0, 1, 1.0), (1, 2, 0.5), (2, 0, 1.0), (1, 0, 1.0), (2, 1, 0.25), (0, 2, 1.0)];
        let apart = sample(3, &votes);
        let found = maximum(&apart, &[0.0; 2]).unwrap();
        let together = maximum(&apart.by_pair(), &[0.0; 2]).unwrap();
        assert!(found.iter().zip(&together).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?} {together:?}");
    }
}
