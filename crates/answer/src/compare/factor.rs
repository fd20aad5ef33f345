//! Products, powers and what they are made of.

use num_traits::ToPrimitive;

use super::expr::{Expr, Sequence};
use super::parser::{Parsed, Parser, single_or};
use super::token::{Func, Number, Tok};
use super::units;

/// Most signs that may follow one value, such as the marks of `n!!!`.
const MAX_POSTFIX: usize = 16;

impl Parser<'_> {
    /// Factors, divided or multiplied, with or without a sign between them.
    pub(super) fn product(&mut self) -> Parsed {
        let mut factors = vec![(self.factor()?, false)];
        loop {
            let divides = match self.op() {
                Some('*') => false,
                Some('/') => true,
                _ if self.starts_factor() => false,
                _ => break,
            };
            let explicit = matches!(self.op(), Some('*' | '/'));
            self.at += usize::from(explicit);
            let mut negative = false;
            while explicit && matches!(self.op(), Some('-' | '+')) {
                negative ^= self.op() == Some('-');
                self.at += 1;
            }
            let plain_fraction = !explicit && matches!(self.peek(), Some(Tok::Num(_))) && self.mixed_ahead();
            let factor =
                if plain_fraction && self.follows_number() { self.fraction()? } else { self.factor()? };
            let factor = if negative { Expr::Neg(Box::new(factor)) } else { factor };
            if explicit || !mixed(&mut factors, &factor) {
                factors.push((factor, divides));
            }
        }
        let value = if factors.len() == 1 { factors.remove(0).0 } else { Expr::Mul(factors) };
        Ok(with_unit(self, value))
    }

    /// Whether a factor begins here without a sign in front.
    fn starts_factor(&self) -> bool {
        match self.peek() {
            Some(Tok::Num(_)) => self.mixed_ahead(),
            Some(
                Tok::Name(_)
                | Tok::Func(_)
                | Tok::Pi
                | Tok::Infinity
                | Tok::Frac
                | Tok::Root
                | Tok::RootOf(_)
                | Tok::Binom
                | Tok::Begin,
            ) => {
                !self.token(0).is_some_and(|token| token.text && self.unit_here())
                    && !self.unit_fraction_here()
            }
            Some(Tok::Open(c)) => matches!(c, '(' | '{' | '⌊' | '⌈' | '['),
            Some(Tok::Op('|')) => self.bars == 0 && self.sets == 0,
            Some(Tok::Word(word)) => {
                !units::known(word) && !self.token(0).is_some_and(|t| t.text) && word.len() <= 3
            }
            _ => false,
        }
    }

    /// `1 4/5`: a number, a blank, and a fraction of literals. Else two numbers do not multiply, unless the
    /// first stands in braces or is no literal.
    fn mixed_ahead(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|token| &token.tok);
        match before {
            Some(Tok::Num(_)) => {
                let slash = self.token(1).is_some_and(|t| t.tok == Tok::Op('/'));
                slash && self.token(2).is_some_and(|t| matches!(t.tok, Tok::Num(_)))
            }
            _ => true,
        }
    }

    fn follows_number(&self) -> bool {
        self.at.checked_sub(1).is_some_and(|at| matches!(self.tokens[at].tok, Tok::Num(_)))
    }

    /// The `4/5` of `1 4/5`.
    fn fraction(&mut self) -> Parsed {
        let up = self.primary()?;
        self.at += 1;
        let down = self.primary()?;
        Ok(Expr::over(up, down))
    }

    fn unit_fraction_here(&self) -> bool {
        let inside = self
            .token(2)
            .is_some_and(|t| t.text && matches!(&t.tok, Tok::Word(w) | Tok::Name(w) if units::known(w)));
        self.peek() == Some(&Tok::Frac) && inside
    }

    fn unit_here(&self) -> bool {
        match self.peek() {
            Some(Tok::Word(word) | Tok::Name(word)) => units::known(word),
            _ => false,
        }
    }

    /// A value with its exponent and the marks behind it.
    pub(super) fn factor(&mut self) -> Parsed {
        let mut value = self.primary()?;
        for _ in 0..MAX_POSTFIX {
            let Some(op) = self.op() else { return Ok(value) };
            match op {
                '!' if self.token(1).is_none_or(|t| t.tok != Tok::Op('=')) => {
                    self.at += 1;
                    value = Expr::Factorial(Box::new(value));
                }
                '^' => {
                    self.at += 1;
                    let exponent = self.deeper(Self::exponent)?;
                    value = Expr::Pow(Box::new(value), Box::new(exponent));
                }
                '%' => {
                    self.at += 1;
                    value = Expr::Percent(Box::new(value));
                }
                '°' => {
                    self.at += 1;
                    value = Expr::Degrees(Box::new(value));
                }
                '_' => value = self.based(value)?,
                '\'' => self.at += 1,
                _ => return Ok(value),
            }
        }
        if matches!(self.op(), Some('!' | '^' | '%' | '°' | '\'')) {
            Err("too many marks")
        } else {
            Ok(value)
        }
    }

    fn exponent(&mut self) -> Parsed {
        let mut negative = false;
        while let Some(sign @ ('-' | '+')) = self.op() {
            self.at += 1;
            negative ^= sign == '-';
        }
        // `a^b^c` is `a^(b^c)`; `a^b!` would be ambiguous and is read as `(a^b)!`.
        let mut value = self.primary()?;
        if self.eat('^') {
            let next = self.deeper(Self::exponent)?;
            value = Expr::Pow(Box::new(value), Box::new(next));
        }
        Ok(if negative { Expr::Neg(Box::new(value)) } else { value })
    }

    /// `52_8`, `(52)_8`, `52_{\text{eight}}`.
    fn based(&mut self, value: Expr) -> Parsed {
        self.at += 1;
        let base = self.primary()?;
        let digits = match &value {
            Expr::Num(number) => number.digits.clone(),
            Expr::Sequence(_) | Expr::Var(_) => return Err("a subscript"),
            _ => return Err("a subscript"),
        };
        let base = base.natural().and_then(|number| number.value.to_u32()).ok_or("a subscript")?;
        Ok(Expr::Based(digits, base))
    }

    fn primary(&mut self) -> Parsed {
        let Some(tok) = self.peek() else { return Err("an end") };
        self.at += 1;
        match tok {
            Tok::Num(number) => Ok(Expr::Num(number.clone())),
            Tok::Name(name) => self.name(name),
            Tok::Word(word) => self.word(word),
            Tok::Pi => Ok(Expr::Pi),
            Tok::Infinity => Ok(Expr::Infinity),
            Tok::Reals => Ok(Expr::Reals),
            Tok::Empty => Ok(Expr::Empty),
            Tok::Func(func) => self.deeper(|parser| parser.call(*func)),
            Tok::Frac => {
                let up = self.deeper(Self::argument)?;
                let down = self.deeper(Self::argument)?;
                Ok(Expr::over(up, down))
            }
            Tok::Binom => {
                let n = self.deeper(Self::argument)?;
                let k = self.deeper(Self::argument)?;
                Ok(Expr::Binomial(Box::new(n), Box::new(k)))
            }
            Tok::Root => {
                let index = if self.peek() == Some(&Tok::Open('[')) {
                    self.deeper(Self::primary)?
                } else {
                    Expr::int(2)
                };
                let radicand = self.deeper(Self::argument)?;
                Ok(Expr::Root(Box::new(radicand), Box::new(index)))
            }
            Tok::RootOf(index) => {
                let radicand = self.deeper(Self::argument)?;
                Ok(Expr::Root(Box::new(radicand), Box::new(Expr::int(i64::from(*index)))))
            }
            Tok::Begin => self.matrix(),
            Tok::Open(open) => self.deeper(|parser| parser.bracketed(*open)),
            Tok::Op('|') => self.deeper(Self::absolute),
            Tok::Op('$') => {
                let value = self.factor()?;
                Ok(Expr::Quantity(Box::new(value), units::dollars()))
            }
            Tok::Op('-') => Ok(Expr::Neg(Box::new(self.deeper(Self::primary)?))),
            _ => Err("an operator without a value"),
        }
    }

    /// A braced group or a single value.
    fn argument(&mut self) -> Parsed {
        self.primary()
    }

    /// A letter with its subscript; `e` and `i` are constants unless they carry one.
    fn name(&mut self, name: &str) -> Parsed {
        let mut name = name.to_owned();
        if self.op() == Some('_') {
            self.at += 1;
            name.push('_');
            name.push_str(&self.subscript()?);
            return Ok(Expr::Var(name));
        }
        Ok(match name.as_str() {
            "e" => Expr::E,
            "i" => Expr::I,
            _ => Expr::Var(name),
        })
    }

    /// A subscript as text.
    fn subscript(&mut self) -> Result<String, &'static str> {
        let mut depth = 0_usize;
        let mut text = String::new();
        while let Some(tok) = self.peek() {
            self.at += 1;
            match tok {
                Tok::Open('{') => depth += 1,
                Tok::Close('}') => depth = depth.saturating_sub(1),
                Tok::Num(number) => text.push_str(&number.digits),
                Tok::Name(name) | Tok::Word(name) => text.push_str(name),
                Tok::Op(c) if depth > 0 => text.push(*c),
                _ => return Err("a subscript"),
            }
            if depth == 0 {
                return Ok(text);
            }
        }
        Err("a subscript")
    }

    /// Letters that stand together: a short run outside `\text{…}` multiplies, anything else is text.
    fn word(&mut self, word: &str) -> Parsed {
        let text = self.tokens.get(self.at - 1).is_some_and(|token| token.text);
        if text || word.len() > 3 || !word.is_ascii() {
            return Ok(Expr::Text(word.to_lowercase()));
        }
        let letters = word.chars().map(|c| {
            let letter = match c {
                'e' => Expr::E,
                'i' => Expr::I,
                _ => Expr::Var(c.to_string()),
            };
            (letter, false)
        });
        Ok(Expr::Mul(letters.collect()))
    }

    /// A function with its exponent (`\sin^2 x`), base (`\log_2 8`) and argument.
    fn call(&mut self, func: Func) -> Parsed {
        let (mut exponent, mut base) = (None, None);
        for _ in 0..2 {
            if self.eat('^') {
                exponent = Some(self.deeper(Self::exponent)?);
            } else if self.eat('_') {
                base = Some(self.deeper(Self::argument)?);
            }
        }
        let arguments = self.call_arguments()?;
        let inverse =
            exponent.as_ref().and_then(Expr::literal).is_some_and(|(n, minus)| minus && n.digits == "1");
        let func = if inverse { inverse_of(func).ok_or("an inverse")? } else { func };
        let call = match (func, base, arguments.len()) {
            (Func::Log, Some(base), 1) => {
                let argument = arguments.into_iter().next().unwrap_or(Expr::Empty);
                Expr::LogBase(Box::new(argument), Box::new(base))
            }
            (_, Some(_), _) => return Err("a subscript"),
            (func, None, _) => Expr::Call(func, arguments),
        };
        Ok(match exponent {
            Some(exponent) if !inverse => Expr::Pow(Box::new(call), Box::new(exponent)),
            _ => call,
        })
    }

    /// What stands in the brackets that follow, else the product that follows.
    fn call_arguments(&mut self) -> Result<Vec<Expr>, &'static str> {
        if let Some(Tok::Open('(' | '[' | '{')) = self.peek() {
            let inner = self.primary()?;
            return Ok(match inner {
                Expr::Sequence(sequence) => sequence.items,
                other => vec![other],
            });
        }
        let mut factors = vec![(self.factor()?, false)];
        while self.starts_factor() && !matches!(self.peek(), Some(Tok::Func(_) | Tok::Open(_))) {
            let factor = self.factor()?;
            factors.push((factor, false));
        }
        Ok(vec![if factors.len() == 1 { factors.remove(0).0 } else { Expr::Mul(factors) }])
    }

    fn bracketed(&mut self, open: char) -> Parsed {
        let bars = std::mem::take(&mut self.bars);
        let sets = std::mem::replace(&mut self.sets, usize::from(open == 'S'));
        let items = self.items(true);
        (self.bars, self.sets) = (bars, sets);
        let mut items = items?;
        if open == 'S' && matches!(self.op(), Some('|' | '∣' | ':')) {
            self.at += 1;
            let conditions = self.items(true)?;
            items = vec![Expr::Builder(conditions)];
        }
        let Some(Tok::Close(close)) = self.peek() else { return Err("an open bracket") };
        self.at += 1;
        closed(open, *close, items)
    }

    fn absolute(&mut self) -> Parsed {
        self.bars += 1;
        let inner = self.sum();
        self.bars -= 1;
        let inner = inner?;
        if self.eat('|') { Ok(Expr::Call(Func::Abs, vec![inner])) } else { Err("an open bar") }
    }

    fn matrix(&mut self) -> Parsed {
        let mut rows: Vec<Vec<Expr>> = vec![vec![]];
        loop {
            match self.peek() {
                Some(Tok::End) => {
                    self.at += 1;
                    break;
                }
                Some(Tok::Row) => {
                    self.at += 1;
                    rows.push(vec![]);
                }
                Some(Tok::Op('&')) => self.at += 1,
                Some(_) => {
                    let cell = self.relation()?;
                    if let Some(row) = rows.last_mut() {
                        row.push(cell);
                    }
                }
                None => return Err("an open matrix"),
            }
        }
        rows.retain(|row| !row.is_empty());
        let even = rows.windows(2).all(|pair| pair[0].len() == pair[1].len());
        if rows.is_empty() || !even { Err("a ragged matrix") } else { Ok(Expr::Matrix(rows)) }
    }
}

