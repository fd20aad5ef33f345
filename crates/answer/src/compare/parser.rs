//! Tokens to expressions: lists, relations, sets, sums. Products and what they are made of are in `factor`.

use super::expr::{Expr, Sequence};
use super::fuel::MAX_DEPTH;
use super::token::{Tok, Token};

/// Why tokens are no expression.
pub(crate) type Refusal = &'static str;
pub(super) type Parsed = Result<Expr, Refusal>;

/// The expression that all of the tokens make up.
pub(crate) fn parse(tokens: &[Token]) -> Parsed {
    let mut parser = Parser::new(tokens);
    let items = parser.items(false)?;
    if parser.at < tokens.len() {
        return Err("a rest");
    }
    single_or(',', ',', items)
}

pub(super) struct Parser<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    depth: usize,
    /// Open `|`.
    pub(super) bars: usize,
    /// Inside set braces, `|` and `:` separate.
    pub(super) sets: usize,
}

impl<'a> Parser<'a> {
    fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, at: 0, depth: 0, bars: 0, sets: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'a Tok> {
        self.tokens.get(self.at).map(|token| &token.tok)
    }

    pub(super) fn token(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn op(&self) -> Option<char> {
        match self.peek() {
            Some(Tok::Op(c)) => Some(*c),
            _ => None,
        }
    }

    pub(super) fn eat(&mut self, op: char) -> bool {
        let found = self.op() == Some(op);
        self.at += usize::from(found);
        found
    }

    /// Runs a rule one level deeper.
    pub(super) fn deeper(&mut self, rule: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        let result = if self.depth > MAX_DEPTH { Err("nesting") } else { rule(self) };
        self.depth -= 1;
        result
    }

    /// Relations with commas, semicolons and "and" between them.
    pub(super) fn items(&mut self, closed: bool) -> Result<Vec<Expr>, Refusal> {
        let mut items = Vec::new();
        loop {
            while matches!(self.op(), Some(',' | ';')) {
                self.at += 1;
            }
            if self.at >= self.tokens.len()
                || (closed && matches!(self.peek(), Some(Tok::Close(_) | Tok::End)))
            {
                return Ok(items);
            }
            items.push(self.relation()?);
            if !matches!(self.op(), Some(',' | ';')) {
                return Ok(items);
            }
        }
    }

    pub(super) fn relation(&mut self) -> Parsed {
        let first = self.sets_joined()?;
        let (mut terms, mut signs) = (vec![first], vec![]);
        while let Some(sign) =
            self.op().filter(|c| matches!(c, '=' | '<' | '>' | '≤' | '≥' | '≠' | '≈' | '≡' | '∈'))
        {
            self.at += 1;
            // `a ≈ b` at the end only says the same less exactly.
            let term = self.sets_joined()?;
            if sign != '≈' {
                signs.push(sign);
                terms.push(term);
            }
        }
        if signs.is_empty() { Ok(terms.remove(0)) } else { Ok(Expr::Relation(terms, signs)) }
    }

    fn sets_joined(&mut self) -> Parsed {
        let mut left = self.ratio()?;
        while let Some(sign) = self.op().filter(|c| matches!(c, '∪' | '∩' | '∖')) {
            self.at += 1;
            let right = self.ratio()?;
            left = match left {
                Expr::SetOp(same, mut items) if same == sign => {
                    items.push(right);
                    Expr::SetOp(sign, items)
                }
                other => self.deeper(|_| Ok(Expr::SetOp(sign, vec![other, right])))?,
            };
        }
        Ok(left)
    }

    fn ratio(&mut self) -> Parsed {
        let first = self.sum()?;
        let mut parts = vec![first];
        while self.sets == 0 && self.eat(':') {
            parts.push(self.sum()?);
        }
        if parts.len() == 1 { Ok(parts.remove(0)) } else { Ok(Expr::Ratio(parts)) }
    }

    pub(super) fn sum(&mut self) -> Parsed {
        self.deeper(Self::sum_here)
    }

    fn sum_here(&mut self) -> Parsed {
        let mut terms: Vec<Expr> = Vec::new();
        if let Some(flip @ ('±' | '∓')) = self.op() {
            self.at += 1;
            let right = self.product()?;
            terms.push(Expr::PlusMinus(Box::new(Expr::int(0)), Box::new(right), flip == '∓'));
        } else {
            terms.push(self.signed()?);
        }
        while let Some(sign) = self.op().filter(|c| matches!(c, '+' | '-' | '±' | '∓')) {
            self.at += 1;
            let term = self.signed()?;
            match sign {
                '+' => terms.push(term),
                '-' => terms.push(negated(term)),
                _ => {
                    let left = Box::new(added(std::mem::take(&mut terms)));
                    terms = vec![Expr::PlusMinus(left, Box::new(term), sign == '∓')];
                }
            }
        }
        Ok(added(terms))
    }

    /// A product behind any number of signs.
    fn signed(&mut self) -> Parsed {
        let mut negative = false;
        while let Some(sign) = self.op().filter(|c| matches!(c, '+' | '-')) {
            self.at += 1;
            negative ^= sign == '-';
        }
        let value = self.product()?;
        Ok(if negative { negated(value) } else { value })
    }
}

fn negated(value: Expr) -> Expr {
    match value {
        Expr::Neg(inner) => *inner,
        Expr::Quantity(inner, unit) => Expr::Quantity(Box::new(negated(*inner)), unit),
        Expr::Percent(inner) => Expr::Percent(Box::new(negated(*inner))),
        Expr::Degrees(inner) => Expr::Degrees(Box::new(negated(*inner))),
        other => Expr::Neg(Box::new(other)),
    }
}

fn added(mut terms: Vec<Expr>) -> Expr {
    if terms.len() == 1 { terms.remove(0) } else { Expr::Add(terms) }
}

/// One item is itself, several are a sequence.
pub(super) fn single_or(open: char, close: char, mut items: Vec<Expr>) -> Parsed {
    match items.len() {
        0 => Err("nothing"),
        1 => Ok(items.remove(0)),
        _ => Ok(Expr::Sequence(Sequence { open, close, items })),
    }
}
