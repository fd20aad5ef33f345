//! Learning from a model's replies how it marks its thinking.
//!
//! One reply without tags may be no thinking at all, or thinking that was cut before its closing tag when the
//! opening one stood in the prompt. The model's other replies tell.

use chat::{Style, Tags};
use tables::{Finish, Reply};

use super::marks::{marks, opens_text};
use super::unknown::{UnknownTag, UnknownTags};
use super::{Format, OpenInPrompt, Think, field};

/// Of the replies that ended by themselves and hold no opening tag, at least one in this many must hold a
/// closing one before those without any tag count as cut thinking: answers do mention tags now and then.
const ONE_IN: u64 = 10;

/// What the replies of one model have in common.
#[derive(Clone, Debug)]
pub struct Survey {
    open_in_prompt: OpenInPrompt,
    candidates: Vec<Counts>,
    unknown: UnknownTags,
}

#[derive(Clone, Debug)]
struct Counts {
    tags: Tags,
    /// Replies that use the pair: an opening tag at their start, or a closing one.
    used: u64,
    /// Replies whose first tag is a closing one.
    only_closed: u64,
    /// Replies without a tag of the pair that were not cut by the token limit.
    bare: u64,
    /// Replies without a tag of the pair.
    untagged: u64,
}

impl Survey {
    /// A survey of no reply.
    pub fn new(think: &Think) -> Self {
        let counts = |tags| Counts { tags, used: 0, only_closed: 0, bare: 0, untagged: 0 };
        let candidates = think.candidates().into_iter().map(counts).collect();
        Self { open_in_prompt: think.open_in_prompt, candidates, unknown: UnknownTags::default() }
    }

    /// Looks at a reply. One whose thinking is in a field of its own, or that never came, says nothing.
    pub fn add(&mut self, reply: &Reply) {
        if field(reply).is_some() || reply.finish == Finish::Error {
            return;
        }
        let mut known = false;
        for counts in &mut self.candidates {
            known |= counts.add(&reply.content, reply.finish);
        }
        self.unknown.add(&reply.content, known);
    }

    /// How to divide the model's replies: the pair that most of them use, and whether the prompt opens it.
    pub fn conclude(self) -> Conclusion {
        let unknown = self.unknown.most();
        let best = self.candidates.iter().rev().max_by_key(|counts| counts.used);
        let Some(counts) = best else {
            return Conclusion {
                format: Format::new(Tags::new("<think>", "</think>"), self.open_in_prompt),
                cut_without_tags: 0,
                unknown,
            };
        };
        let learned = self.open_in_prompt == OpenInPrompt::Auto && counts.opened_by_prompt();
        let open_in_prompt = if learned { OpenInPrompt::Yes } else { self.open_in_prompt };
        let others = self.candidates.iter().map(|other| &other.tags).filter(|tags| **tags != counts.tags);
        Conclusion {
            cut_without_tags: if learned { counts.untagged } else { 0 },
            format: Format { tags: counts.tags.clone(), others: others.cloned().collect(), open_in_prompt },
            unknown,
        }
    }
}

/// What a [`Survey`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// How to divide the replies.
    pub format: Format,
    /// Replies without any tag that count as cut thinking because of what the others look like.
    pub cut_without_tags: u64,
    /// A tag that nobody knows and that most of the replies open with.
    pub unknown: Option<UnknownTag>,
}

impl Counts {
    /// Counts a reply; true if it uses the pair.
    fn add(&mut self, text: &str, finish: Finish) -> bool {
        let marks = marks(text, &self.tags);
        let closed = marks.iter().any(|mark| !mark.opens);
        let Some(first) = marks.first() else {
            // An answer that is wrapped as such, without a message of thinking before it, shows the notation too.
            let wrapped = self.tags.answer.as_ref().is_some_and(|(open, _)| text.contains(open.as_str()));
            self.used += u64::from(wrapped && self.tags.style == Style::Messages);
            self.untagged += 1;
            self.bare += u64::from(finish != Finish::Length);
            return false;
        };
        // A lone word says nothing.
        let used = closed || (self.tags.style != Style::Words && opens_text(text, *first));
        self.used += u64::from(used);
        self.only_closed += u64::from(!first.opens);
        used
    }

    fn opened_by_prompt(&self) -> bool {
        self.only_closed > 0 && (self.only_closed + self.bare) <= self.only_closed.saturating_mul(ONE_IN)
    }
}
