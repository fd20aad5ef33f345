//! Numbers in outputs: exact decimals of any length.

/// A decimal in the one form that each value has: no zero at either end of its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: String,
    /// The power of ten of the last digit.
    exponent: i64,
}

impl Decimal {
    /// Reads `-12`, `006.0`, `.5` or `1e-7`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{part}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let exponent = exponent.checked_sub(i64::try_from(part.len()).ok()?)?;
        Self::in_one_form(negative, &digits, exponent)
    }

    fn in_one_form(negative: bool, digits: &str, exponent: i64) -> Option<Self> {
        let kept = digits.trim_end_matches('0');
        let exponent = exponent.checked_add(i64::try_from(digits.len() - kept.len()).ok()?)?;
        let digits = kept.trim_start_matches('0').to_owned();
        let zero = digits.is_empty();
        Some(Self { negative: negative && !zero, exponent: if zero { 0 } else { exponent }, digits })
    }

    /// In a form that two texts of the same value share.
    pub(super) fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}e{}", self.digits, self.exponent)
    }

    /// Its value, rounded.
    fn float(&self) -> f64 {
        let digits = if self.digits.is_empty() { "0" } else { &self.digits };
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{digits}e{}", self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// The same, or no further from what is expected than `tolerance`, relative to the larger of 1 and that.
    pub(super) fn is_near(&self, expected: &Self, tolerance: f64) -> bool {
        let (given, wanted) = (self.float(), expected.float());
        self == expected || (tolerance > 0.0 && (given - wanted).abs() <= tolerance * wanted.abs().max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_form() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(Decimal::read(text).map(|found| found.text()).as_deref(), expect, "{text}");
        };
        check("6", Some("6e0"));
        check("000006", Some("6e0"));
        check("6.0", Some("6e0"));
        check("+6.", Some("6e0"));
        check("600e-2", Some("6e0"));
        check("-0.0", Some("e0"));
        check("0e9", Some("e0"));
        check(".5", Some("5e-1"));
        check("-120", Some("-12e1"));
        check("1e400", Some("1e400"));
        for none in
            ["", ".", "-", "e5", "1e", "1e99999999999999999999", "0x1", "1_000", "nan", "inf", "1,5", "١"]
        {
            check(none, None);
        }
    }

    #[test]
    fn nearness_is_off_by_default_and_relative() {
        let near = |a: &str, b: &str, tolerance| {
            Decimal::read(a).unwrap().is_near(&Decimal::read(b).unwrap(), tolerance)
        };
        assert!(!near("0.333333", "0.333334", 0.0));
        assert!(near("0.333333", "0.333334", 1e-5));
        assert!(near("1000001", "1000000", 1e-5) && !near("1.1", "1.0", 1e-5));
        assert!(!near("1e400", "2e400", 1e-5) && near("1e400", "10e399", 0.0));
    }
}
