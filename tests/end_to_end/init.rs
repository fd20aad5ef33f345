//! `thinkmeter init`, and what `doctor` and `list` say without being asked for anything in particular.

use testkit::{Behaviour, Script, ScriptedServer, Thinking};

use crate::support::Place;

#[test]
fn a_pipeline_for_a_server_runs_as_it_is() {
    let tags = Behaviour { thinking: Thinking::tags(), ..Behaviour::default() };
    let server = ScriptedServer::start(Script::default().model("org/thinker", tags)).unwrap();
    let place = Place::new().with("PATH", "/nowhere");
    let done = place.succeed(&["init", "--base-url", &server.base_url()]);
    assert!(done.stderr.contains("wrote thinkmeter.toml"), "{}", done.stderr);
    let steady: Vec<String> = place.read("thinkmeter.toml").lines().map(str::to_owned).collect();
    let steady = steady.iter().filter(|line| !line.starts_with("# speed")).map(String::as_str);
    let text = steady.collect::<Vec<_>>().join("\n").replace(&server.base_url(), "http://server/v1");
    insta::assert_snapshot!("init_server", text);
    place.succeed(&["run", "thinkmeter.toml", "--limit", "3", "-q"]);
    let again = place.run(&["init", "--base-url", &server.base_url()]);
    assert_eq!(again.code, 2, "{}", again.stderr);
    assert!(again.stderr.contains("is there already; name another one, or say --force"), "{}", again.stderr);
}

#[test]
fn a_pipeline_for_traces_says_what_they_are() {
    let place = Place::new().with("PATH", "/nowhere");
    let row = |model: &str, sum: u32| {
        format!(
            "{{\"problem\": \"What is 2 + {sum}?\", \"gold\": \"{}\", \"model\": \"{model}\", \
             \"response\": \"<think>2 + {sum} = {}.</think>\\\\boxed{{{}}}\"}}\n",
            2 + sum,
            2 + sum,
            2 + sum
        )
    };
    place.write("mine.jsonl", &(row("lab/a", 3) + &row("b", 4)));
    place.succeed(&["init", "mine.jsonl", "-o", "mine.toml"]);
    insta::assert_snapshot!("init_traces", place.read("mine.toml"));
    place.succeed(&["run", "mine.toml", "-q"]);
    let missing = place.run(&["init", "nothing.jsonl", "-o", "n.toml"]);
    assert!(missing.code == 3 && missing.stderr.contains("nothing.jsonl"), "{}", missing.stderr);
    let word = place.run(&["init", "math-50", "-o", "n.toml"]);
    assert!(word.code == 2 && word.stderr.contains("thinkmeter list presets"), "{}", word.stderr);
}

#[test]
fn presets_and_pipelines_are_written_out() {
    let place = Place::new().with("PATH", "/nowhere");
    place.succeed(&["init", "math-500", "--base-url", "http://127.0.0.1:9/v1"]);
    let text = place.read("thinkmeter.toml");
    assert!(text.contains("preset = \"math-500\""), "{text}");
    assert!(
        text.contains("# the server could not be looked at: cannot reach http://127.0.0.1:9/v1"),
        "{text}"
    );
    place.succeed(&["init", "full-eval", "-o", "copy.toml"]);
    place.succeed(&["run", "copy.toml", "-q"]);
    // Nothing to ask at all: a file to fill in, and a word that it is one.
    let done = place.succeed(&["init", "--force"]);
    let found =
        done.stderr.contains("no server was found") || place.read("thinkmeter.toml").contains("base_url");
    assert!(found, "{}", done.stderr);
}

#[test]
fn without_arguments_doctor_and_list_say_what_there_is() {
    let server = ScriptedServer::start(Script::default().model("org/thinker", Behaviour::default())).unwrap();
    let place = Place::new().with("PATH", "/nowhere").with("OPENAI_BASE_URL", &server.base_url());
    let done = place.succeed(&["doctor"]);
    assert!(done.stdout.contains("(OPENAI_BASE_URL) has org/thinker"), "{}", done.stdout);
    assert!(done.stdout.contains("none on the PATH serves models"), "{}", done.stdout);
    let named = place.succeed(&["doctor", "--base-url", &server.base_url()]);
    assert!(named.stdout.contains("has org/thinker"), "{}", named.stdout);
    let nowhere = place.run(&["doctor", "--base-url", "http://127.0.0.1:9/v1"]);
    assert!(nowhere.code == 1 && nowhere.stdout.contains("cannot reach"), "{}", nowhere.stdout);
    let listed = place.succeed(&["list"]);
    for kind in ["judges", "splitters", "presets", "metrics"] {
        assert!(listed.stdout.lines().any(|line| line.starts_with(kind)), "{}", listed.stdout);
    }
}
