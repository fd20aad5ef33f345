//! The last value of a reply that states no answer outright: whole, formula or not; else none. Marked weak.

use std::ops::Range;

use super::passages::{Passage, passages};
use super::source::Source;
use super::values::Sentence;
use super::{Extracted, sides, stated};
use crate::compare::parse;

/// The last value, a display or one of a sentence. What cannot be read stops the search: a value in front of it was a
/// stage of the work.
pub(super) fn last_value(source: &Source<'_>) -> Option<Extracted> {
    let passages = passages(source);
    let found = passages.iter().rev().find_map(|passage| match passage {
        Passage::Display(span) => display(source, span),
        Passage::Sentence(span) => sentence(source, span),
    });
    found?.map(|found| Extracted { weak: true, ..found })
}

/// What a passage gives: nothing, something that cannot be read, or a value.
type Given = Option<Option<Extracted>>;

fn display(source: &Source<'_>, span: &Range<usize>) -> Given {
    let text = source.part(source.tail(span));
    let has_value = text.len() == span.len() && text.contains(char::is_alphanumeric);
    if !has_value || text.trim().starts_with("\\boxed") {
        return None;
    }
    let inner = sides::conclusion(text);
    let found = stated::at(source, span.start + inner.start..span.start + inner.end, "display");
    Some(found.filter(|found| parse(&found.raw).is_formula()))
}

fn sentence(source: &Source<'_>, span: &Range<usize>) -> Given {
    const CHECKS: &[&str] = &["check", "verify", "verification", "note", "double-check", "indeed"];
    let span = source.tail(span);
    let text = source.part(span.clone());
    if !may_hold_value(text) {
        return None;
    }
    let sentence = Sentence::of(text);
    if sentence.words().take(2).any(|word| CHECKS.contains(&word.as_str())) {
        return None;
    }
    let value = sentence.main()?;
    let read = sentence.text_of(value);
    Some(read.map(|(raw, inner)| {
        let span = span.start + inner.start..span.start + inner.end;
        Extracted { raw, span, rule: "last_value", weak: true }
    }))
}

/// A cheap look that spares most sentences a closer one.
fn may_hold_value(text: &str) -> bool {
    text.contains(|c: char| {
        c.is_ascii_digit() || matches!(c, '$' | '\\' | '=' | '+' | '-' | '*' | '/' | '^') || !c.is_ascii()
    }) || ["pi", "infinity"].iter().any(|name| text.contains(name))
}

/// A text of bounded length holds a value.
pub(super) fn has_value(text: &str) -> bool {
    Sentence::of(text).main().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: &str, expect: Option<&str>) {
        let found = last_value(&Source::after_thinking(reply)).map(|found| found.raw);
        assert_eq!(found.as_deref(), expect, "{reply:?}");
    }

    #[test]
    fn the_whole_last_formula_is_the_value() {
        check("Therefore the probability is \\frac{3}{4}.", Some("\\frac{3}{4}"));
        check("So the maximum is 3\\sqrt{2}", Some("3\\sqrt{2}"));
        check("The length is √2.", Some("√2"));
        check("The area equals 2π.", Some("2π"));
        check("The angle is π.", Some("π"));
        check("Hence f(x) = x^2", Some("f(x) = x^2"));
        check("The count is 2^10.", Some("2^10"));
        check("The count is 2¹⁰.", Some("2¹⁰"));
        check("so we get 50%", Some("50%"));
        check("so we get 1/3", Some("1/3"));
        check("The point is (1, 2).", Some("(1, 2)"));
        check("It lies in [0, 1).", Some("[0, 1)"));
        check("The solutions are 3 and 5.", Some("3 and 5"));
        check("Thus x = 2 or x = -3.", Some("x = 2 or x = -3"));
        check("The set is {1, 2, 3}.", Some("{1, 2, 3}"));
        check("The result is p - q.", Some("p - q"));
        check("The angle is 90°.", Some("90°"));
        check("That leaves 1 1/2 cups", Some("1 1/2"));
        check("It is -5.", Some("-5"));
        check("It is −5.", Some("−5"));
        check("It is 1,234.5", Some("1,234.5"));
        check("It is log(2) + 1.", Some("log(2) + 1"));
        check("It is $\\frac{1}{2}$.", Some("\\frac{1}{2}"));
        check("It is \\(x + 1\\).", Some("x + 1"));
        check("It is 3:4.", Some("3:4"));
        check("It is 3.2 × 10^5.", Some("3.2 × 10^5"));
        check("It is e^{2}.", Some("e^{2}"));
    }

    #[test]
    fn a_number_inside_something_else_is_none() {
        check("The value of x_3 is negative.", None);
        check("It is a 3-digit number.", None);
        check("It is the 3rd one.", None);
        check("See equation 2.", None);
        check("That is CO2.", None);
        check("no idea", None);
        check("", None);
    }

    #[test]
    fn calculations_come_to_their_result() {
        check("She makes 9 * 2 = $18 every day at the market.", Some("$18"));
        check("She sells 16 - 3 - 4 = 9 duck eggs a day.", Some("9"));
        check("So m + n = 12.", Some("12"));
        check("The line is 2x + 3y = 7.", Some("2x + 3y = 7"));
        check("Total: 3 x 4 = 12", Some("12"));
        check("= \\frac12", Some("\\frac12"));
        check("We get\n\\[ 49 + 21 = 70 \\]\n", Some("70"));
        check("We get\n\\[x = 3 + 4 = 7.\\]", Some("x = 3 + 4 = 7"));
        check("\\begin{align*} x &= 3 + 4 \\\\ &= 7 \\end{align*}", Some("7"));
    }

    #[test]
    fn of_several_values_the_one_that_the_sentence_is_about_counts() {
        check("We need 12 eggs for 4 cakes", Some("12"));
        check("196 has 9 positive divisors (including 1 and 196).", Some("9"));
        check("There are 9 divisors of 196.", Some("9"));
        check("196 has a total of 9 divisors.", Some("9"));
        check("It holds for H_2O and CO2 in 1 case (see eq. 1)", Some("1"));
        check("In 3 hours she drives 180 miles.", Some("180 miles"));
        check("It takes 5 hours.", Some("5 hours"));
        check("If x is 3, then y is 7.", Some("7"));
        check("It is 9, because 3 + 6 = 9 holds.", Some("9"));
        check("It is 5, not 6.", Some("5"));
        check("The answer must be **12**, out of 20 tries 3", Some("12"));
        check("It is 42. Check: 2 * 21 = 42 and 1 more.", Some("42"));
    }
}
