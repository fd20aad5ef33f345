//! Conversations: in order, with several models, bounded, stopped in time, paid for.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chat::{Ask, Dialogue, InOrder, Next, Price, Question, Replies, Stopped, ask_all, run_dialogue};
use futures::TryStreamExt;
use stage::{Observer, Silent};
use testkit::{Fault, Faults};

use super::*;
use tokio::runtime::Handle;

use crate::{Budget, LlmError, Session};

/// Asks one model for a sum and another for the same sum plus one.
struct Chain {
    number: usize,
    asked: usize,
    words: Vec<String>,
}

impl Dialogue<String> for Chain {
    fn next(&mut self, replies: &Replies) -> Next<String> {
        self.words.extend(replies.iter().flatten().map(|reply| reply.content.clone()));
        if self.asked == 2 {
            return Next::Done(self.words.join(" "));
        }
        self.asked += 1;
        let request = question(&format!("What is {} + {}?", self.number, self.asked));
        Next::Ask(vec![Question { to: self.asked - 1, request }])
    }
}

fn chain(number: usize) -> Chain {
    Chain { number, asked: 0, words: Vec::new() }
}

type Never = std::convert::Infallible;

fn opened<'a, 'e>(
    endpoints: impl IntoIterator<Item = &'e Endpoint>,
    execution: &Execution,
    observer: &'a dyn Observer,
) -> Result<Session<'a>, LlmError> {
    Session::new(endpoints, execution, &Handle::current(), observer)
}

/// The results of so many conversations, and whether they were all.
async fn all_of(session: &Session<'_>, rows: usize) -> (Vec<String>, Result<(), Stopped>) {
    let talk =
        async |row| Ok::<_, Never>(run_dialogue(session, chain(row)).await.and_then(|talk| talk.value));
    let in_order = InOrder::new(session, 1);
    let results = in_order.results(0..rows, talk, String::len).try_collect().await.unwrap();
    (results, in_order.finish())
}

#[tokio::test]
async fn rows_come_out_in_order_whatever_the_models_take() {
    let slow = Behaviour { latency: 0.02, ..Behaviour::default() };
    let server =
        ScriptedServer::start(Script::default().model("m", Behaviour::default()).model("slow", slow));
    let server = server.unwrap();
    let other = Endpoint { model: "slow".to_owned(), ..endpoint(&server) };
    let session = opened([&endpoint(&server), &other], &quick(), &Silent).unwrap();
    let (results, end) = all_of(&session, 100).await;
    let expect =
        |n: usize| format!("The answer is \\boxed{{{}}}. The answer is \\boxed{{{}}}.", n + 1, n + 2);
    assert_eq!(results, (0..100).map(expect).collect::<Vec<_>>());
    assert_eq!((server.count_of("m"), server.count_of("slow")), (100, 100));
    assert_eq!(end, Ok(()));
}

#[tokio::test]
async fn a_slow_row_holds_nobody_up() {
    let session = opened([], &quick(), &Silent).unwrap();
    let (ended, all) = (AtomicUsize::new(0), tokio::sync::Notify::new());
    let talk = async |row: usize| {
        if row == 0 {
            all.notified().await;
        } else if ended.fetch_add(1, Ordering::Relaxed) == 998 {
            all.notify_one();
        }
        Ok::<_, Never>(Some(row))
    };
    let rows: Vec<usize> =
        InOrder::new(&session, 1).results(0..1_000, talk, |_| 0).try_collect().await.unwrap();
    assert!(rows.into_iter().eq(0..1_000));
}

