//! Figures beyond the six: views of their own, prices, a judge's error.

use testkit::{Behaviour, Script, ScriptedServer};

use crate::support::{Done, Place};

fn ran(done: &Done) -> Vec<String> {
    done.stages("running (")
}

/// A figure of the report, over all problems and replies.
fn figure(csv: &str, model: &str, metric: &str) -> Option<f64> {
    let line = csv.lines().find(|line| line.contains(&format!(",{model},overall,{metric},all,")))?;
    line.split(',').nth(5)?.parse().ok()
}

#[test]
fn trivial_questions_stand_side_by_side() {
    let server = ScriptedServer::start(Script::of(Behaviour::default())).unwrap();
    let place = Place::new();
    let url = server.base_url();
    let run = ["run", "two-plus-three", "--base-url", &url, "--view", "questions"];
    let done = place.succeed(&run);
    for expected in
        ["What is $2 + 3$?", "plain", "concise", "fifty-words", "no-think", "cut-at-256", "mean over replies"]
    {
        assert!(done.stdout.contains(expected), "no {expected} in\n{}", done.stdout);
    }
    let csv = place.succeed(&[&run[..], &["--format", "csv"]].concat()).stdout;
    assert_eq!(csv.lines().count(), 1 + 20 * 5, "{csv}");
    assert!(csv.starts_with(
        "problem_id,question,model,replies,tokens,reasoning_tokens,answer_tokens,graded,right\n"
    ));
    assert_eq!(server.count(), 20 * 5, "nobody was asked twice");

    let folder = "runs/two-plus-three";
    let scores = ["plain", "no-think"].map(|model| format!("{folder}/{model}/scores.parquet"));
    let alone = place.succeed(&[
        "report",
        "--metrics",
        &format!("{folder}/metrics.parquet"),
        "--view",
        "questions",
        "--problems",
        &format!("{folder}/problems.parquet"),
        "--scores",
        &scores[0],
        &scores[1],
    ]);
    assert!(
        alone.stdout.contains("What is $2 + 3$?") && !alone.stdout.contains("concise"),
        "{}",
        alone.stdout
    );
    let refused = place.run(&[&run[..], &["--format", "html"]].concat());
    assert_eq!(refused.code, 2, "{}", refused.stderr);
}

#[test]
fn length_rewards_are_a_table_of_their_own() {
    let place = Place::new();
    let row = |(at, words): (usize, &&str)| {
        let answer = if at % 3 == 2 { 6 } else { 5 };
        format!(
            "{{\"problem\": \"What is 2 + 3, try {}?\", \"answer\": \"5\", \"model\": \"m\", \"response\": \
             \"<think>{words}</think>\\\\boxed{{{answer}}}\"}}\n",
            at / 3
        )
    };
    let thoughts =
        ["2 + 3 = 5.", "Well, 2 + 3 = 5, is it not? Yes, it is 5.", "Let me see. It is 6, I think, or not?"];
    let rows: String = thoughts.iter().cycle().take(9).enumerate().map(row).collect();
    place.write("traces.jsonl", &rows);
    let done = place.succeed(&["run", "recorded", "--view", "rewards"]);
    for expected in ["0.50", "kimi", "lcpo_exact", "lcpo_max", "o1_pruner", "relative", "~ kimi"] {
        assert!(done.stdout.contains(expected), "no {expected} in\n{}", done.stdout);
    }
}

#[test]
fn parameters_of_figures_can_be_set_and_touch_nothing_but_them() {
    let place = Place::new();
    place.succeed(&["run"]);
    let set = ["--set", "score.budgets=[10,100000]", "--set", "score.k=[1]", "--set", "score.t_max=50"];
    let done = place.succeed(&[&["run", "--format", "csv"], &set[..]].concat());
    assert_eq!(ran(&done), ["measure", "report"], "{}", done.stderr);
    let accuracy = figure(&done.stdout, "overthinker", "accuracy").unwrap();
    assert_eq!(figure(&done.stdout, "overthinker", "pass@1"), Some(accuracy));
    assert_eq!(figure(&done.stdout, "overthinker", "budget@100000"), Some(accuracy));
    assert!(figure(&done.stdout, "overthinker", "budget@10").unwrap() < accuracy);
    assert!(figure(&done.stdout, "overthinker", "oaa@50").is_some());
    let refused = place.run(&["run", "--set", "score.k=[0]"]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("score.k[0]: 0 is not from 1 to 512"), "{}", refused.stderr);
}

#[test]
fn a_price_turns_waste_into_money() {
    let place = Place::new();
    place.succeed(&["run"]);
    let priced = place.succeed(&["run", "--format", "csv", "--set", "models.*.price.completion=2"]);
    let ran = ran(&priced);
    assert!(ran.contains(&"score overthinker".to_owned()), "{ran:?}");
    assert!(!ran.iter().any(|stage| stage.starts_with("judge")), "{ran:?}");
    for waste in ["overthinking", "futility"] {
        let tokens = figure(&priced.stdout, "overthinker", &format!("{waste}_tokens")).unwrap();
        let money = figure(&priced.stdout, "overthinker", &format!("{waste}_cost")).unwrap();
        assert!(tokens > 0.0 && (money - tokens * 2e-6).abs() < 1e-12, "{waste}: {tokens} tokens, {money}");
    }
}

#[test]
fn a_judges_error_is_read_hashed_and_refused_when_it_is_none() {
    let place = Place::new();
    let before = place.succeed(&["run", "--format", "csv"]).stdout;
    let carried = ["run", "--format", "csv", "--set", "score.judge_error=calibration.json"];
    place.write("calibration.json", "{\"efficiency_errors\": [0.2, -0.1, 0.1]}");
    let first = place.succeed(&carried);
    assert_eq!(ran(&first), ["measure", "report"], "{}", first.stderr);
    assert_ne!(first.stdout, before);
    let value = |csv: &str| figure(csv, "overthinker", "token_efficiency");
    assert_eq!(value(&first.stdout), value(&before), "the error widens the interval alone");
    place.write("calibration.json", "{\"efficiency_errors\": [0.3, -0.1, 0.1]}");
    assert_eq!(ran(&place.succeed(&carried)), ["measure", "report"], "the content is what counts");
    assert_eq!(ran(&place.succeed(&carried)), [""; 0]);
    place.write("calibration.json", "{\"errors\": []}");
    let refused = place.run(&carried);
    assert_eq!(refused.code, 3);
    assert!(
        refused.stderr.contains("score.judge_error: calibration.json is no calibration"),
        "{}",
        refused.stderr
    );
}
