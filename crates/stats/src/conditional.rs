//! Logistic regression within strata: what makes replies to the same problem right or wrong.

use crate::Square;

/// Replies that share everything but what is asked about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stratum {
    /// Of each reply: its covariates, and whether it is right.
    pub rows: Vec<(Vec<f64>, bool)>,
}

impl Stratum {
    /// It has both, so it says something.
    pub fn is_discordant(&self) -> bool {
        self.rows.iter().any(|(_, right)| *right) && self.rows.iter().any(|(_, right)| !*right)
    }

    fn right(&self) -> usize {
        self.rows.iter().filter(|(_, right)| *right).count()
    }
}

/// Log-odds for one more of each covariate, and their covariance: the most likely ones given how many replies of each stratum
/// are right (Breslow & Day 1980), so that what strata differ in drops out. `None` where no finite ones are most likely.
pub fn conditional_logistic(strata: &[Stratum]) -> Option<(Vec<f64>, Square)> {
    const STEPS: usize = 100;
    /// A variance beyond this says that nothing is known: the odds would lie between nothing and a hundred million times as much.
    const WIDEST: f64 = 1e2;
    /// Log-odds beyond these are on their way to infinity.
    const FAR: f64 = 20.0;
    let told: Vec<&Stratum> = strata.iter().filter(|stratum| stratum.is_discordant()).collect();
    let width = told.first()?.rows.first()?.0.len();
    let mut beta = vec![0.0; width];
    let mut here = Slope::at(&told, &beta);
    for _ in 0..STEPS {
        let factor = here.information.factor()?;
        let mut step = here.gradient.clone();
        factor.solve(&mut step);
        if step.iter().all(|step| step.abs() < 1e-9) {
            let spread = factor.inverse();
            // Far out the likelihood is flat, whichever way it rises.
            let is_known = (0..width).all(|at| spread.at(at, at) < WIDEST);
            return is_known.then_some((beta, spread));
        }
        let part = (0..40).map(|halvings| 0.5_f64.powi(halvings)).find_map(|part| {
            let there: Vec<f64> = beta.iter().zip(&step).map(|(at, step)| at + part * step).collect();
            let slope = Slope::at(&told, &there);
            (slope.value >= here.value - 1e-12).then_some((there, slope))
        });
        (beta, here) = part?;
        if beta.iter().any(|value| value.abs() > FAR) {
            return None;
        }
    }
    None
}

/// Log-likelihood, gradient and information.
struct Slope {
    value: f64,
    gradient: Vec<f64>,
    information: Square,
}

impl Slope {
    fn at(strata: &[&Stratum], beta: &[f64]) -> Self {
        let width = beta.len();
        let mut slope = Self { value: 0.0, gradient: vec![0.0; width], information: Square::zero(width) };
        strata.iter().for_each(|stratum| slope.add(stratum, beta));
        slope
    }

    fn add(&mut self, stratum: &Stratum, beta: &[f64]) {
        let odds = |row: &[f64]| row.iter().zip(beta).map(|(x, beta)| x * beta).sum::<f64>();
        let middle = stratum.rows.iter().map(|(row, _)| odds(row)).sum::<f64>() / stratum.rows.len() as f64;
        let mut sums = vec![Sum::zero(beta.len()); stratum.right() + 1];
        sums[0].value = 1.0;
        for (row, right) in &stratum.rows {
            let weight = (odds(row) - middle).exp();
            for size in (1..sums.len()).rev() {
                let (below, above) = sums.split_at_mut(size);
                above[0].take(&below[size - 1], weight, row);
            }
            if *right {
                self.value += odds(row) - middle;
                self.gradient.iter_mut().zip(row).for_each(|(all, x)| *all += x);
            }
        }
        let Some(all) = sums.last() else { return };
        self.value -= all.value.ln();
        let mean: Vec<f64> = all.first.iter().map(|first| first / all.value).collect();
        for (at, one) in mean.iter().enumerate() {
            self.gradient[at] -= one;
            for (other, two) in mean.iter().enumerate() {
                self.information.add(at, other, all.second.at(at, other) / all.value - one * two);
            }
        }
    }
}

/// Σ over subsets of one size of the product of their weights, with its derivatives.
#[derive(Clone)]
struct Sum {
    value: f64,
    first: Vec<f64>,
    second: Square,
}

impl Sum {
    fn zero(width: usize) -> Self {
        Self { value: 0.0, first: vec![0.0; width], second: Square::zero(width) }
    }

    /// Adds the subsets of `smaller` with one more row in each.
    fn take(&mut self, smaller: &Self, weight: f64, row: &[f64]) {
        for (at, x) in row.iter().enumerate() {
            for (other, y) in row.iter().enumerate() {
                let cross = x * smaller.first[other] + y * smaller.first[at];
                let more = smaller.second.at(at, other) + cross + x * y * smaller.value;
                self.second.add(at, other, weight * more);
            }
        }
        for (at, x) in row.iter().enumerate() {
            self.first[at] += weight * (smaller.first[at] + x * smaller.value);
        }
        self.value += weight * smaller.value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stratum(rows: &[(f64, bool)]) -> Stratum {
        Stratum { rows: rows.iter().map(|(x, right)| (vec![*x], *right)).collect() }
    }

    /// With pairs it is McNemar's: the odds are the quotient of the two kinds of discordant pairs.
    #[test]
    fn pairs_have_a_closed_form() {
        let kinds = [([true, false], 12), ([false, true], 5), ([true, true], 40), ([false, false], 9)];
        let pair = |[first, second]: [bool; 2]| stratum(&[(0.0, first), (1.0, second)]);
        let strata: Vec<Stratum> =
            kinds.iter().flat_map(|(kind, times)| std::iter::repeat_n(pair(*kind), *times)).collect();
        let (beta, spread) = conditional_logistic(&strata).unwrap();
        assert!((beta[0] - (5.0_f64 / 12.0).ln()).abs() < 1e-9, "{beta:?}");
        assert!((spread.at(0, 0) - (1.0 / 5.0 + 1.0 / 12.0)).abs() < 1e-9);
    }

    /// Three of one stratum by hand: of three subsets of size two.
    #[test]
    fn subsets_are_all_counted() {
        let one = stratum(&[(0.0, true), (1.0, true), (2.0, false)]);
        let other = stratum(&[(0.0, false), (1.0, true), (2.0, true)]);
        let (beta, _) = conditional_logistic(&[one.clone(), one, other]).unwrap();
        // Chances are 1, b, b² for the subsets with sums 1, 2, 3; two thirds of 1 and one third of 3.
        let b = beta[0].exp();
        assert!(((b + 2.0 * b * b) / (1.0 + b + b * b) - 2.0 / 3.0).abs() < 1e-9, "{b}");
    }

    #[test]
    fn what_is_separated_or_says_nothing_has_none() {
        assert!(conditional_logistic(&[]).is_none());
        assert!(conditional_logistic(&[stratum(&[(0.0, true), (1.0, true)])]).is_none());
        assert!(conditional_logistic(&vec![stratum(&[(0.0, true), (1.0, false)]); 9]).is_none());
        let several = stratum(&[(0.0, true), (1.0, false), (1.0, true), (1.0, false)]);
        assert!(conditional_logistic(&vec![several; 30]).is_none());
        assert!(conditional_logistic(&[stratum(&[(1.0, true), (1.0, false)])]).is_none());
    }
}
