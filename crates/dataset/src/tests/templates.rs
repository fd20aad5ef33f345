//! `kind = "templates"`: what is drawn, what is refused, and what is told.

use serde_json::{Value, json};

use super::{Loaded, load, load_files};

const ORCHARD: &str = r#"
[[template]]
id = "orchard"
subset = "fruit"
problem = "{name} fills {a} baskets with {b} {fruit} each and gives {c} away. How many {fruit} are left?"
answer = "a * b - c"
conditions = ["c < a * b"]
solution = "{a} * {b} = {a * b}"
original = { name = "Mara", fruit = "pears", a = 4, b = 6, c = 9 }
[template.values]
name = { from = "names" }
fruit = { of = ["pears", "plums", "figs"] }
a = { range = [2, 9] }
b = { range = [3, 9] }
c = { range = [2, 9] }
"#;

const STAMPS: &str = r#"
[[template]]
id = "stamps"
problem = "{name} has {x} stamps and buys {y} more. How many are that?"
answer = "x + y"
original = { name = "Ines", x = 30, y = 12 }
[template.values]
name = { from = "names" }
x = { range = [10, 90] }
y = { range = [10, 90] }
"#;

fn templates(files: &[(&str, &str)], more: Value) -> Result<Loaded, String> {
    let path: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let mut table = json!({"kind": "templates", "path": path});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    load_files(files, table)
}

fn texts(loaded: &Loaded) -> Vec<(String, String)> {
    loaded.problems.iter().map(|problem| (problem.id.clone(), problem.problem.clone())).collect()
}

fn refused(files: &[(&str, &str)], more: Value, words: &str) {
    let error = templates(files, more).err().unwrap();
    assert!(error.contains(words), "{words}\n{error}");
}

#[test]
fn the_known_problem_stands_beside_what_is_drawn() {
    let loaded = templates(&[("t.toml", ORCHARD)], json!({"instances": 2})).unwrap();
    let ids: Vec<&str> = loaded.problems.iter().map(|problem| problem.id.as_str()).collect();
    assert_eq!(ids, ["orchard", "orchard~names_numbers1", "orchard~names_numbers2"]);
    let [original, drawn, _] = loaded.problems.as_slice() else { panic!("{ids:?}") };
    assert!(original.problem.starts_with("Mara fills 4 baskets with 6 pears each and gives 9 away."));
    assert_eq!(
        (original.gold.as_slice(), original.solution.as_deref()),
        (&["15".to_owned()][..], Some("4 * 6 = 24"))
    );
    assert_eq!((original.variant.as_deref(), original.origin.as_deref()), (Some("original"), None));
    assert_eq!((drawn.cluster.as_deref(), drawn.origin.as_deref()), (Some("orchard"), Some("orchard")));
    assert_eq!((original.subset.as_str(), drawn.subset.as_str()), ("original", "names_numbers"));
    assert_ne!(drawn.problem, original.problem);
    let by_group = templates(&[("t.toml", ORCHARD)], json!({"subset": "group"})).unwrap();
    assert!(by_group.problems.iter().all(|problem| problem.subset == "fruit"));
    assert_eq!(by_group.problems.len(), 6);
}

#[test]
fn what_is_not_drawn_anew_stays_as_it_is() {
    let drawn = |more: Value| templates(&[("t.toml", ORCHARD)], more).unwrap();
    let names = drawn(json!({"vary": ["names"], "originals": false, "instances": 3}));
    assert!(
        names
            .problems
            .iter()
            .all(|problem| problem.gold == ["15"] && problem.problem.contains("fills 4 baskets"))
    );
    assert!(names.problems.iter().all(|problem| problem.variant.as_deref() == Some("names")));
    let numbers = drawn(json!({"vary": ["numbers"], "originals": false, "instances": 3}));
    assert!(numbers.problems.iter().all(|problem| problem.problem.starts_with("Mara fills")));
    refused(
        &[("t.toml", ORCHARD)],
        json!({"vary": ["spelling"]}),
        "dataset.vary: templates draw names and numbers, not \"spelling\"",
    );
    refused(&[("t.toml", ORCHARD)], json!({"vary": []}), "dataset.vary: leaves nothing to draw");
}

