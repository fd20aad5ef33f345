//! The tags of a pair in a text.

use chat::{Style, Tags};
use memchr::memmem;

/// A tag in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) opens: bool,
}

/// All tags of a text that count, in order.
pub(super) fn marks(text: &str, tags: &Tags) -> Vec<Mark> {
    if tags.style == Style::Words {
        return words(text, tags);
    }
    let mut marks = find(text, &tags.open, true);
    let first_open = marks.first().map(|mark| mark.start);
    let alone = tags.style == Style::Around;
    let counts = |mark: &Mark| alone || first_open.is_some_and(|open| open < mark.start);
    marks.extend(find(text, &tags.close, false).into_iter().filter(counts));
    marks.sort_by_key(|mark| mark.start);
    marks
}

fn find(text: &str, tag: &str, opens: bool) -> Vec<Mark> {
    let places = memmem::find_iter(text.as_bytes(), tag);
    places.map(|start| Mark { start, end: start + tag.len(), opens }).collect()
}

/// Words that are marks: the opening one only where the reply begins, the closing one only where it first stands, and
/// the seams between.
fn words(text: &str, tags: &Tags) -> Vec<Mark> {
    let blanks = text.len() - text.trim_start().len();
    let role = if text[blanks..].starts_with(Style::SEAM) { Style::ROLE.len() } else { 0 };
    let start = blanks + role;
    if !text[start..].starts_with(tags.open.as_str()) {
        return Vec::new();
    }
    let first = Mark { start, end: start + tags.open.len(), opens: true };
    let close = text[first.end..].find(tags.close.as_str()).map(|at| first.end + at);
    let inside = &text[first.end..close.unwrap_or(text.len())];
    let shift = |mark: Mark| Mark { start: mark.start + first.end, end: mark.end + first.end, ..mark };
    let seams = find(inside, Style::SEAM, true).into_iter().map(shift);
    let close = close.map(|start| Mark { start, end: start + tags.close.len(), opens: false });
    std::iter::once(first).chain(seams).chain(close).collect()
}

/// The mark is an opening tag and nothing but blanks stands before it.
pub(super) fn opens_text(text: &str, mark: Mark) -> bool {
    mark.opens && matches!(text[..mark.start].trim(), "" | "<|start|>assistant" | Style::ROLE)
}

/// Nothing but blanks stands before a place in its line.
pub(super) fn starts_line(text: &str, at: usize) -> bool {
    text[..at].chars().rev().take_while(|c| *c != '\n').all(char::is_whitespace)
}
