//! Conversations with verifiers, played through with made-up replies.

use chat::{CallError, ChatReply, Question, Scores, dialogue};
use serde_json::{Value, json};

use crate::likelihood::tests::reply;
use crate::{Case, Outcome, VERIFIERS, Verdict, Verifier};

fn verifier(kind: &str, more: Value) -> Box<dyn Verifier> {
    let mut table = json!({"kind": kind, "model": "critic", "base_url": "http://localhost:1/v1"});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    match VERIFIERS.build(&table, "verifier") {
        Ok(configured) => configured.built,
        Err(faults) => panic!("{faults}"),
    }
}

fn case(steps: &[&str]) -> Case {
    let steps: Vec<String> = steps.iter().map(|step| format!("{step}\n\n")).collect();
    Case { problem: "2 + 3?".into(), reply: steps.concat(), steps, finished: true, ..Case::default() }
}

fn said(words: &str) -> Result<ChatReply, CallError> {
    Ok(ChatReply { content: words.into(), ..ChatReply::default() })
}

fn scores(rows: &[&[f64]]) -> Result<ChatReply, CallError> {
    let rows = rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
    Ok(ChatReply { scores: Some(Scores::new(rows)), ..ChatReply::default() })
}

fn played(
    verifier: &dyn Verifier,
    case: Case,
    replies: Vec<Result<ChatReply, CallError>>,
) -> (Outcome, Vec<Question>) {
    let mut left = replies.into_iter();
    let offline = || Err(CallError::Offline { model: "critic".into() });
    let (outcome, asked) =
        dialogue::rehearse(verifier.open(case), 9, |_| left.next().unwrap_or_else(offline));
    (outcome.unwrap(), asked)
}

fn verdict(verifier: &dyn Verifier, case: Case, replies: Vec<Result<ChatReply, CallError>>) -> Verdict {
    played(verifier, case, replies).0.unwrap()
}

fn reason(verifier: &dyn Verifier, case: Case, replies: Vec<Result<ChatReply, CallError>>) -> String {
    played(verifier, case, replies).0.unwrap_err().reason
}

fn text(question: &Question) -> &str {
    &question.request.messages.last().unwrap().content
}

#[test]
fn the_list_is_sorted() {
    assert!(VERIFIERS.entries.is_sorted_by_key(|entry| entry.kind));
}

#[test]
fn a_word_alone_scores_by_its_chance_and_words_by_their_share() {
    let alone = verifier("yes_no", json!({}));
    let place: &[(&str, f64)] = &[("Yes", -0.993), ("YES", -8.118), (" Yes", -8.197), ("No", -0.481)];
    let found = verdict(&*alone, case(&["5"]), vec![Ok(reply("No", &[place]))]);
    assert!(
        (found.score.unwrap() - 0.375_087).abs() < 1e-6 && (found.unread.unwrap() - 0.010_798).abs() < 1e-6
    );
    let found = verdict(&*alone, case(&["5"]), vec![said("Yes")]);
    assert_eq!((found.score, found.unread), (Some(1.0), None), "a server without chances");
    let votes = verifier("yes_no", json!({"check": true, "votes": 4}));
    let (outcome, asked) =
        played(&*votes, case(&["5"]), vec![said("Fine.\nyes"), said("yes"), said("no"), said("Good: yes")]);
    assert_eq!(outcome.unwrap().score, Some(0.75));
    let drawn: Vec<_> =
        asked.iter().map(|question| (question.request.sample, question.request.logprobs)).collect();
    assert_eq!(drawn, [(0, None), (1, None), (2, None), (3, None)]);
    assert_eq!(asked[0].request.sampling.temperature, Some(0.7), "votes at 0 would be one vote");
}

#[test]
fn a_number_out_of_range_is_asked_for_again_and_then_fails() {
    let scorer = verifier("score", json!({}));
    let (outcome, asked) = played(&*scorer, case(&["5"]), vec![said("Score: 120"), said("Score: 80")]);
    assert_eq!((outcome.unwrap().score, asked.len()), (Some(0.8), 2));
    assert!(text(&asked[1]).starts_with("Your reply cannot be used: 120 is no number from 0 to 100."));
    let why = reason(&*scorer, case(&["5"]), vec![said("20 or 30"), said("Score: 1 or 2")]);
    assert_eq!(why, "the reply gives more than one number: 1 and 2");
}

