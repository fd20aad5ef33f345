//! AlpacaEval: a judge's preferences between two outputs, as a number from 1 to 2.

use super::{NO_VERDICT, Reading, VoteFormat};
use crate::cells::Cells;
use crate::markup;
use crate::options::ReadOptions;
use crate::vote::{NamedVote, Outcome};

pub(super) struct AlpacaEval;

impl VoteFormat for AlpacaEval {
    fn name(&self) -> &'static str {
        "alpaca-eval"
    }

    fn about(&self) -> &'static str {
        "AlpacaEval: annotations.json, a preference from 1 (first) to 2 (second)"
    }

    fn needs<'a>(&self, _: &'a ReadOptions) -> Vec<&'a str> {
        vec!["generator_1", "generator_2", "preference"]
    }

    fn read(&self, row: Cells<'_>, _: &ReadOptions) -> Result<Vec<Reading>, String> {
        let share = match row.get("preference") {
            None => return Ok(vec![Reading::KeptOut(NO_VERDICT)]),
            Some(value) => match crate::cells::number(value) {
                Some(0.0) => 0.5,
                Some(preference) if (1.0..=2.0).contains(&preference) => 2.0 - preference,
                _ => return Err(format!("`preference` is {value}; expected 1 to 2, 0 for a tie, or null")),
            },
        };
        let name = |column| row.text(column).map(|name| name.trim().to_owned()).unwrap_or_default();
        let texts = row.text("output_1").zip(row.text("output_2"));
        let vote = NamedVote {
            problem: row.text("instruction"),
            judge: row.text("annotator"),
            // The judge saw them in an order that is drawn and not written down.
            placed: false,
            features: texts.map(|(first, second)| markup::counts(&first, &second)).unwrap_or_default(),
            ..NamedVote::new(name("generator_1"), name("generator_2"), Outcome::share(share))
        };
        Ok(vec![vote.into()])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::said;
    use super::*;

    #[test]
    fn preferences() {
        let check = |preference: Value, expect: &str| {
            let row = json!({
                "instruction": "q", "generator_1": "x", "generator_2": "y", "annotator": "j", "preference": preference,
            });
            assert_eq!(said(&AlpacaEval, &row), expect);
        };
        let vote = |share: &str| format!("x:y {share} problem=q judge=j place=unknown");
        check(json!(1), &vote("1"));
        check(json!(2.0), &vote("0"));
        check(json!(1.25), &vote("0.75"));
        check(json!(1.5), &vote("0.5"));
        check(json!(0), &vote("0.5"));
        check(json!(null), NO_VERDICT);
        check(json!(3), "fault: `preference` is 3; expected 1 to 2, 0 for a tie, or null");
        check(json!("x"), "fault: `preference` is \"x\"; expected 1 to 2, 0 for a tie, or null");
    }

    #[test]
    fn outputs_are_counted() {
        let row = json!({
            "generator_1": "x", "generator_2": "y", "preference": 1, "output_1": "- a", "output_2": "b",
        });
        assert_eq!(
            said(&AlpacaEval, &row),
            "x:y 1 place=unknown headers=0/0 lists=1/0 bold=0/0 answer_chars=3/1"
        );
    }
}
