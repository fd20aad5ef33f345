//! Judges that ask models, over a scripted server: windows, votes, panels, equality, and what the cache saves.

use std::collections::BTreeMap;

use tables::{Grade, JudgeState, Judgment, TableReader, Verdict};
use testkit::{Asked, Behaviour, Fault, Faults, Replies, Said, Script, ScriptedServer};

use crate::support::{Done, Place};

const TRACES: usize = 12;

/// Recorded traces of four paragraphs, the third of which comes to the answer. Every other trace has two sentences in
/// its first paragraph.
fn traces() -> String {
    let row = |i: usize| {
        let (a, b) = (i + 20, 3 * i + 40);
        let first = if i.is_multiple_of(2) { "I look at the sum. It is short." } else { "I look at the sum" };
        let thought = format!("{first}\\n\\nI add them up\\n\\n{a} + {b} = {}\\n\\nThat is all", a + b);
        format!(
            "{{\"id\": \"t{i}\", \"problem\": \"What is {a} + {b}?\", \"answer\": \"{0}\", \"model\": \"m\", \
             \"response\": \"<think>{thought}</think>\\\\boxed{{{0}}}\"}}\n",
            a + b
        )
    };
    (0..TRACES).map(row).collect()
}

fn place(judge: &str) -> Place {
    let place = Place::new();
    place.write("traces.jsonl", &traces());
    let pipeline = format!(
        "description = \"judging\"\n[dataset]\nkind = \"recorded\"\npath = \"traces.jsonl\"\n\
         [split]\nkind = \"separator\"\n{judge}"
    );
    place.write("j.toml", &pipeline);
    place
}

fn naming() -> Behaviour {
    Behaviour { replies: Replies::Judge { known: BTreeMap::new() }, ..Behaviour::default() }
}

fn mumbling() -> Behaviour {
    Behaviour { replies: Replies::Fixed(Said::plain("Hard to say.")), ..Behaviour::default() }
}

fn judgments(place: &Place) -> Vec<Judgment> {
    let path = place.path("runs/j/m/judgments.parquet");
    TableReader::open(&path).unwrap().map(Result::unwrap).collect()
}

fn is_judged(place: &Place) -> bool {
    place.path("runs/j/m/judgments.parquet").exists()
}

fn llm(server: &ScriptedServer, model: &str, more: &str) -> String {
    format!("[judge]\nkind = \"llm\"\nmodel = \"{model}\"\nbase_url = \"{}\"\n{more}\n", server.base_url())
}

fn panel(server: &ScriptedServer, models: [&str; 2]) -> String {
    let member = |model| {
        let url = server.base_url();
        format!("[[judge.members]]\nkind = \"llm\"\nmodel = \"{model}\"\nbase_url = \"{url}\"\nreasks = 0\n")
    };
    let rule = "[[judge.members]]\nkind = \"rule\"\n";
    format!("[judge]\nkind = \"panel\"\n{}{rule}{}", member(models[0]), member(models[1]))
}

#[test]
fn windows_stop_at_the_first_step_that_is_found_and_say_where_it_ends() {
    let server = ScriptedServer::start(Script::of(naming())).unwrap();
    let place = place(&llm(&server, "a", "window_tokens = 64\noverlap_steps = 0"));
    place.succeed(&["run", "j.toml"]);
    for (index, row) in judgments(&place).iter().enumerate() {
        // The step comes in the second window where the first paragraph is longer.
        let windows = if index.is_multiple_of(2) { 2 } else { 1 };
        assert_eq!((row.state, row.step, row.calls), (JudgeState::Found, Some(2), windows), "{index}");
        assert_eq!((row.temperature, row.votes), (Some(0.0), None));
        let before = if index.is_multiple_of(2) { 50 } else { 36 };
        assert!((before..before + 20).contains(&row.offset.unwrap()), "{index}: {:?}", row.offset);
    }
    let narrow = place.run(&["run", "j.toml", "--set", "judge.window_tokens=10"]);
    assert_eq!(narrow.code, 3, "{}", narrow.stderr);
    assert!(
        narrow.stderr.contains("judge.window_tokens: 10 is too small, the least is 64"),
        "{}",
        narrow.stderr
    );
}

