//! Templates in both syntaxes: what is drawn, and what is refused.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::lists::Lists;
use crate::number::parse;

fn shared(name: &str) -> Option<String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/benchmarks"));
    let text = std::fs::read_to_string(folder.join(name)).ok();
    if text.is_none() {
        println!("skipped: {name} is not here");
    }
    text
}

fn lines(text: &str) -> impl Iterator<Item = Value> + '_ {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn shelf() -> Value {
    json!({
        "id": "shelf", "problem": "{who} puts {n} {things} on each of {m} shelves. How many are that?",
        "answer": "n * m", "conditions": ["n * m < 90"], "solution": "{n} times {m} is {n * m}.",
        "original": {"who": "Ada", "n": 4, "m": 3, "things": "jars"},
        "values": {
            "who": {"from": "names"}, "n": {"range": [2, 12]}, "m": {"range": [2, 9]},
            "things": {"of": ["jars", "books"]},
        },
    })
}

fn changed(path: &str, value: Value) -> Value {
    let mut template = shelf();
    *template.pointer_mut(path).unwrap() = value;
    template
}

#[test]
fn a_template_gives_instances_with_their_answers() {
    let template = native(&shelf(), &Lists::ours()).unwrap();
    let original = template.original().unwrap();
    assert_eq!(original.problem, "Ada puts 4 jars on each of 3 shelves. How many are that?");
    assert_eq!((original.gold().as_str(), original.solution.as_deref()), ("12", Some("4 times 3 is 12.")));
    let found = template.instances(&DrawSettings { instances: 40, ..DrawSettings::default() }).unwrap();
    let texts: BTreeSet<&str> = found.iter().map(|instance| instance.problem.as_str()).collect();
    assert_eq!(texts.len(), 40);
    assert!(!texts.contains(original.problem.as_str()));
    for instance in &found {
        let number = |name: &str| instance.filling[name].number.clone().unwrap();
        assert_eq!(instance.answer, number("n") * number("m"));
        assert!(instance.allowed && instance.answer < parse("90").unwrap());
        // With as many digits as the original's.
        assert!(number("n") < parse("10").unwrap());
    }
}

#[test]
fn the_seed_decides_and_more_instances_change_none() {
    let template = native(&shelf(), &Lists::ours()).unwrap();
    let drawn = |instances, seed| {
        let found = template.instances(&DrawSettings { instances, seed, ..DrawSettings::default() }).unwrap();
        found.into_iter().map(|instance| instance.problem).collect::<Vec<_>>()
    };
    assert_eq!(drawn(5, 1), drawn(5, 1));
    assert_eq!(drawn(5, 1), drawn(9, 1)[..5]);
    assert_ne!(drawn(5, 1), drawn(5, 2));
}

#[test]
fn what_is_not_varied_stays() {
    let template = native(&shelf(), &Lists::ours()).unwrap();
    let drawn = |varied| {
        let settings =
            DrawSettings { instances: 8, varied, magnitude: Magnitude::Free, ..DrawSettings::default() };
        template.instances(&settings).unwrap()
    };
    for instance in drawn(Varied { words: true, numbers: false }) {
        assert_eq!(instance.gold(), "12");
    }
    for instance in drawn(Varied { words: false, numbers: true }) {
        assert!(instance.problem.starts_with("Ada puts "), "{}", instance.problem);
    }
}

#[test]
fn what_cannot_work_is_refused() {
    let check = |template: Value, expect: &str| {
        let found = native(&template, &Lists::ours());
        let found = found.and_then(|template| {
            template.instances(&DrawSettings { instances: 50, ..DrawSettings::default() }).map(|_| ())
        });
        assert_eq!(found.unwrap_err().reason, expect, "{template}");
    };
    check(changed("/problem", json!("{who} {n} {m} {things} {x}")), "gap `x` has no entry in `values`");
    check(changed("/problem", json!("{who} has {n} on {m}.")), "`things` is used nowhere");
    check(changed("/answer", json!("n * k")), "unknown name k");
    check(changed("/answer", json!("n > m")), "`answer` gives yes or no, not a number");
    check(changed("/answer", json!("n.real")), "`n.real`: not allowed: Attribute");
    check(changed("/answer", json!("who + 1")), "`answer` of the original: unknown name who");
    check(changed("/conditions", json!(["n < m"])), "the original does not meet `n < m`");
    check(changed("/conditions", json!(["n + m"])), "the condition `n + m` gives a number, not yes or no");
    check(changed("/values/who", json!({"from": "nmaes"})), "`who`: no list `nmaes`; did you mean `names`?");
    check(changed("/values/n", json!({})), "`n`: expected `from`, `of`, `range`, or `sequence` with `of`");
    check(
        changed("/values/n", json!({"range": [200, 300]})),
        "no instance met the conditions in 10,000 draws",
    );
    check(
        json!({"id": "t", "problem": "{a} pears", "answer": "a", "original": {"a": 4}, "values": {"a": {"range": [2, 9]}}}),
        "8 distinct instances, 50 wanted",
    );
    let unknown = native(&changed("/values/n", json!({"rnge": [1, 2]})), &Lists::ours()).unwrap_err();
    assert!(unknown.reason.contains("did you mean `range`?"), "{unknown}");
}

