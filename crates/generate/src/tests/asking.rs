//! A scripted server.

use std::time::Duration;

use llm::{Backoff, ReplyCache};
use serde_json::json;
use stage::Silent;
use tables::Finish;
use tables::{Blame, Blamed};
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
    let ear = Ear::stopping_after(10);
    let error = place.run(&model, "out", &exec(&place), &ear).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Interrupted);
    assert!(!place.path("out").exists());
    let asked = server.count();
    // A call ends before its reply is on disk and its row is told: others may begin in between.
    assert!((10..=22).contains(&asked), "{asked} calls for an interrupt after 10 rows");

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
    let ear = Ear::stopping_after(20);
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

#[tokio::test]
async fn examples_and_templates_make_the_conversation() {
    let server = ScriptedServer::with_words(Script::default(), |asked| {
        Some(Said::plain(serde_json::to_string(&asked.body).unwrap()))
    })
    .unwrap();
    let place = Place::new(2);
    let examples = place.path("examples.jsonl");
    let rows = [("What is 1 + 2?", "3"), ("What is 7 + 7?", "14")];
    let rows = rows.map(|(problem, answer)| json!({"problem": problem, "answer": answer}).to_string() + "\n");
    std::fs::write(&examples, rows.concat()).unwrap();
    let table = json!({"name": "m", "kind": "openai", "model": "solver", "base_url": server.base_url(),
        "system": "About {{ id }}.", "prompt": "Q: {{ problem }}", "few_shot_file": examples,
        "extra_body": {"reasoning_effort": "low", "chat_template_kwargs": {"enable_thinking": true}}});
    let ear = Ear::default();
    place.run(&table, "out", &exec(&place), &ear).await.unwrap();
    let said = |row: usize| {
        let body: Value = serde_json::from_str(&place.read("out")[row].answer_text).unwrap();
        let turns = body["messages"].as_array().unwrap().clone();
        let turns: Vec<String> =
            turns.iter().map(|turn| turn["content"].as_str().unwrap().to_owned()).collect();
        (body, turns)
    };
    let (body, turns) = said(0);
    let (three, fourteen) = ("The final answer is \\boxed{3}.", "The final answer is \\boxed{14}.");
    let whole = ["About p0.", "Q: What is 1 + 2?", three, "Q: What is 7 + 7?", fourteen, "Q: What is 0 + 2?"];
    assert_eq!(turns, whole);
    assert_eq!(body["reasoning_effort"], "low");
    assert_eq!(body["chat_template_kwargs"], json!({"enable_thinking": true}));
    assert_eq!(said(1).1, ["About p1.", "Q: What is 7 + 7?", fourteen, "Q: What is 1 + 2?"]);
    let notes = ear.notes().join("; ");
    assert!(notes.contains("1 problems stand among the worked examples"), "{notes}");

    let fingerprint_input = || crate::parse(&table, "m").unwrap().fingerprint_input();
    let before = fingerprint_input();
    std::fs::write(&examples, &rows[0]).unwrap();
    assert_ne!(before, fingerprint_input(), "other examples are another question");
}

#[tokio::test]
async fn money_that_is_spent_stops_the_stage_and_nothing_is_lost() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let place = Place::new(40);
    let model = with(model(&server), "price", json!({"prompt": 1000.0, "completion": 10_000.0}));
    let budget = |limit| Some(Arc::new(llm::Budget::new(limit)));
    let poor = Execution { budget: budget(3.0), ..exec(&place) };
    let error = place.run(&model, "out", &poor, &Silent).await.unwrap_err();
    let (asked, told) = (server.count(), error.to_string());
    assert!((3..20).contains(&asked), "{asked} calls");
    assert!(told.starts_with(&format!("model `m`: {asked} of 40 rows are done, {}", 40 - asked)), "{told}");
    assert!(told.contains("of the 3.00 that may be spent") && told.contains("--max-cost"), "{told}");
    assert_eq!(error.blame(), Blame::Other);
    assert!(!place.path("out").exists());
    let rich = Execution { budget: budget(1e9), ..exec(&place) };
    let summary = place.run(&model, "out", &rich, &Silent).await.unwrap();
    assert_eq!((summary.rows, summary.failed, server.count()), (40, 0, 40));
    assert!(place.read("out").iter().all(|row| row.tokens_per_second.is_some_and(|speed| speed > 0.0)));
}

#[tokio::test]
async fn a_reply_that_says_nothing_is_a_row_that_says_so() {
    let server = ScriptedServer::with_words(Script::default(), |asked| {
        asked.prompt.contains("What is 1 +").then(|| Said::plain(""))
    })
    .unwrap();
    let place = Place::new(3);
    let summary = place.run(&model(&server), "out", &exec(&place), &Silent).await.unwrap();
    assert_eq!((summary.rows, summary.failed, summary.counts["empty"]), (3, 0, 1));
    assert!(place.read("out")[1].empty());
}

#[tokio::test]
async fn a_batch_goes_out_and_comes_in_again() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let place = Place::new(3);
    let model = with(model(&server), "samples", 2);
    let through = |batch: llm::Batch| {
        let batch = Arc::new(batch);
        let backend = Some(Arc::clone(&batch) as Arc<dyn llm::Backend>);
        (batch, Execution { backend, ..exec(&place) })
    };
    let requests = place.path("requests.jsonl");
    let (batch, exec) = through(llm::Batch::to_file(&requests));
    let error = place.run(&model, "out", &exec, &Silent).await.unwrap_err();
    assert!(matches!(error, StageError::Deferred { questions: 6 }), "{error}");
    assert_eq!(batch.finish().unwrap()[0].requests, 6);
    assert!(!place.path("out").exists());

    let text = std::fs::read_to_string(&requests).unwrap();
    let result = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let said = format!("It is {}.", line["custom_id"].as_str().unwrap());
        let choice = json!({"message": {"role": "assistant", "content": said}, "finish_reason": "stop"});
        let body = json!({"choices": [choice]});
        json!({"custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}}).to_string()
            + "\n"
    };
    let results: String = text.lines().skip(1).map(result).collect();
    std::fs::write(place.path("results.jsonl"), results).unwrap();
    let (batch, exec) = through(llm::Batch::from_results(&[place.path("results.jsonl")]).unwrap());
    let summary = place.run(&model, "out", &exec, &Silent).await.unwrap();
    assert_eq!((summary.rows, summary.failed, server.count()), (6, 1, 0));
    let rows = place.read("out");
    assert!(rows[0].error.as_deref().unwrap().contains("hold no reply to this request"));
    assert!(rows[1].answer_text.starts_with("It is ") && rows[1].seconds.is_none());
    let report = batch.report().unwrap();
    assert_eq!((report.answered, report.missing.count), (5, 1));

    let live = Execution { backend: None, ..exec };
    let summary = place.run(&model, "out", &live, &Silent).await.unwrap();
    assert_eq!((summary.failed, server.count()), (0, 1), "what the batch gave was asked again");
}
