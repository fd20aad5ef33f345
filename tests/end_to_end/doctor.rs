//! `thinkmeter doctor`: a server looked at once.

use testkit::{Behaviour, Script, ScriptedServer, Thinking};

use crate::support::Place;

#[test]
fn a_server_is_examined_and_the_advice_is_a_pipeline() {
    let server =
        ScriptedServer::start(Script::of(Behaviour { thinking: Thinking::tags(), ..Behaviour::default() }));
    let server = server.unwrap();
    let place = Place::new();
    let done = place.succeed(&["doctor", "--base-url", &server.base_url(), "--model", "org/thinker"]);
    let steady: Vec<&str> = done.stdout.lines().filter(|line| !line.contains("speed")).collect();
    insta::assert_snapshot!("doctor", steady.join("\n").replace(&server.base_url(), "http://server/v1"));

    let table = done.stdout.split_once("[[models]]").unwrap().1;
    let pipeline = format!("[dataset]\nkind = \"builtin\"\nlimit = 2\n[[models]]{table}");
    place.write("p.toml", &pipeline);
    let done = place.succeed(&["run", "p.toml", "-q"]);
    assert!(
        !done.stdout.contains("written by us"),
        "live replies are nobody's demonstration: {}",
        done.stdout
    );
}

#[test]
fn a_server_that_is_not_there_says_so() {
    let place = Place::new();
    let done = place.run(&["doctor", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(done.stderr.contains("cannot reach http://127.0.0.1:9/v1"), "{}", done.stderr);
    let done = place.run(&["doctor", "--model", "m"]);
    assert!(done.code == 3 && done.stderr.contains("OPENAI_BASE_URL"), "{} {}", done.code, done.stderr);
    let done = place.run(&["doctor", "--model", "m", "--set", "temprature=1"]);
    assert!(done.code == 3 && done.stderr.contains("did you mean `temperature`?"), "{}", done.stderr);
}
