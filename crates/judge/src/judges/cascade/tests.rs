//! The cascade on strings: what is sent on, and what comes of it.

use chat::{CallError, ChatReply};
use serde_json::{Value, json};

use super::*;
use crate::JUDGES;
use crate::test_support::{Case, build, play_list, said, too_long};

fn table(more: &Value) -> Value {
    let mut table = json!({"kind": "cascade", "llm": {"model": "m", "base_url": "http://localhost:1/v1"}});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    table
}

pub(super) fn judge(more: &Value) -> Box<dyn Judge> {
    build(&table(more))
}

/// Clear from the first step on.
fn plain() -> Case {
    Case::new("What is 2 + 3?", "5", &["So 2 + 3 is 5. The answer is \\boxed{5}."], "\\boxed{5}")
}

/// The known answer comes up early and is asserted late.
fn wide() -> Case {
    let steps = [
        "Cubes are 1, 8, 27, 64, which I will need in a moment or two.",
        "Let me think about sums of three consecutive integers, which are multiples of 3.",
        "What about 1? It is none. What about 8? It is none either, I think.",
        "So the answer is 27.",
    ];
    Case::new("Which perfect cube is a sum of three consecutive integers?", "27", &steps, "\\boxed{27}")
}

/// Nothing asserts the known answer.
fn nowhere() -> Case {
    Case::new("What is 2 + 3?", "977", &["So 2 + 3 is 5.", "The answer is 5."], "\\boxed{5}")
}

fn is_sent(case: &Case, more: &Value) -> bool {
    asks(judge(more).as_ref(), &case.item())
}

pub(super) fn asks(judge: &dyn Judge, item: &Item<'_>) -> bool {
    matches!(judge.open(item).next(&[]), Next::Ask(_))
}

fn judged(judge: &dyn Judge, case: &Case) -> Judgment {
    play_list(judge, case, vec![]).0
}

fn resumed(case: &Case, reply: Result<ChatReply, CallError>) -> Judgment {
    let table = json!({"llm": {"model": "m", "reasks": 0}, "doubt": {"absent": "always"}});
    play_list(judge(&table).as_ref(), case, vec![reply]).0
}

#[test]
fn what_is_clear_stays_with_the_rules() {
    let judgment = judged(judge(&json!({})).as_ref(), &plain());
    assert_eq!((judgment.judge.as_str(), judgment.state), ("cascade:rule", JudgeState::Found));
    assert_eq!((judgment.step, judgment.own_step), (Some(0), Some(0)));
    assert_eq!(judge(&json!({})).name(), "cascade:rule+llm:m");
    assert_eq!(judge(&json!({})).sent_on(&judgment), Some(false));
}

#[test]
fn each_doubt_sends_on_and_can_be_switched_off() {
    let never = json!({"band_steps": 999, "confidence": 0.0, "absent": "never", "undecided": false});
    let check = |case: &Case, key: &str, sends: Value, holds: Value| {
        let doubt = |value: Value| {
            let mut doubt = never.clone();
            doubt[key] = value;
            json!({"doubt": doubt})
        };
        assert!(is_sent(case, &doubt(sends.clone())), "{key} = {sends} holds back");
        assert!(!is_sent(case, &doubt(holds.clone())), "{key} = {holds} sends on");
    };
    check(&wide(), "band_steps", json!(2), json!(3));
    check(&wide(), "confidence", json!(1.0), json!(0.01));
    check(&nowhere(), "absent", json!("always"), json!("ends_right"));
    let from_nowhere = Case::new("What is 2 + 3?", "977", &["Let me think.", "Hmm."], "\\boxed{977}");
    check(&from_nowhere, "absent", json!("ends_right"), json!("never"));
    let unread = "9".repeat(5000);
    let unread = Case::new("What is it?", &unread, &["It is 5.", "So the answer is 5."], "\\boxed{5}");
    check(&unread, "undecided", json!(true), json!(false));
    let narrow = json!({"doubt": {"band_share": 1.0, "confidence": 0.0}});
    assert!(!is_sent(&wide(), &narrow), "a band must be wide in tokens too");
}

#[test]
fn the_band_is_measured_in_tokens_behind_its_first_step() {
    let step = |tokens, start, end| Step { start, end, tokens };
    let steps = [step(10, 0, 50), step(20, 50, 60), step(30, 60, 70), step(40, 70, 100)];
    assert!((share(&steps, 0, 2) - 0.5).abs() < 1e-12);
    assert!(share(&steps, 3, 3).abs() < 1e-12);
    let uncounted = steps.map(|step| Step { tokens: 0, ..step });
    assert!((share(&uncounted, 0, 2) - 0.2).abs() < 1e-12);
    assert!(share(&[], 0, 0).abs() < 1e-12);
}

