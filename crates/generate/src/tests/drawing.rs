//! Samples that are drawn until a rule has enough: against the closed forms of the same rules, and over a scripted server.

use std::sync::Arc;
use std::time::Duration;

use chat::dialogue::rehearse;
use chat::{CallError, ChatReply};
use llm::{Backoff, ReplyCache};
use plugin::Value;
use serde_json::json;
use stage::Silent;
use stats::{Effort, Heap, Says};
use tables::{Finish, Generation, Problem};
use testkit::{Behaviour, Fault, Faults, Replies, Script, ScriptedServer};

use super::*;
use crate::{Model, parse};

fn model(stopping: Value, more: Value) -> Model {
    let mut table = json!({"name": "m", "kind": "openai", "model": "x", "stopping": stopping});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    parse(&table, "models[0]").map_err(|faults| faults.to_string()).unwrap()
}

fn rule(stopping: &Value) -> stopping::Stopping {
    stopping::parse(std::slice::from_ref(stopping), "stopping").unwrap().remove(0)
}

/// What is drawn of samples that say these in their order; an empty text is a call that failed for good. The second value is how
/// many were asked in each round.
fn drawn(model: &Model, says: &[&str]) -> (Vec<Reply>, Vec<u32>) {
    let problem = Problem { id: "p".into(), problem: "What is 2 + 3?".into(), ..Problem::default() };
    let mut opened = model.generator().open(&problem).unwrap();
    assert_eq!(opened.conversations.len(), 1);
    let (rows, asked) = rehearse(opened.conversations.remove(0), 999, |question| {
        match says[question.request.sample as usize] {
            "" => Err(CallError::Exhausted { model: "x".into(), attempts: 9, last: "HTTP 500".into() }),
            text => Ok(ChatReply { content: format!("\\boxed{{{text}}}"), ..ChatReply::default() }),
        }
    });
    (rows.unwrap().replies, asked.iter().map(|question| question.request.sample).collect())
}

#[test]
fn whole_batches_are_asked_until_the_rule_has_enough() {
    let check = |stopping: Value, says: &[&str], expect: (usize, &str, u32)| {
        let (rows, asked) = drawn(&model(stopping.clone(), json!({})), says);
        let row = &rows[0];
        let found = (rows.len(), row.stopped.as_deref().unwrap(), row.drawn_first.unwrap());
        assert_eq!(found, expect, "{stopping} {says:?}");
        assert_eq!(
            asked,
            (0..rows.len() as u32).collect::<Vec<_>>(),
            "no sample is asked for twice or passed over"
        );
        for (row, sample) in rows.iter().zip(0..) {
            assert_eq!(
                (row.sample, row.drawn, row.finish == Finish::Error),
                (sample, Some(expect.0 as u32), says[sample as usize].is_empty())
            );
        }
    };
    let beta = |batch: u32, most: u32| json!({"kind": "beta", "batch": batch, "most": most});
    check(beta(1, 40), &["5"; 40], (4, "beta", 1));
    check(beta(3, 40), &["5"; 40], (6, "beta", 3));
    check(beta(1, 40), &["5", "6", "5", "5.0", "10/2", "5", "5", "5"], (7, "beta", 1));
    check(beta(1, 3), &["5"; 3], (3, "most", 1));
    check(beta(4, 6), &["5", "6", "5", "6", "5", "6"], (6, "most", 4));
    check(json!({"kind": "beta", "least": 5, "batch": 2, "most": 40}), &["5"; 40], (6, "beta", 6));
    check(
        json!({"kind": "window", "window": 3, "most": 9}),
        &["5", "6", "5", "7", "7", "7"],
        (6, "window", 3),
    );
    check(
        json!({"kind": "majority", "threshold": 0.7, "most": 9}),
        &["5", "", "6", "5", "5", "5"],
        (5, "majority", 4),
    );
    check(beta(1, 5), &[""; 5], (5, "most", 1));
}

