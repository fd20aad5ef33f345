//! A live server: generation and LLM judge, killed without warning, resumed.

use std::time::{Duration, Instant};

use testkit::{Behaviour, Fault, Faults, Replies, Script, ScriptedServer};

use crate::support::Place;

const PROBLEMS: usize = 40;

/// Sums that the scripted solver can do.
fn problems() -> String {
    let row = |i: usize| {
        let (a, b) = (i + 2, 3 * i + 1);
        format!(
            "{{\"id\": \"sum-{i}\", \"problem\": \"What is {a} + {b}?\", \"answer\": {}, \"level\": {}}}\n",
            a + b,
            i % 5 + 1
        )
    };
    (0..PROBLEMS).map(row).collect()
}

fn script(latency: f64) -> Script {
    let solver = Behaviour { latency, ..Behaviour::default() };
    let judge =
        Behaviour { replies: Replies::Judge { known: Default::default() }, latency, ..Behaviour::default() };
    Script::default().model("solver", solver).model("judge", judge)
}

fn pipeline(server: &str) -> String {
    format!(
        "description = \"live\"\n\
         [dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\nsubset = \"level\"\n\
         [[models]]\nname = \"solver\"\nkind = \"openai\"\nmodel = \"solver\"\nbase_url = \"{server}\"\nsamples = 2\n\
         tokenizer = \"builtin\"\n\
         [split]\nkind = \"separator\"\n\
         [judge]\nkind = \"llm\"\nmodel = \"judge\"\nbase_url = \"{server}\"\n"
    )
}

fn place(server: &ScriptedServer) -> Place {
    let place = Place::new();
    place.write("sums.jsonl", &problems());
    place.write("live.toml", &pipeline(&server.base_url()));
    place
}

#[test]
fn a_live_model_is_asked_judged_and_reported() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let place = place(&server);
    let done = place.succeed(&["run", "live.toml"]);
    assert!(done.stdout.contains("solver") && done.stdout.contains("overall"), "{}", done.stdout);
    assert_eq!(server.count_of("solver"), 2 * PROBLEMS);
    let judged = server.count_of("judge");
    assert!(paid_once(judged, 2 * PROBLEMS), "{judged} verdicts");
    place.succeed(&["run", "live.toml", "--from", "judge"]);
    assert_eq!(server.count_of("judge"), judged, "a cached verdict was paid for again");
    let other = place.succeed(&["run", "live.toml", "--set", "split.kind=sentence"]);
    assert!(!other.stages("running (").contains(&"generate solver".to_owned()));
    assert_eq!(server.count_of("solver"), 2 * PROBLEMS);
}

/// Both samples of a problem may think the same, word for word. Then the judge is asked once or, if both questions are
/// under way together, twice: which of these is a matter of milliseconds.
fn paid_once(calls: usize, rows: usize) -> bool {
    calls <= rows && calls > rows - PROBLEMS
}

#[test]
fn a_killed_run_goes_on_where_it_stopped() {
    let server = ScriptedServer::start(script(0.02)).unwrap();
    let undisturbed = place(&server);
    undisturbed.succeed(&["run", "live.toml", "-j", "4"]);
    let whole = undisturbed.contents("runs");
    let asked_once = server.count();
    assert!(paid_once(asked_once, 4 * PROBLEMS), "{asked_once} calls");

    let disturbed = place(&server);
    for enough in [PROBLEMS / 2, 3 * PROBLEMS] {
        let mut child = disturbed.command(&["run", "live.toml", "-j", "4"]).spawn().unwrap();
        let started = Instant::now();
        while server.count() < asked_once + enough && started.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // Two kills, each with four calls under way and at most as many replies on their way to the disk.
    let in_flight = 2 * (4 + 4);
    disturbed.succeed(&["run", "live.toml", "-j", "4"]);
    let asked = server.count() - asked_once;
    assert!(
        asked > 3 * PROBLEMS && asked <= 4 * PROBLEMS + in_flight,
        "{asked} calls for {asked_once} replies"
    );

    let resumed = disturbed.contents("runs");
    let names = |contents: &std::collections::BTreeMap<String, Vec<u8>>| {
        contents.keys().filter(|name| !name.contains(".writing-")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&resumed), names(&whole));
    // Replies carry the seconds that they took, which differ from run to run; what was found does not.
    let scores = |place: &Place| {
        let path = place.path("runs/live/solver/scores.parquet");
        let rows = tables::TableReader::<tables::Score>::open(&path).unwrap().map(Result::unwrap);
        let untimed = |row: tables::Score| tables::Score {
            seconds: None,
            first_token_seconds: None,
            wasted_seconds: None,
            ..row
        };
        rows.map(untimed).collect::<Vec<_>>()
    };
    assert_eq!(scores(&disturbed), scores(&undisturbed));
    let before = disturbed.contents("runs");
    disturbed.succeed(&["run", "live.toml", "--force", "generate", "--force", "judge", "--offline"]);
    assert!(disturbed.contents("runs") == before, "replies from the cache gave other bytes");
}

#[test]
fn replies_that_fail_are_rows_and_are_asked_again() {
    let faults = Faults::first(&[Fault::ContextTooLong; 3]);
    let server = ScriptedServer::start(script(0.0).faults(faults)).unwrap();
    let place = place(&server);
    let done = place.run(&["run", "live.toml"]);
    assert_eq!(done.code, 5, "{}\n{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("3 of"), "{}", done.stderr);
    let rows =
        tables::TableReader::<tables::Score>::open(&place.path("runs/live/solver/scores.parquet")).unwrap();
    assert_eq!(rows.map(Result::unwrap).filter(|row| row.grade == tables::Verdict::Failed).count(), 3);

    let again = place.succeed(&["run", "live.toml"]);
    assert!(again.stderr.contains("3 rows failed last time"), "{}", again.stderr);
    assert_eq!(server.count_of("solver"), 2 * PROBLEMS + 3);
    let tolerated = place.succeed(&["run", "live.toml", "--fail-on-error", "0.5"]);
    assert!(tolerated.stages("running (").is_empty());
}

#[test]
fn a_dead_judge_is_no_verdict() {
    let server = ScriptedServer::start(script(0.0).model("judge", refusing())).unwrap();
    let place = place(&server);
    let done = place.run(&["run", "live.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(!place.path("runs/live/solver/judgments.parquet").exists());
    assert!(place.path("runs/live/solver/splits.parquet").exists(), "what was finished is gone");
}

fn refusing() -> Behaviour {
    let body = "{\"error\": {\"message\": \"no such key\", \"type\": \"invalid_request_error\"}}";
    Behaviour { raw: Some(testkit::Raw::json(401, body)), ..Behaviour::default() }
}

#[test]
fn keys_are_sent_and_never_shown() {
    const KEY: &str = "sk-very-secret-0123456789";
    let server = ScriptedServer::start(Script { api_key: Some(KEY.to_owned()), ..script(0.0) }).unwrap();
    let place = place(&server).with("OPENAI_API_KEY", KEY);
    let done = place.succeed(&["run", "live.toml"]);
    assert!(!done.stderr.contains(KEY) && !done.stdout.contains(KEY));
    for (name, content) in place.contents(".") {
        let leaked = content.windows(KEY.len()).any(|window| window == KEY.as_bytes());
        assert!(!leaked, "the key stands in {name}");
    }
    let stranger = self::place(&server).with("OPENAI_API_KEY", "sk-wrong-987654321");
    let done = stranger.run(&["run", "live.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(!done.stderr.contains("sk-wrong-987654321"), "{}", done.stderr);
}
