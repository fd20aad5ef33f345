//! A small evaluator of textbook notation: enough for the answers of the built-in problems, and for nothing else.

/// The value of a formula with these variables; none if it is not understood to its end.
pub(crate) fn evaluate(formula: &str, variables: &[(char, f64)]) -> Option<f64> {
    let formula = formula.replace("\\left", "").replace("\\right", "");
    let mut reader = Reader { rest: formula.trim(), variables };
    let value = reader.sum()?;
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    variables: &'a [(char, f64)],
}

impl Reader<'_> {
    /// Steps over `word` and the blanks behind it.
    fn eat(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(word) else { return false };
        self.rest = rest.trim_start();
        true
    }

    fn sum(&mut self) -> Option<f64> {
        let negative = self.eat("-");
        let first = self.product()?;
        let mut value = if negative { -first } else { first };
        loop {
            if self.eat("+") {
                value += self.product()?;
            } else if self.eat("-") {
                value -= self.product()?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.power()?;
        while self.eat("\\cdot") || self.starts_a_factor() {
            value *= self.power()?;
        }
        Some(value)
    }

    fn starts_a_factor(&self) -> bool {
        let command =
            ["\\frac", "\\sqrt", "\\pi", "\\binom"].iter().any(|command| self.rest.starts_with(command));
        command || self.rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '(')
    }

    fn power(&mut self) -> Option<f64> {
        let base = self.base()?;
        if !self.eat("^") {
            return Some(base);
        }
        let exponent = if self.rest.starts_with('{') { self.group()? } else { self.digit()? };
        Some(base.powf(exponent))
    }

    fn base(&mut self) -> Option<f64> {
        if self.eat("(") {
            let value = self.sum()?;
            return self.eat(")").then_some(value);
        }
        if self.eat("\\frac") {
            return Some(self.group()? / self.group()?);
        }
        if self.eat("\\binom") {
            let (n, k) = (self.group()?, self.group()?);
            return Some((0..k as u32).map(|i| (n - f64::from(i)) / f64::from(i + 1)).product());
        }
        if self.eat("\\sqrt") {
            return self.group().map(f64::sqrt);
        }
        if self.eat("\\pi") {
            return Some(std::f64::consts::PI);
        }
        if self.rest.starts_with(|first: char| first.is_ascii_digit()) {
            self.number()
        } else {
            self.letter()
        }
    }

    fn group(&mut self) -> Option<f64> {
        let value = if self.eat("{") { self.sum()? } else { return None };
        self.eat("}").then_some(value)
    }

    fn digit(&mut self) -> Option<f64> {
        let digit = self.rest.chars().next()?.to_digit(10)?;
        self.rest = self.rest[1..].trim_start();
        Some(f64::from(digit))
    }

    fn number(&mut self) -> Option<f64> {
        let end =
            self.rest.find(|next: char| !next.is_ascii_digit() && next != '.').unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        number.parse().ok()
    }

    fn letter(&mut self) -> Option<f64> {
        let letter = self.rest.chars().next()?;
        self.rest = self.rest[letter.len_utf8()..].trim_start();
        let named = self.variables.iter().find(|(name, _)| *name == letter).map(|(_, value)| *value);
        named.or((letter == 'e').then_some(std::f64::consts::E))
    }
}

#[test]
fn the_evaluator_reads_what_the_answers_are_written_in() {
    let check = |formula: &str, expect: f64| {
        let value = evaluate(formula, &[('x', 2.0), ('n', 5.0)]);
        assert!(
            value.is_some_and(|value| (value - expect).abs() <= 1e-12 * expect.abs()),
            "{formula}: {value:?}"
        );
    };
    check("-11", -11.0);
    check("\\frac{11}{12}", 11.0 / 12.0);
    check("2\\sqrt{13}", 2.0 * 13f64.sqrt());
    check("x e^{3x}(3x + 2)", 16.0 * 6f64.exp());
    check("2 \\cdot 3^{n - 1} - 1", 161.0);
    check("\\frac{n(n + 1)(n + 2)}{3}", 70.0);
    check("\\binom{8}{3}", 56.0);
    check("10^9", 1e9);
    check("(x^2 + 2x - 2)(x^2 - 2x - 2)", -12.0);
    for refused in ["", "3 +", "(2", "y", "2)", "x = 8"] {
        assert_eq!(evaluate(refused, &[('x', 2.0)]), None, "{refused}");
    }
}
