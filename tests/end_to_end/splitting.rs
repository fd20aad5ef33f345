//! A model that says where steps begin, over a scripted server.

use std::time::{Duration, Instant};

use tables::{Generation, Split, TableReader};
use testkit::{Asked, Behaviour, Fault, Faults, Raw, Said, Script, ScriptedServer};

use crate::support::Place;

const TRACES: usize = 30;

/// Recorded traces of six sentences in two paragraphs.
fn traces() -> String {
    let row = |i: usize| {
        let thought = format!(
            "I see trace {i}. It asks for a sum. So I add.\\n\\n{i} + 5 is {0}. But wait, let me check. Yes, it is {0}.",
            i + 5
        );
        format!(
            "{{\"id\": \"t{i}\", \"problem\": \"What is {i} + 5?\", \"answer\": \"{0}\", \"model\": \"m\", \
             \"response\": \"<think>{thought}</think>\\\\boxed{{{0}}}\"}}\n",
            i + 5
        )
    };
    (0..TRACES).map(row).collect()
}

fn place(server: &ScriptedServer) -> Place {
    let place = Place::new();
    place.write("traces.jsonl", &traces());
    let pipeline = format!(
        "description = \"splitting\"\n[dataset]\nkind = \"recorded\"\npath = \"traces.jsonl\"\n\
         [split]\nkind = \"llm\"\nmodel = \"s\"\nbase_url = \"{}\"\nretries = 0\n",
        server.base_url()
    );
    place.write("s.toml", &pipeline);
    place
}

/// Names the sentences that begin with these words, each by its number in the prompt.
fn naming(asked: &Asked) -> Option<Said> {
    let pieces = asked.prompt.lines().filter_map(|line| line.strip_prefix('[')?.split_once("] "));
    let begins =
        |text: &str| text.starts_with("I see") || text.contains(" + ") || text.starts_with("But wait");
    let lines = pieces.filter(|(_, text)| begins(text)).map(|(number, text)| {
        let words: Vec<&str> = text.split(' ').take(4).collect();
        format!("{number}: {}\n", words.join(" "))
    });
    Some(Said::plain(lines.collect::<String>()))
}

fn server(script: Script) -> ScriptedServer {
    ScriptedServer::with_words(script, naming).unwrap()
}

fn splits(place: &Place, path: &str) -> Vec<Split> {
    TableReader::open(&place.path(path)).unwrap().map(Result::unwrap).collect()
}

/// The texts of the steps of every trace.
fn steps(place: &Place) -> Vec<Vec<String>> {
    let generations = TableReader::<Generation>::open(&place.path("runs/s/m/generations.parquet")).unwrap();
    let rows = generations.map(Result::unwrap).zip(splits(place, "runs/s/m/splits.parquet"));
    let texts = |(generation, split): (Generation, Split)| {
        let thought = generation.thought().to_owned();
        split.steps.iter().map(|step| thought[step.start as usize..step.end as usize].to_owned()).collect()
    };
    rows.map(texts).collect()
}

#[test]
fn the_model_names_boundaries_and_every_call_is_cached() {
    let server = server(Script::default());
    let place = place(&server);
    place.succeed(&["run", "s.toml"]);
    assert_eq!(server.count(), TRACES);
    for (i, steps) in steps(&place).iter().enumerate() {
        let sum = i + 5;
        let expect = [
            format!("I see trace {i}. It asks for a sum. So I add."),
            format!("{i} + 5 is {sum}."),
            format!("But wait, let me check. Yes, it is {sum}."),
        ];
        assert_eq!(steps, &expect);
    }
    assert!(splits(&place, "runs/s/m/splits.parquet").iter().all(|split| split.note.is_none()));
    let before = place.contents("runs");
    place.succeed(&["run", "s.toml", "--force", "split", "--offline"]);
    assert!(place.contents("runs") == before && server.count() == TRACES);

    let done = place.succeed(&["run", "s.toml", "--set", "split.model=other"]);
    assert!(done.stderr.contains("splitter.config.model: s → other"), "{}", done.stderr);
    assert_eq!((server.count_of("other"), server.count_of("s")), (TRACES, TRACES));
    place.succeed(&["run", "s.toml"]);
    assert_eq!(server.count(), 2 * TRACES);
}

#[test]
fn a_reply_of_no_use_falls_back_and_the_split_says_so() {
    let words = |asked: &Asked| match asked.prompt.as_str() {
        prompt if prompt.contains("trace 3.") => Some(Said::plain("These are the steps of the text:")),
        prompt if prompt.starts_with("Your reply cannot be used") => {
            Some(Said::plain("0: I see\n77: nowhere"))
        }
        prompt if prompt.contains("trace 4.") => Some(Said::plain("")),
        _ => naming(asked),
    };
    let server = ScriptedServer::with_words(Script::default(), words).unwrap();
    let place = place(&server);
    place.succeed(&["run", "s.toml", "--set", "split.fallback=sentence"]);
    assert_eq!(server.count(), TRACES + 2);
    let rows = splits(&place, "runs/s/m/splits.parquet");
    let notes: Vec<_> = rows.iter().enumerate().filter_map(|(i, row)| Some((i, row.note.clone()?))).collect();
    let missed = "1 of the places that the model names are not in the text";
    assert_eq!(notes, [(3, missed.to_owned()), (4, missed.to_owned())]);
    place.succeed(&["run", "s.toml", "--set", "split.fallback=sentence", "--set", "split.reasks=0"]);
    let rows = splits(&place, "runs/s/m/splits.parquet");
    let expect = "pieces 0 to 5 by `sentence`: the reply names no piece";
    assert_eq!((rows[3].note.as_deref(), rows[3].steps.len()), (Some(expect), 6));
    assert_eq!(server.count(), TRACES + 2);
}

