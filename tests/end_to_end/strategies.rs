//! The same problems in several manners, against a server that answers by strategy.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{Behaviour, Raw, Replies, Script, ScriptedServer};

use crate::support::{Done, Place};

const PROBLEMS: usize = 12;
/// The strategies of the pipeline, each asked once a problem.
const CALLS: usize = 7 * PROBLEMS;

fn server(ignores_budgets: bool, latency: f64) -> ScriptedServer {
    let replies = Replies::Strategies { ignores_budgets };
    ScriptedServer::start(Script::of(Behaviour { replies, latency, ..Behaviour::default() })).unwrap()
}

fn place() -> Place {
    let place = Place::new();
    let row = |i: usize| {
        let (a, b) = (i + 2, i);
        format!("{{\"id\": \"sum-{i}\", \"problem\": \"What is {a} + {b}?\", \"answer\": {}}}\n", a + b)
    };
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    place
}

fn arguments(server: &ScriptedServer) -> Vec<String> {
    let url = server.base_url();
    let fixed = ["run", "strategies", "--base-url", &url, "-j", "4"];
    let set = ["dataset.kind=jsonl", "dataset.path=sums.jsonl", "models.*.tokenizer=builtin"];
    let set = set.iter().flat_map(|set| ["--set", set]);
    fixed.into_iter().chain(set).map(str::to_owned).collect()
}

fn run(place: &Place, server: &ScriptedServer, more: &[&str]) -> Done {
    let arguments = arguments(server);
    let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    place.succeed(&all)
}

fn records(done: &Done) -> Vec<Value> {
    serde_json::from_str(&done.stdout).unwrap()
}

#[test]
fn strategies_stand_in_one_table_in_the_order_of_the_file() {
    let (server, place) = (server(false, 0.0), place());
    let done = run(&place, &server, &["--format", "json"]);
    assert_eq!(server.count(), CALLS);
    let told: Vec<(String, Option<f64>, f64)> = records(&done)
        .iter()
        .map(|row| {
            let name = row["model"].as_str().unwrap().to_owned();
            (name, row["obeyed"].as_f64(), row["accuracy"].as_f64().unwrap())
        })
        .collect();
    // Of the answers 2, 4, … 24 a third is divisible by 3, which the model gets wrong when it has to answer at once.
    let row = |name: &str, obeyed, accuracy| (format!("model/{name}"), obeyed, accuracy);
    assert_eq!(
        told,
        [
            row("direct", Some(1.0), 8.0 / 12.0),
            row("zero_shot_cot", None, 1.0),
            row("few_shot_cot", None, 1.0),
            row("chain_of_draft", Some(1.0), 1.0),
            row("budget", Some(1.0), 1.0),
            row("long", Some(1.0), 1.0),
            row("no_think", Some(1.0), 1.0),
        ]
    );
    assert!(!done.stderr.contains("obeyed"), "{}", done.stderr);
    let table = run(&place, &server, &[]);
    let lines: Vec<&str> = table.stdout.lines().collect();
    let at = |word: &str| lines.iter().position(|line| line.trim_start().starts_with(word)).unwrap();
    assert!(at("direct") < at("zero_shot") && at("zero_shot") < at("no_think"), "{}", table.stdout);
    let page = place.read("runs/strategies/report.html") + &place.read("runs/strategies/report.md");
    assert_eq!(page.matches("Strategies on sums").count(), 3, "a heading of each, and one of the contents");
    assert_eq!(server.count(), CALLS, "a reply was asked for twice");
    let prompt = |at: usize| records(&done)[at]["prompt_tokens"].as_f64().unwrap();
    assert!(prompt(2) > 5.0 * prompt(1), "worked examples are not free");
}

