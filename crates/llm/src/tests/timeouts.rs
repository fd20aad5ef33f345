//! The four time-outs, and waiting that is none of them.

use testkit::{Fault, Faults};

use super::*;
use crate::Timeouts;

async fn with(timeouts: Timeouts, stream: bool, script: Script) -> (Result<ChatReply, CallError>, usize) {
    let server = ScriptedServer::start(script).unwrap();
    let endpoint = Endpoint { timeouts, stream, retries: 1, ..endpoint(&server) };
    let reply = Client::new(&endpoint, &quick()).unwrap().chat(&question("1 + 1")).await;
    (reply, server.count())
}

#[tokio::test]
async fn no_answer_at_all() {
    let timeouts = Timeouts { first_token: 0.1, ..Timeouts::default() };
    let stall = || Script::default().faults(Faults::always(Fault::StallBefore));
    let (reply, calls) = with(timeouts, true, stall()).await;
    assert!(reply.unwrap_err().to_string().contains("no first token within 0.1 s"));
    assert_eq!(calls, 2);
    let (reply, _) =
        with(timeouts, true, Script::default().faults(Faults::first(&[Fault::StallBefore]))).await;
    assert!(reply.is_ok());
}

#[tokio::test]
async fn signs_of_life_are_no_token_but_they_are_no_silence_either() {
    let waiting = |seconds: f64| {
        let raw = testkit::Raw {
            pieces: vec![": wait\n\n".to_owned(); 6],
            piece_seconds: seconds,
            ..testkit::Raw::default()
        };
        Script::of(Behaviour { raw: Some(raw), ..Behaviour::default() })
    };
    let timeouts = Timeouts { first_token: 0.15, between_chunks: 0.01, ..Timeouts::default() };
    let (reply, _) = with(timeouts, true, waiting(0.05)).await;
    assert!(reply.unwrap_err().to_string().contains("no first token within 0.15 s"));
    let (reply, _) = with(Timeouts { first_token: 5.0, ..timeouts }, true, waiting(0.05)).await;
    assert!(reply.unwrap_err().to_string().contains("ended in the middle"));
}

#[tokio::test]
async fn a_server_that_does_not_hang_up_behind_a_whole_reply() {
    let end = r#"data: {"choices":[{"delta":{"content":"5"},"finish_reason":"stop"}]}"#;
    let pieces = vec![format!("{end}\n\n"), ": never\n\n".to_owned()];
    let raw = testkit::Raw { pieces, piece_seconds: 60.0, ..testkit::Raw::default() };
    let timeouts = Timeouts { between_chunks: 0.1, ..Timeouts::default() };
    let script = Script::of(Behaviour { raw: Some(raw), ..Behaviour::default() });
    let (reply, calls) = with(timeouts, true, script).await;
    assert_eq!((reply.unwrap().content.as_str(), calls), ("5", 1));
}

#[tokio::test]
async fn silence_inside_the_reply() {
    let timeouts = Timeouts { between_chunks: 0.1, ..Timeouts::default() };
    let (reply, calls) =
        with(timeouts, true, Script::default().faults(Faults::always(Fault::StallInside))).await;
    assert!(reply.unwrap_err().to_string().contains("fell silent for 0.1 s"));
    assert_eq!(calls, 2);
    let (reply, _) =
        with(timeouts, true, Script::default().faults(Faults::first(&[Fault::StallInside]))).await;
    assert!(reply.is_ok());
}

