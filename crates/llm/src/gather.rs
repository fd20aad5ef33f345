//! From the pieces of a reply (or its one piece, when it was not streamed) to a [`ChatReply`].

use chat::shape::{self, Voice};
use chat::{Ending, has_tag};
use serde::Deserialize;
use serde_json::Value;
use tables::Finish;

use crate::{
    ChatReply,
    piece::{Field, Message, Piece},
    told_chances::ToldChances,
};

/// The fields in which servers send the thinking, the best first, at their [`Field::place`]: some send the same text in two
/// of them.
const FIELDS: [&str; 5] =
    ["reasoning_content", "reasoning", "thinking", "reasoning_details", "thinking_blocks"];
/// Where usage counts the tokens of thinking.
const COUNTS: [&[&str]; 5] = [
    &["completion_tokens_details", "reasoning_tokens"],
    &["output_tokens_details", "reasoning_tokens"],
    &["reasoning_tokens"],
    &["thoughts_token_count"],
    &["thoughtsTokenCount"],
];

/// Bytes that a text has room for from the start: it will be long, and growing from nothing copies it ten times.
const ROOM: usize = 16 << 10;

/// Pieces so far.
#[derive(Default)]
pub(crate) struct Gathered {
    content: String,
    thoughts: [String; FIELDS.len()],
    /// Blocks that are summaries, blocks that are the text itself, and the first field with a sealed one.
    summaries: usize,
    texts: usize,
    sealed: Option<usize>,
    /// The first field with a block that could hold thinking and held none when it came.
    omitted: Option<usize>,
    finish_reason: Option<String>,
    stopped_by: Option<String>,
    saw_choice: bool,
    usage: Option<Value>,
    chances: ToldChances,
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
        choice.logprobs.iter().for_each(|told| self.chances.add(told));
        if let Some(reason) = choice.finish_reason.text() {
            self.finish_reason = Some(reason.to_owned());
            // A model that refuses names a reason of its own there.
            self.stopped_by = choice.stopped_by().filter(|word| *word != reason).map(str::to_owned);
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
        if field == Field::Content { &mut self.content } else { &mut self.thoughts[field.place()] }
    }

    /// The same for a value that was read before.
    pub(crate) fn add(&mut self, piece: &Value) {
        self.take(Piece::deserialize(piece).unwrap_or_default());
    }

    /// The pieces of a list continue each other, as those of a stream do.
    fn take_message(&mut self, message: &Message<'_>) {
        for (field, value) in message.fields() {
            if let Some(text) = value.text() {
                self.text_of(field).push_str(text);
            }
            let voice = if field == Field::Content { Voice::Text } else { Voice::Thinking };
            let mut take = |piece: shape::Piece<'_>| self.take_piece(field, piece);
            value.list().iter().for_each(|part| shape::pieces(part, voice, &mut take));
        }
    }

    fn take_piece(&mut self, field: Field, piece: shape::Piece<'_>) {
        let field = match (field, piece.voice) {
            (Field::Content, Voice::Text) => Field::Content,
            (Field::Content, _) => Field::Thinking,
            (field, _) => field,
        };
        match piece.voice {
            Voice::Text => {}
            Voice::Thinking => self.texts += usize::from(!piece.text.is_empty()),
            Voice::Summary => self.summaries += usize::from(!piece.text.is_empty()),
            Voice::Sealed => drop(self.sealed.get_or_insert(field.place())),
            Voice::Omitted => drop(self.omitted.get_or_insert(field.place())),
        }
        self.text_of(field).push_str(piece.text);
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
        let ending = ending(self.finish_reason.as_deref())?;
        let count = |path: &[&str]| number(self.usage.as_ref()?, path);
        let some = |tokens: Option<u64>| tokens.filter(|tokens| *tokens > 0);
        let prompt_tokens = some(count(&["prompt_tokens"]));
        let cached_prompt_tokens = count(&["prompt_tokens_details", "cached_tokens"])
            .or_else(|| count(&["prompt_cache_hit_tokens"]));
        let completion_tokens =
            count(&["completion_tokens"]).filter(|tokens| *tokens > 0 || !self.has_text());
        let reasoning_tokens =
            COUNTS.iter().find_map(|path| count(path)).filter(|tokens| *tokens > 0 || !self.thinks());
        let end = self.hidden_end();
        let unseen = self.sealed.or(self.omitted).map(|place| FIELDS[place]);
        let mut thoughts = FIELDS.iter().zip(self.thoughts);
        let (field, reasoning) = thoughts.find(|(_, text)| !text.is_empty()).unzip();
        let field = field.copied().or(unseen);
        Ok(ChatReply {
            logprobs: self.chances.of_reply(&self.content).map(Box::new),
            content: self.content,
            reasoning,
            reasoning_field: field.map(|field| format!("{field}{end}")),
            finish: ending.finish,
            finish_word: ending.word,
            stopped_by: self.stopped_by,
            prompt_tokens,
            cached_prompt_tokens,
            completion_tokens,
            reasoning_tokens,
            ..ChatReply::default()
        })
    }

