//! Replies as servers and recordings really hold them.

use proptest::prelude::*;
use tables::{Finish, Generation, Reply};

use super::*;

fn reply(content: &str) -> Reply {
    Reply { content: content.into(), finish: Finish::Stop, ..Reply::default() }
}

/// Thinking, answer and source of the first of a model's replies.
fn first_of(contents: &[&str], think: &Think) -> (String, String, String) {
    let mut survey = Survey::new(think);
    contents.iter().for_each(|content| survey.add(&reply(content)));
    let generation = generation(reply(contents[0]), "m", &survey.conclude().format);
    (generation.reasoning, generation.answer_text, generation.reasoning_source)
}

#[track_caller]
fn check_with(think: &Think, contents: &[&str], reasoning: &str, answer: &str, source: &str) {
    let expect = (reasoning.to_owned(), answer.to_owned(), source.to_owned());
    assert_eq!(first_of(contents, think), expect, "{contents:?}");
}

#[track_caller]
fn check(content: &str, reasoning: &str, answer: &str, source: &str) {
    check_with(&Think::default(), &[content], reasoning, answer, source);
}

#[test]
fn tags_are_found_and_texts_are_left_as_they_are() {
    check("<think>\nHm.\n</think>\n\n5", "\nHm.\n", "\n\n5", "tags");
    check("\n <think>a</think>b", "a", "b", "tags");
    check("<think></think>b", "", "b", "tags");
    check("Sure! <think>a</think>b", "a", "b", "tags");
    check("a</think>b", "a", "b", "open_tag_in_prompt");
    check("</think>b", "", "b", "open_tag_in_prompt");
    check("<think>a é", "a é", "", "unclosed");
    check("Just 5.", "", "Just 5.", "none");
    check("", "", "", "none");
}

#[test]
fn nested_tags_several_blocks_and_mentions() {
    check("<think>a<think>b</think>c</think>d", "a<think>b</think>c", "d", "tags");
    check("<think>a</think>b\n<think>c</think>d", "a</think>b\n<think>c", "d", "tags");
    check("a</think>b\n<think>c</think>d", "a</think>b\n<think>c", "d", "open_tag_in_prompt");
    check("<think>a</think>b\n<think>c", "a</think>b\n<think>c", "", "unclosed");
    check("<think>the <think> tag</think>b", "the <think> tag", "b", "tags");
    check("<think>a</think>write <think> first", "a", "write <think> first", "tags");
    check("<think>a</think>\n</think>\nb", "a", "\n</think>\nb", "tags");
    check("<think>a</think>use <think> and </think>", "a", "use <think> and </think>", "tags");
}

#[test]
fn other_pairs() {
    check("<thinking>a</thinking>b", "a", "b", "tags");
    check("<seed:think>a</seed:think>b", "a", "b", "tags");
    check("[THINK]a[/THINK]b", "a", "b", "tags");
    check("◁think▷a◁/think▷b", "a", "b", "tags");
    check("a<|end_of_thinking|>b", "a", "b", "open_tag_in_prompt");
    check(
        "<|begin_of_thought|>\n\na\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\n\nb\n\n<|end_of_solution|>",
        "\n\na\n\n",
        "\n\nb\n\n",
        "tags",
    );
    let harmony = "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b";
    check(harmony, "a", "b", "tags");
    check(&format!("{harmony}<|return|>"), "a", "b", "tags");
    check("<|channel|>analysis<|message|>a", "a", "", "unclosed");
    check("Five.<|end|>", "", "Five.<|end|>", "none");
}

#[test]
fn the_other_replies_of_a_model_tell_what_one_without_tags_is() {
    let auto = Think::default();
    check_with(&auto, &["hm", "a</think>b"], "hm", "", "unclosed");
    check_with(&auto, &["hm", "<think>a</think>b"], "", "hm", "none");
    check_with(&auto, &["hm", "a</think>b", "<think>c</think>d"], "hm", "", "unclosed");
    // One answer in twenty mentions a closing tag: that is no model that thinks.
    let mut mention = vec!["hm"; 19];
    mention.push("write </think> there");
    check_with(&auto, &mention, "", "hm", "none");
    // What one reply mentions does not change the pair that the model uses.
    check_with(
        &auto,
        &["<think><thought>x</thought></think>b", "<think>a</think>b"],
        "<thought>x</thought>",
        "b",
        "tags",
    );
}

#[test]
fn cut_replies_do_not_speak_against_an_opening_tag_in_the_prompt() {
    let mut survey = Survey::new(&Think::default());
    survey.add(&reply("a</think>b"));
    (0..50).for_each(|_| survey.add(&Reply { finish: Finish::Length, ..reply("hm") }));
    let conclusion = survey.conclude();
    assert_eq!(conclusion.format.open_in_prompt, OpenInPrompt::Yes);
    assert_eq!(conclusion.cut_without_tags, 50);
}

