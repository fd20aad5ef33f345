//! Whether what a program gave is what was expected. The comparison stands outside of the sandbox, and knows texts alone: no
//! value of the program can say of itself that it is equal.

use serde_json::Value;

use super::numbers::Decimal;

/// Lines, each the same but for blanks at its ends, or the same numbers. Blank lines at both ends do not count.
pub(super) fn same_lines(given: &str, expected: &str, tolerance: f64) -> bool {
    let (given, expected) = (given.trim(), expected.trim());
    let lines = |text: &str| text.split('\n').count();
    lines(given) == lines(expected)
        && given
            .split('\n')
            .zip(expected.split('\n'))
            .all(|(given, expected)| same_line(given, expected, tolerance))
}

fn same_line(given: &str, expected: &str, tolerance: f64) -> bool {
    if given.trim() == expected.trim() {
        return true;
    }
    let numbers = |line: &str| line.split_whitespace().map(Decimal::read).collect::<Option<Vec<_>>>();
    let (Some(given), Some(expected)) = (numbers(given), numbers(expected)) else { return false };
    given.len() == expected.len() && given.iter().zip(&expected).all(|(a, b)| a.is_near(b, tolerance))
}

/// JSON values as Python compares them: 1, 1.0 and true are equal, whatever the number of digits.
pub(super) fn same_value(given: &str, expected: &str, tolerance: f64) -> bool {
    let (Some(given), Some(expected)) = (exact(given), exact(expected)) else { return false };
    same(&given, &expected, tolerance)
}

fn same(given: &Value, expected: &Value, tolerance: f64) -> bool {
    match (given, expected) {
        (Value::Array(given), Value::Array(expected)) => {
            given.len() == expected.len() && given.iter().zip(expected).all(|(a, b)| same(a, b, tolerance))
        }
        (Value::Object(given), Value::Object(expected)) => {
            let alike =
                |(key, value): (&String, &Value)| given.get(key).is_some_and(|a| same(a, value, tolerance));
            given.len() == expected.len() && expected.iter().all(alike)
        }
        (Value::String(given), Value::String(expected)) => {
            given == expected
                || number(given).zip(number(expected)).is_some_and(|(a, b)| a.is_near(&b, tolerance))
        }
        (given, expected) => given == expected,
    }
}

/// What marks a number, and what a text.
const NUMBER: char = 'n';
const TEXT: char = 's';

fn number(text: &str) -> Option<Decimal> {
    Decimal::read(text.strip_prefix(NUMBER)?)
}

/// A JSON text with its numbers and truth values as marked texts, since a JSON reader rounds what has many digits.
fn exact(text: &str) -> Option<Value> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '"' => string(rest, &mut out)?,
            '-' | '0'..='9' => literal(rest, &mut out, |c| c.is_ascii_digit() || "+-.eE".contains(c))?,
            't' | 'f' => literal(rest, &mut out, |c| c.is_ascii_alphabetic())?,
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = rest.get(taken..)?;
    }
    serde_json::from_str(&out).ok()
}

/// Copies a text with its mark; how many bytes that were.
fn string(rest: &str, out: &mut String) -> Option<usize> {
    let mut escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })? + 1;
    out.push('"');
    out.push(TEXT);
    out.push_str(rest.get(1..=end)?);
    Some(end + 1)
}

/// Writes a number or a truth value as a text; how many bytes that were.
fn literal(rest: &str, out: &mut String, belongs: impl Fn(char) -> bool) -> Option<usize> {
    let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    let number = match rest.get(..end)? {
        "true" => "1",
        "false" => "0",
        number => number,
    };
    out.push('"');
    out.push(NUMBER);
    out.push_str(&Decimal::read(number)?.text());
    out.push('"');
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_compared_as_text_and_as_numbers() {
        let check = |given: &str, expected: &str, expect: bool| {
            assert_eq!(same_lines(given, expected, 0.0), expect, "{given:?} for {expected:?}");
        };
        check("6\n", "6", true);
        check("6 \r\n", "6", true);
        check("\n\n6\n\n", "6\n", true);
        check("000006", "6", true);
        check("6.0 1e1", "6 10", true);
        check("1.50", "1.500000", true);
        check("1\n2", "1 2", false);
        check("1 2", "1  2", true);
        check("a  b", "a b", false);
        check("The sum is 6", "6", false);
        check("YES", "Yes", false);
        check("nan", "nan", true);
        check("", "", true);
        check("", "0", false);
        check(&"7".repeat(70_000), &"7".repeat(70_000), true);
        check(&format!("{}8", "7".repeat(70_000)), &format!("{}9", "7".repeat(70_000)), false);
        assert!(same_lines("0.3333333", "0.3333334", 1e-6));
    }

    #[test]
    fn values_are_compared_as_python_does() {
        let check = |given: &str, expected: &str, expect: bool| {
            assert_eq!(same_value(given, expected, 0.0), expect, "{given} for {expected}");
        };
        check("[[0, 2]]", "[[0,2]]", true);
        check("1.0", "1", true);
        check("true", "1", true);
        check("false", "0.0", true);
        check("null", "null", true);
        check("null", "0", false);
        check("\"1\"", "1", false);
        check("\"n1e0\"", "1", false);
        check("\"a\\\"b [1] true\"", "\"a\\\"b [1] true\"", true);
        check("\"\\\\\"", "\"\\\\\"", true);
        check("{\"a\": 1, \"b\": [2]}", "{\"b\": [2.0], \"a\": true}", true);
        check("{\"a\": 1}", "{\"a\": 1, \"b\": 2}", false);
        check("9007199254740993", "9007199254740992", false);
        check("0.1", "0.10000000000000001", false);
        check("[1, 2]", "[1, 2, 3]", false);
        check("[1, 2", "[1, 2", false);
        check("", "null", false);
        check("[1] [1]", "[1]", false);
        check("Infinity", "Infinity", false);
        assert!(same_value("[0.3333333]", "[0.3333334]", 1e-6));
    }
}
