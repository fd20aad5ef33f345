//! The tags that models put around their thinking: the one table of them.

/// A pair of tags, and how an answer behind it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    /// Opens the thinking.
    pub open: String,
    /// Closes it.
    pub close: String,
    /// What stands around the answer behind the thinking, if that is wrapped too.
    pub answer: Option<(String, String)>,
    /// How the marks are to be read.
    pub style: Style,
}

/// How the marks of a pair are to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Around one thinking; the closing tag ends it even where nothing opened it.
    #[default]
    Around,
    /// The same, where the closing mark means something else if nothing opened it.
    Opened,
    /// Around each of several messages, whose ends all look alike: every message that opens so is thinking.
    Messages,
    /// Words, which are marks only where the reply begins and where both stand: what is left of messages when a
    /// tokenizer leaves its special tokens out. [`Style::SEAM`] parts one message from the next.
    Words,
}

impl Style {
    /// What is left between two messages of thinking.
    pub const SEAM: &'static str = "assistantanalysis";
    /// The role may be left in front of the first message too.
    pub const ROLE: &'static str = "assistant";
}

impl Tags {
    /// Tags around the thinking and nothing around the answer.
    pub fn new(open: &str, close: &str) -> Self {
        Self { open: open.to_owned(), close: close.to_owned(), answer: None, style: Style::Around }
    }
}

/// A known pair: open, close, around the answer, and how they are to be read.
type Known = (&'static str, &'static str, Option<(&'static str, &'static str)>, Style);

const fn around(open: &'static str, close: &'static str) -> Known {
    (open, close, None, Style::Around)
}

/// The pairs that are looked for when none is configured; where two fit equally, the first wins.
pub const KNOWN_TAGS: &[Known] = &[
    around("<think>", "</think>"),
    around("<thinking>", "</thinking>"),
    around("<thought>", "</thought>"),
    around("<thoughts>", "</thoughts>"),
    around("<reasoning>", "</reasoning>"),
    around("<reason>", "</reason>"),
    around("<cot>", "</cot>"),
    around("<scratchpad>", "</scratchpad>"),
    around("<seed:think>", "</seed:think>"),
    around("<mm:think>", "</mm:think>"),
    around("<think:opensource>", "</think:opensource>"),
    around("<longcat_think>", "</longcat_think>"),
    around("<|think|>", "<|/think|>"),
    around("<|thinking|>", "<|/thinking|>"),
    (
        "<|begin_of_thought|>",
        "<|end_of_thought|>",
        Some(("<|begin_of_solution|>", "<|end_of_solution|>")),
        Style::Around,
    ),
    around("<|begin_of_thinking|>", "<|end_of_thinking|>"),
    around("<|thought_start|>", "<|thought_end|>"),
    around("<|inner_prefix|>", "<|inner_suffix|>"),
    (
        "<|START_THINKING|>",
        "<|END_THINKING|>",
        Some(("<|START_RESPONSE|>", "<|END_RESPONSE|>")),
        Style::Around,
    ),
    (
        "<|open|>think<|sep|>",
        "<|close|>think<|sep|>",
        Some(("<|open|>response<|sep|>", "<|close|>response<|sep|>")),
        Style::Around,
    ),
    around("<|channel>thought", "<channel|>"),
    around("<unused94>thought", "<unused95>"),
    around("[unused16]", "[unused17]"),
    around("[THINK]", "[/THINK]"),
    around("◁think▷", "◁/think▷"),
    ("<|im_start|>think", "<|im_start|>answer", None, Style::Opened),
    ("Here is my thought process:", "Here is my response:", None, Style::Opened),
    // Harmony: the thinking is messages in the analysis channel.
    (
        "<|channel|>analysis<|message|>",
        "<|end|>",
        Some(("<|channel|>final<|message|>", "<|return|>")),
        Style::Messages,
    ),
    ("analysis", "assistantfinal", None, Style::Words),
];

/// All known pairs.
pub fn known_tags() -> Vec<Tags> {
    let owned = |(open, close): (&str, &str)| (open.to_owned(), close.to_owned());
    let tags = |(open, close, answer, style): &Known| Tags {
        answer: answer.map(owned),
        style: *style,
        ..Tags::new(open, close)
    };
    KNOWN_TAGS.iter().map(tags).collect()
}

/// A mark of thinking stands in the text, whatever it means there.
pub fn has_tag(text: &str) -> bool {
    KNOWN_TAGS.iter().any(|(open, close, _, style)| match style {
        Style::Around => text.contains(open) || text.contains(close),
        Style::Opened | Style::Messages => text.contains(open),
        Style::Words => text.trim_start().starts_with(open) && text.contains(close),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_told_from_text() {
        let check = |text: &str, expect: bool| assert_eq!(has_tag(text), expect, "{text}");
        check("hm</think>5", true);
        check("<|channel>thought\n", true);
        check("<|channel|>analysis<|message|>hm", true);
        check("analysisHm.assistantfinal5", true);
        check("An analysis of assistantfinal", false);
        check("Five.<|end|>", false);
        check("Five.", false);
    }

    #[test]
    fn no_pair_stands_twice() {
        for (at, (open, ..)) in KNOWN_TAGS.iter().enumerate() {
            assert!(KNOWN_TAGS[..at].iter().all(|(before, ..)| before != open), "{open}");
        }
    }
}
