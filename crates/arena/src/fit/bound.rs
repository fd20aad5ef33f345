//! What can be said of a model that won or lost everything.

use super::newton::logistic;
use super::scale::POINTS;

/// Chance that is left on one side of a two-sided interval of 95 %.
const SIDE: f64 = 0.025;

/// The strength at which a model would have won all of these votes with a chance of 2.5 %: any weaker one would be less likely
/// to. `against` are the opponents' strengths with how many votes they lost. Against one opponent this is the end of Clopper
/// and Pearson's interval.
pub(crate) fn least_strength(against: &[(f64, f64)]) -> Option<f64> {
    let votes: f64 = against.iter().map(|(_, votes)| votes).sum();
    if votes <= 0.0 {
        return None;
    }
    let log_chance = |strength: f64| -> f64 {
        against.iter().map(|(other, votes)| votes * logistic(strength - other).ln()).sum()
    };
    let strengths = || against.iter().map(|(strength, _)| *strength);
    let reach = 50.0 + votes.ln().abs();
    let mut low = strengths().fold(f64::INFINITY, f64::min) - reach;
    let mut high = strengths().fold(f64::NEG_INFINITY, f64::max) + reach;
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if log_chance(middle) < SIDE.ln() { low = middle } else { high = middle }
    }
    Some(0.5 * (low + high))
}

/// The same for a model that lost all of them: where it is at most.
pub(crate) fn most_strength(against: &[(f64, f64)]) -> Option<f64> {
    let turned: Vec<(f64, f64)> = against.iter().map(|(strength, votes)| (-strength, *votes)).collect();
    least_strength(&turned).map(|strength| -strength)
}

/// In points, from what is 0 there.
pub(crate) fn in_points(strength: f64, zero: f64, points: f64) -> f64 {
    points + POINTS * (strength - zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn against_one_opponent_it_is_clopper_and_pearson() {
        let check = |votes: f64, expect: f64| {
            let found = least_strength(&[(0.0, votes)]).unwrap();
            let chance: f64 = SIDE.powf(1.0 / votes);
            assert!((found - (chance / (1.0 - chance)).ln()).abs() < 1e-9);
            assert!((in_points(found, 0.0, 0.0) - expect).abs() < 0.005, "{found}");
            assert!((most_strength(&[(0.0, votes)]).unwrap() + found).abs() < 1e-9);
        };
        check(40.0, 405.99);
        check(1.0, -636.43);
    }

    #[test]
    fn opponents_that_are_stronger_say_more() {
        let found = least_strength(&[(2.0, 10.0), (0.0, 10.0)]).unwrap();
        let alone = least_strength(&[(2.0, 10.0)]).unwrap();
        assert!(found > alone && found < least_strength(&[(2.0, 20.0)]).unwrap());
        assert_eq!(least_strength(&[]), None);
    }
}
