//! Judges that ask a scripted server.

use std::sync::Arc;
use std::time::Duration;

use llm::{Backoff, ReplyCache};
use serde_json::json;
use stage::Silent;
use tables::JudgeState;
use tables::{Blame, Blamed};
use testkit::{Behaviour, Fault, Faults, Replies, Said, Script, ScriptedServer};

use super::*;

fn judge_script() -> Script {
    Script::of(Behaviour { replies: Replies::Judge { known: Default::default() }, ..Behaviour::default() })
}

fn judge(server: &ScriptedServer) -> Box<dyn Judge> {
    build(&json!({"kind": "llm", "model": "j", "base_url": server.base_url(), "retries": 1}))
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
async fn a_model_judges_every_generation_in_order() {
    let server = ScriptedServer::start(judge_script()).unwrap();
    let place = Place::new(150);
    let ear = Ear::default();
    let summary = place.run(judge(&server).as_ref(), "out", &exec(&place), &ear).await.unwrap();
    assert_eq!((summary.rows, summary.failed, ear.heard()), (150, 0, (150, 150, 0, 0)));
    assert_eq!((summary.counts["found"], summary.counts["model_calls"]), (150, 150));
    assert!(server.most_in_flight() <= 4);
    for (index, row) in place.read("out").into_iter().enumerate() {
        assert_eq!((row.problem_id, row.judge.as_str()), (format!("p{index}"), "llm:j"));
        assert_eq!((row.state, row.step, row.calls), (JudgeState::Found, Some(1), 1), "{index}");
        assert_eq!(row.raw.as_deref(), Some("\\boxed{1}"));
        assert!(row.prompt_tokens.unwrap() > 50 && row.completion_tokens.is_some());
    }
    let ear = Ear::default();
    place.run(judge(&server).as_ref(), "again", &exec(&place), &ear).await.unwrap();
    assert_eq!((server.count(), ear.heard()), (150, (150, 150, 0, 150)));
    assert!(place.same("out", "again"));
}

#[tokio::test]
async fn unreadable_verdicts_are_asked_again_and_fail_with_their_words() {
    let server = ScriptedServer::with_words(judge_script(), |asked| {
        let again = asked.prompt.starts_with("Your reply cannot be used");
        let text = asked.body.to_string();
        let said = match text {
            _ if text.contains("What is 0 plus") => "\\boxed{2, 1}",
            _ if text.contains("What is 1 plus") && !again => "I am not sure.",
            _ => return Some(Said::plain("\\boxed{-1}")),
        };
        Some(Said::plain(said))
    })
    .unwrap();
    let place = Place::new(3);
    let summary = place.run(judge(&server).as_ref(), "out", &exec(&place), &Silent).await.unwrap();
    assert_eq!((summary.rows, summary.failed, summary.counts["model_calls"]), (3, 1, 5));
    let rows = place.read("out");
    let states: Vec<_> = rows.iter().map(|row| (row.state, row.step, row.calls)).collect();
    let expect =
        [(JudgeState::Failed, None, 2), (JudgeState::Absent, None, 2), (JudgeState::Absent, None, 1)];
    assert_eq!(states, expect);
    assert_eq!(rows[0].raw.as_deref(), Some("\\boxed{2, 1}"));
    assert_eq!(rows[0].reason.as_deref(), Some("the box holds `2, 1`, which is no index"));
}

#[tokio::test]
async fn a_failed_call_is_a_failed_row_and_is_asked_again_next_time() {
    let faults = Faults::first(&[Fault::BadRequest]);
    let server = ScriptedServer::start(judge_script().faults(faults)).unwrap();
    let place = Place::new(3);
    let one_at_a_time = Execution { concurrency: 1, ..exec(&place) };
    let summary = place.run(judge(&server).as_ref(), "out", &one_at_a_time, &Silent).await.unwrap();
    assert_eq!((summary.rows, summary.failed), (3, 1));
    let row = &place.read("out")[0];
    assert_eq!((row.state, row.step, row.calls, row.prompt_tokens), (JudgeState::Failed, None, 1, None));
    assert!(row.reason.as_deref().unwrap().contains("rejects the request"), "{:?}", row.reason);
    let summary = place.run(judge(&server).as_ref(), "out", &one_at_a_time, &Silent).await.unwrap();
    assert_eq!((summary.failed, server.count()), (0, 4));
}

#[tokio::test]
async fn a_dead_judge_gives_no_verdicts_at_all() {
    let server = ScriptedServer::start(judge_script().faults(Faults::always(Fault::NoMoney))).unwrap();
    let place = Place::new(50);
    let error = place.run(judge(&server).as_ref(), "out", &exec(&place), &Silent).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Endpoint);
    assert!(error.to_string().starts_with("the judge `llm:j` is out of reach: "), "{error}");
    assert!(server.count() <= 4, "{} calls to a server that refuses", server.count());
    assert!(!place.path("out").exists());
}

