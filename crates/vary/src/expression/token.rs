//! The words and signs of an expression.

use super::ExpressionError;
use crate::number::{Number, parse};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(Number),
    Name(String),
    /// A text in quotes: Python's, and never ours.
    Text,
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: [&str; 32] = [
    "**", "//", "<=", ">=", "==", "!=", "<<", ">>", ":=", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[",
    "]", "{", "}", ",", ":", ".", "&", "|", "^", "~", "@", "=", ";",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut rest = text.trim();
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '0'..='9' => number(rest)?,
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => number(rest)?,
            '\'' | '"' => text_in_quotes(rest, first)?,
            c if c.is_alphabetic() || c == '_' => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Token::Name(rest[..length].to_owned()), length)
            }
            _ => {
                let sign =
                    SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or(ExpressionError::Syntax)?;
                (Token::Sign(sign), sign.len())
            }
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn number(text: &str) -> Result<(Token, usize), ExpressionError> {
    let mut length = 0;
    let mut before = ' ';
    for c in text.chars() {
        let goes_on = c.is_ascii_alphanumeric()
            || matches!(c, '.' | '_')
            || (matches!(c, '+' | '-') && matches!(before, 'e' | 'E'));
        if !goes_on {
            break;
        }
        length += c.len_utf8();
        before = c;
    }
    let number = parse(&text[..length]).ok_or(ExpressionError::Syntax)?;
    Ok((Token::Number(number), length))
}

fn text_in_quotes(text: &str, quote: char) -> Result<(Token, usize), ExpressionError> {
    let end = text[1..].find(quote).ok_or(ExpressionError::Syntax)?;
    Ok((Token::Text, end + 2))
}
