//! How sure one may be that the answer with the most votes so far is the most likely one.

use std::ops::Range;
use std::sync::LazyLock;

use crate::beta::below;

/// Counts up to this are looked up.
const KNOWN: usize = 128;
/// What adds nothing to a chance.
const NOTHING: f64 = 1e-16;

/// P(p₁ > ½ | a, b) under a uniform prior, a and b being the votes of the two leading answers: the chance that a fair coin shows
/// at most `a` heads in a + b + 1 throws (arXiv 2305.11860).
pub fn beats_runner_up(leader: u32, runner_up: u32) -> f64 {
    static TABLE: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let pairs = (0..KNOWN).flat_map(|a| (0..KNOWN).map(move |b| (a, b)));
        pairs.map(|(a, b)| coin(a, b)).collect()
    });
    let (a, b) = (leader as usize, runner_up as usize);
    if a.max(b) < KNOWN { TABLE[a * KNOWN + b] } else { coin(a, b) }
}

/// P(Bin(a + b + 1, ½) ≤ a), as a beta variable.
fn coin(a: usize, b: usize) -> f64 {
    below((b + 1) as f64, (a + 1) as f64, 0.5)
}

/// P(p₁ is the largest | all counts) under a uniform prior over the answers seen, or over two where only one was:
/// gamma variables of shapes count + 1, one larger than all others,
///
/// ∫ xᶜ¹ e⁻ˣ / c₁! · Π_j (1 − e⁻ˣ Σ_{i ≤ c_j} xⁱ / i!) dx.
///
/// In ln x the integrand falls off on both sides and is analytic, so the trapezoidal rule is exact to rounding.
pub fn is_largest(counts: &[u32]) -> f64 {
    let Some(leader) = (0..counts.len()).max_by_key(|at| counts[*at]) else { return 0.0 };
    if counts[leader] as usize <= KNOWN {
        return KNOWN_GRID.integrate(counts, leader);
    }
    Grid::new(counts[leader] as usize).integrate(counts, leader)
}

/// Whether [`is_largest`] is at least this. Most counts are decided by what needs no integral: the leader is no surer to beat
/// all than to beat the second, and fails to beat all no more often than it fails to beat each.
pub fn is_largest_by(counts: &[u32], threshold: f64) -> bool {
    let Some(leader) = (0..counts.len()).max_by_key(|at| counts[*at]) else { return false };
    let rivals = counts.iter().enumerate().filter(|(at, _)| *at != leader);
    let rivals = rivals.map(|(_, rival)| beats_runner_up(counts[leader], *rival));
    let (least, lost) = rivals.fold((beats_runner_up(counts[leader], 0), 0.0), |(least, lost), wins| {
        (least.min(wins), lost + 1.0 - wins)
    });
    let alone = counts.len() == 1;
    least >= threshold && (alone || 1.0 - lost >= threshold || is_largest(counts) >= threshold)
}

static KNOWN_GRID: LazyLock<Grid> = LazyLock::new(|| Grid::new(KNOWN));

/// Gamma variables of whole shapes at points of ln x.
struct Grid {
    points: usize,
    /// Of each count, at each point: density of the gamma variable times the width of a step.
    densities: Vec<f64>,
    /// Of each count: the points where that is more than nothing.
    spans: Vec<Range<usize>>,
    /// Of each count, at each point: the chance that the variable is smaller.
    below: Vec<f64>,
}

impl Grid {
    /// For counts up to `most`.
    fn new(most: usize) -> Self {
        let step = (0.7 / (most as f64 + 1.0).sqrt()).min(0.1);
        // Below e⁻¹⁶ the density alone is less than 1e-13, and above the end less than that.
        let end = (most as f64 + 12.0 * (most as f64 + 1.0).sqrt() + 30.0).ln();
        let points = ((end + 16.0) / step) as usize;
        let mut grid = Self { points, densities: Vec::new(), spans: Vec::new(), below: Vec::new() };
        let at: Vec<f64> = (0..points).map(|point| (point as f64 * step - 16.0).exp()).collect();
        // ln(xᶜ e⁻ˣ / c!), and what is above x.
        let mut logs: Vec<f64> = at.iter().map(|x| -x).collect();
        let mut above = vec![0.0; points];
        for count in 0..=most {
            for (point, x) in at.iter().enumerate() {
                above[point] += logs[point].exp();
                grid.densities.push(logs[point].exp() * x * step);
                grid.below.push((1.0 - above[point]).max(0.0));
                logs[point] += x.ln() - ((count + 1) as f64).ln();
            }
            grid.spans.push(Self::span(&grid.densities[count * points..]));
        }
        grid
    }

    /// Where a density is worth adding up.
    fn span(densities: &[f64]) -> Range<usize> {
        let first = densities.iter().position(|density| *density > NOTHING).unwrap_or(0);
        let last = densities.iter().rposition(|density| *density > NOTHING).unwrap_or(0);
        first..last + 1
    }

