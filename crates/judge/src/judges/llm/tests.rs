//! The judge against canned replies.

use chat::{ChatReply, Message};
use serde_json::{Value, json};
use tables::{Finish, JudgeState};

use super::*;
use crate::JUDGES;
use crate::test_support::{Case, build, exhausted, faults, play, play_list, said, shown, text, too_long};

fn table(more: &Value) -> Value {
    let mut table = json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    table
}

fn judge(more: Value) -> Box<dyn Judge> {
    build(&table(&more))
}

#[test]
fn the_question_shows_problem_answer_and_numbered_steps() {
    let (_, asked) = play_list(judge(json!({})).as_ref(), &Case::sum(), vec![said("\\boxed{1}")]);
    assert_eq!(asked[0].request.sampling.temperature, Some(0.0));
    let text = text(&asked[0]);
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
    assert!(text.contains("cut into 3 numbered steps, from <step_0> to <step_2>.\n\nFind"), "{text}");
}

#[test]
fn options_and_several_answers_are_shown() {
    let mut case = Case::sum();
    case.problem.choices = vec!["4".into(), "5".into()];
    case.problem.gold = vec!["B".into(), "5".into()];
    let (_, asked) = play_list(judge(json!({})).as_ref(), &case, vec![said("\\boxed{1}")]);
    let text = text(&asked[0]);
    assert!(text.contains("What is 2+3?\n(A) 4\n(B) 5\n</problem>"), "{text}");
    assert!(text.contains("</problem>\n\nReference answer, any of these:\n- B\n- 5\n\n<step_0>"), "{text}");
}

#[test]
fn a_readable_reply_is_a_verdict_with_its_raw_text() {
    let check = |content: &str, state, step| {
        let judge = judge(json!({"seed": 7}));
        let (judgment, asked) = play_list(judge.as_ref(), &Case::sum(), vec![said(content)]);
        assert_eq!((judgment.state, judgment.step, judgment.raw.as_deref()), (state, step, Some(content)));
        assert_eq!((judgment.temperature, judgment.seed, asked.len()), (Some(0.0), Some(7), 1));
        assert_eq!((judgment.votes, judgment.agreement), (None, None));
    };
    check(r"Step 1 adds them up. \boxed{1}", JudgeState::Found, Some(1));
    check(r"\boxed{-1}", JudgeState::Absent, None);
}

#[test]
fn an_unreadable_reply_is_asked_again_once_and_then_fails() {
    let replies = vec![said(r"\boxed{7}"), said("step 1, or 2, or step 0")];
    let (judgment, asked) = play_list(judge(json!({})).as_ref(), &Case::sum(), replies);
    let again = &asked[1].request.messages;
    assert_eq!((again.len(), &again[1]), (3, &Message::assistant(r"\boxed{7}")));
    let last = text(&asked[1]);
    assert!(
        last.starts_with("Your reply cannot be used: 7 is no step: they run from 0 to 2. Give"),
        "{last}"
    );
    assert_eq!((judgment.state, asked.len()), (JudgeState::Failed, 2));
    assert_eq!(judgment.reason.as_deref(), Some("the named steps disagree: 0 and 1"));
    assert_eq!(judgment.raw.as_deref(), Some("step 1, or 2, or step 0"));

    let replies = vec![said(""), said(r"\boxed{2}")];
    let (judgment, asked) = play_list(judge(json!({})).as_ref(), &Case::sum(), replies);
    assert_eq!((judgment.step, judgment.raw.as_deref()), (Some(2), Some(r"\boxed{2}")));
    assert_eq!(asked[1].request.messages[1], Message::assistant("(no reply)"));
}

#[test]
fn a_failed_call_and_a_cut_reply_are_failures_with_their_reason() {
    let judge = judge(json!({"reasks": 0}));
    let check = |reply, expect: &str| {
        let (judgment, _) = play_list(judge.as_ref(), &Case::sum(), vec![reply]);
        assert_eq!((judgment.state, judgment.reason.as_deref()), (JudgeState::Failed, Some(expect)));
    };
    // Three short steps cannot be what is too long.
    check(too_long(), "the request does not fit into the context of `m`: too long");
    check(exhausted(), "`m` failed 9 times, the last time: HTTP 500");
    let cut = ChatReply { content: "Well,".into(), finish: Finish::Length, ..ChatReply::default() };
    check(Ok(cut), "the reply names no step; the token limit cut the reply");
    let cut = ChatReply { content: "Step 1 is a".into(), finish: Finish::Length, ..ChatReply::default() };
    check(Ok(cut), "the reply comes to no conclusion; the token limit cut the reply");
}

