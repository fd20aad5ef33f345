//! Comparing answers by a model's word, against canned replies.

use tables::JudgeState;

use super::*;
use crate::parse;
use crate::test_support::{Case, exhausted, play, said, text};

fn table(equality: &Value) -> Value {
    json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1", "equality": equality})
}

fn judge(table: &Value) -> Box<dyn Judge> {
    parse(table, "judge").unwrap_or_else(|faults| panic!("{faults}")).built
}

/// An answer beyond what the answer engine reads, which therefore cannot tell.
fn unknown() -> Case {
    let gold = "9".repeat(5000);
    Case::new("What is it?", &gold, &["Hm.", "It is 5."], "So the answer is \\boxed{5}.")
}

/// The judgment if the model says this about the answers.
fn judged(case: &Case, words: Result<chat::ChatReply, chat::CallError>) -> (Judgment, usize) {
    let (judgment, asked) = play(judge(&table(&json!(true))).as_ref(), case, |question| {
        if text(question).contains("<given_answer>") { words.clone() } else { said("\\boxed{1}") }
    });
    (judgment, asked.len())
}

#[test]
fn only_what_the_answer_engine_cannot_tell_is_asked() {
    let check = |case: &Case, expect| assert_eq!(judged(case, said("\\boxed{yes}")).1, expect);
    check(&unknown(), 2);
    check(&Case::sum(), 1);
    let mut wrong = Case::sum();
    wrong.generation.answer_text = "\\boxed{6}".into();
    check(&wrong, 1);
    let mut silent = unknown();
    silent.generation.answer_text = String::new();
    check(&silent, 1);
}

#[test]
fn the_word_of_the_model_stands_beside_the_verdict() {
    let check = |words: &str, expect: Option<bool>, state: &str, reason: Option<&str>| {
        let (judgment, _) = judged(&unknown(), said(words));
        assert_eq!((judgment.state, judgment.step), (JudgeState::Found, Some(1)));
        assert_eq!((judgment.answer_equal, judgment.raw.as_deref()), (expect, Some("\\boxed{1}")), "{words}");
        let note = &judgment.tasks[0];
        assert_eq!((note.task.as_str(), note.judge.as_str()), ("equality", "llm:m"));
        assert_eq!((note.state.as_str(), note.reason.as_deref()), (state, reason), "{words}");
        assert_eq!(note.raw.as_deref(), Some(words));
    };
    check("Both are one. \\boxed{yes}", Some(true), "done", None);
    check("\\boxed{\\text{No}}", Some(false), "done", None);
    check("**No.**", Some(false), "done", None);
    let neither = Some("the reply is neither yes nor no");
    check("Yes, they are the same, no doubt.", None, "failed", neither);
    check("\\boxed{maybe}", None, "failed", neither);
    check("", None, "failed", neither);
    check("\\boxed{yes} \\boxed{no}", None, "failed", Some("the boxes disagree"));
    check("<think>yes", None, "failed", Some("the reply ends in the middle of its thinking"));
}

#[test]
fn a_failed_call_leaves_the_verdict_and_says_so() {
    let (judgment, _) = judged(&unknown(), exhausted());
    assert_eq!((judgment.state, judgment.answer_equal), (JudgeState::Found, None));
    let note = &judgment.tasks[0];
    assert_eq!((note.state.as_str(), note.raw.as_deref()), ("failed", None));
    assert_eq!(note.reason.as_deref(), Some("`m` failed 9 times, the last time: HTTP 500"));
}

#[test]
fn a_model_of_its_own_is_asked_in_place_of_the_judges() {
    let own = json!({"model": "e", "base_url": "http://localhost:2/v1"});
    let both = judge(&table(&own));
    let models: Vec<&str> = both.endpoints().iter().map(|endpoint| endpoint.model.as_str()).collect();
    assert_eq!(models, ["m", "e"]);
    let (judgment, asked) = play(both.as_ref(), &unknown(), |question| match question.to {
        0 => said("\\boxed{-1}"),
        _ => said("\\boxed{yes}"),
    });
    assert_eq!((judgment.answer_equal, asked.len()), (Some(true), 2));
    assert_eq!((asked[1].to, asked[1].request.sampling.temperature), (1, Some(0.0)));
    let ruled = judge(&json!({"kind": "rule", "equality": own}));
    let (judgment, asked) = play(ruled.as_ref(), &unknown(), |_| said("\\boxed{no}"));
    assert_eq!((judgment.answer_equal, asked[0].to, ruled.name().as_str()), (Some(false), 0, "rule"));
}

#[test]
fn the_question_shows_both_answers() {
    let mut case = unknown();
    case.problem.gold.push("five".into());
    let asked =
        load(None, &mut Content::default()).unwrap().render(&values(&case.problem, "\\frac{10}{2}")).unwrap();
    assert!(asked.contains("</problem>\n\nReference answer, any of these:\n- 999"), "{asked}");
    assert!(asked.contains("- five\n\n<given_answer>\n\\frac{10}{2}\n</given_answer>\n"), "{asked}");
    assert!(asked.contains("(as any of them), or with \\boxed{no}"), "{asked}");
}

#[test]
fn faults_name_the_key() {
    let check = |table: Value, expect: &str| {
        let faults = parse(&table, "judge").map_or_else(|faults| faults.to_string(), |_| "fine".to_owned());
        assert_eq!(faults, expect);
    };
    check(table(&json!(false)), "fine");
    check(table(&json!("yes")), "judge.equality: expected true, false or a table");
    check(
        table(&json!({"modle": "e"})),
        "judge.equality.modle: unknown key `modle` (did you mean `model`?)\n\
        judge.equality.model: missing (The model's name at the server.)",
    );
    check(
        json!({"kind": "rule", "equality": true}),
        "judge.equality: this judge asks no model (write a table with a `model` and a `base_url`)",
    );
    check(
        json!({"kind": "rule", "equalty": true}),
        "judge.equalty: unknown key `equalty` (did you mean `equality`?)",
    );
}

#[test]
fn it_is_part_of_the_identity_where_it_is_on() {
    let identity = |equality: Value| parse(&table(&equality), "judge").ok().unwrap().identity;
    let off = identity(json!(false));
    assert_eq!(off.get("equality"), None);
    let on = identity(json!(true));
    assert_ne!(off, on);
    let written = json!({"model": "m", "base_url": "http://localhost:1/v1", "retries": 3});
    assert_eq!(on, identity(written));
    assert_ne!(on, identity(json!({"model": "e"})));
    assert!(on["equality"]["ingredients"]["equal.txt"].is_string());
}