#[test]
fn a_server_with_a_small_context_gets_smaller_windows() {
    let server =
        ScriptedServer::start(Script::of(naming()).faults(Faults::first(&[Fault::ContextTooLong; 2])))
            .unwrap();
    let place = place(&llm(&server, "a", ""));
    let long = "I go on thinking about how one could do this at all. ".repeat(20);
    let trace = format!(
        "{{\"id\": \"t\", \"problem\": \"What is 20 + 40?\", \"answer\": \"60\", \"model\": \"m\", \
         \"response\": \"<think>{long}\\n\\n{long}\\n\\n{long}\\n\\n20 + 40 = 60</think>\\\\boxed{{60}}\"}}\n"
    );
    place.write("traces.jsonl", &trace);
    place.succeed(&["run", "j.toml"]);
    let row = &judgments(&place)[0];
    assert_eq!((row.state, row.step), (JudgeState::Found, Some(3)));
    assert!(row.calls as usize == server.count() && row.calls > 5, "{} calls", row.calls);
    // The calls that failed are asked again, those that were answered are not.
    let before = server.count();
    place.succeed(&["run", "j.toml", "--force", "judge"]);
    assert!(server.count() - before <= 1, "{} calls", server.count() - before);
}

#[test]
fn votes_and_panels_say_how_far_they_agree() {
    let server = ScriptedServer::start(
        Script::default().model("a", naming()).model("b", naming()).model("mumbler", mumbling()),
    )
    .unwrap();
    let voting = place(&llm(&server, "a", "votes = 3\nseed = 5"));
    voting.succeed(&["run", "j.toml"]);
    assert_eq!(server.count_of("a"), 3 * TRACES);
    for row in judgments(&voting) {
        assert_eq!((row.step, row.votes, row.agreement, row.calls), (Some(2), Some(3), Some(1.0), 3));
        assert_eq!((row.temperature, row.seed), (Some(0.7), Some(5)));
    }

    let split = place(&panel(&server, ["b", "mumbler"]));
    split.succeed(&["run", "j.toml"]);
    for row in judgments(&split) {
        assert_eq!(
            (row.step, row.votes, row.judge.as_str()),
            (Some(2), Some(3), "panel:llm:b+rule+llm:mumbler")
        );
        assert!((row.agreement.unwrap() - 2.0 / 3.0).abs() < 1e-12 && row.own_step == Some(2));
        let raw: serde_json::Value = serde_json::from_str(row.raw.as_deref().unwrap()).unwrap();
        assert_eq!((&raw[2]["state"], &raw[2]["said"]), (&"failed".into(), &"Hard to say.".into()));
    }
}

