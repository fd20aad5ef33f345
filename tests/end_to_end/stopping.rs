//! Samples that are drawn until a rule has enough, and chances of tokens, from the pipeline file to the report.

use std::time::{Duration, Instant};

use tables::{Generation, MetricValue, Row, TableReader};
use testkit::{Behaviour, Replies, Script, ScriptedServer};

use crate::support::Place;

const PROBLEMS: usize = 40;
const MOST: usize = 20;

fn server(latency: f64) -> ScriptedServer {
    let replies = Replies::Doubtful { right: 0.7 };
    ScriptedServer::start(Script::of(Behaviour { replies, latency, ..Behaviour::default() })).unwrap()
}

fn place(server: &ScriptedServer) -> Place {
    let place = Place::new();
    let row =
        |i: usize| format!("{{\"id\": {i}, \"problem\": \"What is {i} + 4?\", \"answer\": {}}}\n", i + 4);
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    place.write(
        "p.toml",
        &format!(
            "[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
             [[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{}\"\nseed = 1\nlogprobs = 3\n\
             stopping = {{ kind = \"beta\", batch = 2, most = {MOST} }}\n\
             [score]\nbootstrap = {{ resamples = 100 }}\n",
            server.base_url()
        ),
    );
    place
}

fn rows<R: Row>(place: &Place, name: &str) -> Vec<R> {
    TableReader::<R>::open(&place.path(name)).unwrap().map(Result::unwrap).collect()
}

fn figure(figures: &[MetricValue], name: &str) -> MetricValue {
    let is_it = |row: &&MetricValue| row.metric == name && row.subset == MetricValue::OVERALL;
    figures.iter().find(is_it).unwrap().clone()
}

#[test]
fn a_vote_that_stops_early_is_the_result_and_other_figures_are_not_biased() {
    let server = server(0.0);
    let place = place(&server);
    let told = place.succeed(&["run", "p.toml", "--dry-run"]).stdout;
    let (least, most) = (2 * PROBLEMS, MOST * PROBLEMS);
    assert!(told.contains(&format!("calls    {least}–{most} to ask of m, 0 in the reply cache")), "{told}");
    assert!(told.contains("2 to 20 samples"), "{told}");
    assert_eq!(server.count(), 0);

    let done = place.succeed(&["run", "p.toml", "-j", "8"]);
    let asked = server.count();
    assert!((least..=most).contains(&asked), "{asked} calls are not within the range that was told");
    assert!(
        done.stderr.contains(&format!("m drew {asked} samples of {PROBLEMS} problems, ended ")),
        "{}",
        done.stderr
    );
    let drawn: Vec<Generation> = rows(&place, "runs/p/m/generations.parquet");
    assert_eq!(drawn.len(), asked);
    let figures: Vec<MetricValue> = rows(&place, "runs/p/metrics.parquet");
    let (vote, accuracy) = (figure(&figures, "vote"), figure(&figures, "accuracy"));
    assert_eq!((vote.problems, vote.n), (PROBLEMS as u64, asked as u64));
    assert!(vote.value > accuracy.value, "{vote:?} {accuracy:?}");
    let samples = figure(&figures, "vote_samples").value.unwrap();
    assert!((samples - asked as f64 / PROBLEMS as f64).abs() < 1e-9);

    // Accuracy is that of the first sample of each problem.
    let right = drawn.iter().filter(|row| row.sample == 0 && is_right(row)).count();
    assert!((accuracy.value.unwrap() - right as f64 / PROBLEMS as f64).abs() < 1e-9);
    assert_eq!((accuracy.n, accuracy.left_out), (PROBLEMS as u64, (asked - PROBLEMS) as u64));
    let why = accuracy.left_out_why.unwrap();
    assert!(why.contains("stopped early"), "{why}");
    let named = |name: &str| figures.iter().any(|row| row.metric == name);
    assert!(named("pass@2") && !named("pass@4") && !named("maj@4") && !named("adaptive:beta95"));
    assert!(named("best_of:logprob@2"), "chances of tokens were told");

    let report = place.read("runs/p/report.md");
    assert!(report.contains("Its vote is right in "), "{report}");
    let points = place.succeed(&["frontier", "runs/p", "--format", "csv"]).stdout;
    assert!(points.lines().any(|line| line.contains(",vote,")), "{points}");
    let beside = place.run(&["run", "p.toml", "-n", "4"]);
    assert!(beside.code != 0 && beside.stderr.contains("`stopping` is there too"), "{}", beside.stderr);
}

/// The scripted model's words are likelier where it is right.
fn is_right(row: &Generation) -> bool {
    row.logprob_mean.is_some_and(|mean| mean > -0.2)
}

#[test]
fn killed_and_resumed_one_at_a_time_or_many_at_once_the_bytes_are_the_same() {
    let server = server(0.01);
    let place = place(&server);
    let mut child = place.command(&["run", "p.toml", "-j", "8"]).spawn().unwrap();
    let started = Instant::now();
    while server.count() < PROBLEMS && started.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    place.succeed(&["run", "p.toml", "-j", "64"]);
    let (asked, before) = (server.count(), place.contents("runs"));
    let drawn = rows::<Generation>(&place, "runs/p/m/generations.parquet").len();
    // The calls that were under way, and replies on their way to the disk.
    assert!(asked <= drawn + 16, "{asked} calls for {drawn} replies");
    for jobs in ["1", "64"] {
        place.succeed(&["run", "p.toml", "--force", "generate", "--offline", "-j", jobs]);
        assert_eq!(server.count(), asked);
        assert!(place.contents("runs") == before, "-j {jobs}: replies from the cache gave other bytes");
    }
    let told = place.succeed(&["explain", "p.toml", "--force", "generate"]).stdout;
    assert!(told.contains(&format!("calls    0 to ask of m, {drawn} in the reply cache")), "{told}");
}
