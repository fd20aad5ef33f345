//! A reply in the two forms in which OpenAI-compatible servers send it.

use serde_json::{Map, Value, json};

use crate::{
    Asked, Behaviour, Said, Thinking, UsageStyle,
    chances::{Chances, ONLY_CLOSING, Part},
    going_on::Beginning,
};

/// A reply with its thinking where the behaviour wants it.
pub(crate) struct Placed {
    /// The field of the thinking and its text.
    field: Option<(String, String)>,
    content: String,
    finish: String,
    usage: Option<Value>,
    /// The stop text that ended it, of a server that names it.
    stopped_by: Option<Option<String>>,
    chances: Option<Chances>,
    asked: Asked,
}

impl Placed {
    pub(crate) fn new(said: Said, behaviour: &Behaviour, asked: Asked) -> Self {
        let usage = usage(&said, behaviour, &asked);
        let chances = Chances::asked_for(&said, behaviour, &asked);
        let finish = said.finish.clone().unwrap_or_else(|| behaviour.finish.clone());
        let Said { reasoning, content, .. } = said;
        let inline = |open: &str, close: &str, rest: &str| format!("{open}{reasoning}{close}{rest}");
        let (field, content) = match &behaviour.thinking {
            _ if reasoning.is_empty() => (None, content),
            Thinking::Field { name } => (Some((name.clone(), reasoning)), content),
            Thinking::Details => (Some(("reasoning_details".to_owned(), reasoning)), content),
            Thinking::Tags { open, close } => (None, inline(open, close, &content)),
            Thinking::OnlyClosingTag => (None, inline("", ONLY_CLOSING, &content)),
            Thinking::Unclosed => (None, inline("<think>\n", "", "")),
            Thinking::None => (None, content),
        };
        Self { field, content, finish, usage, stopped_by: None, chances, asked }
    }

    /// What is told of its tokens.
    pub(crate) fn usage(&self) -> Option<&Value> {
        self.usage.as_ref()
    }

    /// With the stop text that ended it, or that there was none.
    pub(crate) fn stopped_by(self, stop: Option<String>) -> Self {
        Self { stopped_by: Some(stop), ..self }
    }

    /// Behind its beginning; what was said before is not counted again.
    pub(crate) fn repeating(self, beginning: &Beginning) -> Self {
        let (name, thinking) = self.field.unzip();
        let (thinking, content) = beginning.repeated((thinking, self.content));
        let name = name.unwrap_or_else(|| "reasoning_content".to_owned());
        Self { field: thinking.map(|text| (name, text)), content, ..self }
    }

    /// The reply to a prompt: raw text.
    pub(crate) fn completion(&self) -> Value {
        let thinking = self.field.as_ref().map(|(_, thinking)| format!("{thinking}\n</think>\n\n"));
        let text = thinking.unwrap_or_default() + &self.content;
        let choice = self.told(json!({"index": 0, "text": text, "finish_reason": self.finish}));
        let mut reply = self.envelope("text_completion", json!([choice]));
        if let Some(usage) = &self.usage {
            reply["usage"] = usage.clone();
        }
        reply
    }

    /// A choice with what this server tells of its end.
    fn told(&self, mut choice: Value) -> Value {
        if let Some(stop) = &self.stopped_by {
            choice["stop_reason"] = json!(stop);
        }
        choice
    }

    /// The reply as one object.
    pub(crate) fn whole(&self) -> Value {
        let mut message = Map::new();
        message.insert("role".to_owned(), json!("assistant"));
        message.insert("content".to_owned(), json!(self.content));
        if let Some((name, text)) = &self.field {
            message.insert(name.clone(), thought(name, text));
        }
        let mut choice = self.told(json!({"index": 0, "message": message, "finish_reason": self.finish}));
        if let Some(chances) = &self.chances {
            choice["logprobs"] = chances.all();
        }
        let mut reply = self.envelope("chat.completion", json!([choice]));
        if let Some(usage) = &self.usage {
            reply["usage"] = usage.clone();
        }
        reply
    }

