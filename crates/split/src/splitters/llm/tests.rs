//! The splitter against canned replies.

use chat::dialogue::rehearse;
use chat::{CallError, ChatReply, Message, Question};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::spans::testing::{check_spans, splitter, texts};

const TEXT: &str =
    "Okay, two and three. I add them up.\n\nThat makes 5. But wait, is it? Yes, it is.\n\nSo 5.";

fn llm(more: &Value) -> Box<dyn Splitter> {
    let mut table = json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    splitter(table)
}

fn said(words: &str) -> Result<ChatReply, CallError> {
    Ok(ChatReply { content: words.into(), ..ChatReply::default() })
}

fn play(
    splitter: &dyn Splitter,
    text: &str,
    answer: impl FnMut(&Question) -> Result<ChatReply, CallError>,
) -> (Cut, Vec<Question>) {
    let (cut, asked) = rehearse(splitter.open(text), 40, answer);
    (cut.expect("it comes to an end"), asked)
}

fn steps<'a>(text: &'a str, cut: &Cut) -> Vec<&'a str> {
    cut.spans.iter().map(|span| &text[span.clone()]).collect()
}

/// What the replies, one after the other, make of the text.
fn check(more: Value, replies: &[&str], expect: &[&str], note: Option<&str>) {
    let mut replies = replies.iter();
    let (cut, _) = play(llm(&more).as_ref(), TEXT, |_| said(replies.next().expect("no more questions")));
    assert!(replies.next().is_none(), "a question is missing");
    assert_eq!((steps(TEXT, &cut).as_slice(), cut.note.as_deref(), cut.lost), (expect, note, false));
}

#[test]
fn the_model_names_pieces_and_the_text_stays_as_it_is() {
    let expect =
        ["Okay, two and three. I add them up.", "That makes 5.", "But wait, is it? Yes, it is.\n\nSo 5."];
    check(json!({}), &["0: Okay, two\n2: That makes\n3: But wait"], &expect, None);
    check(json!({}), &["0, 2, 3"], &expect, None);
    check(json!({}), &["2: That makes 5\n3: But wait, is it?"], &expect, None);
    check(json!({}), &["\"That makes 5. But\"\n\"But wait, is it?\""], &expect, None);
    check(json!({}), &["0: Okay"], &[TEXT], None);
}

