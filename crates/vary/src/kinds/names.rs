//! Other given names, the same everywhere.

use std::collections::{BTreeMap, BTreeSet};

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Problem;

use super::{Declined, Variation};
use crate::draws::Draws;
use crate::lists::Names;
use crate::words::{Word, replaced, words};

/// Exchanges given names for others of the same kind, in the text, its options, its answers and its solution.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct GivenNames {}

impl Component for GivenNames {
    const KIND: &'static str = "names";
    const ABOUT: &'static str = "other given names, the same everywhere: nothing computes with a name";
    type Built = dyn Variation;

    fn build(self, _: &mut Content) -> Result<Box<dyn Variation>, ConfigErrors> {
        Ok(Box::new(Known::new(Names::ours())))
    }
}

/// Who bears a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bearer {
    He,
    She,
    Either,
}

struct Known {
    names: Names,
    bearers: BTreeMap<String, Bearer>,
    words: BTreeSet<String>,
}

const TITLES: [&str; 11] = ["Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Sir", "Aunt", "Uncle", "Saint", "St"];

impl Known {
    fn new(names: Names) -> Self {
        let lists = [
            (&names.known_he, Bearer::He),
            (&names.known_she, Bearer::She),
            (&names.he, Bearer::He),
            (&names.she, Bearer::She),
            (&names.either, Bearer::Either),
            (&names.words, Bearer::Either),
        ];
        let pairs = lists.iter().flat_map(|(list, bearer)| list.iter().map(|name| (name.clone(), *bearer)));
        let bearers = pairs.collect();
        let words = names.words.iter().cloned().collect();
        Self { names, bearers, words }
    }

    /// The names of a text, each with who bears it.
    fn found(&self, text: &str) -> Result<BTreeMap<String, Bearer>, Declined> {
        let all = words(text);
        let mut found = BTreeMap::new();
        for (at, word) in all.iter().enumerate() {
            let Some(bearer) = self.bearers.get(word.text) else { continue };
            let before = at.checked_sub(1).and_then(|before| all.get(before));
            self.certain(text, word, before, all.get(at + 1))?;
            found.insert(word.text.to_owned(), *bearer);
        }
        Ok(found)
    }

    /// It is a given name and nothing else.
    fn certain(
        &self,
        text: &str,
        word: &Word<'_>,
        before: Option<&Word<'_>>,
        after: Option<&Word<'_>>,
    ) -> Result<(), Declined> {
        if self.words.contains(word.text) && word.starts {
            return Err(Declined("a name that is a word too begins a sentence"));
        }
        let touches = |one: &Word<'_>, other: &Word<'_>| {
            text[one.span.end..other.span.start].trim_matches(['.', ' ']).is_empty()
        };
        if before.is_some_and(|before| TITLES.contains(&before.text) && touches(before, word)) {
            return Err(Declined("a title stands before a name"));
        }
        let is_surname = |after: &Word<'_>| {
            after.is_capital() && after.text.len() > 1 && &text[word.span.end..after.span.start] == " "
        };
        if after.is_some_and(is_surname) {
            return Err(Declined("a surname stands behind a name"));
        }
        if before.is_some_and(|before| matches!(before.text, "in" | "near") && touches(before, word)) {
            return Err(Declined("a name that may be a place"));
        }
        Ok(())
    }

    /// For each name another one, none of which stands in the text.
    fn others(
        &self,
        found: &BTreeMap<String, Bearer>,
        text: &str,
        draws: &mut Draws,
    ) -> BTreeMap<String, String> {
        let mut taken: BTreeSet<&str> = words(text).into_iter().map(|word| word.text).collect();
        let mut others = BTreeMap::new();
        for (name, bearer) in found {
            let list = match self.as_called(*bearer, found, text) {
                Bearer::He => &self.names.he,
                Bearer::She => &self.names.she,
                Bearer::Either => &self.names.either,
            };
            let free: Vec<&String> = list.iter().filter(|name| !taken.contains(name.as_str())).collect();
            if let Some(other) = draws.one(&free) {
                taken.insert(other);
                others.insert(name.clone(), (*other).clone());
            }
        }
        others
    }

    /// A name that the text calls otherwise than usual is one of either: there is nobody else whom the word could mean.
    fn as_called(&self, bearer: Bearer, found: &BTreeMap<String, Bearer>, text: &str) -> Bearer {
        let (unusual, other): (&[&str], Bearer) = match bearer {
            Bearer::He => (&["she", "her", "hers", "herself"], Bearer::She),
            Bearer::She => (&["he", "his", "him", "himself"], Bearer::He),
            Bearer::Either => return bearer,
        };
        let says = words(text).iter().any(|word| unusual.contains(&word.text.to_lowercase().as_str()));
        let meant = found.values().any(|bearer| *bearer == other || *bearer == Bearer::Either);
        if says && !meant { Bearer::Either } else { bearer }
    }
}

