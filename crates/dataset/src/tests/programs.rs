//! Problems that are answered by programs: their tests, and when they were set.

use serde_json::{Value, json};

use super::{Loaded, load, load_files};

fn row(id: &str, tests: Value) -> Value {
    json!({"id": id, "problem": format!("Solve {id}."), "answer": null, "day": "2024-05-31T00:00:00", "tests": tests})
}

fn load_rows(rows: &[Value], keys: Value) -> Result<Loaded, String> {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let mut table = json!({"kind": "jsonl", "tests": "tests", "columns": {"answer": ""}});
    table.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    load_files(&[("problems.jsonl", &text)], table)
}

#[test]
fn tests_stand_in_a_table_of_their_own_and_nowhere_else() {
    let rows = [
        row("a", json!([{"input": "1\n", "output": "2\n"}, {"input": "3", "output": null, "public": false}])),
        row("b", json!("[{\"input\": \"[1]\\n2\", \"output\": [1, 2]}]")),
    ];
    let mut rows = rows.to_vec();
    rows[1]["function"] = "join".into();
    let loaded = load_rows(&rows, json!({})).unwrap();
    let found: Vec<_> = (loaded.tests.iter())
        .map(|test| {
            let (input, output) = (test.input.as_str(), test.output.as_deref());
            (test.problem_id.as_str(), test.index, test.public, input, output, test.function.as_deref())
        })
        .collect();
    let expect = [
        ("a", 0, true, "1\n", Some("2\n"), None),
        ("a", 1, false, "3", None, None),
        ("b", 0, true, "[1]\n2", Some("[1,2]"), Some("join")),
    ];
    assert_eq!(found, expect);
    assert_eq!(loaded.summary.counts["tests"], 3);
    for problem in &loaded.problems {
        assert_eq!(problem.extra.as_deref(), Some("{\"day\":\"2024-05-31T00:00:00\"}"));
    }
    // Only what is selected.
    let second = load_rows(&rows, json!({"sample_ids": ["b"]})).unwrap();
    assert_eq!(second.tests.iter().map(|test| &*test.problem_id).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn a_problem_without_tests_or_with_strange_ones_is_refused() {
    let check = |tests: Value, function: Option<&str>, expect: &str| {
        let mut row = row("a", tests);
        row["function"] = function.into();
        let error = load_rows(&[row], json!({})).err().unwrap();
        assert!(error.starts_with("problems.jsonl:1: ") && error.contains(expect), "{error}");
    };
    check(json!([]), None, "holds no test");
    check(json!(null), None, "holds no test");
    check(json!(""), None, "holds no test");
    check(json!("[1"), None, "is no JSON");
    check(json!("{}"), None, "no list of tests");
    check(json!({"input": "1"}), None, "should hold a list of tests");
    check(json!(["1"]), None, "no table");
    check(json!([{"output": "1"}]), None, "without `input`");
    check(json!([{"input": 1, "output": "1"}]), None, "`input` is no text");
    check(json!([{"input": "1", "output": "x"}]), Some("f"), "no JSON value");
    check(json!([{"input": "1\n[2", "output": "1"}]), Some("f"), "no JSON value");
    check(json!([{"input": "1", "output": "1", "testtype": "functional"}]), None, "no `func_name`");
}

#[test]
fn problems_are_taken_by_their_day() {
    let rows: Vec<Value> = ["2024-01-31", "2024-05-31T10:00:00", "2024-06-01"]
        .iter()
        .zip(["a", "b", "c"])
        .map(|(day, id)| json!({"id": id, "problem": id, "day": day, "tests": [{"input": "", "output": ""}]}))
        .collect();
    let check = |keys: Value, expect: Result<&[&str], &str>| {
        let found = load_rows(&rows, keys);
        match (found, expect) {
            (Ok(found), Ok(expect)) => {
                assert_eq!(found.problems.iter().map(|problem| &*problem.id).collect::<Vec<_>>(), expect);
            }
            (Err(found), Err(expect)) => assert!(found.contains(expect), "{found}"),
            (found, expect) => panic!("{:?} for {expect:?}", found.map(|found| found.problems)),
        }
    };
    check(json!({"date": "day"}), Ok(&["a", "b", "c"]));
    check(json!({"date": "day", "from": "2024-05-31"}), Ok(&["b", "c"]));
    check(json!({"date": "day", "to": "2024-05-31"}), Ok(&["a", "b"]));
    check(json!({"date": "day", "from": "2024-02-01", "to": "2024-05-31", "expect_rows": 3}), Ok(&["b"]));
    check(json!({"date": "day", "from": "2025-01-01"}), Err("no problem was taken"));
    check(json!({"date": "day", "from": "2024-5-1"}), Err("dataset.from: is no day"));
    check(json!({"from": "2024-05-01"}), Err("dataset.from: needs a date"));
    check(json!({"date": "id", "from": "2024-05-01"}), Err("should begin with a day"));
    check(json!({"expect_rows": 4}), Err("the source has 3 problems, and `expect_rows` says 4"));
}

/// A file of the shared sample inputs; `None`, with words, where they are not beside this checkout.
fn shared(name: &str) -> Option<String> {
    let path = format!("{}/../../../shared/data/benchmarks/{name}", env!("CARGO_MANIFEST_DIR"));
    let there = std::path::Path::new(&path).is_file();
    if !there {
        eprintln!("skipped: shared/data is not beside this checkout");
    }
    there.then_some(path)
}

#[test]
fn rows_of_livecodebench_are_read() {
    let Some(path) = shared("lcb_rows.jsonl") else { return };
    let loaded = load(&json!({"preset": "livecodebench-v2", "path": path, "expect_rows": 6})).unwrap();
    let tests = |id: &str| loaded.tests.iter().filter(|test| test.problem_id == id).collect::<Vec<_>>();
    assert_eq!(loaded.problems.len(), 6);
    for problem in &loaded.problems {
        let tests = tests(&problem.id);
        assert!(
            tests[0].public
                && !tests.last().unwrap().public
                && tests.iter().all(|test| test.output.is_some())
        );
        assert!(!problem.extra.as_deref().unwrap_or_default().contains("test_cases"), "{:?}", problem.extra);
        assert!(["easy", "medium", "hard"].contains(&&*problem.subset));
    }
    assert!(tests("tm_pairs").iter().all(|test| test.function.as_deref() == Some("pairs")));
    assert!(loaded.problems.iter().any(|problem| problem.problem.contains("class Solution")));
    assert!(tests("tm_big").iter().any(|test| test.input.len() > 64 << 10));
    assert!(tests("tm_unicode").iter().any(|test| test.input.contains("北京")));
}

#[test]
fn hostile_private_tests_are_refused_one_by_one() {
    let Some(path) = shared("lcb_hostile_private.jsonl") else { return };
    let payloads = std::fs::read_to_string(path).unwrap();
    for line in payloads.lines() {
        let payload: Value = serde_json::from_str(line).unwrap();
        let mut row = row("a", json!(null));
        row["public_test_cases"] = "[]".into();
        row["private_test_cases"] = payload["private_test_cases"].clone();
        let error = load_rows(&[row], json!({"tests": "livecodebench"})).err();
        assert!(
            error
                .is_some_and(|error| error.contains("private_test_cases") || error.contains("holds no test")),
            "{}",
            payload["name"]
        );
    }
}

#[test]
fn recorded_outputs_are_replies_to_the_problems_that_are_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let tests = json!([{"input": "", "output": "1", "testtype": "stdin"}]).to_string();
    let row = |id: &str, title: &str, day: &str| {
        let row = json!({"question_id": id, "question_title": title, "question_content": "Print 1.", "starter_code": "",
            "contest_date": day, "difficulty": "easy", "public_test_cases": tests, "private_test_cases": "", "metadata": "{}"});
        format!("{row}\n")
    };
    let problems = [
        row("abc337_e", "Bad juice", "2024-01-20T00:00:00"),
        row("3029", "find-the-peaks", "2024-02-01T00:00:00"),
        row("abc400_a", "Plain", "2024-05-01T00:00:00"),
    ];
    let path = write("test.jsonl", problems.concat());
    let output = |id: &str| json!({"question_id": id, "output_list": ["```python\nprint(1)\n```", "no"], "graded_list": [true, false]});
    let all = ["abc337_e", "3029", "abc400_a", "abc999_z"].map(output);
    let outputs = write("Model-7B/x_eval_all.json", json!(all).to_string());
    let table = |keys: Value| {
        let mut table =
            json!({"preset": "livecodebench-v1", "path": path, "expect_rows": 3, "outputs": outputs});
        table.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        load(&table)
    };
    let loaded = table(json!({})).unwrap();
    let said: Vec<_> =
        loaded.replies.iter().map(|reply| (&*reply.problem_id, &*reply.model, reply.sample)).collect();
    assert_eq!(said.len(), 6, "the fourth is to a problem of another release");
    assert_eq!(said[1], ("abc337_e", "Model-7B", 1));
    assert_eq!(loaded.summary.counts["left_out"], 2);
    let flaws: Vec<Option<&str>> = loaded.problems.iter().map(|problem| problem.flaw.as_deref()).collect();
    assert_eq!(
        flaws,
        [Some("the problem is interactive"), Some("several outputs are right, and the tests know one"), None]
    );
    let late = table(json!({"from": "2024-03-01", "outputs_model": "m"})).unwrap();
    assert_eq!((late.problems.len(), late.replies.len(), &*late.replies[0].model), (1, 2, "m"));
    let shuffled = table(json!({"shuffle_choices": "sample"})).err().unwrap();
    assert!(shuffled.contains("dataset.shuffle_choices: recorded replies are to the options"), "{shuffled}");
    write("Model-7B/x_eval_all.json", "{}".to_owned());
    assert!(table(json!({})).err().unwrap().contains("is no list of problems with outputs"));
}
