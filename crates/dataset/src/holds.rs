//! What the rows of an input are.

/// What the rows of an input are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A problem each, none twice.
    Problems,
    /// A reply, or several, to a problem that the row repeats.
    Both,
    /// A reply, or several, to a problem that another input holds.
    Replies,
}
