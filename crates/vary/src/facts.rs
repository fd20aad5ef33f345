//! Numbers that nobody may change, for they are so: days of a month, units in terms of others, wheels of a car.

use std::ops::Range;

/// Parts of time, and what they are parts of.
const TIMES: &[&str] = &["second", "minute", "hour", "day", "week", "month", "year"];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Units that are told in terms of each other; the plural has an s, or stands here.
const UNITS: &[&str] = &[
    "bit",
    "byte",
    "kb",
    "mb",
    "gb",
    "tb",
    "millimeter",
    "mm",
    "centimeter",
    "cm",
    "meter",
    "metre",
    "kilometer",
    "km",
    "mile",
    "foot",
    "feet",
    "inch",
    "inches",
    "yard",
    "gram",
    "kg",
    "kilogram",
    "pound",
    "lb",
    "ounce",
    "oz",
    "ton",
    "liter",
    "litre",
    "ml",
    "gallon",
    "quart",
    "pint",
    "cup",
    "tablespoon",
    "teaspoon",
    "dollar",
    "cent",
    "penny",
    "pennies",
    "dime",
    "nickel",
    "quarter",
    "dozen",
];
/// From the third on.
const ORDINALS: &[&str] =
    &["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"];
/// What things have a number of.
const PARTS: &[&str] = &["wheel", "leg", "eye", "finger", "toe", "ear", "wing", "tail", "side", "corner"];
/// Words between a unit and what it is.
const IS: &[&str] = &["is", "has", "equals", "=", "contains", "are", "holds"];

/// The number at this place of a text is such a fact: `28 days in February`, `1 Mb has 1000 kb`.
pub(crate) fn is_one(text: &str, at: &Range<usize>) -> bool {
    let before = words(&text[..at.start]);
    let after = words(&text[at.end..]);
    let is_of_a_body = after.first().is_some_and(|word| is_in(word, PARTS));
    is_of_a_body
        || is_of_a_calendar(&after)
        || is_of_a_unit(&before, &after)
        || is_before_a_place(text, &text[at.clone()])
}

/// The text speaks of hours before noon and after it, which no solution takes from each other as they stand.
pub(crate) fn has_both_halves_of_a_day(text: &str) -> bool {
    let all =
        words(&text.replace("a.m", "am").replace("p.m", "pm").replace("A.M", "AM").replace("P.M", "PM"));
    let says = |half: &str| {
        all.iter().any(|word| {
            let bare = word.trim_end_matches('.');
            bare == half
                || bare.strip_suffix(half).is_some_and(|hour| hour.ends_with(|c: char| c.is_ascii_digit()))
        })
    };
    says("am") && says("pm")
}

/// `For 11 months …, in the twelfth month`: a place that the text names by its ordinal follows the number.
fn is_before_a_place(text: &str, number: &str) -> bool {
    let Ok(count) = number.parse::<usize>() else { return false };
    let all = words(text);
    let named = all.windows(2).filter(|pair| pair[0] == "the").filter_map(|pair| ordinal(&pair[1]));
    count > 2 && named.into_iter().any(|place| place == count || place == count + 1)
}

fn ordinal(word: &str) -> Option<usize> {
    let digits = ["th", "st", "nd", "rd"].iter().find_map(|ending| word.strip_suffix(ending)?.parse().ok());
    digits.or_else(|| ORDINALS.iter().position(|known| *known == word).map(|at| at + 3))
}

fn words(text: &str) -> Vec<String> {
    let plain = |word: &str| word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '=').to_lowercase();
    text.split_whitespace().map(plain).collect()
}

fn is_in(word: &str, list: &[&str]) -> bool {
    list.contains(&word) || word.strip_suffix('s').is_some_and(|one| list.contains(&one))
}

/// `days in the month`, `weeks in April`.
fn is_of_a_calendar(after: &[String]) -> bool {
    let [part, within, rest @ ..] = after else { return false };
    let whole = rest
        .iter()
        .find(|word| !["a", "the", "each", "every", "one", "this", "that"].contains(&word.as_str()));
    let is_whole = |word: &String| MONTHS.contains(&word.as_str()) || is_in(word, TIMES);
    is_in(part, TIMES) && ["in", "of"].contains(&within.as_str()) && whole.is_some_and(is_whole)
}

/// `1 Mb has` before, and `kb` behind; or `cups in a gallon` behind.
fn is_of_a_unit(before: &[String], after: &[String]) -> bool {
    if let [part, within, one, whole, ..] = after
        && ["in", "to"].contains(&within.as_str())
        && ["a", "an", "one", "each", "every"].contains(&one.as_str())
        && is_in(part, UNITS)
        && is_in(whole, UNITS)
    {
        return true;
    }
    let [.., one, unit, is] = before else { return false };
    let is_unit = |word: &str| is_in(word, UNITS) || is_in(word, TIMES);
    let other = after.first().is_some_and(|word| is_unit(word));
    ["1", "one", "a", "an", "each", "every", "this", "the"].contains(&one.as_str())
        && is_unit(unit)
        && IS.contains(&is.as_str())
        && other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_of_a_day_are_heard() {
        let check = |text: &str, expect: bool| assert_eq!(has_both_halves_of_a_day(text), expect, "{text}");
        check("from 8:00 AM until 11:00 PM.", true);
        check("from 8 a.m. to 3 p.m., daily", true);
        check("from 8am to 3pm", true);
        check("from 8:00 AM until 11:00 AM", false);
        check("I am at home at 3 pm", true);
        check("the spam came at 3 pm", false);
    }

    #[test]
    fn calendars_and_units_are_facts_and_other_numbers_are_not() {
        let check = |text: &str, number: &str, expect: bool| {
            let start = text.find(number).unwrap();
            assert_eq!(is_one(text, &(start..start + number.len())), expect, "{text}");
        };
        check("if there are 28 days in the month", "28", true);
        check("there are exactly 4 weeks in April, he", "4", true);
        check("a leap year has 366 days of that year", "366", true);
        check("Knowing that 1 Mb has 1000 kb, she", "1000", true);
        check("One foot is 12 inches.", "12", true);
        check("left if this month has 30 days?", "30", true);
        check("He works 28 days and rests.", "28", false);
        check("A box has 12 pencils.", "12", false);
        check("A cup holds 12 pencils.", "12", false);
        check("She rides 12 miles in the morning", "12", false);
        check("12 days in a row", "12", false);
        check("For 11 months she pays, the rest in the twelfth month", "11", true);
        check("For 12 months she pays, the last in the 12th month", "12", true);
        check("For 11 months she pays a twelfth", "11", false);
        check("If there are 16 cups in a gallon, how", "16", true);
        check("She drives 16 miles in an hour", "16", false);
        check("he needs 4 wheels for each car", "4", true);
    }
}
