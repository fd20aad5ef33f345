//! The expressions that answers are made of.

use num_rational::BigRational;
use num_traits::{One, Signed};

use super::token::{Func, Number};
use super::units::Unit;

/// A bracketed or free-standing sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// `(`, `[`, `⟨`, `S` (set), `{` (grouping brace) or `,` (none).
    pub(crate) open: char,
    /// Its counterpart, which need not match: `[1,2)`.
    pub(crate) close: char,
    /// What stands inside.
    pub(crate) items: Vec<Expr>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    Num(Number),
    /// A variable with its subscript: `x`, `x_1`, `theta`.
    Var(String),
    Pi,
    E,
    I,
    Infinity,
    Neg(Box<Expr>),
    Add(Vec<Expr>),
    /// Factors; `true` marks those that divide.
    Mul(Vec<(Expr, bool)>),
    Pow(Box<Expr>, Box<Expr>),
    /// The root of the given index.
    Root(Box<Expr>, Box<Expr>),
    Call(Func, Vec<Expr>),
    /// A logarithm to a base.
    LogBase(Box<Expr>, Box<Expr>),
    Factorial(Box<Expr>),
    Binomial(Box<Expr>, Box<Expr>),
    /// `a ± b`; `true` for `∓`.
    PlusMinus(Box<Expr>, Box<Expr>, bool),
    Percent(Box<Expr>),
    Degrees(Box<Expr>),
    /// Digits in a base.
    Based(String, u32),
    Quantity(Box<Expr>, Unit),
    Sequence(Sequence),
    Matrix(Vec<Vec<Expr>>),
    /// `∪`, `∩` or `∖` of sets, left to right.
    SetOp(char, Vec<Expr>),
    /// `{x : conditions}`.
    Builder(Vec<Expr>),
    /// A chain of relations: terms and the signs between them.
    Relation(Vec<Expr>, Vec<char>),
    /// `a : b : …`
    Ratio(Vec<Expr>),
    Reals,
    Empty,
    Text(String),
}

impl Expr {
    /// An integer.
    pub(crate) fn int(value: i64) -> Self {
        let digits = value.abs().to_string();
        let number = Number {
            value: BigRational::from_integer(value.abs().into()),
            significant: 0,
            places: 0,
            digits,
        };
        if value < 0 { Self::Neg(Box::new(Self::Num(number))) } else { Self::Num(number) }
    }

    /// `numerator / denominator`.
    pub(crate) fn over(numerator: Self, denominator: Self) -> Self {
        Self::Mul(vec![(numerator, false), (denominator, true)])
    }

    /// A literal number, perhaps with a sign.
    pub(crate) fn literal(&self) -> Option<(&Number, bool)> {
        match self {
            Self::Num(number) => Some((number, false)),
            Self::Neg(inner) => inner.literal().map(|(number, negative)| (number, !negative)),
            _ => None,
        }
    }

    /// A literal integer that is not negative.
    pub(crate) fn natural(&self) -> Option<&Number> {
        match self {
            Self::Num(number) if number.value.denom().is_one() && !number.value.is_negative() => Some(number),
            _ => None,
        }
    }

    /// A number, or a sign of arithmetic, whatever it joins.
    pub(crate) fn is_arithmetic(&self) -> bool {
        use Expr::*;
        matches!(self, Num(_) | Pi | Neg(_) | Add(_) | Mul(_) | Pow(..) | Root(..))
    }

    /// It stands for a quantity: a letter, letters side by side, `f(2)`, `|AB|`, `\frac{NO}{BO}`, a text.
    pub(crate) fn is_name(&self) -> bool {
        match self {
            Self::Var(_) | Self::Text(_) | Self::E | Self::I => true,
            Self::Quantity(inner, unit) => unit.dimension.is_empty() && inner.is_name(),
            Self::Call(Func::Abs, items) | Self::Ratio(items) => items.iter().all(Self::is_name),
            Self::Sequence(sequence) => sequence.open != ',' && sequence.items.iter().all(Self::is_name),
            Self::Mul(factors) => {
                let applied = matches!(factors.as_slice(), [(Self::Var(_), false), (_, false)]);
                applied || factors.iter().all(|(factor, _)| factor.is_name())
            }
            _ => false,
        }
    }

    /// The expressions directly inside.
    pub(crate) fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Neg(a)
            | Self::Factorial(a)
            | Self::Percent(a)
            | Self::Degrees(a)
            | Self::Quantity(a, _) => vec![a],
            Self::Pow(a, b)
            | Self::Root(a, b)
            | Self::LogBase(a, b)
            | Self::Binomial(a, b)
            | Self::PlusMinus(a, b, _) => vec![a, b],
            Self::Add(items)
            | Self::Call(_, items)
            | Self::SetOp(_, items)
            | Self::Builder(items)
            | Self::Relation(items, _)
            | Self::Ratio(items) => items.iter().collect(),
            Self::Sequence(sequence) => sequence.items.iter().collect(),
            Self::Mul(factors) => factors.iter().map(|(factor, _)| factor).collect(),
            Self::Matrix(rows) => rows.iter().flatten().collect(),
            _ => vec![],
        }
    }

    /// Whether this or anything inside passes a test.
    pub(crate) fn any(&self, test: &dyn Fn(&Expr) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|child| child.any(test))
    }

    /// The variables, sorted, each once.
    pub(crate) fn variables(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect(&mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    fn collect<'a>(&'a self, names: &mut Vec<&'a str>) {
        if let Self::Var(name) = self {
            names.push(name);
        }
        for child in self.children() {
            child.collect(names);
        }
    }
}
