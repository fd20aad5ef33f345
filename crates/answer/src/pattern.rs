//! Constant patterns, searched in one pass whatever script a text is in.

use regex::Regex;

/// A constant pattern, in which `\b` looks at bytes: a boundary that knows all letters of the world cannot be searched by an
/// automaton in a text with a single letter beyond ASCII, and what takes its place needs ten times as long. So a word that
/// begins or ends with such a letter stands outside of `\b`.
#[expect(clippy::expect_used, reason = "constant patterns, compiled by every test run")]
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(&by_bytes(text)).expect("a valid pattern")
}

/// The pattern with every `\b` by bytes; `\\b` is a backslash and a letter.
fn by_bytes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, if letter == '\\' { letters.next() } else { None }) {
            (_, Some('b')) => out.push_str(r"(?-u:\b)"),
            (_, Some(escaped)) => out.extend(['\\', escaped]),
            (letter, None) => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_by_bytes_and_nothing_else_changes() {
        let check = |text: &str, expect: &str| assert_eq!(by_bytes(text), expect);
        check(r"\bis\b|答", r"(?-u:\b)is(?-u:\b)|答");
        check(r"\\boxed\s*\{", r"\\boxed\s*\{");
        check(r"a\\\bc", r"a\\(?-u:\b)c");
    }

    #[test]
    fn words_are_found_next_to_any_script() {
        let finder = pattern(r"(?i)\b(?:so|then)\b|所以");
        let check = |text: &str, expect: usize| assert_eq!(finder.find_iter(text).count(), expect, "{text}");
        check("— so ≤ 4, then “so”", 3);
        check("also, sort, lethen", 0);
        check("因此所以4", 1);
    }
}