#[test]
fn alone_on_a_table_with_the_flags_of_every_command_that_asks() {
    let server = server(Script::default());
    let place = place(&server);
    place.succeed(&["run", "s.toml", "--to", "generate"]);
    let (url, generations) = (format!("base_url={}", server.base_url()), "runs/s/m/generations.parquet");
    let split = |more: &[&str]| {
        let mut args = vec!["split", "--generations", generations, "--splitter", "llm", "--set", "model=s"];
        args.extend(["--set", &url, "--set", "retries=0", "--tokenizer", "builtin"]);
        args.extend(more);
        place.run(&args)
    };
    let empty = split(&["-o", "a.parquet", "--offline"]);
    assert_eq!(empty.code, 5, "{}", empty.stderr);
    assert!(
        splits(&place, "a.parquet").iter().all(|split| split.note.as_deref().unwrap().contains("offline"))
    );
    let done = split(&["-o", "a.parquet", "-j", "2"]);
    assert_eq!((done.code, server.count()), (0, TRACES), "{}", done.stderr);
    assert!(server.most_in_flight() <= 2);
    let again = split(&["-o", "b.parquet", "--offline"]);
    assert_eq!((again.code, server.count()), (0, TRACES), "{}", again.stderr);
    assert_eq!(splits(&place, "a.parquet"), splits(&place, "b.parquet"));
    let nobody = place.run(&["split", "--generations", generations, "--splitter", "llm", "-o", "c.parquet"]);
    assert_eq!(nobody.code, 3, "{}", nobody.stderr);
    assert!(nobody.stderr.contains("split.model: missing"), "{}", nobody.stderr);
}

#[test]
fn a_model_that_is_out_of_reach_ends_the_run_and_publishes_nothing() {
    let body = "{\"error\": {\"message\": \"no such key\", \"type\": \"invalid_request_error\"}}";
    let refusing = Behaviour { raw: Some(Raw::json(401, body)), ..Behaviour::default() };
    let server = ScriptedServer::start(Script::of(refusing)).unwrap();
    let place = place(&server);
    let done = place.run(&["run", "s.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(
        done.stderr.contains("the splitter is out of reach: ")
            && done.stderr.contains("nothing was published")
    );
    assert!(
        !place.path("runs/s/m/splits.parquet").exists()
            && place.path("runs/s/m/generations.parquet").exists()
    );
}

#[test]
fn calls_that_fail_are_tried_again_by_the_next_run() {
    let server = server(Script::default().faults(Faults::first(&[Fault::InternalError; 4])));
    let place = place(&server);
    let done = place.run(&["run", "s.toml"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    assert!(done.stderr.contains("4 of "), "{}", done.stderr);
    let rows = splits(&place, "runs/s/m/splits.parquet");
    let lost = rows.iter().filter(|row| row.note.as_deref().is_some_and(|note| note.contains("HTTP 500")));
    assert_eq!(lost.count(), 4);
    let again = place.succeed(&["run", "s.toml"]);
    assert!(again.stderr.contains("4 rows failed last time"), "{}", again.stderr);
    assert_eq!(server.count(), TRACES + 4);
    assert!(splits(&place, "runs/s/m/splits.parquet").iter().all(|row| row.note.is_none()));
}

#[test]
fn windows_that_a_context_refused_are_halved_again_where_the_run_is_replayed() {
    let small = Behaviour { context_bytes: Some(4_000), ..Behaviour::default() };
    let server = server(Script::of(small));
    let home = place(&server);
    let thought: Vec<String> = (0..120).map(|i| format!("I see {i}. It is a number. So I add.")).collect();
    let row = format!(
        "{{\"id\": \"t\", \"problem\": \"What is 1 + 5?\", \"answer\": \"6\", \"model\": \"m\", \
         \"response\": \"<think>{}</think>6\"}}\n",
        thought.join(" ")
    );
    home.write("traces.jsonl", &row);
    home.succeed(&["run", "s.toml"]);
    let rows = splits(&home, "runs/s/m/splits.parquet");
    assert_eq!(rows[0].steps.len(), 120);
    // One question over all, two over halves, and so on.
    assert_eq!(server.count(), 1 + 2 + 4);
    let told = home.succeed(&["cache", "export", "replies.jsonl", "--pipeline", "s.toml"]).stderr;
    assert!(told.contains("4 replies and 3 refusals in replies.jsonl"), "{told}");

    let away = place(&server);
    away.write("traces.jsonl", &row);
    away.write("replies.jsonl", std::str::from_utf8(&home.contents(".")["replies.jsonl"]).unwrap());
    away.succeed(&["cache", "import", "replies.jsonl"]);
    away.succeed(&["run", "s.toml", "--offline"]);
    assert!(away.contents("runs/s") == home.contents("runs/s"), "another run");
    assert_eq!(server.count(), 7);
    // Where the server may be asked, it is: its context may have grown.
    home.succeed(&["run", "s.toml", "--force", "split"]);
    assert_eq!(server.count(), 7 + 3);
}

#[test]
fn a_killed_run_pays_for_no_boundary_twice() {
    let slow = Behaviour { latency: 0.05, ..Behaviour::default() };
    let server = server(Script::of(slow));
    let place = place(&server);
    let mut child = place.command(&["run", "s.toml", "-j", "2"]).spawn().unwrap();
    let started = Instant::now();
    while server.count() < TRACES / 2 && started.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!place.path("runs/s/m/splits.parquet").exists());
    place.succeed(&["run", "s.toml", "-j", "2"]);
    let asked = server.count();
    // What was in flight, and what waited to be stored.
    assert!((TRACES..=TRACES + 10).contains(&asked), "{asked} calls for {TRACES} traces");
}