/// Nobody knows what would have come of a question that was only counted or written down: the next batch is not asked.
#[test]
fn what_is_not_asked_ends_the_drawing_undecided() {
    let model = model(json!({"kind": "beta", "batch": 2, "most": 40}), json!({}));
    let problem = Problem { problem: "What is 2 + 3?".into(), ..Problem::default() };
    let mut opened = model.generator().open(&problem).unwrap();
    let (rows, asked) =
        rehearse(opened.conversations.remove(0), 99, |question| match question.request.sample {
            0..3 => Ok(ChatReply { content: "5".into(), ..ChatReply::default() }),
            _ => Err(CallError::Batch { message: "only counted, not asked".into() }),
        });
    let rows = rows.unwrap().replies;
    assert_eq!((rows.len(), asked.len(), rows[0].drawn, rows[0].stopped.as_deref()), (4, 4, Some(4), None));
}

/// A budget that the model estimates itself takes two questions a sample, of all samples of a batch at once.
#[test]
fn a_sample_may_take_several_questions() {
    let estimated = json!({"strategy": {"kind": "budget", "tokens": "auto"}});
    let model = model(json!({"kind": "beta", "batch": 4, "most": 8}), estimated);
    let problem = Problem { problem: "What is 2 + 3?".into(), ..Problem::default() };
    let mut opened = model.generator().open(&problem).unwrap();
    let (rows, asked) = rehearse(opened.conversations.remove(0), 99, |question| {
        let first = question.request.messages[0].content.contains("How many tokens");
        Ok(ChatReply { content: if first { "100" } else { "\\boxed{5}" }.into(), ..ChatReply::default() })
    });
    let samples: Vec<u32> = asked.iter().map(|question| question.request.sample).collect();
    assert_eq!((rows.unwrap().replies.len(), samples), (4, vec![0, 1, 2, 3, 0, 1, 2, 3]));
}

/// A seeded order of so many things (Knuth's shuffle over a linear congruence).
fn order(things: usize, seed: u64) -> Vec<usize> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut order: Vec<usize> = (0..things).collect();
    for at in (1..things).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(at, (state >> 33) as usize % (at + 1));
    }
    order
}

/// The share of right answers among the leading ones.
fn credit(rows: &[Reply], right: &str) -> f64 {
    let votes =
        |answer: &str| rows.iter().filter(|row| row.content == format!("\\boxed{{{answer}}}")).count();
    let answers = ["5", "6", "7", "8"];
    let top = answers.iter().map(|answer| votes(answer)).max().unwrap();
    let leading: Vec<&str> = answers.into_iter().filter(|answer| top > 0 && votes(answer) == top).collect();
    if leading.contains(&right) { 1.0 / leading.len() as f64 } else { 0.0 }
}