#[test]
fn a_server_that_ignores_budgets_is_named() {
    let (server, place) = (server(true, 0.0), place());
    let cap = r#"models.*.strategies=["plain", {kind="budget", tokens=64}, {kind="cap", tokens=64}]"#;
    let done = run(&place, &server, &["--set", cap]);
    for (model, strategy) in [("model/budget", "budget tokens=64"), ("model/cap", "cap tokens=64")] {
        let note = format!("no reply of {model} obeyed its strategy `{strategy}");
        assert!(done.stderr.contains(&note), "{}", done.stderr);
    }
    let report = place.read("runs/strategies/report.md");
    assert_eq!(report.matches("No reply obeyed the strategy").count(), 2, "{report}");
}

#[test]
fn a_killed_run_ends_with_the_same_bytes_and_asks_nothing_twice() {
    let (server, place) = (server(false, 0.02), place());
    let arguments = arguments(&server);
    let all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut child = place.command(&all).spawn().unwrap();
    let started = Instant::now();
    while server.count() < CALLS / 2 && started.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    run(&place, &server, &[]);
    // The calls that were under way, and replies on their way to the disk.
    assert!(server.count() <= CALLS + 8, "{} calls for {CALLS} replies", server.count());
    let (asked, before) = (server.count(), place.contents("runs"));
    run(&place, &server, &["--force", "generate", "--offline"]);
    assert_eq!(server.count(), asked);
    assert!(place.contents("runs") == before, "replies from the cache gave other bytes");
}

#[test]
fn an_estimated_budget_costs_a_question_more() {
    let (server, place) = (server(false, 0.0), place());
    let auto = r#"models.*.strategies=["plain", {kind="budget", tokens="auto"}]"#;
    let told = run(&place, &server, &["--set", auto, "--dry-run"]).stdout;
    for calls in [PROBLEMS, 2 * PROBLEMS] {
        assert!(
            told.contains(&format!("calls    {calls} to ask of default, 0 in the reply cache")),
            "{told}"
        );
    }
    assert_eq!(server.count(), 0);
    let rows = records(&run(&place, &server, &["--set", auto, "--format", "json"]));
    assert_eq!(server.count(), 3 * PROBLEMS);
    assert_eq!(rows[1]["strategy"], "budget tokens=auto");
    assert_eq!(rows[1]["obeyed"], 1.0);
    assert!(server.requests().iter().any(|asked| asked.prompt.contains("Finish within 120 tokens")));
}

#[test]
fn a_provider_that_rejects_the_effort_is_asked_once_and_quoted() {
    let body = r#"{"error": {"message": "Unrecognized request argument supplied: reasoning_effort"}}"#;
    let raw = Raw { status: 400, pieces: vec![body.to_owned()], ..Raw::default() };
    let server =
        ScriptedServer::start(Script::of(Behaviour { raw: Some(raw), ..Behaviour::default() })).unwrap();
    let place = place();
    let arguments = arguments(&server);
    let effort = r#"models.*.strategies=[{kind="effort", level="extreme"}]"#;
    let all = arguments.iter().map(String::as_str).chain(["--set", effort]);
    let done = place.run(&all.collect::<Vec<_>>());
    assert_ne!(done.code, 0);
    assert!(
        done.stderr.contains("Unrecognized request argument supplied: reasoning_effort"),
        "{}",
        done.stderr
    );
    assert!(server.count() <= 8, "{} calls to a server that refuses", server.count());
}

#[test]
fn a_strategy_beside_what_it_replaces_is_refused_before_anything_is_asked() {
    let (server, place) = (server(false, 0.0), place());
    let check = |set: &str, expect: &str| {
        let arguments = arguments(&server);
        let all = arguments.iter().map(String::as_str).chain(["--set", set]);
        let done = place.run(&all.collect::<Vec<_>>());
        assert!(done.code != 0 && done.stderr.contains(expect), "{}: {}", done.code, done.stderr);
    };
    check("models.*.system=Be brief.", "models[0].system: `strategies` is there too, which says how to ask");
    check(r#"models.*.strategies=["direct", "direct"]"#, "`model/direct` is there twice");
    check(r#"models.*.strategies=["direkt"]"#, "unknown strategy `direkt` (did you mean `direct`?)");
    assert_eq!(server.count(), 0);
}
