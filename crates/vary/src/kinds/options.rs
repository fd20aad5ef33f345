//! The options of a multiple-choice problem in another order.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Problem;

use super::{Declined, Variation};
use crate::draws::Draws;

const FEWEST: usize = 3;
/// Options that speak of others.
const SPEAKS: [&str; 8] = [
    "all of the above",
    "none of the above",
    "none of these",
    "all of these",
    "both a",
    "both b",
    "neither",
    "a and b",
];

/// Puts the options in another order, and the letter of the answer with them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Options {}

impl Component for Options {
    const KIND: &'static str = "options";
    const ABOUT: &'static str = "the options in another order, the answer's letter with them";
    type Built = dyn Variation;

    fn build(self, _: &mut Content) -> Result<Box<dyn Variation>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Variation for Options {
    fn apply(&self, problem: &Problem, draws: &mut Draws) -> Result<Problem, Declined> {
        let choices = &problem.choices;
        if choices.is_empty() {
            return Err(Declined("no options"));
        }
        if choices.len() < FEWEST {
            return Err(Declined("fewer than three options"));
        }
        let lower: Vec<String> = choices.iter().map(|choice| choice.trim().to_lowercase()).collect();
        if lower.iter().any(|choice| SPEAKS.iter().any(|words| choice.contains(words))) {
            return Err(Declined("an option that speaks of others"));
        }
        if (1..lower.len()).any(|at| lower[..at].contains(&lower[at])) {
            return Err(Declined("two options that are equal"));
        }
        if choices.iter().any(|choice| problem.problem.contains(choice.as_str()) && choice.len() > 3) {
            return Err(Declined("the options stand in the text"));
        }
        let mut order: Vec<usize> = (0..choices.len()).collect();
        while order.is_sorted() {
            draws.shuffle(&mut order);
        }
        Ok(Problem {
            choices: order.iter().map(|old| choices[*old].clone()).collect(),
            gold: problem.gold.iter().map(|gold| moved(gold, &order)).collect(),
            // Its letters would be wrong.
            solution: None,
            ..problem.clone()
        })
    }
}

/// The letter that an option has now; an answer that is no letter stays.
fn moved(gold: &str, order: &[usize]) -> String {
    let letter = |place: usize| u8::try_from(place).ok().map(|place| char::from(b'A' + place));
    let old =
        (0..order.len()).find(|place| letter(*place).is_some_and(|letter| gold.trim() == letter.to_string()));
    let new = old.and_then(|old| order.iter().position(|place| *place == old)).and_then(letter);
    new.map_or_else(|| gold.to_owned(), |letter| letter.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{problem, varied};
    use super::*;

    fn with(choices: &[&str], gold: &str) -> Problem {
        Problem {
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            ..problem("Which?", gold)
        }
    }

    #[test]
    fn the_answer_moves_with_its_option() {
        for number in 0..20 {
            let found = varied("options", &with(&["red", "green", "blue", "grey"], "B"), number).unwrap();
            let place = usize::from(found.gold[0].as_bytes()[0] - b'A');
            assert_eq!(found.choices[place], "green", "{found:?}");
            assert_ne!(found.choices, ["red", "green", "blue", "grey"]);
        }
        assert_eq!(varied("options", &with(&["red", "green", "blue"], "green"), 0).unwrap().gold, ["green"]);
    }

    #[test]
    fn options_that_hang_together_are_declined() {
        let check = |choices: &[&str], why: &str| {
            assert_eq!(varied("options", &with(choices, "A"), 0).unwrap_err(), why)
        };
        check(&[], "no options");
        check(&["yes", "no"], "fewer than three options");
        check(&["1", "2", "All of the above"], "an option that speaks of others");
        check(&["1", "2", " 1"], "two options that are equal");
    }
}