/// 200 live runs over random orders of the same replies: their means are those of the closed form within three standard errors, and
/// each run draws what the rule says of its order.
#[test]
fn live_runs_have_the_expectations_of_the_replay() {
    let pool = ["5", "5", "5", "5", "5", "5", "5", "6", "6", "6", "6", "7", "8", "", ""];
    let heap = |says, size| Heap { says, size, tokens: Some(1.0) };
    let heaps = [
        heap(Says::One { right: true }, 7),
        heap(Says::One { right: false }, 4),
        heap(Says::Many { right: false }, 2),
        heap(Says::Nothing, 2),
    ];
    for stopping in [
        json!({"kind": "beta", "threshold": 0.9, "most": 15}),
        json!({"kind": "beta", "threshold": 0.85, "batch": 3, "least": 4, "most": 12}),
        json!({"kind": "dirichlet", "threshold": 0.7, "most": 15}),
        json!({"kind": "window", "window": 2, "most": 14}),
        json!({"kind": "majority", "threshold": 0.6, "most": 15}),
        json!({"kind": "entropy", "threshold": 0.5, "most": 15}),
        json!({"kind": "certaindex", "threshold": 0.5, "most": 15}),
    ] {
        let (live, rule) = (model(stopping.clone(), json!({})), rule(&stopping));
        let runs: Vec<(f64, f64)> = (0..200)
            .map(|seed| {
                let says: Vec<&str> = order(pool.len(), seed).into_iter().map(|at| pool[at]).collect();
                let (rows, _) = drawn(&live, &says);
                let class = |says: &&str| says.parse::<u32>().ok();
                let classes: Vec<Option<u32>> = says.iter().map(class).collect();
                let most = rule.most.unwrap() as usize;
                let expect = (1..most).find(|drawn| rule.enough(&classes[..*drawn])).unwrap_or(most);
                assert_eq!(rows.len(), expect, "{stopping} {says:?}");
                (rows.len() as f64, credit(&rows, "5"))
            })
            .collect();
        let replay = rule.replay(&heaps, Effort::FULL);
        let near = |found: &dyn Fn(&(f64, f64)) -> f64, expect: f64| {
            let n = runs.len() as f64;
            let mean = runs.iter().map(found).sum::<f64>() / n;
            let variance = runs.iter().map(|run| (found(run) - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let error = (variance / n).sqrt();
            assert!((mean - expect).abs() <= 3.0 * error + 1e-9, "{stopping}: {mean} {expect} ± {error}");
        };
        near(&|run| run.0, replay.samples);
        near(&|run| run.1, replay.credit);
    }
}

fn live(server: &ScriptedServer, stopping: Value) -> Value {
    json!({"name": "m", "kind": "openai", "model": "doubtful", "base_url": server.base_url(), "retries": 2, "seed": 1,
           "stopping": stopping, "logprobs": 3})
}

fn doubtful(latency: f64) -> Script {
    let replies = Replies::Doubtful { right: 0.7 };
    Script::of(Behaviour { replies, latency, ..Behaviour::default() })
}

fn exec(place: &Place, cache: &str, concurrency: usize) -> Execution {
    let wait = Duration::from_millis(1);
    Execution {
        concurrency,
        cache: Some(Arc::new(ReplyCache::open(&place.path(cache)).unwrap())),
        backoff: Backoff { base: wait, most: wait, most_asked: wait },
        ..Execution::default()
    }
}

fn untimed(rows: Vec<Generation>) -> Vec<Generation> {
    let (seconds, first_token_seconds, tokens_per_second) = (None, None, None);
    rows.into_iter()
        .map(|row| Generation { seconds, first_token_seconds, tokens_per_second, ..row })
        .collect()
}

#[tokio::test]
async fn neither_concurrency_nor_faults_nor_an_interrupt_change_what_is_drawn() {
    let server = ScriptedServer::start(doubtful(0.0)).unwrap();
    let place = Place::new(30);
    let table = live(&server, json!({"kind": "beta", "batch": 2, "most": 20}));
    let summary = place.run(&table, "one", &exec(&place, "one.sqlite", 1), &Silent).await.unwrap();
    let asked = server.count();
    assert_eq!((summary.rows as usize, summary.failed), (asked, 0));
    let rows = place.read("one");
    assert!(
        rows.iter().any(|row| row.stopped.as_deref() == Some("most"))
            || rows.iter().any(|row| row.drawn > Some(6))
    );
    place.run(&table, "many", &exec(&place, "many.sqlite", 64), &Silent).await.unwrap();
    assert_eq!(server.count(), 2 * asked);
    assert_eq!(untimed(place.read("many")), untimed(rows.clone()));

    // Faults that pass are tried again, and the batch waits; seconds aside the rows are the same.
    let rates = [(Fault::InternalError, 0.2), (Fault::EndsEarly, 0.1)].into();
    let faulty = ScriptedServer::start(doubtful(0.0).faults(Faults { rates, ..Faults::default() })).unwrap();
    let mut table = live(&faulty, json!({"kind": "beta", "batch": 2, "most": 20}));
    table["retries"] = json!(12);
    place.run(&table, "faulty", &exec(&place, "faulty.sqlite", 8), &Silent).await.unwrap();
    assert!(faulty.count() > asked, "no fault struck");
    assert_eq!(untimed(place.read("faulty")), untimed(rows));
}

#[tokio::test]
async fn an_interrupted_drawing_goes_on_from_the_cache_with_the_same_bytes() {
    let server = ScriptedServer::start(doubtful(0.001)).unwrap();
    let place = Place::new(40);
    let table = live(&server, json!({"kind": "beta", "batch": 3, "most": 21}));
    place.run(&table, "out", &exec(&place, "cache.sqlite", 4), &Ear::stopping_after(10)).await.unwrap_err();
    place.run(&table, "out", &exec(&place, "cache.sqlite", 4), &Silent).await.unwrap();
    let (asked, rows) = (server.count(), place.read("out").len());
    assert_eq!(asked, rows, "a reply was paid for twice");
    let offline = Execution { offline: true, ..exec(&place, "cache.sqlite", 64) };
    let ear = Ear::default();
    place.run(&table, "again", &offline, &ear).await.unwrap();
    assert!(std::fs::read(place.path("out")).unwrap() == std::fs::read(place.path("again")).unwrap());
    assert_eq!(server.count(), asked);
    assert_eq!(ear.heard(), (40, 40, 0, 40), "progress is told in problems");
    let notes = ear.notes().join("\n");
    assert!(notes.contains(&format!("m drew {rows} samples of 40 problems, ended ")), "{notes}");
}

#[tokio::test]
async fn a_call_that_fails_for_good_is_a_silent_sample() {
    let faults =
        Faults { on: [("What is 1 + 2".to_owned(), Fault::ContextTooLong)].into(), ..Faults::default() };
    let server = ScriptedServer::start(doubtful(0.0).faults(faults)).unwrap();
    let place = Place::new(3);
    let table = live(&server, json!({"kind": "beta", "most": 6}));
    let summary = place.run(&table, "out", &exec(&place, "cache.sqlite", 4), &Silent).await.unwrap();
    assert_eq!(summary.failed, 6);
    let rows = place.read("out");
    let failed: Vec<&Generation> = rows.iter().filter(|row| row.problem_id == "p1").collect();
    assert!(
        failed
            .iter()
            .all(|row| row.failed() && row.stopped.as_deref() == Some("most") && row.drawn == Some(6))
    );
}

#[test]
fn faults_of_the_table_name_their_key() {
    let check = |more: Value, expect: &str| {
        let mut table = json!({"name": "m", "kind": "openai", "model": "x"});
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(parse(&table, "models[0]").err().unwrap().to_string(), expect);
    };
    check(
        json!({"samples": 4, "stopping": {"kind": "beta", "most": 9}}),
        "models[0].samples: `stopping` is there too, which says when it is enough (leave it to one of them; `stopping.most` bounds it)",
    );
    check(
        json!({"stopping": "beta"}),
        "models[0].stopping.most: missing (a problem that no rule settles needs an end: `most` samples)",
    );
    check(
        json!({"stopping": {"kind": "beta", "most": 3, "batch": 4}}),
        "models[0].stopping.most: 3 is less than one batch of 4 (raise it, or look behind fewer samples)",
    );
    check(
        json!({"stopping": {"kind": "beta", "most": 3, "least": 4}}),
        "models[0].stopping.most: 3 is less than `least` = 4 (raise it, or look earlier)",
    );
    check(
        json!({"stopping": {"kind": "bets", "most": 3}}),
        "models[0].stopping.kind: unknown stopping rule `bets` (did you mean `beta`?)",
    );
    check(json!({"logprobs": 0}), "models[0].logprobs: 0 is too small, the least is 1");
    check(json!({"logprobs": 21}), "models[0].logprobs: 21 is too large, the most is 20");
    check(json!({"confidence_window": 0}), "models[0].confidence_window: 0 is too small, the least is 1");
}

#[test]
fn what_counts_as_the_same_answer_is_part_of_the_fingerprint_where_anybody_looks() {
    let of = |table: Value, policy: Value| {
        let mut whole = json!({"name": "m", "kind": "openai", "model": "x"});
        whole.as_object_mut().unwrap().extend(table.as_object().unwrap().clone());
        let place = "models[0]".to_owned();
        let models = vec![ModelTable { place, table: whole }];
        let document = Document {
            value: json!({"grade": {"kind": "answer", "policy": policy}}),
            models,
            ..Document::default()
        };
        let stage = GenerateStage.configure(&document).ok().unwrap();
        let models = [];
        let target = Target { models: &models, included: &[], at: Some(0), about: &About::default() };
        stage.fingerprint_input(target)
    };
    let (plain, digits) = (json!({}), json!({"decimal_digits": 3}));
    assert_eq!(of(json!({}), plain.clone()), of(json!({}), digits.clone()));
    let stopping = json!({"stopping": {"kind": "beta", "most": 9}});
    assert_ne!(of(stopping.clone(), plain.clone()), of(stopping.clone(), digits));
    assert_ne!(of(stopping, plain.clone()), of(json!({"stopping": {"kind": "beta", "most": 8}}), plain));
}
