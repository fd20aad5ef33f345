//! The last formula of a reply: displayed ones first, then those inside a sentence.

use std::ops::Range;

use super::Extracted;

/// The last `\[…\]` or `$$…$$`.
pub(super) fn last_display(reply: &str, from: usize) -> Option<Extracted> {
    let spans = [last_pair(reply, from, "\\[", "\\]"), last_pair(reply, from, "$$", "$$")];
    let span = spans.into_iter().flatten().max_by_key(|span| span.start)?;
    Extracted::at(reply, span, "display")
}

/// The last `$…$` or `\(…\)`.
pub(super) fn last_inline(reply: &str, from: usize) -> Option<Extracted> {
    let spans = [last_pair(reply, from, "\\(", "\\)"), last_pair(reply, from, "$", "$")];
    let span = spans.into_iter().flatten().max_by_key(|span| span.start)?;
    // `$5` and `2 $`: money, not a formula.
    let inside = &reply[span.clone()];
    let formula =
        inside.contains(['\\', '=', '^', '_', '<', '>', '(']) || !inside.contains(char::is_whitespace);
    formula.then(|| Extracted::at(reply, span, "formula")).flatten()
}

fn last_pair(reply: &str, from: usize, open: &str, close: &str) -> Option<Range<usize>> {
    let text = &reply[from..];
    if open != close {
        let end = text.rfind(close)?;
        let start = text[..end].rfind(open)? + open.len();
        return Some(from + start..from + end);
    }
    let marks: Vec<usize> = text.match_indices(open).map(|(at, _)| at).collect();
    let pair = marks.chunks_exact(2).next_back()?;
    Some(from + pair[0] + open.len()..from + pair[1])
}
