//! Sources of problems.

use serde_json::{Value, json};

use super::*;

fn jsonl(more: Value) -> Value {
    kind("jsonl", more)
}

fn check(lines: &[Value], more: Value, expect: &[&str]) {
    match load_lines(lines, jsonl(more)) {
        Ok(loaded) => assert_eq!(brief(&loaded), expect),
        Err(error) => panic!("{error}"),
    }
}

fn refuse(lines: &[Value], more: Value, expect: &str) {
    refuse_lines(lines, jsonl(more), expect);
}

/// Ten problems in two groups.
fn ten() -> Vec<Value> {
    (0..10)
        .map(|n| json!({"id": format!("q{n}"), "problem": format!("{n}?"), "answer": n, "level": n % 2}))
        .collect()
}

#[test]
fn known_names_are_found_in_their_order_and_in_any_case() {
    check(&[json!({"id": 1, "problem": "a?", "answer": "x"})], json!({}), &["1||a?|x"]);
    check(&[json!({"id": 1, "question": "a?", "target": "x"})], json!({}), &["1||a?|x"]);
    check(
        &[json!({"id": 1, "input": "b?", "problem": "a?", "gold": "y", "answer": "x"})],
        json!({}),
        &["1||a?|x"],
    );
    check(&[json!({"id": 1, "problem": null, "input": "b?", "answer": "x"})], json!({}), &["1||b?|x"]);
    check(&[json!({"ID": 1, "Problem": "a?", "Answer": 5, "Solution": "s"})], json!({}), &["1||a?|5"]);
    check(
        &[json!({"id": 1, "prompt": [{"role": "user", "content": "a?"}], "answer": "x"})],
        json!({}),
        &["1||a?|x"],
    );
}

#[test]
fn configured_paths_win_reach_deep_and_may_be_templates() {
    let row = json!({"id": 1, "problem": "no", "doc": {"q": "a?", "golds": ["x", 2]}, "body": "B.", "extra": {"l": 3}});
    check(
        &[row],
        json!({"columns": {"problem": "{body} {doc.q}", "answer": "doc.golds"}, "subset": "extra.l"}),
        &["1|3|B. a?|x,2"],
    );
    check(
        &[json!({"id": 1, "problem": "a?", "answer": "x"})],
        json!({"columns": {"answer": ""}}),
        &["1||a?|"],
    );
}

#[test]
fn answers_may_be_of_any_kind() {
    let answer = |answer: Value, more: Value, expect: &str| {
        check(&[json!({"id": 1, "problem": "a?", "answer": answer, "choices": ["u", "v"]})], more, &[expect]);
    };
    answer(json!("18"), json!({}), "1||a?|18");
    answer(json!(18), json!({}), "1||a?|18");
    answer(json!(18.0), json!({}), "1||a?|18");
    answer(json!(0.5), json!({}), "1||a?|0.5");
    answer(json!(true), json!({}), "1||a?|true");
    answer(json!(["8", "x = 8"]), json!({}), "1||a?|8,x = 8");
    answer(json!(null), json!({}), "1||a?|");
    answer(json!(""), json!({}), "1||a?|");
    answer(json!("so\n#### 1,000"), json!({"answer_pattern": "#### (.+)"}), "1||a?|1,000");
    answer(json!(1), json!({"answer_is_choice_index": true}), "1||a?|B");
    check(
        &[json!({"id": 1, "problem": "a?", "solution": "so $\\boxed{\\frac{1}{2}}$"})],
        json!({}),
        &["1||a?|\\frac{1}{2}"],
    );
    let refused = |answer: Value, more: Value, expect: &str| {
        refuse(&[json!({"id": 1, "problem": "a?", "answer": answer})], more, expect);
    };
    refused(
        json!({"x": 1}),
        json!({}),
        "a.jsonl:1: column `answer` should hold text or a number, found a table",
    );
    refused(
        json!("18"),
        json!({"answer_pattern": "#### (.+)"}),
        "a.jsonl:1: column `answer` does not match `answer_pattern` (#### (.+)); it holds `18`",
    );
    refused(
        json!(2),
        json!({"answer_is_choice_index": true}),
        "a.jsonl:1: column `answer` should hold the 0-based number of one of 0 choices, found `2`",
    );
}

