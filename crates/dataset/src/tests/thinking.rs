//! How thinking, its absence, and the ends of replies get from rows of many shapes into the table.

use serde_json::{Value, json};
use tables::Finish;

use super::*;

/// The replies of rows to a question.
fn replies(row: Value) -> Vec<Reply> {
    let mut whole = json!({"question": "q", "gold": "5", "model": "m"});
    whole.as_object_mut().unwrap().extend(row.as_object().unwrap().clone());
    load_lines(&[whole], kind("recorded", json!({}))).unwrap_or_else(|error| panic!("{error}")).replies
}

fn one(row: Value) -> Reply {
    replies(row).into_iter().next().unwrap()
}

#[track_caller]
fn thinks(row: Value, text: &str, thinking: Option<&str>, field: Option<&str>) {
    let reply = one(row.clone());
    let found = (reply.content.as_str(), reply.reasoning.as_deref(), reply.reasoning_field.as_deref());
    assert_eq!(found, (text, thinking, field), "{row}");
}

#[test]
fn columns_of_many_shapes() {
    thinks(json!({"response": "5", "reasoning": null}), "5", None, None);
    thinks(json!({"response": "5", "reasoning_content": "\n"}), "5", Some("\n"), Some("reasoning_content"));
    thinks(json!({"response": "5", "reasoning": ["a", "b"]}), "5", Some("a\n\nb"), Some("reasoning"));
    let details = json!([{"type": "reasoning.text", "text": "a"}]);
    thinks(json!({"response": "5", "reasoning_details": details}), "5", Some("a"), Some("reasoning_details"));
    let text = json!({"response": "5", "reasoning_details": details.to_string()});
    thinks(text, "5", Some("a"), Some("reasoning_details"));
    let sealed = json!([{"type": "reasoning.encrypted", "data": "gA"}]);
    thinks(
        json!({"response": "5", "reasoning_details": sealed}),
        "5",
        None,
        Some("reasoning_details.sealed"),
    );
    let blocks = json!([{"type": "thinking", "thinking": "a"}, {"type": "text", "text": "5"}]);
    thinks(json!({"response": blocks}), "5", Some("a"), Some("thinking"));
    thinks(json!({"response": blocks.to_string()}), "5", Some("a"), Some("thinking"));
    thinks(
        json!({"response": {"content": "5", "reasoning_content": "a"}}),
        "5",
        Some("a"),
        Some("reasoning_content"),
    );
    let turns = json!([{"role": "user", "content": "q"}, {"role": "assistant", "type": "cot", "content": "a"},
        {"role": "assistant", "type": "response", "content": "5"}]);
    thinks(json!({"all_messages": turns}), "5", Some("a"), Some("cot"));
    thinks(json!({"all_messages": turns.to_string()}), "5", Some("a"), Some("cot"));
}

#[test]
fn the_servers_count_is_found_wherever_it_stands() {
    for more in [
        json!({"reasoning_tokens": 7}),
        json!({"thoughtsTokenCount": 7}),
        json!({"completion_tokens_details": {"reasoning_tokens": 7}}),
        json!({"usage": {"output_tokens_details": {"reasoning_tokens": 7}}}),
        json!({"usage": "{\"completion_tokens_details\": {\"reasoning_tokens\": 7}}"}),
        json!({"usage_metadata": {"thoughts_token_count": 7}}),
        json!({"usageMetadata": {"thoughtsTokenCount": 7}}),
    ] {
        let mut row = json!({"response": "5"});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(one(row).reasoning_tokens, Some(7), "{more}");
    }
}

#[test]
fn dumps_of_engines_say_how_each_reply_ended() {
    let ends = |row: Value| -> Vec<(Finish, Option<String>)> {
        replies(row).into_iter().map(|reply| (reply.finish, reply.finish_word)).collect()
    };
    let vllm = json!({"outputs": [{"index": 0, "text": "a", "finish_reason": "stop", "stop_reason": null},
        {"index": 1, "text": "b", "finish_reason": "length", "token_ids": [1, 2]},
        {"index": 2, "text": "c", "finish_reason": "abort"}]});
    assert_eq!(replies(vllm.clone())[1].completion_tokens, Some(2));
    let abort = (Finish::Unknown, Some("abort".to_owned()));
    assert_eq!(ends(vllm), [(Finish::Stop, None), (Finish::Length, None), abort.clone()]);
    let sglang = json!({"text": "a", "meta_info": {"finish_reason": {"type": "length", "length": 9}, "completion_tokens": 9}});
    assert_eq!(ends(sglang.clone()), [(Finish::Length, None)]);
    assert_eq!(
        ends(json!({"response": [sglang, {"text": "b", "meta_info": {"finish_reason": {"type": "abort"}}}]})),
        [(Finish::Length, None), abort]
    );
    let chosen =
        json!({"outputs": [{"message": {"content": "5", "reasoning": "a"}, "finish_reason": "length"}]});
    assert_eq!(ends(chosen), [(Finish::Length, None)]);
    assert_eq!(
        ends(json!({"response": ["a", "b"], "finish_reasons": ["stop", "MAX_TOKENS"]})),
        [(Finish::Stop, None), (Finish::Length, None)]
    );
    assert_eq!(ends(json!({"response": "a", "finish_reasons": ["length"]})), [(Finish::Length, None)]);
}

