//! One sentence more, which is about nothing that is asked.

use std::collections::BTreeSet;

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Problem;

use super::{Declined, Variation};
use crate::draws::Draws;
use crate::figures::figures;
use crate::words::{sentences, words};

/// Sentences about things that stand for themselves, written for this.
const BANK: [&str; 16] = [
    "The old lighthouse on the coast was painted again last autumn.",
    "A violin teacher across the valley owns 4 umbrellas.",
    "The museum's largest dinosaur skeleton weighs 19 tonnes.",
    "Somewhere a clockmaker polishes a brass pendulum.",
    "The library's piano has 88 keys and a broken pedal.",
    "A comet could be seen above the harbour that night.",
    "The mayor's parrot knows 23 words.",
    "Fog hung over the vineyard until noon.",
    "The theatre's curtain is made of velvet.",
    "An astronomer named a crater after a sculptor.",
    "The castle's drawbridge was built by 37 masons.",
    "A glacier moves very slowly.",
    "The chess club's trophy shows a bronze knight.",
    "The volcano on the island is asleep.",
    "A cartographer once forgot a whole peninsula.",
    "The orchestra's harp has 47 strings.",
];

/// Adds a sentence of a bank before the question, if it shares no word and no number with the problem.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Irrelevant {}

impl Component for Irrelevant {
    const KIND: &'static str = "irrelevant";
    const ABOUT: &'static str = "one sentence more before the question, about nothing that is asked";
    type Built = dyn Variation;

    fn build(self, content: &mut Content) -> Result<Box<dyn Variation>, ConfigErrors> {
        content.note("sentences", BANK.join("\n"));
        Ok(Box::new(self))
    }
}

impl Variation for Irrelevant {
    fn apply(&self, problem: &Problem, draws: &mut Draws) -> Result<Problem, Declined> {
        let text = &problem.problem;
        let parts = sentences(text);
        let [before @ .., last] = parts.as_slice() else { return Err(Declined("no sentence")) };
        if before.is_empty() {
            return Err(Declined("a single sentence"));
        }
        let question = last.to_lowercase();
        if ["in all", "altogether", "in total", "total", "how many things", "combined"]
            .iter()
            .any(|sum| question.contains(sum))
        {
            return Err(Declined("the question asks for all of something"));
        }
        let (own, numbers) = (content_words(text), figures(text));
        let is_apart = |sentence: &&&str| {
            let apart = content_words(sentence).is_disjoint(&own);
            apart && figures(sentence).iter().all(|new| numbers.iter().all(|old| old.value != new.value))
        };
        let fitting: Vec<&&str> = BANK.iter().filter(|sentence| is_apart(sentence)).collect();
        let sentence = draws.one(&fitting).ok_or(Declined("every sentence shares a word with it"))?;
        let mut varied = before.concat();
        if !varied.ends_with(char::is_whitespace) {
            varied.push(' ');
        }
        Ok(Problem { problem: format!("{varied}{sentence} {last}"), ..problem.clone() })
    }
}

/// Words that carry meaning, without the endings of plurals.
fn content_words(text: &str) -> BTreeSet<String> {
    const SHORTEST: usize = 3;
    let word = |word: crate::words::Word<'_>| {
        let lower = word.text.to_lowercase();
        let stem = lower.trim_end_matches('s').to_owned();
        let empty = [
            "the", "and", "was", "has", "for", "one", "its", "how", "are", "her", "his", "she", "all",
            "each", "many", "that", "this", "with", "from", "once", "very", "after", "until", "above",
            "over", "last", "have", "were", "whole",
        ];
        (stem.len() >= SHORTEST && !empty.contains(&lower.as_str())).then_some(stem)
    };
    words(text).into_iter().filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{problem, said, varied};
    use super::*;

    #[test]
    fn a_sentence_stands_before_the_question() {
        let found = varied("irrelevant", &problem("Ann has 3 pears. How many has she?", "3"), 0).unwrap();
        let parts = sentences(&found.problem);
        assert_eq!(parts.len(), 3, "{}", found.problem);
        assert!(BANK.contains(&parts[1].trim()) && parts[2] == "How many has she?");
        let check = |text: &str, why: &str| assert_eq!(said("irrelevant", text), format!("declined: {why}"));
        check("How many pears has Ann?", "a single sentence");
        check(
            "Ann has 3 pears. How many fruits are there altogether?",
            "the question asks for all of something",
        );
    }

    #[test]
    fn nothing_is_shared() {
        for number in 0..40 {
            let found = varied(
                "irrelevant",
                &problem("The mayor has 4 parrots and 19 keys. What does he do?", "3"),
                number,
            )
            .unwrap();
            let added = sentences(&found.problem)[1].to_owned();
            assert!(!["mayor", " 4 ", " 19 ", "keys"].iter().any(|shared| added.contains(shared)), "{added}");
        }
    }
}