#[test]
fn another_template_and_another_instance_change_none() {
    let alone = templates(&[("t.toml", ORCHARD)], json!({"instances": 3})).unwrap();
    let beside = templates(&[("a.toml", STAMPS), ("t.toml", ORCHARD)], json!({"instances": 3})).unwrap();
    let more = templates(&[("t.toml", ORCHARD)], json!({"instances": 4})).unwrap();
    assert_eq!(texts(&beside)[4..], texts(&alone)[..]);
    assert_eq!(texts(&more)[..4], texts(&alone)[..]);
    let again = templates(&[("t.toml", ORCHARD)], json!({"instances": 3})).unwrap();
    assert_eq!(again.problems, alone.problems, "the same seed, the same problems");
    let other = templates(&[("t.toml", ORCHARD)], json!({"instances": 3, "seed": 2})).unwrap();
    assert_ne!(texts(&other)[1..], texts(&alone)[1..]);
}

#[test]
fn our_own_are_drawn_where_no_file_is_named() {
    let loaded = load(&json!({"kind": "templates", "instances": 2})).unwrap();
    let originals = loaded.problems.iter().filter(|problem| problem.variant.as_deref() == Some("original"));
    assert!(originals.count() >= 40);
    assert_eq!(loaded.problems.len() % 3, 0);
}

#[test]
fn lists_of_ones_own_go_before_ours() {
    let folder = tempfile::tempdir().unwrap();
    let lists = folder.path().join("lists.toml");
    std::fs::write(&lists, "names = [\"Zuza\", \"Zora\", \"Zeno\"]\n").unwrap();
    let drawn =
        templates(&[("t.toml", STAMPS)], json!({"lists_file": lists, "vary": ["names"], "instances": 2}))
            .unwrap();
    assert!(
        drawn.problems[1..].iter().all(|problem| problem.problem.starts_with('Z')),
        "{:?}",
        texts(&drawn)
    );
    refused(
        &[("t.toml", STAMPS)],
        json!({"lists_file": "nowhere.toml"}),
        "dataset.lists_file: nowhere.toml: ",
    );
}

