//! Ctrl-C: what is in flight is finished, what was finished is kept, and the program says how to go on.

#![cfg(unix)]

use std::process::Command;
use std::time::{Duration, Instant};

use testkit::{Behaviour, Script, ScriptedServer};

use crate::support::{Place, done};

#[test]
fn an_interrupted_run_keeps_its_replies() {
    // A scheduler's word and a terminal that goes away are as good as Ctrl-C.
    ["-INT", "-TERM", "-HUP"].into_iter().for_each(interrupted_by);
}

fn interrupted_by(signal: &str) {
    let slow = Behaviour { latency: 0.1, ..Behaviour::default() };
    let server = ScriptedServer::start(Script::of(slow)).unwrap();
    let place = Place::new();
    let rows: String = (0..60)
        .map(|i| format!("{{\"id\": {i}, \"problem\": \"What is {i} + 1?\", \"answer\": {}}}\n", i + 1))
        .collect();
    place.write("sums.jsonl", &rows);
    place.write(
        "p.toml",
        &format!(
            "[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
             [[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{}\"\n",
            server.base_url()
        ),
    );
    let child = place.command(&["run", "p.toml", "-j", "2"]).spawn().unwrap();
    let started = Instant::now();
    while server.count() < 10 && started.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let stopped = done(child);
    assert_eq!(stopped.code, 130, "{}", stopped.stderr);
    assert!(stopped.stderr.contains("run the same command again"), "{}", stopped.stderr);
    let asked = server.count();
    assert!(asked < 60, "it did not stop");
    place.succeed(&["run", "p.toml", "-j", "8"]);
    assert_eq!(server.count(), 60, "a finished reply was asked for again");
}
