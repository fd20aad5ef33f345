//! The cache as a file: shared, killed, damaged, foreign.

#![expect(clippy::disallowed_methods, reason = "a test")]

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

#[test]
fn a_commit_waits_for_the_disk_and_the_log_stays_short() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Place::new(&folder.path().join("replies.sqlite")).open().unwrap();
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    // 2 is FULL.
    assert_eq!((pragma("synchronous"), pragma("wal_autocheckpoint")), (2, 256));
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
                cache.put(key(number), Origin::now("m", "http://h/v1"), reply(number)).await.unwrap();
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
        let mut put = std::pin::pin!(cache.put(key(1), Origin::now("m", "http://h/v1"), reply(1)));
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
    assert!(error_of(&path).contains("has version 7, this program reads version 6"), "{}", error_of(&path));
}

#[tokio::test]
async fn damage_is_named_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    let cache = ReplyCache::open(&path).unwrap();
    for number in 0..200 {
        cache.put(key(number), Origin::now("m", "http://h/v1"), reply(number)).await.unwrap();
    }
    drop(cache);
    let mut bytes = std::fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[8192..length].fill(0xAB);
    std::fs::write(&path, bytes).unwrap();
    let found = ReplyCache::open(&path).and_then(|cache| cache.get(&key(3)).map(drop));
    let error = found.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains(&path.display().to_string()) && error.contains("damaged"), "{error}");
}

#[tokio::test]
async fn a_bit_that_changed_is_no_other_reply() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    let whole = ChatReply { reasoning: Some("thought 42".into()), completion_tokens: Some(7), ..reply(42) };
    let cache = ReplyCache::open(&path).unwrap();
    cache.put(key(1), Origin::now("m", "http://h/v1"), whole.clone()).await.unwrap();
    cache.put(key(2), Origin::now("m", "http://h/v1"), reply(2)).await.unwrap();
    drop(cache);
    let good = std::fs::read(&path).unwrap();
    for part in ["reply 42", "thought 42", "\"completion_tokens\":7"] {
        let at = memchr::memmem::find(&good, part.as_bytes()).unwrap() + part.len() - 1;
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&path, bad).unwrap();
        let cache = ReplyCache::open(&path).unwrap();
        let error = cache.get(&key(1)).unwrap_err().to_string();
        assert!(error.contains("is not what was written") && error.contains("--damaged"), "{part}: {error}");
        assert!(cache.export(&CacheFilter::default(), &mut Vec::new()).is_err(), "{part}");
        assert_eq!(cache.get(&key(2)).unwrap(), Some(reply(2)), "{part}");
        assert_eq!((cache.clear_damaged().unwrap(), cache.clear_damaged().unwrap()), (1, 0), "{part}");
        assert_eq!(cache.get(&key(1)).unwrap(), None, "{part}");
        drop(cache);
        drop(std::fs::remove_file(path.with_extension("sqlite-wal")));
    }
}

/// Stores replies 0..count of a model, reply n at second n.
async fn fill(cache: &ReplyCache, model: &str, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let origin = Origin { at: number as i64, ..Origin::now(model, "http://h/v1") };
        cache.put(key(number), origin, reply(number)).await.unwrap();
    }
}

fn open(folder: &tempfile::TempDir, name: &str) -> ReplyCache {
    ReplyCache::open(&folder.path().join(name)).unwrap()
}

