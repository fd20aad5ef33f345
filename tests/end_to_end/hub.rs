//! A collection from the hub, through the hub's own client, against a scripted hub.

use testkit::{Behaviour, HubScript, Script, ScriptedHub, ScriptedServer};

use crate::support::Place;

const ROWS: &str = "{\"problem\": \"What is 1 + 2?\", \"answer\": \"3\", \"level\": 1, \"unique_id\": \"a\"}\n\
                    {\"problem\": \"What is 4 * 5?\", \"answer\": \"20\", \"level\": 3, \"unique_id\": \"b\"}\n";

fn hub() -> ScriptedHub {
    ScriptedHub::start(HubScript::default().file("datasets/HuggingFaceH4/MATH-500", "test.jsonl", ROWS))
        .unwrap()
}

fn place(hub: &ScriptedHub) -> Place {
    let place = Place::new();
    let home = place.path("hf").display().to_string();
    place.with("HF_ENDPOINT", &hub.endpoint()).with("HF_HOME", &home)
}

#[test]
fn a_preset_is_fetched_once_and_works_offline_afterwards() {
    let hub = hub();
    let server = ScriptedServer::start(Script::of(Behaviour::default())).unwrap();
    let place = place(&hub);
    let address = server.base_url();
    let run = ["run", "math-500", "--base-url", &address, "--set", "models.0.model=m"];
    let done = place.succeed(&run);
    for expected in ["MATH-500", "Level 1", "Level 3", "100.0 %"] {
        assert!(done.stdout.contains(expected), "no {expected} in\n{}", done.stdout);
    }
    drop((hub, server));
    let again = place.succeed(&[&run[..], &["--offline"]].concat());
    assert!(again.stages("running (").is_empty(), "{}", again.stderr);
    assert_eq!(again.stdout, done.stdout);
}

#[test]
fn a_hub_that_cannot_give_the_file_is_told_plainly() {
    let hub = hub();
    let place = place(&hub);
    let done = place.run(&["load", "--preset", "aime-2024", "-o", "p.parquet"]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    let offline = place.with("HF_HUB_OFFLINE", "1").run(&["load", "--preset", "gsm8k", "-o", "p.parquet"]);
    assert_eq!(offline.code, 3, "{}", offline.stderr);
    assert!(
        offline.stderr.contains("openai/gsm8k") && offline.stderr.contains("HF_HUB_OFFLINE"),
        "{}",
        offline.stderr
    );
}