/// What a pair of brackets with its content is.
fn closed(open: char, close: char, items: Vec<Expr>) -> Parsed {
    match (open, close, items.len()) {
        ('S', 'S', 0) => Ok(Expr::Empty),
        ('S', 'S', _) => match items.as_slice() {
            [Expr::Builder(_)] => single_or(open, close, items),
            _ => Ok(Expr::Sequence(Sequence { open, close, items })),
        },
        ('⌊', '⌋', 1) => Ok(Expr::Call(Func::Floor, items)),
        ('⌈', '⌉', 1) => Ok(Expr::Call(Func::Ceil, items)),
        // `\left( … \right]` with one value is no interval.
        ('(' | '[' | '{', ')' | ']' | '}', 1) => single_or(open, close, items),
        ('(' | '[', ')' | ']', _) | ('⟨', '⟩', _) | ('{', '}', _) if !items.is_empty() => {
            Ok(Expr::Sequence(Sequence { open, close, items }))
        }
        _ => Err("brackets"),
    }
}

fn inverse_of(func: Func) -> Option<Func> {
    Some(match func {
        Func::Sin => Func::Arcsin,
        Func::Cos => Func::Arccos,
        Func::Tan => Func::Arctan,
        _ => return None,
    })
}

/// `1\frac{4}{5}`: takes the fraction into the integer in front of it.
fn mixed(factors: &mut Vec<(Expr, bool)>, next: &Expr) -> bool {
    let [(whole, false)] = factors.as_mut_slice() else { return false };
    let Some(_) = whole.natural() else { return false };
    // A mark behind the fraction belongs to the whole: `38\frac{4}{7}^\circ`.
    if let Expr::Degrees(inner) | Expr::Percent(inner) = next {
        let mark = if matches!(next, Expr::Degrees(_)) { Expr::Degrees } else { Expr::Percent };
        let taken = mixed(factors, inner);
        if let (true, Some((value, _))) = (taken, factors.first_mut()) {
            *value = mark(Box::new(value.clone()));
        }
        return taken;
    }
    let Expr::Mul(parts) = next else { return false };
    let [(up, false), (down, true)] = parts.as_slice() else { return false };
    let (Some(up), Some(down)) = (up.natural(), down.natural()) else { return false };
    if up.value >= down.value {
        return false;
    }
    *whole = Expr::Add(vec![whole.clone(), next.clone()]);
    true
}

