//! How thinking is switched on and off.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::manner::body_at;

/// The switch that a server or a model understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Switch {
    /// `chat_template_kwargs.enable_thinking` of the request, for the chat template.
    #[default]
    Template,
    /// `reasoning_effort` of the request.
    Effort,
    /// A word in the system message, which Qwen3 knows.
    Word,
}

impl Switch {
    /// A strategy that uses it, as tables show it.
    pub(crate) fn label(self, kind: &str) -> String {
        match self {
            Self::Template => kind.to_owned(),
            Self::Effort => format!("{kind} switch=effort"),
            Self::Word => format!("{kind} switch=word"),
        }
    }

    /// What it adds to a request's body.
    pub(crate) fn body(self, on: bool) -> Map<String, Value> {
        match self {
            Self::Template => body_at("chat_template_kwargs.enable_thinking", json!(on)),
            Self::Effort => body_at("reasoning_effort", json!(if on { "high" } else { "none" })),
            Self::Word => Map::new(),
        }
    }

    /// What it says to the model.
    pub(crate) fn word(self, on: bool) -> Option<&'static str> {
        match (self, on) {
            (Self::Word, true) => Some("/think"),
            (Self::Word, false) => Some("/no_think"),
            _ => None,
        }
    }
}