#[tokio::test]
async fn what_waits_for_a_slow_row_is_bounded() {
    let session = opened([], &quick(), &Silent).unwrap();
    let begun = AtomicUsize::new(0);
    let most = AtomicUsize::new(0);
    let talk = async |row: usize| {
        begun.fetch_add(1, Ordering::Relaxed);
        if row == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            most.store(begun.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        Ok::<_, Never>(Some(row))
    };
    // Ten of them are as much as may wait, and 64 are under way.
    let rows: Vec<usize> =
        InOrder::new(&session, 1).results(0..1_000, talk, |_| 13 << 20).try_collect().await.unwrap();
    assert!(rows.into_iter().eq(0..1_000));
    let most = most.into_inner();
    assert!((65..=64 + 10).contains(&most), "{most}");
}

#[tokio::test]
async fn equal_endpoints_share_a_client_and_its_queue() {
    let server =
        ScriptedServer::start(Script::of(Behaviour { latency: 0.005, ..Behaviour::default() })).unwrap();
    let twice = [&endpoint(&server), &endpoint(&server)];
    let session = opened(twice, &Execution { concurrency: 3, ..quick() }, &Silent).unwrap();
    assert_eq!(all_of(&session, 30).await.0.len(), 30);
    assert_eq!(server.most_in_flight(), 3);
}

#[tokio::test]
async fn what_a_conversation_took_is_told() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let ends = [&endpoint(&server), &endpoint(&server)];
    let session = opened(ends, &quick(), &Silent).unwrap();
    let talk = run_dialogue(&session, chain(1)).await.unwrap();
    assert_eq!((talk.usage.calls, talk.usage.fresh, talk.usage.prompt_tokens.total()), (2, 2, Some(10)));

    struct Endless;
    impl Dialogue<()> for Endless {
        fn next(&mut self, _replies: &Replies) -> Next<()> {
            Next::Ask(vec![Question::new(question("1 + 1"))])
        }
    }
    let talk = run_dialogue(&session, Endless).await.unwrap();
    assert_eq!((talk.value, talk.usage.calls as usize), (None, chat::MOST_ROUNDS + 1));
}

#[tokio::test]
async fn a_question_to_nobody_is_an_error() {
    let session = opened([], &quick(), &Silent).unwrap();
    let to_nobody = Question { to: 1, request: question("?") };
    let answer = session.ask(&to_nobody).await;
    assert!(matches!(answer, Some(Err(CallError::NoEndpoint { to: 1, known: 0 }))), "{answer:?}");
}

#[tokio::test]
async fn a_model_out_of_reach_ends_it_for_all() {
    let server = ScriptedServer::start(Script::default().model("m", Behaviour::default())).unwrap();
    let other = Endpoint { model: "nobody".to_owned(), ..endpoint(&server) };
    let session = opened([&endpoint(&server), &other], &quick(), &Silent).unwrap();
    let (results, end) = all_of(&session, 100_000).await;
    assert!(matches!(end, Err(Stopped::Dead(CallError::UnknownModel { .. }))));
    assert!(results.len() < 1_000 && server.count() < 1_000, "{} {}", results.len(), server.count());
}

/// Says stop when so many rows have ended.
#[derive(Default)]
struct Impatient {
    stop: AtomicBool,
}