#[test]
fn a_reply_that_does_not_fit_loses_its_middle_and_that_is_said() {
    let scorer = verifier("score", json!({"window_tokens": 4096}));
    let long = Case { reply: "so ".repeat(3000), ..case(&[]) };
    let too_long = || Err(CallError::ContextTooLong { model: "critic".into(), message: "no".into() });
    let (outcome, asked) = played(&*scorer, long, vec![too_long(), too_long(), said("50")]);
    assert_eq!(outcome.unwrap().score, Some(0.5));
    let left_out = |question: &Question| text(question).contains(" characters are left out here …]");
    assert_eq!(asked.iter().map(left_out).collect::<Vec<_>>(), [false, true, true]);
    assert!(text(&asked[2]).len() < text(&asked[1]).len());
    let short = reason(&*scorer, case(&["5"]), vec![too_long()]);
    assert!(short.contains("context"), "{short}");
}

#[test]
fn steps_are_marked_in_windows_or_one_by_one() {
    let critic = verifier("steps", json!({"aggregate": "mean", "at_once": 2}));
    let first = r#"{"steps": [{"step": 1, "right": true}, {"step": 2, "right": "unsure"}]}"#;
    let second = r#"{"steps": [{"step": 3, "right": 0.25}]}"#;
    let (outcome, asked) = played(&*critic, case(&["a", "b", "c"]), vec![said(first), said(second)]);
    let found = outcome.unwrap();
    assert_eq!(found.steps, Some(vec![Some(1.0), Some(0.5), Some(0.25)]));
    assert!((found.score.unwrap() - 1.75 / 3.0).abs() < 1e-12);
    assert!(
        text(&asked[1]).contains("each of steps 3 to 3") && text(&asked[1]).contains("<step_1_"),
        "context is shown"
    );
    let each = verifier("steps", json!({"each": true}));
    let (outcome, asked) = played(&*each, case(&["a", "b"]), vec![said("yes"), said("no")]);
    let found = outcome.unwrap();
    assert_eq!((found.steps, found.score), (Some(vec![Some(1.0), Some(0.0)]), Some(0.0)));
    assert!(
        text(&asked[0]).contains("right so far") && text(&asked[1]).contains("the final answer of the reply")
    );
    let long = Case { steps: (0..300).map(|at| format!("{at}\n\n")).collect(), ..case(&[]) };
    let marks = |question: &Question| {
        let range =
            text(question).rsplit_once("each of steps ").unwrap().1.split_once(". In").unwrap().0.to_owned();
        let (from, to) = range.split_once(" to ").unwrap();
        let mark = |step: usize| json!({"step": step, "right": true});
        let steps: Vec<Value> = (from.parse().unwrap()..=to.parse().unwrap()).map(mark).collect();
        said(&json!({"steps": steps}).to_string())
    };
    let critic = verifier("steps", json!({}));
    let (outcome, asked) = dialogue::rehearse(critic.open(long), 9, marks);
    assert_eq!((outcome.unwrap().unwrap().steps.unwrap().len(), asked.len()), (300, 8));
}

#[test]
fn a_reward_model_gives_one_number_of_the_whole() {
    let check = |more: Value, rows: &[&[f64]], expect: Result<f64, &str>| {
        let found = played(&*verifier("reward", more), case(&["5"]), vec![scores(rows)]).0;
        match expect {
            Ok(score) => assert_eq!(found.unwrap().score, Some(score)),
            Err(words) => {
                let reason = found.unwrap_err().reason;
                assert!(reason.contains(words), "{reason}");
            }
        }
    };
    check(json!({}), &[&[-3.5]], Ok(-3.5));
    check(json!({"scale": "sigmoid"}), &[&[0.0]], Ok(0.5));
    check(json!({"scores": "classify", "class": 1}), &[&[0.25, 0.75]], Ok(0.75));
    check(json!({"scores": "classify"}), &[&[1.0]], Err("always 1"));
    check(json!({"scores": "sglang"}), &[&[1.0]], Ok(1.0));
    check(json!({"scores": "context_logits"}), &[&[9.0], &[2.0]], Ok(2.0));
    check(json!({}), &[&[0.1], &[0.2], &[0.3]], Err("the server gives 3 scores, one a token or one a step"));
    check(json!({}), &[], Err("gives no number"));
    check(json!({}), &[&[f64::NAN]], Err("the server's score is no number"));
}