impl Variation for Known {
    fn apply(&self, problem: &Problem, draws: &mut Draws) -> Result<Problem, Declined> {
        let text = &problem.problem;
        if text.chars().any(|c| c.is_alphabetic() && c > '\u{24f}') {
            return Err(Declined("letters of another script"));
        }
        let found = self.found(text)?;
        if found.is_empty() {
            return Err(Declined("no given name"));
        }
        let alike = |one: &String, other: &String| one != other && other.starts_with(one.as_str());
        if found.keys().any(|one| found.keys().any(|other| alike(one, other))) {
            return Err(Declined("two names that may be one person's"));
        }
        let others = self.others(&found, text, draws);
        let exchanged = |text: &String| exchanged(text, &others);
        Ok(Problem {
            problem: exchanged(text),
            gold: problem.gold.iter().map(exchanged).collect(),
            choices: problem.choices.iter().map(exchanged).collect(),
            solution: problem.solution.as_ref().map(exchanged),
            ..problem.clone()
        })
    }
}

fn exchanged(text: &str, others: &BTreeMap<String, String>) -> String {
    let change = |word: Word<'_>| {
        others.get(word.text).map(|other| (word.span.start..word.span.start + word.text.len(), other.clone()))
    };
    replaced(text, words(text).into_iter().filter_map(change).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{problem, said, varied};
    use super::*;

    #[test]
    fn names_are_exchanged_everywhere() {
        let known = Problem {
            gold: vec!["Emily".into(), "5".into()],
            choices: vec!["Emily".into(), "Bob's dog".into(), "nobody".into()],
            solution: Some("Emily has 5.".into()),
            ..problem("Emily’s brother Tom has 3 pears. Emily gives Tom 2, and she laughs at Bob.", "")
        };
        let found = varied("names", &known, 0).unwrap();
        let names: Vec<&str> = words(&found.problem)
            .into_iter()
            .filter(|word| word.is_capital())
            .map(|word| word.text)
            .collect();
        let [she, he, again, him, bob] = names.as_slice() else { panic!("{names:?}") };
        assert!(she == again && he == him && she != he, "{names:?}");
        let lists = Names::ours();
        assert!(lists.she.contains(&(*she).to_owned()) && lists.he.contains(&(*he).to_owned()), "{names:?}");
        assert!(lists.either.contains(&(*bob).to_owned()));
        assert_eq!(found.gold, [*she, "5"]);
        assert_eq!(found.choices, [(*she).to_owned(), format!("{bob}'s dog"), "nobody".to_owned()]);
        assert_eq!(found.solution.unwrap(), format!("{she} has 5."));
        let rest = |text: &str, names: &[&str]| {
            names.iter().fold(text.to_owned(), |text, name| text.replace(name, "_"))
        };
        assert_eq!(rest(&found.problem, &names), rest(&known.problem, &["Emily", "Tom", "Bob"]));
    }

    #[test]
    fn what_may_be_something_else_is_declined() {
        let check =
            |text: &str, why: &str| assert_eq!(said("names", text), format!("declined: {why}"), "{text}");
        check("A train has 5 cars.", "no given name");
        check("Will Ann come?", "a name that is a word too begins a sentence");
        check("Mr. Tom has 3 pears.", "a title stands before a name");
        check("Then Tom Baker has 3 pears.", "a surname stands behind a name");
        check("He lives in Georgia.", "a name that may be a place");
        check("Tim and Timothy have 3 pears.", "two names that may be one person's");
        check("Том and Tom have 3 pears.", "letters of another script");
    }

    #[test]
    fn a_person_stays_what_the_text_says() {
        for number in 0..10 {
            let found = varied("names", &problem("Sam ate 3 pears. Then she slept.", "3"), number).unwrap();
            let name = words(&found.problem)[0].text.to_owned();
            assert!(Names::ours().either.contains(&name), "{}", found.problem);
        }
    }
}