/// Takes the unit behind a value: words and known units with powers, `/` and "per".
fn with_unit(parser: &mut Parser<'_>, value: Expr) -> Expr {
    let mut parts: Vec<(String, i32)> = Vec::new();
    let (mut sign, mut joined) = (1, false);
    loop {
        match parser.token(0) {
            // Behind `km/` a single letter is a unit too.
            Some(token) if is_unit(&token.tok, token.text || joined, parts.is_empty()) => {
                let (Tok::Word(word) | Tok::Name(word)) = &token.tok else { break };
                parser.at += 1;
                let power = power(parser).unwrap_or(1);
                parts.push((word.clone(), sign * power));
                (sign, joined) = (1, false);
            }
            Some(token) if matches!(token.tok, Tok::Op('/' | '*' | '-')) && !parts.is_empty() => {
                let follows = parser.token(1).is_some_and(|next| is_unit(&next.tok, true, false));
                if !follows {
                    break;
                }
                sign = if token.tok == Tok::Op('/') { -1 } else { 1 };
                joined = true;
                parser.at += 1;
            }
            Some(token) if token.tok == Tok::Frac && parts.is_empty() => match unit_fraction(parser) {
                Some(quotient) => parts = quotient,
                None => break,
            },
            _ => break,
        }
    }
    if parts.is_empty() { value } else { Expr::Quantity(Box::new(value), units::unit(&parts)) }
}