#[test]
fn missing_columns_are_named_with_what_is_there() {
    refuse(
        &[json!({"id": 1, "problem": "a?", "answer": 1}), json!({"id": 2, "promblem": "b?", "answer": 1})],
        json!({}),
        "a.jsonl:2: no column for `problem` (known names: problem, question, prompt, input, query, instruction); \
         the row has: answer, id, promblem (did you mean `promblem`?); name it with `columns.problem = \"…\"`",
    );
    refuse(
        &[json!({"id": 1, "question": "a?", "extra": {"gold": 1}})],
        json!({"columns": {"answer": "extra.glod"}}),
        "a.jsonl:1: no column for `answer` (looked for `extra.glod`); the row has: extra, id, question \
         (did you mean `extra.gold`?)",
    );
    refuse(
        &[json!({"id": 1, "problem": "a?", "answer": 1})],
        json!({"subset": "lvel"}),
        "a.jsonl:1: no column for `subset` (looked for `lvel`); the row has: answer, id, problem",
    );
    refuse(
        &[json!({"id": 1, "problem": "a?", "answer": 1, "level": 1})],
        json!({"columns": {"choices": "options"}}),
        "a.jsonl:1: no column for `choices` (looked for `options`); the row has: answer, id, level, problem",
    );
    refuse(
        &[json!({"id": 1, "problem": " ", "answer": 1})],
        json!({}),
        "a.jsonl:1: column `problem` is empty; a problem needs a text",
    );
}

#[test]
fn ids_are_their_own_or_the_contents() {
    let loaded = load_lines(
        &[json!({"problem": "a?", "answer": 1}), json!({"problem": "b?", "answer": 1})],
        jsonl(json!({})),
    )
    .unwrap();
    let again = load_lines(&[json!({"problem": "b?", "answer": "1"})], jsonl(json!({}))).unwrap();
    assert_eq!(loaded.problems[1].id, again.problems[0].id);
    assert!(loaded.problems[0].id.starts_with("p-"));
    let twice =
        [json!({"id": 1, "problem": "a?", "answer": 1}), json!({"id": "1", "problem": "b?", "answer": 1})];
    refuse(
        &twice,
        json!({}),
        "a.jsonl:1 and a.jsonl:2: two problems have the id `1` and not the same text; map another column with \
         `columns.id`, or none with `columns.id = \"\"`, so that the content makes the id",
    );
    assert_eq!(load_lines(&twice, jsonl(json!({"columns": {"id": ""}}))).unwrap().problems.len(), 2);
    let equal = [json!({"problem": "a?", "answer": 1}), json!({"problem": "a?", "answer": 1})];
    let error = load_lines(&equal, jsonl(json!({}))).err().unwrap();
    assert!(error.starts_with("a.jsonl:1 and a.jsonl:2: problem `p-"), "{error}");
    assert!(error.contains("` stands twice, with the same text; remove one, or take the first"), "{error}");
    let first = load_lines(&equal, jsonl(json!({"duplicates": "first"}))).unwrap();
    assert_eq!((first.problems.len(), first.summary.counts["duplicates"]), (1, 1));
}

#[test]
fn subsets_come_from_columns_or_file_names() {
    let row = |level: Value| [json!({"id": 1, "problem": "a?", "answer": 1, "level": level})];
    let formatted = json!({"subset": "level", "subset_format": "Level {}"});
    check(&row(json!(3)), formatted.clone(), &["1|Level 3|a?|1"]);
    check(&row(json!(3.0)), formatted.clone(), &["1|Level 3|a?|1"]);
    check(&row(json!("Level 3")), formatted.clone(), &["1|Level 3|a?|1"]);
    check(&row(json!(null)), formatted.clone(), &["1||a?|1"]);
    check(&[json!({"id": 1, "problem": "a?", "answer": 1, "difficulty": 3})], formatted, &["1|Level 3|a?|1"]);
    check(&[json!({"id": 1, "problem": "a?", "answer": 1, "subset": "s"})], json!({}), &["1|s|a?|1"]);

    let row = |id: u32| format!("{{\"id\": {id}, \"problem\": \"a?\", \"answer\": 1}}");
    let files = [("m Level 2.jsonl", &*row(2)), ("m Level 1.jsonl", &*row(1))];
    let table = jsonl(json!({"path": "m Level *.jsonl", "subset_from_file": "(Level \\d)"}));
    assert_eq!(brief(&load_files(&files, table).unwrap()), ["1|Level 1|a?|1", "2|Level 2|a?|1"]);
    let table = jsonl(json!({"subset_from_file": "(Stufe \\d)"}));
    assert_eq!(
        load_files(&files, table).err().unwrap(),
        "m Level 2.jsonl: `subset_from_file` ((Stufe \\d)) does not match the file's name"
    );
}