#[test]
fn the_question_shows_numbered_pieces() {
    let (_, asked) = play(llm(&json!({})).as_ref(), TEXT, |_| said("0"));
    let request = &asked[0].request;
    assert_eq!((asked.len(), request.sampling.temperature), (1, Some(0.0)));
    let tail = request.messages[0].content.split("do not continue it.").nth(1).unwrap();
    insta::assert_snapshot!(tail, @"

    <pieces>
    [0] Okay, two and three.
    [1] I add them up.
    [2] That makes 5.
    [3] But wait, is it?
    [4] Yes, it is.
    [5] So 5.
    </pieces>

    Write one line for each piece from [0] to [5] that begins a step: its number, a colon, and its first words, at most five, copied exactly. If, say, the pieces [0], [3] and [7] began steps, three lines would be right, such as:

    0: Okay, so I have
    3: Let me add the
    7: Wait, is that right

    Write nothing else: no piece that goes on with its step, no titles, no summary. The first line is that of piece [0].
    ");
}

#[test]
fn an_unusable_reply_is_asked_again_and_then_the_fallback_cuts() {
    let paragraphs =
        ["Okay, two and three. I add them up.", "That makes 5. But wait, is it? Yes, it is.", "So 5."];
    let note = "pieces 0 to 5 by `separator`: the reply is empty";
    check(json!({}), &["Here is the text, divided:", ""], &paragraphs, Some(note));
    check(json!({"reasks": 0}), &[" "], &paragraphs, Some(note));
    let lost = "pieces 0 to 5 by `separator`: 2 of the 3 places that it names are not in the text";
    check(json!({"reasks": 0}), &["0: Okay\n1: The next thing\n7: The last thing"], &paragraphs, Some(lost));
    let sentences = [
        "Okay, two and three.",
        "I add them up.",
        "That makes 5.",
        "But wait, is it?",
        "Yes, it is.",
        "So 5.",
    ];
    let note = "pieces 0 to 5 by `sentence`: the reply names no piece";
    check(json!({"reasks": 0, "fallback": "sentence"}), &["none"], &sentences, Some(note));
    let again = "2: That\n3: The next thing, which is not there";
    let expect =
        ["Okay, two and three. I add them up.", "That makes 5. But wait, is it? Yes, it is.\n\nSo 5."];
    let note = "1 of the places that the model names are not in the text";
    check(json!({}), &["", again], &expect, Some(note));
}

/// Weak models write the whole text down once more.
#[test]
fn a_copy_of_the_text_divides_nothing() {
    let text = "Aye. Bee. See. Dee. Eee. Eff. Gee. Aitch.";
    let copy = (0..8).map(|number| format!("{number}: {}\n", text.split(' ').nth(number).unwrap()));
    let copy: String = copy.collect();
    let (cut, asked) = play(llm(&json!({})).as_ref(), text, |_| said(&copy));
    let note = "pieces 0 to 7 by `separator`: it names 8 of 8 pieces";
    assert_eq!((cut.spans.len(), asked.len(), cut.note.as_deref()), (1, 2, Some(note)));
}

#[test]
fn what_was_said_stands_in_the_second_question() {
    let mut replies = ["x", "0"].into_iter();
    let (_, asked) = play(llm(&json!({})).as_ref(), TEXT, |_| said(replies.next().unwrap()));
    let again = &asked[1].request.messages;
    assert_eq!(
        (again.len(), &again[0], &again[1]),
        (3, &asked[0].request.messages[0], &Message::assistant("x"))
    );
    let expect =
        "Your reply cannot be used: 1 of the 1 places that it names are not in the text. Write one line";
    assert!(again[2].content.starts_with(expect), "{}", again[2].content);
}

/// Forty sentences of the same length.
fn long() -> String {
    (10..50).map(|index| format!("This is what I think in sentence {index}. ")).collect()
}

#[test]
fn long_texts_are_asked_in_windows_with_what_stands_before() {
    let text = long();
    let splitter = llm(&json!({"window_tokens": 180, "context_pieces": 2}));
    let (cut, asked) = play(splitter.as_ref(), &text, |question| {
        let prompt = &question.request.messages[0].content;
        said(if prompt.contains("for each piece from [0]") { "0\n5" } else { "none" })
    });
    assert_eq!(cut.spans.len(), 2, "{cut:?}");
    assert!(asked.len() > 3 && cut.note.is_none(), "{} questions", asked.len());
    let second = &asked[1].request.messages[0].content;
    assert!(second.contains("The pieces from [9] to [10] are shown once more"), "{second}");
    assert!(second.contains("\n[9] This is what I think in sentence 19.\n"), "{second}");
    assert!(second.contains("for each piece from [11] to ["), "{second}");
    assert!(second.ends_with("write only: none\n") || second.ends_with("write only: none"), "{second}");
}

#[test]
fn a_window_that_fails_falls_back_alone() {
    let text = long().replace("25. ", "25.\n\n");
    let splitter = llm(&json!({"window_tokens": 180, "reasks": 0}));
    let (cut, asked) = play(splitter.as_ref(), &text, |question| {
        let prompt = &question.request.messages[0].content;
        said(if prompt.contains("for each piece from [0]") { "0\n5" } else { "no idea" })
    });
    assert!(asked.len() > 3);
    let begins: Vec<&str> = steps(&text, &cut).into_iter().map(|step| &step[..35]).collect();
    assert_eq!(begins, ["10", "15", "26"].map(|index| format!("This is what I think in sentence {index}")));
    assert!(cut.note.unwrap().starts_with("pieces 11 to "));
}

#[test]
fn a_context_that_overflows_halves_the_window() {
    let text = long();
    let too_long = || Err(CallError::ContextTooLong { model: "m".into(), message: "too long".into() });
    let (cut, asked) = play(llm(&json!({})).as_ref(), &text, |question| {
        let prompt = &question.request.messages[0].content;
        if prompt.contains("for each piece from [0] to [39]") {
            return too_long();
        }
        said(if prompt.contains("piece from [0]") {
            "0: This"
        } else {
            "30: This is what I think in sentence 40"
        })
    });
    assert_eq!((asked.len(), cut.spans.len(), cut.note.as_deref(), cut.lost), (3, 2, None, false));
    let (hopeless, asked) = play(llm(&json!({})).as_ref(), "One. Two. Three. Four", |_| too_long());
    assert_eq!((asked.len(), hopeless.lost), (7, false));
    assert!(hopeless.note.unwrap().starts_with("pieces 0 to 0 by `separator`: the request does not fit"));
}

#[test]
fn a_call_that_fails_falls_back_and_counts_as_lost() {
    let gone = CallError::Exhausted { model: "m".into(), attempts: 9, last: "HTTP 500".into() };
    let (cut, _) = play(llm(&json!({})).as_ref(), TEXT, |_| Err(gone.clone()));
    let expect = "pieces 0 to 5 by `separator`: `m` failed 9 times, the last time: HTTP 500";
    assert_eq!((cut.spans.len(), cut.lost, cut.note.as_deref()), (3, true, Some(expect)));
}

#[test]
fn nothing_is_asked_about_a_text_of_one_piece() {
    let check = |text: &str, expect: &[&str]| {
        let (cut, asked) = play(llm(&json!({})).as_ref(), text, |_| said("0"));
        assert_eq!((steps(text, &cut).as_slice(), asked.len()), (expect, 0));
    };
    check("", &[]);
    check(" \n ", &[]);
    check(" One alone.\n", &["One alone."]);
}

#[test]
fn the_identity_holds_the_prompt_and_not_how_calls_are_made() {
    let fingerprint_input = |more: Value| {
        let mut table = json!({"kind": "llm", "model": "m"});
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        SPLITTERS.build(&table, "split").ok().unwrap().fingerprint_input
    };
    let plain = fingerprint_input(json!({}));
    assert_eq!(plain, fingerprint_input(json!({"retries": 2, "fallback": "separator"})));
    assert_ne!(plain, fingerprint_input(json!({"model": "n"})));
    assert_ne!(plain, fingerprint_input(json!({"fallback": "sentence"})));
    assert!(plain["ingredients"]["boundaries.txt"].as_str().unwrap().contains("<pieces>"));
    let faults = SPLITTERS.build(&json!({"kind": "llm", "model": ""}), "split").err().unwrap();
    assert_eq!(faults.to_string(), "split.model: must name the model that splits");
}

proptest! {
    #[test]
    fn whatever_the_model_says_the_text_stays_as_it_is(
        parts in proptest::collection::vec(texts(), 1..6),
        lines in proptest::collection::vec((0_usize..60, 0_usize..400, 0_usize..40, 0_u8..5), 0..12),
        junk in "[-0-9:., \n\"\\[\\]{}A-Za-z]{0,40}",
        window in 64_usize..200,
        overflows in any::<bool>(),
    ) {
        let text = parts.join(" Hm. \n\n");
        let reply = lines.iter().map(|(number, at, length, kind)| {
            let words: String = text.chars().skip(*at).take(*length).filter(|c| *c != '\n').collect();
            match kind {
                0 => format!("{number}: {words}\n"),
                1 => format!("{words}\n"),
                2 => format!("{number}\n"),
                3 => format!("[{number}] {}\n", words.to_uppercase()),
                _ => format!("{junk}\n"),
            }
        }).collect::<String>();
        let splitter = llm(&json!({"window_tokens": window}));
        let mut calls = 0;
        let (cut, _) = play(splitter.as_ref(), &text, |_| {
            calls += 1;
            if overflows && calls % 3 == 0 {
                return Err(CallError::ContextTooLong { model: "m".into(), message: String::new() });
            }
            said(&reply)
        });
        check_spans(&text, &cut.spans, |gap| gap.trim().is_empty());
        prop_assert_eq!(cut.spans.is_empty(), text.trim().is_empty());
    }
}

/// Reply caches and run folders of users know both.
#[test]
fn requests_and_identity_stay_the_same_to_the_byte() {
    let (_, asked) = play(llm(&json!({"window_tokens": 64})).as_ref(), TEXT, |_| said("Well."));
    let bodies: Vec<String> =
        asked.iter().map(|question| serde_json::to_string(&question.request).unwrap()).collect();
    let fingerprint_input =
        SPLITTERS.build(&json!({"kind": "llm", "model": "m"}), "split").ok().unwrap().fingerprint_input;
    insta::assert_snapshot!(format!("{fingerprint_input}\n{}", bodies.join("\n")));
}
