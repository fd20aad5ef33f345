//! The cache as a file: shared, killed, damaged, foreign.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use super::*;

fn key(number: u64) -> ReplyKey {
    *blake3::hash(&number.to_le_bytes()).as_bytes()
}

fn reply(number: u64) -> ChatReply {
    ChatReply { content: format!("reply {number}"), seconds: 1.234, ..ChatReply::default() }
}

fn error_of(path: &Path) -> String {
    ReplyCache::open(path).err().map(|error| error.to_string()).unwrap_or_default()
}

/// Not a test by itself: the process that others start and kill. It stores replies and says which ones.
#[test]
#[ignore = "runs as a child of the other tests"]
fn child() {
    let Ok(path) = std::env::var("THINKMETER_TEST_CACHE") else { return };
    let first: u64 = std::env::var("THINKMETER_TEST_FIRST").unwrap().parse().unwrap();
    let count: u64 = std::env::var("THINKMETER_TEST_COUNT").unwrap().parse().unwrap();
    let cache = Arc::new(ReplyCache::open(Path::new(&path)).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = |number| {
            let cache = Arc::clone(&cache);
            async move {
                cache.put(key(number), "m", reply(number)).await.unwrap();
                writeln!(std::io::stdout(), "stored {number}").unwrap();
            }
        };
        for batch in (first..first + count).collect::<Vec<_>>().chunks(4) {
            futures::future::join_all(batch.iter().map(|number| store(*number))).await;
        }
    });
}

fn start_child(path: &Path, first: u64, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cache::tests::child", "--ignored", "--nocapture"])
        .env("THINKMETER_TEST_CACHE", path)
        .env("THINKMETER_TEST_FIRST", first.to_string())
        .env("THINKMETER_TEST_COUNT", count.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The numbers that a line of a child names.
fn stored(line: &str) -> Option<u64> {
    line.split("stored ").nth(1)?.trim().parse().ok()
}

#[test]
fn two_processes_write_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    // They overlap, and both make the file.
    let children = [start_child(&path, 0, 120), start_child(&path, 60, 120)];
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let lines = String::from_utf8(output.stdout).unwrap();
        assert_eq!(lines.lines().filter_map(stored).count(), 120);
    }
    let cache = ReplyCache::open(&path).unwrap();
    assert_eq!(cache.stats().unwrap().replies, 180);
    for number in 0..180 {
        assert_eq!(cache.get(&key(number)).unwrap(), Some(reply(number)));
    }
}

#[test]
fn a_killed_process_keeps_what_it_said_it_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    let mut child = start_child(&path, 0, 1_000_000);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said: Vec<u64> = lines.by_ref().filter_map(|line| stored(&line.ok()?)).take(50).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    said.extend(lines.filter_map(|line| stored(&line.ok()?)));
    let cache = ReplyCache::open(&path).unwrap();
    assert!(said.len() >= 50);
    for number in said {
        assert_eq!(cache.get(&key(number)).unwrap(), Some(reply(number)));
    }
}

#[tokio::test]
async fn dropping_the_cache_waits_for_what_is_being_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    let cache = ReplyCache::open(&path).unwrap();
    {
        let mut put = std::pin::pin!(cache.put(key(1), "m", reply(1)));
        // The caller goes away after its first step.
        let _ = futures::poll!(put.as_mut());
    }
    drop(cache);
    assert_eq!(ReplyCache::open(&path).unwrap().get(&key(1)).unwrap(), Some(reply(1)));
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let notes = "these are my notes, and they are longer than a header of SQLite. ".repeat(9);
    std::fs::write(&path, &notes).unwrap();
    let error = error_of(&path);
    assert!(error.starts_with(&format!("{} is no reply cache of thinkmeter", path.display())), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), notes);

    let other = folder.path().join("other.sqlite");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(error_of(&other).contains("SQLite file of another program"), "{}", error_of(&other));

    assert!(error_of(folder.path()).contains(&folder.path().display().to_string()));
}

#[test]
fn another_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    drop(ReplyCache::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    assert!(error_of(&path).contains("has version 7, this program reads version 1"), "{}", error_of(&path));
}

#[tokio::test]
async fn damage_is_named_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    let cache = ReplyCache::open(&path).unwrap();
    for number in 0..200 {
        cache.put(key(number), "m", reply(number)).await.unwrap();
    }
    drop(cache);
    let mut bytes = std::fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[4096..length].fill(0xAB);
    std::fs::write(&path, bytes).unwrap();
    let found = ReplyCache::open(&path).and_then(|cache| cache.get(&key(3)).map(drop));
    let error = found.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains(&path.display().to_string()) && error.contains("damaged"), "{error}");
}
