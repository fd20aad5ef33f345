//! Comparing answers by a model's word, against canned replies.

use chat::dialogue::rehearse;
use chat::{CallError, ChatReply};
use plugin::Configured;
use serde_json::{Value, json};
use tables::Generation;

use super::*;
use crate::GRADERS;

fn parse(table: &Value) -> Result<Configured<dyn Grader>, ConfigErrors> {
    GRADERS.build(table, "grade")
}

fn table() -> Value {
    json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"})
}

/// Beyond what the answer engine reads, which therefore cannot tell.
fn unknown() -> Problem {
    Problem { problem: "What is it?".into(), gold: vec!["9".repeat(5000)], ..Problem::default() }
}

fn graded(problem: &Problem, answer: &str, word: &Result<ChatReply, CallError>) -> (Grade, Vec<Question>) {
    let grader = parse(&table()).unwrap_or_else(|faults| panic!("{faults}")).built;
    let generation = Generation { answer_text: answer.into(), ..Generation::default() };
    let item = Item::new(problem, &generation);
    let (grade, asked) = rehearse(grader.open(item), 3, |_| word.clone());
    (grade.unwrap(), asked)
}

fn says(text: &str) -> Result<ChatReply, CallError> {
    Ok(ChatReply { content: text.into(), ..ChatReply::default() })
}

#[test]
fn only_what_the_answer_engine_cannot_tell_is_asked() {
    let check = |gold: &str, answer: &str, verdict: Verdict, questions: usize| {
        let problem = Problem { gold: vec![gold.into()], ..unknown() };
        let (grade, asked) = graded(&problem, answer, &says("\\boxed{yes}"));
        assert_eq!((grade.verdict, asked.len()), (verdict, questions), "{answer}");
        assert_eq!(grade.grader, if questions > 0 { "llm:m" } else { "answer" });
    };
    let tower = "9".repeat(5000);
    check(&tower, "So the answer is \\boxed{5}.", Verdict::Right, 1);
    check("5", "\\boxed{5}", Verdict::Right, 0);
    check("5", "\\boxed{6}", Verdict::Wrong, 0);
    check(&tower, "", Verdict::NoAnswer, 0);
    check(" ", "\\boxed{6}", Verdict::NoGold, 0);
}

#[test]
fn a_word_that_is_neither_yes_nor_no_is_no_verdict() {
    let check = |words: &str, verdict: Verdict, reason: Option<&str>| {
        let (grade, asked) = graded(&unknown(), "\\boxed{5}", &says(words));
        assert_eq!((grade.verdict, grade.reason.as_deref()), (verdict, reason), "{words}");
        assert_eq!((grade.raw.as_deref(), grade.temperature), (Some(words), Some(0.0)));
        assert_eq!(asked[0].request.sampling.temperature, Some(0.0));
    };
    check("Both are one. \\boxed{yes}", Verdict::Right, None);
    check("\\boxed{\\text{No}}", Verdict::Wrong, None);
    check("**No.**", Verdict::Wrong, None);
    let neither = Some("the reply is neither yes nor no");
    check("Yes, they are the same, no doubt.", Verdict::Undecided, neither);
    check("\\boxed{maybe}", Verdict::Undecided, neither);
    check("", Verdict::Undecided, neither);
    check("\\boxed{yes} \\boxed{no}", Verdict::Undecided, Some("the boxes disagree"));
    check("<think>yes", Verdict::Undecided, Some("the reply ends in the middle of its thinking"));
}

#[test]
fn a_failed_call_leaves_it_undecided_and_says_so() {
    let down = CallError::Exhausted { model: "m".into(), attempts: 9, last: "HTTP 500".into() };
    let (grade, _) = graded(&unknown(), "\\boxed{5}", &Err(down));
    assert_eq!((grade.verdict, grade.raw), (Verdict::Undecided, None));
    assert_eq!(grade.reason.as_deref(), Some("`m` failed 9 times, the last time: HTTP 500"));
}

#[test]
fn the_question_shows_both_answers() {
    let mut problem = unknown();
    problem.gold.push("five".into());
    let asked = load(Domain::Values, None, &mut Content::default())
        .unwrap()
        .render(&values(&problem, "\\frac{10}{2}", ""))
        .unwrap();
    assert!(asked.contains("</problem>\n\nReference answer, any of these:\n- 999"), "{asked}");
    assert!(asked.contains("- five\n\n<given_answer>\n\\frac{10}{2}\n</given_answer>\n"), "{asked}");
    assert!(asked.contains("(as any of them), or with \\boxed{no}"), "{asked}");
}

#[test]
fn faults_name_the_key() {
    let check = |table: Value, expect: &str| {
        let faults = parse(&table).map_or_else(|faults| faults.to_string(), |_| "fine".to_owned());
        assert_eq!(faults, expect);
    };
    check(table(), "fine");
    check(
        json!({"kind": "llm", "modle": "e"}),
        "grade.modle: unknown key `modle` (did you mean `model`?)\n\
        grade.model: missing (The model's name at the server.)",
    );
    check(json!({"kind": "llm", "model": ""}), "grade.model: must name the model that grades");
}

#[test]
fn what_it_asks_is_part_of_what_it_is() {
    let fingerprint_input = |table: Value| parse(&table).ok().unwrap().fingerprint_input;
    let own = fingerprint_input(table());
    assert!(own["ingredients"]["equal.txt"].is_string());
    let retried = json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1", "retries": 3});
    assert_eq!(own, fingerprint_input(retried));
    assert_ne!(own, fingerprint_input(json!({"kind": "llm", "model": "e"})));
}

#[test]
fn open_questions_are_asked_about_unless_the_answer_is_literally_known() {
    let mut table = table();
    table["domain"] = json!("open");
    let folder = tempfile::tempdir().unwrap();
    let rubric = folder.path().join("rubric.txt");
    std::fs::write(&rubric, "Names both causes.").unwrap();
    table["rubric_file"] = json!(rubric);
    let configured = parse(&table).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(
        configured.fingerprint_input["ingredients"]["rubric"].is_string(),
        "its text is part of what it is"
    );
    let problem = Problem {
        problem: "Why does ice float?".into(),
        gold: vec!["It is less dense than water.".into()],
        ..Problem::default()
    };
    let check = |answer: &str, word: &str, verdict: Verdict, questions: usize| {
        let generation = Generation { answer_text: answer.into(), ..Generation::default() };
        let item = Item::new(&problem, &generation);
        let (grade, asked) = rehearse(configured.built.open(item), 3, |_| says(word));
        assert_eq!((grade.unwrap().verdict, asked.len()), (verdict, questions), "{answer}");
        asked
    };
    check("it is less dense than water", "", Verdict::Right, 0);
    let asked = check("Because its density is lower than that of water.", "\\boxed{yes}", Verdict::Right, 1);
    let text = asked[0].request.messages[0].content.clone();
    assert!(text.contains("<rubric>\nNames both causes.\n</rubric>"), "{text}");
    assert!(text.contains("<given_answer>\nBecause its density is lower"), "{text}");
    check("It is cold.", "\\boxed{no}", Verdict::Wrong, 1);
    check("It is cold.", "Perhaps.", Verdict::Undecided, 1);
}
