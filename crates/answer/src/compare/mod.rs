//! Whether two answers are the same: text to tokens, tokens to expressions, expressions to typed answers, and those
//! against each other.

mod ball;
mod choice;
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

use decide::Decider;
use fuel::{Fuel, MAX_BYTES};
use lexer::Reading;
use shape::Answer;
use token::Token;

use crate::{Outcome, Policy, Verdict};

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
pub fn compare(gold: &str, given: &str, policy: &Policy) -> Verdict {
    if let Some(verdict) = integers(gold.trim(), given.trim()) {
        return verdict;
    }
    compare_parsed(&parse(gold), &parse(given), policy)
}

/// Plain integers, by far the most frequent answers, need no parser.
fn integers(gold: &str, given: &str) -> Option<Verdict> {
    let integer = |text: &str| -> Option<i64> {
        let plain = text.len() <= 18 && text.bytes().all(|c| c.is_ascii_digit() || c == b'-');
        plain.then(|| text.parse().ok()).flatten()
    };
    Some(Verdict::of(integer(gold)? == integer(given)?, "integers"))
}

/// Whether two answers that have been read are the same.
pub fn compare_parsed(gold: &Parsed, given: &Parsed, policy: &Policy) -> Verdict {
    if gold.plain == given.plain && !gold.plain.is_empty() {
        return Verdict::equal("same text");
    }
    if let Some(verdict) = choice::compare(gold.choice.as_ref(), given.choice.as_ref()) {
        return verdict;
    }
    let (left, right) = match (&gold.answer, &given.answer) {
        (Ok(left), Ok(right)) => (left, right),
        (left, right) => return unread(gold, given, left.as_ref().err().or(right.as_ref().err())),
    };
    let mut decider = Decider { policy, fuel: Fuel::new() };
    let first = decider.answers(left, right);
    if first.outcome == Outcome::Equal {
        return first;
    }
    for (left, right) in [(gold.other.as_ref(), Some(right)), (Some(left), given.other.as_ref())] {
        if let (Some(left), Some(right)) = (left, right)
            && decider.answers(left, right).is_equal()
        {
            return Verdict::equal("commas read the other way");
        }
    }
    first
}

/// At least one side is no expression that is understood.
fn unread(gold: &Parsed, given: &Parsed, reason: Option<&&'static str>) -> Verdict {
    if let (Ok(a), Ok(b)) = (&gold.tokens, &given.tokens)
        && !a.is_empty()
        && a.iter().map(|token| &token.tok).eq(b.iter().map(|token| &token.tok))
    {
        return Verdict::equal("same tokens");
    }
    let reason = reason.copied().unwrap_or("not understood");
    if gold.plain.is_empty() || given.plain.is_empty() {
        return Verdict::unknown("an empty answer");
    }
    Verdict::unknown(format!("not understood: {reason}"))
}

impl Parsed {
    /// The exact value, if it is a rational number with nothing around it.
    pub(crate) fn exact(&self) -> Option<num_rational::BigRational> {
        let answer = self.answer.as_ref().ok()?;
        let (Answer::Scalar(value) | Answer::Quantity(value, _)) = answer else { return None };
        let value = match value {
            expr::Expr::Degrees(inner) | expr::Expr::Percent(inner) => inner,
            other => other,
        };
        exact::exact(value, &mut Fuel::new()).ok()
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
