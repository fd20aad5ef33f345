//! A text cut at its added tokens, as the encoder cuts it.

use tokenizers::pipeline::PipelinePatternMatcher;

/// A part of a text.
pub(crate) enum Piece<'a> {
    /// An added token, blanks that it swallows included.
    Added { start: usize, id: u32 },
    /// What stands between two of them; never empty.
    Text { start: usize, text: &'a str },
}

/// The pieces of a raw or of a normalised text, in order.
pub(crate) struct Pieces<'a, M> {
    added: &'a M,
    text: &'a str,
    normalized: bool,
    at: usize,
    /// The token behind the text that was given out last.
    waiting: Option<(usize, u32)>,
}

impl<'a, M: PipelinePatternMatcher> Pieces<'a, M> {
    pub(crate) fn of(added: &'a M, text: &'a str, normalized: bool) -> Self {
        Self { added, text, normalized, at: 0, waiting: None }
    }
}

impl<'a, M: PipelinePatternMatcher> Iterator for Pieces<'a, M> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some((start, id)) = self.waiting.take() {
            return Some(Piece::Added { start, id });
        }
        let from = self.at;
        let found = self.added.extract_next(self.text.as_bytes(), from, self.normalized, false);
        let until = found.map_or(self.text.len(), |((start, _), _)| start);
        self.at = found.map_or(self.text.len(), |((_, end), _)| end);
        let before = self.text.get(from..until).filter(|before| !before.is_empty());
        match (before, found) {
            (Some(text), _) => {
                self.waiting = found.map(|((start, _), id)| (start, id));
                Some(Piece::Text { start: from, text })
            }
            (None, Some(((start, _), id))) => Some(Piece::Added { start, id }),
            (None, None) => None,
        }
    }
}
