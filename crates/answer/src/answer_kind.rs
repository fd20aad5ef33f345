//! What kind of answer a problem asks for: judges err differently on each.

use crate::compare::parse;
use crate::label::label_of;

/// `choice` where the first known answer is an option, `integer` where it is a whole number, `formula` for any other value
/// and for words; empty where no answer is known.
pub fn answer_kind<S: AsRef<str>>(golds: &[S], choices: &[String]) -> &'static str {
    let Some(gold) = golds.first().map(AsRef::as_ref) else { return "" };
    let whole = || parse(gold).exact().is_some_and(|value| value.is_integer());
    match gold {
        blank if blank.trim().is_empty() => "",
        letter if !choices.is_empty() && label_of(letter).is_some_and(|at| at < choices.len()) => "choice",
        _ if choices.iter().any(|choice| choice == gold) => "choice",
        _ if whole() => "integer",
        _ => "formula",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_by_kind() {
        let check = |gold: &str, choices: &[&str], expect: &str| {
            let choices: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
            assert_eq!(answer_kind(&[gold], &choices), expect, "{gold} of {choices:?}");
        };
        check("12", &[], "integer");
        check("-1,234", &[], "integer");
        check("3\\sqrt{2}", &[], "formula");
        check("Evelyn", &[], "formula");
        check("1.5", &[], "formula");
        check("B", &["4", "5"], "choice");
        check("(b)", &["4", "5"], "choice");
        check("5", &["4", "5"], "choice");
        check("B", &[], "formula");
        check(" ", &[], "");
        assert_eq!(answer_kind::<&str>(&[], &[]), "");
    }
}
