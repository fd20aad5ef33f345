//! Numbers in figures or in words: 5 and five, 1,000 and 1000.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Problem;

use super::{Declined, Variation};
use crate::draws::Draws;
use crate::figures::{Figure, Form, figures};
use crate::words::replaced;

const WORDS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// Writes whole numbers from 2 to 12 in words and the other way round, and sets or drops the comma of thousands.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Spelling {}

impl Component for Spelling {
    const KIND: &'static str = "spelling";
    const ABOUT: &'static str = "5 as five and five as 5, 1,000 as 1000: the same numbers";
    type Built = dyn Variation;

    fn build(self, _: &mut Content) -> Result<Box<dyn Variation>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Variation for Spelling {
    fn apply(&self, problem: &Problem, _: &mut Draws) -> Result<Problem, Declined> {
        let text = &problem.problem;
        if text.contains(['$', '\\', '`']) && text.contains(['\\', '`', '^']) {
            return Err(Declined("it holds a formula or code"));
        }
        let all = figures(text);
        let changes: Vec<_> =
            all.iter().filter_map(|figure| Some((figure.span.clone(), other_form(figure, text)?))).collect();
        if changes.is_empty() {
            return Err(Declined("no number that can be written otherwise"));
        }
        Ok(Problem { problem: replaced(text, changes), ..problem.clone() })
    }
}

/// The number as it may be written too.
fn other_form(figure: &Figure, text: &str) -> Option<String> {
    let written = &text[figure.span.clone()];
    match figure.form {
        // "one" is as often no number as it is one.
        Form::Word => {
            let place = WORDS.iter().position(|word| *word == written)?;
            (place >= 2).then(|| place.to_string())
        }
        Form::Digits => {
            let place: usize =
                written.parse().ok().filter(|place| (2..=12).contains(place) || *place >= 1000)?;
            if place < 1000 {
                // In front of a unit or a sign it would look odd.
                return figure.is_bare.then(|| WORDS[place].to_owned());
            }
            Some(tables::thousands(place as u64))
        }
        Form::Grouped => Some(written.replace(',', "")).filter(|bare| !bare.contains('.')),
        Form::Kept => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::said;

    #[test]
    fn numbers_are_written_otherwise() {
        let check = |text: &str, expect: &str| assert_eq!(said("spelling", text), expect);
        check("She has 5 pears and three figs.", "She has five pears and 3 figs.");
        check("It costs $5 and 12 people pay 1,200 each.", "It costs $5 and twelve people pay 1200 each.");
        check("There are 2500 books on one shelf.", "There are 2,500 books on one shelf.");
        check(
            "In 1995 at 5 p.m. he won the 3rd of 1/2.",
            "declined: no number that can be written otherwise",
        );
        check("Find $x^2 + 3$.", "declined: it holds a formula or code");
        check("A 5-mile walk of 5 hours.", "A 5-mile walk of five hours.");
    }
}
