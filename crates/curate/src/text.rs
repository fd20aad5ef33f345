//! A reply as training text: thinking and answer apart, and how they become one text.

use serde::Serialize;
use tables::Generation;

/// The thinking and the answer of a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The thinking; null for a model that does not think.
    pub thinking: Option<String>,
    /// What follows it.
    pub answer: String,
}

impl Said {
    /// The whole of a generation.
    pub fn whole(generation: &Generation) -> Self {
        let thinks = generation.reasoning_source != Generation::NO_REASONING;
        Self {
            thinking: thinks.then(|| generation.reasoning.clone()),
            answer: generation.answer_text.clone(),
        }
    }

    /// The first `end` bytes of what was thought, and the answer; a model that does not think has nothing but the
    /// former. Null when `end` is no place in the text.
    pub fn through(generation: &Generation, end: usize) -> Option<Self> {
        let prefix = generation.thought().get(..end)?.to_owned();
        Some(if generation.reasoning_source == Generation::NO_REASONING {
            Self { thinking: None, answer: prefix }
        } else {
            Self { thinking: Some(prefix), answer: generation.answer_text.clone() }
        })
    }
}

/// How thinking and answer become one text: `open`, thinking, `close`, answer. Blank lines at the edges are not
/// doubled: where the thinking starts with the line break that `open` ends with, it is written once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Embedding {
    /// What stands before the thinking.
    pub open: String,
    /// What stands behind it.
    pub close: String,
}

impl Default for Embedding {
    fn default() -> Self {
        Self { open: "<think>\n".to_owned(), close: "\n</think>\n\n".to_owned() }
    }
}

impl Embedding {
    /// The text of a reply; the thinking and the answer stand in it byte for byte.
    pub fn text(&self, said: &Said) -> String {
        let Some(thinking) = &said.thinking else { return said.answer.clone() };
        let open = self.open.trim_end_matches('\n');
        let close = self.close.trim_matches('\n');
        let mut text = String::with_capacity(thinking.len() + said.answer.len() + 32);
        text.push_str(open);
        breaks(&mut text, self.open.len() - open.len(), leading(thinking));
        text.push_str(thinking);
        if close.is_empty() {
            breaks(&mut text, self.close.len(), trailing(thinking) + leading(&said.answer));
            text.push_str(&said.answer);
            return text;
        }
        breaks(&mut text, leading(&self.close), trailing(thinking));
        text.push_str(close);
        breaks(&mut text, trailing(&self.close), leading(&said.answer));
        text.push_str(&said.answer);
        text
    }

    /// A reply that holds one of the tags itself could not be taken apart again.
    pub(crate) fn confuses(&self, generation: &Generation) -> bool {
        if generation.reasoning_source == Generation::NO_REASONING {
            return false;
        }
        let tags = [self.open.trim(), self.close.trim()];
        let holds = |text: &str| tags.iter().any(|tag| !tag.is_empty() && text.contains(tag));
        holds(&generation.reasoning) || holds(&generation.answer_text)
    }
}

/// Line breaks that are wanted and not there yet.
fn breaks(text: &mut String, wanted: usize, there: usize) {
    text.extend(std::iter::repeat_n('\n', wanted.saturating_sub(there)));
}

fn leading(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'\n').count()
}

fn trailing(text: &str) -> usize {
    text.bytes().rev().take_while(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(thinking: &str, answer: &str) -> Said {
        Said { thinking: Some(thinking.into()), answer: answer.into() }
    }

    #[test]
    fn line_breaks_at_the_edges_stand_once() {
        let check = |thinking, answer, expect: &str| {
            assert_eq!(Embedding::default().text(&said(thinking, answer)), expect);
        };
        check("so 5", "5", "<think>\nso 5\n</think>\n\n5");
        check("\nso 5\n", "\n\n5", "<think>\nso 5\n</think>\n\n5");
        check("\n\nso 5", "\n5", "<think>\n\nso 5\n</think>\n\n5");
        check("", "5", "<think>\n\n</think>\n\n5");
        let silent = Said { thinking: None, answer: "5".into() };
        assert_eq!(Embedding::default().text(&silent), "5");
        let bare = Embedding { open: "<t>".into(), close: "</t>".into() };
        assert_eq!(bare.text(&said("so 5", "5")), "<t>so 5</t>5");
        let none = Embedding { open: String::new(), close: "\n\n".into() };
        assert_eq!(none.text(&said("so 5", "5")), "so 5\n\n5");
    }

    #[test]
    fn tags_inside_are_noticed() {
        let reply = |reasoning: &str, answer: &str, source: &str| Generation {
            reasoning: reasoning.into(),
            answer_text: answer.into(),
            reasoning_source: source.into(),
            ..Generation::default()
        };
        let tags = Embedding::default();
        assert!(tags.confuses(&reply("I write </think> here", "5", "tags")));
        assert!(tags.confuses(&reply("so", "<think>", "tags")));
        assert!(!tags.confuses(&reply("so I think", "5", "tags")));
        assert!(!tags.confuses(&reply("", "I do not <think>", "none")));
        let untagged = Embedding { open: String::new(), close: "\n".into() };
        assert!(!untagged.confuses(&reply("so\n", "5", "tags")));
    }

    proptest! {
        #[test]
        fn both_texts_survive(thinking in "[\na5 ]{0,12}", answer in "[\nb7 ]{0,12}") {
            let text = Embedding::default().text(&said(&thinking, &answer));
            let (before, behind) = text.split_once("</think>").unwrap();
            prop_assert!(before.contains(&thinking));
            prop_assert!(behind.ends_with(&answer));
            // Taken apart as a raw reply and put together again it is the same text.
            let again = said(before.strip_prefix("<think>").unwrap(), behind);
            prop_assert_eq!(Embedding::default().text(&again), text);
        }
    }
}