#[test]
fn selections_keep_the_order_of_the_file() {
    let ids = |more: Value| -> Vec<String> {
        let loaded = load_lines(&ten(), jsonl(more)).unwrap();
        loaded.problems.into_iter().map(|problem| problem.id).collect()
    };
    assert_eq!(ids(json!({"limit": 2})), ["q0", "q1"]);
    assert_eq!(ids(json!({"range": "3-5"})), ["q2", "q3", "q4"]);
    assert_eq!(ids(json!({"sample_ids": ["q7", "q2"]})), ["q2", "q7"]);
    assert_eq!(ids(json!({"subset": "level", "limit_per_subset": 1})), ["q0", "q1"]);
    let drawn = ids(json!({"limit": 4, "seed": 1}));
    let mut sorted = drawn.clone();
    sorted.sort();
    assert_eq!((drawn.len(), &drawn), (4, &sorted));
    let mut backwards = ten();
    backwards.reverse();
    let mut other: Vec<String> = load_lines(&backwards, jsonl(json!({"limit": 4, "seed": 1})))
        .unwrap()
        .problems
        .into_iter()
        .map(|p| p.id)
        .collect();
    other.sort();
    assert_eq!(other, sorted, "the draw does not depend on the order of the file");
    refuse(
        &ten(),
        json!({"sample_ids": ["q1", "x"]}),
        "`sample_ids` names `x`, which is the id of no problem",
    );
}

#[test]
fn other_columns_are_kept() {
    let loaded = load_lines(
        &[json!({"id": 1, "problem": "a?", "answer": 1, "level": 2, "url": "u", "solution": "s", "dataset": "D"})],
        jsonl(json!({})),
    )
    .unwrap();
    let problem = &loaded.problems[0];
    assert_eq!(problem.extra.as_deref(), Some("{\"level\":2,\"url\":\"u\"}"));
    assert_eq!((problem.solution.as_deref(), problem.dataset.as_str()), (Some("s"), "D"));
}

#[test]
fn our_own_table_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("problems.parquet");
    let first = load_lines(&ten(), jsonl(json!({"subset": "level", "name": "N"}))).unwrap();
    let mut writer = tables::TableWriter::<Problem>::create(&path, &Provenance::default()).unwrap();
    first.problems.iter().for_each(|problem| writer.push(problem.clone()).unwrap());
    writer.finish().unwrap();
    let again = load(&json!({"kind": "parquet", "path": path})).unwrap();
    assert_eq!(again.problems, first.problems);
}

#[test]
fn csv_is_a_source_too() {
    let table = kind("csv", json!({"delimiter": ";"}));
    let loaded = load_files(&[("a.csv", "id;question;answer\n1;a?;\n2;b?;5\n")], table).unwrap();
    assert_eq!(brief(&loaded), ["1||a?|", "2||b?|5"]);
    let wrong = load_files(&[("a.csv", "What is 1 + 1?,2\nWhat is 2 + 2?,4\n")], kind("csv", json!({})));
    assert_eq!(
        wrong.err().unwrap(),
        "a.csv:2: no column for `problem` (known names: problem, question, prompt, input, query, instruction); \
         the row has: 2, What is 1 + 1?; name it with `columns.problem = \"…\"`"
    );
}

#[test]
fn bad_settings_are_found_at_once() {
    let check =
        |table: Value, expect: &str| assert_eq!(parse(&table, "dataset").err().unwrap().to_string(), expect);
    check(
        json!({"kind": "jsonl", "path": "a", "limt": 3, "columns": {"probem": "x"}}),
        "dataset.columns.probem: unknown key `probem` (did you mean `problem`?)\n\
         dataset.limt: unknown key `limt` (did you mean `limit`?)",
    );
    check(
        json!({"kind": "jsonl"}),
        "dataset.path: missing (A file, a list of files, a pattern with `*`, or a folder.)",
    );
    check(
        json!({"kind": "jsonl", "path": "a", "answer_pattern": "(", "range": "5-4", "subset_format": "L", "limit": 0}),
        "dataset.answer_pattern: not a regular expression: error: unclosed group\n\
         dataset.subset_format: has no `{}` (the group's name takes its place, as in \"Level {}\")\n\
         dataset.range: not a range of problems (write the first and the last, as in \"10-20\")\n\
         dataset.limit: leaves no problem (give at least 1)",
    );
    check(
        json!({"kind": "hub", "repo": "gsm8k", "file": "a.txt", "model": "m"}),
        "dataset.repo: `gsm8k` is no repository's name (it has the form organisation/name; for local files take kind = \"jsonl\")\n\
         dataset.file: a.txt: cannot tell the format from the name; expected .jsonl, .csv, .tsv or .parquet\n\
         dataset.model: names the model of replies, but the rows hold none (say `replies = true` if they do)",
    );
}

