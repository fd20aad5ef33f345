//! The hub as a source, against a scripted one.

use ::hub::HubSettings;
use serde_json::json;
use testkit::{HubScript, ScriptedHub};

use super::*;

#[test]
fn files_of_the_hub_are_loaded_and_their_commit_is_part_of_the_identity() {
    let rows = |n: u32| format!("{{\"question\": \"{n}?\", \"answer\": \"{n}\"}}\n");
    let script = HubScript::default()
        .file("datasets/opencompass/AIME2025", "aime2025-I.jsonl", rows(1))
        .file("datasets/opencompass/AIME2025", "aime2025-II.jsonl", rows(2));
    let hub = ScriptedHub::start(script).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = HubSettings {
        token: None,
        endpoint: hub.endpoint(),
        cache: folder.path().join("cache"),
        offline: false,
    };
    let load = || parse(&json!({"preset": "aime-2025"}), "dataset").unwrap().with_hub(settings.clone());
    let before = load().fingerprint_input();
    load().prepare().unwrap();
    let after = load().fingerprint_input();
    assert_ne!(before, after);
    assert!(after.to_string().contains("0123456789abcdef0123456789abcdef01234567"), "{after}");
    let asked = hub.count();

    let out = LoadOutputs { problems: folder.path().join("p.parquet"), replies: None, tests: None };
    load().run(&out, Provenance::default(), &Silent).unwrap();
    let problems: Vec<Problem> = rows_of(&out.problems);
    let brief: Vec<_> =
        problems.iter().map(|p| (p.subset.as_str(), p.problem.as_str(), p.dataset.as_str())).collect();
    assert_eq!(brief, [("Round I", "1?", "AIME-2025"), ("Round II", "2?", "AIME-2025")]);
    assert_eq!((load().fingerprint_input(), hub.count()), (after, asked), "nothing is fetched twice");

    let offline = HubSettings { offline: true, cache: folder.path().join("empty"), ..settings.clone() };
    let error = load().with_hub(offline).prepare().unwrap_err().to_string();
    assert!(error.starts_with("opencompass/AIME2025@main:aime2025-I.jsonl is not in the cache"), "{error}");
}