#[test]
fn votes_none_of_which_can_be_read_are_failures_with_their_words() {
    let server = ScriptedServer::start(Script::of(mumbling())).unwrap();
    let place = place(&llm(&server, "a", "votes = 2\nreasks = 0"));
    let done = place.run(&["run", "j.toml"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    let rows = judgments(&place);
    assert!(
        rows.iter().all(|row| row.state == JudgeState::Failed && row.step.is_none() && row.offset.is_none())
    );
    assert!(rows[0].raw.as_deref().unwrap().contains("Hard to say."));
}

/// A server that answers so many requests and then wants to be paid.
fn dying(answers: usize, port: u16) -> ScriptedServer {
    let faults = Faults { first: vec![None; answers], ..Faults::always(Fault::NoMoney) };
    ScriptedServer::start_at(Script::of(naming()).faults(faults), port, None).unwrap()
}

fn port(server: &ScriptedServer) -> u16 {
    let url = server.base_url();
    url.trim_end_matches("/v1").rsplit(':').next().unwrap().parse().unwrap()
}

/// Dies after some calls, then lives at the same address: nothing is published, all is redone, what was paid is kept.
fn check_dead(judge: impl Fn(&ScriptedServer) -> String, calls: usize, answered: usize) {
    let dead = dying(answered, 0);
    let (place, port) = (place(&judge(&dead)), port(&dead));
    let done = place.run(&["run", "j.toml", "-j", "1"]);
    // Where few calls are left to fail, each fails its own row; else the judge is out of reach.
    let told = if done.code == 5 { "rows failed" } else { "nothing was published" };
    assert!([4, 5].contains(&done.code) && done.stderr.contains(told), "{}\n{}", done.code, done.stderr);
    assert_eq!(is_judged(&place), done.code == 5, "{}", done.stderr);
    if done.code == 5 {
        let failed: Vec<_> =
            judgments(&place).into_iter().filter(|row| row.state == JudgeState::Failed).collect();
        assert!(!failed.is_empty() && failed.iter().all(|row| row.step.is_none() && row.offset.is_none()));
    }
    drop(dead);
    let alive = ScriptedServer::start_at(Script::of(naming()), port, None).unwrap();
    let again = place.succeed(&["run", "j.toml"]);
    assert!(again.stages("running (").contains(&"judge m".to_owned()), "{}", again.stderr);
    assert_eq!(alive.count(), calls - answered, "replies that were paid for are asked for again");
    assert!(judgments(&place).iter().all(|row| row.step == Some(2)));
}

#[test]
fn a_dead_judge_is_no_verdict_whichever_way_it_asks() {
    check_dead(|server| llm(server, "a", "votes = 3"), 3 * TRACES, 7);
    check_dead(|server| panel(server, ["a", "b"]), 2 * TRACES, 3);
    check_dead(|server| llm(server, "a", "window_tokens = 64\noverlap_steps = 0"), TRACES + TRACES / 2, 5);
}

#[test]
fn one_dead_member_stops_the_whole_panel() {
    let body = "{\"error\": {\"message\": \"no such key\", \"type\": \"invalid_request_error\"}}";
    let refusing = Behaviour { raw: Some(testkit::Raw::json(401, body)), ..Behaviour::default() };
    let server = ScriptedServer::start(Script::of(naming()).model("b", refusing)).unwrap();
    let place = place(&panel(&server, ["a", "b"]));
    let done = place.run(&["run", "j.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(!is_judged(&place));
}

#[test]
fn another_judge_model_reuses_no_verdict_and_the_first_one_none_that_is_paid_for() {
    let server = ScriptedServer::start(Script::of(naming())).unwrap();
    let place = place(&llm(&server, "a", ""));
    place.succeed(&["run", "j.toml"]);
    let first = place.contents("runs");
    let done = place.succeed(&["run", "j.toml", "--set", "judge.model=b"]);
    assert!(done.stderr.contains("config.model: a → b"), "{}", done.stderr);
    assert_eq!((server.count_of("a"), server.count_of("b")), (TRACES, TRACES));
    assert!(judgments(&place).iter().all(|row| row.judge == "llm:b"));
    place.succeed(&["run", "j.toml"]);
    assert_eq!((server.count_of("a"), server.count_of("b")), (TRACES, TRACES));
    assert!(place.contents("runs") == first, "the same verdicts gave other bytes");
}

#[test]
fn another_splitter_asks_again_only_where_it_cuts_otherwise() {
    let server = ScriptedServer::start(Script::of(naming())).unwrap();
    let place = place(&llm(&server, "a", ""));
    place.succeed(&["run", "j.toml"]);
    let by_sentence = &["run", "j.toml", "--set", "split.kind=sentence"];
    let done = place.succeed(by_sentence);
    assert_eq!(done.stages("running (")[..2], ["split m", "judge m"], "{}", done.stderr);
    // Half of the traces have a paragraph of two sentences.
    assert_eq!(server.count(), TRACES + TRACES / 2);
    let steps: Vec<_> = judgments(&place).iter().map(|row| row.step).collect();
    let expect: Vec<_> = (0..TRACES).map(|i| Some(if i.is_multiple_of(2) { 3 } else { 2 })).collect();
    assert_eq!(steps, expect, "verdicts on other steps were reused");
    place.succeed(&["run", "j.toml", "--offline"]);
    assert_eq!(server.count(), TRACES + TRACES / 2);
}

#[test]
fn answers_that_the_rules_cannot_compare_are_asked_about() {
    let words = |asked: &Asked| {
        let equality = asked.prompt.contains("<given_answer>");
        Some(Said::plain(if equality { "The same. \\boxed{yes}" } else { "\\boxed{2}" }))
    };
    let server = ScriptedServer::with_words(Script::of(naming()), words).unwrap();
    let place = place("[judge]\nkind = \"rule\"");
    let odd = "9".repeat(5000);
    let row = format!(
        "{{\"id\": \"odd\", \"problem\": \"What is it?\", \"answer\": \"{odd}\", \"model\": \"m\", \
         \"response\": \"<think>It is 5.</think>\\\\boxed{{5}}\"}}\n"
    );
    place.write("traces.jsonl", &(traces() + &row));
    let table = format!("grade={{kind = \"llm\", model = \"e\", base_url = \"{}\"}}", server.base_url());
    place.succeed(&["run", "j.toml", "--set", &table]);
    let grades: Vec<Grade> = TableReader::open(&place.path("runs/j/m/grades.parquet"))
        .unwrap()
        .map(Result::unwrap)
        .filter(|grade: &Grade| grade.calls > 0)
        .collect();
    assert_eq!((grades.len(), server.count()), (1, 1));
    let Grade { verdict, grader, raw, .. } = &grades[0];
    assert_eq!((*verdict, grader.as_str()), (Verdict::Right, "llm:e"));
    assert_eq!(raw.as_deref(), Some("The same. \\boxed{yes}"));
    let old = place.run(&["run", "j.toml", "--set", "judge.equality=true"]);
    let told = "judge.equality: judges no longer compare final answers (write [grade] with kind = \"llm\"";
    assert!(says(&old, told), "{}", old.stderr);
}

fn says(done: &Done, words: &str) -> bool {
    done.code == 3 && done.stderr.contains(words)
}