#[test]
fn caches_of_earlier_versions_are_brought_up() {
    let first = "CREATE TABLE reply (key BLOB PRIMARY KEY, model TEXT NOT NULL, reply TEXT NOT NULL)";
    let second = "CREATE TABLE reply (key BLOB PRIMARY KEY, model TEXT NOT NULL, reply TEXT NOT NULL, \
         address TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL DEFAULT 0); \
         CREATE TABLE failure (key BLOB PRIMARY KEY, model TEXT NOT NULL, address TEXT NOT NULL, \
         at INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL)";
    let third = format!(
        "{second}; ALTER TABLE reply ADD COLUMN content TEXT; ALTER TABLE reply ADD COLUMN reasoning TEXT; \
         INSERT INTO failure VALUES (x'05', 'm', '', 0, 'context_too_long', 'too long')"
    );
    let fourth = format!("{third}; ALTER TABLE failure ADD COLUMN error TEXT");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (version, tables) in [(1, first), (2, second), (3, &third), (4, &fourth)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("replies.sqlite");
        let old = Connection::open(&path).unwrap();
        let ours = format!("PRAGMA application_id = {}; PRAGMA user_version = {version}", 0x746d_7263);
        old.execute_batch(&format!("{tables}; {ours}")).unwrap();
        let whole = ChatReply { reasoning: Some("hm".into()), ..reply(3) };
        let text = serde_json::to_string(&whole).unwrap();
        let insert = "INSERT INTO reply (key, model, reply) VALUES (?1, 'm', ?2)";
        old.execute(insert, rusqlite::params![key(3), text]).unwrap();
        drop(old);
        for stored in [1, 2] {
            let cache = ReplyCache::open(&path).unwrap();
            assert_eq!(cache.get(&key(3)).unwrap(), Some(whole.clone()));
            runtime.block_on(fill(&cache, "m", 4..5));
            assert_eq!(cache.get(&key(4)).unwrap(), Some(reply(4)));
            let stats = cache.stats().unwrap();
            assert_eq!((stats.replies, stats.models[0].address.as_str()), (2, ""), "{version} {stored}");
            assert_eq!(stats.failures.len(), usize::from(version >= 3) + stored - 1);
            let failure = CallError::Rejected { model: "m".into(), status: 400, message: "no".into() };
            assert_eq!(cache.final_error(&key(5)).unwrap(), (stored == 2).then(|| failure.clone()));
            cache.put_failure(key(5), Origin::now("n", ""), &failure).unwrap();
            runtime.block_on(fill(&cache, "m", 4..5));
        }
    }
}

#[tokio::test]
async fn the_longer_sums_of_version_five_hold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("replies.sqlite");
    let cache = ReplyCache::open(&path).unwrap();
    fill(&cache, "m", 3..5).await;
    drop(cache);
    let old = Connection::open(&path).unwrap();
    let text = |column: &str| -> String {
        old.query_row(&format!("SELECT {column} FROM reply WHERE key = ?1"), [key(3)], |row| row.get(0))
            .unwrap()
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update(&key(3));
    for text in [text("reply"), text("content")] {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    hasher.update(&u64::MAX.to_le_bytes());
    for key in [key(3), key(4)] {
        let sum = hasher.finalize();
        old.execute("UPDATE reply SET sum = ?1 WHERE key = ?2", (sum.as_bytes().as_slice(), key)).unwrap();
    }
    old.pragma_update(None, "user_version", 5).unwrap();
    drop(old);
    let cache = ReplyCache::open(&path).unwrap();
    assert_eq!(cache.get(&key(3)).unwrap(), Some(reply(3)));
    assert!(cache.get(&key(4)).unwrap_err().to_string().contains("is not what was written"));
}

#[tokio::test]
async fn every_part_of_a_reply_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut logprobs = chat::Logprobs::default();
    logprobs.push(chat::Chance { logprob: Some(-0.5), top: None, bytes: 2 });
    let whole = ChatReply {
        content: "<b>\"4\"</b>\0\n".into(),
        reasoning: Some("é 🦀 \\".into()),
        reasoning_field: Some("reasoning".into()),
        finish: tables::Finish::Length,
        finish_word: None,
        stopped_by: Some("Step".into()),
        echoed: true,
        prompt_tokens: Some(1),
        cached_prompt_tokens: Some(0),
        completion_tokens: Some(3),
        reasoning_tokens: Some(2),
        seconds: 1.5,
        first_token_seconds: Some(0.25),
        logprobs: Some(logprobs.into()),
        cached: false,
        scores: Some(chat::Scores::new(vec![vec![Some(0.5), None]])),
    };
    let empty = ChatReply { reasoning: Some(String::new()), ..ChatReply::default() };
    for (number, reply) in [whole, empty, ChatReply::default()].into_iter().enumerate() {
        let cache = open(&folder, "replies.sqlite");
        cache.put(key(number as u64), Origin::default(), reply.clone()).await.unwrap();
        assert_eq!(cache.get(&key(number as u64)).unwrap(), Some(reply));
    }
}

