//! Exact values of closed expressions: rationals, and radicals that come out even.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};

use super::expr::Expr;
use super::fuel::{Fail, Fuel, MAX_BITS};
use super::number::{bits, small};
use super::token::Func;

/// A value or why there is none.
pub(crate) type Exact = Result<BigRational, Fail>;

/// Variables with values, for finding coefficients.
pub(crate) type Binding<'a> = &'a [(&'a str, BigRational)];

/// The exact value of an expression.
pub(crate) fn exact(expr: &Expr, fuel: &mut Fuel) -> Exact {
    exact_at(expr, &[], fuel)
}

/// The exact value with variables bound.
pub(crate) fn exact_at(expr: &Expr, binding: Binding<'_>, fuel: &mut Fuel) -> Exact {
    fuel.visit()?;
    let value = match expr {
        Expr::Num(number) => number.value.clone(),
        Expr::Var(name) => {
            let bound = binding.iter().find(|(bound, _)| bound == name);
            bound.map(|(_, value)| value.clone()).ok_or(Fail::NotCovered)?
        }
        Expr::Neg(inner) => -exact_at(inner, binding, fuel)?,
        Expr::Add(terms) => {
            let mut sum = BigRational::zero();
            for term in terms {
                sum = limited(plus(sum, exact_at(term, binding, fuel)?))?;
            }
            sum
        }
        Expr::Mul(factors) => product(factors, binding, fuel)?,
        Expr::Pow(base, exponent) => {
            let (base, exponent) = (exact_at(base, binding, fuel)?, exact_at(exponent, binding, fuel)?);
            power(&base, &exponent)?
        }
        Expr::Root(radicand, index) => {
            let (radicand, index) = (exact_at(radicand, binding, fuel)?, exact_at(index, binding, fuel)?);
            root(&radicand, small(&index).ok_or(Fail::NotCovered)?)?
        }
        Expr::Factorial(n) => factorial(&exact_at(n, binding, fuel)?, fuel)?,
        Expr::Binomial(n, k) => binomial(&exact_at(n, binding, fuel)?, &exact_at(k, binding, fuel)?, fuel)?,
        Expr::Percent(inner) => exact_at(inner, binding, fuel)? / BigRational::from_integer(100.into()),
        Expr::Quantity(inner, _) => exact_at(inner, binding, fuel)?,
        Expr::Call(func, arguments) => call(*func, arguments, binding, fuel)?,
        _ => return Err(Fail::NotCovered),
    };
    limited(value)
}

fn limited(value: BigRational) -> Exact {
    if bits(&value) > MAX_BITS { Err(Fail::Limit("an integer too long")) } else { Ok(value) }
}

/// The sum. Most values are whole numbers, which have no common divisor to look for.
fn plus(one: BigRational, other: BigRational) -> BigRational {
    if one.is_integer() && other.is_integer() {
        BigRational::from_integer(one.into_raw().0 + other.into_raw().0)
    } else {
        one + other
    }
}

/// The product; see [`plus`].
fn times(one: BigRational, other: BigRational) -> BigRational {
    if one.is_integer() && other.is_integer() {
        BigRational::from_integer(one.into_raw().0 * other.into_raw().0)
    } else {
        one * other
    }
}

fn over(value: BigRational, divisor: BigRational) -> BigRational {
    if divisor.is_one() { value } else { value / divisor }
}

fn product(factors: &[(Expr, bool)], binding: Binding<'_>, fuel: &mut Fuel) -> Exact {
    let mut result = BigRational::one();
    for (factor, divides) in factors {
        let value = exact_at(factor, binding, fuel)?;
        if *divides && value.is_zero() {
            return Err(Fail::Undefined);
        }
        result = limited(if *divides { over(result, value) } else { times(result, value) })?;
    }
    Ok(result)
}

fn power(base: &BigRational, exponent: &BigRational) -> Exact {
    if base.is_one() {
        return Ok(BigRational::one());
    }
    if !exponent.denom().is_one() {
        let index = exponent.denom().to_i64().ok_or(Fail::NotCovered)?;
        let rooted = root(base, index)?;
        return power(&rooted, &BigRational::from_integer(exponent.numer().clone()));
    }
    if base.is_zero() {
        return if exponent.is_positive() { Ok(BigRational::zero()) } else { Err(Fail::Undefined) };
    }
    if *base == -BigRational::one() {
        return Ok(if exponent.numer().is_even() { BigRational::one() } else { base.clone() });
    }
    let size = exponent.numer().abs().to_u64().ok_or(Fail::Limit("a power too large"))?;
    if bits(base).saturating_mul(size) > 2 * MAX_BITS {
        return Err(Fail::Limit("a power too large"));
    }
    let size = u32::try_from(size).map_err(|_| Fail::Limit("a power too large"))?;
    let (up, down) = (base.numer().clone().pow(size), base.denom().clone().pow(size));
    Ok(if exponent.is_negative() { BigRational::new(down, up) } else { BigRational::new(up, down) })
}

/// A root that comes out even.
fn root(radicand: &BigRational, index: i64) -> Exact {
    let size = u32::try_from(index).ok().filter(|index| (1..=64).contains(index)).ok_or(Fail::NotCovered)?;
    if radicand.is_negative() && size.is_multiple_of(2) {
        return Err(Fail::NotCovered);
    }
    let (up, down) = (even_root(radicand.numer(), size)?, even_root(radicand.denom(), size)?);
    Ok(BigRational::new(up, down))
}

fn even_root(value: &BigInt, index: u32) -> Result<BigInt, Fail> {
    let root = value.nth_root(index);
    if num_traits::pow(root.clone(), index as usize) == *value { Ok(root) } else { Err(Fail::NotCovered) }
}

fn natural(value: &BigRational) -> Result<u64, Fail> {
    if !value.denom().is_one() || value.is_negative() {
        return Err(Fail::NotCovered);
    }
    value.to_integer().to_u64().ok_or(Fail::Limit("a factorial too large"))
}

fn factorial(n: &BigRational, fuel: &mut Fuel) -> Exact {
    let n = natural(n)?;
    let units = u32::try_from(n).ok().filter(|n| *n < 3000).ok_or(Fail::Limit("a factorial too large"))?;
    fuel.take(units)?;
    let mut product = BigInt::one();
    for factor in 2..=n {
        product *= factor;
        if product.bits() > MAX_BITS {
            return Err(Fail::Limit("a factorial too large"));
        }
    }
    Ok(BigRational::from_integer(product))
}

fn binomial(n: &BigRational, k: &BigRational, fuel: &mut Fuel) -> Exact {
    let k = natural(k)?;
    let k = match natural(n) {
        Ok(n) if k > n => return Ok(BigRational::zero()),
        Ok(n) => k.min(n - k),
        Err(_) => k,
    };
    let units = u32::try_from(k).ok().filter(|k| *k < 3000).ok_or(Fail::Limit("a binomial too large"))?;
    fuel.take(units)?;
    let mut result = BigRational::one();
    for step in 0..k {
        let step = BigRational::from_integer(step.into());
        result = limited(result * (n - &step) / (step + BigRational::one()))?;
    }
    Ok(result)
}

fn call(func: Func, arguments: &[Expr], binding: Binding<'_>, fuel: &mut Fuel) -> Exact {
    let mut values = Vec::with_capacity(arguments.len());
    if !matches!(
        func,
        Func::Abs | Func::Floor | Func::Ceil | Func::Sqrt | Func::Gcd | Func::Lcm | Func::Max | Func::Min
    ) {
        return Err(Fail::NotCovered);
    }
    for argument in arguments {
        values.push(exact_at(argument, binding, fuel)?);
    }
    let fold = |pick: fn(BigRational, BigRational) -> BigRational, values: Vec<BigRational>| {
        values.into_iter().reduce(pick).ok_or(Fail::NotCovered)
    };
    match (func, values.as_slice()) {
        (Func::Abs, [value]) => Ok(value.abs()),
        (Func::Floor, [value]) => Ok(value.floor()),
        (Func::Ceil, [value]) => Ok(value.ceil()),
        (Func::Sqrt, [value]) => root(value, 2),
        (Func::Max, _) => fold(std::cmp::max, values),
        (Func::Min, _) => fold(std::cmp::min, values),
        (Func::Gcd | Func::Lcm, _) if values.iter().all(|value| value.denom().is_one()) => {
            let pick: fn(BigRational, BigRational) -> BigRational = if func == Func::Gcd {
                |a, b| BigRational::from_integer(a.numer().gcd(b.numer()))
            } else {
                |a, b| BigRational::from_integer(a.numer().lcm(b.numer()))
            };
            fold(pick, values)
        }
        _ => Err(Fail::NotCovered),
    }
}
