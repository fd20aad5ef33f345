//! A scripted server.

use std::sync::Arc;
use std::time::Duration;

use llm::{Backoff, ReplyCache};
use serde_json::json;
use tables::Finish;
use tables::stage::{Blame, Silent};
use testkit::{Behaviour, Fault, Faults, Said, Script, ScriptedServer, Thinking};

use super::*;

fn model(server: &ScriptedServer) -> Value {
    json!({"name": "m", "kind": "openai", "model": "solver", "base_url": server.base_url(), "retries": 1})
}

fn with(mut model: Value, key: &str, value: impl Into<Value>) -> Value {
    model[key] = value.into();
    model
}

/// Impatient, and with the reply cache of `place`.
fn exec(place: &Place) -> Execution {
    let wait = Duration::from_millis(1);
    Execution {
        concurrency: 4,
        cache: Some(Arc::new(ReplyCache::open(&place.path("cache.sqlite")).unwrap())),
        backoff: Backoff { base: wait, most: wait, most_asked: wait },
        ..Execution::default()
    }
}

#[tokio::test]
async fn every_problem_is_asked_in_order_and_every_sample_is_another_one() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let place = Place::new(30);
    let model = with(with(model(&server), "samples", 2), "seed", 7);
    let ear = Ear::default();
    let summary = place.run(&model, "out", &exec(&place), &ear).await.unwrap();
    assert_eq!((summary.rows, summary.failed), (60, 0));
    assert_eq!(ear.heard(), (60, 60, 0, 0));
    assert_eq!(server.count(), 60);
    assert!(server.most_in_flight() <= 4);
    let rows = place.read("out");
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(
            (row.problem_id.as_str(), row.sample as usize),
            (format!("p{}", index / 2).as_str(), index % 2)
        );
        assert!(row.answer_text.contains(&format!("\\boxed{{{}}}", index / 2 + 2)), "{}", row.answer_text);
        assert_eq!((row.reasoning_source.as_str(), row.finish), ("field:reasoning_content", Finish::Stop));
        assert!(row.seconds.is_some() && row.completion_tokens.is_some() && row.prompt_tokens.is_some());
    }
    assert!(rows.chunks(2).any(|pair| pair[0].reasoning != pair[1].reasoning), "samples are copies");
    let prompt = &server.requests()[0].prompt;
    assert!(prompt.ends_with("final answer in \\boxed{}."), "{prompt}");
    assert!(!place.files().iter().any(|name| name.ends_with(".replies")), "{:?}", place.files());
}

#[tokio::test]
async fn a_run_that_was_interrupted_goes_on_from_the_cache_with_the_same_bytes() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let place = Place::new(100);
    let model = model(&server);
    let ear = Ear { stop_after: Some(10), ..Ear::default() };
    let error = place.run(&model, "out", &exec(&place), &ear).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Interrupted);
    assert!(!place.path("out").exists());
    let asked = server.count();
    assert!((10..=14).contains(&asked), "{asked} calls for an interrupt after 10 rows");

    let ear = Ear::default();
    place.run(&model, "out", &exec(&place), &ear).await.unwrap();
    assert_eq!(server.count(), 100, "a reply was paid for twice");
    assert_eq!(ear.heard(), (100, 100, 0, asked as u64));
    let offline = Execution { offline: true, ..exec(&place) };
    place.run(&model, "again", &offline, &Silent).await.unwrap();
    assert!(std::fs::read(place.path("out")).unwrap() == std::fs::read(place.path("again")).unwrap());
}

#[tokio::test]
async fn a_call_that_fails_is_a_row_with_its_reason() {
    let faults = Faults::first(&[Fault::ContextTooLong]);
    let server = ScriptedServer::start(Script::default().faults(faults)).unwrap();
    let place = Place::new(3);
    let ear = Ear::default();
    let one_at_a_time = Execution { concurrency: 1, ..exec(&place) };
    let summary = place.run(&model(&server), "out", &one_at_a_time, &ear).await.unwrap();
    assert_eq!((summary.rows, summary.failed, ear.heard()), (3, 1, (3, 3, 1, 0)));
    let rows = place.read("out");
    assert_eq!(rows[0].finish, Finish::Error);
    assert!(
        rows[0].error.as_deref().unwrap().contains("does not fit into the context"),
        "{:?}",
        rows[0].error
    );
    assert!(rows[1..].iter().all(|row| !row.failed()));
}

