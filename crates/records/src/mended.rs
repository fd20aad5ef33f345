//! What was forgiven in a row.

/// How often something in a row was no text and no number, and what stands for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Halves of characters; U+FFFD stands for each.
    pub halves: u64,
    /// `NaN` and `Infinity`, which are no JSON; they say nothing.
    pub words: u64,
    /// Numbers beyond what any reader of JSON holds; they are texts of their digits.
    pub numbers: u64,
}

impl Mended {
    /// Anything was.
    pub fn any(self) -> bool {
        self != Self::default()
    }

    pub(crate) fn and_halves(self, halves: u64) -> Self {
        Self { halves: self.halves + halves, ..self }
    }

    /// Each thing that was forgiven, in words that are the same for all rows, and how often.
    pub fn counts(self) -> impl Iterator<Item = (&'static str, u64)> {
        let each = [
            ("half a character, read as U+FFFD", self.halves),
            ("NaN or Infinity, which are no JSON, read as nothing", self.words),
            ("a number too large for JSON readers, read as the text of its digits", self.numbers),
        ];
        each.into_iter().filter(|(_, count)| *count > 0)
    }
}
