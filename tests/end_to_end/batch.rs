//! OpenAI Batch files out and in, through the built program.

use std::fs;

use serde_json::{Value, json};
use testkit::{Behaviour, Replies, Script, ScriptedServer, judge, solve};

use crate::support::Place;

const PROBLEMS: usize = 12;

fn place(server: &ScriptedServer, judge: &str) -> Place {
    let place = Place::new();
    let row =
        |i: usize| format!("{{\"id\": {i}, \"problem\": \"What is {i} + 4?\", \"answer\": {}}}\n", i + 4);
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    let url = server.base_url();
    let model = |name: &str| {
        format!(
            "[[models]]\nname = \"{name}\"\nkind = \"openai\"\nmodel = \"org/{name}\"\nbase_url = \"{url}\"\n"
        )
    };
    let text = format!(
        "description = \"sums\"\n[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n{}{}{judge}",
        model("a"),
        model("b")
    );
    place.write("p.toml", &text);
    place
}

fn server() -> ScriptedServer {
    let judge = Behaviour { replies: Replies::Judge { known: Default::default() }, ..Behaviour::default() };
    let script = Script::default().model("judge", judge).model("*", Behaviour::default());
    ScriptedServer::start(script).unwrap()
}

/// What an engine makes of a file of requests: a line of results each, in another order.
fn answered(place: &Place, requests: &str) -> Vec<String> {
    let text = place.read(requests);
    let mut lines: Vec<String> =
        text.lines().map(|line| result(&serde_json::from_str(line).unwrap())).collect();
    lines.reverse();
    lines
}

