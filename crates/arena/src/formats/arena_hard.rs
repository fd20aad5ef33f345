//! Arena-Hard-Auto: a judge's verdicts on a model against a baseline, both ways round.

use serde_json::Value;

use super::{NO_VERDICT, Reading, VoteFormat};
use crate::cells::Cells;
use crate::options::ReadOptions;
use crate::vote::{NamedVote, Outcome};

pub(super) struct ArenaHard;

impl VoteFormat for ArenaHard {
    fn name(&self) -> &'static str {
        "arena-hard"
    }

    fn about(&self) -> &'static str {
        "Arena-Hard-Auto: judgments, two games a row; in the first the baseline is shown first"
    }

    fn needs<'a>(&self, _: &'a ReadOptions) -> Vec<&'a str> {
        vec!["model", "baseline", "games"]
    }

    fn read(&self, row: Cells<'_>, options: &ReadOptions) -> Result<Vec<Reading>, String> {
        let games = row.get("games").and_then(Value::as_array).filter(|games| games.len() == 2);
        let games = games.ok_or("`games` is no list of two games")?;
        let (model, baseline) = (row.must("model")?, row.must("baseline")?);
        let problem = row.text("uid").or_else(|| row.text("question_id"));
        let sides = [[&baseline, &model], [&model, &baseline]];
        let vote = |(game, [first, second]): (&Value, [&String; 2])| {
            let Some(label) = game.get("score").and_then(Value::as_str) else {
                return Ok(Reading::KeptOut(NO_VERDICT));
            };
            let (share, strong) = verdict(label).ok_or_else(|| {
                format!("a game's score is `{label}`; expected A>>B, A>B, A=B, B>A or B>>A")
            })?;
            Ok(Reading::from(NamedVote {
                weight: if strong { options.strong_weight } else { 1.0 },
                problem: problem.clone(),
                judge: row.text("judge"),
                ..NamedVote::new(first.clone(), second.clone(), Outcome::share(share))
            }))
        };
        games.iter().zip(sides).map(vote).collect()
    }
}

/// How much is for A, and whether strongly so.
fn verdict(label: &str) -> Option<(f64, bool)> {
    let label = label.trim().trim_start_matches("[[").trim_end_matches("]]");
    let strong = label.contains(">>") || label.contains("<<");
    match label.replace(">>", ">").replace("<<", "<").as_str() {
        "A>B" | "B<A" => Some((1.0, strong)),
        "B>A" | "A<B" => Some((0.0, strong)),
        "A=B" | "B=A" => Some((0.5, false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{said, said_with};
    use super::*;

    #[test]
    fn two_games_a_row() {
        let row = |first: Value, second: Value| {
            json!({
                "uid": "u", "model": "m", "baseline": "base", "judge": "j",
                "games": [{"score": first}, {"score": second}],
            })
        };
        let check = |first: Value, second: Value, expect: &str| {
            assert_eq!(said(&ArenaHard, &row(first, second)), expect);
        };
        let both = |first: &str, second: &str| {
            format!("base:m {first} problem=u judge=j; m:base {second} problem=u judge=j")
        };
        check(json!("A>B"), json!("A>>B"), &both("1", "1"));
        check(json!("A<B"), json!("B>>A"), &both("0", "0"));
        check(json!("A=B"), json!("[[A<<B]]"), &both("0.5", "0"));
        check(json!(null), json!("A>B"), &format!("{NO_VERDICT}; m:base 1 problem=u judge=j"));
        check(json!("A"), json!("A>B"), "fault: a game's score is `A`; expected A>>B, A>B, A=B, B>A or B>>A");
        let heavy = ReadOptions { strong_weight: 3.0, ..ReadOptions::default() };
        let found = said_with(&ArenaHard, &row(json!("A>>B"), json!("A>B")), &heavy);
        assert_eq!(found, "base:m 1 problem=u judge=j weight=3; m:base 1 problem=u judge=j");
        let short = json!({"uid": "u", "model": "m", "baseline": "b", "games": []});
        assert_eq!(said(&ArenaHard, &short), "fault: `games` is no list of two games");
    }
}
