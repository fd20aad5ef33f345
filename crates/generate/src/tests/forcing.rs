//! Thinking that is ended at a budget, against a scripted server and in strings.

use chat::{CallError, ChatReply, Next};
use llm::ReplyCache;
use serde_json::json;
use stage::{COMPLETION_TOKENS, PROMPT_TOKENS, Silent};
use tables::{Blame, Blamed, Finish};
use testkit::{Behaviour, Dialect, Script, ScriptedServer, Thinking};

use super::*;

/// A solver that goes on with replies as `behaviour` says, and keeps to limits.
fn server(behaviour: Behaviour) -> ScriptedServer {
    ScriptedServer::start(Script::default().model("solver", Behaviour { limits: true, ..behaviour })).unwrap()
}

fn vllm() -> Behaviour {
    Behaviour { dialect: Dialect::Vllm, ..Behaviour::default() }
}

fn forced(server: &ScriptedServer, strategy: Value) -> Value {
    json!({"name": "m", "kind": "openai", "model": "solver", "base_url": server.base_url(), "retries": 0,
           "max_tokens": 1000, "strategy": strategy})
}

fn exec(place: &Place) -> Execution {
    let cache = Some(Arc::new(ReplyCache::open(&place.path("cache.sqlite")).unwrap()));
    Execution { concurrency: 1, cache, ..Execution::default() }
}

async fn run(behaviour: Behaviour, tokens: u64) -> (Vec<Generation>, ScriptedServer) {
    let (server, place) = (server(behaviour), Place::new(2));
    let strategy = json!({"kind": "forced", "tokens": tokens});
    place.run(&forced(&server, strategy), "out", &exec(&place), &Silent).await.unwrap();
    (place.read("out"), server)
}

/// The solver says in 12 words what it has to do, and in 5 more what the result is.
#[tokio::test]
async fn the_answer_is_demanded_where_the_budget_ends() {
    for dialect in [Dialect::Vllm, Dialect::Llamacpp] {
        let behaviour = Behaviour { dialect, ..Behaviour::default() };
        let (rows, server) = run(behaviour.clone(), 8).await;
        assert_eq!(rows[1].reasoning, "I have to work out the sum that");
        assert_eq!(rows[1].answer_text, "The final answer is \\boxed{0}.", "it had not got there yet");
        assert_eq!((rows[1].finish, rows[1].completion_tokens), (Finish::Stop, Some(9)));
        assert_eq!(rows[1].strategy.as_deref(), Some("forced tokens=8"));
        assert_eq!(server.count(), 1 + 2 * 2, "a trial, and two questions a problem");
        let (rows, _) = run(behaviour, 17).await;
        assert_eq!(rows[1].answer_text, "The final answer is \\boxed{3}.");
        assert!(rows[1].reasoning.ends_with("1 + 2 = 3."), "{}", rows[1].reasoning);
    }
}

#[tokio::test]
async fn thinking_between_tags_is_closed_by_its_tag() {
    let (rows, _) = run(Behaviour { thinking: Thinking::tags(), ..vllm() }, 17).await;
    assert_eq!(rows[1].reasoning_source, "tags");
    assert_eq!(
        rows[1].reasoning.trim(),
        "I have to work out the sum that the question asks for.\n\n1 + 2 = 3."
    );
    assert_eq!(rows[1].answer_text.trim(), "The final answer is \\boxed{3}.");
}

#[tokio::test]
async fn a_reply_that_is_over_before_stays_as_it_is() {
    let (rows, server) = run(vllm(), 900).await;
    assert_eq!(server.count(), 1 + 2);
    assert!(rows[1].answer_text.starts_with("The answer is"), "{}", rows[1].answer_text);
}

