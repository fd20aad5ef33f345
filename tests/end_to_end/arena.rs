//! `thinkmeter arena`: votes to ratings, and what is refused.

use serde_json::{Value, json};

use crate::support::{Done, Place};

fn fitted(place: &Place, args: &[&str]) -> Done {
    place.run(&[&["arena", "fit"], args].concat())
}

/// Votes of four models on twenty problems: `long` thinks and writes more and is preferred for that, `none` lost everything.
fn votes(place: &Place) {
    let mut lines = String::new();
    let models = ["long", "short", "plain"];
    let length = |model: &str| if model == "long" { 900 } else { 300 };
    for at in 0..90_u32 {
        let (a, b) = [(0, 1), (1, 2), (2, 0)][at as usize % 3];
        let (a, b) = if at % 2 == 0 { (models[a], models[b]) } else { (models[b], models[a]) };
        let longer = length(a).cmp(&length(b));
        let winner = match (at * 7 % 10, longer) {
            (0..3, std::cmp::Ordering::Greater) | (3.., std::cmp::Ordering::Less) => "model_b",
            (9, _) => "tie",
            (0..5, std::cmp::Ordering::Equal) => "model_b",
            _ => "model_a",
        };
        let row = json!({
            "model_a": a, "model_b": b, "winner": winner, "problem_id": format!("q{}", at % 30),
            "answer_tokens_a": length(a) + at * 3 % 11 * 20, "answer_tokens_b": length(b) + at * 5 % 7 * 20,
            "thinking_tokens_a": length(a) * 4 + at % 13 * 50, "thinking_tokens_b": length(b) * 4 + at % 17 * 40,
        });
        lines += &format!("{row}\n");
    }
    for at in 0..6 {
        let row = json!({"model_a": "none", "model_b": "plain", "winner": "model_b", "problem_id": format!("q{at}")});
        lines += &format!("{row}\n");
    }
    lines += "{\"model_a\": \"long\", \"model_b\": \"long\", \"winner\": \"tie\", \"problem_id\": \"q1\"}\n";
    place.write("votes.jsonl", &lines);
}

#[test]
fn votes_become_ratings() {
    let place = Place::new();
    votes(&place);
    let done = fitted(&place, &["votes.jsonl", "--control", "answer_tokens,position"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    insta::assert_snapshot!("arena_table", done.stdout);
    let json = fitted(&place, &["votes.jsonl", "--format", "json"]);
    let value: Value = serde_json::from_str(&json.stdout).unwrap();
    let island = &value["islands"][0];
    assert_eq!((&island["cluster"], &island["clusters"]), (&json!("problem"), &json!(30)));
    assert_eq!(island["ratings"][3]["model"], "none");
    assert_eq!(island["ratings"][3]["score"], Value::Null);
    assert_eq!(island["ratings"][3]["bound"]["above"], false);
    assert_eq!(value["files"][0]["kept_out"][0]["reason"], "a model against itself");
    assert!(island["efficiency"]["coefficients"][0]["name"] == "thinking_tokens");
    let again = fitted(&place, &["votes.jsonl", "--format", "json"]);
    assert_eq!(again.stdout, json.stdout, "the same seed, the same bytes");
}

#[test]
fn every_format_is_written() {
    let place = Place::new();
    votes(&place);
    for (format, expect) in [
        ("md", "| long |"),
        ("csv", "group,model,votes,wins,ties,score,se,low,high,at_least,at_most,rank"),
        ("jsonl", "\"model\":\"none\""),
        ("html", "<h1>Ratings from votes</h1>"),
        ("html", "<svg role=\"img\" aria-label=\"long: "),
    ] {
        let done = fitted(&place, &["votes.jsonl", "--control", "thinking_tokens", "--format", format]);
        assert!(done.stdout.contains(expect), "{format}: {}{}", done.stdout, done.stderr);
        assert!(!done.stdout.contains("<script"), "{format}");
    }
}

#[test]
fn names_cannot_become_markup() {
    let place = Place::new();
    let vote = |winner: &str| json!({"model_a": "<b>x</b>", "model_b": "\u{1b}[2Jy", "winner": winner});
    place.write("votes.jsonl", &format!("{}\n{}\n", vote("model_a"), vote("model_b")));
    let page = fitted(&place, &["votes.jsonl", "--format", "html"]).stdout;
    assert!(page.contains("&lt;b&gt;x") && !page.contains("<b>x"), "{page}");
    assert!(!fitted(&place, &["votes.jsonl"]).stdout.contains('\u{1b}'));
}

#[test]
fn what_is_no_vote_is_refused_with_its_place() {
    let place = Place::new();
    votes(&place);
    place.write("draw.csv", "model_a,model_b,winner\nx,y,model_a\nx,y,draw\n");
    let check = |args: &[&str], code: i32, expect: &str| {
        let done = fitted(&place, args);
        assert!(done.code == code && done.stderr.contains(expect), "{} {}", done.code, done.stderr);
    };
    check(&["draw.csv"], 3, "draw.csv:3: the winner is `draw`; expected model_a");
    check(&["votes.jsonl", "--control", "answer_token"], 3, "did you mean `answer_tokens`?");
    check(&["votes.jsonl", "--anchor", "lung"], 3, "unknown model `lung` (did you mean `long`?)");
    check(&["votes.jsonl", "--anchor", "long=much"], 2, "`much` is no number of points");
    check(&["votes.jsonl", "--column", "winer=verdict"], 2, "did you mean `winner`?");
    check(&["votes.jsonl", "--votes-format", "fastchats"], 3, "did you mean `fastchat`?");
    check(&["nothing.jsonl"], 3, "nothing.jsonl");
}
