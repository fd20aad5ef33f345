//! Problems that were prepared for being looked for: the samples of a problem, and other models' replies to it, share that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use answer::{AssertionFinder, Policy};
use tables::Problem;

/// So many are kept; then all are forgotten.
const MOST: usize = 1024;

/// What was prepared, by the texts that it was made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Finders(Arc<Mutex<HashMap<Texts, AssertionFinder>>>);

/// The question, its options and the answers that are looked for.
type Texts = (String, Vec<String>, Vec<String>);

impl Finders {
    /// A finder of answers to a problem, for one trace. All are made under the same policy.
    pub(super) fn of(&self, problem: &Problem, answers: &[String], policy: &Policy) -> AssertionFinder {
        let texts = (problem.problem.clone(), problem.choices.clone(), answers.to_vec());
        let known = self.lock().get(&texts).map(AssertionFinder::for_another_trace);
        known.unwrap_or_else(|| {
            let finder = AssertionFinder::new(&problem.problem, &problem.choices, answers, policy);
            let mut kept = self.lock();
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert(texts, finder.for_another_trace());
            finder
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Texts, AssertionFinder>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_prepared_once_and_no_two_are_mixed_up() {
        let finders = Finders::default();
        let problem = |text: &str| Problem { problem: text.to_owned(), ..Problem::default() };
        let found = |text: &str, answer: &str| {
            let finder = finders.of(&problem(text), &[answer.to_owned()], &Policy::default());
            finder
                .assertions("So it is 5, and not 7.")
                .into_iter()
                .map(|found| found.span.start)
                .collect::<Vec<_>>()
        };
        for _ in 0..2 {
            assert_eq!(found("How many?", "5"), [9]);
            assert_eq!(found("How many?", "7"), [20]);
            assert_eq!(found("Which number?", "5"), [9]);
            assert_eq!(finders.lock().len(), 3);
        }
        (0..MOST).for_each(|number| drop(found(&number.to_string(), "5")));
        assert!(finders.lock().len() <= MOST);
        assert_eq!(found("How many?", "5"), [9]);
    }
}
