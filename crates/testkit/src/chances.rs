//! How likely the words of a scripted reply were, in the shape in which servers tell it.

use serde_json::{Value, json};

use crate::{Asked, Behaviour, Said, Thinking};

/// The closing tag where the opening one stood in the prompt.
pub(crate) const ONLY_CLOSING: &str = "\n</think>\n\n";

/// Which part of a reply a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What is thought.
    Thinking,
    /// What is said: with thinking between tags, both.
    Text,
}

/// A word as it is sent, and what is told of it.
struct Token {
    text: String,
    told: Option<Value>,
}

/// What is told of each word.
pub(crate) struct Chances {
    thinking: Vec<Token>,
    text: Vec<Token>,
    /// The thinking stands in the text, between tags.
    inline: bool,
}

impl Chances {
    /// Of a reply whose script says them, to a request that asks for them.
    pub(crate) fn asked_for(said: &Said, behaviour: &Behaviour, asked: &Asked) -> Option<Self> {
        let logprobs = said.logprobs.as_ref()?;
        asked.body.get("logprobs").filter(|asked| **asked == Value::Bool(true))?;
        let beside = asked.body.get("top_logprobs").and_then(Value::as_u64).unwrap_or_default();
        let (open, close) = around(&behaviour.thinking).unwrap_or_default();
        let mut thinking = words(&said.reasoning);
        thinking.first_mut().into_iter().for_each(|first| first.insert_str(0, open));
        thinking.last_mut().into_iter().for_each(|last| last.push_str(close));
        let mut logprobs = logprobs.iter().copied();
        let mut told = |words: Vec<String>, tells: bool| -> Vec<Token> {
            let told = |text: &str, logprob| token(text, logprob, beside, &said.likeliest);
            let of = |text: String| {
                let told = logprobs.next().filter(|_| tells).map(|logprob| told(&text, logprob));
                Token { text, told }
            };
            words.into_iter().map(of).collect()
        };
        let (thinking, text) = (told(thinking, behaviour.tells_thinking), told(words(&said.content), true));
        Some(Self { thinking, text, inline: around(&behaviour.thinking).is_some() })
    }

    /// All of them.
    pub(crate) fn all(&self) -> Value {
        let all: Vec<&Value> =
            self.thinking.iter().chain(&self.text).filter_map(|token| token.told.as_ref()).collect();
        json!({"content": all})
    }

    /// The words of a part, each with what is told of it.
    pub(crate) fn pieces(&self, part: Part) -> Vec<(String, Option<Value>)> {
        let (thinks, says) = (part == Part::Thinking || self.inline, part == Part::Text);
        let thinking = self.thinking.iter().filter(|_| thinks);
        let tokens = thinking.chain(self.text.iter().filter(|_| says));
        let piece =
            |token: &Token| (token.text.clone(), token.told.as_ref().map(|told| json!({"content": [told]})));
        tokens.map(piece).collect()
    }
}

/// What stands around thinking that is part of the text.
fn around(thinking: &Thinking) -> Option<(&str, &str)> {
    match thinking {
        Thinking::Tags { open, close } => Some((open, close)),
        Thinking::OnlyClosingTag => Some(("", ONLY_CLOSING)),
        _ => None,
    }
}

/// The words of a text, each with the blanks in front of it; blanks at the end stay with the last one.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    for letter in text.chars() {
        match words.last_mut() {
            Some(word) if !(inside && letter.is_whitespace()) => word.push(letter),
            _ => words.push(letter.to_string()),
        }
        inside = !letter.is_whitespace();
    }
    if words.len() > 1
        && let Some(blank) = words.pop_if(|word| word.trim().is_empty())
        && let Some(last) = words.last_mut()
    {
        last.push_str(&blank);
    }
    words
}

/// A word with so many others that were as likely or less: each a tenth of the chance before it, about.
fn token(word: &str, logprob: f64, beside: u64, likeliest: &[(String, f64)]) -> Value {
    let other = |place: u64| json!({"token": word, "logprob": logprob - 2.0 * place as f64, "bytes": word.as_bytes()});
    let named = |(token, logprob): &(String, f64)| json!({"token": token, "logprob": logprob, "bytes": token.as_bytes()});
    let top: Vec<Value> = match likeliest {
        [] => (0..beside).map(other).collect(),
        named_ones => named_ones.iter().take(beside as usize).map(named).collect(),
    };
    json!({"token": word, "logprob": logprob, "bytes": word.as_bytes(), "top_logprobs": top})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_make_up_the_text_again() {
        let check = |text: &str, expect: &[&str]| {
            assert_eq!(words(text), expect);
            assert_eq!(words(text).concat(), text);
        };
        check("It is 5.", &["It", " is", " 5."]);
        check(" a\n\nb ", &[" a", "\n\nb "]);
        check("a", &["a"]);
        check("", &[]);
    }
}
