//! The numbered pieces of a text, and which of them one question shows.

use std::ops::Range;

/// Bytes that hardly any tokenizer makes more than one token of, on average.
const BYTES_A_TOKEN: usize = 3;
/// Tokens of a piece's number.
const NUMBER: usize = 4;

/// Small spans of a text, in order, of which steps are made.
pub(super) struct Pieces<'a> {
    pub(super) text: &'a str,
    spans: Vec<Range<usize>>,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(text: &'a str, spans: Vec<Range<usize>>) -> Self {
        Self { text, spans }
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn piece(&self, index: usize) -> &'a str {
        self.spans.get(index).and_then(|span| self.text.get(span.clone())).unwrap_or_default()
    }

    /// Where a piece begins; behind the last one the text ends.
    pub(super) fn start(&self, index: usize) -> usize {
        self.spans.get(index).map_or(self.text.len(), |span| span.start)
    }

    /// The bytes of a run of pieces, up to where the next piece begins.
    pub(super) fn bytes(&self, pieces: &Range<usize>) -> Range<usize> {
        self.start(pieces.start)..self.start(pieces.end)
    }

    /// Runs of pieces that each fit into a question, with `context` further pieces in front.
    pub(super) fn windows(&self, tokens: usize, context: usize) -> Vec<Range<usize>> {
        let size = |index: usize| self.piece(index).len() / BYTES_A_TOKEN + NUMBER;
        let mut windows = Vec::new();
        let mut begin = 0;
        while begin < self.len() {
            let before: usize = (begin.saturating_sub(context)..begin).map(size).sum();
            let mut left = tokens.saturating_sub(before);
            let mut end = begin;
            while let Some(rest) = (end < self.len()).then(|| left.checked_sub(size(end))).flatten() {
                left = rest;
                end += 1;
            }
            let end = end.max(begin + 1);
            windows.push(begin..end);
            begin = end;
        }
        windows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_every_piece_once() {
        let text = "abc".repeat(40);
        let spans: Vec<_> = (0..10).map(|index| index * 12..index * 12 + 12).collect();
        let pieces = Pieces::new(&text, spans);
        assert_eq!(pieces.windows(1000, 2), vec![0..10; 1]);
        assert_eq!(pieces.windows(32, 0), [0..4, 4..8, 8..10]);
        assert_eq!(pieces.windows(32, 2), [0..4, 4..6, 6..8, 8..10]);
        assert_eq!(pieces.windows(1, 1), (0..10).map(|index| index..index + 1).collect::<Vec<_>>());
        assert!(Pieces::new("", vec![]).windows(100, 1).is_empty());
        assert_eq!(pieces.bytes(&(8..10)), 96..120);
    }
}
