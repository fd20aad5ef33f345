//! From the pieces of a reply (or its one piece, when it was not streamed) to a [`ChatReply`].

use serde::Deserialize;
use serde_json::Value;
use tables::Finish;

use crate::{
    ChatReply,
    piece::{Field, Message, Piece},
};

/// The fields in which servers send the thinking, the best first: some send the same text in two of them.
const FIELDS: [&str; 4] = ["reasoning_content", "reasoning", "thinking", "reasoning_details"];
/// The place of `reasoning_details` among [`FIELDS`].
const DETAILS: usize = 3;
/// The place of `thinking`, which parts of a content list fill too.
const THINKING: usize = 2;

/// Marks of thinking inside the content: a count of 0 thinking tokens beside one of them is no count.
const TAGS: [&str; 12] = [
    "<think",
    "</think",
    "<thought>",
    "</thought>",
    "<reasoning>",
    "<seed:think>",
    "_of_thought|>",
    "_of_thinking|>",
    "_THINKING|>",
    "[THINK]",
    "◁think▷",
    "<|channel|>",
];

/// Bytes that a text has room for from the start: it will be long, and growing from nothing copies it ten times.
const ROOM: usize = 16 << 10;

/// Pieces so far.
#[derive(Default)]
pub(crate) struct Gathered {
    content: String,
    thoughts: [String; FIELDS.len()],
    /// Details that are summaries, and details that are the text itself.
    summaries: usize,
    texts: usize,
    finish_reason: Option<String>,
    saw_choice: bool,
    usage: Option<Value>,
}

impl Gathered {
    /// Takes one `chat.completion.chunk` or one whole `chat.completion`.
    pub(crate) fn take(&mut self, piece: Piece<'_>) {
        if let Some(usage) = piece.usage.filter(|usage| usage.is_object()) {
            self.usage = Some(*usage);
        }
        let Some(choice) = piece.choices.0 else { return };
        self.saw_choice = true;
        if let Some(message) = choice.delta.as_ref().or(choice.message.as_deref()) {
            self.take_message(message);
        } else if let Some(text) = choice.text.text() {
            self.content.push_str(text);
        }
        if let Some(reason) = choice.finish_reason.text() {
            self.finish_reason = Some(reason.to_owned());
        }
    }

    /// Takes one more text for a field of the reply.
    pub(crate) fn take_text(&mut self, field: Field, text: &str) {
        self.saw_choice = true;
        let so_far = self.text_of(field);
        if so_far.capacity() == 0 {
            so_far.reserve(ROOM);
        }
        so_far.push_str(text);
    }

    fn text_of(&mut self, field: Field) -> &mut String {
        match field {
            Field::Content => &mut self.content,
            Field::ReasoningContent => &mut self.thoughts[0],
            Field::Reasoning => &mut self.thoughts[1],
            Field::Thinking => &mut self.thoughts[THINKING],
            Field::ReasoningDetails => &mut self.thoughts[DETAILS],
        }
    }

    /// The same for a value that was read before.
    pub(crate) fn add(&mut self, piece: &Value) {
        self.take(Piece::deserialize(piece).unwrap_or_default());
    }

    fn take_message(&mut self, message: &Message<'_>) {
        for (field, value) in message.fields() {
            if let Some(text) = value.text() {
                self.text_of(field).push_str(text);
            }
        }
        message.content.list().iter().for_each(|part| self.add_part(part));
        message.reasoning_details.list().iter().for_each(|detail| self.add_detail(detail));
    }

    /// A content list holds parts with text, and with thinking that is text or again a list of parts.
    fn add_part(&mut self, part: &Value) {
        if let Some(text) = part.get("text").and_then(Value::as_str) {
            self.content.push_str(text);
        }
        match part.get("thinking") {
            Some(Value::String(text)) => self.thoughts[THINKING].push_str(text),
            Some(Value::Array(parts)) => {
                let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
                texts.for_each(|text| self.thoughts[THINKING].push_str(text));
            }
            _ => {}
        }
    }

