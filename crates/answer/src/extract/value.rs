//! Reading the value that follows a cue.

use std::ops::Range;

/// The text of a span without blanks, emphasis and sentence punctuation around it.
pub(super) fn trimmed(text: &str, span: Range<usize>) -> (&str, Range<usize>) {
    let part = &text[span.clone()];
    let blank = |c: char| c.is_whitespace() || matches!(c, '*' | '`' | '。' | '，' | '：');
    let left = part.len() - part.trim_start_matches(blank).len();
    let kept = part.trim_matches(blank);
    let kept = kept.trim_end_matches(|c: char| blank(c) || matches!(c, '.' | ',' | ';' | ':'));
    (kept, span.start + left..span.start + left + kept.len())
}

/// A whole sentence ("the volume of the cube is 120") without its subject.
pub(super) fn predicate(text: &str, span: Range<usize>) -> Range<usize> {
    let part = &text[span.clone()];
    match part.rfind(" is ") {
        Some(at) if part[..at].split_whitespace().count() >= 3 && !part[at..].contains('}') => {
            span.start + at + 4..span.end
        }
        _ => span,
    }
}

/// The span of the value that begins at `from`: a formula in its delimiters, else the rest of the sentence.
pub(super) fn value_at(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + skip(&text[from..]);
    let rest = &text[start..];
    if let Some((inner, outer)) = delimited(rest) {
        let end = start + outer;
        let tail = sentence(&text[end..]);
        // `$x$ and $y$` goes on; a lone formula is the value.
        let whole = text[end..end + tail].contains('$') || text[end..end + tail].contains("\\(");
        return Some(if whole { start..end + tail } else { start + inner.start..start + inner.end });
    }
    let length = sentence(rest);
    (length > 0).then(|| start..start + length)
}

/// Blanks, colons, emphasis and the like in front of a value.
fn skip(text: &str) -> usize {
    let blank = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | '*' | '_' | '`' | '是' | '为' | '=');
    text.len() - text.trim_start_matches(blank).len()
}

/// The inside of the formula that the text begins with, and where the formula ends.
fn delimited(text: &str) -> Option<(Range<usize>, usize)> {
    for (open, close) in [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")] {
        let Some(rest) = text.strip_prefix(open) else { continue };
        let end = rest.find(close)?;
        if !rest[..end].trim().is_empty() {
            let inner = open.len()..open.len() + end;
            return Some((inner.clone(), inner.end + close.len()));
        }
    }
    None
}

/// The length of the sentence that the text begins with: to a line's end or a full stop that ends a word.
fn sentence(text: &str) -> usize {
    let mut depth = 0_i32;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            '\n' if depth <= 0 => return at,
            '。' => return at,
            '.' | '!' | '?' if chars.peek().is_none_or(|(_, next)| next.is_whitespace() || *next == '*') => {
                return at;
            }
            _ => {}
        }
    }
    text.len()
}
