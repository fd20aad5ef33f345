//! Values modulo the prime 2⁶¹ − 1, with a fixed residue for every variable: two rational functions that agree at
//! several such points are the same but for a chance of degree / 2⁶¹ a point; where they disagree they differ.
//! Integers may be as large as they like here: `2^{2024}`, `1/2004!`.

use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::exact::exact;
use super::expr::Expr;
use super::fuel::{Fail, Fuel};
use super::number::small;

/// 2⁶¹ − 1.
pub(crate) const PRIME: u64 = (1 << 61) - 1;
/// Factorials up to this are multiplied out.
const MAX_FACTORIAL: i64 = 100_000;

type Residue = Result<u64, Fail>;

/// The residue of an expression at the point that `seed` selects.
pub(crate) fn residue(expr: &Expr, seed: u64, fuel: &mut Fuel) -> Residue {
    fuel.visit()?;
    match expr {
        Expr::Num(number) => {
            let (up, down) = (of_integer(number.value.numer()), of_integer(number.value.denom()));
            Ok(times(up, inverse(down)?))
        }
        Expr::Var(name) => Ok(point(name, seed)),
        // Both are transcendental: as good as free variables.
        Expr::Pi => Ok(point("\0pi", seed)),
        Expr::E => Ok(point("\0e", seed)),
        Expr::Neg(inner) => Ok(negative(residue(inner, seed, fuel)?)),
        Expr::Add(terms) => {
            terms.iter().try_fold(0, |sum, term| Ok((sum + residue(term, seed, fuel)?) % PRIME))
        }
        Expr::Mul(factors) => factors.iter().try_fold(1, |product, (factor, divides)| {
            let value = residue(factor, seed, fuel)?;
            Ok(times(product, if *divides { inverse(value)? } else { value }))
        }),
        Expr::Pow(base, exponent) => {
            let exponent = exact(exponent, fuel)?;
            if !exponent.denom().is_one() {
                return Err(Fail::NotCovered);
            }
            raised(residue(base, seed, fuel)?, exponent.numer())
        }
        Expr::Factorial(n) => factorial(n, fuel),
        Expr::Binomial(n, k) => binomial(n, k, seed, fuel),
        Expr::Percent(inner) => Ok(times(residue(inner, seed, fuel)?, inverse(100)?)),
        Expr::Quantity(inner, _) => residue(inner, seed, fuel),
        _ => exact(expr, fuel)
            .and_then(|value| Ok(times(of_integer(value.numer()), inverse(of_integer(value.denom()))?))),
    }
}

/// The residue of a variable: a hash of its name, never small.
pub(crate) fn point(name: &str, seed: u64) -> u64 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ seed.wrapping_mul(0xD1B5_4A32_D192_ED03);
    for byte in name.bytes() {
        state = mixed(state ^ u64::from(byte));
    }
    mixed(state) % (PRIME - 2) + 2
}

fn mixed(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn of_integer(value: &BigInt) -> u64 {
    if let Some(small) = value.to_i64() {
        let rest = small.unsigned_abs() % PRIME;
        return if small < 0 { negative(rest) } else { rest };
    }
    let modulus = BigInt::from(PRIME);
    let rest: BigInt = value % &modulus;
    let rest = if rest.is_negative() { rest + modulus } else { rest };
    rest.to_u64().unwrap_or_default()
}

/// Of two residues. 2⁶¹ counts as 1, so what stands above the lowest 61 bits is added to them.
fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let sum = (product as u64 & PRIME) + (product >> 61) as u64;
    if sum >= PRIME { sum - PRIME } else { sum }
}

fn negative(a: u64) -> u64 {
    if a == 0 { 0 } else { PRIME - a }
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut result, mut square) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

fn inverse(a: u64) -> Residue {
    match a {
        0 => Err(Fail::Undefined),
        // The denominator of most numbers.
        1 => Ok(1),
        _ => Ok(power(a, PRIME - 2)),
    }
}

fn raised(base: u64, exponent: &BigInt) -> Residue {
    if base == 0 {
        return if exponent.is_positive() { Ok(0) } else { Err(Fail::Undefined) };
    }
    let order = BigInt::from(PRIME - 1);
    let rest: BigInt = exponent % &order;
    let rest = if rest.is_negative() { rest + order } else { rest };
    Ok(power(base, rest.to_u64().unwrap_or_default()))
}

fn natural(expr: &Expr, most: i64, fuel: &mut Fuel) -> Result<u64, Fail> {
    let value = exact(expr, fuel)?;
    let value = small(&value).ok_or(Fail::Limit("a factorial too large"))?;
    if value < 0 {
        return Err(Fail::Undefined);
    }
    if value > most {
        return Err(Fail::Limit("a factorial too large"));
    }
    let value = value.unsigned_abs();
    fuel.take(u32::try_from(value).unwrap_or(u32::MAX))?;
    Ok(value)
}

fn factorial(n: &Expr, fuel: &mut Fuel) -> Residue {
    let n = natural(n, MAX_FACTORIAL, fuel)?;
    Ok((2..=n).fold(1, times))
}

/// A falling factorial over `k!`, for a fixed `k` and any `n`.
fn binomial(n: &Expr, k: &Expr, seed: u64, fuel: &mut Fuel) -> Residue {
    if let Ok(value) = exact(&Expr::Binomial(Box::new(n.clone()), Box::new(k.clone())), fuel) {
        return Ok(times(of_integer(value.numer()), inverse(of_integer(value.denom()))?));
    }
    let k = natural(k, 1000, fuel)?;
    let n = residue(n, seed, fuel)?;
    let (mut up, mut down) = (1, 1);
    for step in 0..k {
        up = times(up, (n + PRIME - step) % PRIME);
        down = times(down, step + 1);
    }
    if up.is_zero() { Ok(0) } else { Ok(times(up, inverse(down)?)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn products_and_inverses_are_those_modulo_the_prime(a in 1..PRIME, b in prop_oneof![1..PRIME, PRIME - 9..PRIME]) {
            let expect = u128::from(a) * u128::from(b) % u128::from(PRIME);
            prop_assert_eq!(u128::from(times(a, b)), expect);
            prop_assert_eq!(times(a, inverse(a).unwrap_or_default()), 1);
            prop_assert_eq!(of_integer(&(BigInt::from(a) * b)), times(a, b));
            prop_assert_eq!(of_integer(&-BigInt::from(a)), negative(a));
        }
    }
}
