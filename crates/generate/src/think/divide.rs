//! Finding the thinking in the text of a reply.

use std::ops::Range;

use memchr::memmem;
use tables::Generation;

use super::{Format, OpenInPrompt, Tags};

/// `reasoning_source` of thinking between two tags.
pub(super) const TAGS: &str = "tags";
/// `reasoning_source` of thinking whose opening tag stood in the prompt.
pub(super) const OPEN_TAG_IN_PROMPT: &str = "open_tag_in_prompt";

/// Where thinking and answer stand in a reply, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The thinking.
    pub reasoning: Range<usize>,
    /// The answer.
    pub answer: Range<usize>,
    /// `tags` · `open_tag_in_prompt` · `unclosed` · `none`.
    pub source: &'static str,
}

/// A tag in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    start: usize,
    end: usize,
    pub(super) opens: bool,
}

/// Tells thinking and answer apart. With [`OpenInPrompt::Auto`] the reply is taken by itself: only a closing
/// tag means that the prompt opened the thinking, no tag at all means that there is none.
pub fn divide(text: &str, format: &Format) -> Parts {
    let marks = marks(text, &format.tags);
    let mode = format.open_in_prompt;
    let Some((begin, rest, source)) = begin(text, &marks, mode) else {
        return nothing(text, &format.tags);
    };
    match closing(text, rest) {
        Some(end) => {
            Parts { reasoning: begin..end.start, answer: unwrapped(text, end.end, &format.tags), source }
        }
        None => Parts {
            reasoning: begin..text.len(),
            answer: text.len()..text.len(),
            source: Generation::UNCLOSED,
        },
    }
}

fn nothing(text: &str, tags: &Tags) -> Parts {
    Parts { reasoning: 0..0, answer: unwrapped(text, 0, tags), source: Generation::NO_REASONING }
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

/// The mark is an opening tag and nothing but blanks stands before it.
pub(super) fn opens_text(text: &str, mark: Mark) -> bool {
    mark.opens && text[..mark.start].trim().is_empty()
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

fn starts_line(text: &str, at: usize) -> bool {
    text[..at].chars().rev().take_while(|c| *c != '\n').all(char::is_whitespace)
}

/// The answer behind byte `from`, without what is wrapped around it.
fn unwrapped(text: &str, from: usize, tags: &Tags) -> Range<usize> {
    let Some((open, close)) = &tags.answer else { return from..text.len() };
    let Some(at) = text[from..].find(open.as_str()) else { return from..text.len() };
    let start = from + at + open.len();
    let end = text[start..].rfind(close.as_str()).map_or(text.len(), |at| start + at);
    start..end
}

/// All tags of a text, in order.
pub(super) fn marks(text: &str, tags: &Tags) -> Vec<Mark> {
    let find = |tag: &str, opens| {
        let places = memmem::find_iter(text.as_bytes(), tag);
        places.map(|start| Mark { start, end: start + tag.len(), opens }).collect::<Vec<_>>()
    };
    let mut marks = find(&tags.open, true);
    let first_open = marks.first().map(|mark| mark.start);
    let counts = |mark: &Mark| tags.close_alone || first_open.is_some_and(|open| open < mark.start);
    marks.extend(find(&tags.close, false).into_iter().filter(counts));
    marks.sort_by_key(|mark| mark.start);
    marks
}
