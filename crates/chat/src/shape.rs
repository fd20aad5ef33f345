//! The shapes in which servers and files hold a reply: text, thinking, and signs of thinking that they do not show. The
//! one table of them, for whoever reads a message.
//!
//! A message is a table with text or a list of blocks in `content`, and its thinking in a member of its own, in blocks,
//! or in both. Providers that keep the thinking to themselves send a summary, an encrypted text, or an empty block in
//! its place; what is not the thinking itself makes the whole reply one with hidden thinking.

use serde_json::{Map, Value};

/// Ends the name of a field that holds a summary of the thinking in its place.
pub const SUMMARY: &str = ".summary";
/// Ends the name of a field whose thinking is encrypted or redacted.
pub const SEALED: &str = ".sealed";
/// Ends the name of a field that only says that there was thinking: an item with a signature or an encrypted text, or
/// with nothing in it at all. A server that counts 0 tokens of it says otherwise.
pub const OMITTED: &str = ".omitted";

/// Members of a message that hold its thinking, the best first: some sources say the same in two of them.
const MEMBERS: &[&str] = &[
    "reasoning_content",
    "reasoning",
    "thinking",
    "thought",
    "thoughts",
    "think",
    "cot",
    "reasoning_text",
    "thinking_content",
    "reasoning_details",
    "thinking_blocks",
];

/// Members that hold a summary of it.
const SUMMARIES: &[&str] = &["reasoning_summary", "thinking_summary"];

/// Tables in which libraries keep what a provider sent beyond the usual.
const ASIDE: &[&str] = &["provider_specific_fields", "additional_kwargs", "model_extra"];

/// Members that hold the text of a message.
const CONTENT: &[&str] = &["content", "value", "text", "parts"];

/// Kinds of blocks and turns that are thinking.
const KINDS: &[&str] = &[
    "thinking",
    "reasoning",
    "thought",
    "thoughts",
    "think",
    "cot",
    "chain_of_thought",
    "analysis",
    "reasoning_content",
    "reasoning.text",
    "reasoning_text",
    "thinking_text",
];

/// Members of a block of thinking that hold it.
const INSIDE: &[&str] =
    &["thinking", "reasoning", "thought", "text", "content", "reasoning_content", "value"];

/// Members of a block that stand for thinking that is not shown.
const ENCRYPTED: &[&str] = &["encrypted_content", "encrypted", "data", "signature"];

/// Whose words a piece holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The reply's text.
    Text,
    /// The thinking itself.
    Thinking,
    /// A summary of the thinking.
    Summary,
    /// Thinking that is encrypted or redacted; the piece has no text.
    Sealed,
    /// An item that could hold thinking, or a summary of it, and holds nothing; the piece has no text.
    Omitted,
}

/// A piece of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Whose words it holds.
    pub voice: Voice,
    /// The kind of its block; empty where it says none.
    pub kind: &'a str,
    /// The words.
    pub text: &'a str,
}

/// The kind of a block, a turn or a channel is thinking.
pub fn is_thinking(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// Hands over every piece of a text, a block, or a list of them, in order. `voice` is that of a text of no kind.
pub fn pieces<'a>(value: &'a Value, voice: Voice, take: &mut dyn FnMut(Piece<'a>)) {
    match value {
        Value::String(text) => take(Piece { voice, kind: "", text }),
        Value::Array(items) => items.iter().for_each(|item| pieces(item, voice, take)),
        Value::Object(block) => of_block(block, voice, take),
        _ => {}
    }
}

fn of_block<'a>(block: &'a Map<String, Value>, voice: Voice, take: &mut dyn FnMut(Piece<'a>)) {
    let kind = block.get("type").and_then(Value::as_str).unwrap_or_default();
    let flagged = |name: &str| block.get(name) == Some(&Value::Bool(true));
    if kind.contains("redacted") || kind.contains("encrypted") || flagged("redacted") {
        take(Piece { voice: Voice::Sealed, kind, text: "" });
    } else if kind.contains("summary") || voice == Voice::Summary {
        first_of(block, &["summary", "text", "content"], Voice::Summary, kind, take);
    } else if voice == Voice::Thinking || is_thinking(kind) || flagged("thought") || is_bare(block, kind) {
        of_thinking(block, kind, take);
    } else if !kind.contains("tool") {
        first_of(block, &["text", "content", "refusal", "parts"], Voice::Text, kind, take);
    }
}

/// A block without a kind that holds thinking and no text.
fn is_bare(block: &Map<String, Value>, kind: &str) -> bool {
    let holds = |name: &str| block.get(name).is_some_and(|value| !value.is_null());
    kind.is_empty()
        && !holds("text")
        && !holds("content")
        && ["thinking", "reasoning"].iter().any(|name| holds(name))
}

fn of_thinking<'a>(block: &'a Map<String, Value>, kind: &'a str, take: &mut dyn FnMut(Piece<'a>)) {
    let mut shown = false;
    first_of(block, INSIDE, Voice::Thinking, kind, &mut |piece: Piece<'a>| {
        shown |= piece.voice != Voice::Thinking || !piece.text.trim().is_empty();
        take(piece);
    });
    if shown {
        return;
    }
    let filled =
        |name: &str| block.get(name).is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty()));
    let summary = block.get("summary").filter(|value| !value.is_null());
    if summary.is_some() || ENCRYPTED.iter().any(|name| filled(name)) {
        take(Piece { voice: Voice::Omitted, kind, text: "" });
    }
    summary.into_iter().for_each(|summary| named(summary, Voice::Summary, kind, take));
}

