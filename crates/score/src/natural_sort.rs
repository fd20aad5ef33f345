//! The order in which people expect names: `Level 2` before `Level 10`.

use std::cmp::Ordering;

/// Compares runs of digits as numbers and everything else character by character; names that are equal in
/// that sense (`01` and `1`) fall back to their bytes, so that the order is total.
pub fn natural_order(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        let (digits_a, digits_b) = (leading_digits(a), leading_digits(b));
        if !digits_a.is_empty() && !digits_b.is_empty() {
            let order = as_numbers(digits_a, digits_b);
            if order.is_ne() {
                return order;
            }
            (a, b) = (&a[digits_a.len()..], &b[digits_b.len()..]);
            continue;
        }
        match (a.chars().next(), b.chars().next()) {
            (None, None) => return left.cmp(right),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x != y => return x.cmp(&y),
            (Some(x), Some(y)) => (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]),
        }
    }
}

fn leading_digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

/// Any length of digits: without leading zeros the longer one is the larger.
fn as_numbers(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// A name that sorts in natural order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Natural(pub(crate) String);

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        natural_order(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_within_names_are_numbers() {
        let check = |expect: &[&str]| {
            let mut names = expect.to_vec();
            names.reverse();
            names.sort_by(|a, b| natural_order(a, b));
            assert_eq!(names, expect);
        };
        check(&["Level 1", "Level 2", "Level 10"]);
        check(&["", "a", "a1", "a1b", "a01c", "a2", "b"]);
        check(&["v1.9", "v1.10", "v2"]);
        check(&["9", "99999999999999999999998", "99999999999999999999999"]);
        check(&["第2级", "第10级"]);
        check(&["01", "1"]);
    }
}
