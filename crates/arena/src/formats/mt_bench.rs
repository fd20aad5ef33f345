//! MT-bench: a judge's verdicts on pairs of models, both ways round.

use serde_json::Value;

use super::{NO_VERDICT, Reading, VoteFormat};
use crate::cells::Cells;
use crate::options::ReadOptions;
use crate::vote::{NamedVote, Outcome};

pub(super) struct MtBench;

impl VoteFormat for MtBench {
    fn name(&self) -> &'static str {
        "mt-bench"
    }

    fn about(&self) -> &'static str {
        "MT-bench: pair judgments, two games a row; in the second the other model is shown first"
    }

    fn needs<'a>(&self, _: &'a ReadOptions) -> Vec<&'a str> {
        vec!["model_1", "model_2", "g1_winner", "g2_winner"]
    }

    fn read(&self, row: Cells<'_>, _: &ReadOptions) -> Result<Vec<Reading>, String> {
        let models = [row.must("model_1")?, row.must("model_2")?];
        let game = |column: &str, first: usize| {
            let Some(word) = row.text(column).filter(|word| word != "error") else {
                return Ok(Reading::KeptOut(NO_VERDICT));
            };
            let share = match (word.as_str(), first) {
                ("tie", _) => 0.5,
                ("model_1", 0) | ("model_2", 1) => 1.0,
                ("model_1" | "model_2", _) => 0.0,
                _ => return Err(format!("`{column}` is `{word}`; expected model_1, model_2, tie or error")),
            };
            let [shown, other] = [first, 1 - first].map(|at| models[at].clone());
            Ok(Reading::from(NamedVote {
                problem: row.text("question_id"),
                judge: judge(row),
                at: row.get("tstamp").and_then(crate::cells::moment),
                ..NamedVote::new(shown, other, Outcome::share(share))
            }))
        };
        Ok(vec![game("g1_winner", 0)?, game("g2_winner", 1)?])
    }
}

/// A name, or a name and the prompt that was used.
fn judge(row: Cells<'_>) -> Option<String> {
    match row.get("judge")? {
        Value::Array(parts) => parts.first()?.as_str().map(str::to_owned),
        value => value.as_str().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::said;
    use super::*;

    #[test]
    fn two_games_a_row() {
        let check = |first: &str, second: &str, expect: &str| {
            let row = json!({
                "question_id": 81, "model_1": "x", "model_2": "y", "g1_winner": first, "g2_winner": second,
                "judge": ["j", "pair-v2"],
            });
            assert_eq!(said(&MtBench, &row), expect);
        };
        let both = |first: &str, second: &str| {
            format!("x:y {first} problem=81 judge=j; y:x {second} problem=81 judge=j")
        };
        check("model_1", "model_1", &both("1", "0"));
        check("model_2", "model_2", &both("0", "1"));
        check("tie", "model_1", &both("0.5", "0"));
        check("error", "tie", &format!("{NO_VERDICT}; y:x 0.5 problem=81 judge=j"));
        check("model_3", "tie", "fault: `g1_winner` is `model_3`; expected model_1, model_2, tie or error");
    }
}