#[test]
fn faults_of_a_file_name_template_and_line() {
    let text = "[[template]]\nid = \"one\"\nproblem = \"{a}\"\nanswer = \"a\"\noriginal = { a = 1 }\nvalues = { a = { range = [1, 9] } }\n\n\
                [[template]]\nid = \"two\"\nproblem = \"{b}\"\nanswer = \"a\"\noriginal = { a = 1 }\nvalues = { a = { range = [1, 9] } }\n";
    let faults = native_file(text, &Lists::ours()).unwrap_err();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["template `two`, line 8: gap `b` has no entry in `values`"]);
    let broken = native_file("[[template]\nid = 3", &Lists::ours()).unwrap_err();
    assert_eq!(broken[0].line, Some(1));
    assert_eq!(native_file("", &Lists::ours()).unwrap_err()[0].reason, "no [[template]] in the file");
}

#[test]
fn answers_stay_of_one_kind() {
    let thirds = json!({"id": "t", "problem": "{a} pears among 3", "answer": "a / 3", "original": {"a": 6}, "values": {"a": {"range": [2, 9]}}});
    let template = native(&thirds, &Lists::ours()).unwrap();
    let found = template.instances(&DrawSettings { instances: 2, ..DrawSettings::default() }).unwrap();
    assert!(found.iter().all(|instance| instance.answer.is_integer()));
    let few = template.instances(&DrawSettings { instances: 3, ..DrawSettings::default() }).unwrap_err();
    assert_eq!(few.reason, "3 distinct instances, 3 wanted", "with the original");
}

#[test]
fn members_follow_each_other_in_a_sequence() {
    let days = json!({
        "id": "t", "problem": "From {day_1} to {day_2} he runs {a} miles.", "answer": "a",
        "original": {"day_1": "Monday", "day_2": "Tuesday", "a": 3},
        "values": {"day": {"sequence": "weekdays", "of": 2}, "a": {"range": [1, 9]}},
    });
    let template = native(&days, &Lists::ours()).unwrap();
    let week = Lists::ours().get("weekdays").unwrap().to_vec();
    for instance in template.instances(&DrawSettings { instances: 20, ..DrawSettings::default() }).unwrap() {
        let place = |name: &str| week.iter().position(|day| *day == instance.filling[name]).unwrap();
        assert_eq!(place("day_1") + 1, place("day_2"));
    }
}

fn gsm(question: &str, answer: &str) -> Value {
    json!({"id_orig": 7, "question_annotated": question, "answer_annotated": answer})
}

const CRATES: &str = "{n,Ida} has {a,4} crates of {b,6} {things,pears}.\n\n#init:\n- n = sample(names_female)\n- $a, $b = sample(list(range(2, 10)), 2)\n- things = sample([\"pears\", \"figs\"])\n- total = a * b\n\n#conditions:\n- total < 60\n\n#answer: total";

#[test]
fn the_other_syntax_is_read() {
    let template = apple(&gsm(CRATES, ""), &Lists::ours()).unwrap();
    assert_eq!(template.id, "apple 7");
    let original = template.original().unwrap();
    assert_eq!((original.problem.as_str(), original.gold().as_str()), ("Ida has 4 crates of 6 pears.", "24"));
    for instance in template.instances(&DrawSettings { instances: 20, ..DrawSettings::default() }).unwrap() {
        let number = |name: &str| instance.filling[name].number.clone().unwrap();
        assert!(number("a") != number("b") && instance.answer == number("a") * number("b"));
    }
    assert!(!template.notes.is_empty());
}

#[test]
fn the_other_syntax_has_its_faults() {
    let check = |question: &str, annotated: &str, expect: &str| {
        assert_eq!(apple(&gsm(question, annotated), &Lists::ours()).unwrap_err().reason, expect);
    };
    let one = |right: &str| format!("{{a,3}}\n#init:\n- $a = {right}\n#answer: a");
    check("{a} pears\n#answer: 1", "", "gap `a` has no default");
    check("{a,3} and {z,4}\n#init:\n- $a = range(2, 5)\n#answer: a", "", "gap `z` has no entry in `values`");
    check("{a,3}\n#init:\n- $a = range(2, 5)\n", "", "no `#answer:`, and none behind `####`");
    check(&one("sample(weekday)"), "", "`sample(weekday)`: no list `weekday`; did you mean `weekdays`?");
    check(&one("sample([1, 2], 2)"), "", "`sample([1, 2], 2)`: draws 2 for 1 names");
    check(&one("open('x').read()"), "", "`open('x').read()`: not allowed: Attribute");
    check(&one("shuffle_list(1, 5)"), "", "`shuffle_list(1, 5)`: unknown function shuffle_list");
    let from_braces =
        apple(&gsm("{a,3}\n#init:\n- $a = range(2, 5)\n", "x\n#### {a * 2}"), &Lists::ours()).unwrap();
    assert_eq!(from_braces.original().unwrap().gold(), "6");
}