#[tokio::test]
async fn failures_are_kept_apart_until_there_is_a_reply() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(&folder, "replies.sqlite");
    let failure = |last: &str| CallError::Exhausted { model: "m".into(), attempts: 9, last: last.into() };
    for (number, at) in [(1, 10), (2, 30), (3, 20)] {
        let origin = Origin { at, ..Origin::now("m", "http://h/v1") };
        cache.put_failure(key(number), origin, &failure(&format!("HTTP 50{number}"))).unwrap();
    }
    drop(cache);
    let cache = open(&folder, "replies.sqlite");
    assert_eq!(cache.get(&key(1)).unwrap(), None, "a failure is no reply");
    let failures = cache.stats().unwrap().failures;
    let expect = FailureStats {
        model: "m".into(),
        kind: "exhausted".into(),
        count: 3,
        last: 30,
        reason: failure("HTTP 502").reason(),
    };
    assert_eq!(failures, [expect]);
    fill(&cache, "m", 1..3).await;
    assert_eq!(cache.stats().unwrap().failures[0].count, 1);
}

#[tokio::test]
async fn a_part_can_be_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(&folder, "replies.sqlite");
    fill(&cache, "a", 0..10).await;
    fill(&cache, "b", 10..20).await;
    let of = |model: Option<&str>, before| CacheFilter { model: model.map(str::to_owned), before };
    let check = |filter: CacheFilter, expect| assert_eq!(cache.stats_of(&filter).unwrap().replies, expect);
    check(of(None, None), 20);
    check(of(Some("a"), Some(4)), 4);
    check(of(None, Some(15)), 15);
    check(of(Some("c"), None), 0);
    assert_eq!(cache.clear(&of(Some("a"), Some(4))).unwrap(), 4);
    assert_eq!(cache.clear(&of(Some("b"), None)).unwrap(), 10);
    let stats = cache.stats().unwrap();
    let models: Vec<_> = stats.models.iter().map(|model| (model.model.as_str(), model.replies)).collect();
    assert_eq!((models, stats.models[0].first, stats.models[0].last), (vec![("a", 6)], 4, 9));
    assert_eq!(cache.clear(&of(None, None)).unwrap(), 6);
}

#[tokio::test]
async fn replies_travel_in_files() {
    let folder = tempfile::tempdir().unwrap();
    let (home, away) = (open(&folder, "home.sqlite"), open(&folder, "away.sqlite"));
    fill(&home, "a", 0..20).await;
    fill(&home, "b", 20..30).await;
    let mut file = Vec::new();
    let filter = CacheFilter { model: Some("a".into()), before: None };
    assert_eq!(home.export(&filter, &mut file).unwrap(), Exported { replies: 20, refusals: 0 });
    let mut again = Vec::new();
    home.export(&filter, &mut again).unwrap();
    assert!(file == again, "the same replies are the same bytes");

    let other = ChatReply { content: "another".into(), ..reply(5) };
    away.put(key(5), Origin::default(), other.clone()).await.unwrap();
    let expect = Imported { new: 19, known: 0, different: 1 };
    assert_eq!(away.import(&mut file.as_slice(), u64::MAX - 1).unwrap(), expect);
    assert_eq!(
        away.import(&mut file.as_slice(), u64::MAX - 1).unwrap(),
        Imported { new: 0, known: 19, different: 1 }
    );
    assert_eq!(away.get(&key(7)).unwrap(), Some(reply(7)));
    assert_eq!(away.get(&key(5)).unwrap(), Some(other));
    let stats = away.stats_of(&filter).unwrap();
    assert_eq!((stats.models[0].address.as_str(), stats.models[0].last), ("http://h/v1", 19));

    let mut some = Vec::new();
    let keys = [key(25), key(3), key(99)].into();
    assert_eq!(home.export_keys(&keys, &mut some).unwrap().replies, 2);
    assert_eq!(
        away.import(&mut some.as_slice(), u64::MAX - 1).unwrap(),
        Imported { new: 1, known: 1, different: 0 }
    );
}

