//! The tags that models put around their thinking.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A pair of tags, and how an answer behind it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    /// Opens the thinking.
    pub open: String,
    /// Closes it.
    pub close: String,
    /// What stands around the answer behind the thinking, if that is wrapped too.
    pub answer: Option<(String, String)>,
    /// The closing tag means the end of thinking even if nothing opened it. Not so where models write the
    /// same mark for other ends too.
    pub close_alone: bool,
}

impl Tags {
    /// Tags around the thinking and nothing around the answer.
    pub fn new(open: &str, close: &str) -> Self {
        Self { open: open.to_owned(), close: close.to_owned(), answer: None, close_alone: true }
    }
}

/// A known pair: open, close, around the answer, whether a closing tag alone counts.
type Known = (&'static str, &'static str, Option<(&'static str, &'static str)>, bool);

/// The pairs that are looked for when none is configured; where two fit equally, the first wins.
pub const KNOWN_TAGS: &[Known] = &[
    ("<think>", "</think>", None, true),
    ("<thinking>", "</thinking>", None, true),
    ("<thought>", "</thought>", None, true),
    ("<reasoning>", "</reasoning>", None, true),
    ("<seed:think>", "</seed:think>", None, true),
    (
        "<|begin_of_thought|>",
        "<|end_of_thought|>",
        Some(("<|begin_of_solution|>", "<|end_of_solution|>")),
        true,
    ),
    ("<|begin_of_thinking|>", "<|end_of_thinking|>", None, true),
    ("<|START_THINKING|>", "<|END_THINKING|>", Some(("<|START_RESPONSE|>", "<|END_RESPONSE|>")), true),
    ("[THINK]", "[/THINK]", None, true),
    ("◁think▷", "◁/think▷", None, true),
    // Harmony: the thinking is a message in the analysis channel; every message ends in the same mark.
    ("<|channel|>analysis<|message|>", "<|end|>", Some(("<|channel|>final<|message|>", "<|return|>")), false),
];

/// All known pairs.
pub(crate) fn known() -> Vec<Tags> {
    let owned = |(open, close): (&str, &str)| (open.to_owned(), close.to_owned());
    let tags = |(open, close, answer, close_alone): &Known| Tags {
        answer: answer.map(owned),
        close_alone: *close_alone,
        ..Tags::new(open, close)
    };
    KNOWN_TAGS.iter().map(tags).collect()
}

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
                let known = known().into_iter().find(|tags| tags.open == *open && tags.close == *close);
                vec![known.unwrap_or_else(|| Tags::new(open, close))]
            }
            _ => known(),
        }
    }
}