/// The pieces of the first of these members that holds anything.
fn first_of<'a>(
    block: &'a Map<String, Value>,
    names: &[&str],
    voice: Voice,
    kind: &'a str,
    take: &mut dyn FnMut(Piece<'a>),
) {
    let holds = |value: &&Value| !(value.is_null() || value.is_boolean());
    if let Some(value) = names.iter().find_map(|name| block.get(*name).filter(holds)) {
        named(value, voice, kind, take);
    }
}

/// The pieces of a value; those of no kind, and all that stand in thinking, are of the block's.
fn named<'a>(value: &'a Value, voice: Voice, kind: &'a str, take: &mut dyn FnMut(Piece<'a>)) {
    let outer = is_thinking(kind);
    pieces(value, voice, &mut |piece| {
        take(if outer || piece.kind.is_empty() { Piece { kind, ..piece } } else { piece })
    });
}

/// What a message shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The text, thinking between tags included; `None` where the message has none, which is not an empty one.
    pub text: Option<String>,
    /// The thinking where it is kept apart, or the summary that came in its place.
    pub thinking: Option<String>,
    /// Where it stood, such as `reasoning_content`; ends in [`SUMMARY`], [`SEALED`] or [`OMITTED`] where it is hidden.
    pub field: Option<String>,
}

impl Shown {
    /// A text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// What a message, or a turn of a conversation, shows. Pieces are paragraphs of their own.
    pub fn of_message(message: &Map<String, Value>) -> Self {
        let mut found = Found::default();
        if let Some(content) =
            CONTENT.iter().find_map(|name| message.get(*name).filter(|value| !value.is_null()))
        {
            found.text.get_or_insert_default();
            pieces(content, Voice::Text, &mut |piece| found.add(piece, None));
        }
        found.add_members(message);
        for name in ASIDE {
            message
                .get(*name)
                .and_then(Value::as_object)
                .into_iter()
                .for_each(|aside| found.add_members(aside));
        }
        found.shown()
    }

    /// What a text, a block or a list of blocks shows.
    pub fn of_content(content: &Value) -> Self {
        let mut found = Found::default();
        pieces(content, Voice::Text, &mut |piece| found.add(piece, None));
        found.shown()
    }

    /// What a field of this name that holds nothing but thinking shows.
    pub fn of_thinking(value: &Value, field: &str) -> Self {
        let mut found = Found::default();
        found.add_member(field, value, Voice::Thinking);
        found.shown()
    }

    /// There was thinking, and it is not shown.
    pub fn is_hidden(&self) -> bool {
        self.field.as_deref().is_some_and(is_hidden)
    }
}

/// The field of this name holds something in the place of the thinking.
pub fn is_hidden(field: &str) -> bool {
    [SUMMARY, SEALED, OMITTED].iter().any(|end| field.ends_with(end))
}

/// What was found of a message so far.
#[derive(Default)]
struct Found {
    text: Option<String>,
    thinking: Option<(String, String)>,
    summary: Option<(String, String)>,
    sealed: Option<String>,
    omitted: Option<String>,
    /// Blocks of thinking with text, beside which a summary is only a summary.
    blocks: usize,
}