/// `\frac{\text{m}}{\text{s}}`.
fn unit_fraction(parser: &mut Parser<'_>) -> Option<Vec<(String, i32)>> {
    let (mut at, mut parts) = (1, Vec::new());
    for sign in [1, -1] {
        let braces = parser.token(at)?.tok == Tok::Open('{');
        at += usize::from(braces);
        let token = parser.token(at)?;
        let (Tok::Word(word) | Tok::Name(word)) = &token.tok else { return None };
        if !token.text || !units::known(word) {
            return None;
        }
        parts.push((word.clone(), sign));
        at += 1 + usize::from(braces);
    }
    parser.at += at;
    Some(parts)
}

fn is_unit(tok: &Tok, text: bool, first: bool) -> bool {
    match tok {
        Tok::Word(word) => text || units::known(word) || !first || word.len() > 3,
        Tok::Name(name) => text && (units::known(name) || !first),
        _ => false,
    }
}

/// `^2` behind a unit.
fn power(parser: &mut Parser<'_>) -> Option<i32> {
    if parser.op() != Some('^') {
        return None;
    }
    let (mut at, mut braces) = (1, false);
    if parser.token(at)?.tok == Tok::Open('{') {
        (at, braces) = (at + 1, true);
    }
    let negative = parser.token(at)?.tok == Tok::Op('-');
    at += usize::from(negative);
    let Tok::Num(Number { value, .. }) = &parser.token(at)?.tok else { return None };
    let value = value.to_i32().filter(|value| value.abs() <= 6)?;
    parser.at += at + 1 + usize::from(braces);
    Some(if negative { -value } else { value })
}
