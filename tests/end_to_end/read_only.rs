//! A complete run that may not be written, such as one on a shared disk: it can be run again, shown and viewed.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::Place;

/// Takes the right to write away, or gives it back.
fn allow(folder: &Path, folders: u32, files: u32) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            allow(&path, folders, files);
        } else {
            fs::set_permissions(&path, fs::Permissions::from_mode(files)).unwrap();
        }
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(folders)).unwrap();
}

/// The first line that `view` answers.
fn viewed(place: &Place, run: &str) -> String {
    let mut child = place.command(&["view", run]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split_whitespace().next().unwrap().trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /traces HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    answer
}

#[test]
fn a_complete_run_that_may_not_be_written_is_shown_again() {
    let place = Place::new();
    place.write(
        "rows.jsonl",
        "{\"problem\": \"2+2?\", \"answer\": \"4\", \"model\": \"m\", \"response\": \"<think>So 4.</think>4\"}\n",
    );
    let run = ["run", "recorded", "--set", "dataset.path=rows.jsonl"];
    let first = place.succeed(&run);
    let runs = place.path("runs");
    allow(&runs, 0o555, 0o444);
    if fs::write(runs.join("probe"), "").is_ok() {
        eprintln!("skipped: whoever tests may write everywhere");
        return;
    }
    let before = place.contents("runs");
    let again = place.run(&run);
    let forced = place.run(&[&run[..], &["--force", "judge"]].concat());
    let shown = place.run(&["show", "runs/recorded"]);
    let page = viewed(&place, "runs/recorded");
    let after = place.contents("runs");
    allow(&runs, 0o755, 0o644);
    assert_eq!((again.code, &again.stdout), (0, &first.stdout), "{}", again.stderr);
    assert!(again.stderr.contains("cannot be written: what is complete is shown"), "{}", again.stderr);
    assert!(forced.code != 0 && forced.stderr.contains("cannot write"), "{}", forced.stderr);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("1 trace"), "{page}");
    assert!(before == after, "something was written");
}
