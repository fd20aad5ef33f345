//! Whether two answers are the same: text to tokens, tokens to expressions, expressions to typed answers, and those
//! against each other.

mod ball;
mod choice;
mod cursor;
mod decide;
mod exact;
mod expand;
mod expr;
mod factor;
mod fuel;
mod lexer;
mod matrix;
mod modular;
mod number;
mod parser;
mod region;
mod relation;
mod scalar;
mod shape;
mod symbols;
mod text;
mod token;
mod units;
mod words;

use ball::{Place, ball};
use cursor::Reading;
use decide::Decider;
use expr::Expr;
use fuel::{Fuel, MAX_BYTES};
use shape::Answer;
use token::Token;
pub(crate) use units::known as is_unit;
pub(crate) use words::number_name;

use crate::{Comparison, Outcome, Policy, Work};

/// An answer that has been read, ready to be compared many times.
#[derive(Clone, Debug)]
pub struct Parsed {
    plain: String,
    tokens: Result<Vec<Token>, &'static str>,
    answer: Result<Answer, &'static str>,
    /// The other reading of commas between digits, where there is one.
    other: Option<Answer>,
    choice: Option<choice::Choice>,
}

/// Reads an answer once.
pub fn parse(text: &str) -> Parsed {
    let text = text::unwrapped(text);
    if text.len() > MAX_BYTES {
        let plain = text.to_owned();
        return Parsed { plain, tokens: Err("too long"), answer: Err("too long"), other: None, choice: None };
    }
    let tokens = lexer::lex(text, Reading::default());
    let answer = tokens.as_ref().map_err(|reason| *reason).and_then(|tokens| answer(tokens, text));
    let other = other_reading(text, &tokens);
    let choice = tokens.as_ref().ok().and_then(|tokens| choice::of(tokens));
    Parsed { plain: text::plain(text), tokens, answer, other, choice }
}

fn answer(tokens: &[Token], text: &str) -> Result<Answer, &'static str> {
    match text::in_words(tokens, text) {
        Some(answer) => Ok(answer),
        None => parser::parse(tokens).map(|expr| shape::typed(&expr)),
    }
}

fn other_reading(text: &str, tokens: &Result<Vec<Token>, &'static str>) -> Option<Answer> {
    let grouped =
        text.as_bytes().windows(3).any(|w| w[0].is_ascii_digit() && w[1] == b',' && w[2].is_ascii_digit());
    if !grouped {
        return None;
    }
    let other = lexer::lex(text, Reading { commas_separate: true }).ok()?;
    (tokens.as_ref().ok() != Some(&other)).then(|| answer(&other, text).ok()).flatten()
}

/// Whether `given` is the same answer as `gold`.
///
/// Reads both; see [`parse`] and [`compare_parsed`] for comparing one gold with many answers.
pub fn compare(gold: &str, given: &str, policy: &Policy) -> Comparison {
    compare_within(gold, given, policy, &Work::unbounded())
}

/// The same, and what it took is counted.
pub(crate) fn compare_within(gold: &str, given: &str, policy: &Policy, work: &Work) -> Comparison {
    work.bytes(gold.len() + given.len());
    if let Some(verdict) = integers(gold.trim(), given.trim()) {
        return verdict;
    }
    compare_read(&parse(gold), &parse(given), policy, work)
}

/// Plain integers, by far the most frequent answers, need no parser.
fn integers(gold: &str, given: &str) -> Option<Comparison> {
    let integer = |text: &str| -> Option<i64> {
        let plain = text.len() <= 18 && text.bytes().all(|c| c.is_ascii_digit() || c == b'-');
        plain.then(|| text.parse().ok()).flatten()
    };
    Some(Comparison::of(integer(gold)? == integer(given)?, "integers"))
}

/// Whether two answers that have been read are the same.
pub fn compare_parsed(gold: &Parsed, given: &Parsed, policy: &Policy) -> Comparison {
    compare_read(gold, given, policy, &Work::unbounded())
}

/// The same, and what it took is counted.
pub(crate) fn compare_read(gold: &Parsed, given: &Parsed, policy: &Policy, work: &Work) -> Comparison {
    if gold.plain == given.plain && !gold.plain.is_empty() {
        return Comparison::equal("same text");
    }
    if let Some(verdict) = choice::compare(gold.choice.as_ref(), given.choice.as_ref()) {
        return verdict;
    }
    let (left, right) = match (&gold.answer, &given.answer) {
        (Ok(left), Ok(right)) => (left, right),
        (left, right) => return unread(gold, given, left.as_ref().err().or(right.as_ref().err())),
    };
    let mut decider = Decider { policy, fuel: Fuel::new() };
    let readings = [(gold.other.as_ref(), Some(right)), (Some(left), given.other.as_ref())];
    let verdict = either_reading(&mut decider, (left, right), readings);
    work.visits(decider.fuel.used());
    verdict
}