    fn add_detail(&mut self, detail: &Value) {
        let text = |key| detail.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(text) = text("text") {
            self.texts += 1;
            self.thoughts[DETAILS].push_str(text);
        } else if let Some(summary) = text("summary") {
            self.summaries += 1;
            self.thoughts[DETAILS].push_str(summary);
        }
    }

    /// Bytes of text and thinking so far.
    pub(crate) fn bytes(&self) -> usize {
        self.content.len() + self.thoughts.iter().map(String::len).sum::<usize>()
    }

    /// A token of text or thinking has come.
    pub(crate) fn has_text(&self) -> bool {
        !self.content.is_empty() || self.thoughts.iter().any(|text| !text.is_empty())
    }

    /// The server said why it stopped.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// The whole reply, without its timings; the error is a sentence and worth another try.
    pub(crate) fn reply(self) -> Result<ChatReply, String> {
        if !self.saw_choice {
            return Err("the server sent a reply without choices".to_owned());
        }
        let finish = finish(self.finish_reason.as_deref())?;
        let count = |path: &[&str]| number(self.usage.as_ref()?, path);
        let some = |tokens: Option<u64>| tokens.filter(|tokens| *tokens > 0);
        let prompt_tokens = some(count(&["prompt_tokens"]));
        let cached_prompt_tokens = count(&["prompt_tokens_details", "cached_tokens"])
            .or_else(|| count(&["prompt_cache_hit_tokens"]));
        let completion_tokens =
            count(&["completion_tokens"]).filter(|tokens| *tokens > 0 || !self.has_text());
        let reasoning_tokens = count(&["completion_tokens_details", "reasoning_tokens"])
            .or_else(|| count(&["reasoning_tokens"]))
            .filter(|tokens| *tokens > 0 || !self.thinks());
        let only_summary = self.summaries > 0 && self.texts == 0;
        let mut thoughts = FIELDS.iter().zip(self.thoughts);
        let (field, reasoning) = thoughts.find(|(_, text)| !text.is_empty()).unzip();
        let suffix = if only_summary { ChatReply::SUMMARY } else { "" };
        Ok(ChatReply {
            content: self.content,
            reasoning,
            reasoning_field: field.map(|field| format!("{field}{suffix}")),
            finish,
            prompt_tokens,
            cached_prompt_tokens,
            completion_tokens,
            reasoning_tokens,
            ..ChatReply::default()
        })
    }

    /// There is thinking, in a field of its own or between tags in the content.
    fn thinks(&self) -> bool {
        self.thoughts.iter().any(|text| !text.is_empty()) || TAGS.iter().any(|tag| self.content.contains(tag))
    }
}

fn number(usage: &Value, path: &[&str]) -> Option<u64> {
    path.iter().try_fold(usage, |value, key| value.get(key))?.as_u64()
}

