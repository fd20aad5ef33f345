//! What a formula comes to: of a calculation its result, of an equation that says what a name is all of it.

use std::ops::Range;

use crate::Policy;
use crate::compare::{compare_parsed, parse};

/// The part of a formula that is its value: the last side of `2 + 3 = 5`, all of `y = 2x + 3` and of `1 < x < 2`.
pub(super) fn conclusion(text: &str) -> Range<usize> {
    let row = last_row(text);
    let within = conclusion_of_line(&text[row.clone()]);
    row.start + within.start..row.start + within.end
}

fn conclusion_of_line(text: &str) -> Range<usize> {
    let whole = 0..text.len();
    let text = &text[..modulus(text)];
    let sides = sides(text);
    let [first, .., last] = sides.as_slice() else { return whole };
    let (left, right) = (&text[first.clone()], &text[last.clone()]);
    if left.trim().is_empty() {
        return last.clone();
    }
    let (left, right) = (parse(&times(left)), parse(right));
    if !right.is_closed() {
        let identity = compare_parsed(&left, &right, &Policy::default()).is_equal();
        return if identity { last.clone() } else { whole };
    }
    if left.is_closed() || !(is_equation(&text[first.clone()]) || left.is_name() && parse(text).is_formula())
    {
        return last.clone();
    }
    whole
}

/// `9 x 4` as `9 * 4`.
pub(super) fn times(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let digit = |at: Option<&&str>| at.is_some_and(|word| word.bytes().any(|c| c.is_ascii_digit()));
    let word = |(at, word): (usize, &&str)| {
        let between = digit(at.checked_sub(1).and_then(|at| words.get(at))) && digit(words.get(at + 1));
        if *word == "x" && between { "*".to_owned() } else { (*word).to_owned() }
    };
    words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// An equation in x, y or z that is an answer as it stands, as `2x + 3y = 7` is; `x + y = 7` says what the sum is.
fn is_equation(left: &str) -> bool {
    let chars: Vec<char> = left.chars().collect();
    let letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_alphabetic);
    let unknown = |at: usize| {
        matches!(chars[at], 'x' | 'y' | 'z') && !letter(at.checked_sub(1)) && !letter(Some(at + 1))
    };
    let index = |at: usize| at.checked_sub(1).is_some_and(|before| matches!(chars[before], '_' | '{'));
    let number = |at: usize| chars[at].is_ascii_digit() && !index(at) || matches!(chars[at], '^' | '²' | '³');
    (0..chars.len())
        .any(|at| unknown(at) || matches!(chars[at], 'x' | 'y') && at > 0 && chars[at - 1].is_ascii_digit())
        && (0..chars.len()).any(number)
}

/// Where `\pmod{7}` and the like begin.
fn modulus(text: &str) -> usize {
    let marks = ["\\pmod", "\\bmod", "\\mod", "(mod", " mod "];
    marks.iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len())
}

/// The stretches between signs of equality outside brackets; none where the text is a list.
fn sides(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' | ';' if depth <= 0 && !thousands(text, at) => return vec![],
            '=' | '≡' if depth <= 0 && !matches!(before, '<' | '>' | '!' | '\\') => {
                found.push(start..at);
                start = at + c.len_utf8();
            }
            '\\' if depth <= 0 && text[at..].starts_with("\\equiv") => {
                found.push(start..at);
                start = at + "\\equiv".len();
            }
            _ => {}
        }
        before = c;
    }
    found.push(start..text.len());
    let joins = [
        " and ",
        " or ",
        "\\text{and}",
        "\\text{ and }",
        "\\text{or}",
        "\\text{ or }",
        "\\quad",
        "\\implies",
        "或",
        "和",
    ];
    if joins.iter().any(|join| text.contains(join)) { vec![] } else { found }
}

fn thousands(text: &str, at: usize) -> bool {
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    at > 0 && digit(at - 1) && (1..=3).all(|ahead| digit(at + ahead)) && !digit(at + 4)
}

/// The last line of aligned equations that says something.
fn last_row(text: &str) -> Range<usize> {
    const ALIGNED: [&str; 6] = ["align", "gather", "split", "eqnarray", "multline", "equation"];
    let Some(begin) =
        text.find("\\begin{").filter(|at| ALIGNED.iter().any(|name| text[at + 7..].starts_with(name)))
    else {
        return 0..text.len();
    };
    let start = text[begin..].find('}').map_or(text.len(), |at| begin + at + 1);
    let end = text[start..].rfind("\\end{").map_or(text.len(), |at| start + at);
    let inside = &text[start..end];
    // Rows of a matrix are none of the equations'.
    let nested = inside.contains("\\begin{");
    let rows = if nested { vec![inside] } else { inside.split("\\\\").collect() };
    let row = rows
        .into_iter()
        .rev()
        .find(|row| row.contains(char::is_alphanumeric))
        .unwrap_or(&inside[inside.len()..]);
    let at = row.as_ptr() as usize - text.as_ptr() as usize;
    at..at + row.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calculation_comes_to_its_last_side() {
        let check = |text: &str, expect: &str| assert_eq!(text[conclusion(text)].trim(), expect, "{text}");
        check("2 + 3 = 5", "5");
        check("88 + 352 + 288 = 728", "728");
        check("3 x 4 = 12", "12");
        check("\\frac{1}{2} + \\frac14 = \\frac{3}{4}", "\\frac{3}{4}");
        check("= 7", "7");
        check("m + n = 12", "12");
        check("x + y = 12", "12");
        check("x_1 + x_2 = 5", "5");
        check("\\text{Area} + 1 = 3 + 4 = 7", "7");
        check("x^2 - 4 = (x-2)(x+2)", "(x-2)(x+2)");
        check("2^{10} = 1024 \\equiv 7 \\pmod{9}", "7");
        check("\\begin{align*} 2 + 3 &= 5 \\\\ 5 + 1 &= 6 \\end{align*}", "6");
    }

    #[test]
    fn an_equation_or_a_list_is_whole() {
        let check = |text: &str| assert_eq!(&text[conclusion(text)], text);
        for text in [
            "x = 5",
            "y = 2x + 3",
            "f(x) = x^2",
            "2x + 3y = 7",
            "x^2 + y^2 = 25",
            "1 < x < 2",
            "x = 1, y = 2",
        ] {
            check(text);
        }
        for text in ["(1, 2)", "x \\le 5", "x = 2 or x = 3", "5", "x = 3 + 4 = 7", ""] {
            check(text);
        }
    }
}