/// Compared as they are read first, else with commas read the other way.
fn either_reading(
    decider: &mut Decider<'_>,
    (left, right): (&Answer, &Answer),
    others: [(Option<&Answer>, Option<&Answer>); 2],
) -> Comparison {
    let first = decider.answers(left, right);
    if first.outcome == Outcome::Equal {
        return first;
    }
    for other in others {
        if let (Some(left), Some(right)) = other
            && decider.answers(left, right).is_equal()
        {
            return Comparison::equal("commas read the other way");
        }
    }
    first
}

/// At least one side is no expression that is understood.
fn unread(gold: &Parsed, given: &Parsed, reason: Option<&&'static str>) -> Comparison {
    if let (Ok(a), Ok(b)) = (&gold.tokens, &given.tokens)
        && !a.is_empty()
        && a.iter().map(|token| &token.tok).eq(b.iter().map(|token| &token.tok))
    {
        return Comparison::equal("same tokens");
    }
    let reason = reason.copied().unwrap_or("not understood");
    if gold.plain.is_empty() || given.plain.is_empty() {
        return Comparison::unknown("an empty answer");
    }
    Comparison::unknown(format!("not understood: {reason}"))
}

impl Parsed {
    /// The exact value, if it is a rational number with nothing around it.
    pub(crate) fn exact(&self) -> Option<num_rational::BigRational> {
        let answer = self.answer.as_ref().ok()?;
        let (Answer::Scalar(value) | Answer::Quantity(value, _)) = answer else { return None };
        let value = match value {
            Expr::Degrees(inner) | Expr::Percent(inner) => inner,
            other => other,
        };
        exact::exact(value, &mut Fuel::new()).ok()
    }

    /// The value in double precision, if it is one real number that is calculated, and that nobody could read otherwise.
    pub(crate) fn approximate(&self) -> Option<f64> {
        let Ok(Answer::Scalar(value)) = &self.answer else { return None };
        if self.other.is_some() || value.any(&|part| !part.is_arithmetic()) {
            return None;
        }
        let ball = ball(value, Place { seed: 0, real_only: true }, &mut Fuel::new()).ok()?;
        (ball.im.abs() <= ball.radius && ball.radius <= 1e-9 * ball.re.abs()).then_some(ball.re)
    }

    /// A formula that is understood, with or without a unit; words are none.
    pub(crate) fn is_formula(&self) -> bool {
        self.answer.as_ref().is_ok_and(|answer| !matches!(answer, Answer::Text(_)))
    }

    /// One value without variables.
    pub(crate) fn is_closed(&self) -> bool {
        match &self.answer {
            Ok(Answer::Scalar(value) | Answer::Quantity(value, _)) => {
                !value.any(&|inner| matches!(inner, Expr::Text(_))) && value.variables().is_empty()
            }
            _ => false,
        }
    }

    /// A name, or a function of one: what an equation may be about.
    pub(crate) fn is_name(&self) -> bool {
        matches!(&self.answer, Ok(Answer::Scalar(value) | Answer::Quantity(value, _)) if value.is_name())
    }

    /// The choice letter, if it is one.
    pub(crate) fn choice_letter(&self) -> Option<char> {
        self.choice.map(|choice| choice.letter())
    }

