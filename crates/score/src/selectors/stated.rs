//! `stated`: how sure the reply says it is.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::selector::{Seen, Selector};

/// What may stand between the word and its number, in bytes: `: **`, ` level is about `.
const BETWEEN: usize = 24;

/// The confidence that the answer states.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Stated {}

impl Component for Stated {
    const KIND: &str = "stated";
    const ABOUT: &str = "how sure the answer says it is: the last `confidence: 85 %`";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for Stated {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        stated(&seen.generation.answer_text)
    }

    fn label(&self) -> &'static str {
        Self::KIND
    }
}

/// The last confidence that a text states, from 0 to 1.
fn stated(text: &str) -> Option<f64> {
    const WORD: &str = "confidence";
    let lower = text.to_ascii_lowercase();
    let places: Vec<usize> = lower.match_indices(WORD).map(|(at, _)| at + WORD.len()).collect();
    places.into_iter().rev().find_map(|from| number_behind(&lower[from..]))
}

/// The share that stands right behind the word: `: 85 %`, `: 0.85`, `: 8/10`.
fn number_behind(text: &str) -> Option<f64> {
    let line = text.lines().next()?;
    let from = line.find(|c: char| c.is_ascii_digit()).filter(|from| *from <= BETWEEN)?;
    // A confidence interval is of something else.
    if line[..from].contains("interval") || line[..from].contains(',') || line[..from].ends_with('-') {
        return None;
    }
    let (number, rest) = leading(&line[from..])?;
    let rest = rest.trim_start_matches([' ', '\\', '*']);
    let whole = match rest.strip_prefix('/') {
        Some(behind) => leading(behind.trim_start())?.0,
        None if rest.starts_with('%') || rest.starts_with("percent") || number > 1.0 => 100.0,
        None => 1.0,
    };
    Some(number / whole).filter(|share| (0.0..=1.0).contains(share))
}

/// The number that a text begins with, and what is behind it.
fn leading(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    // The full stop behind a sentence is no part of it.
    let number = text[..end].trim_end_matches('.');
    Some((number.parse().ok()?, &text[number.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_behind_the_word_counts() {
        let check = |text: &str, expect: Option<f64>| assert_eq!(stated(text), expect, "{text}");
        check("\\boxed{4}\nConfidence: 85 %", Some(0.85));
        check("Confidence: 85%.", Some(0.85));
        check("**Confidence:** 0.9.", Some(0.9));
        check("My confidence level is about 70\\%", Some(0.7));
        check("confidence: 8/10", Some(0.8));
        check("confidence = 1", Some(1.0));
        check("confidence: 1%", Some(0.01));
        check("confidence: 60 percent", Some(0.6));
        check("Confidence: 20 %. On a second look, confidence: 95 %", Some(0.95));
        check("Confidence: 20 %. I have every confidence in it.", Some(0.2));
        check("the confidence interval is 95 %", None);
        check("confidence: 850 %", None);
        check("confidence: -3", None);
        check("confidence: high", None);
        check("confidence: high, as there are 3 of 4 checks done", None);
        check("I am 85 % sure", None);
        check("Vertrauen, Confidence： 85％", Some(0.85));
    }
}