#[test]
fn a_long_trace_is_shown_in_windows_until_a_step_is_found() {
    let case = Case::long(20, 50);
    let judge = judge(json!({"window_tokens": 400, "overlap_steps": 1}));
    let windows = [0..6, 5..11, 10..16, 15..20];
    let (judgment, asked) = play(judge.as_ref(), &case, |question| match text(question) {
        text if text.contains("That makes 5.") => said(r"\boxed{19}"),
        _ => said(r"\boxed{-1}"),
    });
    let seen: Vec<_> = asked.iter().map(shown).collect();
    assert_eq!(seen, windows.clone().map(|window| window.collect::<Vec<_>>()));
    assert_eq!((judgment.state, judgment.step), (JudgeState::Found, Some(19)));
    let raw: Value = serde_json::from_str(judgment.raw.as_deref().unwrap()).unwrap();
    assert_eq!(
        (raw.as_array().unwrap().len(), &raw[1]["steps"], &raw[3]["said"]),
        (4, &json!([5, 10]), &json!(r"\boxed{19}"))
    );
    let first = text(&asked[0]);
    assert!(
        first.contains("from <step_0> to <step_19>. You see the part from <step_0> to <step_5>.\n"),
        "{first}"
    );
    let second = text(&asked[1]);
    let told = "You see the part from <step_5> to <step_10>; no step before it asserts the correct answer.";
    assert!(second.contains(told), "{second}");

    let (early, asked) = play(judge.as_ref(), &case, |_| said(r"\boxed{3}"));
    assert_eq!((early.step, asked.len()), (Some(3), 1));
    let (nowhere, asked) = play(judge.as_ref(), &case, |_| said(r"\boxed{-1}"));
    assert_eq!((nowhere.state, asked.len()), (JudgeState::Absent, 4));
}

#[test]
fn a_step_of_another_window_is_no_verdict() {
    let judge = judge(json!({"window_tokens": 400, "overlap_steps": 1}));
    let replies = vec![said(r"\boxed{-1}"), said(r"\boxed{3}"), said(r"\boxed{6}")];
    let (judgment, asked) = play_list(judge.as_ref(), &Case::long(20, 50), replies);
    assert!(text(&asked[2]).contains("3 is no step: they run from 5 to 10. Give"), "{}", text(&asked[2]));
    assert!(text(&asked[2]).contains("a single integer from 5 to 10, or -1"), "{}", text(&asked[2]));
    assert_eq!(judgment.step, Some(6));
}

#[test]
fn a_context_that_overflows_halves_the_window_and_goes_on() {
    let judge = judge(json!({"window_tokens": 4000}));
    // The server takes no more than 10 steps at once.
    let (judgment, asked) = play(judge.as_ref(), &Case::long(30, 50), |question| match shown(question) {
        steps if steps.len() > 10 => too_long(),
        steps if steps.contains(&29) => said(r"\boxed{29}"),
        _ => said(r"\boxed{-1}"),
    });
    let seen: Vec<_> = asked.iter().map(|question| (shown(question)[0], shown(question).len())).collect();
    assert_eq!(seen, [(0, 30), (0, 14), (0, 7), (5, 7), (10, 7), (15, 7), (20, 7), (25, 5)]);
    assert_eq!((judgment.state, judgment.step), (JudgeState::Found, Some(29)));
    let (hopeless, asked) = play(judge.as_ref(), &Case::long(30, 50), |_| too_long());
    assert_eq!((hopeless.state, asked.len()), (JudgeState::Failed, 5));
}

#[test]
fn a_step_longer_than_a_window_is_shown_without_its_middle() {
    let long = "la ".repeat(3000);
    let case = Case::new("What?", "5", &["So.", &long, "It is 5."], "5");
    let judge = judge(json!({"window_tokens": 500}));
    let (judgment, asked) = play(judge.as_ref(), &case, |question| match shown(question).last() {
        Some(2) => said(r"\boxed{2}"),
        _ => said(r"\boxed{-1}"),
    });
    assert_eq!(asked.iter().map(shown).collect::<Vec<_>>(), [vec![0], vec![1], vec![2]]);
    let text = text(&asked[1]);
    assert!(text.contains("characters of this step are left out here …]\n") && text.len() < 4000, "{text}");
    assert_eq!(judgment.step, Some(2));
}