    /// The words, if the answer is words.
    pub(crate) fn words(&self) -> Option<&str> {
        match self.answer.as_ref().ok()? {
            Answer::Text(words) => Some(words),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expect: Outcome, pairs: &[(&str, &str)]) {
        for (gold, given) in pairs {
            let verdict = compare(gold, given, &Policy::default());
            assert_eq!(verdict.outcome, expect, "{gold} ~ {given}: {}", verdict.how);
        }
    }

    #[test]
    fn the_same_value_in_other_clothes() {
        let pairs = [
            ("1234567", "1,234,567"),
            ("1024", "2¹⁰"),
            (r"\frac{1}{1000}", "10⁻³"),
            (r"x^{12}+1", "x¹²+1"),
            (r"\log_{10} 7", "log₁₀ 7"),
            ("2220", r"2\,220"),
            ("90", r"90^\circ"),
            (r"90^\circ", "90°"),
            (r"\frac{9}{5}", r"1\frac45"),
            ("1.8", "1 4/5"),
            (r"\frac{1}{3}", r"0.\overline{3}"),
            ("0.0000672", r"6.72\times10^{-5}"),
            (r"3\sqrt{13}", "√117"),
            ("-2", r"\sqrt[3]{-8}"),
            (r"\frac{\sqrt3}{2}", r"\sin 60^\circ"),
            (r"\sqrt{1/n}", r"\frac{1}{\sqrt n}"),
            (r"1+\sqrt3 i", r"2e^{i\pi/3}"),
            ("x^2-1", "(x+1)(x-1)"),
            ("|x-2|", "|2-x|"),
            (r"\binom{10}{3}", "120"),
            ("9", r"9\text{ cm}^2"),
            (r"1\text{ m}", r"100\text{ cm}"),
            (r"\$18.90", "18.9 dollars"),
            ("5", "x = 5"),
            ("5", "five"),
        ];
        check(Outcome::Equal, &pairs);
    }

    #[test]
    fn the_same_set_point_region_or_equation() {
        let pairs = [
            ("1,-2", r"\{-2, 1\}"),
            ("1,-2", r"x = 1 \text{ or } x = -2"),
            (r"3\pm\sqrt2", r"3-\sqrt2, 3+\sqrt2"),
            ("(1,2)", "x=1, y=2"),
            ("(1,2)", r"\begin{pmatrix}1\\2\end{pmatrix}"),
            ("(1,2)", "1<x<2"),
            (r"(-\infty,5)\cup(5,\infty)", r"x\ne 5"),
            ("x>2", "2x-4>0"),
            ("-1<x<3", "|x-1|<2"),
            ("2x+4y-3=0", r"y=-\frac12x+\frac34"),
            ("52_8", r"52_{\text{8}}"),
            (r"\text{(C)}", "C."),
            (r"\text{Evelyn}", "evelyn"),
        ];
        check(Outcome::Equal, &pairs);
    }

    #[test]
    fn chinese_answers() {
        let pairs = [
            (r"\text{(B)}", "（B）"),
            ("3,5", "3 或 5"),
            ("3,5", "3和5"),
            ("12", "１２"),
            ("12", "12个"),
            ("12", "12 元"),
            ("(1,2)", "（1，2）"),
            ("x=3", "x＝3"),
        ];
        check(Outcome::Equal, &pairs);
        check(
            Outcome::Different,
            &[(r"\text{(B)}", "（C）"), ("3,5", "3 或 6"), ("12", "13个"), ("2", "2¹⁰")],
        );
    }

    #[test]
    fn near_misses_are_different() {
        let pairs = [
            ("52_8", "52_9"),
            ("13535", "13535.001"),
            ("10^{-7}", r"2\cdot10^{-7}"),
            ("(1,2]", "(1,2)"),
            (r"(5,\infty)", r"(5,\infty]"),
            (r"40\%", "0.04"),
            ("ABC", "CBA"),
            ("1,2,3", "1,2,4"),
            ("(1,2)", "(2,1)"),
            (r"3+\sqrt2", r"3\pm\sqrt2"),
            ("x^2+1", "x^2-1"),
            ("y=2x", "y=-2x"),
            (r"\infty", r"-\infty"),
            ("12:00", "1:00"),
            (r"\text{(C)}", "(A)"),
            (r"5\text{ cm}", r"5\text{ hours}"),
        ];
        check(Outcome::Different, &pairs);
    }

    #[test]
    fn what_is_not_understood_is_unknown() {
        check(Outcome::Unknown, &[(r"\oint f", "3"), ("", "3"), ("9^{9^{9^9}}", "3")]);
    }

    #[test]
    fn policy_decides_conventions() {
        let strict = Policy {
            percent_optional: false,
            base_optional: false,
            decimal_digits: 0,
            units_optional: false,
            ..Policy::default()
        };
        for (gold, given) in [("9", r"9\%"), ("52_8", "52"), (r"\frac{1}{3}", "0.33333333333"), ("9", "9 cm")]
        {
            assert!(compare(gold, given, &Policy::default()).is_equal(), "{gold} ~ {given}");
            assert!(!compare(gold, given, &strict).is_equal(), "{gold} ~ {given} under the strict policy");
        }
    }
}