#[test]
fn identity_holds_what_matters_and_no_folder() {
    let fingerprint_input = |table: Value| parse(&table, "dataset").unwrap().fingerprint_input();
    let plain = fingerprint_input(json!({"kind": "jsonl", "path": "/here/a.jsonl"}));
    assert_eq!(
        plain,
        fingerprint_input(json!({"kind": "jsonl", "path": "/there/a.jsonl", "sample_ids": []}))
    );
    assert!(!plain.to_string().contains("here"), "{plain}");
    assert_ne!(
        plain,
        fingerprint_input(json!({"kind": "jsonl", "path": "/here/b.jsonl"})),
        "the name is the dataset's default"
    );
    assert_ne!(plain, fingerprint_input(json!({"kind": "jsonl", "path": "/here/a.jsonl", "limit": 3})));
    assert_ne!(
        plain,
        fingerprint_input(json!({"kind": "jsonl", "path": "/here/a.jsonl", "columns": {"problem": "x"}}))
    );
    let inputs = parse(&json!({"path": ["/here/a.jsonl", "b.jsonl"]}), "dataset").unwrap().inputs();
    assert_eq!(inputs, [Path::new("/here/a.jsonl"), Path::new("b.jsonl")]);
}

#[test]
fn options_come_from_columns_of_their_own_and_are_shuffled() {
    let row = |at: u32| {
        json!({"Record ID": format!("r{at}"), "Question": format!("Which is {at}?"), "Correct Answer": format!(" right {at}\n"),
            "Incorrect Answer 1": "w[title]1", "Incorrect Answer 2": "w2", "Incorrect Answer 3": "w3", "High-level domain": "Physics"})
    };
    let load = |count: u32, keys: Value| {
        let text: String = (0..count).map(|at| format!("{}\n", row(at))).collect();
        let mut table = json!({"preset": "gpqa-diamond", "path": "g.jsonl", "expect_rows": count});
        table.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        load_files(&[("g.jsonl", &text)], table)
    };
    let by_sample = load(40, json!({"seed": 5})).unwrap();
    for problem in &by_sample.problems {
        assert_eq!((problem.shuffle, &*problem.gold[0]), (Some(5), "A"));
        assert!(problem.choices[0].starts_with("right "), "the table has the order of the source");
    }
    let loaded = load(40, json!({"shuffle_choices": "problem"})).unwrap();
    // More rows change the order of none.
    assert_eq!(load(41, json!({"shuffle_choices": "problem"})).unwrap().problems[..40], loaded.problems);
    for (at, problem) in loaded.problems.iter().enumerate() {
        let right = usize::from(problem.gold[0].as_bytes()[0] - b'A');
        assert_eq!(problem.choices[right], format!("right {at}"));
        assert!(problem.choices.contains(&"w. 1".to_owned()));
        assert_eq!(problem.subset, "Physics");
        let extra: Value = serde_json::from_str(problem.extra.as_deref().unwrap()).unwrap();
        assert_eq!(extra["permutation"][right], 0);
    }
    let letters: std::collections::BTreeSet<&str> =
        loaded.problems.iter().map(|problem| &*problem.gold[0]).collect();
    assert_eq!(letters.len(), 4);
    // As the source has them, the first is right in all of them.
    let refused = load(40, json!({"shuffle_choices": "no"})).err().unwrap();
    assert!(refused.contains("the right option of all 40 problems is A"), "{refused}");
    assert!(load(40, json!({"shuffle_choices": "no", "one_letter": true})).is_ok());
    assert!(load(3, json!({"shuffle_choices": "no"})).is_ok());
    let missing = load(1, json!({"choice_columns": ["Correct Answer", "Nothing"]})).err().unwrap();
    assert!(missing.contains("`Nothing`"), "{missing}");
    let beyond = load(1, json!({"answer_choice": 4})).err().unwrap();
    assert!(beyond.contains("dataset.answer_choice: is none of `choice_columns`"), "{beyond}");
}

