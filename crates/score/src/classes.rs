//! Which samples of a problem give the same answer.

use std::collections::HashMap;

use answer::{Outcome, Parsed, Policy, compare_parsed, parse};
use tables::{Problem, Score};

use crate::choice;

/// Numbers the answers of a problem's samples in the order in which they first come: equal ones share a number, by the
/// answer engine. All right answers are one class; a reply without an answer has none. An answer of which it cannot be
/// decided whether it equals another one is a class of its own.
pub(crate) fn number(problem: &Problem, policy: &Policy, samples: &mut [Score]) {
    let mut classes = Classes { problem, policy, known: Vec::new(), seen: HashMap::new() };
    for score in samples {
        if let Some(answer) = score.extracted.as_deref() {
            score.answer_class = Some(classes.class_of(answer, score.correct));
        }
    }
}

struct Class {
    /// The answer that came first.
    text: String,
    parsed: Parsed,
    right: bool,
}

struct Classes<'a> {
    problem: &'a Problem,
    policy: &'a Policy,
    known: Vec<Class>,
    /// The classes of answers by their words, so that each is compared once.
    seen: HashMap<(String, Option<bool>), usize>,
}

impl Classes<'_> {
    fn class_of(&mut self, answer: &str, correct: Option<bool>) -> u32 {
        let key = (answer.trim().to_owned(), correct);
        let at = self.seen.get(&key).copied().unwrap_or_else(|| {
            let at = self.find(&key.0, correct).unwrap_or_else(|| {
                let class =
                    Class { text: key.0.clone(), parsed: parse(&key.0), right: correct == Some(true) };
                self.known.push(class);
                self.known.len() - 1
            });
            self.seen.insert(key, at);
            at
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn find(&self, answer: &str, correct: Option<bool>) -> Option<usize> {
        if correct == Some(true) {
            return self.known.iter().position(|class| class.right);
        }
        let parsed = parse(answer);
        let may_equal = |class: &Class| !(class.right && correct == Some(false));
        self.known.iter().position(|class| may_equal(class) && self.equal(class, answer, &parsed))
    }

    fn equal(&self, class: &Class, answer: &str, parsed: &Parsed) -> bool {
        if class.text == answer {
            return true;
        }
        let choices = &self.problem.choices;
        let verdict = if choices.is_empty() {
            compare_parsed(&class.parsed, parsed, self.policy)
        } else {
            choice::decide(&[&class.text], answer, choices, self.policy)
        };
        verdict.outcome == Outcome::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(choices: &[&str], answers: &[(Option<&str>, Option<bool>)], expect: &[Option<u32>]) {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        let problem = Problem { choices, ..Problem::default() };
        let score = |(extracted, correct): &(Option<&str>, Option<bool>)| Score {
            extracted: extracted.map(str::to_owned),
            correct: *correct,
            ..Score::default()
        };
        let mut samples: Vec<Score> = answers.iter().map(score).collect();
        number(&problem, &Policy::default(), &mut samples);
        let found: Vec<Option<u32>> = samples.iter().map(|score| score.answer_class).collect();
        assert_eq!(found, expect, "{answers:?}");
    }

    #[test]
    fn equal_answers_share_a_class_however_they_are_written() {
        let (right, wrong) = (Some(true), Some(false));
        check(
            &[],
            &[
                (Some("0.5"), right),
                (Some("7"), wrong),
                (Some("\\frac{1}{2}"), right),
                (None, wrong),
                (Some("7.0"), wrong),
                (Some("x+1"), wrong),
                (Some("1 + x"), wrong),
                (Some("7"), wrong),
            ],
            &[Some(0), Some(1), Some(0), None, Some(1), Some(2), Some(2), Some(1)],
        );
        check(&[], &[(Some("3"), None), (Some("3"), None), (Some("4"), None)], &[Some(0), Some(0), Some(1)]);
        check(&[], &[], &[]);
    }

    #[test]
    fn right_answers_are_one_class_and_wrong_ones_never_join_it() {
        // The grader is the authority: two golds may look different, and a wrong answer may look like a right one.
        check(&[], &[(Some("5"), Some(true)), (Some("five apples"), Some(true))], &[Some(0), Some(0)]);
        check(&[], &[(Some("5"), Some(true)), (Some("5"), Some(false))], &[Some(0), Some(1)]);
    }

    #[test]
    fn a_letter_and_its_option_are_one_answer() {
        let wrong = Some(false);
        check(
            &["10", "12", "14"],
            &[(Some("B"), wrong), (Some("12"), wrong), (Some("C"), wrong)],
            &[Some(0), Some(0), Some(1)],
        );
    }
}
