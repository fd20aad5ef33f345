//! Columns by their names: one vote a row, and whatever numbers stand beside it.

use serde_json::Value;

use super::{NO_VERDICT, Reading, VoteFormat, outcome};
use crate::cells::Cells;
use crate::markup;
use crate::options::{Field, ReadOptions};
use crate::vote::{NamedVote, Outcome};

pub(super) struct Columns;

impl VoteFormat for Columns {
    fn name(&self) -> &'static str {
        "columns"
    }

    fn about(&self) -> &'static str {
        "columns by their names, or as `--column` says; numbers that end in _a and _b are features"
    }

    fn needs<'a>(&self, options: &'a ReadOptions) -> Vec<&'a str> {
        let named = |field: Field| options.columns.get(&field).map_or(field.word(), String::as_str);
        let says = if options.columns.contains_key(&Field::Outcome) { Field::Outcome } else { Field::Winner };
        vec![named(Field::ModelA), named(Field::ModelB), named(says)]
    }

    fn read(&self, row: Cells<'_>, options: &ReadOptions) -> Result<Vec<Reading>, String> {
        let Some(outcome) = said(row, options)? else { return Ok(vec![Reading::KeptOut(NO_VERDICT)]) };
        let name =
            |field: Field| text(field, row, options).map(|name| name.trim().to_owned()).unwrap_or_default();
        let vote = NamedVote {
            weight: weight(row, options)?,
            problem: text(Field::Problem, row, options),
            voter: text(Field::Voter, row, options),
            judge: text(Field::Judge, row, options),
            at: value(Field::At, row, options).and_then(crate::cells::moment),
            features: features(row),
            ..NamedVote::new(name(Field::ModelA), name(Field::ModelB), outcome)
        };
        Ok(vec![ordered(vote, text(Field::Order, row, options).as_deref())?.into()])
    }
}

/// The column that holds it in this row.
fn column<'a>(field: Field, row: Cells<'_>, options: &'a ReadOptions) -> Option<&'a str> {
    let named = options.columns.get(&field).map(String::as_str);
    named.or_else(|| field.names().iter().copied().find(|name| row.0.contains_key(*name)))
}

fn value<'r>(field: Field, row: Cells<'r>, options: &ReadOptions) -> Option<&'r Value> {
    row.get(column(field, row, options)?)
}

fn text(field: Field, row: Cells<'_>, options: &ReadOptions) -> Option<String> {
    row.text(column(field, row, options)?)
}

/// The verdict; none where the row has none.
fn said(row: Cells<'_>, options: &ReadOptions) -> Result<Option<Outcome>, String> {
    let by_number =
        options.columns.contains_key(&Field::Outcome) || column(Field::Winner, row, options).is_none();
    if !by_number {
        return text(Field::Winner, row, options).map(|word| outcome(&word)).transpose();
    }
    let Some(value) = value(Field::Outcome, row, options) else { return Ok(None) };
    let share = crate::cells::number(value).filter(|share| (0.0..=1.0).contains(share));
    let share = share.ok_or_else(|| format!("the outcome is {value}; expected 0 to 1"))?;
    Ok(Some(Outcome::share(share)))
}

fn weight(row: Cells<'_>, options: &ReadOptions) -> Result<f64, String> {
    let Some(value) = value(Field::Weight, row, options) else { return Ok(1.0) };
    let weight = crate::cells::number(value).filter(|weight| *weight > 0.0);
    weight.ok_or_else(|| format!("the weight is {value}; expected a number above 0"))
}

/// The vote with the model that was shown first as its first.
fn ordered(vote: NamedVote, order: Option<&str>) -> Result<NamedVote, String> {
    match order {
        None | Some("ab" | "human") => Ok(vote),
        Some("ba") => Ok(vote.reversed()),
        Some(word) => Err(format!("the order is `{word}`; expected ab, ba or human")),
    }
}

/// Every pair of numbers, and the layout of both replies where these stand there and nobody counted.
fn features(row: Cells<'_>) -> Vec<(String, [f64; 2])> {
    let pair = |column: &String| {
        let name = column.strip_suffix("_a").filter(|name| *name != "model")?;
        Some((name.to_owned(), [row.number(column)?, row.number(&format!("{name}_b"))?]))
    };
    let mut found: Vec<(String, [f64; 2])> = row.0.keys().filter_map(pair).collect();
    let reply = |side: &str| {
        let columns = ["response", "conversation"].map(|name| format!("{name}_{side}"));
        columns.iter().find_map(|column| row.get(column).and_then(markup::reply))
    };
    if let Some((first, second)) = reply("a").zip(reply("b")) {
        let counted = markup::counts(&first, &second).into_iter();
        let new: Vec<_> = counted.filter(|(name, _)| found.iter().all(|(known, _)| known != name)).collect();
        found.extend(new);
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{said, said_with};
    use super::*;

    #[test]
    fn winners_and_shares() {
        let check = |row: Value, expect: &str| assert_eq!(said(&Columns, &row), expect, "{row}");
        check(json!({"model_a": "x", "model_b": "y", "winner": "model_a"}), "x:y 1");
        check(json!({"model_a": "x", "model_b": "y", "outcome": "0.25"}), "x:y 0.25");
        check(json!({"model_a": "x", "model_b": "y", "winner": null}), NO_VERDICT);
        check(
            json!({"model_a": "x", "model_b": "y", "winner": "draw"}),
            "fault: the winner is `draw`; expected model_a, model_b, tie, tie (bothbad) or both_bad",
        );
        check(
            json!({"model_a": "x", "model_b": "y", "outcome": 1.5}),
            "fault: the outcome is 1.5; expected 0 to 1",
        );
        check(
            json!({"model_a": "x", "model_b": "y", "outcome": 1, "weight": 0}),
            "fault: the weight is 0; expected a number above 0",
        );
        check(
            json!({"model_a": "x", "model_b": "y", "winner": "model_a", "order": "first"}),
            "fault: the order is `first`; expected ab, ba or human",
        );
    }

    #[test]
    fn what_stands_beside_them() {
        let row = json!({
            "model_a": "x", "model_b": "y", "winner": "model_a", "order": "ba", "question_id": 7, "annotator": "j",
            "timestamp": 5, "weight": 2, "answer_tokens_a": 10, "answer_tokens_b": "20", "note_a": "n", "note_b": 3,
        });
        assert_eq!(said(&Columns, &row), "y:x 0 problem=7 judge=j at=5 weight=2 answer_tokens=20/10");
        let texts = json!({
            "model_a": "x", "model_b": "y", "winner": "tie", "headers_a": 4, "headers_b": 5,
            "response_a": "- a", "response_b": "b",
        });
        let expect = "x:y 0.5 headers=4/5 lists=1/0 bold=0/0 answer_chars=3/1";
        assert_eq!(said(&Columns, &texts), expect);
    }

    #[test]
    fn other_names_are_said() {
        let named = [(Field::ModelA, "left"), (Field::ModelB, "right"), (Field::Outcome, "share")];
        let columns = named.map(|(field, name)| (field, name.to_owned())).into_iter().collect();
        let options = ReadOptions { columns, ..ReadOptions::default() };
        assert_eq!(Columns.needs(&options), ["left", "right", "share"]);
        let row = json!({"left": "x", "right": "y", "share": 0.5, "winner": "nonsense"});
        assert_eq!(said_with(&Columns, &row, &options), "x:y 0.5");
    }
}
