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
    check("<think></think>b", "", "b", "blank");
    check("Sure! <think>a</think>b", "a", "b", "tags");
    check("a</think>b", "a", "b", "open_tag_in_prompt");
    check("</think>b", "", "b", "blank");
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
    check(&format!("<|start|>assistant{harmony}<|end|>"), "a", "b", "tags");
    check("<|channel|>analysis<|message|>a", "a", "", "unclosed");
    check("<|channel|>analysis<|message|>a<|end|><|start|>assistant", "a", "", "tags");
    check("<|channel|>final<|message|>b<|return|>", "", "b", "none");
    check("Five.<|end|>", "", "Five.<|end|>", "none");
}

#[test]
fn several_messages_of_thinking_are_one() {
    let analysis = |text: &str| format!("<|channel|>analysis<|message|>{text}<|end|><|start|>assistant");
    let end = "<|channel|>final<|message|>c<|return|>";
    check(&format!("{}{}{end}", analysis("a"), analysis("b")), "a\n\nb", "c", "tags");
    let call = "<|channel|>commentary to=functions.f<|message|>{}<|call|><|start|>assistant";
    check(&format!("{}{call}{}{end}", analysis("a"), analysis("b")), "a\n\nb", "c", "tags");
    check(&format!("{}<|channel|>analysis<|message|>b", analysis("a")), "a\n\nb", "", "unclosed");
}

#[test]
fn messages_whose_special_tokens_were_left_out() {
    check("analysisWe add.assistantfinalIt is 5.", "We add.", "It is 5.", "tags");
    check("assistantanalysisWe add.assistantfinal5", "We add.", "5", "tags");
    check("analysisWe add.assistantanalysisAgain.assistantfinal5", "We add.\n\nAgain.", "5", "tags");
    check("analysis is what we do first", "", "analysis is what we do first", "none");
    check("An analysis. assistantfinal", "", "An analysis. assistantfinal", "none");
    let auto = Think::default();
    check_with(&auto, &["analysisWe ad", "analysisWe add.assistantfinal5"], "We ad", "", "unclosed");
}

#[test]
fn tags_of_newer_models() {
    check("<|channel>thought\na\n<channel|>b", "\na\n", "b", "tags");
    check("<|channel>thought\n<channel|>b", "\n", "b", "blank");
    check("<mm:think>a</mm:think>b", "a", "b", "tags");
    check("<reason>a</reason>b", "a", "b", "tags");
    let k3 = "<|open|>think<|sep|>a<|close|>think<|sep|><|open|>response<|sep|>b<|close|>response<|sep|>";
    check(k3, "a", "b", "tags");
    check(&k3["<|open|>think<|sep|>".len()..], "a", "b", "open_tag_in_prompt");
    check("<|im_start|>think\na\n<|im_start|>answer\nb", "\na\n", "\nb", "tags");
    check("Here is my thought process: a Here is my response: b", " a ", " b", "tags");
}

#[test]
fn a_reply_with_another_known_pair_is_divided_by_that() {
    let others = ["<mm:think>a</mm:think>b", "<think>c</think>d", "<think>e</think>f"];
    check_with(&Think::default(), &others, "a", "b", "tags");
    let words = ["analysisWe add.assistantfinal5", "<think>c</think>d", "<think>e</think>f"];
    check_with(&Think::default(), &words, "We add.", "5", "tags");
}

#[test]
fn blank_thinking_is_none() {
    check("<think>\n\n</think>\n\nb", "\n\n", "\n\nb", "blank");
    check("\n\n</think>\n\nb", "\n\n", "\n\nb", "blank");
    check("<think>\n</think>\n<think>\n</think>b", "\n</think>\n<think>\n", "b", "blank");
    check("<think>\n", "\n", "", "unclosed");
    let found = generation(
        reply("<think>\n\n</think>b"),
        "m",
        &Format::new(Tags::new("<think>", "</think>"), OpenInPrompt::Auto),
    );
    assert_eq!(found.thought(), "");
}

#[test]
fn hidden_thinking_is_told_by_the_count_or_by_what_stands_in_its_place() {
    let check =
        |content: &str, reasoning: Option<&str>, field: Option<&str>, tokens: Option<u64>, expect: &str| {
            let raw = Reply {
                reasoning: reasoning.map(str::to_owned),
                reasoning_field: field.map(str::to_owned),
                reasoning_tokens: tokens,
                ..reply(content)
            };
            let format = Survey::new(&Think::default()).conclude().format;
            let found = generation(raw.clone(), "m", &format);
            assert_eq!(found.reasoning_source, expect, "{raw:?}");
            if expect == Generation::HIDDEN {
                assert_eq!(
                    (found.thought(), found.hidden_tokens()),
                    ("", tokens.map(|tokens| tokens as u32).filter(|t| *t > 0))
                );
            }
        };
    let field = Some("reasoning");
    check("5", None, None, Some(256), "hidden");
    check("5", Some("\n"), field, Some(256), "hidden");
    check("5", None, None, Some(0), "none");
    check("5", None, None, None, "none");
    check("5", Some("\n"), field, None, "blank");
    check("5", Some(""), field, Some(0), "blank");
    check("5", None, Some("redacted_thinking.sealed"), None, "hidden");
    check("5", Some("adds"), Some("reasoning.summary"), Some(256), "hidden");
    check("5", None, Some("reasoning.omitted"), None, "hidden");
    check("5", None, Some("reasoning.omitted"), Some(64), "hidden");
    check("5", None, Some("reasoning.omitted"), Some(0), "blank");
    check("", None, None, Some(4096), "hidden");
    // Blank tags are four tokens to most servers; nothing between them can be 512.
    check("<think>\n\n</think>\n\n5", None, None, Some(4), "blank");
    check("<think>\n\n</think>\n\n5", None, None, Some(512), "hidden");
    check("<think>a thought of some length</think>5", None, None, Some(7), "tags");
    // More tokens than bytes: what is shown is not all of it.
    check("5", Some("It adds two and three."), field, Some(900), "hidden");
    check("5", Some("It adds two and three."), field, Some(20), "field:reasoning");
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
    let format = Format::new(Tags::new("<think>", "</think>"), OpenInPrompt::Yes);
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
        let format = Format::new(Tags::new("<think>", "</think>"), open_in_prompt);
        let parts = divide(&text, &format);
        let (reasoning, answer) = (parts.thinking(&text), &text[parts.answer.clone()]);
        match parts.source {
            "tags" => {
                let whole = format!("<think>{reasoning}</think>{answer}");
                prop_assert!(text.ends_with(&whole));
                prop_assert!(!text[..text.len() - whole.len()].contains("<think>"));
            }
            "open_tag_in_prompt" => prop_assert_eq!(&text, &format!("{reasoning}</think>{answer}")),
            "unclosed" => prop_assert!(text.ends_with(&reasoning) && answer.is_empty()),
            Generation::NO_REASONING => prop_assert!(reasoning.is_empty() && answer == text),
            other => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn what_is_wrapped_comes_back(reasoning in "[a-z\n é<>]{0,30}", answer in "[a-z\n é<>]{0,30}") {
        for tags in chat::known_tags() {
            let format = Format::new(tags.clone(), OpenInPrompt::Auto);
            let (open, close) = tags.answer.clone().unwrap_or_default();
            let text = format!("{}{reasoning}{}{open}{answer}{close}", tags.open, tags.close);
            let parts = divide(&text, &format);
            prop_assert_eq!(&parts.thinking(&text), &reasoning);
            prop_assert_eq!(&text[parts.answer], &answer);
        }
    }
}
