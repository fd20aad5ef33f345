//! What a scripted server does, as data: the same from a test's code and from a JSON file.

use std::{borrow::Cow, collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Dialect, Faults, Replies};

/// A server's part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    /// How each model behaves; `*` stands for every other. Empty: every model, with the default behaviour.
    pub models: BTreeMap<String, Behaviour>,
    /// The key that requests must carry.
    pub api_key: Option<String>,
    /// What goes wrong.
    pub faults: Faults,
    /// A file to which every request adds a line of JSON.
    pub log: Option<PathBuf>,
}

impl Script {
    /// Every model behaves like this.
    pub fn of(behaviour: Behaviour) -> Self {
        Self::default().model("*", behaviour)
    }

    /// One more model.
    #[must_use]
    pub fn model(mut self, name: &str, behaviour: Behaviour) -> Self {
        self.models.insert(name.to_owned(), behaviour);
        self
    }

    /// With these faults.
    #[must_use]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// The behaviour of a model; `None` if the server does not know it.
    pub(crate) fn behaviour(&self, model: &str) -> Option<Cow<'_, Behaviour>> {
        if self.models.is_empty() {
            return Some(Cow::Owned(Behaviour::default()));
        }
        self.models.get(model).or_else(|| self.models.get("*")).map(Cow::Borrowed)
    }
}

/// How one model behaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Behaviour {
    /// What it says.
    pub replies: Replies,
    /// How it sends its thinking.
    pub thinking: Thinking,
    /// How it counts tokens: a token is a word.
    pub usage: UsageStyle,
    /// Its finish reason.
    pub finish: String,
    /// The most bytes of a prompt; a longer one is refused as too long for the context.
    pub context_bytes: Option<usize>,
    /// Seconds before the first byte.
    pub latency: f64,
    /// Requests that take longer.
    pub stragglers: Option<Stragglers>,
    /// Characters of a streamed piece.
    pub chunk_chars: usize,
    /// Seconds between streamed pieces.
    pub chunk_seconds: f64,
    /// Cuts the stream into pieces of so many bytes, through lines and characters.
    pub cut_bytes: Option<usize>,
    /// Sends comments between the pieces to keep the connection alive.
    pub comments: bool,
    /// Sends `"content": null` beside thinking.
    pub null_content: bool,
    /// Ignores `stream`.
    pub never_streams: bool,
    /// What it does with a reply that somebody began.
    pub dialect: Dialect,
    /// Its template passes over thinking that it is sent.
    pub drops_thinking: bool,
    /// Keeps to `max_tokens` and to stop texts.
    pub limits: bool,
    /// Keys of the body, with dots, that cap the thinking; others are taken and ignored.
    pub budget_keys: Vec<String>,
    /// Tells how likely the words of the thinking were, too.
    pub tells_thinking: bool,
    /// Sends exactly this in place of everything above.
    pub raw: Option<Raw>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            replies: Replies::default(),
            thinking: Thinking::default(),
            usage: UsageStyle::default(),
            finish: "stop".to_owned(),
            context_bytes: None,
            latency: 0.0,
            stragglers: None,
            chunk_chars: 16,
            chunk_seconds: 0.0,
            cut_bytes: None,
            comments: false,
            null_content: false,
            never_streams: false,
            dialect: Dialect::default(),
            drops_thinking: false,
            limits: false,
            budget_keys: Vec::new(),
            tells_thinking: true,
            raw: None,
        }
    }
}

/// Some requests that take longer than the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stragglers {
    /// One in so many, beginning with the first.
    pub every: usize,
    /// Seconds before the first byte.
    pub latency: f64,
}

impl Behaviour {
    /// Seconds before the first byte of the answer to request `number`.
    pub(crate) fn latency_of(&self, number: usize) -> f64 {
        match self.stragglers {
            Some(Stragglers { every, latency }) if number.is_multiple_of(every) => latency,
            _ => self.latency,
        }
    }
}

/// How thinking is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Thinking {
    /// In a field of its own: `reasoning_content`, `reasoning`, `thinking`.
    Field {
        /// The field.
        name: String,
    },
    /// In `reasoning_details[]`.
    Details,
    /// In the content, between these tags.
    Tags {
        /// Before the thinking.
        open: String,
        /// Behind it.
        close: String,
    },
    /// In the content with only the closing tag: the opening one stood in the prompt.
    OnlyClosingTag,
    /// In the content with only the opening tag, and nothing behind: it never came to an end.
    Unclosed,
    /// Not at all.
    None,
}

impl Default for Thinking {
    fn default() -> Self {
        Self::field("reasoning_content")
    }
}

impl Thinking {
    /// In this field.
    pub fn field(name: &str) -> Self {
        Self::Field { name: name.to_owned() }
    }

    /// Between `<think>` and `</think>`.
    pub fn tags() -> Self {
        Self::Tags { open: "<think>\n".to_owned(), close: "\n</think>\n\n".to_owned() }
    }
}

/// How tokens are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageStyle {
    /// Prompt, reply and thinking.
    #[default]
    Full,
    /// Prompt and reply.
    WithoutThinking,
    /// Prompt and reply; thinking is always 0.
    ZeroThinking,
    /// `"usage": null`.
    Null,
    /// Not at all.
    Absent,
}

/// An answer byte by byte.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Raw {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: String,
    /// Further headers.
    pub headers: BTreeMap<String, String>,
    /// The body, piece by piece.
    pub pieces: Vec<String>,
    /// Seconds behind each piece.
    pub piece_seconds: f64,
    /// `<number>` stands for the number of the request.
    pub numbered: bool,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            status: 200,
            content_type: "text/event-stream".to_owned(),
            headers: BTreeMap::new(),
            pieces: Vec::new(),
            piece_seconds: 0.0,
            numbered: false,
        }
    }
}

impl Raw {
    /// A stream of exactly these bytes.
    pub fn stream(text: &str) -> Self {
        Self { pieces: vec![text.to_owned()], ..Self::default() }
    }

    /// An answer in one piece.
    pub fn json(status: u16, text: &str) -> Self {
        Self { status, content_type: "application/json".to_owned(), ..Self::stream(text) }
    }
}