#[test]
fn bad_templates_are_named_with_file_line_and_reason_all_at_once() {
    let bad = |values: &str, problem: &str, rest: &str| {
        format!("[[template]]\nid = \"b\"\nproblem = \"{problem}\"\n{rest}\n[template.values]\n{values}\n")
    };
    let check = |text: &str, words: &str| refused(&[("t.toml", text)], json!({"instances": 5}), words);
    let range = "a = { range = [2, 9] }";
    check(
        &bad(range, "{name} has {a} pears.", "answer = \"a\"\noriginal = { name = \"M\", a = 2 }"),
        "gap `name` has no entry in `values`",
    );
    check(
        &bad(
            &format!("{range}\nb = {{ range = [2, 9] }}"),
            "{a} pears",
            "answer = \"a\"\noriginal = { a = 2, b = 3 }",
        ),
        "`b` is used nowhere",
    );
    check(
        &bad(range, "{a} pears", "answer = \"a\"\nconditions = [\"a > 3\"]\noriginal = { a = 2 }"),
        "the original does not meet `a > 3`",
    );
    check(
        &bad(range, "{a} pears", "answer = \"a > 2\"\noriginal = { a = 4 }"),
        "`answer` gives yes or no, not a number",
    );
    let never = "answer = \"a\"\nconditions = [\"a > 100\"]\noriginal = { a = 200 }";
    check(&bad(range, "{a} pears", never), "no instance met the conditions in 10,000 draws");
    let few = bad(range, "{a} pears", "answer = \"a\"\noriginal = { a = 4 }");
    refused(&[("t.toml", &few)], json!({"instances": 50}), "8 distinct instances, 50 wanted");
    check(
        &bad("a = { from = \"nmaes\" }", "{a} pears", "answer = \"1\"\noriginal = { a = \"x\" }"),
        "no list `nmaes`; did you mean `names`?",
    );
    check(
        &bad(range, "{a} pears", "answer = \"open(a)\"\noriginal = { a = 4 }"),
        "template `b`, line 1: `open(a)`",
    );
    check("nothing = 1", "no [[template]] in the file");
    check("[[template]\n", "t.toml: template `–`, line 1");
    let both = format!(
        "{}{}",
        bad(range, "{z}", "answer = \"a\"\noriginal = { a = 4 }"),
        bad(range, "{y}", "answer = \"a\"\noriginal = { a = 4 }")
    );
    let error = templates(&[("t.toml", &both)], json!({})).err().unwrap();
    assert!(
        error.contains("t.toml: template `b`, line 1: gap `z`") && error.contains("line 8: gap `y`"),
        "{error}"
    );
    assert!(error.ends_with("or leave such templates out with `skip_bad = true`"), "{error}");
    refused(
        &[("t.toml", &format!("{STAMPS}{STAMPS}"))],
        json!({}),
        "template `stamps`: another template has this name",
    );
    let left = templates(&[("t.toml", &format!("{both}{STAMPS}"))], json!({"skip_bad": true})).unwrap();
    assert_eq!(left.problems.len(), 6);
    refused(&[("t.toml", &both)], json!({"skip_bad": true}), "line 1: gap `z`");
    refused(
        &[("t.toml", STAMPS)],
        json!({"instances": 0, "originals": false}),
        "dataset.instances: leaves no problem",
    );
    refused(&[("t.toml", STAMPS)], json!({"magnitude": "kept"}), "dataset.magnitude: unknown value `kept`");
}

/// A line in the syntax of GSM-Symbolic, written for this test.
fn symbolic(id: u32, text: &str, answer: &str) -> String {
    format!("{}\n", json!({"id_orig": id, "question": "q", "answer": answer, "question_annotated": text}))
}

#[test]
fn templates_of_others_are_read_and_what_is_missing_is_said() {
    let good = symbolic(
        7,
        "{n,Mara} has {x,3} boxes of {y,0.5} kilos and {w,four} {fruit,pears} of {z,12}.\n\n#init:\n- n = sample(names)\n- $x = range(2, 10)\n\
         - $y = fix_floats(np.arange(0.5, 3, 0.5))\n- $w = sample(numbers)\n- fruit = sample([\"pears\"] + [\"plums\"])\n- $z = numbers_within(10, 40)\n\n#answer: x + z",
        "#### 15",
    );
    let lists = "numbers = [{ show = \"four\", is = 4 }, { show = \"five\", is = 5 }]";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lists.toml");
    std::fs::write(&path, lists).unwrap();
    let loaded = templates(&[("g.jsonl", &good)], json!({"lists_file": path, "instances": 3})).unwrap();
    assert_eq!(loaded.problems[0].problem, "Mara has 3 boxes of 0.5 kilos and four pears of 12.");
    assert_eq!((loaded.problems.len(), loaded.problems[0].gold[0].as_str()), (4, "15"));

    let bad = symbolic(8, "{a,1}\n\n#init:\n- $a = __import__('os').system('true')\n\n#answer: a", "#### 1");
    let files = [("g.jsonl", format!("{good}{bad}"))];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    refused(&files, json!({"lists_file": path}), "g.jsonl: template `apple 8`, line 2: ");
    let left = templates(&files, json!({"lists_file": path, "skip_bad": true, "instances": 1})).unwrap();
    assert_eq!(left.problems.len(), 2);
    refused(
        &[("g.jsonl", "{\"id\": 1}\n")],
        json!({}),
        "line 1: no template: it has no `question_annotated`",
    );
    refused(&[("g.jsonl", "{\"id\": \n")], json!({}), "g.jsonl: is no JSON");
}
