//! Faults: what is tried again, what is final, what stops everything, and all of them at once.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use tables::{Blame, Blamed};
use testkit::{Fault, Faults};

use super::*;

async fn calls_after(faults: Faults) -> (Result<ChatReply, CallError>, usize) {
    let server = ScriptedServer::start(Script::default().faults(faults)).unwrap();
    let reply = Client::new(&endpoint(&server), &quick()).unwrap().chat(&question("1 + 1")).await;
    (reply, server.count())
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for fault in [
        Fault::TooManyRequests,
        Fault::RetryAfter,
        Fault::InternalError,
        Fault::BadGateway,
        Fault::Unavailable,
        Fault::GatewayTimeout,
        Fault::Reset,
        Fault::ResetInside,
        Fault::CutCharacter,
        Fault::ErrorAfter200,
        Fault::HalfJson,
        Fault::EndsEarly,
        Fault::EmptyChoices,
    ] {
        let (reply, calls) = calls_after(Faults::first(&[fault, fault])).await;
        assert_eq!(reply.map(|reply| reply.content), Ok("The answer is \\boxed{2}.".to_owned()), "{fault:?}");
        assert_eq!(calls, 3, "{fault:?}");
    }
}

#[tokio::test]
async fn the_same_faults_without_a_stream() {
    for fault in [
        Fault::ResetInside,
        Fault::CutCharacter,
        Fault::ErrorAfter200,
        Fault::HalfJson,
        Fault::EndsEarly,
        Fault::EmptyChoices,
    ] {
        let server = ScriptedServer::start(Script::default().faults(Faults::first(&[fault]))).unwrap();
        let endpoint = Endpoint { stream: false, ..endpoint(&server) };
        let reply = Client::new(&endpoint, &quick()).unwrap().chat(&question("1 + 1")).await;
        assert_eq!(reply.map(|reply| reply.content), Ok("The answer is \\boxed{2}.".to_owned()), "{fault:?}");
        assert_eq!(server.count(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn what_is_final_is_asked_once() {
    let check = async |fault, fatal, blame, part: &str| {
        let (reply, calls) = calls_after(Faults::always(fault)).await;
        let error = reply.unwrap_err();
        assert_eq!((calls, error.is_fatal(), error.blame()), (1, fatal, blame), "{error}");
        assert!(error.reason().contains(part), "{error}");
    };
    check(Fault::ContextTooLong, false, Blame::Input, "does not fit into the context of `m`").await;
    check(Fault::BadRequest, false, Blame::Input, "rejects the request (HTTP 400): temperature is too hot")
        .await;
    check(Fault::Unauthorized, true, Blame::Endpoint, "refuses `m` (HTTP 401)").await;
    check(Fault::UnknownModel, true, Blame::Endpoint, "does not know `m`").await;
    check(Fault::NoMoney, true, Blame::Endpoint, "buy credits").await;
}

#[tokio::test]
async fn a_server_that_always_fails_is_given_up() {
    let (reply, calls) = calls_after(Faults::always(Fault::InternalError)).await;
    let error = reply.unwrap_err();
    assert_eq!(error.to_string(), "`m` failed 9 times, the last time: HTTP 500: the engine died (internal)");
    assert_eq!((calls, error.is_fatal()), (9, false));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_fatal_and_soon() {
    let endpoint =
        Endpoint { base_url: Some("http://127.0.0.1:9".into()), model: "m".into(), ..Endpoint::default() };
    let error = Client::new(&endpoint, &quick()).unwrap().chat(&question("?")).await.unwrap_err();
    assert!(error.is_fatal() && error.blame() == Blame::Endpoint);
    assert!(error.to_string().starts_with("cannot reach http://127.0.0.1:9: "), "{error}");
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn retry_after_is_obeyed_within_reason() {
    let asked = |wait: &str| Faults { retry_after: wait.into(), ..Faults::first(&[Fault::RetryAfter]) };
    let start = std::time::Instant::now();
    let (reply, calls) = calls_after(asked("1")).await;
    assert!(reply.is_ok() && calls == 2 && start.elapsed() >= Duration::from_secs(1));
    let (reply, calls) = calls_after(asked("Sun, 06 Nov 1994 08:49:37 GMT")).await;
    assert!(reply.is_ok() && calls == 2);
    let (reply, calls) = calls_after(asked("86400")).await;
    assert!(reply.unwrap_err().to_string().contains("asks us to wait more than 2 s"));
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn no_more_calls_than_allowed_are_in_flight() {
    let server =
        ScriptedServer::start(Script::of(Behaviour { latency: 0.01, ..Behaviour::default() })).unwrap();
    let client = Client::new(&endpoint(&server), &Execution { concurrency: 3, ..quick() }).unwrap();
    let questions: Vec<_> = (0..24).map(|n| question(&format!("{n} + 1"))).collect();
    let replies = futures::future::join_all(questions.iter().map(|question| client.chat(question))).await;
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!((server.count(), server.most_in_flight()), (24, 3));
}

/// Three hundred requests, 32 at once, and almost every third try goes wrong in one of fourteen ways.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_stormy_day_ends_right_or_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Arc::new(ReplyCache::open(&folder.path().join("replies.sqlite")).unwrap());
    let often = [
        Fault::TooManyRequests,
        Fault::RetryAfter,
        Fault::InternalError,
        Fault::BadGateway,
        Fault::Unavailable,
        Fault::Reset,
        Fault::ResetInside,
        Fault::StallInside,
        Fault::CutCharacter,
        Fault::ErrorAfter200,
        Fault::HalfJson,
        Fault::EndsEarly,
        Fault::EmptyChoices,
        Fault::MissingDone,
    ];
    let mut rates: BTreeMap<Fault, f64> = often.into_iter().map(|fault| (fault, 0.02)).collect();
    rates.insert(Fault::ContextTooLong, 0.02);
    let faults = Faults { rates, seed: 11, ..Faults::default() };
    let server = ScriptedServer::start(Script::default().faults(faults)).unwrap();
    let mut endpoint = endpoint(&server);
    endpoint.timeouts.between_chunks = 0.2;
    let client = Client::new(&endpoint, &Execution { concurrency: 32, ..kept_in(&cache) }).unwrap();

    let start = std::time::Instant::now();
    let outcomes: Vec<(usize, Result<ChatReply, CallError>)> = stream::iter(0..300)
        .map(|n| {
            let client = client.clone();
            async move { (n, client.chat(&question(&format!("What is {n} + 1000?"))).await) }
        })
        .buffer_unordered(300)
        .collect()
        .await;
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());

    let mut failed = 0;
    for (n, outcome) in &outcomes {
        match outcome {
            Ok(reply) => assert_eq!(reply.content, format!("The answer is \\boxed{{{}}}.", n + 1000)),
            Err(CallError::ContextTooLong { .. }) => failed += 1,
            Err(other) => panic!("{n}: {other}"),
        }
    }
    let struck = server.requests().iter().filter(|request| request.fault.is_some()).count();
    assert!(struck > 80, "{struck} faults");
    assert!(failed > 0, "the storm holds final failures too");
    assert_eq!(cache.stats().unwrap().replies, 300 - failed, "failures are not kept, replies once");
    assert!(server.most_in_flight() <= 32);

    let before = server.count();
    for (n, outcome) in outcomes.iter().filter(|(_, outcome)| outcome.is_ok()) {
        let again = client.chat(&question(&format!("What is {n} + 1000?"))).await;
        let cached = outcome.clone().map(|reply| ChatReply { cached: true, ..reply });
        assert_eq!(again, cached, "a kept reply is the reply, timings included");
    }
    assert_eq!(server.count(), before);
}