    /// The reply as the events of a stream, `[DONE]` not included.
    pub(crate) fn events(&self, behaviour: &Behaviour) -> Vec<Value> {
        let mut events = vec![self.chunk(json!({"role": "assistant", "content": ""}), Value::Null)];
        if let Some((name, text)) = &self.field {
            for (piece, told) in self.pieces(text, Part::Thinking, behaviour) {
                let mut delta = json!({});
                delta[name.as_str()] = thought(name, &piece);
                if behaviour.null_content {
                    delta["content"] = Value::Null;
                }
                events.push(self.telling(delta, told));
            }
        }
        let contents = self.pieces(&self.content, Part::Text, behaviour);
        events
            .extend(contents.into_iter().map(|(piece, told)| self.telling(json!({"content": piece}), told)));
        let mut end = self.chunk(json!({}), json!(self.finish));
        end["choices"][0] = self.told(end["choices"][0].take());
        events.push(end);
        let wanted = self.asked.body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true));
        if let Some(usage) = self.usage.as_ref().filter(|_| wanted) {
            let mut last = self.envelope("chat.completion.chunk", json!([]));
            last["usage"] = usage.clone();
            events.push(last);
        }
        events
    }

    /// The pieces of a text; word by word with what is told of each, where that is asked for.
    fn pieces(&self, text: &str, part: Part, behaviour: &Behaviour) -> Vec<(String, Option<Value>)> {
        match &self.chances {
            None => pieces(text, behaviour.chunk_chars).map(|piece| (piece, None)).collect(),
            Some(chances) => chances.pieces(part),
        }
    }

    fn telling(&self, delta: Value, told: Option<Value>) -> Value {
        let mut chunk = self.chunk(delta, Value::Null);
        if let Some(told) = told {
            chunk["choices"][0]["logprobs"] = told;
        }
        chunk
    }

    fn chunk(&self, delta: Value, finish: Value) -> Value {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
        self.envelope("chat.completion.chunk", json!([choice]))
    }

    fn envelope(&self, object: &str, choices: Value) -> Value {
        let id = format!("scripted-{}", self.asked.number);
        json!({"id": id, "object": object, "created": 0, "model": self.asked.model, "choices": choices})
    }
}

fn thought(name: &str, text: &str) -> Value {
    if name == "reasoning_details" { json!([{"type": "reasoning.text", "text": text}]) } else { json!(text) }
}

fn pieces(text: &str, chars: usize) -> impl Iterator<Item = String> {
    let all: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = all.chunks(chars.max(1)).map(|piece| piece.iter().collect()).collect();
    pieces.into_iter()
}

/// `None` leaves the key out.
fn usage(said: &Said, behaviour: &Behaviour, asked: &Asked) -> Option<Value> {
    let words = |text: &str| text.split_whitespace().count();
    let messages = asked.body.get("messages").and_then(Value::as_array).into_iter().flatten();
    let seen = if behaviour.drops_thinking { &["content"][..] } else { &["content", "reasoning_content"] };
    let texts = messages.flat_map(|message| seen.iter().filter_map(|key| message.get(*key)?.as_str()));
    let completed = asked.body.get("prompt").and_then(Value::as_str);
    let prompt: usize = texts.chain(completed).map(words).sum();
    let thinking = words(&said.reasoning);
    let completion = thinking + words(&said.content);
    let mut usage = json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    });
    match behaviour.usage {
        UsageStyle::Full => usage["completion_tokens_details"] = json!({"reasoning_tokens": thinking}),
        UsageStyle::ZeroThinking => usage["completion_tokens_details"] = json!({"reasoning_tokens": 0}),
        UsageStyle::WithoutThinking => {}
        UsageStyle::Null => usage = Value::Null,
        UsageStyle::Absent => return None,
    }
    Some(usage)
}