    fn row<'a>(&self, table: &'a [f64], count: u32) -> &'a [f64] {
        &table[count as usize * self.points..][..self.points]
    }

    fn integrate(&self, counts: &[u32], leader: usize) -> f64 {
        let span = self.spans[counts[leader] as usize].clone();
        let mut product = self.row(&self.densities, counts[leader])[span.clone()].to_vec();
        let seen = counts.iter().enumerate().filter(|(at, _)| *at != leader).map(|(_, count)| *count);
        let unseen = (counts.len() == 1).then_some(0);
        for rival in seen.chain(unseen) {
            let below = &self.row(&self.below, rival)[span.clone()];
            product.iter_mut().zip(below).for_each(|(all, below)| *all *= below);
        }
        product.iter().sum()
    }
}

/// 1 − H / ln n of the shares of n votes: 1 where all agree, 0 where no two do (Dynasor's certaindex, arXiv 2412.20993); 0
/// of a single vote, which agrees with nobody.
pub fn agreement(counts: &[u32]) -> f64 {
    let votes: u32 = counts.iter().sum();
    if votes < 2 { 0.0 } else { 1.0 - entropy(counts, votes) / f64::from(votes).ln() }
}

/// 1 − H / ln K of the shares of K answers: 1 where all agree, 0 where all answers are as frequent; 0 without votes.
pub fn concentration(counts: &[u32]) -> f64 {
    match counts.len() {
        0 => 0.0,
        1 => 1.0,
        answers => 1.0 - entropy(counts, counts.iter().sum()) / (answers as f64).ln(),
    }
}

/// H of the shares, in nats: ln n − Σ c ln c / n.
fn entropy(counts: &[u32], votes: u32) -> f64 {
    let weighed: f64 = counts.iter().map(|count| by_logarithm(*count)).sum();
    f64::from(votes).ln() - weighed / f64::from(votes)
}

/// c ln c.
fn by_logarithm(count: u32) -> f64 {
    static TABLE: LazyLock<Vec<f64>> = LazyLock::new(|| (0..KNOWN).map(times_ln).collect());
    TABLE.get(count as usize).copied().unwrap_or_else(|| times_ln(count as usize))
}

fn times_ln(count: usize) -> f64 {
    count as f64 * (count.max(1) as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expect: f64) {
        assert!((found - expect).abs() < 1e-9, "{found}, not {expect}");
    }

    /// P(Bin(a + b + 1, ½) ≤ a).
    #[test]
    fn a_leader_of_two_is_sure_by_a_fair_coin() {
        let check = |leader, runner_up, expect| near(beats_runner_up(leader, runner_up), expect);
        check(0, 0, 0.5);
        check(1, 0, 0.75);
        check(3, 0, 0.9375);
        check(4, 0, 0.96875);
        check(2, 1, 11.0 / 16.0);
        check(4, 1, 57.0 / 64.0);
        check(6, 1, 247.0 / 256.0);
        check(3, 3, 0.5);
        check(7, 2, 121.0 / 128.0);
        check(8, 2, 1981.0 / 2048.0);
        check(10, 3, 7957.0 / 8192.0);
        near(coin(300, 300), 0.5);
        near(beats_runner_up(2000, 0), 1.0);
        near(beats_runner_up(600, 600), 0.5);
    }

    /// The integral over gamma variables, worked out as fractions by hand-expanding the product.
    #[test]
    fn a_leader_of_many_is_less_sure_than_of_two() {
        let check = |counts: &[u32], expect| near(is_largest(counts), expect);
        check(&[3, 1, 1], 4069.0 / 5832.0);
        check(&[1, 3, 1], 4069.0 / 5832.0);
        check(&[4, 1, 1], 18961.0 / 23328.0);
        check(&[5, 1, 1], 15541.0 / 17496.0);
        check(&[6, 2, 1], 46511.0 / 52488.0);
        check(&[5, 1, 1, 1], 20_250_547.0 / 23_887_872.0);
        check(&[4], 31.0 / 32.0);
        check(&[], 0.0);
        for (a, b) in [(1, 1), (2, 1), (9, 4), (64, 50), (120, 3), (200, 170)] {
            check(&[a, b], beats_runner_up(a, b));
        }
    }

    #[test]
    fn bounds_decide_as_the_integral_does() {
        for counts in
            [vec![3, 1, 1], vec![6, 2, 1], vec![9, 1, 1, 1, 1], vec![4], vec![5, 5], vec![8, 3, 3, 1]]
        {
            for threshold in [0.3, 0.6, 0.7, 0.85, 0.9, 0.95, 0.99] {
                let expect = is_largest(&counts) >= threshold;
                assert_eq!(is_largest_by(&counts, threshold), expect, "{counts:?} {threshold}");
            }
        }
        assert!(!is_largest_by(&[], 0.0));
    }

    #[test]
    fn agreement_and_concentration_are_from_0_to_1() {
        for (counts, agree, concentrated) in [
            (vec![], 0.0, 0.0),
            (vec![1], 0.0, 1.0),
            (vec![5], 1.0, 1.0),
            (vec![1, 1, 1], 0.0, 0.0),
            (vec![2, 2], 0.5, 0.0),
        ] {
            near(agreement(&counts), agree);
            near(concentration(&counts), concentrated);
        }
    }
}
