//! LMArena: published votes of people, with what was counted in both conversations.

use serde_json::Value;

use super::{NO_VERDICT, Reading, VoteFormat, outcome};
use crate::cells::{Cells, moment, number};
use crate::markup;
use crate::options::ReadOptions;
use crate::vote::NamedVote;

pub(super) struct LmArena;

impl VoteFormat for LmArena {
    fn name(&self) -> &'static str {
        "lmarena"
    }

    fn about(&self) -> &'static str {
        "LMArena: human preferences (100k, 140k), with `conv_metadata`"
    }

    fn needs<'a>(&self, _: &'a ReadOptions) -> Vec<&'a str> {
        vec!["model_a", "model_b", "winner", "conv_metadata"]
    }

    fn read(&self, row: Cells<'_>, _: &ReadOptions) -> Result<Vec<Reading>, String> {
        let Some(word) = row.text("winner") else { return Ok(vec![Reading::KeptOut(NO_VERDICT)]) };
        let (first, second) = models(row);
        let vote = NamedVote {
            voter: row.text("judge_hash").or_else(|| row.text("judge")),
            at: row.get("timestamp").or_else(|| row.get("tstamp")).and_then(moment),
            features: features(row),
            ..NamedVote::new(first, second, outcome(&word)?)
        };
        Ok(vec![vote.into()])
    }
}

/// Both names; one that is missing is empty, and such a vote is kept out.
pub(super) fn models(row: Cells<'_>) -> (String, String) {
    let name = |column| row.text(column).map(|name| name.trim().to_owned()).unwrap_or_default();
    (name("model_a"), name("model_b"))
}

/// What `conv_metadata` counts, else what the conversations show.
pub(super) fn features(row: Cells<'_>) -> Vec<(String, [f64; 2])> {
    let parsed = row.get("conv_metadata").and_then(Value::as_str).map(serde_json::from_str::<Value>);
    let text = parsed.and_then(Result::ok);
    if let Some(counted) = text.as_ref().or_else(|| row.get("conv_metadata")) {
        let pair = |name: &str, of: fn(&str) -> String| {
            let [a, b] = ["a", "b"].map(|side| counted.get(of(side)).and_then(total));
            Some((name.to_owned(), [a?, b?]))
        };
        return [
            pair("answer_tokens", |side| format!("sum_assistant_{side}_tokens")),
            pair(markup::HEADERS, |side| format!("header_count_{side}")),
            pair(markup::LISTS, |side| format!("list_count_{side}")),
            pair(markup::BOLD, |side| format!("bold_count_{side}")),
        ]
        .into_iter()
        .flatten()
        .collect();
    }
    let [a, b] = ["conversation_a", "conversation_b"].map(|name| row.get(name).and_then(markup::reply));
    a.zip(b).map(|(a, b)| markup::counts(&a, &b)).unwrap_or_default()
}

/// A count, or the sum of the counts of each kind.
fn total(value: &Value) -> Option<f64> {
    match value {
        Value::Object(kinds) => Some(kinds.values().filter_map(number).sum()),
        value => number(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::said;
    use super::*;

    #[test]
    fn votes_with_counts() {
        let row = |winner: &str| {
            json!({
                "model_a": "x", "model_b": "y", "winner": winner, "judge_hash": "h", "timestamp": "1970-01-01T00:01:00Z",
                "conv_metadata": {
                    "sum_assistant_a_tokens": 10, "sum_assistant_b_tokens": 20,
                    "header_count_a": {"h1": 1, "h2": 2}, "header_count_b": {"h1": 0},
                    "list_count_a": {"ordered": 1, "unordered": null}, "list_count_b": {"ordered": 0},
                    "bold_count_a": {"**": 4, "__": 1}, "bold_count_b": 2,
                },
            })
        };
        let rest = " answer_tokens=10/20 headers=3/0 lists=1/0 bold=5/2";
        assert_eq!(said(&LmArena, &row("both_bad")), format!("x:y 0.5 voter=h at=60 bad=both{rest}"));
        assert_eq!(said(&LmArena, &row("model_a")), format!("x:y 1 voter=h at=60{rest}"));
        assert!(said(&LmArena, &row("draw")).starts_with("fault: the winner is `draw`"));
        let text = json!({"model_a": "x", "model_b": "y", "winner": "tie", "conv_metadata": "{\"header_count_a\": 1, \"header_count_b\": 2}"});
        assert_eq!(said(&LmArena, &text), "x:y 0.5 headers=1/2");
    }

    #[test]
    fn conversations_are_counted_where_nobody_did() {
        let turns =
            |text: &str| json!([{"role": "user", "content": "?"}, {"role": "assistant", "content": text}]);
        let row = json!({"conversation_a": turns("# A\n- b"), "conversation_b": turns("**c**")});
        let found = features(Cells(row.as_object().unwrap()));
        assert_eq!(found[0], ("headers".to_owned(), [1.0, 0.0]));
        assert_eq!(found[3], ("answer_chars".to_owned(), [7.0, 5.0]));
    }
}
