//! Words that mean something: numbers, and phrases for special sets.

const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const TENS: &[&str] = &["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The number that a lower-case word names.
pub(crate) fn number(word: &str) -> Option<u32> {
    let place =
        |list: &[&str]| list.iter().position(|name| *name == word).and_then(|at| u32::try_from(at).ok());
    place(SMALL).or_else(|| place(TENS).map(|tens| 30 + 10 * tens))
}

/// The name of a number up to twenty.
pub(crate) fn number_name(number: u32) -> Option<&'static str> {
    SMALL.get(number as usize).copied()
}

/// What a whole answer in words stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phrase {
    Empty,
    Reals,
    Infinity,
}

/// The special meaning of a whole answer in words (lower case, single blanks).
pub(crate) fn phrase(text: &str) -> Option<Phrase> {
    Some(match text {
        "no solution" | "no solutions" | "no real solution" | "no real solutions" | "empty set"
        | "the empty set" | "none" | "无解" => Phrase::Empty,
        "all real numbers" | "all reals" | "all real number" | "the real numbers" | "real numbers"
        | "any real number" | "全体实数" => Phrase::Reals,
        "infinity" | "infinite" | "无穷" | "无穷大" => Phrase::Infinity,
        _ => return None,
    })
}
