//! The part of a reply in which an answer is looked for. Every look at its text is counted, so that a test can tell
//! that no reply costs more than in proportion to its length.

use std::cell::Cell;
use std::ops::Range;

/// Longest value that is read, in bytes; what is longer is compared by nothing.
pub(super) const MAX_VALUE: usize = 4096;

/// A reply from a byte on.
pub(super) struct Source<'a> {
    text: &'a str,
    from: usize,
    read: Cell<usize>,
}

impl<'a> Source<'a> {
    /// What follows the thinking; the whole reply where it has none or nothing follows.
    pub(super) fn after_thinking(reply: &'a str) -> Self {
        const CLOSE: &str = "</think>";
        let source = Self { text: reply, from: 0, read: Cell::new(2 * reply.len()) };
        match reply.rfind(CLOSE).map(|at| at + CLOSE.len()) {
            Some(from) if !reply[from..].trim().is_empty() => Self { from, ..source },
            _ => source,
        }
    }

    /// A stretch of it by itself.
    pub(super) fn within(&self, span: &Range<usize>) -> Self {
        Self { text: &self.text[..span.end], from: span.start, read: Cell::new(0) }
    }

    /// Where it stands in the reply.
    pub(super) fn span(&self) -> Range<usize> {
        self.from..self.text.len()
    }

    /// All of its text.
    pub(super) fn all(&self) -> &'a str {
        self.part(self.span())
    }

    /// The text of a span of the reply.
    pub(super) fn part(&self, span: Range<usize>) -> &'a str {
        self.charge(span.len());
        &self.text[span]
    }

    /// The text from a byte on, no more than the longest value.
    pub(super) fn head(&self, from: usize, end: usize) -> &'a str {
        self.part(from..floor(self.text, end.min(from + MAX_VALUE)))
    }

    /// The text up to a byte, no more than the longest value.
    pub(super) fn tail(&self, span: &Range<usize>) -> Range<usize> {
        let start = span.end.saturating_sub(MAX_VALUE).max(span.start);
        floor(self.text, start)..span.end
    }

    /// Adds bytes that were looked at by other means.
    pub(super) fn charge(&self, bytes: usize) {
        self.read.set(self.read.get() + bytes);
    }

    /// Bytes that were looked at so far.
    pub(super) fn read(&self) -> usize {
        self.read.get()
    }
}

/// The last boundary of a character at or before a byte.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
