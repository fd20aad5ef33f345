//! Whether a final answer is right, where no scores say it.

use answer::{Outcome, Policy, compare, extract};
use tables::{Generation, Problem};

/// Compares the final answer with the known ones: right when it equals one of them, wrong when it differs from all.
/// Null without a known answer, where it cannot be decided, and for a letter of a multiple-choice problem that is not
/// the known letter (scores know more about those). What is cut or failed is not asked for here.
pub(crate) fn correct(problem: &Problem, generation: &Generation) -> Option<bool> {
    let golds: Vec<&str> =
        problem.gold.iter().map(String::as_str).filter(|gold| !gold.trim().is_empty()).collect();
    if golds.is_empty() {
        return None;
    }
    let Some(given) = extract(&generation.answer_text) else { return Some(false) };
    let policy = Policy::default();
    let mut undecided = !problem.choices.is_empty();
    for gold in golds {
        match compare(gold, &given.raw, &policy).outcome {
            Outcome::Equal => return Some(true),
            Outcome::Unknown => undecided = true,
            Outcome::Different => {}
        }
    }
    (!undecided).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_known_answer_will_do() {
        let check = |gold: &[&str], choices: &[&str], answer: &str, expect| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let problem = Problem { gold: owned(gold), choices: owned(choices), ..Problem::default() };
            let generation = Generation { answer_text: answer.into(), ..Generation::default() };
            assert_eq!(correct(&problem, &generation), expect, "{gold:?} {answer}");
        };
        check(&["7", "1/2"], &[], "It is \\boxed{0.5}.", Some(true));
        check(&["7"], &[], "It is \\boxed{8}.", Some(false));
        check(&["7"], &[], "I would rather not say.", Some(false));
        check(&[], &[], "It is \\boxed{8}.", None);
        check(&["B"], &["4", "5"], "The answer is B.", Some(true));
        check(&["B"], &["4", "5"], "The answer is 5.", None);
    }
}