impl Found {
    fn add_members(&mut self, holder: &Map<String, Value>) {
        for (names, voice) in [(MEMBERS, Voice::Thinking), (SUMMARIES, Voice::Summary)] {
            for name in names {
                holder.get(*name).into_iter().for_each(|value| self.add_member(name, value, voice));
            }
        }
    }

    /// A member that says what another one said already adds its signs of hidden thinking alone.
    fn add_member(&mut self, name: &str, value: &Value, voice: Voice) {
        let known = self.thinking.as_ref().is_some_and(|(_, text)| !text.trim().is_empty());
        pieces(value, voice, &mut |piece| match piece.voice {
            Voice::Thinking | Voice::Text if known => self.blocks += usize::from(!piece.kind.is_empty()),
            Voice::Text => self.add(Piece { voice: Voice::Thinking, ..piece }, Some(name)),
            _ => self.add(piece, Some(name)),
        });
    }

    fn add(&mut self, piece: Piece<'_>, member: Option<&str>) {
        let name =
            || member.unwrap_or(if piece.kind.is_empty() { "thinking" } else { piece.kind }).to_owned();
        match piece.voice {
            Voice::Text => append(self.text.get_or_insert_default(), piece.text),
            Voice::Thinking => {
                self.blocks += usize::from(!piece.kind.is_empty() && !piece.text.trim().is_empty());
                append_named(&mut self.thinking, name, piece.text);
            }
            Voice::Summary if piece.text.trim().is_empty() => {}
            Voice::Summary => append_named(&mut self.summary, name, piece.text),
            Voice::Sealed => drop(self.sealed.get_or_insert_with(name)),
            Voice::Omitted => drop(self.omitted.get_or_insert_with(name)),
        }
    }

    fn shown(self) -> Shown {
        let hidden = self.hidden();
        let Self { text, thinking, summary, sealed, omitted, .. } = self;
        let Some(end) = hidden else {
            let (field, thinking) = thinking.unzip();
            return Shown { text, thinking, field };
        };
        let seen = thinking.filter(|(_, text)| !text.trim().is_empty()).or(summary);
        let (name, thinking) = seen.unzip();
        let field = name.or(sealed).or(omitted).map(|name| format!("{name}{end}"));
        Shown { text, thinking, field }
    }

    /// What stands in the place of the thinking, if it is hidden.
    fn hidden(&self) -> Option<&'static str> {
        if self.sealed.is_some() {
            Some(SEALED)
        } else if self.blocks > 0 {
            None
        } else if self.summary.is_some() {
            Some(SUMMARY)
        } else {
            self.omitted.is_some().then_some(OMITTED)
        }
    }
}

fn append_named(to: &mut Option<(String, String)>, name: impl FnOnce() -> String, text: &str) {
    append(&mut to.get_or_insert_with(|| (name(), String::new())).1, text);
}

