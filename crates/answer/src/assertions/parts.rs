//! The parts of a compound answer: a pair, a list, "60 mi per hr, 88 ft per sec", the coefficients of an equation. The step
//! in which the last of them arrives completes it.

use super::gold::Gold;
use super::sentences::{Segment, thousands};

/// Most parts that are looked for one by one.
const MOST: usize = 4;

/// The parts of an answer with commas between them; none of an answer that is one value, or endless.
pub(super) fn parts(answer: &str) -> Vec<Gold> {
    let bare =
        ["\\left", "\\right", "\\,"].iter().fold(answer.to_owned(), |bare, size| bare.replace(size, " "));
    let bare = bare.replace("\\{", "{").replace("\\}", "}");
    let bare = bare.trim().trim_matches('$').trim();
    let inside = bare
        .strip_prefix(['(', '[', '{'])
        .and_then(|rest| rest.strip_suffix([')', ']', '}']))
        .unwrap_or(bare);
    let pieces: Vec<&str> = split(inside).into_iter().map(value).collect();
    let valued = |piece: &&str| {
        piece.contains(|c: char| c.is_ascii_digit()) && !piece.contains("infty") && !piece.contains('∞')
    };
    if !(2..=MOST).contains(&pieces.len()) || !pieces.iter().all(valued) {
        return vec![];
    }
    pieces.into_iter().map(|piece| Gold::rounded(piece).unwrap_or_else(|| Gold::new(piece, false))).collect()
}

/// At commas and "and" outside brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_i32, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        let length = match c {
            ',' if !thousands(text, at) => 1,
            ';' => 1,
            ' ' if text[at..].starts_with(" and ") => 5,
            _ => continue,
        };
        if depth == 0 && at >= from {
            found.push(&text[from..at]);
            from = at + length;
        }
    }
    found.push(&text[from..]);
    found
}

/// The right side of `K = 5`.
fn value(piece: &str) -> &str {
    piece.rsplit('=').next().unwrap_or(piece).trim()
}

/// The signed numbers of a formula with letters, in their order: 5, −7, 11 and 4 of `5x - 7y + 11z + 4 = 0`. None of a
/// formula of fewer than two, or of one that is more than a sum of terms.
pub(super) fn coefficients(answer: &str) -> Vec<i64> {
    let sum = answer.split('=').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "+-−$".contains(c);
    let letters = sum.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    if !sum.chars().all(plain) || !letters.clone().all(|word| word.len() == 1) || letters.count() == 0 {
        return vec![];
    }
    let marked = sum.replace('−', "-").replace('-', "+-").replace(['$', ' '], "");
    let terms = marked.split('+').filter(|term| !term.is_empty());
    let numbers: Option<Vec<i64>> = terms.map(coefficient).collect();
    numbers.filter(|numbers| numbers.len() > 1).unwrap_or_default()
}

/// 5 of `5x`, −1 of `-x`.
fn coefficient(term: &str) -> Option<i64> {
    let number = term.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    match number {
        "" => Some(1),
        "-" => Some(-1),
        _ => number.parse().ok(),
    }
}

/// Where the last of some coefficients stands, if a sentence gives them all in their order: `a = 5, b = -7`.
pub(super) fn completed(step: &str, all: &[Segment], coefficients: &[i64]) -> Option<Segment> {
    let given = |segment: &&Segment| segment.after_equals && !segment.before_equals;
    let given: Vec<&Segment> = all.iter().filter(given).collect();
    let is = |segment: &&Segment, expect: &i64| {
        let text = step[segment.span.clone()].replace('−', "-").replace(['\\', ')', '$', ' '], "");
        text.parse() == Ok(*expect)
    };
    let fits = |run: &&[&Segment]| run.iter().zip(coefficients).all(|(segment, expect)| is(segment, expect));
    let run = given.windows(coefficients.len().max(1)).find(fits)?;
    run.last().map(|last| (*last).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertions::sentences::segments;

    #[test]
    fn compound_answers_have_parts() {
        let check = |answer: &str, expect: usize| assert_eq!(parts(answer).len(), expect, "{answer}");
        check("60 mi per hr, 88 ft per sec", 2);
        check("\\left( 3, \\frac{\\pi}{2} \\right)", 2);
        check("[1.0, 0.25]", 2);
        check("K = 5.71 × 10^-10, pK = 9.244", 2);
        check("4 m and 5 s", 2);
        check("\\{1, 3\\}", 2);
        check("0,1", 2);
        check("1,234", 0);
        check("5", 0);
        check("(-\\infty, 3)", 0);
        check("True, False", 0);
    }

    #[test]
    fn formulas_have_coefficients() {
        let check = |answer: &str, expect: &[i64]| assert_eq!(coefficients(answer), expect, "{answer}");
        check("5x - 7y + 11z + 4 = 0", &[5, -7, 11, 4]);
        check("6 - 5i", &[6, -5]);
        check("x + 3", &[1, 3]);
        check("p - q", &[1, -1]);
        check("\\frac{1}{2}", &[]);
        check("12", &[]);
        check("5x", &[]);
        check("2 + 3", &[]);
    }

    #[test]
    fn coefficients_complete_a_formula_in_their_order() {
        let check = |step: &str, expect: Option<&str>| {
            let found = completed(step, &segments(step, 0..step.len()), &[5, -7]);
            assert_eq!(found.map(|last| &step[last.span]), expect, "{step}");
        };
        check("a = 5, b = -7", Some("-7"));
        check("\\( a = 5 \\), \\( b = −7 \\)", Some("−7 \\)"));
        check("b = -7, a = 5", None);
        check("a = 5", None);
    }
}
