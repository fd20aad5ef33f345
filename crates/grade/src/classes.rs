//! Which samples of a problem give the same answer.

use answer::Policy;
use tables::{Grade, Problem, option_letter};

/// Numbers the answers of a problem's samples in the order in which they first come; equal ones share a number, see
/// [`answer::Classes`]. Neither the acceptable answers nor the verdicts are looked at. Samples that chose the same option agree,
/// whatever its letter was when they were asked.
pub fn number(problem: &Problem, policy: &Policy, samples: &mut [Grade]) {
    let answers: Vec<Option<String>> = samples.iter().map(own_words).collect();
    let classes = answer::classes(&answers, &problem.choices, policy);
    for (grade, class) in samples.iter_mut().zip(classes) {
        grade.class = class;
    }
}

/// The answer in the words of the problem as it stands in its table.
fn own_words(grade: &Grade) -> Option<String> {
    let option = grade.choice.and_then(|choice| choice.option);
    option
        .and_then(|place| option_letter(place as usize))
        .map(String::from)
        .or_else(|| grade.extracted.clone())
}

/// The same where answers are the same only if they are written the same.
pub(crate) fn number_by_text(samples: &mut [Grade]) {
    let mut seen: Vec<String> = Vec::new();
    for grade in samples {
        let Some(answer) = &grade.extracted else { continue };
        let place = seen.iter().position(|known| known == answer).unwrap_or_else(|| {
            seen.push(answer.clone());
            seen.len() - 1
        });
        grade.class = u32::try_from(place).ok();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tables::Generation;

    use super::*;
    use crate::grade_rows;

    fn classes(gold: &[String], replies: &[String]) -> Vec<Option<u32>> {
        let problem = Problem { gold: gold.to_vec(), ..Problem::default() };
        let reply = |text: &String| Generation { answer_text: text.clone(), ..Generation::default() };
        let samples: Vec<Generation> = replies.iter().map(reply).collect();
        let grades = grade_rows(&problem, &samples, &Policy::default());
        grades.into_iter().map(|grade| grade.class).collect()
    }

    #[test]
    fn samples_agree_on_options_and_not_on_letters() {
        let options = |choices: [&str; 3]| choices.map(str::to_owned).to_vec();
        let problem = Problem { choices: options(["4", "5", "6"]), ..Problem::default() };
        let sample = |order: &[u32], answer: &str| {
            let asked = problem.arranged(order);
            let generation = Generation {
                permutation: Some(order.to_vec()),
                answer_text: answer.into(),
                ..Generation::default()
            };
            crate::by_engine(crate::Item::new(&asked, &generation), &Policy::default())
        };
        let mut grades = vec![
            sample(&[0, 1, 2], "Answer: B"),
            sample(&[2, 0, 1], "Answer: C"),
            sample(&[2, 0, 1], "Answer: B"),
            sample(&[1, 2, 0], "The answer is 5."),
            sample(&[1, 2, 0], "The answer is 7."),
            sample(&[1, 2, 0], "I do not know."),
        ];
        number(&problem, &Policy::default(), &mut grades);
        let classes: Vec<Option<u32>> = grades.iter().map(|grade| grade.class).collect();
        assert_eq!(classes, [Some(0), Some(0), Some(1), Some(0), Some(2), None]);
    }

    fn text() -> impl Strategy<Value = String> {
        let value = prop_oneof!["[0-9]{1,2}", "[0-9]/[1-9]", "0\\.[0-9]{1,9}", "[a-z]{2,5}", "x[+-][0-9]"];
        (value, 0..4).prop_map(|(value, dress)| match dress {
            0 => format!("\\boxed{{{value}}}"),
            1 => format!("The answer is {value}."),
            2 => value,
            _ => format!("I would say {value} and go on"),
        })
    }

    proptest! {
        #[test]
        fn what_is_known_to_be_right_changes_no_class(
            replies in prop::collection::vec(text(), 1..8),
            gold in prop::collection::vec(text(), 0..4),
            shift in 0_usize..4,
        ) {
            let blind = classes(&[], &replies);
            prop_assert_eq!(&classes(&gold, &replies), &blind);
            let mut turned = gold.clone();
            turned.rotate_left(shift.min(gold.len()));
            prop_assert_eq!(&classes(&turned, &replies), &blind);
            prop_assert_eq!(&classes(&replies, &replies), &blind);
        }
    }
}
