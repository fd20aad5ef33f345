//! How likely a model thought its words, from the server to the table.

use std::sync::Arc;

use llm::ReplyCache;
use plugin::Value;
use serde_json::json;
use tables::Generation;
use testkit::{Behaviour, Said, Script, ScriptedServer, Thinking};

use super::*;

fn table(server: &ScriptedServer, more: Value) -> Value {
    let mut table = json!({"name": "m", "kind": "openai", "model": "x", "base_url": server.base_url()});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    table
}

fn server(behaviour: Behaviour) -> ScriptedServer {
    // A token is a word: two of thinking, three of the answer, the last of which holds it.
    ScriptedServer::with_words(Script::of(behaviour), |asked| {
        let said = Said::thought("two threes", "It is \\boxed{6}");
        let untold = asked.prompt.contains("What is 1 +");
        Some(if untold { said } else { said.with_logprobs([-0.3, -0.2, -0.1, -0.2, -0.7]) })
    })
    .unwrap()
}

async fn rows(behaviour: Behaviour, more: Value) -> (Vec<Generation>, Vec<String>) {
    let (server, place, ear) = (server(behaviour), Place::new(2), Ear::default());
    let cache = Some(Arc::new(ReplyCache::open(&place.path("cache.sqlite")).unwrap()));
    let exec = Execution { cache, ..Execution::default() };
    place.run(&table(&server, more.clone()), "out", &exec, &ear).await.unwrap();
    // Another window is asked of the cache.
    let asked = server.count();
    place.run(&table(&server, more), "again", &exec, &ear).await.unwrap();
    assert_eq!((server.count(), place.read("again")), (asked, place.read("out")));
    (place.read("out"), ear.notes())
}

#[track_caller]
fn near(found: Option<f64>, expect: f64) {
    assert!((found.unwrap() - expect).abs() < 1e-6, "{found:?} {expect}");
}

#[tokio::test]
async fn streamed_or_not_and_wherever_the_thinking_stands_the_figures_are_those_of_the_tokens() {
    for stream in [true, false] {
        for thinking in [Thinking::default(), Thinking::tags(), Thinking::OnlyClosingTag] {
            let behaviour = Behaviour { thinking: thinking.clone(), ..Behaviour::default() };
            let (rows, notes) =
                rows(behaviour, json!({"logprobs": 2, "stream": stream, "confidence_window": 2})).await;
            let row = &rows[0];
            assert_eq!(row.logprob_tokens, Some(5), "{thinking:?}");
            near(row.logprob_mean, -0.3);
            near(row.answer_logprob, -0.7);
            // Of two tokens each, the other one has 2 less: minus their mean is the token's own plus 1.
            near(row.confidence_mean, 1.3);
            near(row.confidence_tail, 1.45);
            near(row.confidence_lowest, 1.15);
            near(row.confidence_bottom, 1.15);
            let silent = &rows[1];
            let unknown =
                (silent.logprob_mean, silent.logprob_tokens, silent.answer_logprob, silent.confidence_mean);
            assert_eq!(unknown, (None, None, None, None), "what is not told is not 0");
            assert!(notes[0].starts_with("1 of 2 replies of m came without `logprobs`"), "{notes:?}");
        }
    }
}

#[tokio::test]
async fn thinking_whose_chances_are_withheld_is_flagged() {
    let behaviour = Behaviour { tells_thinking: false, ..Behaviour::default() };
    let words = |asked: &testkit::Asked| {
        let said = Said::thought("one two three four five", "\\boxed{6}");
        Some(said.with_logprobs(vec![-0.5; 6])).filter(|_| asked.body.get("logprobs").is_some())
    };
    let server = ScriptedServer::with_words(Script::of(behaviour), words).unwrap();
    let (place, ear) = (Place::new(1), Ear::default());
    let summary =
        place.run(&table(&server, json!({"logprobs": 1})), "out", &Execution::default(), &ear).await.unwrap();
    assert_eq!(place.read("out")[0].logprob_tokens, Some(1));
    assert_eq!((summary.counts["withheld_logprobs"], summary.counts["without_logprobs"]), (1, 0));
    assert!(ear.notes()[0].contains("withholds those of the thinking"), "{:?}", ear.notes());
}

#[tokio::test]
async fn chances_are_asked_for_only_where_the_table_says_so() {
    let (rows, notes) = rows(Behaviour::default(), json!({})).await;
    assert!(rows.iter().all(|row| row.logprob_tokens.is_none()) && notes.is_empty(), "{notes:?}");
}

#[tokio::test]
async fn confidence_is_asked_for_behind_the_question_of_any_strategy() {
    let server = ScriptedServer::with_words(Script::default(), |asked| {
        let asks = asked.prompt.ends_with("from 0 to 100 with a percent sign.");
        Some(Said::plain(if asks { "\\boxed{4}\nConfidence: 70 %" } else { "\\boxed{4}" }))
    })
    .unwrap();
    let place = Place::new(1);
    for (more, expect) in [
        (json!({}), None),
        (json!({"ask_confidence": true}), Some(0.7)),
        (json!({"ask_confidence": true, "strategy": "chain_of_draft"}), Some(0.7)),
    ] {
        place
            .run(&table(&server, more.clone()), "out", &Execution::default(), &Ear::default())
            .await
            .unwrap();
        assert_eq!(place.read("out")[0].stated_confidence, expect, "{more}");
    }
}
