//! `thinkmeter compare`: two models, two runs, gates, and what is refused.

use serde_json::Value;

use crate::support::{Done, Place};

fn compared(place: &Place, args: &[&str]) -> Done {
    place.run(&[&["compare"], args].concat())
}

fn json(done: &Done) -> Value {
    assert!(done.stdout.starts_with('{'), "{}{}", done.stdout, done.stderr);
    serde_json::from_str(&done.stdout).unwrap()
}

#[test]
fn two_models_of_a_run_are_compared_reply_by_reply() {
    let place = Place::new();
    place.succeed(&["run"]);
    let done = compared(&place, &["runs/full-eval"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    insta::assert_snapshot!("compare_table", done.stdout);

    let value = json(&compared(&place, &["runs/full-eval", "--format", "json"]));
    let rows = value["contests"][0]["rows"].as_array().unwrap();
    let row = |measure: &str| rows.iter().find(|row| row["measure"] == measure).unwrap().clone();
    assert_eq!(row("accuracy")["test"], "mcnemar");
    assert_eq!(row("accuracy")["outcome"], "tied");
    assert_eq!(row("reasoning_tokens")["outcome"], "worse");
    assert_eq!(row("reasoning_tokens")["pairs"], 47);
    // Over the pairs in which both are right: fewer than either has alone.
    assert!(row("token_efficiency")["left_out"].as_u64().unwrap() > 0);
    let bought = value["contests"][0]["efficiency"].as_array().unwrap();
    let groups: Vec<&str> = bought.iter().map(|group| group["subset"].as_str().unwrap()).collect();
    assert_eq!(groups, ["Level 1", "Level 2", "Level 3", "Level 4", "Level 5", "overall"]);
    let ratio = |at: usize| bought[5]["tokens_per_right"][at]["value"].as_f64().unwrap();
    let efficiency = bought[5]["relative_efficiency"]["value"].as_f64().unwrap();
    assert!(
        (efficiency - ratio(0) / ratio(1)).abs() < 1e-12,
        "right answers a token, one as a multiple of the other"
    );
    let again = compared(&place, &["runs/full-eval", "--format", "json"]);
    assert_eq!(json(&again), value, "seeded");

    let turned = compared(&place, &["runs/full-eval", "--baseline", "overthinker", "--format", "json"]);
    assert_eq!(json(&turned)["contests"][0]["rows"][1]["outcome"], "better");
}

#[test]
fn every_format_is_written() {
    let place = Place::new();
    place.succeed(&["run"]);
    for (format, expect) in [
        ("md", "| Accuracy (pass@1) |"),
        ("md", "| problems | number | tokens/right, baseline |"),
        ("csv", "to-the-point,overthinker,accuracy,share,47,47,0,"),
        ("jsonl", "\"other_model\":\"overthinker\""),
        ("html", "<h2>overthinker against to-the-point</h2>"),
        ("html", "<h3>What the tokens buy</h3>"),
    ] {
        let done = compared(&place, &["runs/full-eval", "--format", format]);
        assert!(done.stdout.contains(expect), "{format}: {}{}", done.stdout, done.stderr);
    }
}

#[test]
fn gates_decide_the_exit_code() {
    let place = Place::new();
    place.succeed(&["run"]);
    let gated = |gates: &[&str]| {
        let flags = gates.iter().flat_map(|gate| ["--gate", *gate]);
        compared(&place, &std::iter::once("runs/full-eval").chain(flags).collect::<Vec<_>>())
    };
    assert_eq!(gated(&["accuracy>=0.5", "accuracy-drop<=0.2"]).code, 0);
    let done = gated(&["token_efficiency>=0.5", "accuracy>=0.5"]);
    assert_eq!(done.code, 6);
    assert!(
        done.stderr.contains("gate not met: token_efficiency>=0.5 for overthinker: it is 0.3"),
        "{}",
        done.stderr
    );
    let done = gated(&["unlocated-rise<=0"]);
    assert_eq!(done.code, 6, "a gate's measure is compared even if it is not one of the six");
    let done = gated(&["speed>=1"]);
    assert_eq!(
        (done.code, done.stderr.contains("there is no measure `speed`")),
        (2, true),
        "{}",
        done.stderr
    );
}

#[test]
fn what_was_set_up_differently_is_refused_or_said() {
    let place = Place::new();
    place.succeed(&["run"]);
    place.succeed(&["run", "--set", "split.kind=keywords", "--name", "keywords"]);
    place.succeed(&["run", "--limit", "50", "--name", "fewer"]);
    let point = "runs/full-eval/to-the-point";

    let done = compared(&place, &[point, "runs/keywords/to-the-point"]);
    assert_eq!(done.code, 3);
    assert!(done.stderr.contains("different splitter: kind: separator → keywords"), "{}", done.stderr);
    assert!(done.stderr.contains("hint:") && done.stderr.contains("--allow splitter"), "{}", done.stderr);
    let done = compared(&place, &[point, "runs/keywords/to-the-point", "--allow", "splitter"]);
    assert!(done.code == 0 && done.stdout.contains("! different splitter"), "{}{}", done.stdout, done.stderr);

    let done = compared(&place, &[point, "runs/fewer/to-the-point"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stdout.contains("replies of full-eval have no counterpart"), "{}", done.stdout);
    assert!(done.stdout.contains("tied"), "{}", done.stdout);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let place = Place::new();
    place.succeed(&["run"]);
    let check = |args: &[&str], code: i32, expect: &str| {
        let done = compared(&place, args);
        assert!(done.code == code && done.stderr.contains(expect), "{args:?}: {} {}", done.code, done.stderr);
    };
    check(&["nowhere"], 3, "nowhere is no run folder");
    check(&["runs/full-eval/overthinker"], 3, "overthinker has no counterpart");
    check(&["runs/full-eval", "--baseline", "x"], 3, "there are to-the-point, overthinker");
    check(&["runs/full-eval/metrics.parquet", "runs/full-eval"], 3, "score");
    check(&["runs/full-eval", "--measure", "acuracy"], 3, "there is no measure `acuracy`");
    check(&[], 2, "<RUN>...");
}

/// A model that replied once, and one that replied three times.
#[test]
fn means_of_problems_are_compared_where_samples_are_no_pairs() {
    let place = Place::new();
    let row = |model: &str, problem: u32, answer: u32| {
        format!(
            "{{\"problem\": \"What is {problem} + 1?\", \"gold\": \"{}\", \"model\": \"{model}\", \
             \"response\": \"<think>It is {answer}.</think>The answer is {answer}.\"}}\n",
            problem + 1
        )
    };
    let mut rows = String::new();
    for problem in 10..16 {
        rows += &row("once", problem, problem + 1);
        (0..3).for_each(|sample| rows += &row("thrice", problem, problem + 1 + u32::from(sample > 0)));
    }
    place.write("rows.jsonl", &rows);
    place.succeed(&[
        "run",
        "recorded",
        "--set",
        "dataset.path=rows.jsonl",
        "--set",
        "models.*.tokenizer=builtin",
    ]);
    let value = json(&compared(&place, &["runs/recorded", "--measure", "accuracy", "--format", "json"]));
    let contest = &value["contests"][0];
    assert_eq!((&contest["pairing"], &contest["replies"]), (&"problems".into(), &serde_json::json!([6, 18])));
    let row = &contest["rows"][0];
    assert_eq!((row["pairs"].as_u64(), row["test"].as_str()), (Some(6), Some("permutation")));
    let mean = |side: &str| (row[side].as_f64().unwrap() * 300.0).round();
    assert_eq!((mean("baseline"), mean("other")), (300.0, 100.0), "one of three, not the first of three");
    assert_eq!(contest["unpaired"]["other"].as_array().unwrap().len(), 0);
    let told = compared(&place, &["runs/recorded", "--measure", "accuracy"]).stdout;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("Means over the replies to each of 6 problems, 6 of once and 18 of thrice"),
        "{told}"
    );
}
