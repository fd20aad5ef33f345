//! The tokens that LaTeX, Unicode and plain text are all normalised to.

use num_rational::BigRational;

/// A number as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// Its exact value.
    pub(crate) value: BigRational,
    /// Significant digits of a decimal fraction; 0 for an integer or a repeating decimal.
    pub(crate) significant: u32,
    /// Digits behind the decimal point (less the power of ten).
    pub(crate) places: i32,
    /// The digits, for numbers in another base.
    pub(crate) digits: String,
}

/// A named function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Func {
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Sinh,
    Cosh,
    Tanh,
    Ln,
    Log,
    Exp,
    Abs,
    Floor,
    Ceil,
    Sqrt,
    Gcd,
    Lcm,
    Max,
    Min,
}

impl Func {
    /// The function of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sin" => Self::Sin,
            "cos" => Self::Cos,
            "tan" | "tg" => Self::Tan,
            "cot" | "ctg" => Self::Cot,
            "sec" => Self::Sec,
            "csc" => Self::Csc,
            "arcsin" | "asin" => Self::Arcsin,
            "arccos" | "acos" => Self::Arccos,
            "arctan" | "atan" => Self::Arctan,
            "sinh" => Self::Sinh,
            "cosh" => Self::Cosh,
            "tanh" => Self::Tanh,
            "ln" => Self::Ln,
            "log" | "lg" => Self::Log,
            "exp" => Self::Exp,
            "abs" => Self::Abs,
            "floor" => Self::Floor,
            "ceil" => Self::Ceil,
            "sqrt" => Self::Sqrt,
            "gcd" => Self::Gcd,
            "lcm" => Self::Lcm,
            "max" => Self::Max,
            "min" => Self::Min,
            _ => return None,
        })
    }
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tok {
    /// A literal number.
    Num(Number),
    /// A letter, Latin or Greek (`x`, `theta`).
    Name(String),
    /// A word of two letters or more.
    Word(String),
    /// A function's name.
    Func(Func),
    Pi,
    Infinity,
    Reals,
    Empty,
    Frac,
    /// `\sqrt`, with or without an index.
    Root,
    /// A root of a fixed index (`∛`).
    RootOf(u32),
    Binom,
    /// `\begin{pmatrix}` and its like.
    Begin,
    End,
    /// The end of a matrix row.
    Row,
    /// Operators, relations, punctuation; Unicode where ASCII has none (`≤ ≥ ≠ ≈ ∈ ∪ ∩ ± ∓ ∖ ° → ∣`).
    Op(char),
    /// `(`, `[`, `{` (grouping), `S` (set brace), `⟨`, `⌊`, `⌈`.
    Open(char),
    /// `)`, `]`, `}`, `S`, `⟩`, `⌋`, `⌉`.
    Close(char),
}

/// A token and what stood around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) tok: Tok,
    /// A blank stood before it.
    pub(crate) space: bool,
    /// It stood inside `\text{…}` or the like.
    pub(crate) text: bool,
}
