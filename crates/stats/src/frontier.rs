//! Operating points and the frontier among them: which are worth their cost, and how sure that is.

use rayon::prelude::*;

use crate::{Draws, draw, generator};

/// Draws of problems for the frontier use this stream and those after it.
const STREAM: u64 = 1 << 41;

/// What a way of answering costs, and how often it is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperatingPoint {
    /// The cost of a problem; not a number where it is unknown.
    pub cost: f64,
    /// The expected share of right answers.
    pub right: f64,
}

impl OperatingPoint {
    /// It costs no more and is at least as right, and one of the two strictly.
    fn dominates(&self, other: &Self) -> bool {
        let no_worse = self.cost <= other.cost && self.right >= other.right;
        no_worse && (self.cost < other.cost || self.right > other.right)
    }

    fn is_known(&self) -> bool {
        self.cost.is_finite() && self.right.is_finite()
    }
}

/// Which points no other one dominates; a point whose cost is unknown is on no frontier and dominates nothing.
pub fn frontier(points: &[OperatingPoint]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..points.len()).filter(|at| points[*at].is_known()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&points[*a], &points[*b]);
        a.cost.total_cmp(&b.cost).then(b.right.total_cmp(&a.right))
    });
    let mut on = vec![false; points.len()];
    let mut best: Option<OperatingPoint> = None;
    for at in order {
        if best.is_none_or(|best| !best.dominates(&points[at])) {
            on[at] = true;
            best = Some(points[at]);
        }
    }
    on
}

/// The share of draws of units in which each point is on the frontier. `problems` holds one list a point, all over the same
/// problems in the same order; a unit is the places of problems that are drawn together, such as a problem and its variants. Each
/// draw takes the same units for every point. None without problems or draws.
pub fn frontier_shares(
    problems: &[Vec<OperatingPoint>],
    units: &[Vec<usize>],
    draws: Draws,
) -> Option<Vec<f64>> {
    let count = problems.first().map_or(0, Vec::len);
    if count == 0 || draws.resamples == 0 || problems.iter().any(|point| point.len() != count) {
        return None;
    }
    let one = |replicate: u32| {
        let mut generator = generator(draws.seed, STREAM + u64::from(replicate));
        let drawn = units.iter().flat_map(|_| &units[draw(&mut generator, units.len())]);
        let drawn: Vec<usize> = drawn.copied().collect();
        let means: Vec<OperatingPoint> = problems.iter().map(|point| mean(point, &drawn)).collect();
        frontier(&means)
    };
    let add = |mut all: Vec<u32>, on: Vec<bool>| {
        all.iter_mut().zip(on).for_each(|(all, on)| *all += u32::from(on));
        all
    };
    let both = |mut all: Vec<u32>, more: Vec<u32>| {
        all.iter_mut().zip(more).for_each(|(all, more)| *all += more);
        all
    };
    let none = || vec![0_u32; problems.len()];
    let counts = (0..draws.resamples).into_par_iter().map(one).fold(none, add).reduce(none, both);
    Some(counts.into_iter().map(|on| f64::from(on) / f64::from(draws.resamples)).collect())
}

/// The mean over chosen problems.
fn mean(point: &[OperatingPoint], chosen: &[usize]) -> OperatingPoint {
    let (cost, right) = chosen.iter().fold((0.0, 0.0), |(cost, right), at| {
        let one = point[*at];
        (cost + one.cost, right + one.right)
    });
    OperatingPoint { cost: cost / chosen.len() as f64, right: right / chosen.len() as f64 }
}

