//! The last formula of a reply: displayed ones first, then those inside a sentence.

use std::ops::Range;

use super::Extracted;

/// The last `\[…\]` or `$$…$$`.
pub(super) fn last_display(reply: &str, from: usize) -> Option<Extracted> {
    let spans = [last_pair(reply, from, "\\[", "\\]"), last_pair(reply, from, "$$", "$$")];
    let span = spans.into_iter().flatten().max_by_key(|span| span.start)?;
    Extracted::at(reply, span, "display")
}

/// The last `$…$` or `\(…\)`, with those in front of it that make one list with it.
pub(super) fn last_inline(reply: &str, from: usize) -> Option<Extracted> {
    let spans = [last_pair(reply, from, "\\(", "\\)"), joined(reply, from)];
    let span = spans.into_iter().flatten().max_by_key(|span| span.end)?;
    // `$5` and `2 $`: money, not a formula.
    let inside = &reply[span.clone()];
    let marks = ['\\', '=', '^', '_', '<', '>', '(', ',', '{'];
    let formula = inside.contains(marks) || !inside.trim().contains(char::is_whitespace);
    formula.then(|| Extracted::at(reply, span, "formula")).flatten()
}

/// `$21,16$ or $11$`: one list.
fn joined(reply: &str, from: usize) -> Option<Range<usize>> {
    let marks: Vec<usize> = reply[from..].match_indices('$').map(|(at, _)| from + at).collect();
    let pairs: Vec<&[usize]> = marks.chunks_exact(2).collect();
    let mut first = pairs.len().checked_sub(1)?;
    let end = pairs[first][1];
    let between =
        |a: usize, b: usize| reply[a + 1..b].split([' ', ',']).all(|word| matches!(word, "" | "and" | "or"));
    while first > 0
        && pairs[first][0] > pairs[first - 1][1] + 1
        && between(pairs[first - 1][1], pairs[first][0])
    {
        first -= 1;
    }
    Some(pairs[first][0] + 1..end)
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
