//! Replies that their limit cuts and that go on, against a scripted server.

use llm::ReplyCache;
use serde_json::json;
use stage::Silent;
use tables::{Blame, Blamed, Finish};
use testkit::{Behaviour, Dialect, Script, ScriptedServer};

use super::*;

fn model(server: &ScriptedServer, max_tokens: u64, more: Option<u64>) -> Value {
    let mut model = json!({"name": "m", "kind": "openai", "model": "solver", "base_url": server.base_url(),
                           "retries": 0, "max_tokens": max_tokens});
    more.into_iter().for_each(|more| model["continue_cut"] = json!(more));
    model
}

async fn run(behaviour: &Behaviour, max_tokens: u64, more: Option<u64>) -> (Vec<Generation>, usize) {
    let script = Script::default().model("solver", Behaviour { limits: true, ..behaviour.clone() });
    let (server, place) = (ScriptedServer::start(script).unwrap(), Place::new(2));
    let cache = Some(Arc::new(ReplyCache::open(&place.path("cache.sqlite")).unwrap()));
    let exec = Execution { concurrency: 1, cache, ..Execution::default() };
    let model = model(&server, max_tokens, more);
    place.run(&model, "out", &exec, &Silent).await.unwrap();
    let asked = server.count();
    let offline = Execution { offline: true, ..exec };
    place.run(&model, "again", &offline, &Silent).await.unwrap();
    assert!(std::fs::read(place.path("out")).unwrap() == std::fs::read(place.path("again")).unwrap());
    (place.read("out"), asked)
}

/// Cut anywhere, the two parts are the reply that would have come at once, and take as many tokens.
#[tokio::test]
async fn a_reply_that_was_cut_is_whole_and_both_parts_are_counted() {
    for dialect in [Dialect::Vllm, Dialect::Llamacpp] {
        let behaviour = Behaviour { dialect, ..Behaviour::default() };
        let (expect, _) = run(&behaviour, 1000, None).await;
        for limit in [3, 8, 19] {
            let (rows, asked) = run(&behaviour, limit, Some(1000)).await;
            let told = |row: &Generation| (row.reasoning.clone(), row.answer_text.clone(), row.finish);
            assert_eq!(told(&rows[1]), told(&expect[1]), "{limit}");
            assert_eq!(rows[1].completion_tokens, expect[1].completion_tokens);
            assert!(rows[1].prompt_tokens > expect[1].prompt_tokens, "the beginning is read again");
            assert_eq!(asked, 1 + 2 * 2, "a trial, and two questions a problem");
        }
        let (whole, asked) = run(&behaviour, 1000, Some(1000)).await;
        assert_eq!((whole[1].finish, asked), (Finish::Stop, 1 + 2));
        let (twice, _) = run(&behaviour, 3, Some(4)).await;
        assert_eq!((twice[1].finish, twice[1].completion_tokens), (Finish::Length, Some(7)), "once, no more");
    }
}

#[tokio::test]
async fn a_server_that_begins_anew_is_refused_before_anything_is_paid() {
    let server = ScriptedServer::start(Script::default().model("solver", Behaviour::default())).unwrap();
    let place = Place::new(20);
    let error =
        place.run(&model(&server, 8, Some(9)), "out", &Execution::default(), &Silent).await.unwrap_err();
    assert_eq!((error.blame(), server.count()), (Blame::Endpoint, 1));
}

#[test]
fn what_goes_on_by_itself_or_goes_by_the_last_part_is_refused_beside_it() {
    let check = |more: Value, expect: &str| {
        let mut table = json!({"name": "m", "kind": "openai", "model": "x", "continue_cut": 9});
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let faults = crate::parse(&table, "m").err().unwrap().to_string();
        assert!(faults.contains(expect), "{faults}");
    };
    check(json!({"strategy": {"kind": "forced", "tokens": 8}}), "goes on with them itself");
    check(json!({"logprobs": 2}), "only the last part has them");
    check(json!({"continue_cut": 0}), "the least is 1");
}