    /// What the name of the field ends in: nothing where the thinking itself came.
    fn hidden_end(&self) -> &'static str {
        let seen = self.thoughts.iter().any(|text| !text.trim().is_empty());
        match (self.sealed, self.summaries > 0 && self.texts == 0) {
            (Some(_), _) => shape::SEALED,
            (None, true) => shape::SUMMARY,
            // The signature of a text that was streamed before it comes in a block of its own.
            (None, false) if self.omitted.is_some() && !seen => shape::OMITTED,
            (None, false) => "",
        }
    }

    /// There is thinking, in a field of its own or between tags in the content.
    fn thinks(&self) -> bool {
        self.sealed.is_some() || self.thoughts.iter().any(|text| !text.is_empty()) || has_tag(&self.content)
    }
}

fn number(usage: &Value, path: &[&str]) -> Option<u64> {
    path.iter().try_fold(usage, |value, key| value.get(key))?.as_u64()
}

/// What a server's word for the end means; some words mean that the reply failed on its way.
fn ending(reason: Option<&str>) -> Result<Ending, String> {
    let ending = reason.map(Ending::of).unwrap_or_default();
    let gone = ["abort", "aborted", "insufficient_system_resource"];
    match reason {
        Some(word) if ending.finish == Finish::Error || gone.contains(&word) => {
            Err(format!("the server gave the reply up (finish_reason `{word}`)"))
        }
        _ => Ok(ending),
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
        assert!(whole(json!({"content": "5", "reasoning_details": summary}), Value::Null).is_hidden());
        assert!(!whole(json!({"content": "5", "reasoning": "hm"}), Value::Null).is_hidden());
        let sealed = json!({"type": "reasoning.encrypted", "data": "gA"});
        let reply = whole(json!({"content": "5", "reasoning_details": [sealed]}), Value::Null);
        assert_eq!(
            (reply.reasoning, reply.reasoning_field.as_deref()),
            (None, Some("reasoning_details.sealed"))
        );
        let redacted = json!([{"type": "redacted_thinking", "data": "x"}, {"type": "text", "text": "5"}]);
        assert!(whole(json!({"content": redacted}), Value::Null).is_hidden());
        let mut streamed = Gathered::default();
        for block in
            [json!({"type": "thinking", "thinking": "hm"}), json!({"type": "thinking", "signature": "Er"})]
        {
            streamed.add(&json!({"choices": [{"delta": {"thinking_blocks": [block]}}]}));
        }
        assert!(!streamed.reply().unwrap().is_hidden());
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
            assert_eq!(ending(reason).map(|ending| ending.finish).map_err(drop), expect, "{reason:?}")
        };
        check(Some("stop"), Ok(Finish::Stop));
        check(Some("length"), Ok(Finish::Length));
        check(Some("MAX_TOKENS"), Ok(Finish::Length));
        check(Some("content_filter"), Ok(Finish::Unknown));
        assert_eq!(ending(Some("content_filter")).unwrap().word.as_deref(), Some("content_filter"));
        check(None, Ok(Finish::Unknown));
        check(Some("abort"), Err(()));
    }

    #[test]
    fn the_stop_text_is_known_where_it_is_told() {
        let check = |more: Value, expect: Option<&str>| {
            let mut choice = json!({"message": {"content": "5"}, "finish_reason": "stop"});
            choice.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let mut gathered = Gathered::default();
            gathered.add(&json!({"choices": [choice]}));
            assert_eq!(gathered.reply().unwrap().stopped_by.as_deref(), expect, "{more}");
        };
        check(json!({}), None);
        check(json!({"stop_reason": null}), None);
        check(json!({"stop_reason": 151_645}), None);
        check(json!({"stop_reason": "\n\n"}), Some("\n\n"));
        check(json!({"matched_stop": "Step"}), Some("Step"));
        check(json!({"matched_stop": 2}), None);
        check(json!({"stopping_word": "Step"}), Some("Step"));
        check(json!({"stopping_word": ""}), None);
        check(json!({"stop_reason": "stop"}), None);
    }

    #[test]
    fn nothing_at_all_is_no_reply_but_an_empty_one_is() {
        let mut nothing = Gathered::default();
        nothing.add(&json!({"choices": []}));
        assert!(nothing.reply().is_err());
        assert!(whole(json!({"content": null}), Value::Null).is_empty());
    }
}