#[tokio::test]
async fn an_interrupt_stops_new_questions_and_the_next_run_pays_for_the_rest() {
    let server = ScriptedServer::start(judge_script()).unwrap();
    let place = Place::new(100);
    let ear = Ear::stopping_after(10);
    let error = place.run(judge(&server).as_ref(), "out", &exec(&place), &ear).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Interrupted);
    // Replies that wait to be stored make room for further calls, but no row is begun any more.
    assert!((10..100).contains(&server.count()), "{} calls", server.count());
    assert!(!place.path("out").exists());
    place.run(judge(&server).as_ref(), "out", &exec(&place), &Silent).await.unwrap();
    assert_eq!(server.count(), 100);
}

#[tokio::test]
async fn a_cascade_asks_about_what_the_rules_leave_in_doubt_and_counts_it() {
    let server = ScriptedServer::start(judge_script()).unwrap();
    let table = json!({
        "kind": "cascade", "llm": {"model": "j", "base_url": server.base_url(), "retries": 1},
        "doubt": {"confidence": 0.0, "absent": "always"},
    });
    let cascade = build(&table);
    // Of six problems two have another answer than their traces, and one has none at all.
    let problems = (0..6).map(|index| match index {
        1 | 4 => Problem { gold: vec!["977".into()], ..problem(index) },
        5 => Problem { gold: vec![], ..problem(index) },
        _ => problem(index),
    });
    let generations = (0..6).map(|index| Generation {
        reasoning: format!("So {index} plus 2 is {0}.\n\nThe answer is {0}.", index + 2),
        answer_text: format!("\\boxed{{{}}}", index + 2),
        ..generation(index, 0)
    });
    let place = Place::of(problems.collect(), generations.collect());
    let ear = Ear::default();
    let summary = place.run(cascade.as_ref(), "out", &exec(&place), &ear).await.unwrap();
    let expect = json!({"absent": 2, "failed": 0, "found": 3, "model_calls": 2, "sent_on": 2, "skipped": 1});
    assert_eq!((json!(summary.counts), server.count()), (expect, 2));
    assert_eq!(ear.notes(), ["2 of 5 traces (40.0 %) were sent on to the model"]);
    let judges: Vec<String> = place.read("out").into_iter().map(|row| row.judge).collect();
    let (rule, model) = ("cascade:rule", "cascade:llm:j");
    assert_eq!(judges, [rule, model, rule, rule, model, rule]);
}

#[tokio::test]
async fn a_panel_asks_each_of_its_models_and_one_that_is_dead_ends_the_stage() {
    let alive = ScriptedServer::start(judge_script()).unwrap();
    let member = |server: &ScriptedServer, model: &str, votes: u32| json!({"kind": "llm", "model": model, "base_url": server.base_url(), "retries": 0, "votes": votes});
    let panel = |members: serde_json::Value| build(&json!({"kind": "panel", "members": members}));
    let good = panel(json!([member(&alive, "a", 1), {"kind": "rule"}, member(&alive, "b", 3)]));
    let place = Place::new(5);
    place.run(good.as_ref(), "out", &exec(&place), &Silent).await.unwrap();
    assert_eq!((alive.count_of("a"), alive.count_of("b")), (5, 15));
    for row in place.read("out") {
        assert_eq!((row.state, row.step, row.votes), (JudgeState::Found, Some(1), Some(3)), "{row:?}");
        assert!(row.agreement.unwrap() > 0.6 && row.calls == 4 && row.offset.is_some(), "{row:?}");
        assert_eq!(row.judge, "panel:llm:a+rule+llm:b");
    }
    let dead = ScriptedServer::start(judge_script().faults(Faults::always(Fault::NoMoney))).unwrap();
    let bad = panel(json!([member(&alive, "a", 1), member(&dead, "c", 1)]));
    let error = place.run(bad.as_ref(), "bad", &exec(&place), &Silent).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Endpoint, "{error}");
    assert!(!place.path("bad").exists() && alive.count_of("a") == 5, "cached verdicts were paid for again");
}

#[tokio::test]
async fn long_traces_go_through_windows_and_their_verdicts_are_cached() {
    let server = ScriptedServer::start(judge_script()).unwrap();
    let table = json!({"kind": "llm", "model": "j", "base_url": server.base_url(), "window_tokens": 64, "overlap_steps": 0});
    let judge = build(&table);
    let idle = "I am still thinking about how to do this sum in the best way that I can. ".repeat(3);
    let reasoning = format!("{idle}\n\n{idle}\n\n{idle}\n\nThat makes 9.");
    let place = Place::of(vec![problem(7)], vec![Generation { reasoning, ..generation(7, 0) }]);
    place.run(judge.as_ref(), "out", &exec(&place), &Silent).await.unwrap();
    let row = &place.read("out")[0];
    assert_eq!((row.state, row.step, row.calls, server.count()), (JudgeState::Found, Some(3), 4, 4));
    place.run(judge.as_ref(), "again", &exec(&place), &Silent).await.unwrap();
    assert!(place.same("out", "again") && server.count() == 4);
}
