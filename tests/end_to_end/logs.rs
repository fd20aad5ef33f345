//! The log of a run: what happened, for whoever asks later.

use std::fs;
use std::path::PathBuf;

use testkit::{Behaviour, Fault, Faults, Raw, Script, ScriptedServer};

use crate::support::Place;

const KEY: &str = "sk-very-secret-0123456789";

/// The logs of a run, oldest first.
fn logs(place: &Place, run: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.path(run).join("logs")).unwrap();
    let mut logs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    logs.sort();
    logs
}

/// The latest log without the moment of each line.
fn latest(place: &Place, run: &str) -> String {
    let text = fs::read_to_string(logs(place, run).last().unwrap()).unwrap();
    let moment = |line: &str| line.len() > 25 && line.as_bytes()[10] == b'T' && line.as_bytes()[23] == b'Z';
    let untimed = |line: &str| if moment(line) { line[25..].to_owned() } else { line.to_owned() };
    text.lines().map(untimed).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_run_writes_down_what_it_did_and_why() {
    let place = Place::new();
    place.succeed(&["run"]);
    let first = latest(&place, "runs/full-eval");
    let check = |log: &str, expect: &str| assert!(log.contains(expect), "{expect}\n{log}");
    check(&first, ": full-eval, run\n");
    check(&first, "\nload: started: never run\nload: ");
    check(&first, "\njudge overthinker: finished in ");
    check(&first, "\ndone (after ");

    let done = place.succeed(&["run", "--quiet", "--set", "split.kind=sentence"]);
    let second = latest(&place, "runs/full-eval");
    assert_eq!((logs(&place, "runs/full-eval").len(), done.stderr.as_str()), (2, ""));
    check(&second, ": full-eval, run --quiet --set split.kind=sentence\n");
    check(&second, "\nload: up to date\n");
    check(&second, "\nsplit overthinker: started: configuration changed: ");
}

fn live(place: &Place, server: &ScriptedServer) {
    let rows = (0..6).map(|i| format!("{{\"problem\": \"What is {i} + 5?\", \"answer\": {}}}\n", i + 5));
    place.write("sums.jsonl", &rows.collect::<String>());
    let models =
        "[[models]]\nname = \"solver\"\nkind = \"openai\"\nmodel = \"solver\"\ntokenizer = \"builtin\"\n";
    let base = format!("base_url = \"{}\"\nbackoff = {{ base = 0.001, most = 0.01 }}\n", server.base_url());
    let dataset = "description = \"live\"\n[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n";
    place.write("live.toml", &format!("{dataset}{models}{base}"));
}

#[test]
fn tries_that_failed_are_counted_and_no_key_is_written() {
    let faults = Faults::first(&[Fault::Unavailable, Fault::ContextTooLong, Fault::Unavailable]);
    let script = Script { api_key: Some(KEY.to_owned()), ..Script::default() };
    let script = script.model("solver", Behaviour::default()).faults(faults);
    let server = ScriptedServer::start(script).unwrap();
    let place = Place::new().with("OPENAI_API_KEY", KEY);
    live(&place, &server);
    let done = place.run(&["run", "live.toml", "-j", "1"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    let log = latest(&place, "runs/live");
    let check = |expect: &str| assert!(log.contains(expect), "{expect}\n{log}");
    check("generate solver: 2 calls of solver tried again (HTTP 503), the last: HTTP 503: ");
    check("generate solver: 1 call of solver failed (context_too_long), the last: ");
    check("generate solver: 6 of 6 rows done, 1 failed, 0 from the reply cache\n");
    check("\nended with exit code 5 (after ");
    assert!(!log.contains(KEY), "{log}");
    assert!(done.stderr.trim_end().ends_with(".log") && done.stderr.contains("log: runs/live/logs/"));
}

#[test]
fn a_run_that_fails_says_where_its_log_is() {
    let body = "{\"error\": {\"message\": \"no such key\"}}";
    let refusing = Behaviour { raw: Some(Raw::json(401, body)), ..Behaviour::default() };
    let server = ScriptedServer::start(Script::default().model("solver", refusing)).unwrap();
    let place = Place::new().with("OPENAI_API_KEY", KEY);
    live(&place, &server);
    let done = place.run(&["run", "live.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    let told = done.stderr.lines().find_map(|line| line.strip_prefix("log: ")).unwrap();
    let log = place.read(told);
    assert!(
        log.contains(" error: ") && log.contains("no such key; nothing was published") && !log.contains(KEY),
        "{log}"
    );
    let error = done.stderr.lines().find_map(|line| line.strip_prefix("error: ")).unwrap();
    assert!(log.contains(error), "{error}\n{log}");
}
