//! A stormy day: two thousand requests, 64 at once, and nearly every third try goes wrong in one of a dozen ways.
//! Then the same with a program that is killed three times.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{Fault, Faults, Logged, Script, ScriptedServer};

use crate::support::Place;

const REQUESTS: usize = 2_000;
const AT_ONCE: usize = 64;
/// Questions that no server will ever take, and those at which it always dies.
const TOO_LONG: usize = 15;
const BROKEN: usize = 5;

/// Not a test by itself: the server, as a process of its own.
#[test]
#[ignore = "runs as a child of the other tests"]
fn server() {
    let Ok(script) = std::env::var("THINKMETER_TEST_SCRIPT") else { return };
    let server = ScriptedServer::start_at(serde_json::from_str(&script).unwrap(), 0, None).unwrap();
    writeln!(std::io::stdout(), "\n{}", server.base_url()).unwrap();
    server.wait();
}

/// A server in another process.
struct Server {
    child: Child,
    base_url: String,
    log: PathBuf,
}

impl Server {
    fn start(script: Script, log: &Path) -> Self {
        let script = Script { log: Some(log.to_owned()), ..script };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "faults::server", "--ignored", "--nocapture"])
            .env("THINKMETER_TEST_SCRIPT", serde_json::to_string(&script).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base_url = lines.map(Result::unwrap).find(|line| line.starts_with("http://")).unwrap();
        Self { child, base_url, log: log.to_owned() }
    }

    /// Every request so far.
    fn requests(&self) -> Vec<Logged> {
        let text = std::fs::read_to_string(&self.log).unwrap();
        // The last line may be under way.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn count(&self) -> usize {
        std::fs::read(&self.log).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// 30 % of the tries fail, evenly in all these ways.
fn storm() -> Script {
    let ways = [
        Fault::TooManyRequests,
        Fault::RetryAfter,
        Fault::InternalError,
        Fault::BadGateway,
        Fault::Unavailable,
        Fault::Reset,
        Fault::ResetInside,
        Fault::StallBefore,
        Fault::StallInside,
        Fault::CutCharacter,
        Fault::ErrorAfter200,
        Fault::HalfJson,
        Fault::EmptyChoices,
    ];
    let rates = ways.map(|fault| (fault, 0.3 / ways.len() as f64)).into();
    let on = BTreeMap::from([
        ("(too long)".to_owned(), Fault::ContextTooLong),
        ("(broken)".to_owned(), Fault::InternalError),
    ]);
    Script::default().faults(Faults { rates, on, seed: 7, ..Faults::default() })
}

fn text(row: usize) -> String {
    let mark = match row {
        _ if row % 100 == 50 && row / 100 < TOO_LONG => " (too long)",
        _ if row % 100 == 70 && row / 100 < BROKEN => " (broken)",
        _ => "",
    };
    format!("What is {row} + 1000?{mark}")
}

fn place(server: &Server) -> Place {
    let place = Place::new();
    let row =
        |row| format!("{{\"id\": \"{row}\", \"problem\": \"{}\", \"answer\": {}}}\n", text(row), row + 1000);
    place.write("sums.jsonl", &(0..REQUESTS).map(row).collect::<String>());
    let pipeline = format!(
        "[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
         [[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{}\"\ntokenizer = \"builtin\"\n\
         timeouts = {{ first_token = 1.5, between_chunks = 0.5 }}\n\
         backoff = {{ base = 0.01, most = 0.1 }}\n",
        server.base_url
    );
    place.write("storm.toml", &pipeline);
    place
}

fn args() -> [&'static str; 6] {
    ["run", "storm.toml", "-j", "64", "--to", "score"]
}

/// Everything but the seconds that replies took.
fn generations(place: &Place) -> Vec<tables::Generation> {
    let path = place.path("runs/storm/m/generations.parquet");
    let rows = tables::TableReader::<tables::Generation>::open(&path).unwrap().map(Result::unwrap);
    let timeless =
        |row| tables::Generation { seconds: None, first_token_seconds: None, tokens_per_second: None, ..row };
    rows.map(timeless).collect()
}

fn scores(place: &Place) -> Vec<tables::Score> {
    let path = place.path("runs/storm/m/scores.parquet");
    let rows = tables::TableReader::<tables::Score>::open(&path).unwrap().map(Result::unwrap);
    let timeless =
        |row| tables::Score { seconds: None, first_token_seconds: None, wasted_seconds: None, ..row };
    rows.map(timeless).collect()
}

/// Each question is there once, with the right answer or with the reason why there is none.
fn check_rows(rows: &[tables::Generation]) {
    assert_eq!(rows.len(), REQUESTS);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row.problem_id, number.to_string());
        let (text, error) = (text(number), row.error.as_deref().unwrap_or_default());
        if text.ends_with("(too long)") {
            assert!(error.contains("does not fit into the context of `m`"), "{number}: {error}");
        } else if text.ends_with("(broken)") {
            assert!(error.contains("failed 9 times, the last time: HTTP 500"), "{number}: {error}");
        } else {
            let right = format!("\\boxed{{{}}}", number + 1000);
            assert!(
                error.is_empty() && row.answer_text.contains(&right),
                "{number}: {error} {}",
                row.answer_text
            );
        }
    }
}

/// Replies that a server gave whole, per question: those are the ones that cost money.
fn paid(requests: &[Logged]) -> BTreeMap<&str, usize> {
    let mut paid = BTreeMap::new();
    for request in requests.iter().filter(|request| request.fault.is_none()) {
        *paid.entry(request.prompt.as_str()).or_default() += 1;
    }
    paid
}

#[test]
fn every_request_ends_right_or_by_name_whatever_happens() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(storm(), &folder.path().join("calm.log"));
    let undisturbed = place(&server);
    let started = Instant::now();
    let done = undisturbed.run(&args());
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(done.code, 5, "{}\n{}", done.stdout, done.stderr);
    let failures = TOO_LONG + BROKEN;
    assert!(done.stderr.contains(&format!("{failures} ")), "{}", done.stderr);
    check_rows(&generations(&undisturbed));

    let requests = server.requests();
    let struck = requests.iter().filter(|request| request.fault.is_some()).count();
    let share = struck as f64 / requests.len() as f64;
    assert!((0.27..0.36).contains(&share), "{share} of {} tries failed", requests.len());
    assert!(requests.iter().all(|request| request.in_flight <= AT_ONCE));
    // A try that our own time-out gave up on a busy machine may have been answered all the same.
    let twice = paid(&requests).values().filter(|count| **count > 1).count();
    assert!(twice <= REQUESTS / 100, "{twice} replies were paid for twice");
    assert_eq!(paid(&requests).len(), REQUESTS - failures);
    eprintln!("{} tries in {seconds:.1} s, {twice} answered twice", requests.len());

    let stats = undisturbed.succeed(&["cache", "stats", "--json"]).stdout;
    let stats: Value = serde_json::from_str(&stats).unwrap();
    assert_eq!(stats["replies"], REQUESTS - failures);
    let kinds: Vec<_> =
        stats["failures"].as_array().unwrap().iter().map(|f| (&f["kind"], &f["count"])).collect();
    assert_eq!(
        format!("{kinds:?}"),
        format!(
            "[(String(\"context_too_long\"), Number({TOO_LONG})), (String(\"exhausted\"), Number({BROKEN}))]"
        )
    );

    killed_three_times(&undisturbed, &folder.path().join("storm.log"));
}

fn killed_three_times(undisturbed: &Place, log: &Path) {
    let server = Server::start(storm(), log);
    let disturbed = place(&server);
    // Moments between the first and the last request, drawn once and for all.
    for moment in [317, 1_204, 2_163] {
        let mut child = disturbed.command(&args()).spawn().unwrap();
        let started = Instant::now();
        while server.count() < moment && started.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success(), "it was done before it was killed");
    }
    assert_eq!(disturbed.run(&args()).code, 5);
    for (row, other) in generations(&disturbed).into_iter().zip(generations(undisturbed)) {
        assert_eq!(row, other);
    }
    for (row, other) in scores(&disturbed).into_iter().zip(scores(undisturbed)) {
        assert_eq!(row, other);
    }
    let requests = server.requests();
    let extra: usize = paid(&requests).values().map(|count| count - 1).sum();
    assert!(extra <= 3 * AT_ONCE + REQUESTS / 100, "{extra} replies were paid for twice by three kills");
}
