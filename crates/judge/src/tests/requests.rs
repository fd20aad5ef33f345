//! What is asked and what is hashed stays the same to the byte: reply caches and run folders of users know both.
//!
//! Whoever changes a prompt on purpose changes these lines with it, and all replies to it are paid for once more.

use chat::dialogue::rehearse;
use chat::{Dialogue, Question};
use serde_json::{Value, json};
use tables::{Generation, Judgment, Problem, Solution, Step};

use crate::task::dry_run::paragraphs;
use crate::test_support::said;
use crate::{Item, judges, tasks};

/// The first letters of a text's hash, and its length.
fn print(text: &str) -> String {
    format!("{} {}", &blake3::hash(text.as_bytes()).to_hex()[..16], text.len())
}

/// Each question of a conversation in which nothing that is said makes sense.
fn asked<T>(dialogue: impl Dialogue<T>) -> Vec<String> {
    let (_, asked) = rehearse(dialogue, 9, |_| said("Well."));
    let body = |question: &Question| serde_json::to_string(&question.request).unwrap();
    asked.iter().map(|question| format!("    asks {}", print(&body(question)))).collect()
}

fn line(name: &str, fingerprint_input: &Value, asked: Vec<String>) -> String {
    let known = format!("{name}\n    is   {}\n", print(&fingerprint_input.to_string()));
    known + &asked.join("\n") + "\n"
}

/// A problem with options and two gold answers, and a trace with a final answer that no rule can compare.
fn example() -> (Problem, Generation, Vec<Step>) {
    let texts = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
    let problem = Problem {
        problem: "Which <one> is it?".into(),
        gold: texts(["the \"first\" one", "A"]),
        choices: texts(["the \"first\" one", "another"]),
        ..Problem::default()
    };
    let reasoning = "It is the first.\n\nAlternatively, another.\n\nBut wait, the first.".to_owned();
    let steps = paragraphs(&reasoning);
    let answer_text = "Some other \\boxed{thing}.".into();
    (
        problem,
        Generation { reasoning, answer_text, reasoning_source: "tags".into(), ..Generation::default() },
        steps,
    )
}

#[test]
fn requests_and_identities_stay_the_same() {
    let (problem, generation, steps) = example();
    let grade = crate::test_support::graded(&problem, &generation);
    let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
    let mut lines = String::new();
    let judge = |lines: &mut String, table: Value| {
        let judge = judges::parse(&table, "judge").ok().unwrap();
        *lines += &line(&table.to_string(), &judge.fingerprint_input, asked(judge.built.open(&item)));
    };
    let llm = json!({"kind": "llm", "model": "m"});
    judge(&mut lines, json!({"kind": "rule"}));
    judge(&mut lines, llm.clone());
    judge(&mut lines, json!({"kind": "llm", "model": "m", "votes": 2, "window_tokens": 64, "seed": 3}));
    judge(&mut lines, json!({"kind": "cascade", "llm": {"model": "m"}}));
    judge(&mut lines, json!({"kind": "panel", "members": [llm, {"kind": "rule"}]}));
    let solutions = Some(vec![Solution::ending_at(0), Solution::ending_at(2)]);
    let so_far = Judgment { solutions, ..Judgment::default() };
    for entry in tasks::TASKS {
        let kind = if entry.kinds.get("llm").is_some() { "llm" } else { entry.usual_kind() };
        let table = json!({"kind": kind, "model": "m"});
        let task = entry.kinds.build(&table, "task").ok().unwrap();
        lines += &line(entry.name, &task.fingerprint_input, asked(task.built.open(&item, &so_far)));
    }
    insta::assert_snapshot!(lines);
}
