//! Finding the thinking in the text of a reply.

use std::ops::Range;

use chat::{Style, Tags};
use tables::Generation;

use super::marks::{Mark, marks, opens_text, starts_line};
use super::{Format, OpenInPrompt};

/// `reasoning_source` of thinking between two tags.
pub(super) const TAGS: &str = "tags";
/// `reasoning_source` of thinking whose opening tag stood in the prompt.
pub(super) const OPEN_TAG_IN_PROMPT: &str = "open_tag_in_prompt";

/// Where thinking and answer stand in a reply, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The thinking: one piece, or one for each message of thinking.
    pub reasoning: Vec<Range<usize>>,
    /// The answer.
    pub answer: Range<usize>,
    /// `tags` · `open_tag_in_prompt` · `unclosed` · `none`.
    pub source: &'static str,
}

impl Parts {
    /// The text of the thinking; messages are paragraphs of their own.
    pub fn thinking(&self, text: &str) -> String {
        let pieces = self.reasoning.iter().filter_map(|range| text.get(range.clone()));
        pieces.collect::<Vec<_>>().join("\n\n")
    }
}

/// Tells thinking and answer apart. With [`OpenInPrompt::Auto`] the reply is taken by itself: only a closing
/// tag means that the prompt opened the thinking, no tag at all means that there is none. A reply that opens with another
/// known pair than the model's usual one is divided by that.
pub fn divide(text: &str, format: &Format) -> Parts {
    let own = marks(text, &format.tags);
    if own.is_empty()
        && let Some(other) = format.others.iter().find(|tags| opens_with(text, tags))
    {
        return by(text, other, &marks(text, other), OpenInPrompt::No);
    }
    by(text, &format.tags, &own, format.open_in_prompt)
}

fn opens_with(text: &str, tags: &Tags) -> bool {
    let marks = marks(text, tags);
    // Words are marks only where both stand.
    let whole = tags.style != Style::Words || marks.len() > 1;
    whole && marks.first().is_some_and(|first| opens_text(text, *first))
}

fn by(text: &str, tags: &Tags, marks: &[Mark], mode: OpenInPrompt) -> Parts {
    match tags.style {
        Style::Messages | Style::Words => messages(text, tags, marks),
        Style::Around | Style::Opened => around(text, tags, marks, mode),
    }
}

fn around(text: &str, tags: &Tags, marks: &[Mark], mode: OpenInPrompt) -> Parts {
    let Some((begin, rest, source)) = begin(text, marks, mode) else { return nothing(text, tags) };
    match closing(text, rest) {
        Some(end) => {
            Parts { reasoning: one(begin..end.start), answer: unwrapped(text, end.end, tags), source }
        }
        None => unclosed(text, one(begin..text.len())),
    }
}

/// One piece.
fn one(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}

fn unclosed(text: &str, reasoning: Vec<Range<usize>>) -> Parts {
    Parts { reasoning, answer: text.len()..text.len(), source: Generation::UNCLOSED }
}

fn nothing(text: &str, tags: &Tags) -> Parts {
    Parts { reasoning: Vec::new(), answer: unwrapped(text, 0, tags), source: Generation::NO_REASONING }
}

/// Every message that opens as thinking is thinking, up to its end; what stands between messages is the model's
/// notation, and is neither thinking nor answer.
fn messages(text: &str, tags: &Tags, marks: &[Mark]) -> Parts {
    let mut reasoning = Vec::new();
    let mut opened: Option<usize> = None;
    let mut end = 0;
    for mark in marks {
        match (mark.opens, opened) {
            (true, None) => opened = Some(mark.end),
            (true, Some(start)) => {
                reasoning.push(start..mark.start);
                opened = Some(mark.end);
            }
            (false, Some(start)) => {
                reasoning.push(start..mark.start);
                (opened, end) = (None, mark.end);
            }
            (false, None) => {}
        }
    }
    if let Some(start) = opened {
        reasoning.push(start..text.len());
        return unclosed(text, reasoning);
    }
    if reasoning.is_empty() {
        return nothing(text, tags);
    }
    Parts { reasoning, answer: last_message(text, end, tags), source: TAGS }
}

/// The first byte of the thinking, the tags behind it, and what began it; `None` if there is no thinking.
fn begin<'a>(text: &str, marks: &'a [Mark], mode: OpenInPrompt) -> Option<(usize, &'a [Mark], &'static str)> {
    let in_prompt = Some((0, marks, OPEN_TAG_IN_PROMPT));
    let first_open = marks.iter().position(|mark| mark.opens);
    let opened = |at: usize| marks.get(at).map(|mark| (mark.end, &marks[at + 1..], TAGS));
    match (mode, marks.first()) {
        (OpenInPrompt::Yes, Some(first)) if opens_text(text, *first) => opened(0),
        (OpenInPrompt::Yes, _) => in_prompt,
        (_, None) => None,
        (OpenInPrompt::Auto, Some(first)) if !first.opens => in_prompt,
        _ => first_open.and_then(opened),
    }
}

/// The tag that ends the thinking, which is open where `marks` begin; `None` if it stays open.
fn closing(text: &str, marks: &[Mark]) -> Option<Mark> {
    let mut depth = 1_usize;
    let mut end = None;
    for mark in marks {
        match (mark.opens, depth) {
            (true, 0) => depth = usize::from(starts_line(text, mark.start)),
            (true, _) => depth += 1,
            (false, 0) => {}
            (false, _) => {
                depth -= 1;
                end = Some(*mark).filter(|_| depth == 0).or(end);
            }
        }
    }
    if depth == 0 {
        return end;
    }
    // Thinking that mentions an opening tag is still ended by the last closing one.
    marks.last().filter(|last| !last.opens).copied()
}

/// The answer behind the messages of thinking: the message that is wrapped as one, or all of the rest where no other
/// message begins.
fn last_message(text: &str, from: usize, tags: &Tags) -> Range<usize> {
    let answer = unwrapped(text, from, tags);
    let Some((open, _)) = &tags.answer else { return answer };
    if text[from..].contains(open.as_str()) {
        // A message that is not the conversation's last one ends as all others do.
        let end = text[answer.clone()].find(tags.close.as_str()).map_or(answer.end, |at| answer.start + at);
        return answer.start..end;
    }
    if text[from..].trim_start().starts_with("<|start|>") { text.len()..text.len() } else { answer }
}

/// The answer behind byte `from`, without what is wrapped around it.
fn unwrapped(text: &str, from: usize, tags: &Tags) -> Range<usize> {
    let Some((open, close)) = &tags.answer else { return from..text.len() };
    let Some(at) = text[from..].find(open.as_str()) else { return from..text.len() };
    let start = from + at + open.len();
    let end = text[start..].rfind(close.as_str()).map_or(text.len(), |at| start + at);
    start..end
}
