//! Roll-outs and demanded answers with a reasoner of whom every figure is known: what they cost, what they come to, and what is made
//! of them.

use std::time::{Duration, Instant};

use serde_json::Value;
use tables::{Grade, Judgment, Row, TableReader, Tree, Verdict};
use testkit::{Behaviour, Chain, Dialect, Replies, Script, ScriptedServer};

use crate::support::Place;

const PROBLEMS: usize = 12;
const N: usize = 4;

fn server(dialect: Dialect, thinks: bool, latency: f64) -> ScriptedServer {
    let replies = Replies::Chain(Chain { thinks, ..Chain::default() });
    let behaviour = Behaviour { replies, dialect, latency, limits: true, ..Behaviour::default() };
    ScriptedServer::start(Script::of(behaviour)).unwrap()
}

/// Sums that the reasoner works out, and what is asked of its replies.
fn place(server: &ScriptedServer, tasks: &str) -> Place {
    let place = Place::new();
    let row = |i: usize| {
        let (a, b) = (i + 20, 10 * i);
        format!(
            "{}\n",
            serde_json::json!({"id": format!("sum-{i}"), "problem": format!("What is {a} + {b}?"), "answer": (a + b).to_string()})
        )
    };
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    let pipeline = format!(
        "[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
         [[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{url}\"\nseed = 1\ntokenizer = \"builtin\"\n\
         [split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n{tasks}\n",
        url = server.base_url(),
        tasks = tasks.replace("URL", &server.base_url()),
    );
    place.write("p.toml", &pipeline);
    place
}

fn rollouts(more: &str) -> String {
    format!("[tasks.rollouts]\nmodel = \"m\"\nbase_url = \"URL\"\nseed = 50\nn = {N}\n{more}\n")
}

fn rows<R: Row>(place: &Place, name: &str) -> Vec<R> {
    TableReader::open(&place.path(name)).unwrap().map(Result::unwrap).collect()
}

fn lines(place: &Place, name: &str) -> Vec<Value> {
    place.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_step_has_a_value_and_everything_is_paid_for_once() {
    let server = server(Dialect::Vllm, true, 0.0);
    let place = place(&server, &rollouts("keep = true"));
    place.succeed(&["run", "p.toml", "--to", "split", "--quiet"]);
    let before = server.count();
    let told = place.succeed(&["run", "p.toml", "--dry-run"]).stdout;
    let calls = PROBLEMS * 4 * N;
    assert!(told.contains(&format!("calls    {} to ask of m", calls + 1)), "and a trial: {told}");
    assert_eq!(server.count(), before, "a forecast asks nobody");
    place.succeed(&["run", "p.toml", "--quiet"]);
    assert_eq!(server.count() - before, calls + 1, "and one trial");
    let judgments = rows::<Judgment>(&place, "runs/p/m/judgments.parquet");
    for judgment in &judgments {
        let drawn = judgment.rollouts.as_ref().unwrap();
        assert_eq!(drawn.iter().map(|one| one.asked as usize).sum::<usize>(), 4 * N);
        let tokens: u64 = drawn.iter().map(|one| one.tokens.unwrap()).sum();
        let note = judgment.tasks.iter().find(|note| note.task == "rollouts").unwrap();
        assert_eq!((note.completion_tokens, note.calls), (Some(tokens), Some(4 * N as u32)));
    }
    assert!(judgments.iter().any(|judgment| judgment.first_error.is_some()));
    let trees = rows::<Tree>(&place, "runs/p/m/rollouts.parquet");
    let drawn = |tree: &Tree| {
        tree.nodes
            .iter()
            .filter(|node| !node.kept && node.finished)
            .map(|node| node.multiplicity)
            .sum::<u32>()
    };
    assert!(trees.iter().all(|tree| drawn(tree) == 4 * N as u32), "every completion is in its tree");

    let (asked, bytes) = (server.count(), place.contents("runs"));
    for jobs in ["1", "64"] {
        place.succeed(&["run", "p.toml", "--force", "judge", "--offline", "-j", jobs, "--quiet"]);
        assert!(place.contents("runs") == bytes, "-j {jobs}: replies from the cache gave other bytes");
    }
    assert_eq!(server.count(), asked);
}

#[test]
fn killed_at_any_moment_nothing_is_asked_twice_and_the_bytes_are_the_same() {
    let found = |place: &Place| {
        let judgments = rows::<Judgment>(place, "runs/p/m/judgments.parquet");
        let drawn =
            judgments.into_iter().map(|judgment| (judgment.rollouts, judgment.first_error, judgment.tasks));
        (drawn.collect::<Vec<_>>(), rows::<Tree>(place, "runs/p/m/rollouts.parquet"))
    };
    let undisturbed = {
        let server = server(Dialect::Vllm, true, 0.0);
        let place = place(&server, &rollouts("search = \"halving\"\nkeep = true"));
        place.succeed(&["run", "p.toml", "--quiet", "-j", "1"]);
        (server.count(), found(&place))
    };
    let server = server(Dialect::Vllm, true, 0.004);
    let place = place(&server, &rollouts("search = \"halving\"\nkeep = true"));
    for moment in 1..=20 {
        let mut child = place.command(&["run", "p.toml", "--quiet", "-j", "4"]).spawn().unwrap();
        let (started, before) = (Instant::now(), server.count());
        while server.count() < before + 1 + moment % 7 && started.elapsed() < Duration::from_secs(5) {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        child.wait().unwrap();
    }
    place.succeed(&["run", "p.toml", "--quiet", "-j", "64"]);
    // Of each kill the calls that were under way, and replies on their way to the disk.
    assert!(server.count() <= undisturbed.0 + 20 * 8, "{} for {}", server.count(), undisturbed.0);
    assert!(found(&place) == undisturbed.1, "other rows than those of a run that nobody disturbed");
    let (asked, bytes) = (server.count(), place.contents("runs"));
    place.succeed(&["run", "p.toml", "--quiet", "--force", "judge", "--offline"]);
    assert!(place.contents("runs") == bytes, "replies from the cache gave other bytes");
    assert_eq!(server.count(), asked);
}

#[test]
fn a_server_that_cannot_go_on_is_refused_before_anything_is_paid() {
    let server = server(Dialect::Restarts, true, 0.0);
    let place = place(&server, &rollouts(""));
    place.succeed(&["run", "p.toml", "--to", "split", "--quiet"]);
    let before = server.count();
    let done = place.run(&["run", "p.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    for words in
        ["the task `rollouts` cannot be done by `m`", "it begins a new reply", "thinkmeter doctor --continue"]
    {
        assert!(done.stderr.contains(words), "{}", done.stderr);
    }
    assert_eq!(server.count(), before + 1, "one short question");
    let never = "[tasks.rollouts]\nmodel = \"m\"\nbase_url = \"URL\"\ncontinuation = \"never\"\n";
    let place = self::place(&server, never);
    let done = place.run(&["run", "p.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
}

#[test]
fn a_model_that_works_in_the_open_and_a_server_that_echoes() {
    let server = server(Dialect::Llamacpp, false, 0.0);
    let place = place(&server, &rollouts("search = \"halving\"\nstream = false\ncontinuation = \"plain\""));
    place.succeed(&["run", "p.toml", "--to", "split", "--quiet"]);
    let grades = rows::<Grade>(&place, "runs/p/m/grades.parquet");
    let wrong = grades.iter().filter(|grade| grade.verdict == Verdict::Wrong).count();
    let told = place.succeed(&["run", "p.toml", "--dry-run"]).stdout;
    // The first of five steps is found by two or three prefixes.
    let range = format!("calls    {}–{} to ask of m", 1 + 2 * N * wrong, 1 + 3 * N * wrong);
    assert!(told.contains(&range), "{range}: {told}");
    let before = server.count();
    place.succeed(&["run", "p.toml", "--quiet"]);
    assert!(
        (1 + 2 * N * wrong..=1 + 3 * N * wrong).contains(&(server.count() - before)),
        "{}",
        server.count() - before
    );
    for judgment in rows::<Judgment>(&place, "runs/p/m/judgments.parquet") {
        let note = judgment.tasks.iter().find(|note| note.task == "rollouts").unwrap();
        assert!(["done", "skipped"].contains(&note.state.as_str()), "{note:?}");
        assert!(judgment.rollouts.iter().flatten().all(|one| one.undecided == 0));
        assert_eq!(judgment.first_error.is_some(), note.state == "done");
    }
}

#[test]
fn labels_become_training_data_that_reads_back() {
    let server = server(Dialect::Vllm, false, 0.0);
    let place = place(&server, &rollouts(""));
    place.succeed(&["run", "p.toml", "--quiet"]);
    let all = "trl_stepwise,math_shepherd,prm800k,prm_chat,processbench,parquet";
    let done =
        place.succeed(&["curate", "steps", "runs/p", "--labels", "rollouts", "--export", all, "-o", "steps"]);
    assert!(done.stdout.contains("pieces: 60, of which "), "{}", done.stdout);
    let trl = lines(&place, "steps/steps/trl_stepwise/train.jsonl");
    let bench = lines(&place, "steps/steps/processbench/train.jsonl");
    assert_eq!((trl.len(), bench.len()), (PROBLEMS, PROBLEMS));
    for (trl, bench) in trl.iter().zip(&bench) {
        let labels = trl["labels"].as_array().unwrap();
        assert_eq!((labels.len(), trl["completions"].as_array().unwrap().len()), (5, 5));
        let first_wrong = labels.iter().position(|label| *label == false).map_or(-1, |step| step as i64);
        assert_eq!(bench["label"], first_wrong);
    }
    // What was written is labelled traces of a known format.
    let scored = place.succeed(&["calibrate", "steps/steps/processbench/train.jsonl"]);
    assert!(scored.stdout.contains("12"), "{}", scored.stdout);

    let soft = ["curate", "steps", "runs/p", "--labels", "soft", "--export", "trl_stepwise", "-o", "soft"];
    let refused = place.run(&soft);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("0.75 would train as wrong"), "{}", refused.stderr);
    let soft = ["curate", "steps", "runs/p", "--labels", "soft", "--export", "parquet", "-o", "soft"];
    assert!(place.succeed(&soft).stdout.contains("12 rows"));
    let unjudged = place.run(&["curate", "steps", "runs/p", "--labels", "verifier", "-o", "none"]);
    assert!(unjudged.stderr.contains("judge again with the task `verify`"), "{}", unjudged.stderr);
}

#[test]
fn values_stand_beside_the_steps_where_a_trace_is_read() {
    let server = server(Dialect::Vllm, true, 0.0);
    let place = place(&server, &rollouts(""));
    place.succeed(&["run", "p.toml", "--quiet"]);
    let judgments = rows::<Judgment>(&place, "runs/p/m/judgments.parquet");
    let wrong = judgments
        .iter()
        .find(|judgment| judgment.first_error.is_some_and(|step| step > 0 && step < 4))
        .unwrap();
    let shown = place.succeed(&["show", "runs/p", &wrong.problem_id]).stdout;
    assert!(shown.contains("◆ right from here: 0 of 4 (0–49 %)"), "{shown}");
    let error = wrong.first_error.unwrap();
    assert!(
        shown.contains(&format!("From the end of step {error} on no completion comes to the right")),
        "{shown}"
    );
    assert!(place.read("runs/p/report.html").contains("right from here: 0 of 4 (0–49 %)"));
}

#[test]
fn the_answer_is_settled_and_the_judge_is_held_against_that() {
    let server = server(Dialect::Vllm, true, 0.0);
    let place = place(&server, "[tasks.convergence]\nmodel = \"m\"\nbase_url = \"URL\"\n");
    place.succeed(&["run", "p.toml", "--to", "split", "--quiet"]);
    let told = place.succeed(&["run", "p.toml", "--dry-run"]).stdout;
    assert!(told.contains("calls    49 to ask of m"), "48 answers and a trial: {told}");
    place.succeed(&["run", "p.toml", "--quiet"]);
    for judgment in rows::<Judgment>(&place, "runs/p/m/judgments.parquet") {
        let forced = judgment.forced.as_ref().unwrap();
        assert_eq!((forced.len(), judgment.converged.is_some()), (4, true));
        let settled = judgment.converged.unwrap();
        assert!(forced.iter().filter(|answer| answer.step >= settled).all(|answer| answer.own == Some(true)));
    }
    let csv = place.succeed(&["report", "--metrics", "runs/p/metrics.parquet", "--format", "csv"]).stdout;
    assert!(csv.contains("convergence") && csv.contains("first_correct_lag"), "{csv}");
}
