//! One piece of a reply, read where it lies: a stream brings thousands of them, and nearly all hold a few
//! characters of text that need no copy of their own.
//!
//! Servers differ in what they put where, so nothing but the outermost shape is demanded: a field of an
//! unexpected type counts as absent.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use serde_json::Value;

/// One `chat.completion.chunk` or one whole `chat.completion`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Piece<'a> {
    #[serde(borrow, default)]
    pub(crate) choices: Choices<'a>,
    #[serde(default)]
    pub(crate) usage: Option<Box<Value>>,
    #[serde(default)]
    pub(crate) error: Option<Box<Value>>,
}

/// The choice of number 0, which is that of a choice without a number too; we never ask for more, and some servers send more.
#[derive(Debug, Default)]
pub(crate) struct Choices<'a>(pub(crate) Option<Choice<'a>>);

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Choice<'a> {
    /// Its number among the choices.
    #[serde(default)]
    index: Value,
    /// In a stream.
    #[serde(borrow, default)]
    pub(crate) delta: Option<Message<'a>>,
    /// In one piece.
    #[serde(borrow, default)]
    pub(crate) message: Option<Box<Message<'a>>>,
    /// From servers that complete rather than chat.
    #[serde(borrow, default)]
    pub(crate) text: Loose<'a>,
    #[serde(borrow, default)]
    pub(crate) finish_reason: Loose<'a>,
    /// The stop text that ended it, by vLLM; null or a token's number where none did.
    #[serde(borrow, default)]
    stop_reason: Loose<'a>,
    /// The same by SGLang.
    #[serde(borrow, default)]
    matched_stop: Loose<'a>,
    /// The same by llama.cpp, outside its chat.
    #[serde(borrow, default)]
    stopping_word: Loose<'a>,
    /// How likely its tokens were.
    #[serde(default)]
    pub(crate) logprobs: Option<Box<Value>>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow, default)]
    pub(crate) content: Loose<'a>,
    #[serde(borrow, default)]
    pub(crate) reasoning_content: Loose<'a>,
    #[serde(borrow, default)]
    pub(crate) reasoning: Loose<'a>,
    #[serde(borrow, default)]
    pub(crate) thinking: Loose<'a>,
    #[serde(borrow, default)]
    pub(crate) reasoning_details: Loose<'a>,
    #[serde(borrow, default)]
    pub(crate) thinking_blocks: Loose<'a>,
}

/// Where a text stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Content,
    ReasoningContent,
    Reasoning,
    Thinking,
    ReasoningDetails,
    ThinkingBlocks,
}

impl Field {
    /// Its place among the fields of thinking.
    pub(crate) fn place(self) -> usize {
        match self {
            Self::ReasoningContent => 0,
            Self::Reasoning => 1,
            Self::Content | Self::Thinking => 2,
            Self::ReasoningDetails => 3,
            Self::ThinkingBlocks => 4,
        }
    }
}

/// A text, a list, or whatever.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Loose<'a> {
    /// Absent, null, or of a type that nobody expects here.
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    /// Boxed, because pieces are passed around and nearly none holds a list.
    List(Box<[Value]>),
}

impl Loose<'_> {
    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if it is a list.
    pub(crate) fn list(&self) -> &[Value] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }
}

impl Message<'_> {
    /// Every field.
    pub(crate) fn fields(&self) -> [(Field, &Loose<'_>); 6] {
        [
            (Field::Content, &self.content),
            (Field::ReasoningContent, &self.reasoning_content),
            (Field::Reasoning, &self.reasoning),
            (Field::Thinking, &self.thinking),
            (Field::ReasoningDetails, &self.reasoning_details),
            (Field::ThinkingBlocks, &self.thinking_blocks),
        ]
    }
}

impl Choice<'_> {
    /// It is the one that was asked for.
    fn is_ours(&self) -> bool {
        self.index.as_u64().is_none_or(|index| index == 0)
    }

    /// The stop text that ended it, if the server tells.
    pub(crate) fn stopped_by(&self) -> Option<&str> {
        let told = [&self.stop_reason, &self.matched_stop, &self.stopping_word];
        told.into_iter().find_map(|told| told.text().filter(|text| !text.is_empty()))
    }

    /// A piece of a stream with nothing in it but its message.
    fn only_delta(&self) -> Option<&Message<'_>> {
        let alone = self.message.is_none() && self.text.is_nothing() && self.finish_reason.is_nothing();
        let alone = alone && self.logprobs.is_none();
        self.delta.as_ref().filter(|_| alone)
    }
}