impl Observer for Impatient {
    fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_stop_leaves_what_only_waits() {
    for adaptive in [false, true] {
        let behaviour = Behaviour { latency: 0.05, ..Behaviour::default() };
        let server = ScriptedServer::start(Script::of(behaviour)).unwrap();
        let (observer, folder) = (Impatient::default(), tempfile::tempdir().unwrap());
        let cache = Arc::new(ReplyCache::open(&folder.path().join("replies.sqlite")).unwrap());
        let concurrency = if adaptive { Execution::MOST_AUTO } else { 20 };
        let execution = Execution { concurrency, adaptive, ..kept_in(&cache) };
        let ends = [&endpoint(&server), &endpoint(&server)];
        let session = opened(ends, &execution, &observer).unwrap();
        let (ended, at_stop) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let talk = |row| {
            let (session, ended, at_stop, observer, server) =
                (&session, &ended, &at_stop, &observer, &server);
            async move {
                let talk = run_dialogue(session, chain(row)).await;
                if ended.fetch_add(1, Ordering::Relaxed) == 10 {
                    at_stop.store(server.count(), Ordering::Relaxed);
                    observer.stop.store(true, Ordering::Relaxed);
                }
                Ok::<_, Never>(talk)
            }
        };
        let in_order = InOrder::new(&session, 1);
        let talks: Vec<_> = in_order.results(0..1_000, talk, |_| 0).try_collect().await.unwrap();
        assert_eq!(in_order.finish(), Err(Stopped::Interrupted));
        // What was sent just before may arrive behind the stop; nothing that queued is sent.
        let late = server.count() - at_stop.into_inner();
        assert!(talks.len() >= 11 && late <= 100, "{} {late}", talks.len());
        assert_eq!(cache.stats().unwrap().replies, server.count() as u64, "what was in flight is kept");
    }
}

#[tokio::test]
async fn a_stop_ends_waiting_for_the_next_try_and_for_a_rate() {
    let server =
        ScriptedServer::start(Script::default().faults(Faults::always(Fault::InternalError))).unwrap();
    let observer = Impatient::default();
    let slow = chat::BackoffSeconds { base: 60.0, most: 60.0, most_asked: 60.0 };
    let patient = Endpoint { backoff: Some(slow), ..endpoint(&server) };
    let rated = Endpoint { requests_per_minute: Some(1), ..endpoint(&server) };
    let session = opened([&patient, &rated], &quick(), &observer).unwrap();
    let start = std::time::Instant::now();
    let rows = [0, 1, 1].map(|to| Question { to, request: question("1 + 1") });
    let (asked, ()) = tokio::join!(ask_all(&session, &rows), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        observer.stop.store(true, Ordering::Relaxed);
    });
    assert!(asked.is_none() && start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn money_ends_it_and_what_was_paid_for_is_kept() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cache = Arc::new(ReplyCache::open(&folder.path().join("replies.sqlite")).unwrap());
    let priced = Endpoint {
        // A prompt has five words.
        price: Some(Price { prompt: 200_000.0, completion: 0.0, cached_prompt: None }),
        ..endpoint(&server)
    };
    let run = async |limit| {
        let budget = Arc::new(Budget::new(limit));
        let execution = Execution { budget: Some(Arc::clone(&budget)), concurrency: 2, ..kept_in(&cache) };
        let session = opened([&priced, &priced], &execution, &Silent).unwrap();
        let (rows, end) = all_of(&session, 20).await;
        (rows.len(), end, budget.spent())
    };
    let (rows, end, spent) = run(11.0).await;
    assert!(rows < 20, "{rows}");
    let error = CallError::OverBudget { limit: "11.00".into(), spent: format!("{spent:.2}") };
    assert_eq!(end, Err(Stopped::Dead(error)));
    assert!((11.0..=12.0).contains(&spent), "{spent}");
    // With as much again it goes on where it stopped.
    let before = server.count();
    let (rows, end, _) = run(40.0).await;
    assert_eq!((rows, end, server.count()), (20, Ok(()), 40));
    assert!(before >= 11, "{before}");
}

#[tokio::test]
async fn auto_finds_more_than_it_starts_with() {
    let server =
        ScriptedServer::start(Script::of(Behaviour { latency: 0.02, ..Behaviour::default() })).unwrap();
    let execution = Execution { concurrency: 64, adaptive: true, ..quick() };
    let ends = [&endpoint(&server), &endpoint(&server)];
    let session = opened(ends, &execution, &Silent).unwrap();
    drop(all_of(&session, 400).await);
    let most = server.most_in_flight();
    assert!((21..=64).contains(&most), "{most}");
}

#[tokio::test]
async fn requests_per_minute_hold_for_tries_too() {
    let server = ScriptedServer::start(Script::default().faults(Faults::first(&[Fault::InternalError; 2])));
    let server = server.unwrap();
    let rated = Endpoint { requests_per_minute: Some(600), ..endpoint(&server) };
    let client = Client::new(&rated, &quick()).unwrap();
    let start = std::time::Instant::now();
    for n in 0..12 {
        client.chat(&question(&format!("{n} + 1"))).await.unwrap();
    }
    // 14 requests: a burst of 10, then one every tenth of a second.
    assert!(start.elapsed() >= Duration::from_millis(390), "{:?}", start.elapsed());
    assert_eq!(server.count(), 14);
}
