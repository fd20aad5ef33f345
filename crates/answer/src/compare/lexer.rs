//! One pass from LaTeX, Unicode or plain text to tokens; styling is dropped on the way.

use super::cursor::{Cursor, Reading};
use super::fuel::MAX_DEPTH;
use super::number;
use super::symbols::{Symbol, command, raised, unicode};
use super::token::{Func, Tok, Token};
use super::words;

/// The tokens of a text, or why it cannot be read.
pub(crate) fn lex(text: &str, reading: Reading) -> Result<Vec<Token>, &'static str> {
    let chars: Vec<char> = text.chars().map(half_width).collect();
    let cursor = Cursor { chars: &chars, at: 0, depth: 0, reading };
    let mut lexer = Lexer { cursor, out: Vec::new(), space: false, text: false };
    lexer.run(0)?;
    Ok(lexer.out)
}

/// Digits of Chinese keyboards as the usual ones.
fn half_width(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        _ => c,
    }
}

struct Lexer<'a> {
    cursor: Cursor<'a>,
    out: Vec<Token>,
    space: bool,
    text: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.cursor.peek(ahead)
    }

    fn push(&mut self, tok: Tok) {
        self.out.push(Token { tok, space: self.space, text: self.text });
        self.space = false;
    }

    fn last(&self) -> Option<&Tok> {
        self.out.last().map(|token| &token.tok)
    }

    fn run(&mut self, nested: usize) -> Result<(), &'static str> {
        if nested > MAX_DEPTH {
            return Err("nesting");
        }
        while let Some(c) = self.peek(0) {
            self.one(c, nested)?;
        }
        Ok(())
    }

    fn one(&mut self, c: char, nested: usize) -> Result<(), &'static str> {
        match c {
            c if c.is_whitespace() || c == '~' => {
                self.space = true;
                self.cursor.at += 1;
            }
            '\\' => return self.backslash(nested),
            '0'..='9' => self.number(),
            '.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number(),
            '.' | '"' | '`' | '?' | '。' => self.cursor.at += 1,
            '$' => {
                self.space = true;
                self.cursor.at += 1;
            }
            '(' | '[' | '{' => self.open(c)?,
            ')' | ']' | '}' => self.close(c),
            'a'..='z' | 'A'..='Z' => self.letters(),
            '^' => self.caret(),
            '*' if self.peek(1) == Some('*') => {
                // `2**3`, but `**bold**` is styling.
                let power = self.out.last().is_some()
                    && self.peek(2).is_some_and(|c| c.is_alphanumeric() || c == '(');
                self.cursor.at += 2;
                if power {
                    self.push(Tok::Op('^'));
                }
            }
            '<' | '>' | '!' if self.peek(1) == Some('=') => {
                self.cursor.at += 2;
                self.push(Tok::Op(match c {
                    '<' => '≤',
                    '>' => '≥',
                    _ => '≠',
                }));
            }
            '=' if self.peek(1) == Some('=') => {
                self.cursor.at += 2;
                self.push(Tok::Op('='));
            }
            '+' | '-' | '*' | '/' | '_' | '!' | '%' | ',' | ';' | ':' | '&' | '\'' | '|' | '=' | '<'
            | '>' => {
                self.cursor.at += 1;
                self.push(Tok::Op(c));
            }
            _ => self.other(c)?,
        }
        Ok(())
    }

    fn other(&mut self, c: char) -> Result<(), &'static str> {
        if c == '⁻' || raised(c).is_some() {
            return self.raised_run(c);
        }
        self.cursor.at += 1;
        match unicode(c) {
            Some(symbols) => self.symbols(symbols),
            None if c.is_alphabetic() => {
                let mut word = String::from(c);
                while let Some(next) = self.peek(0).filter(|c| c.is_alphabetic() && !c.is_ascii()) {
                    word.push(next);
                    self.cursor.at += 1;
                }
                let joins = matches!(word.as_str(), "和" | "或" | "与" | "或者" | "以及");
                self.push(if joins { Tok::Op(',') } else { Tok::Word(word) });
                Ok(())
            }
            None => Err("an unknown character"),
        }
    }

    /// Raised digits that stand next to each other are one exponent (`2¹⁰`, `10⁻³`), lowered ones one index.
    fn raised_run(&mut self, first: char) -> Result<(), &'static str> {
        let operator = raised(first).map_or('^', |(operator, _)| operator);
        self.push(Tok::Op(operator));
        let negative = first == '⁻';
        if negative {
            self.cursor.at += 1;
            self.open_as('(')?;
            self.push(Tok::Op('-'));
        }
        if self.peek(0).and_then(raised).is_none() {
            return Err("a sign without digits");
        }
        let mut value = 0_u32;
        while let Some((_, digit)) = self.peek(0).and_then(raised).filter(|(next, _)| *next == operator) {
            self.cursor.at += 1;
            let longer = value.checked_mul(10).and_then(|value| value.checked_add(digit.into()));
            value = longer.ok_or("an exponent too large")?;
        }
        self.push(number::integer(value));
        if negative {
            self.close_as(')');
        }
        Ok(())
    }

    fn symbols(&mut self, symbols: &[Symbol]) -> Result<(), &'static str> {
        for symbol in symbols {
            match symbol {
                Symbol::Space => self.space = true,
                Symbol::Name(name) => self.push(Tok::Name((*name).to_owned())),
                Symbol::Digit(value) => self.push(number::integer(*value)),
                Symbol::Op(c) => self.push(Tok::Op(*c)),
                Symbol::Open(c) => self.open_as(*c)?,
                Symbol::Close(c) => self.close_as(*c),
                Symbol::Tok(tok) => self.push(tok()),
            }
        }
        Ok(())
    }

    fn number(&mut self) {
        // `\frac12` and `^12`: a fraction's bare argument is one digit, an exponent is all of them.
        let single = matches!(self.last(), Some(Tok::Frac | Tok::Binom))
            || (matches!(self.last(), Some(Tok::Num(_)))
                && !self.space
                && matches!(self.out.iter().rev().nth(1).map(|t| &t.tok), Some(Tok::Frac | Tok::Binom)));
        let tok = if single { number::digit(&mut self.cursor) } else { number::read(&mut self.cursor) };
        self.push(tok);
    }

    fn open(&mut self, c: char) -> Result<(), &'static str> {
        self.cursor.at += 1;
        self.open_as(c)
    }

    fn open_as(&mut self, c: char) -> Result<(), &'static str> {
        self.cursor.depth += 1;
        self.push(Tok::Open(c));
        if self.cursor.depth > MAX_DEPTH { Err("nesting") } else { Ok(()) }
    }

    fn close(&mut self, c: char) {
        self.cursor.at += 1;
        self.close_as(c);
    }

    fn close_as(&mut self, c: char) {
        self.cursor.depth = self.cursor.depth.saturating_sub(1);
        self.push(Tok::Close(c));
    }

    /// `^`, but `^\circ` and `^{\circ}` are degrees.
    fn caret(&mut self) {
        self.cursor.at += 1;
        let rest: String =
            self.cursor.chars[self.cursor.at..].iter().take(12).filter(|c| !c.is_whitespace()).collect();
        for degree in ["{\\circ}", "\\circ", "{\\degree}", "\\degree", "{°}", "°", "{o}"] {
            if !rest.starts_with(degree) {
                continue;
            }
            let mut left = degree.chars().count();
            while left > 0 {
                left -= usize::from(!self.cursor.chars[self.cursor.at].is_whitespace());
                self.cursor.at += 1;
            }
            return self.push(Tok::Op('°'));
        }
        self.push(Tok::Op('^'));
    }

    fn letters(&mut self) {
        let start = self.cursor.at;
        while self.peek(0).is_some_and(|c| c.is_ascii_alphabetic()) {
            self.cursor.at += 1;
        }
        let word: String = self.cursor.chars[start..self.cursor.at].iter().collect();
        self.word(word);
    }

    fn word(&mut self, word: String) {
        if word.len() == 1 {
            return self.push(Tok::Name(word));
        }
        let lower = word.to_ascii_lowercase();
        if let Some(func) = Func::named(&word) {
            return self.push(if func == Func::Sqrt { Tok::Root } else { Tok::Func(func) });
        }
        match lower.as_str() {
            "pi" => self.push(Tok::Pi),
            "infinity" | "infty" | "inf" | "oo" => self.push(Tok::Infinity),
            "and" | "or" => self.push(Tok::Op(',')),
            "percent" | "percentage" | "pct" => self.push(Tok::Op('%')),
            "degrees" | "degree" | "deg" => self.push(Tok::Op('°')),
            _ => match words::number(&lower) {
                Some(value) => self.push(number::integer(value)),
                None => self.push(Tok::Word(word)),
            },
        }
    }

    fn backslash(&mut self, nested: usize) -> Result<(), &'static str> {
        self.cursor.at += 1;
        let Some(c) = self.peek(0) else { return Ok(()) };
        if !c.is_ascii_alphabetic() {
            return self.escaped(c);
        }
        let start = self.cursor.at;
        while self.peek(0).is_some_and(|c| c.is_ascii_alphabetic()) {
            self.cursor.at += 1;
        }
        let name: String = self.cursor.chars[start..self.cursor.at].iter().collect();
        match name.as_str() {
            "text" | "textbf" | "textit" | "textrm" | "textsf" | "texttt" | "mathrm" | "mathbf"
            | "mathit" | "mathsf" | "mathcal" | "mathtt" | "mbox" | "hbox" | "boldsymbol" | "bm"
            | "operatorname" | "emph" | "textnormal" | "mathop" => self.styled(nested),
            "boxed" | "fbox" | "underline" | "vec" | "overrightarrow" | "hat" | "ensuremath" | "mathbin" => {
                Ok(())
            }
            "mathbb" => {
                self.argument();
                self.push(Tok::Reals);
                Ok(())
            }
            "hspace" | "vspace" | "phantom" | "hphantom" | "label" | "tag" | "color" => {
                self.argument();
                self.space = true;
                Ok(())
            }
            "begin" | "end" => self.environment(&name),
            "overline" | "bar" => self.overline(),
            _ => match command(&name) {
                Some(symbols) => self.symbols(symbols),
                None => match Func::named(&name) {
                    Some(Func::Sqrt) => {
                        self.push(Tok::Root);
                        Ok(())
                    }
                    Some(func) => {
                        self.push(Tok::Func(func));
                        Ok(())
                    }
                    None => self.run_together(&name),
                },
            },
        }
    }

    /// `\quadx`: a blank whose command ran into what follows.
    fn run_together(&mut self, name: &str) -> Result<(), &'static str> {
        let blank = ["qquad", "quad"]
            .into_iter()
            .find(|blank| name.starts_with(blank))
            .ok_or("an unknown command")?;
        self.cursor.at -= name.len() - blank.len();
        self.space = true;
        Ok(())
    }

    /// `\\frac` outside a matrix: a backslash that was escaped twice on its way here.
    fn escaped_twice(&self) -> bool {
        let name: String =
            self.cursor.chars[self.cursor.at..].iter().take_while(|c| c.is_ascii_alphabetic()).collect();
        let matrix = self.out.iter().any(|token| token.tok == Tok::Begin);
        !matrix && (matches!(name.as_str(), "text" | "boxed") || (name.len() > 1 && command(&name).is_some()))
    }

    fn escaped(&mut self, c: char) -> Result<(), &'static str> {
        self.cursor.at += 1;
        match c {
            '{' => self.open_as('S')?,
            '}' => self.close_as('S'),
            '%' | '&' | '_' if c != '&' => self.push(Tok::Op(c)),
            '$' => self.push(Tok::Op('$')),
            '\\' if self.escaped_twice() => self.cursor.at -= 1,
            '\\' => self.push(Tok::Row),
            '|' => self.push(Tok::Op('|')),
            // `\(`, `\[` and thin spaces.
            _ => self.space = true,
        }
        Ok(())
    }

    /// The braced argument that follows, skipped and returned.
    fn argument(&mut self) -> Option<Vec<char>> {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.cursor.at += 1;
        }
        if self.peek(0) != Some('{') {
            return None;
        }
        let start = self.cursor.at + 1;
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            self.cursor.at += 1;
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => return Some(self.cursor.chars[start..self.cursor.at - 1].to_vec()),
                '}' => depth -= 1,
                _ => {}
            }
        }
        Some(self.cursor.chars[start.min(self.cursor.chars.len())..].to_vec())
    }

    /// `\text{…}`: words inside are text, everything else is what it would be outside.
    fn styled(&mut self, nested: usize) -> Result<(), &'static str> {
        let Some(inner) = self.argument() else { return Ok(()) };
        let mathematics = inner.iter().any(|c| matches!(c, '\\' | '^' | '+'));
        let group = inner.iter().any(|c| c.is_ascii_digit());
        let cursor = Cursor { chars: &inner, at: 0, ..self.cursor };
        let mut lexer = Lexer { cursor, out: Vec::new(), space: true, text: !mathematics };
        lexer.run(nested + 1)?;
        let plain = group && lexer.out.len() == 1;
        if plain {
            self.open_as('{')?;
        }
        self.out.append(&mut lexer.out);
        if plain {
            self.close_as('}');
        }
        Ok(())
    }

    fn environment(&mut self, name: &str) -> Result<(), &'static str> {
        // One without a name is unknown.
        let kind: String = self.argument().unwrap_or_default().into_iter().collect();
        if !kind.contains("matrix") && kind != "array" {
            return if matches!(kind.trim_end_matches('*'), "align" | "aligned" | "equation" | "gather") {
                Ok(())
            } else {
                Err("an unknown environment")
            };
        }
        if name == "end" {
            self.close_as('M');
            self.out.pop();
            self.push(Tok::End);
            return Ok(());
        }
        if kind == "array" {
            self.argument();
        }
        self.open_as('M')?;
        self.out.pop();
        self.push(Tok::Begin);
        Ok(())
    }

    /// `\overline{AB}` is a name; behind a decimal point it repeats and is read with the number.
    fn overline(&mut self) -> Result<(), &'static str> {
        let inner: String = self.argument().unwrap_or_default().into_iter().collect();
        let inner = inner.trim();
        if inner.is_empty() || !inner.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err("an overline");
        }
        self.push(Tok::Name(format!("|{inner}|")));
        Ok(())
    }
}
