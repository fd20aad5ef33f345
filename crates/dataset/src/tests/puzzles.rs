//! Tasks of grids, however their files lie.

use std::path::Path;

use serde_json::{Value, json};

use super::{Loaded, load};

const PAIR: &str = r#"{"input": [[0, 1]], "output": [[1, 0]]}"#;

/// Writes files, and loads all of them, or their folder.
fn load_tasks(files: &[(&str, String)], folder: bool) -> Result<Loaded, String> {
    let place = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (name, text) in files {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        paths.push(path.display().to_string());
    }
    let first = Path::new(&paths[0]).parent().unwrap().display().to_string();
    let path = if folder { Value::from(first) } else { json!(paths) };
    let name = format!("{}/", place.path().display());
    load(&json!({"kind": "arc", "path": path})).map_err(|error| error.replace(&name, ""))
}

fn found(loaded: &Loaded) -> Vec<(&str, &str, Option<&str>)> {
    loaded
        .problems
        .iter()
        .map(|problem| (&*problem.id, &*problem.subset, problem.gold.first().map(String::as_str)))
        .collect()
}

fn task(test: &str) -> String {
    format!("{{\"train\": [{PAIR}, {PAIR}], \"test\": [{test}]}}")
}

#[test]
fn every_form_gives_a_problem_a_test_input() {
    let two = format!("{PAIR}, {{\"input\": [[2]], \"output\": [[3, 3], [3, 3]]}}");
    let folder = [("evaluation/00a.json", task(&two)), ("evaluation/00b.json", task(PAIR))];
    let loaded = load_tasks(&folder, true).unwrap();
    let expect = [
        ("00a/0", "evaluation", Some("[[1,0]]")),
        ("00a/1", "evaluation", Some("[[3,3],[3,3]]")),
        ("00b/0", "evaluation", Some("[[1,0]]")),
    ];
    assert_eq!(found(&loaded), expect);
    let asked = &loaded.problems[1].problem;
    assert!(
        asked.contains("Input 2:\n[[0,1]]\n\nOutput 2:\n[[1,0]]\n\nLast input:\n[[2]]\n\nGive"),
        "{asked}"
    );
    let extra: Value = serde_json::from_str(loaded.problems[1].extra.as_deref().unwrap()).unwrap();
    assert_eq!(
        (&extra["task"], &extra["tests"], &extra["test_input"]),
        (&json!("00a"), &json!(2), &json!([[2]]))
    );
    let lines = format!(
        "{}\n{}\n",
        task(PAIR).replacen('{', "{\"id\": \"x\", \"split\": \"training\", ", 1),
        task(PAIR).replacen('{', "{\"id\": \"y\", ", 1)
    );
    let loaded = load_tasks(&[("some/tasks.jsonl", lines)], false).unwrap();
    assert_eq!(found(&loaded), [("x/0", "training", Some("[[1,0]]")), ("y/0", "some", Some("[[1,0]]"))]);
    let challenges =
        format!("{{\"a\": {}, \"b\": {}}}", task("{\"input\": [[5]]}"), task("{\"input\": [[6]]}"));
    let both =
        [("k/c.json", challenges.clone()), ("k/s.json", "{\"a\": [[[7]]], \"b\": [[[8]]]}".to_owned())];
    assert_eq!(
        found(&load_tasks(&both, false).unwrap()),
        [("a/0", "k", Some("[[7]]")), ("b/0", "k", Some("[[8]]"))]
    );
    // A set that keeps its solutions to itself is loaded all the same.
    let private = load_tasks(&[("k/c.json", challenges)], false).unwrap();
    assert_eq!(found(&private), [("a/0", "k", None), ("b/0", "k", None)]);
    let hub = format!("{{\"id\": \"h\", \"fewshots\": [{PAIR}], \"question\": [{PAIR}, {PAIR}]}}");
    assert_eq!(found(&load_tasks(&[("h/h.jsonl", hub)], false).unwrap()).len(), 2);
}