/// What a server's word for the end means; some words mean that the reply failed on its way.
fn finish(reason: Option<&str>) -> Result<Finish, String> {
    match reason {
        Some("stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "completed") => Ok(Finish::Stop),
        Some("length" | "max_tokens" | "model_length" | "max_length") => Ok(Finish::Length),
        Some(failed @ ("error" | "abort" | "insufficient_system_resource")) => {
            Err(format!("the server gave the reply up (finish_reason `{failed}`)"))
        }
        _ => Ok(Finish::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole(message: Value, usage: Value) -> ChatReply {
        let mut gathered = Gathered::default();
        gathered.add(&json!({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}));
        gathered.reply().unwrap()
    }

    #[test]
    fn thinking_is_found_in_every_field() {
        let check = |message: Value, field: Option<&str>| {
            let reply = whole(message.clone(), Value::Null);
            assert_eq!(reply.reasoning_field.as_deref(), field, "{message}");
            assert_eq!(reply.reasoning.as_deref(), field.map(|_| "hm"), "{message}");
            assert_eq!(reply.content, "5", "{message}");
        };
        check(json!({"content": "5"}), None);
        check(json!({"content": "5", "reasoning_content": null, "reasoning": ""}), None);
        check(json!({"content": "5", "reasoning_content": "hm"}), Some("reasoning_content"));
        check(json!({"content": "5", "reasoning": "hm"}), Some("reasoning"));
        check(
            json!({"content": "5", "reasoning": "hm", "reasoning_content": "hm"}),
            Some("reasoning_content"),
        );
        check(json!({"content": "5", "thinking": "hm"}), Some("thinking"));
        let details =
            json!([{"type": "reasoning.text", "text": "h"}, {"type": "reasoning.text", "text": "m"}]);
        check(json!({"content": "5", "reasoning_details": details}), Some("reasoning_details"));
        let parts =
            json!([{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "5"}]);
        check(json!({"content": parts}), Some("thinking"));
        let summary = json!([{"type": "reasoning.summary", "summary": "hm"}]);
        check(json!({"content": "5", "reasoning_details": summary}), Some("reasoning_details.summary"));
        check(
            json!({"content": "5", "reasoning": "hm", "reasoning_details": summary}),
            Some("reasoning.summary"),
        );
    }

    #[test]
    fn a_summary_is_no_trace() {
        let summary = json!([{"type": "reasoning.summary", "summary": "hm"}]);
        assert!(whole(json!({"content": "5", "reasoning_details": summary}), Value::Null).is_summary());
        assert!(!whole(json!({"content": "5", "reasoning": "hm"}), Value::Null).is_summary());
    }

    #[test]
    fn unknown_counts_are_not_zero() {
        let check = |message: Value, usage: Value, expect: [Option<u64>; 3]| {
            let reply = whole(message, usage.clone());
            assert_eq!(
                [reply.prompt_tokens, reply.completion_tokens, reply.reasoning_tokens],
                expect,
                "{usage}"
            );
        };
        let thought = json!({"content": "5", "reasoning": "hm"});
        let plain = json!({"content": "5"});
        let tagged = json!({"content": "hm</think>5"});
        let zero = json!({"prompt_tokens": 3, "completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 0}});
        check(thought.clone(), Value::Null, [None; 3]);
        check(thought.clone(), zero.clone(), [Some(3), Some(9), None]);
        check(tagged, zero.clone(), [Some(3), Some(9), None]);
        for tag in [
            "<thinking>",
            "<|begin_of_thought|>",
            "<|END_THINKING|>",
            "[THINK]",
            "<|channel|>analysis<|message|>",
        ] {
            check(json!({"content": format!("{tag} hm")}), zero.clone(), [Some(3), Some(9), None]);
        }
        check(plain.clone(), zero, [Some(3), Some(9), Some(0)]);
        check(
            thought.clone(),
            json!({"completion_tokens_details": null, "completion_tokens": 9}),
            [None, Some(9), None],
        );
        check(thought, json!({"completion_tokens_details": {"reasoning_tokens": 4}}), [None, None, Some(4)]);
        check(plain, json!({"prompt_tokens": 0, "completion_tokens": 0}), [None; 3]);
    }

    #[test]
    fn the_end_is_named() {
        let check = |reason, expect: Result<Finish, ()>| {
            assert_eq!(finish(reason).map_err(drop), expect, "{reason:?}")
        };
        check(Some("stop"), Ok(Finish::Stop));
        check(Some("length"), Ok(Finish::Length));
        check(Some("content_filter"), Ok(Finish::Unknown));
        check(None, Ok(Finish::Unknown));
        check(Some("abort"), Err(()));
    }

    #[test]
    fn nothing_at_all_is_no_reply_but_an_empty_one_is() {
        let mut nothing = Gathered::default();
        nothing.add(&json!({"choices": []}));
        assert!(nothing.reply().is_err());
        assert!(whole(json!({"content": null}), Value::Null).is_empty());
    }
}
