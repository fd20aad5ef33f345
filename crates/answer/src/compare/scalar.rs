//! Deciding whether two values are the same.

use num_rational::BigRational;
use num_traits::{Pow, Signed};

use super::ball::{Ball, Place, ball};
use super::exact::exact;
use super::expr::Expr;
use super::fuel::{Fail, Fuel};
use super::modular::residue;
use crate::{Comparison, Policy};

/// Points at which rational functions are compared.
const POINTS: u64 = 4;
/// Points at which other functions are compared, and how many of them must be usable.
const PLACES: u64 = 24;
const USABLE: u32 = 5;
/// Balls wider than this in relation to their size decide nothing.
const MAX_WIDTH: f64 = 1e-9;

/// Compares two values.
pub(crate) fn compare(a: &Expr, b: &Expr, policy: &Policy, fuel: &mut Fuel) -> Comparison {
    if a == b {
        return Comparison::equal("same expression");
    }
    if let Some(verdict) = infinite(a, b) {
        return verdict;
    }
    let values = (exact(a, fuel), exact(b, fuel));
    if let (Ok(a), Ok(b)) = &values
        && a == b
    {
        return Comparison::equal("exact");
    }
    if approximates(a, b, policy, fuel) || approximates(b, a, policy, fuel) {
        return Comparison::equal("decimal approximation");
    }
    match values {
        (Ok(_), Ok(_)) => Comparison::different("exact"),
        (Err(Fail::Undefined), _) | (_, Err(Fail::Undefined)) => Comparison::unknown("undefined"),
        _ => rational_functions(a, b, fuel).unwrap_or_else(|| numerically(a, b, fuel)),
    }
}

fn infinite(a: &Expr, b: &Expr) -> Option<Comparison> {
    let sign = |expr: &Expr| match expr {
        Expr::Infinity => Some(true),
        Expr::Neg(inner) if **inner == Expr::Infinity => Some(false),
        _ => None,
    };
    match (sign(a), sign(b)) {
        (None, None) => None,
        (a, b) => Some(Comparison::of(a == b, "infinity")),
    }
}

/// `decimal` is a literal that gives `value` to enough digits, rounded or cut off.
fn approximates(decimal: &Expr, value: &Expr, policy: &Policy, fuel: &mut Fuel) -> bool {
    let Some((number, negative)) = decimal.literal() else { return false };
    let enough = policy.decimal_digits > 0 && number.significant >= policy.decimal_digits;
    if !enough || value.literal().is_some() || !value.variables().is_empty() {
        return false;
    }
    let signed = if negative { -number.value.clone() } else { number.value.clone() };
    let unit = BigRational::from_integer(num_bigint::BigInt::from(10).pow(number.places.unsigned_abs()));
    let unit = if number.places < 0 { unit } else { unit.recip() };
    if let Ok(value) = exact(value, fuel) {
        return (value - signed).abs() < unit;
    }
    let place = Place { seed: 0, real_only: false };
    let (Ok(a), Ok(b)) = (ball(decimal, place, fuel), ball(value, place, fuel)) else { return false };
    let unit = num_traits::ToPrimitive::to_f64(&unit).unwrap_or(0.0);
    (a.re - b.re).hypot(a.im - b.im) <= unit.max(a.radius + b.radius)
}

/// Identity testing modulo a prime.
fn rational_functions(a: &Expr, b: &Expr, fuel: &mut Fuel) -> Option<Comparison> {
    let mut agreed = 0;
    for seed in 0..POINTS {
        match (residue(a, seed, fuel), residue(b, seed, fuel)) {
            (Ok(a), Ok(b)) if a != b => return Some(Comparison::different("modular")),
            (Ok(_), Ok(_)) => agreed += 1,
            (Err(Fail::Undefined), _) | (_, Err(Fail::Undefined)) => {}
            _ => return None,
        }
    }
    (agreed >= 3).then(|| Comparison::equal("modular"))
}

/// Comparing balls, at several places where there are variables.
fn numerically(a: &Expr, b: &Expr, fuel: &mut Fuel) -> Comparison {
    if a.variables().is_empty() && b.variables().is_empty() {
        let place = Place { seed: 0, real_only: false };
        return match (ball(a, place, fuel), ball(b, place, fuel)) {
            (Ok(a), Ok(b)) => touching(a, b),
            (Err(fail), _) | (_, Err(fail)) => failed(fail),
        };
    }
    let mut usable = 0;
    let mut reason = Fail::NotCovered;
    for seed in 0..PLACES {
        let place = Place { seed, real_only: true };
        let (a, b) = match (ball(a, place, fuel), ball(b, place, fuel)) {
            (Ok(a), Ok(b)) => (a, b),
            (Err(fail), _) | (_, Err(fail)) => {
                reason = fail;
                continue;
            }
        };
        let verdict = touching(a, b);
        if !verdict.is_equal() {
            return verdict;
        }
        usable += 1;
        if usable == USABLE {
            return Comparison::equal("at several points");
        }
    }
    if usable > 0 { Comparison::equal("at few points") } else { failed(reason) }
}

fn touching(a: Ball, b: Ball) -> Comparison {
    if a.apart(b) {
        return Comparison::different("disjoint balls");
    }
    let size = a.size().max(b.size());
    let width = a.radius + b.radius;
    // Against an exact zero only the absolute width can speak.
    let zero = a.size() == 0.0 || b.size() == 0.0;
    if width <= size * MAX_WIDTH || (zero && width <= 1e-12) {
        Comparison::equal("balls touch")
    } else {
        Comparison::unknown("not precise enough")
    }
}

fn failed(fail: Fail) -> Comparison {
    Comparison::unknown(match fail {
        Fail::NotCovered => "no way to calculate it",
        Fail::Undefined => "undefined",
        Fail::Domain => "no real value",
        Fail::Limit(reason) => reason,
    })
}