#[tokio::test]
async fn a_dead_endpoint_is_an_error_and_publishes_nothing() {
    let place = Place::new(50);
    let server =
        ScriptedServer::start(Script::default().faults(Faults::always(Fault::Unauthorized))).unwrap();
    let error = place.run(&model(&server), "out", &exec(&place), &Silent).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Endpoint);
    assert!(error.to_string().starts_with("model `m` is out of reach: "), "{error}");
    assert!(server.count() <= 4, "{} calls to a server that refuses", server.count());
    let address = server.base_url();
    drop(server);
    let gone = json!({"name": "m", "kind": "openai", "model": "x", "base_url": address, "retries": 0});
    let error = place.run(&gone, "out", &exec(&place), &Silent).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Endpoint);
    assert!(!place.path("out").exists());
}

#[tokio::test]
async fn an_endpoint_that_dies_on_the_way_keeps_what_it_replied() {
    let place = Place::new(200);
    let alive = ScriptedServer::start(Script::default()).unwrap();
    let model_here = model(&alive);
    let ear = Ear { stop_after: Some(20), ..Ear::default() };
    place.run(&model_here, "out", &exec(&place), &ear).await.unwrap_err();
    let asked = alive.count();
    drop(alive);
    let error = place.run(&model_here, "out", &exec(&place), &Silent).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Endpoint, "{error}");
    let offline = Execution { offline: true, ..exec(&place) };
    let summary = place.run(&model_here, "out", &offline, &Silent).await.unwrap();
    assert_eq!((summary.rows, summary.failed), (200, 200 - asked as u64));
}

#[tokio::test]
async fn inline_thinking_of_a_live_model_is_told_apart_like_a_recorded_one() {
    let server = ScriptedServer::with_words(
        Script::of(Behaviour { thinking: Thinking::OnlyClosingTag, ..Behaviour::default() }),
        |asked| asked.prompt.contains("What is 1 +").then(|| Said::plain("still thinking about 1")),
    )
    .unwrap();
    let place = Place::new(4);
    let summary = place.run(&model(&server), "out", &exec(&place), &Silent).await.unwrap();
    let rows = place.read("out");
    let sources: Vec<_> = rows.iter().map(|row| row.reasoning_source.as_str()).collect();
    assert_eq!(sources, ["open_tag_in_prompt", "unclosed", "open_tag_in_prompt", "open_tag_in_prompt"]);
    assert_eq!((rows[1].reasoning.as_str(), rows[1].answer_text.as_str()), ("still thinking about 1", ""));
    assert_eq!((summary.rows, summary.counts["unclosed"]), (4, 1));
}

#[tokio::test]
async fn system_message_prompt_and_sampling_are_sent() {
    let server = ScriptedServer::with_words(Script::default(), |asked| {
        Some(Said::plain(serde_json::to_string(&asked.body).unwrap()))
    })
    .unwrap();
    let place = Place::new(1);
    let table = json!({"name": "m", "kind": "openai", "model": "solver", "base_url": server.base_url(),
        "system": "Be brief.", "prompt": "Q: {{ problem }}", "temperature": 0.5, "max_tokens": 9});
    place.run(&table, "out", &exec(&place), &Silent).await.unwrap();
    let body: Value = serde_json::from_str(&place.read("out")[0].answer_text).unwrap();
    let messages = json!([
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Q: What is 0 + 2?"}
    ]);
    assert_eq!(
        (&body["messages"], &body["temperature"], &body["max_tokens"]),
        (&messages, &json!(0.5), &json!(9))
    );
}
