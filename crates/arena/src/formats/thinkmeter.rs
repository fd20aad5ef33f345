//! Votes that `thinkmeter arena make`, or a pipeline with an `[arena]`, made.

use super::{Reading, VoteFormat};
use crate::cells::Cells;
use crate::making::FEATURES;
use crate::options::ReadOptions;
use crate::vote::{NamedVote, Outcome};

pub(super) struct Thinkmeter;

/// Whether a reply is right; beside what may be held equal.
pub(crate) const RIGHT: &str = "right";

impl VoteFormat for Thinkmeter {
    fn name(&self) -> &'static str {
        "thinkmeter"
    }

    fn about(&self) -> &'static str {
        "thinkmeter's own: votes of `arena make` or of a pipeline with an `[arena]`"
    }

    fn needs<'a>(&self, _: &'a ReadOptions) -> Vec<&'a str> {
        vec!["problem_id", "model_a", "model_b", "order", "state", "outcome", "weight"]
    }

    fn read(&self, row: Cells<'_>, _: &ReadOptions) -> Result<Vec<Reading>, String> {
        let state = row.must("state")?;
        match state.as_str() {
            "judged" | "graded" | "same" => {}
            "no_verdict" => return Ok(vec![Reading::KeptOut("a reply without a verdict")]),
            "failed" => return Ok(vec![Reading::KeptOut("a call that failed")]),
            "unasked" => return Ok(vec![Reading::KeptOut("a pair that nobody was asked about")]),
            word => return Err(format!("the state is `{word}`, which is none of ours")),
        }
        let share = row.number("outcome").filter(|share| (0.0..=1.0).contains(share));
        let share = share.ok_or("the outcome is no number from 0 to 1")?;
        let weight = row.number("weight").filter(|weight| *weight > 0.0);
        let order = row.must("order")?;
        let pair = |name: &str| {
            let both = [row.number(&format!("{name}_a"))?, row.number(&format!("{name}_b"))?];
            Some((name.to_owned(), both))
        };
        let vote = NamedVote {
            weight: weight.ok_or("the weight is no number above 0")?,
            placed: order != tables::Vote::UNSHOWN,
            problem: row.text("problem_id"),
            cluster: row.text("cluster"),
            judge: row.text("judge"),
            features: FEATURES.into_iter().chain([RIGHT]).filter_map(pair).collect(),
            ..NamedVote::new(row.must("model_a")?, row.must("model_b")?, Outcome::share(share))
        };
        Ok(vec![if order == "ba" { vote.reversed() } else { vote }.into()])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::said;
    use super::*;

    fn row(more: Value) -> Value {
        let mut row = json!({
            "problem_id": "p", "model_a": "x", "model_b": "y", "order": "ab", "state": "judged", "outcome": 1.0,
            "weight": 1.0, "judge": "j", "answer_tokens_a": 10, "answer_tokens_b": 20, "right_a": true, "right_b": false,
        });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    }

    #[test]
    fn whoever_was_shown_first_stands_first() {
        let check = |more: Value, expect: &str| assert_eq!(said(&Thinkmeter, &row(more)), expect);
        check(json!({}), "x:y 1 problem=p judge=j answer_tokens=10/20 right=1/0");
        check(json!({"order": "ba"}), "y:x 0 problem=p judge=j answer_tokens=20/10 right=0/1");
        let graded = json!({"order": "none", "state": "graded", "weight": 2, "judge": null, "cluster": "c"});
        check(graded, "x:y 1 problem=p cluster=c weight=2 place=unknown answer_tokens=10/20 right=1/0");
    }

    #[test]
    fn what_is_no_vote_is_told_apart() {
        let check = |more: Value, expect: &str| assert_eq!(said(&Thinkmeter, &row(more)), expect);
        check(json!({"state": "no_verdict", "outcome": null}), "a reply without a verdict");
        check(json!({"state": "failed", "outcome": null}), "a call that failed");
        check(json!({"state": "unasked", "outcome": null}), "a pair that nobody was asked about");
        check(json!({"state": "won"}), "fault: the state is `won`, which is none of ours");
        check(json!({"outcome": 2}), "fault: the outcome is no number from 0 to 1");
        check(json!({"outcome": null}), "fault: the outcome is no number from 0 to 1");
        check(json!({"weight": 0}), "fault: the weight is no number above 0");
    }
}
