//! The judge against canned replies.

use serde_json::json;
use tables::{Finish, Generation, JudgeState, Problem, Step};

use super::*;
use crate::JUDGES;

fn judge(more: serde_json::Value) -> Box<dyn Judge> {
    let mut table = json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    match JUDGES.build(&table, "judge") {
        Ok(configured) => configured.built,
        Err(faults) => panic!("{faults}"),
    }
}

struct Case {
    problem: Problem,
    generation: Generation,
    steps: Vec<Step>,
}

impl Case {
    fn new() -> Self {
        let reasoning = "2 and 3.\n\nThat makes 5.\n\nYes, 5.".to_owned();
        let spans = [(0, 8), (10, 23), (25, 32)];
        let steps = spans.map(|(start, end)| Step { start, end, tokens: 3 }).to_vec();
        let problem =
            Problem { problem: "What is 2+3?".into(), gold: vec!["5".into()], ..Problem::default() };
        Self { problem, generation: Generation { reasoning, ..Generation::default() }, steps }
    }

    fn item(&self) -> Item<'_> {
        Item { problem: &self.problem, generation: &self.generation, steps: &self.steps }
    }
}

fn reply(content: &str) -> Vec<Result<ChatReply, CallError>> {
    vec![Ok(ChatReply { content: content.into(), ..ChatReply::default() })]
}

fn asked(next: Next) -> ChatRequest {
    match next {
        Next::Ask(mut requests) => requests.remove(0),
        Next::Done(judgment) => panic!("done: {judgment:?}"),
    }
}

fn judged(next: Next) -> Judgment {
    match next {
        Next::Done(judgment) => judgment,
        Next::Ask(requests) => panic!("asks {requests:?}"),
    }
}

#[test]
fn the_question_shows_problem_answer_and_numbered_steps() {
    let case = Case::new();
    let request = asked(judge(json!({})).begin(&case.item()));
    assert_eq!(request.sampling.temperature, Some(0.0));
    let text = &request.messages[0].content;
    let tail = text.split("<problem>").nth(1).unwrap();
    insta::assert_snapshot!(tail, @r"

    What is 2+3?
    </problem>

    Reference answer: 5

    <step_0>
    2 and 3.
    </step_0>
    <step_1>
    That makes 5.
    </step_1>
    <step_2>
    Yes, 5.
    </step_2>

    Say in one or two sentences which step it is and why. Then end with its index, a single integer, in \boxed{}. Write \boxed{-1} if there is none.
    ");
    assert!(text.contains("cut into 3 numbered steps, from <step_0> to <step_2>"), "{text}");
}

#[test]
fn options_and_several_answers_are_shown() {
    let mut case = Case::new();
    case.problem.choices = vec!["4".into(), "5".into()];
    case.problem.gold = vec!["B".into(), "5".into()];
    let text = asked(judge(json!({})).begin(&case.item())).messages.remove(0).content;
    assert!(text.contains("What is 2+3?\n(A) 4\n(B) 5\n</problem>"), "{text}");
    assert!(text.contains("</problem>\n\nReference answer, any of these:\n- B\n- 5\n\n<step_0>"), "{text}");
}

#[test]
fn a_readable_reply_is_a_verdict_with_its_raw_text() {
    let check = |content: &str, state, step| {
        let judgment = judged(judge(json!({})).resume(&Case::new().item(), 0, &reply(content)));
        assert_eq!((judgment.state, judgment.step, judgment.raw.as_deref()), (state, step, Some(content)));
    };
    check(r"Step 1 adds them up. \boxed{1}", JudgeState::Found, Some(1));
    check(r"\boxed{-1}", JudgeState::Absent, None);
}

#[test]
fn an_unreadable_reply_is_asked_again_once_and_then_fails() {
    let case = Case::new();
    let judge = judge(json!({}));
    let again = asked(judge.resume(&case.item(), 0, &reply(r"\boxed{7}")));
    assert_eq!(again.messages.len(), 3);
    assert_eq!(again.messages[1], Message::assistant(r"\boxed{7}"));
    let last = &again.messages[2].content;
    assert!(
        last.starts_with("Your reply cannot be used: 7 is no step: they run from 0 to 2. Give"),
        "{last}"
    );
    let judgment = judged(judge.resume(&case.item(), 1, &reply("step 1, or 2, or step 0")));
    assert_eq!(judgment.state, JudgeState::Failed);
    assert_eq!(judgment.reason.as_deref(), Some("the named steps disagree: 0 and 1"));
    assert_eq!(judgment.raw.as_deref(), Some("step 1, or 2, or step 0"));
}

#[test]
fn a_failed_call_and_a_cut_reply_are_failures_with_their_reason() {
    let case = Case::new();
    let judge = judge(json!({"reasks": 0}));
    let error = CallError::ContextTooLong { model: "m".into(), message: "too long".into() };
    let judgment = judged(judge.resume(&case.item(), 0, &[Err(error.clone())]));
    assert_eq!((judgment.state, judgment.reason), (JudgeState::Failed, Some(error.reason())));
    let cut = ChatReply { content: "Well,".into(), finish: Finish::Length, ..ChatReply::default() };
    let judgment = judged(judge.resume(&case.item(), 0, &[Ok(cut)]));
    let expect = "the reply names no step; the token limit cut the reply";
    assert_eq!((judgment.state, judgment.reason.as_deref()), (JudgeState::Failed, Some(expect)));
}

#[test]
fn a_trace_over_the_budget_is_not_sent() {
    let judgment = judged(judge(json!({"max_characters": 27})).begin(&Case::new().item()));
    let expect = "the steps hold 28 characters, more than `max_characters` = 27";
    assert_eq!((judgment.state, judgment.reason.as_deref()), (JudgeState::Failed, Some(expect)));
    asked(judge(json!({"max_characters": 28})).begin(&Case::new().item()));
}

#[test]
fn a_bad_prompt_is_found_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.txt");
    let check = |text: &str, expect: &str| {
        std::fs::write(&file, text).unwrap();
        let table = json!({"kind": "llm", "model": "m", "prompt_file": file});
        let faults = JUDGES.build(&table, "judge").err().unwrap().to_string();
        assert!(faults.starts_with(expect), "{faults}");
    };
    check(
        "{{ problem }}\n{{ stpes }}",
        "judge.prompt_file: the prompt cannot be rendered: undefined value (in first_step:2)",
    );
    check("{{ problem ", "judge.prompt_file: the prompt cannot be rendered: syntax error: ");
}

#[test]
fn the_identity_holds_the_prompt_and_not_how_calls_are_made() {
    let identity = |more: serde_json::Value| {
        let mut table = json!({"kind": "llm", "model": "m"});
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        JUDGES.build(&table, "judge").map(|configured| configured.identity).ok().unwrap()
    };
    let plain = identity(json!({}));
    assert_eq!(plain, identity(json!({"retries": 2, "stream": false, "timeouts": {"connect": 1.0}})));
    assert_ne!(plain, identity(json!({"temperature": 0.5})));
    assert!(plain["ingredients"]["first_step.txt"].as_str().unwrap().contains("Reference answer"));
}
