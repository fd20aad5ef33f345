//! What servers really send, one test each.

use tables::Finish;
use testkit::{Behaviour, Fault, Faults, Raw, Said, Script, Thinking, UsageStyle, solve};

use super::*;

fn said() -> Said {
    solve("What is 12 + 30?", None)
}

#[tokio::test]
async fn thinking_in_a_field_of_its_own() {
    for name in ["reasoning_content", "reasoning", "thinking"] {
        let reply =
            ask_both_ways(Behaviour { thinking: Thinking::field(name), ..Behaviour::default() }).await;
        assert_eq!(reply.reasoning_field.as_deref(), Some(name));
        assert_eq!(reply.reasoning, Some(said().reasoning));
        assert_eq!(reply.content, said().content);
        assert_eq!(reply.finish, Finish::Stop);
    }
    let reply = ask_both_ways(Behaviour { thinking: Thinking::Details, ..Behaviour::default() }).await;
    assert_eq!(reply.reasoning_field.as_deref(), Some("reasoning_details"));
    assert_eq!(reply.reasoning, Some(said().reasoning));
}

#[tokio::test]
async fn thinking_inside_the_content_stays_there() {
    for thinking in [Thinking::tags(), Thinking::OnlyClosingTag, Thinking::Unclosed] {
        let reply = ask_both_ways(Behaviour { thinking: thinking.clone(), ..Behaviour::default() }).await;
        assert_eq!((&reply.reasoning, &reply.reasoning_field), (&None, &None), "{thinking:?}");
        assert!(reply.content.contains(&said().reasoning), "{thinking:?}");
    }
    let reply = ask_both_ways(Behaviour { thinking: Thinking::None, ..Behaviour::default() }).await;
    assert_eq!((reply.reasoning, reply.content), (None, said().content));
}

#[tokio::test]
async fn unknown_is_not_zero() {
    let words = |text: &str| text.split_whitespace().count() as u64;
    let (thought, all) = (words(&said().reasoning), words(&said().reasoning) + words(&said().content));
    let check = async |usage, expect: [Option<u64>; 3]| {
        let reply = ask_both_ways(Behaviour { usage, ..Behaviour::default() }).await;
        assert_eq!(
            [reply.prompt_tokens, reply.completion_tokens, reply.reasoning_tokens],
            expect,
            "{usage:?}"
        );
    };
    check(UsageStyle::Full, [Some(5), Some(all), Some(thought)]).await;
    check(UsageStyle::WithoutThinking, [Some(5), Some(all), None]).await;
    check(UsageStyle::ZeroThinking, [Some(5), Some(all), None]).await;
    check(UsageStyle::Null, [None; 3]).await;
    check(UsageStyle::Absent, [None; 3]).await;
}

#[tokio::test]
async fn the_token_limit_shows() {
    let reply = ask_both_ways(Behaviour { finish: "length".into(), ..Behaviour::default() }).await;
    assert_eq!(reply.finish, Finish::Length);
}

#[tokio::test]
async fn a_stream_may_be_cut_anywhere_and_interrupted_by_comments() {
    for bytes in [1, 2, 3, 5, 64] {
        let behaviour = Behaviour { cut_bytes: Some(bytes), ..Behaviour::default() };
        let words = |_: &testkit::Asked| Some(Said::thought("zwölf ≠ 30 🦀", "日本 42"));
        let server = ScriptedServer::with_words(Script::of(behaviour), words).unwrap();
        let reply = Client::new(&endpoint(&server), &quick()).unwrap().chat(&question("?")).await.unwrap();
        assert_eq!((reply.reasoning.as_deref(), reply.content.as_str()), (Some("zwölf ≠ 30 🦀"), "日本 42"));
    }
    let reply = ask_both_ways(Behaviour { comments: true, null_content: true, ..Behaviour::default() }).await;
    assert_eq!((reply.reasoning, reply.content), (Some(said().reasoning), said().content));
}

#[tokio::test]
async fn a_server_may_ignore_that_a_stream_was_asked_for() {
    let reply = ask(Script::of(Behaviour { never_streams: true, ..Behaviour::default() })).await.unwrap();
    assert_eq!((reply.content, reply.first_token_seconds), (said().content, None));
}

#[tokio::test]
async fn a_stream_without_done_is_whole_if_it_named_its_end() {
    let script = Script::default().faults(Faults::always(Fault::MissingDone));
    let reply = ask(script).await.unwrap();
    assert_eq!((reply.content, reply.finish), (said().content, Finish::Stop));
    assert!(reply.completion_tokens.is_some(), "the usage behind the finish reason was read");
}