fn result(request: &Value) -> String {
    assert_eq!((&request["method"], &request["url"]), (&json!("POST"), &json!("/v1/chat/completions")));
    assert!(request["body"].get("stream").is_none(), "{request}");
    let prompt = request["body"]["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap();
    let said = match request["body"]["model"].as_str().unwrap() {
        "judge" => testkit::Said::plain(format!("\\boxed{{{}}}", judge(prompt))),
        _ => solve(prompt, None),
    };
    let message = json!({"role": "assistant", "content": said.content, "reasoning_content": said.reasoning});
    let body = json!({"object": "chat.completion", "choices": [{"message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 22}});
    let response = json!({"status_code": 200, "request_id": "r", "body": body});
    json!({"id": "x", "custom_id": request["custom_id"], "response": response, "error": null}).to_string()
}

#[test]
fn a_run_goes_out_and_comes_in_and_asks_nobody_afterwards() {
    let server = server();
    let place = place(&server, "");
    let out = place.succeed(&["run", "p.toml", "--batch-out", "batch"]);
    assert!(out.stdout.is_empty(), "no figures yet: {}", out.stdout);
    assert!(out.stderr.contains("batch/org-a.jsonl: 12 requests"), "{}", out.stderr);
    assert!(out.stderr.contains("24 questions are written down"), "{}", out.stderr);
    assert!(!place.path("runs/p/a/generations.parquet").exists());
    let first = place.contents("batch");
    place.succeed(&["run", "p.toml", "--batch-out", "batch"]);
    assert!(first == place.contents("batch"), "the same run writes other requests");

    for model in ["a", "b"] {
        let lines = answered(&place, &format!("batch/org-{model}.jsonl"));
        place.write(&format!("{model}.jsonl"), &(lines.join("\n") + "\n"));
    }
    let done = place.succeed(&["run", "p.toml", "--batch-in", "a.jsonl", "--batch-in", "b.jsonl"]);
    assert!(done.stderr.contains("batch: 24 results, 24 replies taken"), "{}", done.stderr);
    assert!(!done.stderr.contains("warning"), "{}", done.stderr);
    assert!(done.stdout.contains("overall"), "{}", done.stdout);
    let live = place.succeed(&["run", "p.toml"]);
    assert!(live.stages("running (").is_empty(), "{}", live.stderr);
    place.succeed(&["run", "p.toml", "--force", "generate"]);
    assert_eq!(server.count(), 0, "what the batch gave was asked again");
}

#[test]
fn an_llm_judge_goes_by_batch_round_by_round() {
    let server = server();
    let judge = format!("[judge]\nkind = \"llm\"\nmodel = \"judge\"\nbase_url = \"{}\"\n", server.base_url());
    let place = place(&server, &judge);
    place.succeed(&["run", "p.toml", "--batch-out", "one"]);
    let both = [answered(&place, "one/org-a.jsonl"), answered(&place, "one/org-b.jsonl")].concat();
    place.write("one.jsonl", &both.join("\n"));
    let second = place.succeed(&["run", "p.toml", "--batch-in", "one.jsonl", "--batch-out", "two"]);
    assert!(second.stderr.contains("two/judge.jsonl: "), "{}", second.stderr);
    assert!(!place.path("runs/p/a/judgments.parquet").exists());
    place.write("two.jsonl", &answered(&place, "two/judge.jsonl").join("\n"));
    let third = place.succeed(&["run", "p.toml", "--batch-in", "two.jsonl"]);
    assert!(third.stdout.contains("overall"), "{}\n{}", third.stdout, third.stderr);
    assert_eq!(server.count(), 0);
}

#[test]
fn everything_wrong_with_a_batch_is_told_and_only_the_rest_is_asked() {
    let server = server();
    let place = place(&server, "");
    let model = ["--model", "org/a", "--base-url", &server.base_url()].map(str::to_owned);
    let model: Vec<&str> = model.iter().map(String::as_str).collect();
    place.succeed(&["load", "--dataset", "jsonl", "--path", "sums.jsonl", "-o", "problems.parquet"]);
    let generate = |more: &[&str]| {
        place.run(&[&["generate", "--problems", "problems.parquet"], model.as_slice(), more].concat())
    };
    let out = generate(&["--batch-out", "requests.jsonl"]);
    assert_eq!(out.code, 0, "{}", out.stderr);
    assert!(out.stderr.contains("requests.jsonl: 12 requests"), "{}", out.stderr);
    let left: Vec<_> =
        fs::read_dir(place.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".table")), "{left:?}");

    let mut lines = answered(&place, "requests.jsonl");
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["custom_id"].clone();
    let (failing, cut) = (id(&lines[0]), lines[11].clone());
    lines[0] =
        json!({"custom_id": failing, "response": null, "error": {"message": "it expired"}}).to_string();
    lines[1] =
        json!({"custom_id": "somebody-else", "response": {"status_code": 200, "body": {}}}).to_string();
    lines[2] = lines[3].clone();
    lines[11] = cut[..cut.len() / 2].to_owned();
    place.write("results.jsonl", &lines.join("\n"));
    let done = generate(&["--batch-in", "results.jsonl", "-o", "g.parquet"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    for told in [
        "batch: 11 results, 8 replies taken",
        "1 requests failed in the batch: results.jsonl:1: it expired",
        "3 requests have no result: ",
        "1 results belong to no request of this run: results.jsonl:2: `somebody-else`",
        "1 results are there again; the first good one counts: results.jsonl:4",
        "1 lines cannot be read: results.jsonl:12: EOF",
    ] {
        assert!(done.stderr.contains(told), "{told}\n{}", done.stderr);
    }
    assert_eq!(server.count(), 0, "--batch-in asks nobody");
    let rows = tables::TableReader::<tables::Generation>::open(&place.path("g.parquet")).unwrap();
    assert_eq!(rows.map(Result::unwrap).filter(tables::Generation::failed).count(), 4);
    let rest = generate(&["--batch-in", "results.jsonl", "--batch-out", "rest.jsonl"]);
    assert!(rest.stderr.contains("rest.jsonl: 3 requests"), "failed ones are not repeated: {}", rest.stderr);
    let live = generate(&["-o", "g.parquet"]);
    assert_eq!((live.code, server.count()), (0, 4), "{}", live.stderr);
}

#[test]
fn a_file_that_is_no_batch_is_refused() {
    let server = server();
    let place = place(&server, "");
    place.write("empty.jsonl", "");
    let check = |file: &str, expect: &str| {
        let done = place.run(&["run", "p.toml", "--batch-in", file]);
        assert_eq!(done.code, 3, "{file}: {}", done.stderr);
        assert!(done.stderr.contains(expect), "{file}: {}", done.stderr);
    };
    check("sums.jsonl", "sums.jsonl holds no result of a batch (missing field `custom_id`");
    check("empty.jsonl", "empty.jsonl holds no result of a batch (it is empty)");
    check("nowhere.jsonl", "cannot read nowhere.jsonl");
}
