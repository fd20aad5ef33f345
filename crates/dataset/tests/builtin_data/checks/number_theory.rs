//! Number theory: trial division, search, and powers multiplied out.

use super::Check;
use super::tools::{count, gcd, is_prime, only, whole, wholes};
use crate::expected::Expected;

pub(super) fn checks() -> Vec<Check> {
    vec![
        ("nt-1-01", whole(gcd(42, 70))),
        ("nt-1-02", whole(first(51, is_prime))),
        ("nt-1-03", wholes(&divisors(18))),
        ("nt-2-01", whole(power_modulo(2, 10, 7))),
        ("nt-2-02", whole(first(1, |n| n % 12 == 0 && n % 15 == 0 && n % 20 == 0))),
        ("nt-3-01", count(divisors(360).iter())),
        ("nt-3-02", whole(power_modulo(7, 43, 10))),
        ("nt-3-03", in_base_seven(100)),
        ("nt-4-01", whole(first(1, |n| n % 4 == 1 && n % 5 == 3 && n % 7 == 2))),
        ("nt-4-02", count(factorial_digits(125).iter().take_while(|digit| **digit == 0))),
        ("nt-5-01", whole(power_modulo(3, 2024, 100))),
        ("nt-5-02", count((1..=1000).filter(|n| (n % 3 == 0 || n % 5 == 0) && n % 15 != 0))),
    ]
}

fn first(from: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let found = (from..100_000).find(|n| holds(*n));
    only(found.into_iter())
}

fn divisors(n: i64) -> Vec<i64> {
    (1..=n).filter(|d| n % d == 0).collect()
}

fn power_modulo(base: i64, exponent: u32, modulus: i64) -> i64 {
    (0..exponent).fold(1, |power, _| power * base % modulus)
}

/// The three digits that make the number, with and without the base.
fn in_base_seven(number: i64) -> Expected {
    let digits = (0..343).filter(|code| code / 49 * 49 + code / 7 % 7 * 7 + code % 7 == number);
    let code = only(digits);
    let written = format!("{}{}{}", code / 49, code / 7 % 7, code % 7);
    Expected::Notations(vec![format!("{written}_7"), written])
}

/// The decimal digits of n!, the last one first.
fn factorial_digits(n: u32) -> Vec<u32> {
    let mut digits = vec![1];
    for factor in 1..=n {
        let mut carry = 0;
        for digit in &mut digits {
            carry += *digit * factor;
            *digit = carry % 10;
            carry /= 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    digits
}
