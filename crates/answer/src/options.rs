//! One answer against several acceptable ones. In multiple choice each side may give an option's letter or its value.

use crate::compare::compare_within;
use crate::{Comparison, Outcome, Policy, Work};

/// The best comparison over several acceptable answers: equal to any, else undecided by any, else different. With
/// choices they are compared by option where all name one, else by the value of the right option.
pub fn compare_any<S: AsRef<str>>(
    golds: &[S],
    given: &str,
    choices: &[String],
    policy: &Policy,
) -> Comparison {
    compare_any_within(golds, given, choices, policy, &Work::unbounded())
}

/// The same, and what it took is counted; nothing is compared any more when the work is spent.
pub fn compare_any_within<S: AsRef<str>>(
    golds: &[S],
    given: &str,
    choices: &[String],
    policy: &Policy,
    work: &Work,
) -> Comparison {
    if work.is_spent() {
        return Comparison::unknown("too much work");
    }
    let wanted: Vec<Option<usize>> =
        golds.iter().map(|gold| option_within(gold.as_ref(), choices, policy, work)).collect();
    if let Some(chosen) = option_within(given, choices, policy, work)
        && wanted.iter().all(Option::is_some)
    {
        return Comparison::of(wanted.contains(&Some(chosen)), "option");
    }
    let value = |(gold, option): (&S, Option<usize>)| {
        let text = option.and_then(|at| choices.get(at)).map_or(gold.as_ref(), String::as_str);
        compare_within(text, given, policy, work)
    };
    best(golds.iter().zip(wanted).map(value))
}

fn best(comparisons: impl Iterator<Item = Comparison>) -> Comparison {
    let mut best: Option<Comparison> = None;
    for next in comparisons {
        match next.outcome {
            Outcome::Equal => return next,
            Outcome::Unknown if best.as_ref().is_none_or(|best| best.outcome == Outcome::Different) => {
                best = Some(next);
            }
            _ => best = best.or(Some(next)),
        }
    }
    best.unwrap_or_else(|| Comparison::unknown("nothing to compare with"))
}

/// Whether a text names one of the options, by label or by value.
pub fn names_option(text: &str, choices: &[String], policy: &Policy, work: &Work) -> bool {
    option_within(text, choices, policy, work).is_some()
}

/// Which option a text names. A capital letter is a label; then an option's own text, a small letter, and
/// last a value that equals exactly one option.
pub fn option_of(text: &str, choices: &[String], policy: &Policy) -> Option<usize> {
    option_within(text, choices, policy, &Work::unbounded())
}

fn option_within(text: &str, choices: &[String], policy: &Policy, work: &Work) -> Option<usize> {
    if choices.is_empty() {
        return None;
    }
    let label = letter(text).filter(|(at, _)| *at < choices.len());
    if let Some((at, true)) = label {
        return Some(at);
    }
    let (same_text, twice) = the_only(choices, |choice| choice.trim() == text.trim());
    if twice {
        return None;
    }
    let small = label.map(|(at, _)| at);
    let equal = || the_only(choices, |choice| compare_within(choice, text, policy, work).is_equal()).0;
    same_text.or(small).or_else(equal)
}

/// The one option that fits, and whether there is more than one: the text of equal options names none of them.
fn the_only(choices: &[String], fits: impl Fn(&str) -> bool) -> (Option<usize>, bool) {
    let mut matching = choices.iter().enumerate().filter(|(_, choice)| fits(choice));
    let (first, second) = (matching.next(), matching.next());
    (first.filter(|_| second.is_none()).map(|(at, _)| at), second.is_some())
}

/// The letter of `B`, `(B)`, `\text{B}`, `B.`, `option B` or `(B) 12`, as an index, and whether it is a
/// capital.
fn letter(text: &str) -> Option<(usize, bool)> {
    let mut rest = text.trim().trim_matches(['$', '*', '"', '\'']).trim();
    for wrapper in ["\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\boxed{"] {
        rest = rest.strip_prefix(wrapper).map_or(rest, |inner| inner.strip_suffix('}').unwrap_or(inner));
    }
    for word in ["option ", "Option ", "choice ", "Choice ", "answer ", "Answer "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let bracketed = rest.starts_with(['(', '[']);
    let mut letters = rest.trim_start_matches(['(', '[']).chars();
    let first = letters.next().filter(char::is_ascii_alphabetic)?;
    let tail = letters.as_str();
    let closed = tail.starts_with(if bracketed { [')', ']'] } else { ['.', ')'] }) || tail.starts_with(':');
    let bare = tail.is_empty() && !bracketed;
    let labels = closed && tail.chars().nth(1).is_none_or(char::is_whitespace);
    let index = usize::from(first.to_ascii_uppercase() as u8 - b'A');
    (bare || labels).then_some((index, first.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_from_their_usual_dress() {
        let check =
            |text, expect: Option<usize>| assert_eq!(letter(text).map(|(at, _)| at), expect, "{text}");
        for text in [
            "B",
            " b ",
            "(B)",
            "\\text{(B)}",
            "\\text{B}",
            "B.",
            "(B) 12",
            "B) 12",
            "B. 12",
            "option B",
            "$B$",
        ] {
            check(text, Some(1));
        }
        for text in ["", "12", "BC", "B2", "B.5", "(B", "B x", "√B", "(12)", "Bahn"] {
            check(text, None);
        }
    }

    #[test]
    fn letter_and_value_stand_for_each_other() {
        let choices: Vec<String> = ["10", "12", "\\frac{1}{2}", "x"].map(str::to_owned).to_vec();
        let check = |gold: &str, given: &str, expect: Outcome| {
            let found = compare_any(&[gold], given, &choices, &Policy::default());
            assert_eq!(found.outcome, expect, "{gold} / {given}: {}", found.how);
        };
        check("B", "B", Outcome::Equal);
        check("B", "12", Outcome::Equal);
        check("12", "(B)", Outcome::Equal);
        check("12", "12", Outcome::Equal);
        check("C", "0.5", Outcome::Equal);
        check("B", "(B) 12", Outcome::Equal);
        check("B", "A", Outcome::Different);
        check("B", "10", Outcome::Different);
        check("12", "A", Outcome::Different);
        check("B", "13", Outcome::Different);
        check("D", "x", Outcome::Equal);
    }

    #[test]
    fn the_text_of_equal_options_names_none_of_them_and_is_compared_as_a_value() {
        let choices: Vec<String> = ["4", "5", "6", "5"].map(str::to_owned).to_vec();
        let check = |gold: &str, given: &str, expect: Outcome| {
            let found = compare_any(&[gold], given, &choices, &Policy::default());
            assert_eq!(found.outcome, expect, "{gold} / {given}: {}", found.how);
        };
        assert_eq!(option_of("5", &choices, &Policy::default()), None);
        for gold in ["B", "D"] {
            check(gold, "5", Outcome::Equal);
            check(gold, "4", Outcome::Different);
        }
        check("B", "D", Outcome::Different);
        check("D", "D", Outcome::Equal);
        check("A", "5", Outcome::Different);
    }
}