#[test]
fn an_empty_reply_is_no_failed_call() {
    let check = |row: Value, expect: Finish| assert_eq!(one(row.clone()).finish, expect, "{row}");
    check(json!({"response": "", "finish_reason": "length"}), Finish::Length);
    check(json!({"response": null, "finish_reason": "length"}), Finish::Length);
    check(json!({"response": "", "finish_reason": "stop"}), Finish::Stop);
    check(json!({"response": "", "truncated": true}), Finish::Length);
    check(json!({"response": ""}), Finish::Unknown);
    check(json!({"response": null, "truncated": false}), Finish::Error);
    check(json!({"response": "", "error": "429"}), Finish::Error);
    let turns = |content: Value, end: &str| json!({"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": content}], "finish_reason": end});
    check(turns(json!(""), "length"), Finish::Length);
    check(turns(json!(null), "stop"), Finish::Stop);
}

#[test]
fn batches_of_three_apis_tell_hidden_thinking_alike() {
    let asked =
        json!({"custom_id": "a", "body": {"model": "m", "messages": [{"role": "user", "content": "q"}]}});
    let check =
        |line: Value, thinking: Option<&str>, field: Option<&str>, tokens: Option<u64>, finish: Finish| {
            let text = format!("{line}\n");
            let files = [("out.jsonl", text.as_str()), ("in.jsonl", &format!("{asked}\n"))];
            let table = kind("recorded", json!({"path": ["out.jsonl", "in.jsonl"]}));
            let reply = load_files(&files, table).unwrap_or_else(|error| panic!("{error}")).replies.remove(0);
            let found = (
                reply.reasoning.as_deref(),
                reply.reasoning_field.as_deref(),
                reply.reasoning_tokens,
                reply.finish,
            );
            assert_eq!(found, (thinking, field, tokens, finish), "{line}");
            assert_eq!(reply.content, "5");
        };
    let openai = |body: Value| json!({"custom_id": "a", "response": {"status_code": 200, "body": body}});
    let chat = json!({"model": "m", "choices": [{"message": {"content": "5"}, "finish_reason": "stop"}],
        "usage": {"completion_tokens_details": {"reasoning_tokens": 256}}});
    check(openai(chat), None, None, Some(256), Finish::Stop);
    let items = |summary: Value| {
        json!({"model": "m", "status": "completed", "usage": {"output_tokens_details": {"reasoning_tokens": 64}}, "output": [
            {"type": "reasoning", "summary": summary},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "5"}]}]})
    };
    check(openai(items(json!([]))), None, Some("reasoning.omitted"), Some(64), Finish::Stop);
    let summary = json!([{"type": "summary_text", "text": "adds"}]);
    check(openai(items(summary)), Some("adds"), Some("reasoning.summary"), Some(64), Finish::Stop);
    let anthropic = |block: Value| {
        json!({"custom_id": "a", "result": {"type": "succeeded", "message": {"model": "m", "role": "assistant",
            "content": [block, {"type": "text", "text": "5"}], "stop_reason": "end_turn"}}})
    };
    let redacted = json!({"type": "redacted_thinking", "data": "Em"});
    check(anthropic(redacted), None, Some("redacted_thinking.sealed"), None, Finish::Stop);
    check(
        anthropic(json!({"type": "thinking", "thinking": "a"})),
        Some("a"),
        Some("thinking"),
        None,
        Finish::Stop,
    );
}

#[test]
fn a_reply_without_its_problem_is_a_problem_of_its_own() {
    let rows = [
        json!({"response": "<think>a</think>5", "model": "m"}),
        json!({"response": "<think>a</think>5", "model": "m", "problem": ""}),
        json!({"response": ["a", "b"], "model": "m", "gold": "5"}),
        json!({"response": "c", "model": "m", "problem": "q"}),
    ];
    let loaded = load_lines(&rows, kind("recorded", json!({}))).unwrap_or_else(|error| panic!("{error}"));
    let texts: Vec<&str> = loaded.problems.iter().map(|problem| problem.problem.as_str()).collect();
    assert_eq!((texts, loaded.replies.len()), (vec!["", "", "", "q"], 5));
    assert_eq!(loaded.summary.counts["without_text"], 3);
    let turns = json!({"messages": [{"role": "assistant", "content": "5"}], "model": "m"});
    assert_eq!(load_lines(&[turns], kind("recorded", json!({}))).unwrap().problems[0].problem, "");
    let batch = json!({"custom_id": "a", "response": {"body": {"model": "m", "choices": [{"message": {"content": "5"}}]}}});
    let loaded = load_lines(&[batch], kind("recorded", json!({}))).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((loaded.problems[0].problem.as_str(), loaded.replies[0].content.as_str()), ("", "5"));
}
