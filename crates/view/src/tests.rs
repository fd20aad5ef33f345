//! A run in a folder, and what is answered about it.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};

use tables::{
    Finish, Generation, JudgeState, Judgment, Problem, Provenance, Row, Score, Split, Step, TableWriter,
};

use super::*;

fn write<R: Row>(path: PathBuf, rows: Vec<R>) {
    let mut writer = TableWriter::create(&path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

const NASTY: &str = "<script>alert('x')</script>";

fn folder(rows: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let own = |name: &str| folder.path().join("m").join(name);
    let id = |at: u32| format!("p {at}/é");
    let each = |at: u32| (id(at), format!("{NASTY} thinks {at}"));
    write(
        folder.path().join("problems.parquet"),
        (0..rows).map(|at| Problem { id: id(at), problem: NASTY.into(), ..Problem::default() }).collect(),
    );
    write(
        own("generations.parquet"),
        (0..rows)
            .map(|at| Generation {
                problem_id: each(at).0,
                model: "m".into(),
                reasoning: each(at).1,
                reasoning_source: "tags".into(),
                answer_text: NASTY.into(),
                ..Generation::default()
            })
            .collect(),
    );
    write(
        own("splits.parquet"),
        (0..rows)
            .map(|at| {
                let end = u32::try_from(each(at).1.len()).unwrap();
                Split {
                    problem_id: id(at),
                    steps: vec![Step { start: 0, end, tokens: 5 }],
                    ..Split::default()
                }
            })
            .collect(),
    );
    write(
        own("judgments.parquet"),
        (0..rows)
            .map(|at| Judgment {
                problem_id: id(at),
                state: JudgeState::Found,
                step: Some(0),
                ..Judgment::default()
            })
            .collect(),
    );
    write(
        own("scores.parquet"),
        (0..rows)
            .map(|at| Score {
                problem_id: id(at),
                model: "m".into(),
                subset: "Level 1".into(),
                correct: Some(at % 2 == 0),
                finish: Finish::Stop,
                reasoning_tokens: Some(10 + at),
                ..Score::default()
            })
            .collect(),
    );
    folder
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn server(runtime: &tokio::runtime::Runtime, folder: &tempfile::TempDir) -> Server {
    let settings = Settings {
        folder: folder.path().to_owned(),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 0,
        hosts: vec![],
    };
    runtime.block_on(Server::open(&settings)).unwrap()
}

/// Asks a server of its own for each path; gives status line, head and body.
fn asked(folder: &tempfile::TempDir, requests: &[(&str, &str)]) -> Vec<(String, String)> {
    let runtime = runtime();
    let server = server(&runtime, folder);
    let address = server.address;
    let serving = runtime.spawn(server.serve(std::future::pending()));
    let answers = requests
        .iter()
        .map(|(path, host)| {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            (head.to_lowercase(), body.to_owned())
        })
        .collect();
    serving.abort();
    answers
}

#[test]
fn pages_are_made_and_nothing_that_a_model_wrote_runs() {
    let answers = asked(
        &folder(60),
        &[
            ("/traces?sort=tokens", "localhost"),
            ("/trace/0/7", "localhost"),
            ("/", "localhost"),
            ("/problem/p%203%2F%C3%A9", "localhost"),
        ],
    );
    for (head, body) in &answers {
        assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
        assert!(!body.contains("<script"), "{body}");
    }
    let (head, body) = &answers[0];
    assert!(head.starts_with("http/1.1 200") && body.contains("1 to 50 of 60 traces"), "{body}");
    assert!(body.contains("href=\"/trace/0/59\"") && body.contains("sort=tokens&amp;from=50"), "{body}");
    let (_, body) = &answers[1];
    assert!(body.contains("&lt;script&gt;alert('x')&lt;/script&gt; thinks 7"), "{body}");
    assert!(answers[2].1.contains("There is no report in this run yet"));
    assert!(
        answers[3].0.starts_with("http/1.1 303") && answers[3].0.contains("location: /trace/0/3"),
        "{}",
        answers[3].0
    );
}

#[test]
fn who_does_not_say_what_it_wants_is_not_waited_for() {
    let runtime = runtime();
    let folder = folder(1);
    let patient = server(&runtime, &folder);
    assert_eq!(patient.patience, Duration::from_secs(10));
    let server = Server { patience: Duration::from_millis(200), ..patient };
    let address = server.address;
    let serving = runtime.spawn(server.serve(std::future::pending()));
    let mut stream = TcpStream::connect(address).unwrap();
    // Far longer than the server's patience, and an error if it is over.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: ").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(!answer.contains("200"), "{answer}");
    serving.abort();
}

#[test]
fn other_hosts_and_pages_that_are_not_there_are_turned_away() {
    let answers = asked(
        &folder(2),
        &[
            ("/traces", "evil.example"),
            ("/trace/0/9", "127.0.0.1"),
            ("/trace/5/0", "127.0.0.1"),
            ("/%3Cb%3E", "localhost"),
            ("/trace/x/y", "localhost"),
        ],
    );
    let status: Vec<&str> = answers.iter().map(|(head, _)| &head[9..12]).collect();
    assert_eq!(status, ["421", "404", "404", "404", "400"]);
    assert!(!answers[0].1.contains("Level") && !answers[3].1.contains("<b>"));
}

#[test]
fn the_list_is_filtered() {
    let answers = asked(
        &folder(10),
        &[("/traces?outcome=wrong&q=P%203", "localhost"), ("/traces?subset=Level+1&lost=1", "localhost")],
    );
    assert!(answers[0].1.contains("1 to 1 of 1 traces"), "{}", answers[0].1);
    assert!(answers[1].1.contains("No trace is like that"), "{}", answers[1].1);
}

#[test]
fn what_the_run_does_not_have_is_no_filter_that_lets_everything_through() {
    let paths = ["/traces?model=none", "/traces?subset=none", "/traces?outcome=great", "/traces?sort=none"];
    for (head, body) in asked(&folder(2), &paths.map(|path| (path, "localhost"))) {
        assert!(head.starts_with("http/1.1 404") && body.contains("in this run"), "{head} {body}");
    }
}