/// A stream of exactly these bytes.
async fn stream(text: &str) -> Result<ChatReply, CallError> {
    let server =
        ScriptedServer::start(Script::of(Behaviour { raw: Some(Raw::stream(text)), ..Behaviour::default() }));
    let server = server.unwrap();
    let endpoint = Endpoint { retries: 1, ..endpoint(&server) };
    Client::new(&endpoint, &quick()).unwrap().chat(&question("?")).await
}

#[tokio::test]
async fn odd_streams_are_read() {
    let check = async |text: &str, content: &str, finish| {
        let reply = stream(text).await.unwrap();
        assert_eq!((reply.content.as_str(), reply.finish), (content, finish), "{text}");
    };
    let piece = r#"data: {"choices":[{"delta":{"content":"5"}}]}"#;
    let end = r#"data: {"choices":[{"delta":{},"finish_reason":"length"}]}"#;
    check(&format!("{piece}\n\n{end}"), "5", Finish::Length).await;
    check(&format!("{piece}\r\n{end}\r\n"), "5", Finish::Length).await;
    check(&format!("{piece}\n\ndata: [DONE]"), "5", Finish::Unknown).await;
    check(
        "data: {\"choices\":[{\"delta\":{\"content\":null},\"finish_reason\":\"stop\"}]}\n\n",
        "",
        Finish::Stop,
    )
    .await;
    check(&format!("{piece}\n\ndata: {{\"choices\":[],\"usage\":null}}\n\n{end}\n\n"), "5", Finish::Length)
        .await;
}

#[tokio::test]
async fn a_part_is_never_taken_for_the_whole() {
    let check = async |text: &str, why: &str| {
        let error = stream(text).await.unwrap_err();
        assert!(matches!(&error, CallError::Exhausted { attempts: 2, .. }), "{error:?}");
        assert!(error.reason().contains(why), "{error}");
    };
    let piece = r#"data: {"choices":[{"delta":{"content":"5"}}]}"#;
    check(&format!("{piece}\n\n"), "ended in the middle of the reply").await;
    check(&format!("{piece}\n\ndata: {{\"choi"), "half a JSON value").await;
    check("", "ended in the middle of the reply").await;
    check("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", "without choices").await;
    check(&format!("{piece}\n\ndata: {{\"error\":{{\"message\":\"boom\"}}}}\n\n"), "boom").await;
    check("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"abort\"}]}\n\n", "gave the reply up").await;
}

#[tokio::test]
async fn an_error_behind_200_that_names_a_final_status_is_final() {
    let error = stream("data: {\"error\":{\"message\":\"bad\",\"code\":400}}\n\n").await.unwrap_err();
    assert!(matches!(error, CallError::Rejected { status: 400, .. }), "{error:?}");
}

#[tokio::test]
async fn an_empty_reply_is_a_reply() {
    let server = ScriptedServer::with_words(Script::default(), |_| Some(Said::default())).unwrap();
    let reply = Client::new(&endpoint(&server), &quick()).unwrap().chat(&question("?")).await.unwrap();
    assert!(reply.is_empty());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_web_page_is_no_reply() {
    let page = Raw { content_type: "text/html; charset=utf-8".into(), ..Raw::json(200, "<html></html>") };
    let server =
        ScriptedServer::start(Script::of(Behaviour { raw: Some(page), ..Behaviour::default() })).unwrap();
    let endpoint = Endpoint { retries: 0, ..endpoint(&server) };
    let error = Client::new(&endpoint, &quick()).unwrap().chat(&question("?")).await.unwrap_err();
    assert!(error.to_string().contains("does `base_url` end in /v1?"), "{error}");
}

#[tokio::test]
async fn calls_one_after_the_other_share_a_connection() {
    // The end of the body comes some time after `[DONE]`.
    let whole = r#"data: {"choices":[{"delta":{"content":"5"},"finish_reason":"stop"}]}"#;
    let raw = Raw { piece_seconds: 0.02, ..Raw::stream(&format!("{whole}\n\ndata: [DONE]\n\n")) };
    let server =
        ScriptedServer::start(Script::of(Behaviour { raw: Some(raw), ..Behaviour::default() })).unwrap();
    let client = Client::new(&endpoint(&server), &quick()).unwrap();
    for n in 0..5 {
        client.chat(&question(&format!("{n} + 1"))).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!((server.count(), server.connections()), (5, 1));
}

#[tokio::test]
async fn models_are_listed() {
    let script = Script::default().model("a", Behaviour::default()).model("b", Behaviour::default());
    let server = ScriptedServer::start(script).unwrap();
    let client = Client::new(&endpoint(&server), &quick()).unwrap();
    assert_eq!(client.models().await, Ok(vec!["a".to_owned(), "b".to_owned()]));
    let error = client.chat(&question("?")).await.unwrap_err();
    assert!(matches!(error, CallError::UnknownModel { .. }) && error.is_fatal());
}
