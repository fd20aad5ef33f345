//! FastChat: battles between anonymous models, cleaned.

use super::{NO_VERDICT, Reading, VoteFormat, lmarena, outcome};
use crate::cells::Cells;
use crate::options::ReadOptions;
use crate::vote::NamedVote;

pub(super) struct FastChat;

impl VoteFormat for FastChat {
    fn name(&self) -> &'static str {
        "fastchat"
    }

    fn about(&self) -> &'static str {
        "FastChat: clean_battle_….json, one battle a row; only those between anonymous models"
    }

    fn needs<'a>(&self, _: &'a ReadOptions) -> Vec<&'a str> {
        vec!["model_a", "model_b", "winner", "anony", "tstamp"]
    }

    fn read(&self, row: Cells<'_>, options: &ReadOptions) -> Result<Vec<Reading>, String> {
        let anonymous = row.number("anony").ok_or("`anony` is neither true nor false")? > 0.0;
        if !anonymous && !options.known_models {
            return Ok(vec![Reading::KeptOut("not anonymous: who voted knew the models")]);
        }
        let Some(word) = row.text("winner") else { return Ok(vec![Reading::KeptOut(NO_VERDICT)]) };
        let (first, second) = lmarena::models(row);
        let vote = NamedVote {
            // Rows carry the question's id only where questions are drawn from a set; else each is its own.
            problem: None,
            voter: row.text("judge"),
            at: row.get("tstamp").and_then(crate::cells::moment),
            features: lmarena::features(row),
            ..NamedVote::new(first, second, outcome(&word)?)
        };
        Ok(vec![vote.into()])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{said, said_with};
    use super::*;

    #[test]
    fn battles() {
        let battle = |winner: &str, anony: bool| json!({"model_a": "x", "model_b": "y", "winner": winner, "anony": anony, "tstamp": 12.5, "judge": "p1"});
        let check = |winner: &str, expect: &str| assert_eq!(said(&FastChat, &battle(winner, true)), expect);
        check("model_a", "x:y 1 voter=p1 at=12.5");
        check("model_b", "x:y 0 voter=p1 at=12.5");
        check("tie (bothbad)", "x:y 0.5 voter=p1 at=12.5 bad=both");
        check("", NO_VERDICT);
        check(
            "Model A",
            "fault: the winner is `Model A`; expected model_a, model_b, tie, tie (bothbad) or both_bad",
        );
        let named = battle("tie", false);
        assert_eq!(said(&FastChat, &named), "not anonymous: who voted knew the models");
        let all = ReadOptions { known_models: true, ..ReadOptions::default() };
        assert_eq!(said_with(&FastChat, &named, &all), "x:y 0.5 voter=p1 at=12.5");
        let row = json!({"model_a": "x", "model_b": "y", "winner": "tie", "anony": "perhaps", "tstamp": 1});
        assert_eq!(said(&FastChat, &row), "fault: `anony` is neither true nor false");
    }
}