#[tokio::test]
async fn a_server_that_cannot_go_on_is_refused_before_anything_is_paid() {
    let check = async |behaviour: Behaviour, more: Option<&str>, calls: usize, expect: &str| {
        let (server, place) = (server(behaviour), Place::new(20));
        let mut model = forced(&server, json!({"kind": "forced", "tokens": 8}));
        more.into_iter().for_each(|dialect| model["continuation"] = json!(dialect));
        let error = place.run(&model, "out", &exec(&place), &Silent).await.unwrap_err();
        assert_eq!((error.blame(), server.count()), (Blame::Endpoint, calls));
        assert!(error.to_string().contains(expect), "{error}");
    };
    check(Behaviour::default(), None, 1, "does not go on with replies: it begins a new reply").await;
    let refuses = Behaviour { dialect: Dialect::Refuses, ..Behaviour::default() };
    check(refuses, None, 1, "the last message must be by the user").await;
    check(vllm(), Some("never"), 0, "it offers no way").await;
    check(vllm(), Some("plain"), 1, "it begins a new reply").await;
    check(vllm(), Some("completions"), 1, "it renders no prompt at /apply-template").await;
}

#[tokio::test]
async fn thinking_that_is_dropped_on_its_way_fails_the_row() {
    let (rows, _) = run(Behaviour { drops_thinking: true, ..vllm() }, 17).await;
    let why = rows[1].error.as_deref().unwrap();
    assert!(why.starts_with("the server passes over the thinking that it is to go on with"), "{why}");
    assert_eq!(rows[1].completion_tokens, Some(17), "what was paid for counts");
}

/// What comes of replies that the server never told about.
#[test]
fn each_end_of_a_reply_is_gone_on_with_in_its_own_way() {
    let check = |first: ChatReply, expect: Result<(Option<&str>, Option<&str>, u64), &str>| {
        let table = json!({"name": "m", "kind": "openai", "model": "x", "max_tokens": 100,
                           "strategy": {"kind": "forced", "tokens": 10, "cue": "So: "}});
        let model = crate::parse(&table, "m").ok().unwrap();
        let problem = Problem { problem: "2 + 2?".into(), ..Problem::default() };
        let mut opened = model.generator().open(&problem).unwrap();
        let conversation = &mut opened.conversations[0];
        let Next::Ask(asked) = conversation.next(&[]) else { panic!("nothing is asked") };
        assert_eq!(asked[0].request.sampling.max_tokens, Some(10));
        match (conversation.next(&[Ok(first)]), expect) {
            (Next::Ask(asked), Ok((thinking, text, most))) => {
                let begun = asked[0].request.continues.clone().unwrap();
                assert_eq!((begun.thinking.as_deref(), begun.text.as_deref()), (thinking, text));
                assert_eq!(asked[0].request.sampling.max_tokens, Some(most));
                let failed = CallError::Exhausted { model: "x".into(), attempts: 1, last: "gone".into() };
                let Next::Done(rows) = conversation.next(&[Err(failed)]) else { panic!("not over") };
                assert_eq!(
                    (rows.replies[0].finish, rows.replies[0].completion_tokens),
                    (Finish::Error, Some(10))
                );
            }
            (Next::Done(rows), Err(why)) => {
                assert_eq!(rows.replies[0].error.as_deref().unwrap_or_default(), why)
            }
            (next, expect) => panic!("{next:?}, not {expect:?}"),
        }
    };
    let cut = |reasoning: Option<&str>, content: &str| ChatReply {
        reasoning: reasoning.map(str::to_owned),
        reasoning_field: reasoning.map(|_| "reasoning".to_owned()),
        content: content.to_owned(),
        finish: Finish::Length,
        completion_tokens: Some(10),
        ..ChatReply::default()
    };
    check(cut(Some("hm"), ""), Ok((Some("hm"), Some("So: "), 64)));
    check(cut(Some("hm"), "The ans"), Ok((Some("hm"), Some("The ans"), 90)));
    check(cut(None, "<think>\nhm"), Ok((None, Some("<think>\nhm\n</think>\n\nSo: "), 64)));
    check(cut(None, "<think>hm</think> The"), Ok((None, Some("<think>hm</think> The"), 90)));
    check(cut(None, "hm</think> The"), Ok((None, Some("hm</think> The"), 90)));
    check(cut(None, "First, 2"), Ok((None, Some("First, 2\n\nSo: "), 64)));
    let unknown =
        |completion_tokens| ChatReply { finish: Finish::Unknown, completion_tokens, ..cut(Some("hm"), "") };
    check(unknown(Some(9)), Err(""));
    check(unknown(Some(10)), Ok((Some("hm"), Some("So: "), 64)));
    check(ChatReply { finish: Finish::Stop, ..cut(Some("hm"), "4") }, Err(""));
    let sealed = ChatReply { reasoning_field: Some("reasoning.summary".into()), ..cut(Some("hm"), "") };
    check(sealed, Err("its thinking is hidden, so nobody can go on with it"));
}

