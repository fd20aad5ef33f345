//! A number that fits one option: within what the option was rounded to, and far nearer to it than to any other.

/// An option that is a number, perhaps with a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Near {
    value: f64,
    tolerance: f64,
}

/// A number that is this much off is the option's all the same, where the next option is far away.
const RELATIVE: f64 = 0.005;
/// Share of the gap to the next option.
const OF_GAP: f64 = 0.1;
/// Significant digits from which on a whole number counts as rounded.
const ROUNDED: usize = 3;

impl Near {
    /// The option at a place of a list all of which are numbers.
    pub(super) fn of(options: &[String], index: usize) -> Option<Self> {
        let all: Option<Vec<Number>> = options.iter().map(|option| with_unit(option)).collect();
        let all = all?;
        let own = all.get(index)?;
        let others = all.iter().enumerate().filter(|(other, _)| *other != index);
        let gap = others.map(|(_, other)| (other.value - own.value).abs()).fold(f64::INFINITY, f64::min);
        if !gap.is_finite() || gap <= 0.0 {
            return None;
        }
        let rounded = own.decimals || own.digits >= ROUNDED;
        let unit = if rounded { 0.5 * own.last } else { 0.0 };
        let tolerance = unit.max((RELATIVE * own.value.abs()).min(OF_GAP * gap)).min(0.5 * gap);
        Some(Self { value: own.value, tolerance })
    }

    /// A number of its own, within what it was rounded to.
    pub(super) fn alone(text: &str) -> Option<Self> {
        let own = with_unit(text)?;
        let tolerance = if own.decimals { 0.5 * own.last } else { 0.0 };
        Some(Self { value: own.value, tolerance: tolerance.max(1e-9 * own.value.abs()) })
    }

    /// Whether a text is such a number.
    pub(super) fn is(&self, text: &str) -> bool {
        read(text).is_some_and(|(number, rest)| {
            rest.trim_matches(blank).is_empty()
                && (number.value - self.value).abs() <= self.tolerance * 1.0001
        })
    }
}

/// A number as it is written.
#[derive(Clone, Copy, Debug)]
struct Number {
    value: f64,
    /// What its last digit counts.
    last: f64,
    digits: usize,
    decimals: bool,
}

fn blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '$' | '*' | '~' | '≈' | '(' | ')' | '\\' | '°' | '%')
}

/// A number with nothing behind it but a unit.
fn with_unit(text: &str) -> Option<Number> {
    let (number, rest) = read(text)?;
    let unit = !rest.contains(|c: char| c.is_ascii_digit() || "[]=,;".contains(c)) && rest.len() <= 24;
    unit.then_some(number)
}

/// The number that a text begins with, and the rest.
fn read(text: &str) -> Option<(Number, &str)> {
    let text = text.trim_start_matches(blank);
    let (sign, text) = text.strip_prefix(['-', '−']).map_or((1.0, text), |rest| (-1.0, rest.trim_start()));
    let length = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let written = text[..length].trim_end_matches(['.', ',']);
    let plain = written.replace(',', "");
    let value: f64 = plain
        .parse()
        .ok()
        .filter(|_| plain.len() <= 24 && plain.starts_with(|c: char| c.is_ascii_digit()))?;
    let behind = plain.split_once('.').map(|(_, decimals)| decimals.len());
    let (power, rest) = exponent(&text[written.len()..]);
    let scale = 10_f64.powi(power);
    let last = scale * 10_f64.powi(-i32::try_from(behind.unwrap_or(0)).ok()?);
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    Some((Number { value: sign * value * scale, last, digits, decimals: behind.is_some() }, rest))
}

/// `e-5`, `× 10^-5`, `\times 10^{-5}`, `*10^5`.
fn exponent(text: &str) -> (i32, &str) {
    let bare = text.trim_start();
    let base = ["\\times", "\\cdot", "×", "x", "*", "·"].iter().find_map(|sign| bare.strip_prefix(sign));
    let power = match base {
        Some(rest) => {
            rest.trim_start().strip_prefix("10").and_then(|rest| rest.trim_start().strip_prefix('^'))
        }
        None => text.strip_prefix(['e', 'E']),
    };
    let Some(power) = power else { return (0, text) };
    let inside = power.trim_start_matches(['{', ' ', '(']);
    let digits = inside.strip_prefix(['-', '−', '+']).unwrap_or(inside);
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let negative = inside.starts_with(['-', '−']);
    match digits[..length].parse::<i32>() {
        Ok(size) if size <= 300 => {
            (if negative { -size } else { size }, digits[length..].trim_start_matches(['}', ')']))
        }
        _ => (0, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_fit_an_option() {
        let check = |options: &[&str], index: usize, text: &str, expect: bool| {
            let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
            let fits = Near::of(&options, index).is_some_and(|near| near.is(text));
            assert_eq!(fits, expect, "{text} for {} of {options:?}", options[index]);
        };
        let metres = ["10.2 m", "10.9 m", "12.0 m"];
        check(&metres, 0, "10.23", true);
        check(&metres, 0, "10.6", false);
        check(&metres, 1, "10.23", false);
        check(&["250", "200", "300"], 0, "250.4", true);
        check(&["250", "200", "300"], 0, "260", false);
        check(&["5", "6"], 0, "5.4", false);
        check(&["979,000 kg", "650,000 kg"], 0, "976,300", true);
        check(&["0.615 × 10^12 Hz", "0.715 × 10^12 Hz"], 0, "6.152e11", true);
        check(&["0.615 × 10^12 Hz", "0.715 × 10^12 Hz"], 0, "6.152 \\times 10^{11}", true);
        check(&["$0.6749$", "$0.7254$"], 0, "0.6749459", true);
        check(&["1.57", "3.14"], 0, "1.5708", true);
        check(&["-2", "2"], 0, "2", false);
        // Equal ones are no way to tell, nor are words.
        check(&["5", "5"], 0, "5", false);
        let alone = |text: &str, given: &str| Near::alone(text).is_some_and(|near| near.is(given));
        assert!(alone("88 ft per sec", "88") && !alone("88 ft per sec", "88.4") && alone("9.244", "9.2436"));
        assert!(Near::alone("\\frac{1}{2}").is_none());
        check(&["5", "none"], 0, "5", false);
    }
}
