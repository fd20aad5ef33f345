//! Replies that are kept: asked for once, by whoever asks first, and as often as there are samples.

use testkit::{Fault, Faults};

use super::*;
use crate::CacheFilter;

struct Bench {
    server: ScriptedServer,
    cache: Arc<ReplyCache>,
    folder: tempfile::TempDir,
}

fn bench(faults: Faults) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let cache = Arc::new(ReplyCache::open(&folder.path().join("deep/er/replies.sqlite")).unwrap());
    Bench { server: ScriptedServer::start(Script::default().faults(faults)).unwrap(), cache, folder }
}

#[tokio::test]
async fn the_same_request_is_one_call_and_another_sample_is_another() {
    let bench = bench(Faults::default());
    let client = Client::new(&endpoint(&bench.server), &kept_in(&bench.cache)).unwrap();
    let first = client.chat(&question("1 + 1")).await.unwrap();
    let second = client.chat(&question("1 + 1")).await.unwrap();
    assert!(!first.cached && second.cached);
    assert_eq!(ChatReply { cached: false, ..second }, first);
    assert_eq!(bench.server.count(), 1);
    client.chat(&ChatRequest { sample: 1, ..question("1 + 1") }).await.unwrap();
    assert_eq!((bench.server.count(), bench.cache.stats().unwrap().replies), (2, 2));
    assert_eq!(bench.cache.clear(&CacheFilter::default()).unwrap(), 2);
    client.chat(&question("1 + 1")).await.unwrap();
    assert_eq!((bench.server.count(), bench.cache.stats().unwrap().replies), (3, 1));
}

#[tokio::test]
async fn a_request_that_is_asked_twice_at_once_has_one_reply() {
    let bench = bench(Faults::default());
    let client = Client::new(&endpoint(&bench.server), &kept_in(&bench.cache)).unwrap();
    let ask = question("1 + 1");
    let (left, right) = tokio::join!(client.chat(&ask), client.chat(&ask));
    assert_eq!(
        left.unwrap().seconds,
        right.unwrap().seconds,
        "the timings are those of the reply that is kept"
    );
    assert_eq!(bench.cache.stats().unwrap().replies, 1);
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let bench = bench(Faults::first(&[Fault::ContextTooLong]));
    let client = Client::new(&endpoint(&bench.server), &kept_in(&bench.cache)).unwrap();
    assert!(client.chat(&question("1 + 1")).await.is_err());
    while bench.cache.stats().unwrap().failures.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let stats = bench.cache.stats().unwrap();
    assert_eq!((stats.replies, stats.failures[0].kind.as_str()), (0, "context_too_long"));
    assert!(client.chat(&question("1 + 1")).await.is_ok());
    let stats = bench.cache.stats().unwrap();
    assert_eq!((stats.replies, stats.failures.len()), (1, 0), "with a reply there is no failure any more");
    let shown = &stats.models[0];
    assert_eq!((shown.model.as_str(), shown.address.as_str()), ("m", bench.server.base_url().as_str()));
    assert!(shown.first > 1_700_000_000, "{}", shown.first);
}

#[tokio::test]
async fn offline_answers_from_the_cache_and_asks_nobody() {
    let bench = bench(Faults::default());
    let online = kept_in(&bench.cache);
    Client::new(&endpoint(&bench.server), &online).unwrap().chat(&question("1 + 1")).await.unwrap();
    let offline = Client::new(&endpoint(&bench.server), &Execution { offline: true, ..online }).unwrap();
    assert!(offline.chat(&question("1 + 1")).await.unwrap().cached);
    let error = offline.chat(&question("2 + 2")).await.unwrap_err();
    assert_eq!(error, CallError::Offline { model: "m".into() });
    assert!(error.to_string().contains("offline, and the reply cache does not hold this reply of `m`"));
    assert_eq!(bench.server.count(), 1);
}

#[tokio::test]
async fn two_handles_of_one_file_share_their_replies() {
    let bench = bench(Faults::default());
    let other = Arc::new(ReplyCache::open(bench.cache.path()).unwrap());
    let left = Client::new(&endpoint(&bench.server), &kept_in(&bench.cache)).unwrap();
    let right = Client::new(&endpoint(&bench.server), &kept_in(&other)).unwrap();
    for n in 0..40 {
        let ask = question(&format!("{n} + 1"));
        let (one, two) = tokio::join!(left.chat(&ask), right.chat(&ask));
        assert_eq!(one.unwrap().seconds, two.unwrap().seconds);
        assert!(left.chat(&ask).await.unwrap().cached && right.chat(&ask).await.unwrap().cached);
    }
    assert_eq!(other.stats().unwrap().replies, 40);
    drop(bench.folder);
}
