//! `thinkmeter show`: traces in the terminal.

use crate::support::Place;

#[test]
fn traces_are_listed_and_read() {
    let place = Place::new();
    place.succeed(&["run"]);
    let run = "runs/full-eval";
    let list = place.succeed(&["show", run, "--limit", "3", "--model", "overthinker", "--outcome", "right"]);
    insta::assert_snapshot!("show_list", list.stdout);
    let id = list.stdout.lines().nth(2).unwrap().split_whitespace().next().unwrap().to_owned();
    let trace = place.succeed(&["show", run, &id, "--model", "overthinker"]);
    insta::assert_snapshot!("show_trace", trace.stdout);
    assert!(trace.stdout.contains("▲ the first step that asserts the right answer"));
    let json = place.succeed(&["show", run, &id, "--json"]);
    let value: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(value["score"]["problem_id"], id.as_str());
}

#[test]
fn what_is_not_there_says_so() {
    let place = Place::new();
    place.succeed(&["run"]);
    let check = |args: &[&str], code: i32, expect: &str| {
        let done = place.run(&[&["show"], args].concat());
        assert!(done.code == code && done.stderr.contains(expect), "{args:?}: {} {}", done.code, done.stderr);
    };
    check(&["nowhere"], 3, "nowhere is no finished run: it holds no problems.parquet");
    check(&["runs/full-eval", "arith-5-22"], 3, "did you mean `");
    check(&["runs/full-eval", "--model", "x"], 2, "the run has to-the-point, overthinker");
    check(&["runs/full-eval", "--subset", "x"], 2, "the run has Level 1");
}
