//! Which replies to a problem give the same answer, told without knowing the right one.

use std::collections::HashMap;

use crate::compare::{Parsed, compare_parsed, parse};
use crate::options::option_of;
use crate::{Outcome, Policy};

/// The answers to one problem, numbered in the order in which they first come; equal ones share a number.
///
/// Equality of answers is not transitive (a decimal may equal two exact values that differ), so this is the rule: an
/// answer belongs to the first class whose *first* answer it equals. What cannot be decided is not equal. In multiple
/// choice the letter of an option and its value are one answer.
pub struct Classes<'a> {
    choices: &'a [String],
    policy: &'a Policy,
    first: Vec<Answer>,
    /// The classes of answers by their words, so that each is compared once.
    seen: HashMap<String, u32>,
}

struct Answer {
    option: Option<usize>,
    parsed: Parsed,
}

impl<'a> Classes<'a> {
    /// None yet, of a problem with these choices.
    pub fn new(choices: &'a [String], policy: &'a Policy) -> Self {
        Self { choices, policy, first: Vec::new(), seen: HashMap::new() }
    }

    /// The class of an answer, which may be a new one.
    pub fn class_of(&mut self, answer: &str) -> u32 {
        let answer = answer.trim();
        if let Some(class) = self.seen.get(answer) {
            return *class;
        }
        let class = self.find(answer);
        self.seen.insert(answer.to_owned(), class);
        class
    }

    fn find(&mut self, text: &str) -> u32 {
        let option = option_of(text, self.choices, self.policy);
        let value = option.and_then(|at| self.choices.get(at)).map_or(text, String::as_str);
        let answer = Answer { option, parsed: parse(value) };
        let known = self.first.iter().position(|first| self.equal(first, &answer));
        let at = known.unwrap_or_else(|| {
            self.first.push(answer);
            self.first.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn equal(&self, first: &Answer, answer: &Answer) -> bool {
        match (first.option, answer.option) {
            (Some(first), Some(own)) => first == own,
            _ => compare_parsed(&first.parsed, &answer.parsed, self.policy).outcome == Outcome::Equal,
        }
    }
}

/// The classes of a problem's samples in their order; a sample without an answer has none.
pub fn classes<S: AsRef<str>>(
    answers: &[Option<S>],
    choices: &[String],
    policy: &Policy,
) -> Vec<Option<u32>> {
    let mut classes = Classes::new(choices, policy);
    answers.iter().map(|answer| answer.as_ref().map(|text| classes.class_of(text.as_ref()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(choices: &[&str], answers: &[Option<&str>], expect: &[Option<u32>]) {
        let choices: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
        assert_eq!(classes(answers, &choices, &Policy::default()), expect, "{answers:?}");
    }

    #[test]
    fn equal_answers_share_a_number_whatever_their_dress() {
        check(
            &[],
            &[Some("1/2"), Some("0.5"), Some("3"), None, Some("\\frac{1}{2}"), Some("3.0")],
            &[Some(0), Some(0), Some(1), None, Some(0), Some(1)],
        );
    }

    #[test]
    fn what_cannot_be_decided_is_a_class_of_its_own() {
        let tower = Some("9^{9^{9^9}}");
        check(&[], &[Some("3"), tower, Some("5"), tower], &[Some(0), Some(1), Some(2), Some(1)]);
        check(&[], &[Some("5"), Some("five apples and some")], &[Some(0), Some(1)]);
    }

    #[test]
    fn an_answer_joins_the_first_class_whose_first_answer_it_equals() {
        let policy = Policy::default();
        let [near, exact, other] = ["0.33333333", "1/3", "0.333333333"];
        assert!(
            crate::compare(exact, near, &policy).is_equal()
                && crate::compare(exact, other, &policy).is_equal()
        );
        assert!(!crate::compare(near, other, &policy).is_equal());
        check(&[], &[Some(near), Some(exact), Some(other)], &[Some(0), Some(0), Some(1)]);
        check(&[], &[Some(exact), Some(near), Some(other)], &[Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn a_letter_and_its_option_are_one_answer() {
        check(
            &["10", "12", "14"],
            &[Some("B"), Some("12"), Some("C"), Some("(B) 12"), Some("13")],
            &[Some(0), Some(0), Some(1), Some(0), Some(2)],
        );
    }
}