#[test]
fn votes_are_samples_of_the_same_question_and_most_win() {
    let judge = judge(json!({"votes": 3, "seed": 1}));
    let replies = |words: [&str; 3]| words.map(said).to_vec();
    let (judgment, asked) =
        play_list(judge.as_ref(), &Case::sum(), replies([r"\boxed{2}", r"\boxed{1}", r"\boxed{1}"]));
    assert_eq!((judgment.state, judgment.step, judgment.votes), (JudgeState::Found, Some(1), Some(3)));
    assert_eq!((judgment.band_first, judgment.band_last), (Some(1), Some(2)));
    assert!((judgment.agreement.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!((judgment.temperature, judgment.seed), (Some(0.7), Some(1)));
    let samples: Vec<u32> = asked.iter().map(|question| question.request.sample).collect();
    assert_eq!(samples, [0, 1, 2]);
    assert!(asked.iter().all(|question| question.request.messages == asked[0].request.messages));
    let raw: Value = serde_json::from_str(judgment.raw.as_deref().unwrap()).unwrap();
    assert_eq!(raw[0], json!({"state": "found", "step": 2, "said": r"\boxed{2}"}));
}

#[test]
fn votes_that_cannot_be_read_do_not_count_and_failed_calls_fail_the_verdict() {
    let judge = judge(json!({"votes": 3, "reasks": 0}));
    let check = |words: [Result<ChatReply, chat::CallError>; 3], state, step, agreement| {
        let (judgment, _) = play_list(judge.as_ref(), &Case::sum(), words.to_vec());
        assert_eq!((judgment.state, judgment.step, judgment.agreement), (state, step, agreement));
        judgment
    };
    check([said("hm"), said("hm"), said(r"\boxed{2}")], JudgeState::Found, Some(2), Some(1.0 / 3.0));
    let none = check([said("hm"), said("well"), said("")], JudgeState::Failed, None, None);
    let expect = "none of 3 votes can be read; the first: the reply names no step";
    assert_eq!((none.reason.as_deref(), none.votes), (Some(expect), Some(3)));
    let broken = check([said(r"\boxed{1}"), exhausted(), said(r"\boxed{1}")], JudgeState::Failed, None, None);
    let expect = "vote 2 of 3: `m` failed 9 times, the last time: HTTP 500";
    assert_eq!(broken.reason.as_deref(), Some(expect));
    assert!(broken.raw.unwrap().contains(r"\\boxed{1}"));
}

#[test]
fn each_vote_goes_through_windows_of_its_own() {
    let judge = judge(json!({"votes": 2, "window_tokens": 400, "overlap_steps": 0}));
    let case = Case::long(20, 50);
    let (judgment, asked) = play(judge.as_ref(), &case, |question| {
        let early = question.request.sample == 0;
        said(if early || shown(question).contains(&19) { r"\boxed{LAST}" } else { r"\boxed{-1}" }).map(
            |reply| {
                let last = shown(question).last().unwrap().to_string();
                ChatReply { content: reply.content.replace("LAST", &last), ..reply }
            },
        )
    });
    let of = |sample| asked.iter().filter(|question| question.request.sample == sample).count();
    assert_eq!((of(0), of(1)), (1, 4));
    // One vote each: the earlier step wins.
    assert_eq!((judgment.step, judgment.agreement), (Some(5), Some(0.5)));
    assert_eq!((judgment.band_first, judgment.band_last), (Some(5), Some(19)));
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
        "judge.prompt_file: line 2: there is no variable `stpes` (did you mean `steps`?)",
    );
    check("{{ problem ", "judge.prompt_file: line 1: syntax error: ");
}

#[test]
fn bad_numbers_are_refused() {
    let check = |more: Value, expect: &str| assert_eq!(faults(&table(&more)), expect);
    check(json!({"votes": 0}), "judge.votes: 0 is too small, the least is 1");
    check(json!({"window_tokens": 9}), "judge.window_tokens: 9 is too small, the least is 64");
    check(json!({"model": ""}), "judge.model: must name the model that judges");
}

#[test]
fn the_identity_holds_the_prompt_and_not_how_calls_are_made() {
    let fingerprint_input = |more: Value| {
        JUDGES.build(&table(&more), "judge").map(|configured| configured.fingerprint_input).ok().unwrap()
    };
    let plain = fingerprint_input(json!({}));
    let how = json!({"retries": 2, "stream": false, "timeouts": {"connect": 1.0}, "requests_per_minute": 9});
    assert_eq!(plain, fingerprint_input(how));
    assert_ne!(plain, fingerprint_input(json!({"temperature": 0.5})));
    assert_ne!(plain, fingerprint_input(json!({"votes": 3})));
    assert_ne!(plain, fingerprint_input(json!({"window_tokens": 9000})));
    assert!(plain["ingredients"]["first_step.txt"].as_str().unwrap().contains("Reference answer"));
}
