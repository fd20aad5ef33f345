//! What a run would ask and cost, told before it does.

use testkit::{Behaviour, Dialect, Replies, Script, ScriptedServer};

use crate::support::Place;

const PROBLEMS: usize = 40;

fn server() -> ScriptedServer {
    let judge = Behaviour { replies: Replies::Judge { known: Default::default() }, ..Behaviour::default() };
    let script = Script::default().model("judge", judge).model("m", Behaviour::default());
    ScriptedServer::start(script).unwrap()
}

fn place(server: &ScriptedServer) -> Place {
    let place = Place::new();
    let row =
        |i: usize| format!("{{\"id\": {i}, \"problem\": \"What is {i} + 4?\", \"answer\": {}}}\n", i + 4);
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    let url = server.base_url();
    place.write(
        "p.toml",
        &format!(
            "description = \"sums\"\n[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
             [[models]]\nname = \"mine\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{url}\"\nmax_tokens = 1000\n\
             price = {{ prompt = 10.0, completion = 20.0 }}\n\
             [judge]\nkind = \"llm\"\nmodel = \"judge\"\nbase_url = \"{url}\"\n"
        ),
    );
    place
}

#[test]
fn a_first_look_bounds_what_it_cannot_know_and_touches_nothing() {
    let server = server();
    let place = place(&server);
    let told = place.succeed(&["run", "p.toml", "--dry-run"]).stdout;
    for expect in [
        "└─ mine  (openai, m at http://",
        "calls    40 to ask of m, 0 in the reply cache",
        "prompts  ≈ ",
        "replies  at most 40,000 tokens (`max_tokens`; no reply is known yet)",
        "money    at most 0.8",
        "asks judge about 40 replies that are still to come",
        "in all   40 calls, money ",
    ] {
        assert!(told.contains(expect), "{expect}\n{told}");
    }
    assert_eq!(server.count(), 0);
    assert!(!place.path("runs").exists() && !place.path("cache").exists(), "looking left something behind");
    let boundless = place.succeed(&["explain", "p.toml", "--set", "models.0.max_tokens=0"]).stdout;
    assert!(boundless.contains("at most 0 tokens"), "{boundless}");
}

#[test]
fn what_is_in_the_cache_is_counted_and_foretells_the_rest() {
    let server = server();
    let place = place(&server);
    place.succeed(&["run", "p.toml", "--limit", "10", "--to", "generate"]);
    let told = place.succeed(&["explain", "p.toml"]).stdout;
    assert!(told.contains("calls    30 to ask of m, 10 in the reply cache"), "{told}");
    assert!(told.contains("from 10 replies of this stage in the cache"), "{told}");
    assert!(told.contains("time     ≈ "), "{told}");
    let other = place.succeed(&["explain", "p.toml", "--set", "models.0.temperature=0.7"]).stdout;
    assert!(other.contains("calls    40 to ask of m, 0 in the reply cache"), "{other}");
    assert!(other.contains("from 10 replies of this model in the cache"), "{other}");

    place.succeed(&["run", "p.toml", "--to", "split"]);
    let judge = place.succeed(&["explain", "p.toml"]).stdout;
    assert!(judge.contains("calls    at least 40 to ask of judge, 0 in the reply cache"), "{judge}");
    assert!(
        judge.contains("unknown: the model has no `price`") || judge.contains("unknown, as the replies are"),
        "{judge}"
    );
    let before = server.count();
    place.succeed(&["run", "p.toml"]);
    assert_eq!(server.count() - before, 40, "the forecast was wrong");
    let idle = place.succeed(&["explain", "p.toml"]).stdout;
    assert!(!idle.contains("to ask"), "{idle}");
    let prompts = place.succeed(&["explain", "p.toml", "--force", "judge"]).stdout;
    assert!(prompts.contains("calls    0 to ask of judge, 40 in the reply cache"), "{prompts}");
}

#[test]
fn one_stage_alone_can_be_looked_at() {
    let server = server();
    let place = place(&server);
    place.succeed(&["load", "--dataset", "jsonl", "--path", "sums.jsonl", "-o", "problems.parquet"]);
    let url = server.base_url();
    let args = [
        "generate",
        "--problems",
        "problems.parquet",
        "--model",
        "m",
        "--base-url",
        &url,
        "-n",
        "3",
        "--dry-run",
    ];
    let told = place.succeed(&args).stdout;
    assert!(told.starts_with("calls    120 to ask of m, 0 in the reply cache"), "{told}");
    assert!(told.contains("replies  unknown: no reply of this model is known yet"), "{told}");
    assert_eq!(server.count(), 0);
}

#[test]
fn a_plan_without_an_address_is_still_a_plan() {
    let place = Place::new();
    let told = place.succeed(&["explain", "server"]).stdout;
    assert!(told.contains("default at no address yet"), "{told}");
    assert!(told.contains("calls cannot be told: model `default` has no address"), "{told}");
}

/// Each reply is cut, and may be whole or not after that: a trial, and one or two questions a problem.
#[test]
fn replies_that_may_go_on_are_a_range_that_holds_what_is_asked() {
    let going_on = Behaviour { limits: true, dialect: Dialect::Vllm, ..Behaviour::default() };
    let server = ScriptedServer::start(Script::default().model("m", going_on)).unwrap();
    let place = place(&server);
    let set = ["--to", "generate", "--set", "models.0.max_tokens=8", "--set", "models.0.continue_cut=500"];
    let run = |more: &[&str]| place.succeed(&[&["run", "p.toml"], set.as_slice(), more].concat());
    let told = run(&["--dry-run"]).stdout;
    let (least, most) = (1 + PROBLEMS, 1 + 2 * PROBLEMS);
    assert!(told.contains(&format!("calls    {least}–{most} to ask of m, 0 in the reply cache")), "{told}");
    assert!(told.contains("how many depends on the replies"), "{told}");
    assert_eq!(server.count(), 0);
    run(&[]);
    assert_eq!(server.count(), most);
    let before = place.contents("runs");
    run(&["--force", "generate", "--offline"]);
    assert!(server.count() == most && place.contents("runs") == before);
}
