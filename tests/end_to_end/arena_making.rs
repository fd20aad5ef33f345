//! `thinkmeter arena make` and `[arena]` in a pipeline: judges whose manners are known, and what votes say of them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tables::{TableReader, Vote, VoteState};
use testkit::{Asked, Behaviour, Raw, Replies, Said, Script, ScriptedServer};

use crate::support::{Done, Place};

const PROBLEMS: usize = 60;
/// Models, the least and the most words of their answers, and a word that tells whose an answer is.
const MODELS: [(&str, usize, usize, &str); 3] =
    [("brief", 20, 140, "clear"), ("middle", 40, 180, "fair"), ("wordy", 60, 240, "muddled")];

/// A number from 0 to 1 that follows from a text.
fn lot(text: &str) -> f64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, step);
    // The low bits of this hash are poor ones.
    ((hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Replies of three models, all right, of different lengths; then `judge` and what else a pipeline says.
fn place(arena: &str) -> Place {
    let place = Place::new();
    let mut rows = String::new();
    for at in 0..PROBLEMS {
        for (model, least, most, sign) in MODELS {
            let words = least + (lot(&format!("{model} {at}")) * (most - least) as f64) as usize;
            let answer = format!("A {sign} answer.{} It is \\boxed{{{}}}.", " word".repeat(words), at + 3);
            let response = format!("<think>\n{at} and 3 make {}.\n</think>\n\n{answer}", at + 3);
            let row = json!({
                "problem_id": format!("q{at}"), "problem": format!("What is {at} + 3?"), "gold": (at + 3).to_string(),
                "model": model, "response": response,
            });
            rows += &format!("{row}\n");
        }
    }
    place.write("replies.jsonl", &rows);
    place.write(
        "p.toml",
        &format!(
            "description = \"p\"\n[dataset]\nkind = \"recorded\"\npath = \"replies.jsonl\"\n[[models]]\nname = \"*\"\n\
             kind = \"recorded\"\ntokenizer = \"builtin\"\n[split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n{arena}"
        ),
    );
    place
}

/// A server that judges by what it is shown of both answers, first and second.
fn judge(says: impl Fn(&str, &str, &str) -> String + Send + Sync + 'static) -> ScriptedServer {
    let words = move |asked: &Asked| {
        let (_, shown) = asked.prompt.split_once("Answer A:").unwrap();
        let (first, rest) = shown.split_once("Answer B:").unwrap();
        let (second, _) = rest.split_once("What counts").unwrap();
        Some(Said::plain(says(first, second, &asked.prompt)))
    };
    ScriptedServer::with_words(Script::of(Behaviour::default()), words).unwrap()
}

fn always_first() -> ScriptedServer {
    judge(|_, _, _| "I like how it begins. \\boxed{A}".to_owned())
}

/// Prefers clear answers to muddled ones, and far more than that long ones to short ones.
fn likes_length() -> ScriptedServer {
    judge(|first, second, prompt| {
        let worth = |text: &str| match text {
            text if text.contains("clear") => 0.9,
            text if text.contains("muddled") => -0.9,
            _ => 0.0,
        };
        let [long, other] = [first, second].map(|text| text.split_whitespace().count() as f64);
        let odds = worth(first) - worth(second) + 14.0 * (long - other) / (long + other);
        let word = if lot(prompt) < 1.0 / (1.0 + (-odds).exp()) { "A" } else { "B" };
        format!("\\boxed{{{word}}}")
    })
}

fn make(place: &Place, server: &ScriptedServer, more: &[&str]) -> Done {
    let url = server.base_url();
    let common = ["arena", "make", "runs/p", "--judge", "critic", "--base-url", &url];
    place.run(&[&common, more].concat())
}

fn votes(place: &Place, file: &str) -> Vec<Vote> {
    TableReader::open(&place.path(file)).unwrap().map(Result::unwrap).collect()
}

fn fitted(place: &Place, more: &[&str]) -> Value {
    let done = place.succeed(&[&["arena", "fit", "--format", "json"], more].concat());
    serde_json::from_str(&done.stdout).unwrap()
}

fn count(votes: &[Vote], state: VoteState) -> usize {
    votes.iter().filter(|vote| vote.state == state).count()
}

#[test]
fn a_judge_that_always_prefers_the_first_has_no_preference() {
    let (place, server) = (place(""), always_first());
    place.succeed(&["run", "p.toml", "--quiet"]);
    let done = make(&place, &server, &[]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let pairs = PROBLEMS * 3;
    assert_eq!(server.count(), 2 * pairs, "two calls a pair");
    let made = votes(&place, "runs/p/votes.parquet");
    assert_eq!((made.len(), count(&made, VoteState::Judged)), (2 * pairs, 2 * pairs));
    for both in made.chunks(2) {
        assert_eq!(both[0].outcome.unwrap() + both[1].outcome.unwrap(), 1.0, "each pair is a tie");
        assert_eq!((both[0].order.as_str(), both[1].order.as_str()), ("ab", "ba"));
    }
    let arena = fitted(&place, &["runs/p"]);
    let position = &arena["position"][0];
    assert_eq!((&position["judge"], &position["pairs"]), (&json!("critic"), &json!(pairs)));
    assert_eq!((&position["first_both"], &position["consistent"]), (&json!(pairs), &json!(0)));
    assert_eq!(position["first_share"], 1.0);
    assert!(position["p"].as_f64().unwrap() < 1e-6, "{position}");
    for rating in arena["islands"][0]["ratings"].as_array().unwrap() {
        let [score, low, high] = ["score", "low", "high"].map(|key| rating[key].as_f64().unwrap());
        assert!((score - 1000.0).abs() < 1e-6 && low <= 1000.0 && high >= 1000.0, "{rating}");
    }
    // Nobody is asked twice, and the bytes are the same.
    let before = place.contents("runs");
    assert_eq!(make(&place, &server, &[]).code, 0);
    assert_eq!(server.count(), 2 * pairs, "no call on the second run");
    assert!(place.contents("runs") == before, "the second run wrote other bytes");
}

#[test]
fn a_judge_that_likes_length_is_seen_through() {
    let (place, server) = (place(""), likes_length());
    place.succeed(&["run", "p.toml", "--quiet"]);
    assert_eq!(make(&place, &server, &[]).code, 0);
    let arena = fitted(&place, &["runs/p", "--control", "answer_tokens"]);
    let island = &arena["islands"][0];
    let gamma = &island["control"]["coefficients"][0];
    assert_eq!(gamma["name"], "answer_tokens");
    assert!(gamma["low"].as_f64().unwrap() > 0.0, "{gamma}");
    let models = island["control"]["models"].as_array().unwrap();
    let order = |key: &str| {
        let mut names: Vec<(f64, &str)> = models
            .iter()
            .map(|model| (model[key].as_f64().unwrap(), model["model"].as_str().unwrap()))
            .collect();
        names.sort_by(|one, other| other.0.total_cmp(&one.0));
        names.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(order("before"), ["wordy", "middle", "brief"], "{models:?}");
    assert_eq!(order("after"), ["brief", "middle", "wordy"], "{models:?}");
    assert!(arena["position"][0]["p"].as_f64().unwrap() > 0.01, "{}", arena["position"]);
    let gamma = island["place"]["gamma"].as_f64().unwrap();
    assert!(gamma.abs() < 0.4, "what the first place is worth: {gamma}");
}

/// Some replies wrong, some alike, some that the judge does not judge, and some calls that fail.
#[test]
fn what_need_not_be_asked_is_not_and_what_fails_is_no_vote() {
    let place = Place::new();
    let row = |id: &str, model: &str, answer: &str| {
        let response = format!("<think>\nHm.\n</think>\n\n{answer}");
        json!({"problem_id": id, "problem": format!("What is 2 + 3, said {id}?"), "gold": "5", "model": model, "response": response})
    };
    let rows = [
        ("graded", "It is \\boxed{5}.", "It is \\boxed{6}."),
        ("same", "It is \\boxed{5}.", "It is \\boxed{5}."),
        ("judged", "It is \\boxed{5}.", "Five: \\boxed{5}."),
        ("mute", "It is \\boxed{5}.", "I say \\boxed{5}."),
    ];
    let lines = rows.iter().flat_map(|(id, a, b)| [row(id, "a", a), row(id, "b", b)]);
    place.write("replies.jsonl", &lines.map(|line| format!("{line}\n")).collect::<String>());
    place.write(
        "p.toml",
        "description = \"p\"\n[dataset]\nkind = \"recorded\"\npath = \"replies.jsonl\"\n[[models]]\nname = \"*\"\n\
         kind = \"recorded\"\ntokenizer = \"builtin\"\n[split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n",
    );
    place.succeed(&["run", "p.toml", "--quiet"]);
    let server = judge(|_, second, prompt| match prompt {
        prompt if prompt.contains("said mute") => "Both are fine, I think.".to_owned(),
        _ if second.contains("Five") => "\\boxed{slightly B}".to_owned(),
        _ => "\\boxed{\\text{tie}}".to_owned(),
    });
    let done = make(&place, &server, &[]);
    assert_eq!((done.code, server.count()), (0, 4), "{}", done.stderr);
    let made = votes(&place, "runs/p/votes.parquet");
    let told: Vec<_> = made
        .iter()
        .map(|vote| {
            (vote.problem_id.as_str(), vote.state.name(), vote.order.as_str(), vote.outcome, vote.weight)
        })
        .collect();
    let expect = [
        ("graded", "graded", "none", Some(1.0), 2.0),
        ("same", "same", "none", Some(0.5), 2.0),
        ("judged", "judged", "ab", Some(0.0), 1.0),
        ("judged", "judged", "ba", Some(0.5), 1.0),
        ("mute", "no_verdict", "ab", None, 1.0),
        ("mute", "no_verdict", "ba", None, 1.0),
    ];
    assert_eq!(told, expect);
    assert_eq!(made[4].reason.as_deref(), Some("the reply holds no box"));
    assert_eq!(made[4].raw.as_deref(), Some("Both are fine, I think."));
    assert_eq!((made[0].judge.as_deref(), made[2].judge.as_deref()), (None, Some("critic")));
    let fit = fitted(&place, &["runs/p"]);
    assert_eq!(fit["files"][0]["kept_out"][0]["reason"], "a reply without a verdict");
    assert_eq!(fit["files"][0]["kept_out"][0]["verdicts"], 2);

    // With everything asked, the judge is held against the truth.
    let done = make(&place, &server, &["--ask-all", "--output", "all.parquet"]);
    assert_eq!((done.code, server.count()), (0, 6), "{}", done.stderr);
    let truth = &fitted(&place, &["all.parquet"])["truth"][0];
    assert_eq!((&truth["votes"], &truth["ties"], &truth["wrong"]), (&json!(2), &json!(2), &json!(0)));

    // Without a judge grades alone vote, and the rest is told.
    let done = place.succeed(&["arena", "make", "runs/p", "--output", "grades.parquet"]);
    assert!(done.stderr.contains("2 unasked"), "{}", done.stderr);
    assert_eq!(count(&votes(&place, "grades.parquet"), VoteState::Unasked), 2);

    // A call that fails is no vote and is tried again.
    let broken = ScriptedServer::start(Script::of(Behaviour {
        raw: Some(Raw::json(400, "{\"error\": {\"message\": \"too hot\"}}")),
        ..Behaviour::default()
    }))
    .unwrap();
    let done = make(&place, &broken, &["--output", "failed.parquet"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    let failed = votes(&place, "failed.parquet");
    assert_eq!(count(&failed, VoteState::Failed), 4);
    assert!(failed.iter().any(|vote| vote.reason.as_deref().is_some_and(|why| why.contains("too hot"))));
}

#[test]
fn a_pipeline_has_the_same_votes_and_shows_them() {
    let server = likes_length();
    let arena = format!(
        "[arena]\njudge = {{ model = \"critic\", base_url = \"{}\" }}\ncontrol = [\"answer_tokens\"]\n\
         anchor = {{ model = \"middle\", score = 1200 }}\n",
        server.base_url()
    );
    let place = place(&arena);
    let looked = place.succeed(&["explain", "p.toml"]).stdout;
    assert!(looked.contains("arena"), "{looked}");
    place.succeed(&["run", "p.toml", "--quiet", "-j", "1"]);
    let one = place.contents("runs/p");
    let asked = server.count();
    assert_eq!(asked, 6 * PROBLEMS);
    let report = place.read("runs/p/report.html");
    assert!(
        report.contains("Who is preferred, by critic") && report.contains("href=\"arena.html\""),
        "no section"
    );
    assert!(
        place.read("runs/p/report.md").contains("| middle | 1,200"),
        "{}",
        place.read("runs/p/report.md")
    );
    assert!(place.read("runs/p/arena.html").contains("<h1>"));
    // Many at once, from the cache alone, and from another folder: the same bytes.
    place.succeed(&["run", "p.toml", "--quiet", "-j", "64", "--force", "arena", "--offline"]);
    assert!(place.contents("runs/p") == one, "other bytes from the cache");
    place.succeed(&["run", "p.toml", "--quiet", "--output-dir", "elsewhere", "-j", "64"]);
    assert!(place.contents("elsewhere/p") == one, "other bytes in another folder");
    assert_eq!(server.count(), asked);
    // What the command makes is the same.
    let refused = make(&place, &server, &[]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("its own pipeline makes"), "{}", refused.stderr);
    assert_eq!(make(&place, &server, &["--output", "own.parquet"]).code, 0);
    assert_eq!(votes(&place, "own.parquet"), votes(&place, "runs/p/votes.parquet"));
    assert_eq!(server.count(), asked);
    let fit = fitted(&place, &["runs/p", "--anchor", "middle=1200"]);
    assert_eq!(fit["votes"], json!(6 * PROBLEMS));
    // Another control asks nobody, and takes the section with it when it goes.
    place.succeed(&["run", "p.toml", "--quiet", "--set", "arena.control=[\"position\"]"]);
    assert_eq!(server.count(), asked);
}

#[test]
fn killed_at_any_moment_nothing_is_asked_twice() {
    let server = {
        let replies = Replies::Fixed(Said::plain("\\boxed{B}"));
        let behaviour = Behaviour { replies, latency: 0.004, ..Behaviour::default() };
        ScriptedServer::start(Script::of(behaviour)).unwrap()
    };
    let place = place("");
    place.succeed(&["run", "p.toml", "--quiet"]);
    let url = server.base_url();
    let line = ["arena", "make", "runs/p", "--judge", "critic", "--base-url", &url, "--quiet", "-j", "4"];
    for moment in 1..=10 {
        let mut child = place.command(&line).spawn().unwrap();
        let (started, before) = (Instant::now(), server.count());
        while server.count() < before + 1 + moment % 7 && started.elapsed() < Duration::from_secs(5) {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        child.wait().unwrap();
        assert!(!place.path("runs/p/votes.parquet").exists(), "half a table");
    }
    place.succeed(&line);
    assert!(server.count() <= 6 * PROBLEMS + 10 * 8, "{} for {}", server.count(), 6 * PROBLEMS);
    let killed = votes(&place, "runs/p/votes.parquet");
    let asked = server.count();
    place.succeed(&[
        "arena",
        "make",
        "runs/p",
        "--judge",
        "critic",
        "--base-url",
        &url,
        "--offline",
        "--output",
        "again.parquet",
    ]);
    assert_eq!((votes(&place, "again.parquet"), server.count()), (killed, asked));
}

#[test]
fn what_it_would_ask_is_told_before_and_money_ends_it() {
    let (place, server) = (place(""), always_first());
    place.succeed(&["run", "p.toml", "--quiet"]);
    let look = |pairs: &str| make(&place, &server, &["--dry-run", "--pairs", pairs]).stdout;
    let calls = |text: &str, calls: usize| {
        assert!(text.contains(&format!("calls    {calls} to ask of critic")), "{text}")
    };
    calls(&look("all"), 6 * PROBLEMS);
    calls(&look("against:middle"), 4 * PROBLEMS);
    calls(&look("50"), 100);
    assert_eq!(server.count(), 0, "looking asks nobody");
    assert!(!place.path("runs/p/votes.parquet").exists());
    // The same pairs by lot, whoever draws them; others with another seed.
    let drawn = |pairs: &str, file: &str| {
        assert_eq!(make(&place, &server, &["--pairs", pairs, "--output", file]).code, 0);
        votes(&place, file)
            .into_iter()
            .map(|vote| (vote.problem_id, vote.model_a, vote.model_b))
            .collect::<Vec<_>>()
    };
    let some = drawn("20", "a.parquet");
    assert_eq!((some.len(), &some), (40, &drawn("20@0", "b.parquet")));
    assert_ne!(some, drawn("20@1", "c.parquet"));
    let before = server.count();
    let price = ["--set", "judge.price={prompt=1000,completion=1000}", "--max-cost", "0.5", "-j", "1"];
    let stopped = make(&place, &server, &price);
    assert_eq!(stopped.code, 1, "{}", stopped.stderr);
    assert!(server.count() < before + 6 * PROBLEMS, "{}", server.count());
}

#[test]
fn two_judges_and_people_are_held_against_each_other() {
    let (place, lengthy, first) = (place(""), likes_length(), always_first());
    place.succeed(&["run", "p.toml", "--quiet"]);
    assert_eq!(make(&place, &lengthy, &["--output", "one.parquet"]).code, 0);
    let url = first.base_url();
    place.succeed(&[
        "arena",
        "make",
        "runs/p",
        "--judge",
        "other",
        "--base-url",
        &url,
        "--output",
        "two.parquet",
    ]);
    // People say what the first judge says of the first twenty problems.
    let people: Vec<String> = votes(&place, "one.parquet")
        .iter()
        .filter(|vote| vote.order == "ab")
        .take(60)
        .map(|vote| {
            let winner = if vote.outcome == Some(1.0) { "model_a" } else { "model_b" };
            let Vote { problem_id, model_a, model_b, .. } = vote;
            json!({"model_a": model_a, "model_b": model_b, "winner": winner, "problem_id": problem_id, "voter": "v"})
        })
        .map(|row| format!("{row}\n"))
        .collect();
    place.write("people.jsonl", &people.concat());
    let arena = fitted(&place, &["one.parquet", "two.parquet", "people.jsonl"]);
    let found: Vec<(String, u64)> = arena["agreement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| {
            (
                format!("{} {}", pair["raters"][0], pair["raters"][1]).replace('"', ""),
                pair["pairs"].as_u64().unwrap(),
            )
        })
        .collect();
    let pairs = (3 * PROBLEMS) as u64;
    assert_eq!(
        found,
        [("critic other".into(), pairs), ("critic people".into(), 60), ("other people".into(), 60)]
    );
    let kappa = |at: usize| arena["agreement"][at]["kappa"].as_f64().unwrap();
    assert!(kappa(1) > 0.2 && kappa(0).abs() < 1e-9, "{}", arena["agreement"]);
    assert_eq!(arena["agreement"][1]["decided"], arena["agreement"][1]["decided_same"]);
    let table = place.succeed(&["arena", "fit", "one.parquet", "two.parquet", "people.jsonl"]).stdout;
    assert!(table.contains("critic and people say the same of"), "{table}");
}

#[test]
fn what_cannot_be_made_is_refused_with_words() {
    let (place, server) = (place(""), always_first());
    place.succeed(&["run", "p.toml", "--quiet"]);
    let check = |line: &[&str], code: i32, words: &str| {
        let done = place.run(line);
        assert_eq!(done.code, code, "{line:?}: {}", done.stderr);
        assert!(done.stderr.contains(words), "{line:?}: {}", done.stderr);
    };
    check(&["arena", "make", "nowhere"], 3, "nowhere");
    check(&["arena", "fit", "runs/p"], 3, "it has no votes; `thinkmeter arena make` makes some");
    check(&["arena", "make", "runs/p", "--pairs", "against:midle"], 3, "did you mean `middle`?");
    check(&["arena", "make", "runs/p", "--pairs", "some"], 3, "arena.pairs: expected `all`, `against:MODEL`");
    check(&["arena", "make", "runs/p", "--pairs", "0"], 3, "arena.pairs");
    check(&["arena", "make", "runs/p", "--ask-all"], 3, "nobody votes where neither a judge nor grades do");
    check(&["arena", "make", "runs/p", "--base-url", "http://x"], 2, "--judge");
    check(&["arena", "make", "runs/p/brief"], 3, "runs/p/brief is no folder of a run");
    place.succeed(&["run", "p.toml", "--quiet", "--name", "one", "--set", "models.0.name=brief"]);
    check(&["arena", "make", "runs/one"], 3, "two models have to meet, and there is brief alone");
    let arena = format!(
        "arena={{ judge = {{ model = \"critic\", base_url = \"{}\" }}, control = [\"answer_token\"] }}",
        server.base_url()
    );
    check(
        &["run", "p.toml", "--set", &arena],
        3,
        "arena.control: unknown column `answer_token` (did you mean `answer_tokens`?)",
    );
    check(
        &["run", "p.toml", "--set", "arena.anchor={model=\"bref\"}"],
        3,
        "arena.anchor: unknown model `bref`",
    );
    check(&["run", "p.toml", "--only", "arena"], 3, "the stage `arena` has nothing to do in this pipeline");
    assert_eq!(server.count(), 0);
    check(
        &[
            "arena",
            "make",
            "runs/p",
            "--judge",
            "c",
            "--base-url",
            "http://127.0.0.1:9/v1",
            "--set",
            "judge.retries=0",
        ],
        4,
        "127.0.0.1:9",
    );
}

#[test]
fn votes_of_others_stand_in_a_report_too() {
    let place = place("[arena]\nvotes = \"v.jsonl\"\n");
    let vote = |a: &str, b: &str, winner: &str| json!({"model_a": a, "model_b": b, "winner": winner});
    let lines =
        [vote("brief", "wordy", "model_a"), vote("wordy", "brief", "model_a"), vote("brief", "wordy", "tie")];
    place.write("v.jsonl", &lines.map(|line| format!("{line}\n")).concat());
    place.succeed(&["run", "p.toml", "--quiet"]);
    assert!(place.read("runs/p/report.md").contains("Who is preferred, by v.jsonl"));
    place.write("v.jsonl", &format!("{}\n", vote("brief", "wordy", "draw")));
    let done = place.run(&["run", "p.toml", "--quiet"]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(done.stderr.contains("v.jsonl:1: the winner is `draw`"), "{}", done.stderr);
}

#[test]
fn the_demonstration_needs_nobody() {
    let place = Place::new();
    place.succeed(&["run", "arena-demo", "--quiet", "--offline"]);
    let report = place.read("runs/arena-demo/report.md");
    assert!(report.contains("Who is preferred, by grades"), "{report}");
    let fit = fitted(&place, &["runs/arena-demo"]);
    assert!(fit["votes"].as_u64().unwrap() > 10, "{fit}");
}
