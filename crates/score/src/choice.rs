//! Multiple choice: the gold and the reply may each give an option's letter or its value.

use answer::{Outcome, Policy, Verdict, compare};

/// Decides a multiple-choice answer: by option where both name one, else by the right option's value.
pub(crate) fn decide(golds: &[&str], given: &str, choices: &[String], policy: &Policy) -> Verdict {
    let chosen = option_of(given, choices, policy);
    let wanted: Vec<Option<usize>> = golds.iter().map(|gold| option_of(gold, choices, policy)).collect();
    if let (Some(chosen), true) = (chosen, wanted.iter().all(Option::is_some)) {
        return by_option(wanted.contains(&Some(chosen)));
    }
    let value = |(gold, option): (&&str, &Option<usize>)| {
        option.and_then(|at| choices.get(at)).map_or_else(|| (*gold).to_owned(), Clone::clone)
    };
    let values: Vec<String> = golds.iter().zip(&wanted).map(value).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    any_of(&values, given, policy)
}

fn by_option(equal: bool) -> Verdict {
    let outcome = if equal { Outcome::Equal } else { Outcome::Different };
    Verdict { outcome, how: "option".to_owned() }
}

/// The best verdict over several acceptable answers: equal to any, else undecided by any, else different.
pub(crate) fn any_of(golds: &[&str], given: &str, policy: &Policy) -> Verdict {
    let mut best: Option<Verdict> = None;
    for gold in golds {
        let verdict = compare(gold, given, policy);
        match verdict.outcome {
            Outcome::Equal => return verdict,
            Outcome::Unknown if best.as_ref().is_none_or(|b| b.outcome == Outcome::Different) => {
                best = Some(verdict);
            }
            _ => best = best.or(Some(verdict)),
        }
    }
    best.unwrap_or_else(|| Verdict { outcome: Outcome::Unknown, how: "nothing to compare with".to_owned() })
}

/// Which option a text names. A capital letter is a label; then an option's own text, a small letter, and
/// last a value that equals exactly one option.
fn option_of(text: &str, choices: &[String], policy: &Policy) -> Option<usize> {
    let label = letter(text).filter(|(at, _)| *at < choices.len());
    if let Some((at, true)) = label {
        return Some(at);
    }
    let same_text = choices.iter().position(|choice| choice.trim() == text.trim());
    let small = label.map(|(at, _)| at);
    same_text.or(small).or_else(|| only_equal(text, choices, policy))
}

fn only_equal(text: &str, choices: &[String], policy: &Policy) -> Option<usize> {
    let equal = |choice: &String| compare(choice, text, policy).outcome == Outcome::Equal;
    let mut matching = choices.iter().enumerate().filter(|(_, choice)| equal(choice));
    match (matching.next(), matching.next()) {
        (Some((at, _)), None) => Some(at),
        _ => None,
    }
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
            let verdict = decide(&[gold], given, &choices, &Policy::default());
            assert_eq!(verdict.outcome, expect, "{gold} / {given}: {}", verdict.how);
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
}
