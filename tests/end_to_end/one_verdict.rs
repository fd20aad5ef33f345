//! Whether a reply is right is decided once: score, judge, curation and `thinkmeter grade` agree, however it is said.

use serde_json::{Value, json};
use tables::{Grade, Judgment, Row, Score, TableReader, Verdict};

use crate::support::Place;

const REPLIES: [&str; 4] = ["The answer is 5.", "(B)", "**B**", "B) 5"];
const WRONG: &str = "The answer is 4.";

fn rows<R: Row>(place: &Place, name: &str) -> Vec<R> {
    let path = place.path(&format!("runs/recorded/m/{name}.parquet"));
    TableReader::open(&path).unwrap().map(Result::unwrap).collect()
}

fn trace(id: usize, reply: &str) -> Value {
    let thinking =
        "Two and three are added.\n\nSo 2 + 3 = 5, the answer is 5.\n\nThat is one more than 4. Good.";
    json!({
        "id": format!("p{id}"), "problem": "What is 2 + 3?", "choices": ["4", "5", "6"], "answer": "B", "model": "m",
        "response": format!("<think>{thinking}</think>{reply}"),
    })
}

fn lines(rows: impl Iterator<Item = Value>) -> String {
    rows.map(|row| format!("{row}\n")).collect()
}

#[test]
fn an_option_is_right_by_its_letter_and_by_its_value_wherever_it_is_asked() {
    let place = Place::new();
    let replies = || REPLIES.into_iter().chain([WRONG]).enumerate();
    place.write("traces.jsonl", &lines(replies().map(|(id, reply)| trace(id, reply))));
    place.succeed(&["run", "recorded", "--set", "dataset.path=traces.jsonl"]);

    let verdicts: Vec<Verdict> = rows::<Grade>(&place, "grades").iter().map(|grade| grade.verdict).collect();
    let expect = [[Verdict::Right; 4].as_slice(), &[Verdict::Wrong]].concat();
    assert_eq!(verdicts, expect);
    let scores: Vec<Score> = rows(&place, "scores");
    assert_eq!(scores.iter().map(|score| score.grade).collect::<Vec<_>>(), expect);
    let shares: Vec<Option<f64>> = scores.iter().map(|score| score.token_efficiency).collect();
    assert!(shares[0].is_some_and(|share| share < 1.0), "{shares:?}");
    assert!(shares[..4].iter().all(|share| *share == shares[0]), "{shares:?}");
    let judgments: Vec<Judgment> = rows(&place, "judgments");
    assert!(judgments[..4].iter().all(|row| row.step == Some(1)), "{judgments:?}");

    place.succeed(&["curate", "stepwise", "runs/recorded", "-o", "steps"]);
    let left: Vec<Value> =
        place.read("steps/left_out.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(left.iter().all(|row| row["reason"] != "undecided"), "{left:?}");

    let pair = |reply| json!({"gold": "B", "choices": ["4", "5", "6"], "pred": reply, "kind": "reply_raw"});
    place.write("pairs.jsonl", &lines(replies().map(|(_, reply)| pair(reply))));
    let said = place.succeed(&["grade", "pairs.jsonl"]).stdout;
    let words: Vec<bool> = said.lines().map(|line| line.contains("\"verdict\":\"equal\"")).collect();
    assert_eq!(words, [true, true, true, true, false]);
}