fn recorded(place: &Place) {
    let thought = "I add the two numbers. 0 + 2 = 2. Let me check that: 2 - 2 = 0, so it is.";
    let reply = |problem: &str, sample, reasoning: Option<&str>, content: &str| Reply {
        problem_id: problem.to_owned(),
        model: "theirs".to_owned(),
        sample,
        reasoning: reasoning.map(str::to_owned),
        reasoning_field: reasoning.map(|_| "reasoning_content".to_owned()),
        content: content.to_owned(),
        finish: Finish::Stop,
        completion_tokens: Some(40),
        // Behind a longer prompt than this one; of one reply nobody knows.
        prompt_tokens: (sample != 1).then_some(900),
        ..Reply::default()
    };
    let tagged = format!("<think>{thought}</think>\\boxed{{2}}");
    place.write(
        "replies",
        vec![
            reply("p0", 0, Some(thought), "\\boxed{2}"),
            reply("p0", 1, None, &tagged),
            reply("p0", 2, Some("It is 2."), "\\boxed{2}"),
            reply("p1", 0, None, ""),
        ],
    );
}

#[tokio::test]
async fn recorded_thinking_is_cut_and_only_the_answers_are_asked_for() {
    let (server, place) = (server(vllm()), Place::new(2));
    recorded(&place);
    let model = forced(&server, json!({"kind": "forced", "tokens": 14, "of": "theirs"}));
    let summary = place.run(&model, "out", &exec(&place), &Silent).await.unwrap();
    let rows = place.read("out");
    let told: Vec<(&str, u32)> = rows.iter().map(|row| (row.problem_id.as_str(), row.sample)).collect();
    assert_eq!(told, [("p0", 0), ("p0", 1), ("p0", 2), ("p1", 0)]);
    assert!(rows.iter().all(|row| row.model == "m" && row.forced_at == Some(14)));
    let thought = "I add the two numbers. 0 + 2 = 2. Let me";
    assert!(thought.starts_with(&rows[0].reasoning), "{}", rows[0].reasoning);
    assert_eq!(rows[0].answer_text, "The final answer is \\boxed{2}.");
    assert_eq!(rows[1].reasoning, format!("{}\n", rows[0].reasoning));
    assert_eq!(rows[1].answer_text.trim(), rows[0].answer_text);
    assert_eq!((rows[2].reasoning.as_str(), rows[2].completion_tokens), ("It is 2.", Some(40)), "as it was");
    assert_eq!(
        rows[0].completion_tokens,
        Some(14 + 1),
        "the thinking by the tokenizer, the answer by the server"
    );
    assert!(rows[0].prompt_tokens > Some(900), "asking for the thinking would take its prompt too");
    assert_eq!(rows[1].prompt_tokens, None, "unknown is not 0");
    // A trial and two answers: what was recorded is not paid for again.
    assert_eq!(server.count(), 3);
    assert_eq!(summary.counts[COMPLETION_TOKENS], 2);
    assert!(summary.counts[PROMPT_TOKENS] > 2 * 10);
    let offline = Execution { offline: true, ..exec(&place) };
    place.run(&model, "again", &offline, &Silent).await.unwrap();
    assert!(std::fs::read(place.path("out")).unwrap() == std::fs::read(place.path("again")).unwrap());
}

#[tokio::test]
async fn thinking_that_nobody_recorded_is_asked_for_by_name() {
    let (server, place) = (server(vllm()), Place::new(2));
    let check = async |of: &str, expect: &str| {
        let model = forced(&server, json!({"kind": "forced", "tokens": 14, "of": of}));
        let error = place.run(&model, "out", &exec(&place), &Silent).await.unwrap_err();
        assert!(error.blame() == Blame::Input && error.to_string().contains(expect), "{error}");
    };
    check("theirs", "goes on with recorded replies (`strategy.of`), but the dataset holds none").await;
    recorded(&place);
    check("others", "holds no reply of `others`; set `strategy.of` of model `m` to one of: theirs").await;
    assert_eq!(server.count(), 0);
}
