//! What an expression is made of.

use std::collections::BTreeSet;

use super::ExpressionError;
use crate::number::Number;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Number(Number),
    Truth(bool),
    Name(String),
    Negative(Box<Tree>),
    Not(Box<Tree>),
    /// Two numbers with a sign between them.
    Sum(&'static str, Box<[Tree; 2]>),
    /// `and`, or else `or`.
    Both(bool, Box<[Tree; 2]>),
    /// `a < b <= c`: the first, and each next with the sign before it.
    Compared(Box<Tree>, Vec<(&'static str, Tree)>),
    /// If the second, the first, else the third.
    Choice(Box<[Tree; 3]>),
    Call(String, Vec<Tree>),
    /// What Python has and we do not, by the name that Python gives it.
    Refused(&'static str),
}

pub(super) const FUNCTIONS: [&str; 8] =
    ["is_int", "divides", "int", "round", "Fraction", "abs", "min", "max"];

impl Tree {
    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Truth(_) | Self::Name(_) | Self::Refused(_) => vec![],
            Self::Negative(inner) | Self::Not(inner) => vec![inner],
            Self::Sum(_, pair) | Self::Both(_, pair) => pair.iter().collect(),
            Self::Choice(three) => three.iter().collect(),
            Self::Call(_, arguments) => arguments.iter().collect(),
            Self::Compared(first, others) => {
                std::iter::once(first.as_ref()).chain(others.iter().map(|(_, other)| other)).collect()
            }
        }
    }

    /// The first thing in it that is not allowed; a function before what it is called with.
    pub(super) fn refused(&self) -> Option<ExpressionError> {
        match self {
            Self::Refused(what) => Some(ExpressionError::NotAllowed(what)),
            Self::Call(name, _) if !FUNCTIONS.contains(&name.as_str()) => {
                Some(ExpressionError::Function(name.clone()))
            }
            _ => self.parts().into_iter().find_map(Self::refused),
        }
    }

    pub(super) fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::Name(name) => BTreeSet::from([name.as_str()]),
            _ => self.parts().into_iter().flat_map(Self::names).collect(),
        }
    }
}
