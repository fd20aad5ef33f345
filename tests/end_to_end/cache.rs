//! The reply cache from outside: what it tells, what it forgets, and a run that travels without its key.

use serde_json::Value;
use testkit::{Behaviour, Fault, Faults, Replies, Script, ScriptedServer};

use crate::support::Place;

const PROBLEMS: usize = 12;
const KEY: &str = "sk-home-alone-0123456789";

fn server(faults: Faults) -> ScriptedServer {
    let judge = Behaviour { replies: Replies::Judge { known: Default::default() }, ..Behaviour::default() };
    let script = Script::default().model("solver", Behaviour::default()).model("judge", judge).faults(faults);
    ScriptedServer::start(Script { api_key: Some(KEY.to_owned()), ..script }).unwrap()
}

/// Sums, a solver and a judge; the pipeline names its servers.
fn place(server: &ScriptedServer) -> Place {
    let place = Place::new();
    let row =
        |n: usize| format!("{{\"id\": {n}, \"problem\": \"What is {n} + 7?\", \"answer\": {}}}\n", n + 7);
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    let url = server.base_url();
    place.write(
        "live.toml",
        &format!(
            "[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
             [[models]]\nname = \"solver\"\nkind = \"openai\"\nmodel = \"solver\"\nbase_url = \"{url}\"\n\
             tokenizer = \"builtin\"\n\
             [judge]\nkind = \"llm\"\nmodel = \"judge\"\nbase_url = \"{url}\"\n"
        ),
    );
    place
}

fn stats(place: &Place) -> Value {
    serde_json::from_str(&place.succeed(&["cache", "stats", "--json"]).stdout).unwrap()
}

