//! Against a scripted hub on this machine.

use std::path::Path;

use tables::{Blame, Blamed};
use tempfile::TempDir;
use testkit::{HubScript, ScriptedHub};

use super::*;

/// A hub with one dataset and one model, and an empty cache.
fn start(script: HubScript) -> (ScriptedHub, TempDir, HubSettings) {
    let script = script.file("datasets/org/data", "main/test.jsonl", "{\"a\": 1}\n").file(
        "org/model",
        "tokenizer.json",
        "{}",
    );
    let hub = ScriptedHub::start(script).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = HubSettings {
        token: None,
        endpoint: hub.endpoint(),
        cache: folder.path().join("hub"),
        offline: false,
    };
    (hub, folder, settings)
}

fn data(file: &str) -> HubFile {
    HubFile { repo: "org/data".into(), kind: RepoKind::Dataset, revision: "main".into(), file: file.into() }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_file_is_fetched_once_and_then_taken_from_the_cache() {
    for redirects in [false, true] {
        let (hub, _folder, settings) = start(HubScript { redirects, ..HubScript::default() });
        assert_eq!(cached(&data("main/test.jsonl"), &settings), None);
        let path = fetch(&data("main/test.jsonl"), &settings).unwrap();
        assert_eq!(read(&path), "{\"a\": 1}\n");
        assert_eq!(commit_of(&path).as_deref(), Some("0123456789abcdef0123456789abcdef01234567"));
        let asked = hub.count();
        let offline = HubSettings { offline: true, ..settings };
        assert_eq!(fetch(&data("main/test.jsonl"), &offline).unwrap(), path);
        let by_commit = HubFile { revision: commit_of(&path).unwrap(), ..data("main/test.jsonl") };
        assert_eq!(fetch(&by_commit, &offline).unwrap(), path);
        assert_eq!(hub.count(), asked, "the cache asks nobody");
    }
}

#[test]
fn models_stand_beside_datasets() {
    let (_hub, _folder, settings) = start(HubScript::default());
    let file = HubFile {
        repo: "org/model".into(),
        kind: RepoKind::Model,
        revision: "main".into(),
        file: "tokenizer.json".into(),
    };
    assert_eq!(read(&fetch(&file, &settings).unwrap()), "{}");
}

#[test]
fn a_key_opens_what_needs_one() {
    let (hub, _folder, settings) =
        start(HubScript { token: Some("hf_secret".into()), ..HubScript::default() });
    let error = fetch(&data("main/test.jsonl"), &settings).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the hub refuses org/data@main:main/test.jsonl (401): the repository is private or its name is \
             misspelt; check {}/datasets/org/data and set HF_TOKEN to a key that may read it, or give a local file \
             with `path`",
            hub.endpoint()
        )
    );
    assert_eq!(error.blame(), Blame::Input);
    let with_key = HubSettings { token: Some("hf_secret".into()), ..settings };
    assert_eq!(read(&fetch(&data("main/test.jsonl"), &with_key).unwrap()), "{\"a\": 1}\n");
}

#[test]
fn refusals_say_what_to_do() {
    let (hub, folder, settings) = start(HubScript { unavailable: 1, ..HubScript::default() });
    let error = |file: &HubFile, settings: &HubSettings| {
        let error = fetch(file, settings).unwrap_err();
        (error.to_string(), error.blame())
    };
    let busy = error(&data("main/test.jsonl"), &settings);
    let expect = "the hub could not serve org/data@main:main/test.jsonl (503); try again later";
    assert_eq!(busy, (expect.to_owned(), Blame::Endpoint));
    let page = format!("{}/datasets/org/data", hub.endpoint());
    let expect = format!(
        "the hub has no org/data@main:none.jsonl (404); compare repository, revision and file with {page}"
    );
    assert_eq!(error(&data("none.jsonl"), &settings), (expect, Blame::Input));

    let offline = HubSettings { offline: true, ..settings.clone() };
    let expect = format!(
        "org/data@main:none.jsonl is not in the cache {}, and HF_HUB_OFFLINE or --offline forbids to fetch it; \
         fetch it once online, or give a local file with `path`",
        folder.path().join("hub").display()
    );
    assert_eq!(error(&data("none.jsonl"), &offline), (expect, Blame::Input));

    drop(hub);
    let (message, blame) = error(&data("none.jsonl"), &settings);
    assert!(
        message.starts_with(&format!("cannot reach the hub at {} for org/data", settings.endpoint)),
        "{message}"
    );
    assert_eq!(blame, Blame::Endpoint);
}

#[test]
fn the_key_goes_to_the_hub_and_nowhere_else() {
    let (elsewhere, _other, _) = start(HubScript::default());
    let script = HubScript {
        token: Some("hf_secret".into()),
        redirects: true,
        elsewhere: elsewhere.endpoint(),
        ..HubScript::default()
    };
    let (hub, _folder, settings) = start(script);
    let with_key = HubSettings { token: Some("hf_secret".into()), ..settings };
    assert_eq!(read(&fetch(&data("main/test.jsonl"), &with_key).unwrap()), "{\"a\": 1}\n");
    assert_eq!(hub.keys(), ["hf_secret"]);
    assert_eq!((elsewhere.count(), elsewhere.keys()), (1, vec![]), "the other address got the key");
}

#[test]
fn names_that_lead_out_of_the_cache_are_refused_before_anything_is_written() {
    let check = |script: HubScript, file: HubFile, words: &str| {
        let (_hub, folder, settings) = start(script);
        let error = fetch(&file, &settings).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.blame(), Blame::Endpoint);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{words}");
    };
    let file = || data("main/test.jsonl");
    for name in ["../../stolen", "..", "/tmp/stolen", ".hidden", "a/b"] {
        let script = HubScript { etag: name.into(), ..HubScript::default() };
        check(script, file(), &format!("its etag is `{name}`, which is no name for the cache"));
        let script = HubScript { commit: name.into(), ..HubScript::default() };
        check(script, file(), &format!("its x-repo-commit is `{name}`, which is no name for the cache"));
    }
    let out = HubFile { file: "../../stolen".into(), ..file() };
    check(HubScript::default(), out, "its name leads out of the repository");
    let out = HubFile { revision: "../main".into(), ..file() };
    check(HubScript::default(), out, "its name leads out of the repository");
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_ended() {
    let (hub, _folder, settings) = start(HubScript { breaks_off: 3, ..HubScript::default() });
    assert_eq!(read(&fetch(&data("main/test.jsonl"), &settings).unwrap()), "{\"a\": 1}\n");
    assert_eq!(hub.count(), 2);
}
