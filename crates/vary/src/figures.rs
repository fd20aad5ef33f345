//! Numbers of a text: what they are, how they are written, and which of them are names of years, times and places.

use std::ops::Range;

use crate::number::{Number, parse, whole};

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// In figures.
    Digits,
    /// In figures with commas.
    Grouped,
    /// In words.
    Word,
    /// A year, a time, a place in an order, a fraction: it stays as it is.
    Kept,
}

/// A number of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) value: Number,
    pub(crate) span: Range<usize>,
    pub(crate) form: Form,
    /// Money stands before it.
    pub(crate) is_money: bool,
    /// It is a percentage.
    pub(crate) is_percent: bool,
    /// Blanks stand around it, or what ends a sentence or a part of it.
    pub(crate) is_bare: bool,
}

const WORDS: [(&str, i64); 28] = [
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1000),
];

/// All numbers of a text, in their order.
pub(crate) fn figures(text: &str) -> Vec<Figure> {
    let mut found = in_digits(text);
    found.extend(in_words(text));
    found.sort_by_key(|figure| figure.span.start);
    found
}

fn in_words(text: &str) -> Vec<Figure> {
    let figure = |word: crate::words::Word<'_>| {
        Some(Figure {
            value: whole(value_of(&word.text.to_lowercase())?),
            span: word.span,
            form: Form::Word,
            is_money: false,
            is_percent: false,
            is_bare: true,
        })
    };
    crate::words::words(text).into_iter().filter_map(figure).collect()
}

/// The number of `eight`, `twenty-five`, or `eight-hour`.
fn value_of(word: &str) -> Option<i64> {
    let known = |part: &str| WORDS.iter().find(|(name, _)| *name == part).map(|(_, value)| *value);
    let ones = |part: &str| if part == "one" { Some(1) } else { known(part) };
    let (first, rest) = word.split_once('-').unwrap_or((word, ""));
    let tens = known(first)?;
    let next = rest.split('-').next().and_then(ones).filter(|unit| *unit < 10 && (20..100).contains(&tens));
    Some(tens + next.unwrap_or(0))
}

fn in_digits(text: &str) -> Vec<Figure> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|place| at + place) {
        let mut end = start;
        let digit = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
        while digit(end) || (matches!(bytes.get(end), Some(b',' | b'.')) && digit(end + 1)) {
            end += 1;
        }
        // `.5` begins with its point.
        let pointed =
            text[..start].ends_with('.') && !text[..start - 1].ends_with(|c: char| c.is_ascii_alphanumeric());
        let start = if pointed { start - 1 } else { start };
        found.extend(figure(text, start..end));
        at = end;
    }
    found
}

fn figure(text: &str, span: Range<usize>) -> Option<Figure> {
    let written = &text[span.clone()];
    let value = parse(&written.replace(',', ""))?;
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let is_money = before.ends_with(['$', '€', '£']);
    let is_percent = after.starts_with('%') || after.trim_start().starts_with("percent");
    let form = if is_kept(before, written, after, is_money) {
        Form::Kept
    } else if written.contains(',') {
        Form::Grouped
    } else {
        Form::Digits
    };
    let opens = before.is_empty() || before.ends_with([' ', '\n', '(']);
    let closes = after.is_empty()
        || after.starts_with([' ', '\n', ')', ';', '!', '?'])
        || (after.starts_with(['.', ',']) && !after[1..].starts_with(|c: char| c.is_alphanumeric()));
    Some(Figure { value, span, form, is_money, is_percent, is_bare: opens && closes && !is_percent })
}

/// A year, a time, a place in an order, a fraction, or a part of a name.
fn is_kept(before: &str, written: &str, after: &str, is_money: bool) -> bool {
    let year = !is_money
        && written.len() == 4
        && written.bytes().all(|b| b.is_ascii_digit())
        && ("1500".."2100").contains(&written)
        && follows_a_year_word(before);
    let lower = after.trim_start().to_lowercase();
    let time = after.starts_with(':')
        || before.ends_with(':')
        || ["a.m", "p.m", "am ", "pm ", "am.", "pm.", "am,", "pm,", "o'clock", "o’clock"]
            .iter()
            .any(|word| lower.starts_with(word));
    let ordinal = ["st", "nd", "rd", "th"]
        .iter()
        .any(|end| after.strip_prefix(end).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    let fraction = after.starts_with('/') || before.ends_with('/');
    let name = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '#' | '_'))
        || after.starts_with(|c: char| c.is_alphabetic() && !ordinal)
        || before.ends_with("No. ");
    year || time || ordinal || fraction || name
}

fn follows_a_year_word(before: &str) -> bool {
    let last =
        before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    matches!(
        last.as_str(),
        "in" | "since"
            | "until"
            | "year"
            | "of"
            | "by"
            | "from"
            | "before"
            | "after"
            | "during"
            | "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_with_how_they_are_written() {
        let check = |text: &str, expect: &[&str]| {
            let show = |figure: &Figure| {
                let marks = [(figure.is_money, "$"), (figure.is_percent, "%"), (figure.is_bare, "!")];
                let marks: String = marks.iter().filter(|(has, _)| *has).map(|(_, mark)| *mark).collect();
                format!("{} {:?}{marks}", figure.value, figure.form)
            };
            assert_eq!(figures(text).iter().map(show).collect::<Vec<_>>(), expect, "{text}");
        };
        check("Ann has 12 pears and two figs.", &["12 Digits!", "2 Word!"]);
        check("$1,200.50 or 15% or .5 percent", &["2401/2 Grouped$", "15 Digits%", "1/2 Digits%"]);
        check(
            "In 1995 he won the 3rd at 5:30 or 6 p.m.",
            &["1995 Kept!", "3 Kept", "5 Kept", "30 Kept", "6 Kept!"],
        );
        check("1/2 of B12 and 2000 people.", &["1 Kept", "2 Kept", "12 Kept", "2000 Digits!"]);
        check("The year 2024, 20, and 30.", &["2024 Kept!", "20 Digits!", "30 Digits!"]);
        check("a 5-mile run of twenty-five miles", &["5 Digits", "25 Word!"]);
        check("an eight-hour day, a thirty-one-day month", &["8 Word!", "31 Word!"]);
    }
}