impl<'a> Piece<'a> {
    /// The text of a piece that holds one text and nothing else that counts.
    pub(crate) fn only_text(&self) -> Option<(Field, &str)> {
        if self.usage.is_some() || self.error.is_some() {
            return None;
        }
        let fields = self.choices.0.as_ref()?.only_delta()?.fields();
        if fields.iter().any(|(_, value)| !value.list().is_empty()) {
            return None;
        }
        let mut texts = fields.into_iter().filter_map(|(field, value)| Some((field, value.text()?)));
        let text = texts.find(|(_, text)| !text.is_empty())?;
        texts.all(|(_, text)| text.is_empty()).then_some(text)
    }

    /// Reads JSON; `None` if it is none (yet).
    pub(crate) fn read<R>(text: &'a str, take: impl FnOnce(Piece<'_>) -> R) -> Option<R> {
        if let Ok(piece) = serde_json::from_str::<Piece<'_>>(text) {
            return Some(take(piece));
        }
        // Valid JSON of a shape of its own, such as a key that comes twice, is read with more patience. What is no table
        // says nothing; a reply of such alone has no choices, which is an error.
        let value: Value = serde_json::from_str(text).ok()?;
        Some(take(Piece::deserialize(&value).unwrap_or_default()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Choices<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;

        impl<'de> Visitor<'de> for First {
            type Value = Option<Choice<'de>>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of choices")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut choices: A) -> Result<Self::Value, A::Error> {
                let mut ours = None;
                while ours.is_none() {
                    let Some(choice) = choices.next_element::<Choice<'de>>()? else { return Ok(None) };
                    ours = Some(choice).filter(Choice::is_ours);
                }
                while choices.next_element::<IgnoredAny>()?.is_some() {}
                Ok(ours)
            }
        }

        deserializer.deserialize_any(First).map(Choices)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Loose<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("anything")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Loose::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Loose::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Loose::Text(Cow::Owned(text)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(|list| Loose::List(list.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::Nothing)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Loose::Nothing)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Loose::Nothing)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Loose::Nothing)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Loose::Nothing)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Loose::Nothing)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> Option<String> {
        Piece::read(text, |piece| {
            let message = piece.choices.0.and_then(|choice| choice.delta);
            message.and_then(|message| message.content.text().map(str::to_owned)).unwrap_or("-".to_owned())
        })
    }

    #[test]
    fn odd_shapes_are_read_as_far_as_they_make_sense() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(content(text).as_deref(), expect, "{text}");
        };
        check(r#"{"choices":[{"delta":{"content":"a\n"}}]}"#, Some("a\n"));
        check(r#"{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}"#, Some("a"));
        check(
            r#"{"choices":[{"index":1,"delta":{"content":"a"}},{"index":0,"delta":{"content":"b"}}]}"#,
            Some("b"),
        );
        check(r#"{"choices":[{"index":1,"delta":{"content":"a"}}]}"#, Some("-"));
        check(r#"{"choices":[{"index":"x","delta":{"content":"a"}}]}"#, Some("a"));
        check(r#"{"choices":[{"delta":{"content":7}}]}"#, Some("-"));
        check(r#"{"choices":[{"delta":{"content":{"x":[1]}}}]}"#, Some("-"));
        check(r#"{"choices":[{"delta":{"content":null}}]}"#, Some("-"));
        check(r#"{"choices":[{"delta":{"content":"a","content":"b"}}]}"#, Some("b"));
        check(r#"{"choices":null,"usage":{}}"#, Some("-"));
        check(r#"{"choices":{"delta":1}}"#, Some("-"));
        check("[1, 2]", Some("-"));
        check("7", Some("-"));
        check(r#"{"choices":[{"delta":{"content":"a"#, None);
        check("", None);
    }
}
