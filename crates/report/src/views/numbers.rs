//! How figures are printed: one rule per unit, the same in every format.

pub use run_reader::whole;
use tables::MetricValue;

/// What a figure counts, and so how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 0 to 1, printed in percent.
    Share,
    /// A mean or sum of tokens.
    Tokens,
    /// Any other number.
    Number,
}

/// Printed where no generation stands behind a figure.
pub(crate) const NOTHING: &str = "–";

impl Unit {
    /// How what a figure counts is printed.
    pub fn of(unit: tables::Unit) -> Self {
        match unit {
            tables::Unit::Share | tables::Unit::Ratio => Self::Share,
            tables::Unit::Tokens => Self::Tokens,
            _ => Self::Number,
        }
    }

    /// The figure with its unit, such as `95.3 %` or `2,704`.
    pub fn show(self, value: f64) -> String {
        if !value.is_finite() {
            return NOTHING.to_owned();
        }
        match self {
            Self::Share => format!("{} %", self.bare(value)),
            Self::Tokens | Self::Number => self.bare(value),
        }
    }

    /// The figure alone, as it stands in an interval.
    fn bare(self, value: f64) -> String {
        match self {
            Self::Share => signed(&in_tenths(tenths(value))),
            Self::Tokens if value.abs() < 10.0 => signed(&format!("{value:.1}")),
            Self::Tokens => grouped(value),
            Self::Number if value.abs() < 10.0 => signed(&format!("{value:.2}")),
            Self::Number if value.abs() < 1000.0 => signed(&format!("{value:.1}")),
            Self::Number => grouped(value),
        }
    }

    /// The figure in at most five characters where the unit allows it.
    pub(crate) fn compact(self, value: f64) -> String {
        match self {
            Self::Share => signed(&format!("{:.0}", value * 100.0)),
            _ if value.abs() >= 999_500.0 => signed(&format!("{:.1}M", value / 1e6)),
            _ if value.abs() >= 9_950.0 => signed(&format!("{:.0}k", value / 1e3)),
            _ if value.abs() >= 999.5 => signed(&format!("{:.1}k", value / 1e3)),
            Self::Tokens => grouped(value),
            Self::Number => signed(&format!("{value:.1}")),
        }
    }

    /// `low–high`, with numbers short or in full.
    pub fn interval(self, low: f64, high: f64, short: bool) -> String {
        let show = |value| if short { self.compact(value) } else { self.bare(value) };
        let dash = if low < 0.0 || high < 0.0 { " to " } else { "–" };
        format!("{}{dash}{}", show(low), show(high))
    }

    /// A difference with its sign; shares differ by percentage points.
    pub fn difference(self, value: f64) -> String {
        let number = self.bare(value.abs());
        let zero = !number.bytes().any(|b| (b'1'..=b'9').contains(&b));
        let sign = if zero {
            "±"
        } else if value < 0.0 {
            "−"
        } else {
            "+"
        };
        let unit = if self == Self::Share { " pp" } else { "" };
        format!("{sign}{number}{unit}")
    }

    /// The label of a tick on an axis that ends at `top`: thousands on all of them or on none.
    pub(crate) fn tick(self, value: f64, top: f64) -> String {
        match self {
            Self::Share => format!("{:.0} %", value * 100.0),
            _ if value == 0.0 => "0".to_owned(),
            _ if top >= 1e6 => format!("{}M", trimmed(value / 1e6)),
            _ if top >= 1e4 => format!("{}k", trimmed(value / 1e3)),
            _ if top >= 1e3 => grouped(value),
            _ => trimmed(value),
        }
    }
}

/// A share in tenths of a percent, half up (away from 0): as the quotient that it is, not as the binary number nearest to it.
/// Between a half and the nearest quotient of two counts below 10⁸ lies more than what is added here.
pub fn tenths(share: f64) -> i64 {
    const CRUMB: f64 = 1e-9;
    let size = (share.abs() * 1000.0 + 0.5 + CRUMB).floor() as i64;
    if share < 0.0 { -size } else { size }
}

/// Tenths as a number with one digit behind the point.
pub fn in_tenths(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}

/// The interval of a metric, if it has one.
pub(crate) fn interval_of(metric: &MetricValue, unit: Unit, short: bool) -> Option<String> {
    metric.value?;
    Some(unit.interval(metric.low?, metric.high?, short))
}

fn grouped(value: f64) -> String {
    let rounded = value.abs().round();
    if rounded >= 1e15 {
        return format!("{value:.3e}");
    }
    let text = whole(rounded as u64);
    if value < 0.0 && rounded > 0.0 { format!("−{text}") } else { text }
}

/// A typographic minus, and none before a zero.
fn signed(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text.to_owned(),
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `1 reply`, `2 replies`.
pub(crate) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", whole(n), if n == 1 { one } else { many })
}

/// A text of at most so many characters, its end left out.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        let check = |unit: Unit, value: f64, expect: &str| assert_eq!(unit.show(value), expect);
        check(Unit::Share, 0.9535, "95.4 %");
        check(Unit::Share, 1.0 / 16.0, "6.3 %");
        check(Unit::Share, 0.4915, "49.2 %");
        check(Unit::Share, -0.0005, "−0.1 %");
        check(Unit::Share, -0.0004, "0.0 %");
        check(Unit::Share, 1.0, "100.0 %");
        check(Unit::Tokens, 2704.3, "2,704");
        check(Unit::Tokens, 1_234_567.0, "1,234,567");
        check(Unit::Tokens, 7.25, "7.2");
        check(Unit::Tokens, -12.6, "−13");
        check(Unit::Number, 0.0, "0.00");
        check(Unit::Number, -0.001, "0.00");
        check(Unit::Number, 3.456, "3.46");
        check(Unit::Number, 34.56, "34.6");
        check(Unit::Number, f64::NAN, "–");
    }

    #[test]
    fn intervals_have_a_short_form_and_survive_negative_ends() {
        let check = |unit: Unit, ends: (f64, f64), short, expect: &str| {
            assert_eq!(unit.interval(ends.0, ends.1, short), expect);
        };
        check(Unit::Share, (0.884, 1.0), false, "88.4–100.0");
        check(Unit::Share, (0.884, 1.0), true, "88–100");
        check(Unit::Tokens, (2311.0, 13120.0), false, "2,311–13,120");
        check(Unit::Tokens, (2311.0, 13120.0), true, "2.3k–13k");
        check(Unit::Tokens, (-4.0, 3.0), false, "−4.0 to 3.0");
        check(Unit::Number, (999_600.0, 2_000_000.0), true, "1.0M–2.0M");
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!(Unit::Share.difference(-0.0512), "−5.1 pp");
        assert_eq!(Unit::Tokens.difference(1200.0), "+1,200");
        assert_eq!(Unit::Tokens.difference(-0.001), "±0.0");
    }

    #[test]
    fn ticks_and_counts() {
        let ticks = |top: f64| [0.0, 0.25, 0.5].map(|part| Unit::Tokens.tick(part * top, top));
        assert_eq!(ticks(1.0), ["0", "0.25", "0.5"]);
        assert_eq!(ticks(4000.0), ["0", "1,000", "2,000"]);
        assert_eq!(ticks(20_000.0), ["0", "5k", "10k"]);
        assert_eq!(Unit::Share.tick(0.25, 1.0), "25 %");
        assert_eq!(counted(1, "reply", "replies"), "1 reply");
        assert_eq!(counted(1200, "reply", "replies"), "1,200 replies");
    }
}