#[tokio::test]
async fn a_reply_that_takes_too_long_is_not_asked_for_again() {
    let timeouts = Timeouts { total: 0.2, ..Timeouts::default() };
    let slow = || Script::of(Behaviour { chunk_seconds: 0.05, chunk_chars: 2, ..Behaviour::default() });
    let (reply, calls) = with(timeouts, true, slow()).await;
    let error = reply.unwrap_err();
    assert!(matches!(error, CallError::TooSlow { .. }) && !error.is_fatal(), "{error}");
    assert_eq!(calls, 1);
    let silent = Script::default().faults(Faults::always(Fault::StallInside));
    let (reply, calls) = with(timeouts, false, silent).await;
    assert!(matches!(reply, Err(CallError::TooSlow { .. })));
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn waiting_in_our_own_queue_is_no_time_out() {
    let server =
        ScriptedServer::start(Script::of(Behaviour { latency: 0.1, ..Behaviour::default() })).unwrap();
    let timeouts = Timeouts { first_token: 0.5, total: 0.6, ..Timeouts::default() };
    let endpoint = Endpoint { timeouts, retries: 0, ..endpoint(&server) };
    let client = Client::new(&endpoint, &Execution { concurrency: 1, ..quick() }).unwrap();
    let questions: Vec<_> = (0..8).map(|n| question(&format!("{n} + 1"))).collect();
    let replies = futures::future::join_all(questions.iter().map(|question| client.chat(question))).await;
    for reply in replies {
        let reply = reply.unwrap();
        assert!(reply.seconds < 0.6, "{}", reply.seconds);
        assert!(reply.first_token_seconds.unwrap() >= 0.1);
    }
}

#[tokio::test]
async fn a_call_may_be_dropped_at_any_time() {
    let server =
        ScriptedServer::start(Script::of(Behaviour { chunk_seconds: 0.02, ..Behaviour::default() })).unwrap();
    let client = Client::new(&endpoint(&server), &Execution { concurrency: 1, ..quick() }).unwrap();
    for wait in [0, 5, 30] {
        let ask = question("1 + 1");
        let dropped = tokio::time::timeout(Duration::from_millis(wait), client.chat(&ask)).await;
        assert!(dropped.is_err());
    }
    assert!(client.chat(&question("1 + 1")).await.is_ok(), "the place in the queue was given back");
}

#[tokio::test]
async fn time_outs_must_be_positive() {
    let timeouts = Timeouts { total: 0.0, ..Timeouts::default() };
    let endpoint = Endpoint {
        base_url: Some("http://127.0.0.1:9".into()),
        model: "m".into(),
        timeouts,
        ..Endpoint::default()
    };
    let error = Client::new(&endpoint, &quick()).unwrap_err();
    assert_eq!(error.to_string(), "`timeouts.total` must be a positive number of seconds, found 0");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_no_reply() {
    let asked = async |stream: bool, raw: testkit::Raw| {
        let script = Script::of(Behaviour { raw: Some(raw), ..Behaviour::default() });
        let server = ScriptedServer::start(script).unwrap();
        let endpoint = Endpoint { max_reply_mb: 1, stream, retries: 1, ..endpoint(&server) };
        let reply = Client::new(&endpoint, &quick()).unwrap().chat(&question("1 + 1")).await;
        (reply, server.count())
    };
    let text = "x".repeat(400_000);
    let piece = |end: &str| {
        format!(
            "{{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"message\":{{\"content\":\"{text}\"}}{end}}}]}}"
        )
    };
    let stop = piece(",\"finish_reason\":\"stop\"");
    let line = |piece: String| format!("data: {piece}\n\n");
    let stream = |pieces: usize| {
        let pieces = (1..pieces).map(|_| line(piece(""))).chain([line(stop.clone())]).collect();
        testkit::Raw { pieces, ..testkit::Raw::default() }
    };
    assert_eq!(asked(true, stream(2)).await.0.unwrap().content.len(), 800_000);
    assert_eq!(asked(false, testkit::Raw::json(200, &stop)).await.0.unwrap().content.len(), 400_000);
    let long = testkit::Raw::json(200, &format!("{stop}{}", " ".repeat(400_000)));
    for (reply, calls) in [asked(true, stream(4)).await, asked(false, long).await] {
        let error = reply.unwrap_err();
        assert!(error.to_string().contains("more than 1 MB for a reply; raise `max_reply_mb`"), "{error}");
        assert_eq!(calls, 1, "it would be as large once more");
    }
    let error =
        asked(false, testkit::Raw::json(400, &"no ".repeat(500_000))).await.0.unwrap_err().to_string();
    assert!(error.contains("rejects the request") && error.len() < 600, "{} bytes", error.len());
}