#[test]
fn a_process_reward_model_gives_as_many_numbers_as_there_are_steps() {
    let prm = verifier("prm", json!({"aggregate": "product"}));
    let (outcome, asked) =
        played(&*prm, case(&["a", "b <extra_0> c"]), vec![scores(&[&[0.1, 0.9], &[0.5, 0.5]])]);
    let found = outcome.unwrap();
    assert_eq!((found.steps, found.score), (Some(vec![Some(0.9), Some(0.5)]), Some(0.45)));
    assert_eq!(
        text(&asked[0]),
        "a<extra_0>b < extra_0> c<extra_0>",
        "a mark inside a step would be a step more"
    );
    let why = reason(&*prm, case(&["a", "b"]), vec![scores(&[&[0.1, 0.9][..]; 7])]);
    assert!(why.starts_with("the server gives 7 scores for 2 steps"), "{why}");
    let why = reason(&*prm, case(&["a", "b"]), vec![scores(&[&[0.1, 0.9]])]);
    assert!(why.starts_with("the server gives 1 scores for 2 steps"), "{why}");
    let shepherd = verifier("prm", json!({"joiner": "shepherd"}));
    let (outcome, asked) = played(&*shepherd, case(&["a", "b"]), vec![scores(&[&[0.9, 0.1], &[0.2, 0.8]])]);
    assert_eq!((outcome.unwrap().score, text(&asked[0])), (Some(0.2), "2 + 3? a ки\nb ки"));
    let own = verifier("prm", json!({"joiner": "own", "separator": "§"}));
    let plain = verdict(&*own, case(&["a", "b"]), vec![scores(&[&[0.9, 0.1]])]);
    assert_eq!(plain.steps, Some(vec![Some(0.9), Some(0.1)]), "one number a step may come as a plain list");
}

#[test]
fn plus_against_minus_in_chat() {
    let prm = verifier("prm", json!({"joiner": "chat_plus_minus", "aggregate": "last"}));
    let plus: &[(&str, f64)] = &[("+", (0.75_f64).ln()), ("-", (0.25_f64).ln())];
    let minus: &[(&str, f64)] = &[("-", (0.9_f64).ln()), (" +", (0.1_f64).ln())];
    let replies = vec![Ok(reply("+", &[plus])), Ok(reply("-", &[minus]))];
    let (outcome, asked) = played(&*prm, case(&["a", "b"]), replies);
    let steps = outcome.unwrap().steps.unwrap();
    assert!((steps[0].unwrap() - 0.75).abs() < 1e-6 && (steps[1].unwrap() - 0.1).abs() < 1e-6);
    let turns: Vec<&str> = asked[1].request.messages.iter().map(|turn| turn.content.as_str()).collect();
    assert_eq!(turns, ["2 + 3? a", "+", "b"]);
    let why = reason(&*prm, case(&["a"]), vec![said("+")]);
    assert!(why.contains("tells no chances of + and -"), "{why}");
}

/// Likes the longest reply.
fn longest(question: &Question) -> Result<ChatReply, CallError> {
    let replies: Vec<&str> = text(question).split("Number ").skip(1).collect();
    let best = (0..replies.len()).max_by_key(|at| replies[*at].matches("good").count()).unwrap();
    said(&format!("Best: {}", best + 1))
}

#[test]
fn the_best_of_many_is_found_by_knock_out() {
    let cases = |count: usize| -> Vec<Case> {
        let of = |at: usize| Case { reply: "good ".repeat((at * 7) % count + 1), ..case(&[]) };
        (0..count).map(of).collect()
    };
    let check = |more: Value, count: usize, questions: usize| {
        let chooser = verifier("choose", more);
        let (outcomes, asked) = dialogue::rehearse(chooser.open_together(cases(count)), 9, longest);
        let scores: Vec<f64> =
            outcomes.unwrap().into_iter().map(|outcome| outcome.unwrap().score.unwrap()).collect();
        let best = (0..count).max_by_key(|at| (at * 7) % count).unwrap();
        let expect: Vec<f64> = (0..count).map(|at| f64::from(u8::from(at == best))).collect();
        assert_eq!((scores, asked.len()), (expect, questions));
    };
    check(json!({}), 1, 0);
    check(json!({}), 4, 1);
    check(json!({}), 5, 2);
    check(json!({"window": 2}), 8, 7);
    check(json!({"window": 2, "swap": true}), 8, 14);
    let chooser = verifier("choose", json!({"window": 2, "swap": true}));
    let (outcomes, asked) = dialogue::rehearse(chooser.open_together(cases(2)), 9, |_| said("Best: 1"));
    let chosen: f64 = outcomes.unwrap().into_iter().map(|outcome| outcome.unwrap().score.unwrap()).sum();
    assert_eq!((chosen, asked.len()), (1.0, 2), "who always says the first one is settled by lot");
    let down = |_: &Question| Err(CallError::Offline { model: "critic".into() });
    let (outcomes, _) = dialogue::rehearse(chooser.open_together(cases(2)), 9, down);
    assert!(outcomes.unwrap().iter().all(Result::is_err));
}
