//! Answers as text: what is stripped before reading, and answers that are words.

use super::expr::Expr;
use super::shape::Answer;
use super::token::{Tok, Token};
use super::words::{Phrase, phrase};

/// The text without a box, formula delimiters and blanks around it.
pub(crate) fn unwrapped(text: &str) -> &str {
    let mut text = text.trim();
    for _ in 0..4 {
        let before = text;
        for (open, close) in [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**")] {
            let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            if let Some(inner) = inner.filter(|inner| !inner.contains(open)) {
                text = inner.trim();
            }
        }
        if let Some(inner) = text.strip_prefix("\\boxed{").and_then(|rest| rest.strip_suffix('}'))
            && !inner.contains("\\boxed")
        {
            text = inner.trim();
        }
        text = text.trim_end_matches(['.', ',', ';', ':']).trim_end_matches("\\\\").trim();
        if text == before {
            break;
        }
    }
    text
}

/// The text without blanks, for telling that two are simply the same.
pub(crate) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The answer of a text that is words and not a formula.
pub(crate) fn in_words(tokens: &[Token], text: &str) -> Option<Answer> {
    let words: Vec<&str> = tokens
        .iter()
        .filter_map(|token| match &token.tok {
            Tok::Word(word) | Tok::Name(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let joined = words.join(" ").to_lowercase();
    if words.len() == tokens.len() {
        match phrase(&joined) {
            Some(Phrase::Empty) => return Some(Answer::Empty),
            Some(Phrase::Reals) => return Some(Answer::Region(Expr::Reals)),
            Some(Phrase::Infinity) => return Some(Answer::Scalar(Expr::Infinity)),
            None => {}
        }
    }
    let first = tokens.first()?;
    let wordy = tokens.iter().any(|token| matches!(&token.tok, Tok::Word(word) if word.chars().count() > 1));
    let letters = matches!(&first.tok, Tok::Word(_));
    let harmless = tokens.iter().all(|token| match &token.tok {
        Tok::Word(_) | Tok::Name(_) | Tok::Op('-' | '\'' | '!' | '/') => true,
        Tok::Op(',') => true,
        Tok::Num(_) | Tok::Func(_) => letters,
        _ => false,
    });
    let capitals = text.len() <= 8 && text.len() > 1 && text.bytes().all(|c| c.is_ascii_uppercase());
    let words_only = wordy && letters && harmless;
    (words_only || capitals).then(|| {
        let spelled: Vec<String> = tokens.iter().map(spelled).collect();
        Answer::Text(spelled.join(" "))
    })
}

fn spelled(token: &Token) -> String {
    match &token.tok {
        Tok::Word(word) | Tok::Name(word) => word.clone(),
        Tok::Num(number) => number.digits.clone(),
        Tok::Op(c) => c.to_string(),
        Tok::Func(func) => format!("{func:?}"),
        _ => String::new(),
    }
}
