//! The sentences before the question in another order.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Problem;

use super::{Declined, Variation};
use crate::draws::Draws;
use crate::words::{sentences, words};

/// Words that lean on what was said before, or say when.
const LEANS: [&str; 58] = [
    "he",
    "she",
    "it",
    "they",
    "him",
    "her",
    "his",
    "hers",
    "its",
    "their",
    "theirs",
    "them",
    "this",
    "that",
    "these",
    "those",
    "then",
    "next",
    "after",
    "afterwards",
    "before",
    "first",
    "second",
    "third",
    "finally",
    "last",
    "later",
    "also",
    "too",
    "another",
    "other",
    "others",
    "each",
    "both",
    "again",
    "however",
    "but",
    "so",
    "therefore",
    "thus",
    "instead",
    "still",
    "now",
    "rest",
    "remaining",
    "remainder",
    "left",
    "more",
    "fewer",
    "less",
    "twice",
    "half",
    "same",
    "such",
    "the",
    "former",
    "latter",
    "already",
];

/// Shuffles the sentences before the question where each stands for itself. That the answer stays is how texts usually work, and
/// not proven.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Order {}

impl Component for Order {
    const KIND: &'static str = "order";
    const ABOUT: &'static str =
        "sentences before the question in another order, where each stands for itself; not proven";
    type Built = dyn Variation;

    fn build(self, _: &mut Content) -> Result<Box<dyn Variation>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Variation for Order {
    fn apply(&self, problem: &Problem, draws: &mut Draws) -> Result<Problem, Declined> {
        let parts = sentences(&problem.problem);
        let [before @ .., last] = parts.as_slice() else { return Err(Declined("no sentence")) };
        if before.len() < 2 {
            return Err(Declined("fewer than two sentences before the question"));
        }
        if before.iter().any(|sentence| leans(sentence)) {
            return Err(Declined("a sentence that leans on another"));
        }
        let mut order: Vec<usize> = (0..before.len()).collect();
        while order.is_sorted() {
            draws.shuffle(&mut order);
        }
        let moved: Vec<&str> = order.iter().map(|place| before[*place].trim()).collect();
        if moved.iter().any(|sentence| !sentence.ends_with(['.', '!'])) {
            return Err(Declined("a sentence without an end"));
        }
        Ok(Problem { problem: format!("{} {last}", moved.join(" ")), ..problem.clone() })
    }

    fn is_proven(&self) -> bool {
        false
    }
}

/// It has a word that leans, or does not begin with a name or a thing.
fn leans(sentence: &str) -> bool {
    let leaning = |word: &str| LEANS.contains(&word) && word != "the";
    let all = words(sentence);
    let opens = all.first().map(|word| word.text.to_lowercase());
    all.iter().any(|word| leaning(&word.text.to_lowercase()))
        || opens.is_none_or(|word| LEANS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::said;

    #[test]
    fn sentences_change_places_where_they_stand_alone() {
        let text = "Ann has 3 pears. Bo owns 4 figs. How many fruits are there?";
        assert_eq!(said("order", text), "Bo owns 4 figs. Ann has 3 pears. How many fruits are there?");
        let check = |text: &str, why: &str| assert_eq!(said("order", text), format!("declined: {why}"));
        check("Ann has 3 pears. How many?", "fewer than two sentences before the question");
        check("Ann has 3 pears. She eats 4 figs. How many?", "a sentence that leans on another");
        check("Ann has 3 pears. Bo has twice as many. How many?", "a sentence that leans on another");
        check("The shop has 3 pears. Bo has 4. How many?", "a sentence that leans on another");
    }
}
