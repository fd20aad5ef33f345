//! Exact numbers: read, written, and kept small.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// An exact number.
pub type Number = BigRational;

/// A whole number.
pub fn whole(number: i64) -> Number {
    Number::from_integer(BigInt::from(number))
}

/// Reads `12`, `-3`, `1/3`, `0.25`, `1e3`, `1_000`.
pub fn parse(text: &str) -> Option<Number> {
    let (text, negative) = match text.trim().strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text.trim(), false),
    };
    let found = match text.split_once('/') {
        Some((above, below)) => {
            let (above, below) = (decimal(above.trim())?, decimal(below.trim())?);
            (!below.is_zero()).then(|| above / below)?
        }
        None => decimal(text)?,
    };
    Some(if negative { -found } else { found })
}

/// Digits with a point and an exponent, as Python writes them.
fn decimal(text: &str) -> Option<Number> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 64)?),
        None => (text, 0),
    };
    let (front, back) = digits.split_once('.').unwrap_or((digits, ""));
    let stands_between = |part: &str| !part.starts_with('_') && !part.ends_with('_') && !part.contains("__");
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if front.len() + back.len() == 0
        || ![front, back].iter().all(|part| is_digits(part) && stands_between(part))
    {
        return None;
    }
    let all: String = front.chars().chain(back.chars()).filter(|c| *c != '_').collect();
    let places = back.bytes().filter(u8::is_ascii_digit).count() as i32;
    Some(Number::from_integer(all.parse().ok()?) * power_of_ten(exponent - places))
}

fn power_of_ten(exponent: i32) -> Number {
    let power = Number::from_integer(BigInt::from(10).pow(exponent.unsigned_abs()));
    if exponent < 0 { power.recip() } else { power }
}

/// As an answer is written: whole, as a decimal if it is a short one, else as a fraction.
pub fn show(number: &Number) -> String {
    match decimals(number) {
        Some(0) => number.to_integer().to_string(),
        Some(places @ 1..=4) => fixed(number, places),
        _ => format!("{}/{}", number.numer(), number.denom()),
    }
}

/// With so many decimals, which must be enough to be exact.
pub fn fixed(number: &Number, places: u32) -> String {
    let scaled = (number * power_of_ten(places.min(64) as i32)).round().to_integer();
    if places == 0 {
        return scaled.to_string();
    }
    let sign = if scaled.is_negative() { "-" } else { "" };
    let digits = format!("{:0>width$}", scaled.abs().to_string(), width = places as usize + 1);
    let (front, back) = digits.split_at(digits.len() - places as usize);
    format!("{sign}{front}.{back}")
}

/// How many decimals it has; none if they never end.
pub fn decimals(number: &Number) -> Option<u32> {
    let mut rest = number.denom().clone();
    let mut count = |prime: u32| {
        let mut times = 0;
        while (&rest % prime).is_zero() {
            rest /= prime;
            times += 1;
        }
        times
    };
    let places = count(2).max(count(5));
    rest.is_one().then_some(places)
}

/// For measures that need no more than that.
pub fn approximate(number: &Number) -> f64 {
    number.to_f64().unwrap_or(f64::INFINITY)
}

/// Bits of the larger of its two parts.
pub(crate) fn bits(number: &Number) -> u64 {
    number.numer().bits().max(number.denom().bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(parse(text).map(|number| number.to_string()).as_deref(), expect, "{text}");
        };
        check("12", Some("12"));
        check("-3", Some("-3"));
        check("0.29", Some("29/100"));
        check("1e3", Some("1000"));
        check("1.5e-1", Some("3/20"));
        check("1_000", Some("1000"));
        check(".5", Some("1/2"));
        check("2/6", Some("1/3"));
        check("1/0", None);
        check("1__0", None);
        check("_1", None);
        check("", None);
        check(".", None);
        check("1e99", None);
        check("x", None);
    }

    #[test]
    fn numbers_are_written_as_people_do() {
        let check = |text: &str, expect: &str| assert_eq!(show(&parse(text).unwrap()), expect);
        check("15", "15");
        check("-1/2", "-0.5");
        check("45/2", "22.5");
        check("1/3", "1/3");
        check("1/1000000", "1/1000000");
        assert_eq!(fixed(&parse("5/2").unwrap(), 2), "2.50");
        assert_eq!(fixed(&parse("-1/100").unwrap(), 2), "-0.01");
    }
}
