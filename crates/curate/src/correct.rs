//! Whether a final answer is right, where no grades say it.

use answer::{Policy, Reply, Verdict};
use tables::{Generation, Problem};

/// Whether the final answer is right; null without a known answer, and where it cannot be decided. What is cut or failed
/// is not asked for here.
pub(crate) fn correct(problem: &Problem, generation: &Generation) -> Option<bool> {
    let (cut, unclosed) = (generation.truncated(), generation.unclosed());
    let reply = Reply { text: &generation.answer_text, cut, unclosed };
    match answer::grade(&problem.gold, &problem.choices, reply, &Policy::default()).verdict {
        Verdict::Right => Some(true),
        Verdict::Wrong | Verdict::NoAnswer => Some(false),
        Verdict::Undecided | Verdict::NoGold => None,
    }
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
        check(&["B"], &["4", "5"], "The answer is 5.", Some(true));
        check(&["B"], &["4", "5"], "The answer is 4.", Some(false));
    }
}