#[test]
fn variants_are_asked_beside_their_problems() {
    let tom = json!({
        "id": "q1", "problem": "Tom has 30 pears and eats 12 of them.", "answer": "18", "solution": "<<30-12=18>>18",
    });
    let plain = json!({"id": "q2", "problem": "What is 7 + 8?", "answer": "15", "origin": "elsewhere"});
    let table = jsonl(json!({"vary": {"kinds": ["names", "numbers"], "instances": 2}}));
    let loaded = load_lines(&[tom.clone(), plain.clone()], table.clone()).unwrap();
    let ids: Vec<String> =
        brief(&loaded).iter().map(|line| line.split('|').take(2).collect::<Vec<_>>().join("|")).collect();
    let expect = [
        "q1|original",
        "q1~names1|names",
        "q1~names2|names",
        "q1~numbers1|numbers",
        "q1~numbers2|numbers",
        "q2|original",
    ];
    assert_eq!(ids, expect);
    let variant = &loaded.problems[3];
    assert_eq!((variant.cluster.as_deref(), variant.origin.as_deref()), (Some("q1"), Some("q1")));
    assert_eq!(loaded.summary.rows, 6);
    assert_eq!(loaded.summary.counts["varied_numbers"], 2);
    assert_eq!(loaded.summary.counts["declined_names"], 1);
    let again = load_lines(&[plain, tom.clone()], table).unwrap();
    let texts = |loaded: &Loaded| {
        let mut texts: Vec<String> = loaded.problems.iter().map(|problem| problem.problem.clone()).collect();
        texts.sort();
        texts
    };
    assert_eq!(texts(&again), texts(&loaded), "whatever stands beside it");
    refuse(
        std::slice::from_ref(&tom),
        json!({"vary": {"kinds": ["nmaes"]}}),
        "dataset.vary.kinds[0].kind: unknown variation `nmaes` (did you mean `names`?)",
    );
    refuse(
        &[json!({"problem": "7?", "answer": 7})],
        json!({"vary": {"kinds": ["names"], "keep_original": false}}),
        "no problem could be varied, and none stays as it was",
    );
    let recorded = kind("builtin", json!({"vary": {"kinds": ["names"]}}));
    let refused = load(&recorded).err().unwrap();
    assert!(
        refused.starts_with("dataset.vary: recorded replies are to the problems as they were"),
        "{refused}"
    );
}

#[test]
fn rows_may_say_what_they_are_variants_of() {
    let row =
        json!({"id": "v", "problem": "1?", "answer": 1, "cluster": "t", "variant": "numbers", "origin": "o"});
    let loaded = load_lines(&[row], jsonl(json!({}))).unwrap();
    let problem = &loaded.problems[0];
    let said = [&problem.cluster, &problem.variant, &problem.origin].map(|text| text.as_deref().unwrap());
    assert_eq!(said, ["t", "numbers", "o"]);
    // Alone each is a word that may mean anything.
    let row = json!({"id": "v", "problem": "1?", "answer": 1, "variant": "blue", "origin": "web"});
    let problem = &load_lines(&[row], jsonl(json!({}))).unwrap().problems[0];
    assert_eq!((&problem.variant, &problem.origin), (&None, &None));
    assert!(problem.extra.as_ref().unwrap().contains("blue"));
}

#[test]
fn rows_of_reasoning_gym_are_problems_and_what_has_no_single_answer_is_told() {
    let text = std::fs::read_to_string(super::formats::fixture("reasoning_gym.jsonl")).unwrap();
    let loaded = load_files(&[("rg.jsonl", &text)], jsonl(json!({}))).unwrap();
    let told: Vec<(&str, &str, usize, bool)> = loaded
        .problems
        .iter()
        .map(|p| (p.id.as_str(), p.subset.as_str(), p.gold.len(), p.solution.is_some()))
        .collect();
    let expect = [
        ("chain_sum/0", "chain_sum", 1, false),
        ("tower_of_hanoi/1", "tower_of_hanoi", 0, true),
        ("countdown/2", "countdown", 0, true),
        ("rotate_matrix/3", "rotate_matrix", 0, true),
        ("count_primes/4", "count_primes", 1, false),
    ];
    assert_eq!(told, expect);
    // Whoever names columns means them.
    let named = load_files(&[("rg.jsonl", &text)], jsonl(json!({"columns": {"answer": "answer"}}))).unwrap();
    assert!(named.problems.iter().all(|problem| problem.gold.len() == 1 && problem.subset.is_empty()));
}
