//! Literal numbers: thousands, decimals, repeating decimals, powers of ten.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Zero};

use super::cursor::Cursor;
use super::token::{Number, Tok};

/// Powers of ten beyond this are not written as decimals by anyone.
const MAX_EXPONENT: i32 = 4000;

/// A small integer.
pub(crate) fn integer(value: u32) -> Tok {
    let digits = value.to_string();
    Tok::Num(Number { value: BigRational::from_integer(value.into()), significant: 0, places: 0, digits })
}

/// A single digit, as an argument without braces; whoever calls has seen it.
pub(super) fn digit(cursor: &mut Cursor<'_>) -> Tok {
    let value = cursor.peek(0).and_then(|c| c.to_digit(10)).unwrap_or_default();
    cursor.at += 1;
    integer(value)
}

/// The number that starts here.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Tok {
    let mut digits = whole(cursor);
    let mut places = 0;
    let point = cursor.peek(0) == Some('.');
    let mut repeating = String::new();
    if point && (cursor.peek(1).is_some_and(|c| c.is_ascii_digit()) || repeats(cursor, 1).is_some()) {
        cursor.at += 1;
        while let Some(c) = cursor.peek(0).filter(char::is_ascii_digit) {
            digits.push(c);
            places += 1;
            cursor.at += 1;
        }
        if let Some((block, length)) = repeats(cursor, 0) {
            repeating = block;
            cursor.at += length;
        }
    }
    let exponent = exponent(cursor);
    let decimal = places > 0 || exponent < 0;
    let mut value = times_ten(parse(&digits), exponent - places);
    if !repeating.is_empty() {
        let nines = parse(&"9".repeat(repeating.len()));
        value += BigRational::new(parse(&repeating), nines) * power_of_ten(exponent - places);
    }
    let significant = digits.trim_start_matches('0').len();
    let significant =
        if decimal && repeating.is_empty() { u32::try_from(significant).unwrap_or(u32::MAX) } else { 0 };
    Tok::Num(Number { value, significant, places: places - exponent, digits })
}

/// Digits as they were found; none, as before a bare point, is 0.
fn parse(digits: &str) -> BigInt {
    // Nearly all numbers are short.
    digits.parse::<u64>().map_or_else(|_| digits.parse().unwrap_or_default(), BigInt::from)
}

/// `value`·10^`exponent`; a whole number, as most are, is not reduced, which takes longer than reading it.
fn times_ten(value: BigInt, exponent: i32) -> BigRational {
    let power = || BigInt::from(10).pow(exponent.unsigned_abs());
    match exponent {
        0 => BigRational::from_integer(value),
        1.. => BigRational::from_integer(value * power()),
        _ => BigRational::new(value, power()),
    }
}

fn power_of_ten(exponent: i32) -> BigRational {
    let power = BigRational::from_integer(BigInt::from(10).pow(exponent.unsigned_abs()));
    if exponent < 0 { power.recip() } else { power }
}

/// The digits before the decimal point, without the marks between thousands.
fn whole(cursor: &mut Cursor<'_>) -> String {
    let mut digits = String::new();
    while let Some(c) = cursor.peek(0).filter(char::is_ascii_digit) {
        digits.push(c);
        cursor.at += 1;
    }
    if digits.is_empty() || digits.len() > 3 || (digits.starts_with('0') && digits.len() > 1) || digits == "0"
    {
        return digits;
    }
    let start = cursor.at;
    let mut all = digits.clone();
    while let Some(length) = separator(cursor) {
        let group: String =
            (0..3).map_while(|i| cursor.peek(length + i).filter(char::is_ascii_digit)).collect();
        let longer = cursor.peek(length + 3).is_some_and(|c| c.is_ascii_digit());
        if group.len() < 3 || longer {
            // `1,234,56` is a list, unless what follows is a list of its own after a blank.
            if group.is_empty() || cursor.peek(0) != Some(',') || cursor.peek(1) != group.chars().next() {
                break;
            }
            cursor.at = start;
            return digits;
        }
        all.push_str(&group);
        cursor.at += length + 3;
    }
    all
}

/// The length of the mark between thousands that stands here.
fn separator(cursor: &Cursor<'_>) -> Option<usize> {
    let starts = |mark: &str| mark.chars().enumerate().all(|(i, c)| cursor.peek(i) == Some(c));
    for mark in ["{,}", "{,}\\!", ",\\! ", ",\\!", "\\!", "\\,", ",\\,"] {
        if starts(mark) && cursor.peek(mark.len()).is_some_and(|c| c.is_ascii_digit()) {
            return Some(mark.len());
        }
    }
    let open = !cursor.reading.commas_separate && cursor.depth == 0;
    match cursor.peek(0)? {
        ',' | ' ' | '，' if open => Some(1),
        '\u{202f}' | '\u{2009}' | '\u{a0}' => Some(1),
        _ => None,
    }
}

/// A block of repeating digits `\overline{36}` that stands `ahead`, and the length up to its end.
fn repeats(cursor: &Cursor<'_>, ahead: usize) -> Option<(String, usize)> {
    for mark in ["\\overline{", "\\bar{", "\\dot{", "\\overline ", "\\overline"] {
        let found = mark.chars().enumerate().all(|(i, c)| cursor.peek(ahead + i) == Some(c));
        if !found {
            continue;
        }
        let from = ahead + mark.len();
        let block: String =
            (0..64).map_while(|i| cursor.peek(from + i).filter(char::is_ascii_digit)).collect();
        if block.is_empty() {
            return None;
        }
        let braces = usize::from(mark.ends_with('{'));
        return Some((block.clone(), mark.len() + block.len() + braces));
    }
    None
}

/// `e-5`, directly behind the digits.
fn exponent(cursor: &mut Cursor<'_>) -> i32 {
    if !matches!(cursor.peek(0), Some('e' | 'E')) {
        return 0;
    }
    let sign = cursor.peek(1).filter(|c| matches!(c, '+' | '-'));
    let from = 1 + usize::from(sign.is_some());
    let digits: String = (0..6).map_while(|i| cursor.peek(from + i).filter(char::is_ascii_digit)).collect();
    match digits.parse::<i32>() {
        Ok(value) if value <= MAX_EXPONENT => {
            cursor.at += from + digits.len();
            if sign == Some('-') { -value } else { value }
        }
        _ => 0,
    }
}

/// Whether a rational is an integer that fits.
pub(crate) fn small(value: &BigRational) -> Option<i64> {
    if !value.denom().is_one() {
        return None;
    }
    i64::try_from(value.numer()).ok()
}

/// Bits of the longer of numerator and denominator.
pub(crate) fn bits(value: &BigRational) -> u64 {
    if value.is_zero() { 0 } else { value.numer().bits().max(value.denom().bits()) }
}
