//! Numbers as people read them.

/// A whole number with commas between thousands.
pub fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number that may not be known.
pub(crate) fn maybe(number: Option<u32>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| whole(number.into()))
}

/// A share in percent that may not be known.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        let check = |number, expect: &str| assert_eq!(whole(number), expect);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(12_345_678, "12,345,678");
        assert_eq!((maybe(None), percent(Some(0.5)).as_str()), ("–".to_owned(), "50.0 %"));
    }
}
