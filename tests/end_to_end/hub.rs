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

#[test]
fn a_gated_set_is_opened_by_a_key_or_by_a_file_and_refused_in_one_line() {
    let rows = "Record ID,Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3,High-level domain\n\
        r1,Which stone?,this,that,other,none,Physics\n";
    let script = HubScript { token: Some("hf_key".into()), ..HubScript::default() };
    let hub = ScriptedHub::start(script.file("datasets/Idavidrein/gpqa", "gpqa_diamond.csv", rows)).unwrap();
    let load = ["load", "--preset", "gpqa-diamond", "-o", "p.parquet", "--set", "expect_rows=1"];
    let refused = place(&hub).run(&load);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    let told = refused.stderr.trim();
    assert!(told.contains("set HF_TOKEN") && told.contains("or give a local file with `path`"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    place(&hub).with("HF_TOKEN", "hf_key").succeed(&load);
    let by_file = place(&hub);
    by_file.write("g.csv", rows);
    by_file.succeed(&[&load[..], &["--path", "g.csv"]].concat());
}