#[test]
fn without_a_known_answer_nothing_is_sent() {
    let case = Case::new("What is 2 + 3?", "", &["So 2 + 3 is 5.", "The answer is 5."], "\\boxed{5}");
    let judgment = judged(judge(&json!({"doubt": {"confidence": 1.0}})).as_ref(), &case);
    assert_eq!((judgment.state, judgment.judge.as_str()), (JudgeState::Skipped, "cascade:rule"));
    assert!(judgment.own_step.is_some());
}

#[test]
fn the_models_step_comes_with_what_only_the_rules_can_say() {
    let case = wide();
    let ruled = judged(judge(&json!({"doubt": {"band_share": 1.0, "confidence": 0.0}})).as_ref(), &case);
    let same = resumed(&case, said("\\boxed{3}"));
    assert_eq!((same.judge.as_str(), same.state, same.step), ("cascade:llm:m", JudgeState::Found, Some(3)));
    assert_eq!((same.band_first, same.band_last), (Some(0), Some(3)));
    assert_eq!((same.score, same.later_changed), (ruled.score, ruled.later_changed));
    assert_eq!((same.own_step, &same.solutions), (ruled.own_step, &ruled.solutions));
    assert_eq!((same.confidence, same.raw.as_deref()), (None, Some("\\boxed{3}")));
    let other = resumed(&case, said("\\boxed{1}"));
    assert_eq!((other.step, other.score, other.later_changed), (Some(1), None, None));
    let absent = resumed(&case, said("\\boxed{-1}"));
    assert_eq!(
        (absent.state, absent.band_first, absent.own_step),
        (JudgeState::Absent, None, ruled.own_step)
    );
}

#[test]
fn a_step_outside_the_band_stretches_it() {
    let found = resumed(&nowhere(), said("\\boxed{1}"));
    assert_eq!((found.step, found.band_first, found.band_last), (Some(1), Some(1), Some(1)));
    let ruled = Judgment { step: Some(4), band_first: Some(3), band_last: Some(5), ..Judgment::default() };
    let check = |step, expect| {
        let judgment = banded(&ruled, crate::found(step));
        assert_eq!((judgment.band_first, judgment.band_last), expect, "{step}");
    };
    check(1, (Some(1), Some(5)));
    check(4, (Some(3), Some(5)));
    check(9, (Some(3), Some(9)));
}

#[test]
fn a_failed_call_is_no_verdict_and_keeps_what_the_rules_said() {
    let check = |reply: Result<ChatReply, CallError>, reason: &str, said: Value| {
        let judgment = resumed(&wide(), reply);
        assert_eq!((judgment.state, judgment.step, judgment.band_first), (JudgeState::Failed, None, None));
        assert_eq!((judgment.judge.as_str(), judgment.reason.as_deref()), ("cascade:llm:m", Some(reason)));
        let raw: Value = serde_json::from_str(judgment.raw.as_deref().unwrap()).unwrap();
        assert_eq!(
            (&raw["rule"]["state"], &raw["rule"]["step"], &raw["llm"]),
            (&json!("found"), &json!(3), &said)
        );
    };
    check(too_long(), "the request does not fit into the context of `m`: too long", Value::Null);
    check(said("perhaps"), "the reply names no step", json!("perhaps"));
}

#[test]
fn faults_are_found_inside_both_tables() {
    let check = |more: Value, expect: &str| {
        let faults = JUDGES.build(&table(&more), "judge").err().unwrap().to_string();
        assert_eq!(faults, expect);
    };
    check(json!({"llm": {"model": ""}}), "judge.llm.model: must name the model that judges");
    check(json!({"rule": {"fallback": 99.0}}), "judge.rule.fallback: must not be above the threshold");
    check(json!({"doubt": {"confidence": 2.0}}), "judge.doubt.confidence: must be from 0 to 1");
    check(
        json!({"llm": {"model": "m", "modle": "m"}}),
        "judge.llm.modle: unknown key `modle` (did you mean `model`?)",
    );
    let alone = JUDGES.build(&json!({"kind": "cascade"}), "judge").err().unwrap().to_string();
    assert_eq!(alone, "judge.llm: missing (The keys of the judge `llm`.)");
}

#[test]
fn the_identity_holds_both_judges_and_not_how_calls_are_made() {
    let fingerprint_input =
        |more: Value| JUDGES.build(&table(&more), "judge").ok().unwrap().fingerprint_input;
    let llm = |more: Value| {
        let mut llm = json!({"model": "m", "base_url": "http://localhost:1/v1"});
        llm.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"llm": llm})
    };
    let plain = fingerprint_input(json!({}));
    assert_eq!(plain, fingerprint_input(llm(json!({"retries": 2, "stream": false}))));
    assert_ne!(plain, fingerprint_input(llm(json!({"temperature": 0.5}))));
    assert_ne!(plain, fingerprint_input(json!({"rule": {"threshold": 2.0}})));
    assert_ne!(plain, fingerprint_input(json!({"doubt": {"band_steps": 3}})));
    assert!(
        plain["ingredients"]["cues.english"].is_string()
            && plain["ingredients"]["first_step.txt"].is_string()
    );
}