#[test]
fn what_is_wrong_is_told_with_its_task_and_pair() {
    let check = |text: String, expect: &str| {
        let error = load_tasks(&[("f/t.json", text)], false).err().unwrap();
        assert!(error.starts_with("f/t.json: ") && error.contains(expect), "{error}");
    };
    check(
        task("{\"input\": [[1, 2], [3]]}"),
        "task t, test pair 1: input: the rows of the grid have different lengths",
    );
    check(
        task(&format!("{PAIR}, {{\"input\": [[1]], \"output\": [[10]]}}")),
        "task t, test pair 2: output: a cell",
    );
    check(task("{\"input\": []}"), "task t, test pair 1: input: there is no grid");
    check(task("{\"output\": [[1]]}"), "task t, test pair 1: it has no input");
    check(task(""), "task t: there is no test input");
    check(format!("{{\"train\": [], \"test\": [{PAIR}]}}"), "task t: no pair shows the rule");
    check(
        format!("{{\"train\": [{{\"input\": [[1]]}}], \"test\": [{PAIR}]}}"),
        "train pair 1: it has no output",
    );
    check(task(&format!("{{\"input\": {:?}}}", vec![vec![1]; 31])), "more than 30 rows or columns");
    check("{\"a\": 5}".to_owned(), "`a` is neither a task");
    check("[1]".to_owned(), "row 1 is no task");
    check("{\"a\": [[[1]]]}".to_owned(), "there is a solution of `a`, and no such task");
    check(format!("{{\"a\": {}, \"b\": [[[1]]]}}", task(PAIR)), "there is a solution of `b`");
    check("{".to_owned(), "is no JSON");
}

#[test]
fn shared_tasks_are_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/arc/arc_agi1_sample.jsonl");
    if !Path::new(path).is_file() {
        eprintln!("skipped: shared/data is not beside this checkout");
        return;
    }
    let loaded = load(&json!({"kind": "arc", "path": path})).unwrap();
    assert_eq!(loaded.problems.len(), 42);
    assert!(loaded.problems.iter().any(|problem| problem.id == "dc433765/1"));
    let longest = loaded.problems.iter().map(|problem| problem.problem.len()).max().unwrap();
    assert!(longest < 20_000, "{longest}");
}

#[test]
fn submissions_are_replies_to_their_test_inputs() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    };
    write("tasks/t.json", task(&format!("{PAIR}, {PAIR}")));
    // The metadata say that the first in the list is the second test input.
    let said = |input: u32, text: &str| {
        json!({"answer": [[9]], "metadata": {"model": "m", "pair_index": input, "usage": {"completion_tokens": 7},
            "choices": [{"message": {"content": text, "reasoning_content": "hm"}}]}})
    };
    let submission = json!([
        {"attempt_1": said(1, "[[1,0]]"), "attempt_2": Value::Null},
        {"attempt_1": said(0, "a"), "attempt_2": {"answer": [[5]], "metadata": {"model": "m", "pair_index": 0}}},
    ]);
    write("given/t.json", submission.to_string());
    let at = |name: &str| place.path().join(name).display().to_string();
    let loaded = load(&json!({"kind": "arc", "path": at("tasks"), "submissions": at("given")})).unwrap();
    let found: Vec<_> = (loaded.replies.iter())
        .map(|reply| (&*reply.problem_id, reply.sample, &*reply.content, reply.reasoning.as_deref()))
        .collect();
    assert_eq!(
        found,
        [("t/0", 0, "a", Some("hm")), ("t/0", 1, "[[5]]", None), ("t/1", 0, "[[1,0]]", Some("hm"))]
    );
    assert_eq!(loaded.replies[0].completion_tokens, Some(7));
    write("given/t.json", "{}".to_owned());
    let error = load(&json!({"kind": "arc", "path": at("tasks"), "submissions": at("given")})).err().unwrap();
    assert!(error.contains("is no list of test inputs"), "{error}");
}