/// The mean over log cost, from `low` to `high`, of the best share of right answers within that budget; none where no point is
/// as cheap as `low`, or there is no room between the two.
pub fn frontier_area(points: &[OperatingPoint], low: f64, high: f64) -> Option<f64> {
    let on = frontier(points);
    let kept = points.iter().zip(on).filter(|(_, on)| *on).map(|(point, _)| *point);
    let mut steps: Vec<OperatingPoint> = kept.filter(|point| point.cost <= high).collect();
    steps.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let first = steps.iter().rposition(|point| point.cost <= low)?;
    let room = (high / low).ln();
    if !(low > 0.0 && room > 0.0 && room.is_finite()) {
        return None;
    }
    let ends = steps[first + 1..].iter().map(|next| next.cost).chain([high]);
    let mut area = 0.0;
    let mut from = low;
    for (step, end) in steps[first..].iter().zip(ends) {
        area += (end / from).ln() * step.right;
        from = end;
    }
    Some(area / room)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(of: &[(f64, f64)]) -> Vec<OperatingPoint> {
        of.iter().map(|(cost, right)| OperatingPoint { cost: *cost, right: *right }).collect()
    }

    const SEVEN: [(f64, f64); 7] = [
        (10.0, 0.53),
        (44.0, 0.911),
        (150.0, 0.93),
        (205.0, 0.954),
        (820.0, 0.96),
        (900.0, 0.96),
        (1500.0, 0.97),
    ];

    #[test]
    fn a_point_that_costs_more_for_as_much_is_dominated() {
        let check = |of: &[(f64, f64)], expect: &[bool]| assert_eq!(frontier(&points(of)), expect, "{of:?}");
        check(&SEVEN, &[true, true, true, true, true, false, true]);
        check(&[(1.0, 0.5), (1.0, 0.5)], &[true, true]);
        check(&[(1.0, 0.5), (1.0, 0.6)], &[false, true]);
        check(&[(2.0, 0.5), (f64::NAN, 0.9), (1.0, 0.5)], &[false, false, true]);
        check(&[], &[]);
    }

    #[test]
    fn the_area_is_the_mean_over_log_cost() {
        // Σ ln(costᵢ₊₁ / costᵢ) · rightᵢ / ln(1500 / 10)
        let area = frontier_area(&points(&SEVEN), 10.0, 1500.0).unwrap();
        assert!((area - 0.817_329).abs() < 5e-7, "{area}");
        assert_eq!(frontier_area(&points(&SEVEN), 5.0, 1500.0), None);
        assert_eq!(frontier_area(&points(&SEVEN), 10.0, 10.0), None);
        let tail = frontier_area(&points(&SEVEN), 1500.0, 3000.0).unwrap();
        assert!((tail - 0.97).abs() < 1e-12);
    }

    #[test]
    fn a_point_that_some_problems_favour_is_on_the_frontier_in_some_draws() {
        // The dearer one is better on one problem of ten: absent from a draw with probability .9¹⁰ = .349.
        let cheap = points(&[(1.0, 0.0); 10]);
        let mut dear = points(&[(2.0, 0.0); 10]);
        dear[3].right = 1.0;
        let draws = Draws { resamples: 4000, seed: 1 };
        let apart: Vec<Vec<usize>> = (0..10).map(|at| vec![at]).collect();
        let shares = frontier_shares(&[cheap.clone(), dear.clone()], &apart, draws).unwrap();
        assert!((shares[0] - 1.0).abs() < 1e-12);
        assert!((shares[1] - (1.0 - 0.9_f64.powi(10))).abs() < 0.03, "{shares:?}");
        assert_eq!(frontier_shares(&[cheap.clone(), vec![]], &apart, draws), None);
        // Five units of two problems: the one that favours it is absent with probability .8⁵ = .328.
        let pairs: Vec<Vec<usize>> = (0..5).map(|at| vec![2 * at, 2 * at + 1]).collect();
        let shares = frontier_shares(&[cheap, dear], &pairs, draws).unwrap();
        assert!((shares[1] - (1.0 - 0.8_f64.powi(5))).abs() < 0.02, "{shares:?}");
    }

    proptest! {
        #[test]
        fn what_is_on_the_frontier_nothing_dominates(of in prop::collection::vec((0_u8..6, 0_u8..6), 0..12)) {
            let points: Vec<OperatingPoint> = of
                .iter()
                .map(|(cost, right)| OperatingPoint { cost: f64::from(*cost), right: f64::from(*right) })
                .collect();
            for (point, on) in points.iter().zip(frontier(&points)) {
                prop_assert_eq!(on, !points.iter().any(|other| other.dominates(point)));
            }
        }
    }
}
