//! `thinkmeter calibrate`: judges held against labels.

use serde_json::{Value, json};
use testkit::{Asked, Behaviour, Chain, Doubter, Replies, Said, Script, ScriptedServer, chain_states};

use crate::support::Place;

const STEPWISE: &str = r#"{"id": "a", "problem": "Add 1 and 2.", "steps": ["One and two.", "That is 4."], "label": 1, "final_answer_correct": false}
{"id": "b", "problem": "Add 2 and 2.", "steps": ["Two and two.", "That is 4."], "label": -1, "final_answer_correct": true}
"#;

fn says(text: &str) -> Behaviour {
    Behaviour { replies: Replies::Fixed(Said::plain(text)), ..Behaviour::default() }
}

#[test]
fn the_rules_on_our_own_labels_end_in_the_intervals_of_a_report() {
    let place = Place::new();
    let done = place.succeed(&["calibrate", "--tokenizer", "builtin", "-o", "calibration.json"]);
    insta::assert_snapshot!("calibrate_rule", done.stdout);
    let written: serde_json::Value = serde_json::from_str(&place.read("calibration.json")).unwrap();
    assert!(written["efficiency_errors"].as_array().unwrap().len() > 50);
    place.succeed(&["run", "--set", "score.judge_error=calibration.json", "-q"]);
}

#[test]
fn models_are_asked_for_what_is_labelled() {
    let script = Script::default().model("good", says("\\boxed{1}")).model("mute", says("Well."));
    let server = ScriptedServer::start(script).unwrap();
    let place = Place::new();
    place.write("gsm8k.jsonl", STEPWISE);
    let url = server.base_url();
    let args = [
        "calibrate",
        "gsm8k.jsonl",
        "--judge",
        "llm",
        "--judge",
        "llm",
        "--base-url",
        &url,
        "--set",
        "0.model=good",
        "--set",
        "1.model=mute",
    ];
    let done = place.succeed(&args);
    insta::assert_snapshot!("calibrate_errors", done.stdout);
    let asked = server.requests();
    let about_errors = asked.iter().filter(|asked| asked.prompt.contains("find the first one that is wrong"));
    assert_eq!(about_errors.count(), 4, "two traces, two judges");
    assert_eq!(server.count_of("mute"), 4, "each is asked once more");
}

/// Labelled chains: the first step that is off the way, or none.
fn chains() -> String {
    let row = |seed: i64| {
        let prompt = "What is 12 + 30?".to_owned();
        let asked = Asked { prompt: prompt.clone(), body: json!({"seed": seed}), ..Asked::default() };
        let text = Chain::default().reply(&asked).content;
        let first = chain_states(&text).iter().position(|right| !right).map_or(-1, |first| first as i64);
        let steps: Vec<&str> = text.split("\n\n").collect();
        let row = json!({"id": format!("c{seed}"), "problem": prompt, "steps": steps, "label": first,
                         "final_answer_correct": first < 0});
        format!("{row}\n")
    };
    (0..24).map(row).collect()
}

#[test]
fn a_verifier_of_steps_is_held_against_first_errors() {
    let of = |doubter: Doubter| {
        let behaviour = Behaviour { replies: Replies::Doubter(doubter), ..Behaviour::default() };
        let server = ScriptedServer::start(Script::of(behaviour)).unwrap();
        let place = Place::new();
        place.write("gsm8k.jsonl", &chains());
        let url = server.base_url();
        let args =
            ["calibrate", "gsm8k.jsonl", "--verifier", "steps", "--set", "model=critic", "--base-url", &url];
        let json: Value =
            serde_json::from_str(&place.succeed(&[&args[..], &["--format", "json"]].concat()).stdout)
                .unwrap();
        let report = json["judges"][0].clone();
        (report["errors"]["f1"].as_f64().unwrap(), report["step_auc"].as_f64().unwrap())
    };
    assert_eq!(of(Doubter { yes_to_right: 1.0, yes_to_wrong: 0.0 }), (1.0, 1.0));
    let (f1, auc) = of(Doubter { yes_to_right: 0.5, yes_to_wrong: 0.5 });
    assert!(f1 < 0.5 && (0.3..0.7).contains(&auc), "{f1} {auc}");
    let place = Place::new();
    place.write("gsm8k.jsonl", STEPWISE);
    let refused = place.run(&["calibrate", "gsm8k.jsonl", "--verifier", "score", "--set", "model=m"]);
    assert!(refused.stderr.contains("looks at whole replies"), "{}", refused.stderr);
}

#[test]
fn a_dead_judge_and_unlabelled_rows_say_so() {
    let place = Place::new();
    place.write("gsm8k.jsonl", STEPWISE);
    place.write("plain.jsonl", "{\"problem\": \"Add.\", \"response\": \"Four.\"}\n");
    let dead = [
        "calibrate",
        "gsm8k.jsonl",
        "--judge",
        "llm",
        "--set",
        "model=m",
        "--base-url",
        "http://127.0.0.1:9/v1",
    ];
    assert_eq!(place.run(&dead).code, 4);
    let done = place.run(&["calibrate", "plain.jsonl"]);
    assert!(done.code == 3 && done.stderr.contains("label"), "{} {}", done.code, done.stderr);
}
