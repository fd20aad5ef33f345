//! A place in a text that is being read to tokens, and how what stands there is to be read.

/// How ambiguous notation is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// A comma between digits always separates, even in `1,234`.
    pub(crate) commas_separate: bool,
}

/// A place in a text.
pub(super) struct Cursor<'a> {
    pub(super) chars: &'a [char],
    pub(super) at: usize,
    /// Brackets that are open here.
    pub(super) depth: usize,
    pub(super) reading: Reading,
}

impl Cursor<'_> {
    /// The character so many places further on.
    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }
}