#[test]
fn the_configuration_has_the_last_word() {
    let with = |open_in_prompt| Think { open_in_prompt, ..Think::default() };
    check_with(&with(OpenInPrompt::Yes), &["hm"], "hm", "", "unclosed");
    check_with(&with(OpenInPrompt::Yes), &["<think>a</think>b"], "a", "b", "tags");
    check_with(
        &with(OpenInPrompt::Yes),
        &["the <think> tag</think>b"],
        "the <think> tag",
        "b",
        "open_tag_in_prompt",
    );
    check_with(&with(OpenInPrompt::No), &["hm", "a</think>b"], "", "hm", "none");
    check_with(&with(OpenInPrompt::No), &["a</think>b"], "", "a</think>b", "none");
    let own = Think { open: Some("{{".into()), close: Some("}}".into()), ..Think::default() };
    check_with(&own, &["{{a}}<think>b</think>"], "a", "<think>b</think>", "tags");
}

#[test]
fn a_reasoning_field_wins() {
    let check = |reasoning: Option<&str>, content: &str, expect: (&str, &str, &str)| {
        let reply = Reply {
            reasoning: reasoning.map(str::to_owned),
            reasoning_field: Some("reasoning_content".into()),
            ..reply(content)
        };
        let format = Survey::new(&Think::default()).conclude().format;
        let found = generation(reply, "m", &format);
        let found = (found.reasoning.as_str(), found.answer_text.as_str(), found.reasoning_source.as_str());
        assert_eq!(found, expect);
    };
    check(Some("a"), "b", ("a", "b", "field:reasoning_content"));
    check(Some("a"), "", ("a", "", "field:reasoning_content"));
    check(Some("a\n"), "<think>a</think>\nb", ("a\n", "\nb", "field:reasoning_content"));
    check(Some("a"), "<think>other</think>b", ("a", "<think>other</think>b", "field:reasoning_content"));
    check(Some(" \n"), "<think>a</think>b", ("a", "b", "tags"));
    check(None, "b", ("", "b", "none"));
}

#[test]
fn a_call_that_failed_has_no_thinking_even_if_the_prompt_opens_it() {
    let format = Format { tags: Tags::new("<think>", "</think>"), open_in_prompt: OpenInPrompt::Yes };
    let failed = Reply { finish: Finish::Error, error: Some("HTTP 500".into()), ..Reply::default() };
    let found = generation(failed, "m", &format);
    assert_eq!((found.reasoning_source.as_str(), found.error.as_deref()), ("none", Some("HTTP 500")));
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<think>"),
        Just("</think>"),
        Just("<thinking>"),
        Just("</thinking>"),
        Just("\n"),
        Just("é"),
        Just(" a "),
        Just("<"),
        Just("/think>"),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn thinking_tag_and_answer_are_the_end_of_the_reply(
        text in pieces(),
        open_in_prompt in prop_oneof![Just(OpenInPrompt::Auto), Just(OpenInPrompt::Yes), Just(OpenInPrompt::No)],
    ) {
        let format = Format { tags: Tags::new("<think>", "</think>"), open_in_prompt };
        let parts = divide(&text, &format);
        let (reasoning, answer) = (&text[parts.reasoning.clone()], &text[parts.answer.clone()]);
        match parts.source {
            "tags" => {
                let whole = format!("<think>{reasoning}</think>{answer}");
                prop_assert!(text.ends_with(&whole));
                prop_assert!(!text[..text.len() - whole.len()].contains("<think>"));
            }
            "open_tag_in_prompt" => prop_assert_eq!(&text, &format!("{reasoning}</think>{answer}")),
            "unclosed" => prop_assert!(text.ends_with(reasoning) && answer.is_empty()),
            Generation::NO_REASONING => prop_assert!(reasoning.is_empty() && answer == text),
            other => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn what_is_wrapped_comes_back(reasoning in "[a-z\n é<>]{0,30}", answer in "[a-z\n é<>]{0,30}") {
        for tags in tags::known() {
            let format = Format { tags: tags.clone(), open_in_prompt: OpenInPrompt::Auto };
            let (open, close) = tags.answer.clone().unwrap_or_default();
            let text = format!("{}{reasoning}{}{open}{answer}{close}", tags.open, tags.close);
            let parts = divide(&text, &format);
            prop_assert_eq!(&text[parts.reasoning], &reasoning);
            prop_assert_eq!(&text[parts.answer], &answer);
        }
    }
}
