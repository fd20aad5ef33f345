//! Letters of a multiple-choice question.

use super::token::{Tok, Token};
use crate::Comparison;

/// An answer that is, or begins with, a choice letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    letter: char,
    /// Nothing follows.
    alone: bool,
}

/// The choice that tokens begin with.
pub(crate) fn of(tokens: &[Token]) -> Option<Choice> {
    let brackets = matches!(tokens.first()?.tok, Tok::Open('('));
    let letter = tokens.get(usize::from(brackets)).and_then(|token| match &token.tok {
        Tok::Name(name) if name.len() == 1 => name.chars().next().filter(|c| ('A'..='J').contains(c)),
        _ => None,
    })?;
    let behind = usize::from(brackets) + 1;
    let closed = tokens.get(behind).is_some_and(|token| token.tok == Tok::Close(')'));
    if brackets && !closed {
        return None;
    }
    let colon = tokens.get(behind).is_some_and(|token| token.tok == Tok::Op(':'));
    let end = behind + usize::from(closed || colon);
    let alone = end == tokens.len();
    let marked = closed || colon;
    (alone || marked).then_some(Choice { letter, alone })
}

/// Compares two choices; `None` unless both are one and one of them stands alone.
pub(crate) fn compare(gold: Option<&Choice>, given: Option<&Choice>) -> Option<Comparison> {
    let (gold, given) = (gold?, given?);
    (gold.alone || given.alone).then(|| Comparison::of(gold.letter == given.letter, "choices"))
}

impl Choice {
    /// Its letter.
    pub(crate) fn letter(&self) -> char {
        self.letter
    }
}