#[tokio::test]
async fn last_words_travel_too_and_failures_that_may_pass_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let (home, away) = (open(&folder, "home.sqlite"), open(&folder, "away.sqlite"));
    let origin = || Origin { at: 7, ..Origin::now("a", "http://h/v1") };
    let too_long = CallError::ContextTooLong { model: "a".into(), message: "65 of 64 tokens".into() };
    let rejected = CallError::Rejected { model: "a".into(), status: 400, message: "too hot".into() };
    let passing = CallError::Exhausted { model: "a".into(), attempts: 9, last: "HTTP 500".into() };
    for (number, failure) in [(40, &too_long), (41, &rejected), (42, &passing)] {
        home.put_failure(key(number), origin(), failure).unwrap();
    }
    // Whoever waits for a reply waits for what was to be written before it.
    fill(&home, "a", 0..2).await;
    let last_words = |cache: &ReplyCache| [40, 41, 42, 0].map(|n| cache.final_error(&key(n)).unwrap());
    let expect = [Some(too_long.clone()), Some(rejected), None, None];
    assert_eq!(last_words(&home), expect);

    let mut file = Vec::new();
    let exported = home.export(&CacheFilter::default(), &mut file).unwrap();
    assert_eq!(exported, Exported { replies: 2, refusals: 2 });
    let mut some = Vec::new();
    let exported = home.export_keys(&[key(0), key(40), key(42)].into(), &mut some).unwrap();
    assert_eq!(exported, Exported { replies: 1, refusals: 1 });
    let keys: Vec<String> =
        String::from_utf8(file.clone()).unwrap().lines().map(|l| l[..75].to_owned()).collect();
    assert!(keys.is_sorted(), "{keys:?}");

    fill(&away, "a", 41..42).await;
    assert_eq!(
        away.import(&mut file.as_slice(), u64::MAX - 1).unwrap(),
        Imported { new: 3, known: 0, different: 1 }
    );
    assert_eq!(
        away.import(&mut file.as_slice(), u64::MAX - 1).unwrap(),
        Imported { new: 0, known: 3, different: 1 }
    );
    assert_eq!(last_words(&away), [Some(too_long), None, None, None]);
    let line = "{\"key\": \"KEY\", \"model\": \"a\", \"address\": \"\", \"at\": 0, \"failure\": \
                {\"kind\": \"unreachable\", \"address\": \"h\", \"message\": \"refused\"}}";
    let line = line.replace("KEY", &"0".repeat(64));
    let error = away.import(&mut line.as_bytes(), u64::MAX - 1).unwrap_err().to_string();
    assert!(error.contains("a failure of the kind `unreachable` may pass and is none to keep"), "{error}");
}

#[tokio::test]
async fn a_file_with_a_wrong_line_is_not_taken_in_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (home, away) = (open(&folder, "home.sqlite"), open(&folder, "away.sqlite"));
    fill(&home, "a", 0..3).await;
    let mut good = Vec::new();
    home.export(&CacheFilter::default(), &mut good).unwrap();
    let check = |line: &str, expect: &str| {
        let file = [&good[..], line.as_bytes()].concat();
        let error = away.import(&mut file.as_slice(), u64::MAX - 1).unwrap_err().to_string();
        assert!(error.starts_with("line 4 is no exported reply (") && error.contains(expect), "{error}");
        assert_eq!(away.stats().unwrap().replies, 0);
    };
    check("{\"question\": \"2 + 2\"}\n", "missing field `key`");
    let short = String::from_utf8(good.clone()).unwrap().lines().next().unwrap().replacen(
        "\"key\":\"",
        "\"key\":\"0",
        1,
    );
    check(&short, "64 hexadecimal digits");
    check("{\"key\": \"", "EOF");
    // A file that inflates to a line without an end stays out, whatever it would have held.
    let endless = vec![b'x'; 5_000_000];
    let error = away.import(&mut endless.as_slice(), 4_000_000).unwrap_err().to_string();
    assert!(error.starts_with("line 1 has more than 4 MB; raise --max-line-mb"), "{error}");
}

#[tokio::test]
async fn a_cache_that_another_program_keeps_locked_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(&folder, "replies.sqlite");
    let other = Connection::open(folder.path().join("replies.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let stored = cache.put(key(1), Origin::now("m", "http://h/v1"), reply(1)).await;
    let error = stored.unwrap_err().to_string();
    assert!(
        error.starts_with("cannot write to the reply cache ") && error.contains("database is locked"),
        "{error}"
    );
    other.execute_batch("ROLLBACK").unwrap();
    cache.put(key(1), Origin::now("m", "http://h/v1"), reply(1)).await.unwrap();
}
