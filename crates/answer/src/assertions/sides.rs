//! What stands on the left of a mention's equation. A chain of equations is read once, however many mentions it holds.

use std::ops::Range;

use super::context::Context;
use super::question::{Question, squeezed};
use super::sentences::Segment;
use crate::Work;

/// A longer side is no formula that anybody asks for.
const LONGEST: usize = 512;

/// The left sides of the chain that was looked at last.
pub(super) struct Sides<'a> {
    question: &'a Question,
    work: &'a Work,
    /// What of the chain was read.
    read: Range<usize>,
    /// Where the side begins that no equals sign has ended yet.
    side: usize,
    /// The first side is one letter; unknown until it ends.
    letter: Option<bool>,
    /// A side is the asked formula.
    asked: bool,
}

impl<'a> Sides<'a> {
    pub(super) fn new(question: &'a Question, work: &'a Work) -> Self {
        Self { question, work, read: 0..0, side: 0, letter: None, asked: false }
    }

    /// Whether the asked formula, or another letter, stands on the left of the mention's equation.
    pub(super) fn of(&mut self, context: &Context<'_>, mention: &Segment) -> (bool, bool) {
        if !mention.after_equals {
            let asked = context.verb(mention).is_some_and(|verb| self.asked_before(context, verb));
            return (asked, false);
        }
        let (chain, end) = (mention.chain, mention.span.start);
        if self.read.start != chain || end < self.read.end {
            (self.read, self.side, self.letter, self.asked) = (chain..chain, chain, None, false);
        }
        self.read_to(context, end);
        let open = short(context, self.side..end);
        let asked = self.asked || open.is_some_and(|side| self.question.is_formula(side));
        let letter = self.letter.unwrap_or_else(|| open.is_some_and(is_letter));
        (asked, letter && !asked)
    }

    fn read_to(&mut self, context: &Context<'_>, end: usize) {
        let from = self.read.end;
        self.work.bytes(end - from);
        for (at, _) in context.between(from, end).match_indices('=') {
            let side = short(context, self.side..from + at);
            self.letter = self.letter.or_else(|| Some(side.is_some_and(is_letter)));
            self.asked |= side.is_some_and(|side| self.question.is_formula(side));
            self.side = from + at + 1;
        }
        self.read.end = end;
    }

    /// The asked formula stands before a verb: "b equals 19".
    fn asked_before(&self, context: &Context<'_>, verb: usize) -> bool {
        let start = context.sentence.start;
        let before = context.between(start, start + verb).trim_end();
        let blank = before.char_indices().rev().take(LONGEST).find(|(_, c)| c.is_whitespace());
        let word = &before[blank.map_or(0, |(at, c)| at + c.len_utf8())..];
        self.work.bytes(word.len().min(LONGEST));
        word.len() <= LONGEST && self.question.is_formula(word.trim_end_matches("\\)"))
    }
}

/// A side that may be a formula that is asked for.
fn short<'a>(context: &Context<'a>, side: Range<usize>) -> Option<&'a str> {
    (side.len() <= LONGEST).then(|| context.between(side.start, side.end))
}

fn is_letter(side: &str) -> bool {
    let bare = squeezed(side);
    bare.chars().count() == 1 && bare.chars().all(char::is_alphabetic)
}
