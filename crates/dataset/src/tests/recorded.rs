//! Sources of recorded replies.

use serde_json::{Value, json};
use tables::Finish;

use super::*;

fn recorded(more: Value) -> Value {
    kind("recorded", more)
}

/// Replies as `gold|model|sample|content`.
fn check(lines: &[Value], more: Value, expect: &[&str]) {
    let loaded = match load_lines(lines, recorded(more)) {
        Ok(loaded) => loaded,
        Err(error) => panic!("{error}"),
    };
    let gold = |id: &str| loaded.problems.iter().find(|p| p.id == id).unwrap().gold.join(",");
    let show = |r: &Reply| format!("{}|{}|{}|{}", gold(&r.problem_id), r.model, r.sample, r.content);
    assert_eq!(loaded.replies.iter().map(show).collect::<Vec<_>>(), expect);
}

fn refuse(lines: &[Value], more: Value, expect: &str) {
    refuse_lines(lines, recorded(more), expect);
}

/// The only reply of a row.
fn one(row: Value, more: Value) -> Reply {
    match load_lines(&[row], recorded(more)) {
        Ok(loaded) => loaded.replies.into_iter().next().unwrap(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn replies_are_sorted_by_model_problem_and_sample() {
    let row =
        |q: &str, model: &str, text: &str| json!({"problem": q, "gold": q, "model": model, "response": text});
    let rows = [
        row("b", "y", "1"),
        row("a", "x", "2"),
        row("a", "y", "3"),
        row("b", "y", "4"),
        row("b", "x", "5"),
        row("a", "x", "6"),
    ];
    check(&rows, json!({}), &["b|y|0|1", "b|y|1|4", "a|y|0|3", "b|x|0|5", "a|x|0|2", "a|x|1|6"]);
    check(&rows, json!({"limit": 1}), &["b|y|0|1", "b|y|1|4", "b|x|0|5"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    std::fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
    let load = parse(&json!({"kind": "recorded", "path": path}), "dataset").unwrap();
    assert_eq!(load.models().unwrap(), ["y", "x"]);
}

#[test]
fn models_are_found_wherever_they_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let check = |row: Value, columns: Value, expect: Result<&str, &str>| {
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, format!("{row}\n")).unwrap();
        let table = json!({"kind": "recorded", "path": path, "columns": columns});
        let found = parse(&table, "dataset").unwrap().models();
        match (found, expect) {
            (Ok(found), Ok(expect)) => assert_eq!(found, [expect], "{row}"),
            (Err(found), Err(expect)) => assert!(found.to_string().contains(expect), "{found}"),
            (found, _) => panic!("{row}: {found:?}"),
        }
    };
    let row = |name: &str, value: Value| json!({"problem": "q", "gold": 1, "response": "r", name: value});
    check(row("model", json!("m")), json!({}), Ok("m"));
    check(row("Model_Name", json!("m")), json!({}), Ok("m"));
    check(row("from", json!({"model": "m"})), json!({"model": "from.model"}), Ok("m"));
    check(row("from.model", json!("m")), json!({"model": "from.model"}), Ok("m"));
    check(row("from", json!("{\"model\": \"m\"}")), json!({"model": "from.model"}), Ok("m"));
    check(row("maker", json!("m")), json!({}), Err("the row has: gold, maker, problem, response"));
}

#[test]
fn samples_are_counted_given_or_listed() {
    let row = |sample: Value, text: &str| json!({"problem": "q", "gold": 1, "model": "m", "sample": sample, "response": text});
    check(&[row(json!(1), "b"), row(json!(0), "a")], json!({}), &["1|m|0|a", "1|m|1|b"]);
    check(
        &[row(json!(1), "b"), row(json!(1), "a")],
        json!({"columns": {"sample": ""}}),
        &["1|m|0|b", "1|m|1|a"],
    );
    refuse(
        &[row(json!(1), "b"), row(json!(0), "a"), row(json!(1), "a")],
        json!({}),
        "a.jsonl:1 and a.jsonl:3: two replies of one model to one problem are both sample 1; map another column with \
         `columns.sample`, or none with `columns.sample = \"\"`, so that they are counted",
    );
    let listed = json!({"id": "t", "problem": "q", "answer": 1, "generations": ["a", "b"], "finish_reason": ["stop", "length"],
        "reasoning": ["ra", null], "usage": {"completion_tokens": 7}, "other": [1, 2]});
    check(std::slice::from_ref(&listed), json!({"model": "m"}), &["1|m|0|a", "1|m|1|b"]);
    let loaded = load_lines(&[listed], recorded(json!({"model": "m"}))).unwrap();
    let facts = |r: &Reply| (r.trace_id.clone().unwrap(), r.finish, r.reasoning.clone(), r.completion_tokens);
    assert_eq!(facts(&loaded.replies[0]), ("t#0".into(), Finish::Stop, Some("ra".into()), Some(7)));
    assert_eq!(facts(&loaded.replies[1]), ("t#1".into(), Finish::Length, None, Some(7)));
    assert_eq!(
        loaded.replies[1].extra.as_deref(),
        Some("{\"other\":[1,2],\"usage\":{\"completion_tokens\":7}}")
    );
}

#[test]
fn problems_are_told_apart_by_id_or_content() {
    let row = |id: Value, q: &str, gold: Value| json!({"id": "t", "problem_id": id, "problem": q, "gold": gold, "model": "m", "response": "r"});
    let loaded =
        load_lines(&[row(json!(7), "q", json!(1)), row(json!(7), "q", json!(1))], recorded(json!({})))
            .unwrap();
    assert_eq!((loaded.problems.len(), loaded.problems[0].id.as_str(), loaded.replies.len()), (1, "7", 2));
    refuse(
        &[row(json!(7), "q", json!(1)), row(json!(7), "r", json!(1))],
        json!({}),
        "a.jsonl:1 and a.jsonl:2: problem `7` has not the same text in both rows; map another column with \
         `columns.problem_id`, or none with `columns.problem_id = \"\"`, so that the content tells problems apart",
    );
    let error =
        load_lines(&[row(json!(7), "q", json!(1)), row(json!(7), "q", json!(2))], recorded(json!({})))
            .err()
            .unwrap();
    assert!(error.contains("problem `7` has not the same answer in both rows"), "{error}");
    let by_content = recorded(json!({"columns": {"problem_id": ""}}));
    let loaded =
        load_lines(&[row(json!(7), "q", json!(1)), row(json!(7), "q", json!(2))], by_content).unwrap();
    assert_eq!(loaded.problems.len(), 2);
}

#[test]
fn gold_goes_before_an_answer_that_may_be_the_models() {
    let row = json!({"question": "q", "answer": "theirs", "target": "ours", "model": "m", "output": "r"});
    check(&[row], json!({}), &["ours|m|0|r"]);
    check(
        &[json!({"question": "q", "answer": "ours", "model": "m", "output": "r"})],
        json!({}),
        &["ours|m|0|r"],
    );
    check(&[json!({"question": "q", "model": "m", "output": "r"})], json!({}), &["|m|0|r"]);
}

#[test]
fn thinking_comes_apart_or_within() {
    let reply =
        one(json!({"problem": "q", "model": "m", "response": "a", "reasoning_content": "t"}), json!({}));
    assert_eq!(
        (reply.reasoning.as_deref(), reply.reasoning_field.as_deref()),
        (Some("t"), Some("reasoning_content"))
    );
    let reply = one(
        json!({"problem": "q", "model": "m", "response": "<think>t</think>a", "reasoning": ""}),
        json!({}),
    );
    assert_eq!((reply.reasoning.as_deref(), reply.content.as_str()), (Some(""), "<think>t</think>a"));
    let blocks = json!({"index": 3, "target": "1", "messages": [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": [{"type": "reasoning", "reasoning": "t"}, {"type": "text", "text": "a"}]},
    ]});
    let reply = one(blocks, json!({"model": "m"}));
    assert_eq!((reply.trace_id.as_deref(), reply.content.as_str()), (Some("3"), "a"));
    assert_eq!(
        (reply.reasoning.as_deref(), reply.reasoning_field.as_deref()),
        (Some("t"), Some("reasoning"))
    );
    let deep = json!({"question": "q", "reasoning": [{"full": "a"}, {"full": "b"}]});
    check(
        &[deep],
        json!({"model": "m", "columns": {"response": "reasoning.*.full", "reasoning": ""}}),
        &["|m|0|a", "|m|1|b"],
    );
}

#[test]
fn ends_are_read_from_words_or_flags() {
    let finish = |more: Value| {
        let mut row = json!({"problem": "q", "model": "m", "response": "a"});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reply = one(row, json!({}));
        (reply.finish, reply.extra)
    };
    let check = |more: Value, expect: Finish, extra: Option<&str>| {
        assert_eq!(finish(more), (expect, extra.map(str::to_owned)));
    };
    check(json!({}), Finish::Unknown, None);
    check(json!({"finish": "stop"}), Finish::Stop, None);
    check(json!({"finish_reason": "LENGTH"}), Finish::Length, None);
    check(json!({"stop_reason": "max_tokens"}), Finish::Length, None);
    check(json!({"hit_max_tokens": true}), Finish::Length, None);
    check(json!({"hit_max_tokens": 0}), Finish::Stop, None);
    check(json!({"finish_reason": "tool_calls"}), Finish::Unknown, None);
    check(json!({"finish_reason": null, "truncated": "true"}), Finish::Length, None);
}

#[test]
fn a_reply_that_is_not_there_is_a_row_with_a_reason() {
    let reply = one(json!({"problem": "q", "model": "m", "response": null}), json!({}));
    assert_eq!((reply.finish, reply.error.as_deref()), (Finish::Error, Some("the source holds no reply")));
    let reply = one(json!({"problem": "q", "model": "m", "error": {"code": 429}}), json!({}));
    assert_eq!((reply.finish, reply.error.as_deref()), (Finish::Error, Some("{\"code\":429}")));
    let row = json!({"problem": "q", "model": "m"});
    let error = load_lines(&[row], recorded(json!({}))).err().unwrap();
    assert!(
        error.starts_with("a.jsonl:1: no column for `response` (known names: response, completion,"),
        "{error}"
    );
    refuse(
        &[json!({"problem": "q", "response": "a"})],
        json!({}),
        "a.jsonl:1: no column for `model` (known names: model, model_name, model_id, generator); the row has: \
         problem, response; name it with `columns.model = \"…\"`; or say whose replies these are with `model = \"…\"`",
    );
}

#[test]
fn figures_keep_every_digit() {
    let seconds = 0.1 + 0.2;
    let row = json!({"problem": "q", "model": "m", "response": "a", "seconds": seconds, "ttft": 1e-7,
        "prompt_tokens": "12", "completion_tokens": 3.0, "reasoning_tokens": null});
    let reply = one(row, json!({}));
    assert_eq!((reply.seconds, reply.first_token_seconds), (Some(seconds), Some(1e-7)));
    assert_eq!(
        (reply.prompt_tokens, reply.completion_tokens, reply.reasoning_tokens),
        (Some(12), Some(3), None)
    );
    refuse(
        &[json!({"problem": "q", "model": "m", "response": "a", "prompt_tokens": -1})],
        json!({}),
        "a.jsonl:1: column `prompt_tokens` should hold a whole number from 0 on, found `-1`; map another column, \
         or none with an empty path, under [dataset.columns]",
    );
}

#[test]
fn csv_and_parquet_hold_recorded_replies_too() {
    let text = "problem,gold,model,response,hit_max_tokens\nq,1,m,\"a\n\nb\",false\n";
    let loaded = load_files(&[("a.csv", text)], recorded(json!({}))).unwrap();
    assert_eq!((loaded.replies[0].content.as_str(), loaded.replies[0].finish), ("a\n\nb", Finish::Stop));
}

#[test]
fn a_source_of_problems_has_no_replies() {
    let load = parse(&json!({"kind": "jsonl", "path": "a.jsonl"}), "dataset").unwrap();
    assert!(!load.has_replies());
    let expect = "the source holds problems and no replies; use kind = \"recorded\" for recorded replies";
    assert_eq!(load.models().unwrap_err().to_string(), expect);
}

#[test]
fn the_builtin_source_is_whole() {
    let loaded = load(&json!({"kind": "builtin"})).unwrap();
    assert!(
        loaded
            .problems
            .iter()
            .all(|p| p.subset.starts_with("Level ") && !p.gold.is_empty() && p.dataset == "builtin")
    );
    assert!(!loaded.replies.is_empty() && loaded.replies.iter().all(|r| r.extra.is_some()));
    let models = parse(&json!({"kind": "builtin"}), "dataset").unwrap().models().unwrap();
    assert!(models.contains(&"overthinker".to_owned()), "{models:?}");
    let plain = load(&json!({"kind": "builtin", "replies": false, "limit_per_subset": 2})).unwrap();
    assert_eq!((plain.replies.len(), plain.problems.len()), (0, 10));
    let trivial = load(&json!({"kind": "builtin", "set": "trivial"})).unwrap();
    assert_eq!((trivial.replies.len(), trivial.problems.len()), (0, 20));
    assert!(
        trivial.problems.iter().all(|p| p.dataset == "trivial" && p.subset.is_empty() && !p.gold.is_empty())
    );
    let refused =
        parse(&json!({"kind": "builtin", "set": "trivial", "replies": true}), "dataset").err().unwrap();
    assert_eq!(refused.to_string(), "dataset.replies: the trivial questions have no recorded replies");
}