#[test]
fn a_run_can_be_scored_again_elsewhere_without_key_and_server() {
    let server = server(Faults::default());
    let home = place(&server).with("OPENAI_API_KEY", KEY);
    home.succeed(&["run", "live.toml"]);
    // Replies that the run has nothing to do with.
    home.succeed(&["run", "live.toml", "--name", "other", "--set", "models.0.temperature=0.5"]);
    let of_both = stats(&home)["replies"].as_u64().unwrap();
    let told = home.succeed(&["cache", "export", "replies.jsonl.zst", "--pipeline", "live.toml"]).stderr;
    home.succeed(&["cache", "export", "again.jsonl.zst", "--pipeline", "live.toml"]);
    assert!(home.contents(".")["replies.jsonl.zst"] == home.contents(".")["again.jsonl.zst"]);
    let asked = server.count();

    let away = place(&server);
    std::fs::copy(home.path("replies.jsonl.zst"), away.path("replies.jsonl.zst")).unwrap();
    let done = away.run(&["run", "live.toml", "--offline"]);
    assert_ne!(done.code, 0, "there is nothing in the cache yet: {}", done.stderr);
    let imported = away.succeed(&["cache", "import", "replies.jsonl.zst"]).stderr;
    let taken = stats(&away)["replies"].as_u64().unwrap();
    assert!(taken < of_both && told.contains(&format!("{taken} replies in replies.jsonl.zst")), "{told}");
    assert!(imported.contains(&format!("{taken} new replies, 0 known")), "{imported}");
    away.succeed(&["run", "live.toml", "--offline"]);
    assert!(away.contents("runs/live") == home.contents("runs/live"), "another run");
    assert_eq!(server.count(), asked);

    let plain = home.succeed(&["cache", "export", "-", "--model", "solver"]).stdout;
    assert_eq!(plain.lines().count(), 2 * PROBLEMS);
    assert!(!plain.contains(KEY));
    let broken = plain.replacen("\"key\"", "\"kee\"", 1);
    away.write("broken.jsonl", &broken);
    let refused = away.run(&["cache", "import", "broken.jsonl"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("broken.jsonl: line 1 is no exported reply"), "{}", refused.stderr);
    assert_eq!(away.run(&["cache", "import", "nothing.jsonl"]).code, 3);
}

#[test]
fn an_export_of_a_run_that_is_not_there_says_so() {
    let server = server(Faults::default());
    let place = place(&server).with("OPENAI_API_KEY", KEY);
    let done = place.run(&["cache", "export", "none.jsonl", "--pipeline", "live.toml"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    let questions = format!("{PROBLEMS} of {PROBLEMS} questions of this pipeline have no reply in the cache");
    assert!(done.stderr.contains(&questions), "{}", done.stderr);
    assert_eq!(server.count(), 0);
}

#[test]
fn the_cache_tells_what_it_holds_and_forgets_what_it_is_told_to() {
    let server = server(Faults::first(&[Fault::ContextTooLong; 2]));
    let place = place(&server).with("OPENAI_API_KEY", KEY);
    assert_eq!(place.run(&["run", "live.toml", "-j", "1"]).code, 5);
    let told = place.succeed(&["cache", "stats"]).stdout;
    assert!(told.contains(&format!("solver at {}: {} replies", server.base_url(), PROBLEMS - 2)), "{told}");
    assert!(told.contains("failures  2 (asked again by the next run)"), "{told}");
    assert!(told.contains("solver: 2 context_too_long") && !told.contains(KEY), "{told}");
    place.succeed(&["run", "live.toml"]);
    assert_eq!(stats(&place)["failures"].as_array().map(Vec::len), Some(0));

    let unsaid = place.run(&["cache", "clear"]);
    assert_eq!(unsaid.code, 2, "{}", unsaid.stderr);
    let all = stats(&place)["replies"].as_u64().unwrap();
    let dry = place.succeed(&["cache", "clear", "--model", "solver", "--dry-run"]).stderr;
    assert!(dry.contains(&format!("{PROBLEMS} of {all} replies would go")), "{dry}");
    place.succeed(&["cache", "clear", "--older-than", "1d"]);
    assert_eq!(stats(&place)["replies"], all);
    let gone = place.succeed(&["cache", "clear", "--model", "solver"]).stderr;
    let left = all - PROBLEMS as u64;
    assert!(gone.contains(&format!("{PROBLEMS} replies are gone, {left} stay")), "{gone}");
    place.succeed(&["cache", "clear", "--all"]);
    assert_eq!(stats(&place)["replies"], 0);
}

#[test]
fn concurrency_may_be_left_to_the_program() {
    let slow = Behaviour { latency: 0.02, ..Behaviour::default() };
    let server = ScriptedServer::start(Script::of(slow)).unwrap();
    let place = Place::new();
    let row =
        |n: usize| format!("{{\"id\": {n}, \"problem\": \"What is {n} + 7?\", \"answer\": {}}}\n", n + 7);
    place.write("sums.jsonl", &(0..200).map(row).collect::<String>());
    place.succeed(&["load", "--path", "sums.jsonl", "-o", "problems.parquet"]);
    let url = server.base_url();
    let args = [
        "generate",
        "--problems",
        "problems.parquet",
        "--model",
        "m",
        "--base-url",
        &url,
        "-j",
        "auto",
        "-o",
        "g.parquet",
    ];
    place.succeed(&args);
    assert!(server.most_in_flight() > 20, "{} at once", server.most_in_flight());
    let wrong = args.map(|arg| if arg == "auto" { "many" } else { arg });
    let done = place.run(&wrong);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("expected a number above 0, or `auto`"), "{}", done.stderr);
}

#[test]
fn a_key_that_a_server_repeats_is_kept_nowhere() {
    const WRONG: &str = "sk-somebody-else-987654321";
    let server = server(Faults::default());
    let place = place(&server).with("OPENAI_API_KEY", WRONG);
    let done = place.run(&["run", "live.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(done.stderr.contains("wrong key: [secret]"), "{}", done.stderr);
    let told = place.succeed(&["cache", "stats"]).stdout;
    assert!(told.contains("refused") && told.contains("wrong key: [secret]"), "{told}");
    for (name, content) in place.contents(".") {
        let leaked = content.windows(WRONG.len()).any(|window| window == WRONG.as_bytes());
        assert!(!leaked, "the key stands in {name}");
    }
}
