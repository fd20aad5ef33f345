//! Servers that the program starts itself: at the first question and not before, one after another, and nothing is left of
//! them however the program ends.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use testkit::{Script, ScriptedServer};

use crate::support::{Place, done};

/// Where this test, started as a program of its own, is to listen; see [`a_server_if_it_is_asked_for`].
const PORT: &str = "THINKMETER_TEST_PORT";

#[test]
fn a_server_if_it_is_asked_for() {
    let Ok(port) = std::env::var(PORT) else { return };
    let server = ScriptedServer::start_at(Script::default(), port.parse().unwrap(), None).unwrap();
    server.wait();
}

/// A command that starts a worker, loads for a while, writes down that it begins and ends, and then is a server.
fn command(place: &Place, name: &str, loading: f64) -> String {
    let (program, events) = (std::env::current_exe().unwrap(), place.path("events"));
    let script = format!(
        "echo begin {name} >> {events}; trap 'kill %1 %2; echo end {name} >> {events}; exit 0' TERM; \
         sleep 1000 & sleep {loading}; \
         {PORT}={{port}} {program} --exact serving::a_server_if_it_is_asked_for --nocapture & wait %2",
        events = events.display(),
        program = program.display(),
    );
    format!("serve = {{ command = [\"/bin/bash\", \"-c\", {script:?}], start_seconds = 60 }}\n")
}

fn model(name: &str, serve: &str) -> String {
    format!("[[models]]\nname = \"{name}\"\nkind = \"openai\"\nmodel = \"{name}\"\n{serve}")
}

fn pipeline(place: &Place, models: &str) {
    place.write(
        "p.toml",
        &format!(
            "[dataset]\nkind = \"builtin\"\n[split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n{models}"
        ),
    );
}

/// Processes whose environment or command line names this place.
fn left(place: &Place) -> Vec<String> {
    let folder = place.path("events").display().to_string();
    let listed = Command::new("ps").args(["-eo", "pid,args"]).output().unwrap();
    let lines = String::from_utf8_lossy(&listed.stdout).into_owned();
    lines.lines().filter(|line| line.contains(&folder)).map(str::to_owned).collect()
}

fn nothing_is_left(place: &Place) {
    let begun = Instant::now();
    while !left(place).is_empty() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(left(place), Vec::<String>::new());
}

fn events(place: &Place) -> String {
    if Path::exists(&place.path("events")) { place.read("events") } else { String::new() }
}

#[test]
fn a_server_is_started_when_it_is_needed_and_once() {
    let place = Place::new().with("PATH", "/usr/bin:/bin");
    pipeline(&place, &model("m", &command(&place, "m", 0.1)));
    let explained = place.succeed(&["explain", "p.toml"]);
    assert!(events(&place).is_empty(), "{}", explained.stdout);
    let first = place.succeed(&["run", "p.toml"]);
    assert!(first.stderr.contains("starting /bin/bash for m"), "{}", first.stderr);
    assert!(first.stderr.contains("/bin/bash is ready after"), "{}", first.stderr);
    assert_eq!(events(&place), "begin m\nend m\n");
    nothing_is_left(&place);
    // What is known needs no server.
    std::fs::remove_dir_all(place.path("runs")).unwrap();
    let second = place.succeed(&["run", "p.toml"]);
    assert!(!second.stderr.contains("starting"), "{}", second.stderr);
    assert_eq!(events(&place), "begin m\nend m\n");
}

#[test]
fn two_models_are_served_one_after_the_other() {
    let place = Place::new().with("PATH", "/usr/bin:/bin");
    let models = model("a", &command(&place, "a", 0.1)) + &model("b", &command(&place, "b", 0.1));
    pipeline(&place, &models);
    place.succeed(&["run", "p.toml"]);
    assert_eq!(events(&place), "begin a\nend a\nbegin b\nend b\n");
}

#[test]
fn nothing_is_left_of_a_server_when_the_program_is_killed() {
    // While it loads, and while it answers.
    for (loading, after) in [(30.0, 0.6), (0.0, 1.5)] {
        let place = Place::new().with("PATH", "/usr/bin:/bin");
        pipeline(&place, &model("m", &command(&place, "m", loading)));
        let mut child = place.command(&["run", "p.toml", "-j", "1"]).spawn().unwrap();
        let begun = Instant::now();
        while events(&place).is_empty() && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_secs_f64(after));
        child.kill().unwrap();
        child.wait().unwrap();
        nothing_is_left(&place);
    }
}

#[test]
fn a_server_that_dies_while_it_loads_says_its_last_words() {
    let place = Place::new().with("PATH", "/usr/bin:/bin");
    let serve =
        "serve = { command = [\"/bin/bash\", \"-c\", \"echo loading; echo tensor is cut >&2; exit 7\"] }\n";
    pipeline(&place, &model("m", serve));
    let failed = place.run(&["run", "p.toml"]);
    assert_eq!(failed.code, 4, "{}", failed.stderr);
    assert!(failed.stderr.contains("ended while loading"), "{}", failed.stderr);
    assert!(failed.stderr.contains("loading\ntensor is cut"), "{}", failed.stderr);
    assert!(failed.stderr.contains("/servers/01-bash-m.log"), "{}", failed.stderr);
}

#[test]
fn one_word_ends_a_server_that_does_not_get_ready() {
    let place = Place::new().with("PATH", "/usr/bin:/bin");
    pipeline(&place, &model("m", &command(&place, "m", 300.0)));
    let child = place.command(&["run", "p.toml"]).spawn().unwrap();
    let begun = Instant::now();
    while events(&place).is_empty() && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let stopped = done(child);
    assert_eq!(stopped.code, 130, "{}", stopped.stderr);
    nothing_is_left(&place);
}

#[test]
fn what_cannot_serve_is_told() {
    let place = Place::new().with("PATH", "/nowhere");
    let checked = |code: i32, serve: &str, part: &str| {
        pipeline(&place, &model("m", serve));
        let failed = place.run(&["run", "p.toml"]);
        assert_eq!(failed.code, code, "{}", failed.stderr);
        assert!(failed.stderr.contains(part), "{}", failed.stderr);
    };
    // Only when it is needed: what the cache knows needs no program.
    checked(4, "serve = \"vllm\"\n", "no `vllm` on the PATH; install it (`pip install vllm`");
    let check = |serve: &str, part: &str| checked(3, serve, part);
    check("serve = \"auto\"\n", "no program that serves models is on the PATH");
    check("serve = \"vlm\"\n", "models[0].serve: unknown value `vlm` (did you mean `vllm`?)");
    check("base_url = \"http://127.0.0.1:1/v1\"\nserve = \"vllm\"\n", "both `base_url` and `serve`");
    check(
        "serve = { args = { port = 1 }, engine = \"vllm\" }\n",
        "`args.port` is written by the program itself",
    );
}
