//! `[models.think]`: what a pipeline file says of the tags.

use chat::{Tags, known_tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the opening tag stands at the end of the prompt, so that replies start in the thinking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenInPrompt {
    /// Look at the replies: if some have only a closing tag, it does.
    #[default]
    Auto,
    /// It does; a reply without any tag is thinking that never ended.
    Yes,
    /// It does not; a reply without an opening tag is no thinking.
    No,
}

/// `[models.think]`: how thinking is marked. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Think {
    /// The tag that opens the thinking; without it the known pairs are tried. Give `close` too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// The tag that closes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<String>,
    /// Whether the prompt ends in the opening tag: `auto`, `yes` or `no`.
    pub open_in_prompt: OpenInPrompt,
}

impl Think {
    /// The pairs to look for.
    pub(crate) fn candidates(&self) -> Vec<Tags> {
        match (&self.open, &self.close) {
            (Some(open), Some(close)) => {
                let known = known_tags().into_iter().find(|tags| tags.open == *open && tags.close == *close);
                vec![known.unwrap_or_else(|| Tags::new(open, close))]
            }
            _ => known_tags(),
        }
    }
}
