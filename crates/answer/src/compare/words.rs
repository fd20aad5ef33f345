//! Words that mean something: numbers, and phrases for special sets.

/// The number that a lower-case word names.
pub(crate) fn number(word: &str) -> Option<u32> {
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
    let small = SMALL.iter().position(|name| *name == word).and_then(|value| u32::try_from(value).ok());
    small.or(match word {
        "thirty" => Some(30),
        "forty" => Some(40),
        "fifty" => Some(50),
        "sixty" => Some(60),
        "seventy" => Some(70),
        "eighty" => Some(80),
        "ninety" => Some(90),
        _ => None,
    })
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