/// Pieces are paragraphs of their own.
fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(message: Value, text: Option<&str>, thinking: Option<&str>, field: Option<&str>) {
        let shown = Shown::of_message(message.as_object().unwrap());
        let found = (shown.text.as_deref(), shown.thinking.as_deref(), shown.field.as_deref());
        assert_eq!(found, (text, thinking, field), "{message}");
    }

    #[test]
    fn text_and_members() {
        check(json!({"content": "5"}), Some("5"), None, None);
        check(json!({"content": ""}), Some(""), None, None);
        check(json!({"content": null}), None, None, None);
        check(json!({"value": "5"}), Some("5"), None, None);
        check(json!({"parts": [{"text": "5"}]}), Some("5"), None, None);
        for name in MEMBERS {
            check(json!({"content": "5", *name: "hm"}), Some("5"), Some("hm"), Some(name));
        }
        check(json!({"content": "5", "reasoning": null}), Some("5"), None, None);
        check(json!({"content": "5", "reasoning": "\n"}), Some("5"), Some("\n"), Some("reasoning"));
        let both = json!({"content": "5", "reasoning": "a", "reasoning_content": "a"});
        check(both, Some("5"), Some("a"), Some("reasoning_content"));
        let lists = json!({"content": "5", "reasoning_content": ["a", {"type": "text", "text": "b"}]});
        check(lists, Some("5"), Some("a\n\nb"), Some("reasoning_content"));
        let aside = json!({"content": "5", "additional_kwargs": {"reasoning_content": "a"}});
        check(aside, Some("5"), Some("a"), Some("reasoning_content"));
        check(
            json!({"content": "5", "reasoning": {"content": "a"}}),
            Some("5"),
            Some("a"),
            Some("reasoning"),
        );
    }

    #[test]
    fn blocks_of_thinking() {
        let content = |block: Value| json!({"content": [block, {"type": "text", "text": "5"}]});
        let thinks = |block: Value, kind: &str| check(content(block), Some("5"), Some("hm"), Some(kind));
        thinks(json!({"type": "thinking", "thinking": "hm", "signature": "x"}), "thinking");
        thinks(
            json!({"type": "thinking", "thinking": [{"type": "text", "text": "hm"}], "closed": true}),
            "thinking",
        );
        thinks(
            json!({"type": "reasoning", "reasoning": "hm", "redacted": false, "summary": null}),
            "reasoning",
        );
        thinks(
            json!({"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}]}),
            "reasoning",
        );
        thinks(json!({"type": "cot", "text": "hm"}), "cot");
        thinks(json!({"text": "hm", "thought": true}), "thinking");
        thinks(json!({"thinking": "hm"}), "thinking");
        check(content(json!({"type": "image", "url": "x"})), Some("5"), None, None);
        check(content(json!({"type": "tool_use", "input": {}})), Some("5"), None, None);
        let details = json!([{"type": "reasoning.text", "text": "a", "signature": "s"}, {"type": "reasoning.text", "text": "b"}]);
        let message = json!({"content": "5", "reasoning_details": details});
        check(message, Some("5"), Some("a\n\nb"), Some("reasoning_details"));
        let blocks = json!({"content": "5", "thinking_blocks": [{"type": "thinking", "thinking": "a"}]});
        check(blocks, Some("5"), Some("a"), Some("thinking_blocks"));
        check(content(json!({"type": "thinking", "thinking": ""})), Some("5"), Some(""), Some("thinking"));
    }

    #[test]
    fn hidden_thinking() {
        let block = |block: Value| json!({"content": [block, {"type": "text", "text": "5"}]});
        let sealed = |one: Value, field: &str| check(block(one), Some("5"), None, Some(field));
        sealed(json!({"type": "redacted_thinking", "data": "Em"}), "redacted_thinking.sealed");
        sealed(json!({"type": "reasoning", "reasoning": "gAAA", "redacted": true}), "reasoning.sealed");
        sealed(json!({"type": "thinking", "thinking": "", "signature": "Er"}), "thinking.omitted");
        sealed(json!({"type": "reasoning", "summary": [], "encrypted_content": "gA"}), "reasoning.omitted");
        sealed(json!({"type": "reasoning", "summary": []}), "reasoning.omitted");
        let summary = json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]});
        check(block(summary), Some("5"), Some("hm"), Some("reasoning.summary"));
        let details = |list: Value| json!({"content": "5", "reasoning": "hm", "reasoning_details": list});
        let summary = json!({"type": "reasoning.summary", "summary": "hm"});
        check(details(json!([summary])), Some("5"), Some("hm"), Some("reasoning.summary"));
        let sealed = json!({"type": "reasoning.encrypted", "data": "gA"});
        check(details(json!([summary, sealed])), Some("5"), Some("hm"), Some("reasoning.sealed"));
        let text = json!({"type": "reasoning.text", "text": "hm"});
        check(details(json!([text, sealed])), Some("5"), Some("hm"), Some("reasoning.sealed"));
        check(details(json!([text, summary])), Some("5"), Some("hm"), Some("reasoning"));
        let said = json!({"content": "5", "reasoning_summary": "hm"});
        check(said, Some("5"), Some("hm"), Some("reasoning_summary.summary"));
        let own = json!({"content": "5", "thinking_blocks": [{"type": "redacted_thinking", "data": "x"}]});
        check(own, Some("5"), None, Some("thinking_blocks.sealed"));
    }

    #[test]
    fn items_of_the_responses_api() {
        let items = json!([
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "a"}], "summary": []},
            {"type": "function_call", "arguments": "{}"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "5"}]},
        ]);
        let shown = Shown::of_content(&items);
        assert_eq!((shown.text.as_deref(), shown.thinking.as_deref()), (Some("5"), Some("a")));
        assert!(!shown.is_hidden());
    }
}
