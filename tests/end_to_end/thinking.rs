//! How thinking gets from what people have into a report, and how thinking that nobody saw is shown.

use serde_json::{Value, json};
use tables::{Finish, Row, Score, TableReader};

use crate::support::{Done, Place};

fn run(rows: &[Value]) -> (Place, Done) {
    let place = Place::new();
    place.write("in.jsonl", &rows.iter().map(|row| format!("{row}\n")).collect::<String>());
    let done = place.succeed(&["run", "recorded", "--set", "dataset.path=in.jsonl"]);
    (place, done)
}

fn rows<R: Row>(place: &Place, name: &str) -> Vec<R> {
    let path = place.path(&format!("runs/recorded/m/{name}.parquet"));
    TableReader::open(&path).unwrap().map(Result::unwrap).collect()
}

/// A figure over all replies as the report prints it for programs.
fn figure(place: &Place, name: &str) -> Option<f64> {
    let rows: Vec<tables::MetricValue> = TableReader::open(&place.path("runs/recorded/metrics.parquet"))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let overall = |row: &&tables::MetricValue| {
        row.metric == name && row.subset == tables::MetricValue::OVERALL && row.scope == "all"
    };
    rows.iter().find(overall).and_then(|row| row.value)
}

fn asked(more: Value) -> Value {
    let mut row = json!({"question": "What is 17 + 25?", "gold": "42", "model": "m"});
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

#[test]
fn hidden_thinking_has_the_servers_length_and_nothing_else() {
    let reply = "The answer is 42.";
    let (place, done) = run(&[
        asked(json!({"response": reply, "reasoning": null, "reasoning_tokens": 256})),
        asked(json!({"response": reply, "usage": {"completion_tokens_details": {"reasoning_tokens": 512}}})),
    ]);
    let scores: Vec<Score> = rows(&place, "scores");
    assert_eq!(scores.iter().map(|score| score.reasoning_tokens).collect::<Vec<_>>(), [Some(256), Some(512)]);
    assert!(scores.iter().all(|score| score.reasoning_source == "hidden"), "{scores:?}");
    assert_eq!(figure(&place, "reasoning_tokens"), Some(384.0));
    assert_eq!(figure(&place, "accuracy"), Some(1.0));
    for name in ["first_correct_tokens", "reflection_tokens", "token_efficiency", "thought_switches"] {
        assert_eq!(figure(&place, name), None, "{name}");
    }
    let told = "2 whose thinking is hidden: its length is the server's count";
    assert!(one_line(&done.stdout).contains(told), "{}", done.stdout);
    assert!(one_line(&place.read("runs/recorded/report.md")).contains(told));
}

/// The text without its line breaks, which follow the width of the terminal.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn redacted_thinking_that_nobody_counted_has_no_length() {
    let turns = json!([{"role": "user", "content": "What is 17 + 25?"}, {"role": "assistant", "content": [
        {"type": "redacted_thinking", "data": "Em"}, {"type": "text", "text": "The sum is 42."}]}]);
    let (place, done) = run(&[json!({"messages": turns, "answer": "42", "model": "m"})]);
    assert_eq!(figure(&place, "reasoning_tokens"), None);
    assert!(one_line(&done.stdout).contains("1 of these without a count"), "{}", done.stdout);
}

#[test]
fn an_empty_reply_at_the_limit_is_wrong_cut_and_empty() {
    let (place, done) = run(&[
        asked(
            json!({"response": "The answer is 42.", "reasoning": "17 + 25 = 42.", "finish_reason": "stop"}),
        ),
        json!({"question": "What is 24 * 25?", "gold": "600", "model": "m", "response": "", "finish_reason": "length"}),
    ]);
    assert_eq!(figure(&place, "accuracy"), Some(0.5));
    let told = one_line(&done.stdout);
    assert!(told.contains("1 cut by the token limit; 1 empty; 1 without a final answer"), "{told}");
    let scores: Vec<Score> = rows(&place, "scores");
    assert_eq!(scores.iter().map(|score| score.finish).collect::<Vec<_>>(), [Finish::Stop, Finish::Length]);
}

#[test]
fn blank_thinking_is_none_in_tags_and_in_a_field() {
    for row in [
        json!({"response": "<think>\n\n</think>\n\nThe answer is 42."}),
        json!({"response": "The answer is 42.", "reasoning_content": "\n"}),
    ] {
        let (place, done) = run(&[asked(row)]);
        assert_eq!(
            (figure(&place, "reasoning_tokens"), figure(&place, "token_efficiency")),
            (Some(0.0), None)
        );
        assert!(one_line(&done.stdout).contains("1 that did not think"), "{}", done.stdout);
    }
}

#[test]
fn an_end_that_nobody_knows_is_shown() {
    let ends = ["abort", "SAFETY", "abort", "FinishReason.MAX_TOKENS"];
    let rows: Vec<Value> = ends
        .iter()
        .map(|end| asked(json!({"response": "<think>hm, let me", "finish_reason": end})))
        .collect();
    let (_, done) = run(&rows);
    let told = one_line(&done.stdout);
    assert!(told.contains("1 cut by the token limit"), "{told}");
    assert!(told.contains("3 that ended for another reason (“SAFETY” 1, “abort” 2)"), "{told}");
}

#[test]
fn thinking_is_measured_without_the_problems_text() {
    let thinking = "17 + 20 = 37, plus 5 = 42.\n\nWait, let me check: 42 - 25 = 17.\n\nAlternatively, count. So the answer is 42.";
    let (place, done) =
        run(&[json!({"model": "m", "response": format!("<think>{thinking}</think>The answer is 42.")})]);
    let score = rows::<Score>(&place, "scores").remove(0);
    assert!(score.reasoning_tokens > Some(20) && score.steps == 3, "{score:?}");
    assert_eq!(score.thought_switches, Some(1));
    assert!(score.own_answer_arrival.is_some() && score.solutions.is_some(), "{score:?}");
    assert_eq!((figure(&place, "accuracy"), figure(&place, "token_efficiency")), (None, None));
    assert!(done.stderr.contains("1 of 1 problems have no text"), "{}", done.stderr);
    place.succeed(&["show", "runs/recorded", &score.problem_id]);
}

#[test]
fn thinking_is_found_in_the_notations_of_many_models() {
    for reply in [
        "analysisWe add 17 and 25: 42.assistantfinalIt is 42.",
        "<|channel|>analysis<|message|>We add.<|end|><|start|>assistant<|channel|>analysis<|message|>17 + 25 = 42.<|end|><|start|>assistant<|channel|>final<|message|>It is 42.<|return|>",
        "<|channel>thought\nWe add 17 and 25: 42.\n<channel|>It is 42.",
        "<mm:think>We add 17 and 25: 42.</mm:think>It is 42.",
    ] {
        let (place, _) = run(&[asked(json!({"response": reply}))]);
        let generation = rows::<tables::Generation>(&place, "generations").remove(0);
        assert_eq!(
            (generation.answer_text.as_str(), generation.reasoning_source.as_str()),
            ("It is 42.", "tags")
        );
        assert!(
            generation.reasoning.contains("We add") && generation.reasoning.contains("42"),
            "{generation:?}"
        );
    }
}