#[test]
fn shared_bad_templates_have_their_reason() {
    let Some(text) = shared("templates_bad.jsonl") else { return };
    for row in lines(&text) {
        let template = native(&row["template"], &Lists::ours());
        let instances = if row["why"].as_str().unwrap().contains("50") { 50 } else { 2 };
        let found = template.and_then(|template| {
            template.instances(&DrawSettings { instances, ..DrawSettings::default() }).map(|_| ())
        });
        let reason = found.err().map(|error| error.reason);
        assert_eq!(reason.as_deref(), row["error"].as_str(), "{row}");
    }
}

#[test]
fn shared_instances_are_as_said() {
    let (Some(native_text), Some(rows), Some(apple_text)) =
        (shared("templates_native.toml"), shared("template_instances.jsonl"), shared("apple_syntax.jsonl"))
    else {
        return;
    };
    let lists = Lists::ours();
    let ours = native_file(&native_text, &lists).unwrap();
    let others: Vec<Value> = lines(&apple_text).collect();
    for row in lines(&rows) {
        let name = row["template"].as_str().unwrap();
        let template = match name.strip_prefix("apple ") {
            Some(number) => apple(&others[number.parse::<usize>().unwrap()], &lists).unwrap(),
            None => ours.iter().find(|template| template.id == name).unwrap().clone(),
        };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let shown: Vec<(String, String)> = row["values"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect();
        let found = template.shown(&shown).unwrap();
        assert_eq!(found.problem, row["problem"].as_str().unwrap());
        assert_eq!(found.answer, parse(row["answer"].as_str().unwrap()).unwrap(), "{row}");
        assert_eq!(found.allowed, row["allowed"], "{row}");
    }
}

#[test]
fn shared_rows_of_the_other_syntax_are_read_or_refused() {
    let Some(text) = shared("apple_syntax.jsonl") else { return };
    let said: Vec<String> = lines(&text)
        .map(|row| {
            apple(&row, &Lists::ours())
                .map_or_else(|error| error.reason, |template| template.original().unwrap().gold())
        })
        .collect();
    assert_eq!(said[..3], ["24", "15", "3"]);
    assert!(said[3].contains("not allowed"), "{}", said[3]);
    assert_eq!(said[4..], ["gap `z` has no entry in `values`", "the original does not meet `a > 100`"]);
}

#[test]
fn our_own_templates_work_and_their_solutions_end_with_the_answer() {
    let all = native_file(crate::TEMPLATES, &Lists::ours()).unwrap();
    assert!(all.len() >= 40, "{}", all.len());
    let ids: BTreeSet<&str> = all.iter().map(|template| template.id.as_str()).collect();
    assert_eq!(ids.len(), all.len(), "an id stands twice");
    let mut shown = String::new();
    for template in &all {
        let original = template.original().unwrap();
        shown += &format!("{}: {} [{}]\n", template.id, original.problem, original.gold());
        let drawn = template.instances(&DrawSettings { instances: 20, ..DrawSettings::default() });
        for instance in drawn.unwrap().iter().chain([&original]) {
            assert_eq!(last_number(instance.solution.as_ref().unwrap()), instance.gold(), "{}", template.id);
        }
    }
    insta::assert_snapshot!(shown);
}

/// The last number that a text says.
fn last_number(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '-');
    let mut words = text.split(|c: char| !is_part(c)).map(|word| word.trim_matches('.'));
    words.rfind(|word| word.contains(|c: char| c.is_ascii_digit())).unwrap().to_owned()
}

#[test]
fn the_demonstration_set_is_what_the_templates_give() {
    let all = native_file(crate::TEMPLATES, &Lists::ours()).unwrap();
    let text = include_str!("../../../../data/clothes.jsonl");
    for row in lines(text) {
        let template = all.iter().find(|template| row["template"] == template.id).unwrap();
        let values = row["values"].as_object().unwrap();
        let shown: Vec<(String, String)> =
            values.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        let found = template.shown(&shown).unwrap();
        assert_eq!(
            (found.problem.as_str(), found.gold().as_str()),
            (row["problem"].as_str().unwrap(), row["answer"].as_str().unwrap())
        );
        assert!(found.allowed, "{row}");
        assert_eq!(
            row["variant"] == "original",
            found.problem == template.original().unwrap().problem,
            "{row}"
        );
    }
}
